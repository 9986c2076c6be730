"""Reads metrics, and checks their formulas for names, units and cycles."""

from collections.abc import Iterable, Mapping

from pydantic import Field

from screener.errors import ExpressionError, Problem
from screener.expression.checker import ExpressionChecker, ExpressionType, TypeOf, expression_error
from screener.expression.parser import parse
from screener.expression.syntax_tree import Call, Expression, Name, children
from screener.facts.metrics import Metric, closure, find_cycle, formula_inputs, nesting_levels
from screener.io.document import Document
from screener.limits import METRIC_LEVELS
from screener.profile.catalogue import PLAUSIBLE_DESCRIPTION, WORSE_DESCRIPTION, Bilingual, Catalogue, Figure, Worse
from screener.profile.strict_model import Strict
from screener.text import did_you_mean
from screener.units import CURRENCY_PATTERN, DIMENSIONLESS, NUMERIC, Unit

RESERVED_NAMES = frozenset(
    ("company", "params", "flag", "any", "id", "not", "and", "or", "true", "false", "null", "none")
)
RESERVED_NAMES |= {"in", "is", "if", "else", "lambda"}


class MetricFile(Strict):
    """A metric as written in a file."""

    formula: str = Field(
        description="A formula: + - * / min max abs ln exp one_if(condition) prior(x), and sum, max, min, count over lists."
    )
    unit: Unit = Field(description="The unit of the result.")
    title: Bilingual = Field(description="The title shown to readers.")
    about: Bilingual | None = Field(None, description="What the metric measures.")
    currency: str | None = Field(
        None,
        pattern=CURRENCY_PATTERN,
        description="The currency of amounts in the formula, if the result depends on it, as that of a logarithm does.",
    )
    valid: str | None = Field(
        None,
        description="The condition under which the metric is meaningful, such as equity > 0. Otherwise it is unknown, "
        "and rules that depend on it do not apply.",
    )
    worse: Worse | None = Field(None, description=WORSE_DESCRIPTION)
    plausible: tuple[float, float] | None = Field(None, strict=False, description=PLAUSIBLE_DESCRIPTION)
    reference: str | None = Field(None, description="Where the formula comes from.")


class MetricReader:
    """Reads metrics and figures with a formula; adds errors in them to `problems`.

    `metrics` contains all metrics that could be parsed, so that a metric that uses a faulty one is not reported as
    well; `faulty` names those with problems.
    """

    def __init__(self, catalogue: Catalogue, problems: list[Problem]) -> None:
        self.catalogue, self.problems = catalogue, problems
        self.metrics: dict[str, Metric] = {}
        self.faulty: set[str] = set()
        self._places: dict[str, tuple[Document, list[str]]] = {}
        self._conditions: dict[str, Expression] = {}  # by their texts

    @property
    def sound(self) -> dict[str, Metric]:
        """The metrics without problems."""
        return {name: metric for name, metric in self.metrics.items() if name not in self.faulty}

    def read(self, tables: Iterable[tuple[Document, Mapping[str, MetricFile | Figure]]]) -> None:
        """Reads all tables, each with its document, and then checks the formulas."""
        statements: list[tuple[str, Figure, Document]] = []
        for document, table in tables:
            for name, entry in table.items():
                if entry.formula is not None:
                    self._parse(name, entry, entry.formula, document)
                if isinstance(entry, Figure) and entry.means is not None:
                    statements.append((name, entry, document))
        for name, metric in self.metrics.items():
            try:
                self._check(metric)
            except ExpressionError as error:
                self._report_error(name, error)
            try:
                self._check_condition(metric)
            except ExpressionError as error:
                self._report_error(name, error, "valid")
        for statement in statements:
            self._check_meaning(*statement)
        if cycle := find_cycle(self.metrics):
            self.faulty.update(cycle)
            what = f"metrics read each other in a cycle: {' → '.join(cycle)}"
            self._report(cycle[0], what, "break it", "circle", key=True)
            return
        too_deep = [name for name, levels in nesting_levels(self.metrics).items() if levels > METRIC_LEVELS]
        if too_deep:
            self.faulty.update(too_deep)
            what = f"'{too_deep[0]}' depends on too long a chain of metrics: more than {METRIC_LEVELS} nested levels"
            self._report(too_deep[0], what, "let it read fewer metrics that read others", "too-deep")

    def _parse(self, name: str, entry: MetricFile | Figure, text: str, document: Document) -> None:
        is_figure = isinstance(entry, Figure)
        table = "figures" if is_figure else "metrics"
        place = document, [*([table] if table in document.data else []), name]
        exists = name in self.metrics or (
            not is_figure and (name in self.catalogue.figures or name in self.catalogue.aliases)
        )
        if exists or name in RESERVED_NAMES or not name.isidentifier() or not name.islower():
            what = f"'{name}' exists already" if exists else f"'{name}' is not a name"
            hint = "choose another name" + ("" if exists else " of lower-case letters, digits and _")
            code = "name-taken" if exists else "bad-value"
            self.problems.append(document.problem(place[1], what, hint, key=True, code=code))
            return
        self._places[name] = place
        try:
            formula = parse(text)
        except ExpressionError as error:
            self._report_error(name, error)
            return
        metric = Metric(name=name, formula=formula, text=text, unit=entry.unit, title=entry.title)
        if isinstance(entry, MetricFile):
            metric = metric._replace(reference=entry.reference, currency=entry.currency, worse=entry.worse)
            metric = metric._replace(valid=self._condition(name, entry), plausible=entry.plausible)
        self.metrics[name] = metric

    def _condition(self, name: str, entry: MetricFile) -> Expression | None:
        """The condition under which a metric is valid; one object for all metrics with the same condition."""
        if entry.valid is None:
            return None
        try:
            if entry.valid not in self._conditions:
                self._conditions[entry.valid] = parse(entry.valid)
            return self._conditions[entry.valid]
        except ExpressionError as error:
            self._report_error(name, error, "valid")
            return None

    def _report(
        self, name: str, what: str, hint: str, code: str, *, at: str = "formula", offset: int = 0, key: bool = False
    ) -> None:
        self.faulty.add(name)
        document, path = self._places[name]
        self.problems.append(document.problem(path if key else [*path, at], what, hint, offset, key, code))

    def _report_error(self, name: str, error: ExpressionError, at: str = "formula") -> None:
        for problem in error.problems:
            self._report(name, problem.what, problem.hint, problem.code, at=at, offset=(problem.column or 1) - 1)

    def _check(self, metric: Metric) -> None:
        """Raises ExpressionError where the names or units in a formula don't fit."""
        dimension = ExpressionChecker(self._type_of, self._member_type_of).number(metric.formula)
        self._check_prior(metric.formula)
        declared = NUMERIC.get(metric.unit)
        if declared is None:
            what, hint = f"a metric is a number, not a {metric.unit}", "choose money, fraction, multiple, …"
            raise expression_error(metric.formula, what, hint)
        if dimension not in (None, DIMENSIONLESS, declared):
            what = f"the formula does not give {metric.unit}"
            raise expression_error(metric.formula, what, "units must agree", "unit-mismatch")
        if metric.currency is not None and metric.unit == "money":
            what, hint = "a metric in money is in the currency of the company", "leave out currency"
            raise expression_error(metric.formula, what, hint)
        if dimension == DIMENSIONLESS and metric.unit == "money":
            what, hint = "the formula gives a plain number, not money", "choose multiple or fraction"
            raise expression_error(metric.formula, what, hint, "unit-mismatch")

    def _check_meaning(self, name: str, statement: Figure, document: Document) -> None:
        """Reports what is wrong with the formula of `means`."""
        try:
            if (formula := statement.meaning) is not None:
                dimension = ExpressionChecker(self._type_of, self._member_type_of).number(formula)
                self._check_prior(formula)
                if dimension not in (None, DIMENSIONLESS):
                    what, hint = "the formula does not give a plain number", "write one_if(CONDITION)"
                    raise expression_error(formula, what, hint, "unit-mismatch")
        except ExpressionError as error:
            path = [*(["figures"] if "figures" in document.data else []), name, "means"]
            self.problems.extend(
                document.problem(path, p.what, p.hint, (p.column or 1) - 1, code=p.code) for p in error.problems
            )

    def _check_condition(self, metric: Metric) -> None:
        """Raises ExpressionError where `valid` is not a condition on figures and metrics."""
        if metric.valid is not None:
            ExpressionChecker(self._type_of, self._member_type_of).condition(metric.valid)
            self._check_prior(metric.valid)

    def _type_of(self, name: Name) -> ExpressionType:
        figures, lists = self.catalogue.figures, self.catalogue.all_lists
        if name.scope in lists:
            hint = f"sum({name}) or max({name}) make one number of it"
            raise expression_error(name, f"'{name}' is a field of a list's members", hint, "type-mismatch")
        if name.scope == "params":
            hint = "write the number, or leave it to the rule that reads the metric"
            raise expression_error(name, "a metric has no parameters", hint, "unknown-name")
        if name.scope:
            hint = did_you_mean(name.scope, lists, f"write {name.field}")
            raise expression_error(name, f"'{name.scope}' is not a list", hint, "unknown-name")
        if found := self.metrics.get(name.field) or figures.get(name.field):
            return found.type
        alias = self.catalogue.aliases.get(name.field)
        hint = did_you_mean(name.field, [*figures, *self.metrics], "see rules/catalog/figures.yaml")
        hint = f"write '{alias}'" if alias else hint
        raise expression_error(name, f"there is no figure or metric '{name.field}'", hint, "unknown-figure")

    def _member_type_of(self, list_name: str) -> TypeOf:
        """The types of the fields of a list's members; the list itself, as count() takes it, is a count."""
        lists = self.catalogue.all_lists
        if list_name not in lists:
            hint = did_you_mean(list_name, lists, "the lists are " + ", ".join(lists))
            raise expression_error(Name("", list_name), f"there is no list '{list_name}'", hint, "unknown-kind")
        fields = self.catalogue.kinds[lists[list_name]].fields

        def type_of_field(name: Name) -> ExpressionType:
            if not name.scope:
                return ExpressionType("count")
            if name.field not in fields:
                hint = did_you_mean(name.field, fields, "their fields are " + ", ".join(fields))
                raise expression_error(name, f"{list_name} have no field '{name.field}'", hint, "unknown-field")
            return fields[name.field].type

        return type_of_field

    def _check_prior(self, node: Expression) -> None:
        """Raises ExpressionError where prior() is used for a metric that reads a list: lists have no periods."""
        if isinstance(node, Call) and node.function == "prior":
            argument = node.arguments[0]
            metric = self.metrics.get(argument.field) if isinstance(argument, Name) else None
            below = [m for m in closure([metric.name], self.metrics) if m in self.metrics] if metric else []
            lists = [name for m in below for name in formula_inputs(self.metrics[m].formula)[1]]
            if metric and lists:
                what = f"prior() takes what has periods; '{metric.name}' reads the list {lists[0]}"
                raise expression_error(node, what, "write prior() around figures")
        for child in children(node):
            self._check_prior(child)
