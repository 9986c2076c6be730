"""Metrics from YAML: formulas checked for names, units and circles."""

from collections.abc import Iterable, Mapping

from pydantic import ConfigDict, Field

from screener.errors import ExpressionError, Problem
from screener.expression.checker import ExpressionChecker, ExpressionType, TypeOf, expression_error
from screener.expression.parser import parse
from screener.expression.syntax_tree import Call, Expression, Name, children
from screener.facts.metrics import Metric, closure, find_cycle, formula_inputs, nesting_levels
from screener.io.document import Document
from screener.limits import METRIC_LEVELS
from screener.profile.catalogue import Catalogue, Figure
from screener.profile.strict_model import Strict
from screener.rules.rule import Bilingual
from screener.text import did_you_mean
from screener.units import DIMENSIONLESS, NUMERIC, Unit

RESERVED_NAMES = frozenset(
    ("company", "params", "flag", "any", "id", "not", "and", "or", "true", "false", "null", "none")
)
RESERVED_NAMES |= {"in", "is", "if", "else", "lambda"}


class MetricFile(Strict):
    """A metric as it is written down."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    formula: str = Field(
        description="+ - * / min max abs ln exp one_if(condition) prior(x); sum, max, min, count over lists."
    )
    unit: Unit = Field(description="What the formula gives.")
    title: Bilingual = Field(description="The title shown to readers.")
    about: Bilingual | None = Field(None, description="What it says.")
    reference: str | None = Field(None, description="Where the formula comes from.")


def read_metrics(
    tables: Iterable[tuple[Document, Mapping[str, MetricFile | Figure]]], catalogue: Catalogue, problems: list[Problem]
) -> dict[str, Metric]:
    """All metrics, checked, and the figures that have a formula; adds to `problems` what is wrong with them."""
    found: dict[str, Metric] = {}
    places: dict[str, tuple[Document, list[str]]] = {}
    for document, table in tables:
        for name, entry in table.items():
            figure = isinstance(entry, Figure)
            top = [k for k in ("figures" if figure else "metrics",) if k in document.data]
            if entry.formula is None:
                continue
            places[name] = (document, [*top, name])
            if name in found or (not figure and (name in catalogue.figures or name in catalogue.aliases)):
                problems.append(
                    document.problem(
                        [*top, name], f"'{name}' exists already", "choose another name", key=True, code="name-taken"
                    )
                )
                continue
            if name in RESERVED_NAMES or not name.isidentifier() or not name.islower():
                hint = "choose another name of lower-case letters, digits and _"
                problems.append(
                    document.problem([*top, name], f"'{name}' is not a name", hint, key=True, code="bad-value")
                )
                continue
            try:
                formula = parse(entry.formula)
            except ExpressionError as error:
                problems.extend(_located(error, document, [*top, name, "formula"]))
                continue
            reference = entry.reference if isinstance(entry, MetricFile) else None
            found[name] = Metric(name, formula, entry.formula, entry.unit, entry.title, reference)
    for name, metric in found.items():
        document, loc = places[name]
        try:
            _check(metric, catalogue, found)
        except ExpressionError as error:
            problems.extend(_located(error, document, [*loc, "formula"]))
    if circle := find_cycle(found):
        document, loc = places[circle[0]]
        problems.append(
            document.problem(
                loc, f"metrics read each other in a circle: {' → '.join(circle)}", "break it", key=True, code="circle"
            )
        )
        return found
    too_deep = [name for name, levels in nesting_levels(found).items() if levels > METRIC_LEVELS]
    for name in too_deep[:1]:
        document, loc = places[name]
        what = f"'{name}' rests on too long a chain of metrics: more than {METRIC_LEVELS} nested levels"
        hint = "let it read fewer metrics that read others"
        problems.append(document.problem([*loc, "formula"], what, hint, code="too-deep"))
    return found


def _located(error: ExpressionError, document: Document, loc: list[str]) -> list[Problem]:
    return [document.problem(loc, p.what, p.hint, (p.column or 1) - 1, code=p.code) for p in error.problems]


def _check(metric: Metric, catalogue: Catalogue, metrics: Mapping[str, Metric]) -> None:
    def type_of(name: Name) -> ExpressionType:
        if name.scope in catalogue.all_lists:
            hint = f"sum({name}) or max({name}) make one number of it"
            raise expression_error(name, f"'{name}' is a field of a list's members", hint, "type-mismatch")
        if name.scope == "params":
            hint = "write the number, or leave it to the rule that reads the metric"
            raise expression_error(name, "a metric has no parameters", hint, "unknown-name")
        if name.scope:
            near = did_you_mean(name.scope, catalogue.all_lists, f"write {name.field}")
            raise expression_error(name, f"'{name.scope}' is no list", near, "unknown-name")
        if name.field in metrics:
            return metrics[name.field].type
        if name.field in catalogue.figures:
            return catalogue.figures[name.field].type
        known = [*catalogue.figures, *metrics]
        other = catalogue.aliases.get(name.field)
        raise expression_error(name, f"there is no figure or metric '{name.field}'",
                   f"write '{other}'" if other else did_you_mean(name.field, known, "see rules/catalog/figures.yaml"),
                   "unknown-figure")  # fmt: skip

    def member_of(list_name: str) -> TypeOf:
        kind = catalogue.all_lists.get(list_name)

        def field_of(name: Name) -> ExpressionType:
            if kind is None:
                hint = did_you_mean(list_name, catalogue.all_lists, "known are " + ", ".join(catalogue.all_lists))
                raise expression_error(name, f"there is no list '{list_name}'", hint, "unknown-kind")
            fields = catalogue.kinds[kind].fields
            if name.scope and name.field not in fields:
                hint = did_you_mean(name.field, fields, "known are " + ", ".join(fields))
                raise expression_error(name, f"{list_name} have no field '{name.field}'", hint, "unknown-field")
            return fields[name.field].type if name.scope else ExpressionType("count")

        if kind is None:
            field_of(Name("", list_name))
        return field_of

    dimension = ExpressionChecker(type_of, member_of).number(metric.formula)
    _check_prior(metric.formula, metrics)
    declared = NUMERIC.get(metric.unit)
    if declared is None:
        raise expression_error(
            metric.formula, f"a metric is a number, not a {metric.unit}", "choose money, fraction, multiple, …"
        )
    if dimension not in (None, DIMENSIONLESS, declared):
        raise expression_error(
            metric.formula, f"the formula does not give {metric.unit}", "units must agree", "unit-mismatch"
        )
    if dimension == DIMENSIONLESS and metric.unit == "money":
        raise expression_error(
            metric.formula,
            "the formula gives a plain number, not money",
            "choose multiple or fraction",
            "unit-mismatch",
        )


def _check_prior(node: Expression, metrics: Mapping[str, Metric]) -> None:
    if isinstance(node, Call) and node.function == "prior":
        name = node.arguments[0]
        metric = metrics.get(name.field) if isinstance(name, Name) else None
        below = [m for m in closure([metric.name], metrics) if m in metrics] if metric else []
        lists = [n for m in below for n in formula_inputs(metrics[m].formula)[1]]
        if metric and lists:
            what = f"prior() takes what has periods; '{metric.name}' reads the list {lists[0]}"
            raise expression_error(node, what, "write prior() around figures")
    for child in children(node):
        _check_prior(child, metrics)
