"""How far each comparison of a rule is from its threshold."""

from collections.abc import Iterator
from operator import itemgetter
from typing import NamedTuple

from screener.engine.protocol import Match
from screener.engine.rule_context import compared_at, name_lookup
from screener.explain.sentences import title_of
from screener.expression.evaluator import Lookup
from screener.expression.interval import LARGEST, Interval, Truth, compare
from screener.expression.interval_ops import number
from screener.expression.printer import format_expression
from screener.expression.syntax_tree import MIRRORED_OP, Expression, Name, comparisons, names_in
from screener.facts.builder import World
from screener.facts.company import CompanyFacts
from screener.facts.fact import COMPANY, FLAG, Fact
from screener.result.model import Answer, Distance
from screener.rules.compiler import Alternative, Program
from screener.rules.rule import Pattern, Rule
from screener.text import Text
from screener.units import NUMERIC
from screener.vocabulary import Outcome

_ANSWERS: dict[Truth, Answer] = {Truth.TRUE: "yes", Truth.FALSE: "no", Truth.UNKNOWN: "unknown"}
MOST = 20

_Rank = tuple[bool, bool, float, str]


class ThresholdComparison(NamedTuple):
    """A comparison of a rule, with what is the same for every company."""

    key: str
    scopes: frozenset[str]  # names of the facts that must be bound
    left: Expression
    op: str
    right: Expression
    title: Text
    unit: str
    why: Text | None
    param: str | None


_Patterns = tuple[tuple[Pattern, tuple[ThresholdComparison, ...]], ...]
_Prepared = tuple[_Patterns, ...]  # of each alternative of a rule


class Gauge:
    """Measures how far the comparisons of a program's rules are from their thresholds."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._prepared: dict[str, _Prepared] = {}

    def distances(
        self, rule: Rule, company: CompanyFacts, outcome: Outcome, matches: tuple[Match, ...], world: World
    ) -> tuple[Distance, ...]:
        """One a comparison; first that which would flip the outcome with the least change."""
        prepared = self._of(rule)
        if matches:
            settings = [(m.alternative, m.binding) for m in matches[:MOST]]
        else:
            settings = [(i, b) for i, items in enumerate(prepared) for b in _bindings(items, company, world)]
        found: dict[tuple[str, str], tuple[_Rank, Distance]] = {}
        for index, binding in settings:
            for pattern, thresholds in prepared[index]:
                if pattern.kind != COMPANY and pattern.name not in binding:
                    continue
                for comparison in thresholds:
                    if comparison.scopes <= binding.keys():
                        at = compared_at(company, comparison.left, comparison.right)
                        look = name_lookup(rule, company, binding, self.program.catalogue, at)
                        distance = _measured(comparison, look, company)
                        rank, key = _rank(distance, outcome), (comparison.key, distance.title.en)
                        if key not in found or rank < found[key][0]:
                            found[key] = rank, distance
        return tuple(distance for _, distance in sorted(found.values(), key=itemgetter(0)))

    def _of(self, rule: Rule) -> _Prepared:
        """The thresholds of each alternative of a rule, by pattern."""
        if rule.id not in self._prepared:
            self._prepared[rule.id] = tuple(
                tuple(
                    (pattern, tuple(_prepare(pattern, rule, alternative, self.program)))
                    for pattern in alternative.items
                    if not pattern.negated and pattern.kind != FLAG
                )
                for alternative in self.program.alternatives[rule.id]
            )
        return self._prepared[rule.id]


def _bindings(items: _Patterns, company: CompanyFacts, world: World) -> Iterator[dict[str, Fact]]:
    """Nothing bound, and each fact alone that a pattern could look at."""
    yield {}
    for pattern, _ in items:
        if pattern.owner is None and pattern.kind != COMPANY:
            for fact in world.base.of(company.id, pattern.kind)[:MOST]:
                if fact.certain:
                    yield {pattern.name: fact}


def _prepare(pattern: Pattern, rule: Rule, alternative: Alternative, program: Program) -> Iterator[ThresholdComparison]:
    """The comparisons of a pattern that are of numbers."""
    kinds = {p.name: p.kind for p in alternative.items if p.kind != COMPANY}
    for atom in comparisons(pattern.condition):
        left, right, op = atom.left, atom.right, atom.op
        if _is_threshold(left) and not _is_threshold(right):
            left, right, op = right, left, MIRRORED_OP[op]
        if isinstance(left, Name):
            title, unit = title_of(left, program, kinds)
            if unit not in NUMERIC:
                continue
        else:
            title, unit = _readable(left, program, kinds), "multiple"
        if isinstance(right, Name) and right.scope == COMPANY and program.catalogue.figures.get(right.field):
            unit = program.catalogue.figures[right.field].unit if unit == "number" else unit
        why = param = None
        if isinstance(right, Name) and right.scope == "params":
            why, param = rule.params[right.field].why, f"{rule.id}.{right.field}"
            unit = rule.params[right.field].unit if not isinstance(left, Name) else unit
        scopes = frozenset(n.scope for n in (*names_in(left), *names_in(right))) - {COMPANY, "params"}
        yield ThresholdComparison(format_expression(atom), scopes, left, op, right, title, unit, why, param)


def _measured(comparison: ThresholdComparison, look: Lookup, company: CompanyFacts) -> Distance:
    _, _, left, op, right, title, unit, why, param = comparison
    value, threshold = number(left, look), number(right, look)
    holds = compare(op, value, threshold)
    currency = company.subject.currency if unit == "money" else None
    return Distance(
        title, value, op, threshold, unit, currency, _relative(value, threshold), _ANSWERS[holds], why, param
    )


def _is_threshold(node: Expression) -> bool:
    return all(n.scope == "params" for n in names_in(node))


def _readable(node: Expression, program: Program, kinds: dict[str, str]) -> Text:
    """A formula with titles for names."""
    text = Text.of(format_expression(node))
    for name in sorted(set(names_in(node)), key=lambda n: -len(str(n))):
        if name.scope != "params":
            title = title_of(name, program, kinds)[0]
            text = Text(text.en.replace(str(name), title.en), text.zh.replace(str(name), title.zh))
    return text


def _relative(value: Interval, threshold: Interval) -> float | None:
    """The gap between the two, relative to the threshold (absolute where that is 0); None where they may meet."""
    if value.is_open and threshold.is_open:
        return None
    above = value.lo > threshold.hi
    near = threshold.hi if above else threshold.lo
    gap = value.lo - threshold.hi if above else threshold.lo - value.hi
    if not gap < float("inf"):
        return None
    if gap < 0:
        return None if not (value.is_point and threshold.is_point) else 0.0
    return min(round(gap / abs(near) if near else gap, 6), LARGEST)


def _rank(distance: Distance, outcome: Outcome) -> _Rank:
    """Of a fired rule the comparison that is easiest to flip; of a clear one the nearest that does not hold."""
    wanted = {Outcome.FIRED: "yes", Outcome.CLEAR: "no", Outcome.UNKNOWN: "unknown"}.get(outcome)
    relative = distance.relative
    return (distance.holds != wanted, relative is None, relative or 0.0, distance.title.en)
