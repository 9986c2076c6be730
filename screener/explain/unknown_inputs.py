"""Finds the unknown inputs of conditions and formulas, and their names in results."""

from collections.abc import Iterator
from typing import NamedTuple

from screener.engine.rule_context import amount_owners, compared_at
from screener.explain.currency_texts import has_amount, missing_rate
from screener.explain.match_order import MatchOrder
from screener.explain.rule_texts import earlier_title, figure_title, relation_title
from screener.expression.interval import Interval
from screener.expression.syntax_tree import Call, Compare, Expression, Name, children, names_in
from screener.facts.alignment import Alignment
from screener.facts.company import CompanyFacts
from screener.facts.fact import COMPANY, FLAG, Fact
from screener.facts.world import UNNAMED, World
from screener.profile.sector_scope import parameter_for_sector
from screener.rules.compiler import Program
from screener.rules.rule import Rule, RuleParam
from screener.text import Text


class OpenInputEntry(NamedTuple):
    """An unknown input: `key` is unique in a result; `content` is the content of the fact that it is a field of."""

    key: str
    title: Text
    unit: str
    company: str
    about: Text | None = None
    content: str = ""


class UnknownInputs:
    """Names the unknown inputs of one world; `entries` has all named so far, by key."""

    def __init__(self, program: Program, world: World, order: MatchOrder) -> None:
        self.program, self.world, self.order = program, world, order
        self.entries: dict[str, OpenInputEntry] = {}
        self._of_figure: dict[tuple[str, str, int, int], tuple[str, ...]] = {}

    def of_expression(
        self, rule: Rule, node: Expression, company: CompanyFacts, binding: dict[str, Fact]
    ) -> Iterator[str]:
        """Returns the open inputs that an expression reads."""
        at = compared_at(company, node) if isinstance(node, Compare) else None
        if isinstance(node, Compare):
            for owner in sorted(amount_owners(self.program, node, company.id, binding) - {company.id}):
                yield from self._rate(self.world.companies[owner].subject.currency, company, company.subject.currency)
        for name in names_in(node):
            if name.scope == COMPANY:
                yield from self._figure(name.field, company, 0, at)
            elif name.scope in binding:
                yield from self.of_field(binding[name.scope], name.field)
            elif name.scope == "params":
                param = rule.params[name.field]
                if param.by_sector and not self._is_sector_enough(param, company):
                    yield self.sector(company)
                if has_amount(param):
                    yield from self._rate(company.subject.currency, company, param.currency)

    def _rate(self, given: str | None, company: CompanyFacts, wanted: str | None) -> Iterator[str]:
        """Returns the missing exchange rate or currency without which amounts can't be compared."""
        if missing := missing_rate(given, company, wanted):
            yield self._add(company, missing.path, missing.title, "number" if "." in missing.path else "word")

    def _is_sector_enough(self, param: RuleParam, company: CompanyFacts) -> bool:
        """Returns whether the known facts about the sector leave only one value of a parameter by sector."""
        scope, catalogue = company.subject.scope, self.program.catalogue
        return parameter_for_sector(float(param.value), param.sectors, scope, catalogue).is_point

    def sector(self, company: CompanyFacts) -> str:
        """Returns the input for the sector of a company."""
        return self._add(company, "sector", Text("Sector", "行业"), "word")

    def _figure(self, name: str, company: CompanyFacts, periods_back: int, at: Alignment | None) -> tuple[str, ...]:
        """Returns the open inputs that a figure or metric depends on, each once; `at`: the claims of one time that are
        used."""
        at = company.alignment(name) if at is None else at
        key = company.id, name, periods_back, id(at)
        if key not in self._of_figure:
            self._of_figure[key] = tuple(dict.fromkeys(self._find_figure(name, company, periods_back, at)))
        return self._of_figure[key]

    def _find_figure(self, name: str, company: CompanyFacts, periods_back: int, at: Alignment) -> Iterator[str]:
        if name == "id" or _is_exact(company.value(name, periods_back, at)):
            return
        is_metric = name in self.program.metrics and name not in self.program.catalogue.figures
        if periods_back == 0 and at.claims.get(name, at) is None:
            yield self._figure_of_another_time(name, company, at)
        elif is_metric and not company.claim(name, periods_back, at):
            if currency := self.program.metrics[name].currency:
                yield from self._rate(company.subject.currency, company, currency)
            yield from self._formula(self.program.metrics[name].formula, company, periods_back, at)
        else:
            title, unit = figure_title(name, self.program)
            path = "prior(" * periods_back + name + ")" * periods_back
            yield self._add(company, path, earlier_title(title, periods_back), unit)

    def _figure_of_another_time(self, name: str, company: CompanyFacts, at: Alignment) -> str:
        """Returns the input for a figure whose claims are of another time than the other inputs of a formula."""
        assert at.apart is not None
        latest, known = at.apart[0][1], company.reconciled[name].chosen.period
        title, unit = figure_title(name, self.program)
        label = known.label if known else ""
        about = Text(f"near {latest.label}; known: {label}", f"{latest.label} 前后；已知：{label}")
        return self._add(company, name, title, unit, about)

    def _formula(self, formula: Expression, company: CompanyFacts, periods_back: int, at: Alignment) -> Iterator[str]:
        match formula:
            case Call("prior", (Name(_, name),)):
                yield from self._figure(name, company, periods_back + 1, at)
            case Call("count", (Name(_, list_name), *_)):
                yield from self._members(list_name, None, company)
            case Call("sum" | "max" | "min", (Name(list_name, name), *_)) if list_name:
                yield from self._members(list_name, name, company)
            case Name(list_name, name) if list_name:
                yield from self._members(list_name, name, company)
            case Name("", name):
                yield from self._figure(name, company, periods_back, at)
            case _:
                for child in children(formula):
                    yield from self._formula(child, company, periods_back, at)

    def _members(self, list_name: str, field_name: str | None, company: CompanyFacts) -> Iterator[str]:
        kind = self.program.catalogue.all_lists[list_name]
        if kind not in company.complete:
            yield self._list(company, kind)
        for fact in self.world.base.of(company.id, kind):
            if fact.certain and field_name and not _is_exact(fact.fields.get(field_name)):
                yield from self.of_field(fact, field_name)

    def of_field(self, fact: Fact, field_name: str) -> Iterator[str]:
        """Returns the input for a field of a fact, if it is not exactly known."""
        if fact.kind == FLAG or not fact.certain:
            return
        value = fact.fields.get(field_name)
        if value is None or (isinstance(value, Interval) and not value.is_point):
            kind = self.program.catalogue.kinds[fact.kind]
            path = (fact.id.partition(".")[2] or fact.id) if kind.list_name else fact.id
            entry = kind.fields[field_name]
            about = relation_title(fact, self.world)
            company, content = self.world.companies[fact.of], self.order.content(fact)
            yield self._add(company, f"{path}.{field_name}", entry.title, entry.unit, about, content)

    def list_of(self, fact: Fact) -> str:
        """Returns the input for the list of which a placeholder fact represents a further member."""
        return self._list(self.world.companies[fact.of], fact.kind)

    def _list(self, company: CompanyFacts, kind: str) -> str:
        entry = self.program.catalogue.kinds[kind]
        if entry.derived or kind == "loop":
            kind, entry = "flow", self.program.catalogue.kinds["flow"]
        if entry.within:
            parent = self.program.catalogue.kinds[entry.within]
            return self._add(company, f"{parent.list_name}.{entry.list_name}", entry.title, "list")
        listed = (entry.list_name or kind).replace("_", " ")
        title = Text(f"All of its {listed}", f"完整的{entry.title.zh}清单")
        return self._add(company, entry.list_name or kind, title, "list")

    def title_of(self, key: str) -> tuple[str, str, str, str, str]:
        """Returns a sort key that does not depend on the order of lists, unlike the key itself, which has the place in
        a list."""
        entry = self.entries[key]
        return entry.title.en, entry.company, entry.about.en if entry.about else "", entry.content, key

    def _add(
        self, company: CompanyFacts, path: str, title: Text, unit: str, about: Text | None = None, content: str = ""
    ) -> str:
        key = path if company.id in (self.world.main, UNNAMED) else f"{company.id}.{path}"
        if key not in self.entries:
            self.entries[key] = OpenInputEntry(key, title, unit, company.id, about, content)
        return key


def _is_exact(value: object) -> bool:
    return value.is_point if isinstance(value, Interval) else value is not None


def where_to_look(company: CompanyFacts, key: str) -> Text | None:
    """Returns a quote about a figure from a claim without a value, with its note; None if there is none.

    Importers store such a claim for a sentence about a figure from which no value can be read reliably.
    """
    claims = company.subject.figures.get(key.rpartition(".")[2], ())
    hint = next((claim for claim in claims if claim.is_empty and claim.quote), None)
    if hint is None or hint.quote is None:
        return None
    quote, note = (Text.of(t) if isinstance(t, str) else t for t in (hint.quote, hint.note or ""))
    en, zh = (f"{where}: " if where else "" for where in (note.en, note.zh))
    return Text(f"{en}“{quote.en}”", f"{zh}“{quote.zh}”")
