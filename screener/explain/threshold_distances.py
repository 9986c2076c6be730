"""Computes the distance of each comparison of a rule from its threshold."""

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from screener.engine.protocol import Match
from screener.engine.rule_context import compared_at, name_lookup
from screener.explain.currency_texts import has_amount, threshold_notes
from screener.explain.rule_texts import name_title, placeholder_names
from screener.expression.backend import Lookup
from screener.expression.checker import ExpressionChecker, ExpressionType
from screener.expression.interval import INF, LARGEST, Interval, Truth, compare
from screener.expression.interval_ops import number
from screener.expression.printer import format_expression
from screener.expression.syntax_tree import MIRRORED_OP, Compare, Expression, Name, comparisons, names_in
from screener.facts.company import CompanyFacts
from screener.facts.fact import COMPANY, FLAG, Fact
from screener.facts.world import World
from screener.result.field_types import Answer
from screener.result.finding_records import Distance
from screener.rules.compiler import Alternative, Program
from screener.rules.rule import Pattern, Rule
from screener.text import Text
from screener.units import DIMENSIONLESS, NUMERIC
from screener.vocabulary import Outcome

_ANSWERS: dict[Truth, Answer] = {Truth.TRUE: "yes", Truth.FALSE: "no", Truth.UNKNOWN: "unknown"}
_ANSWER_OF_OUTCOME = {Outcome.FIRED: "yes", Outcome.CLEAR: "no", Outcome.UNKNOWN: "unknown"}

_Rank = tuple[bool, bool, bool, float, str, tuple[float, ...]]


class ThresholdComparison(NamedTuple):
    """A comparison in a rule, prepared for all companies. `scopes` name the facts that must be bound, `amounts` the
    parameters that are amounts in a currency."""

    source: str
    names: frozenset[Name]
    scopes: frozenset[str]
    amounts: tuple[str, ...]
    left: Expression
    op: str
    right: Expression
    title: Text
    unit: str
    why: Text | None
    param: str | None


PatternComparisons = tuple[tuple[Pattern, tuple[ThresholdComparison, ...]], ...]
"""The comparisons of one alternative of a rule, by pattern."""


class ThresholdMeter:
    """Measures how far the comparisons of a program's rules are from their thresholds."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._prepared: dict[str, tuple[PatternComparisons, ...]] = {}

    def comparisons(self, rule: Rule) -> tuple[PatternComparisons, ...]:
        """Returns the comparisons of each alternative of a rule, without those of negated patterns."""
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

    def of_match(
        self, rule: Rule, company: CompanyFacts, match: Match
    ) -> Iterator[tuple[ThresholdComparison, Distance]]:
        """Returns the comparisons of a match, each with its distance."""
        yield from self._of_binding(rule, company, match.alternative, match.binding)

    def _of_binding(
        self, rule: Rule, company: CompanyFacts, alternative: int, binding: Mapping[str, Fact]
    ) -> Iterator[tuple[ThresholdComparison, Distance]]:
        for pattern, prepared in self.comparisons(rule)[alternative]:
            if pattern.kind == COMPANY or pattern.name in binding:
                for comparison in prepared:
                    if comparison.scopes <= binding.keys():
                        at = compared_at(company, comparison.left, comparison.right)
                        lookup = name_lookup(rule, company, binding, self.program.catalogue, at)
                        yield comparison, _with_notes(_measure(comparison, lookup, company), comparison, rule, company)

    def distances(
        self, rule: Rule, company: CompanyFacts, outcome: Outcome, matches: Sequence[Match], world: World
    ) -> tuple[Distance, ...]:
        """Returns the distances of a rule, one for each comparison.

        For a fired rule, they are those of the first match of each alternative (`matches` begin with the one that the
        texts describe), beginning with the comparison that the headline shows. For others, they are those of the facts
        nearest to the threshold; for a clear rule, failing comparisons come first.
        """
        fired = outcome is Outcome.FIRED
        if fired:
            first = {match.alternative: match for match in reversed(matches)}
            settings = [(match.alternative, match.binding) for match in (matches[0], *first.values())]
        elif matches:
            settings = [(match.alternative, match.binding) for match in matches]
        else:
            settings = [
                (i, binding)
                for i, patterns in enumerate(self.comparisons(rule))
                for binding in _single_bindings(patterns, company, world)
            ]
        headline = text_names(rule.headline) if fired else frozenset()
        found: dict[tuple[str, str], tuple[_Rank, Distance]] = {}
        for alternative, binding in settings:
            for comparison, distance in self._of_binding(rule, company, alternative, binding):
                key = comparison.source, distance.title.en
                rank = _rank(distance, outcome, bool(comparison.names & headline))
                if key not in found or (not fired and rank < found[key][0]):
                    found[key] = rank, distance
        return tuple(distance for _, distance in sorted(found.values(), key=itemgetter(0)))


def text_names(text: Text | None) -> frozenset[Name]:
    """Returns the values that a text of a rule shows."""
    return frozenset(placeholder_names(text.en)) if text is not None else frozenset()


def _single_bindings(patterns: PatternComparisons, company: CompanyFacts, world: World) -> Iterator[dict[str, Fact]]:
    """Yields an empty binding, and bindings of each single fact that a pattern could bind."""
    yield {}
    for pattern, _ in patterns:
        if pattern.owner is None and pattern.kind != COMPANY:
            for fact in world.base.of(company.id, pattern.kind):
                if fact.certain:
                    yield {pattern.name: fact}


def _prepare(pattern: Pattern, rule: Rule, alternative: Alternative, program: Program) -> Iterator[ThresholdComparison]:
    """Returns the comparisons of numbers in a pattern."""
    kinds = {p.name: p.kind for p in alternative.items if p.kind != COMPANY}
    for comparison in comparisons(pattern.condition):
        if (prepared := prepare_comparison(comparison, rule, kinds, program)) is not None:
            yield prepared


def prepare_comparison(
    comparison: Compare, rule: Rule, kinds: Mapping[str, str], program: Program
) -> ThresholdComparison | None:
    """Returns a comparison with its title and unit; None if it does not compare numbers. `kinds` are those of bound
    facts, by name."""
    left, right, op = comparison.left, comparison.right, comparison.op
    if _is_threshold(left) and not _is_threshold(right):
        left, right, op = right, left, MIRRORED_OP[op]
    if isinstance(left, Name):
        title, unit = name_title(left, program, kinds)
        if unit not in NUMERIC:
            return None
    else:
        title, unit = _formula_title(left, program, kinds), _formula_unit(left, rule, program, kinds)
    if isinstance(right, Name) and right.scope == COMPANY and program.catalogue.figures.get(right.field):
        unit = program.catalogue.figures[right.field].unit if unit == "number" else unit
    why = param = None
    if isinstance(right, Name) and right.scope == "params":
        why, param = rule.params[right.field].why, f"{rule.id}.{right.field}"
        unit = rule.params[right.field].unit if unit == "multiple" and not isinstance(left, Name) else unit
    names = frozenset((*names_in(left), *names_in(right)))
    params = sorted(n.field for n in names if n.scope == "params")
    return ThresholdComparison(
        source=format_expression(comparison),
        names=names,
        scopes=frozenset(n.scope for n in names) - {COMPANY, "params"},
        amounts=tuple(name for name in params if has_amount(rule.params[name])),
        left=left,
        op=op,
        right=right,
        title=title,
        unit=unit,
        why=why,
        param=param,
    )


def _measure(comparison: ThresholdComparison, lookup: Lookup, company: CompanyFacts) -> Distance:
    value, threshold = number(comparison.left, lookup), number(comparison.right, lookup)
    gap = gap_between(value, threshold)
    return Distance(
        title=comparison.title,
        value=value,
        op=comparison.op,
        threshold=threshold,
        unit=comparison.unit,
        currency=company.subject.currency if comparison.unit == "money" else None,
        relative=None if gap is None or not gap.is_relative else min(round(gap.size, 6), LARGEST),
        holds=_ANSWERS[compare(comparison.op, value, threshold)],
        why=comparison.why,
        param=comparison.param,
    )


def _with_notes(distance: Distance, comparison: ThresholdComparison, rule: Rule, company: CompanyFacts) -> Distance:
    """Returns the distance, with a note if its threshold is in another currency."""
    notes = tuple(threshold_notes((rule.params[name] for name in comparison.amounts), company))
    if not notes:
        return distance
    parts = [*([distance.why] if distance.why else []), *notes]
    return distance._replace(why=Text(" ".join(p.en for p in parts), "".join(p.zh for p in parts)))


def _is_threshold(node: Expression) -> bool:
    return all(n.scope == "params" for n in names_in(node))


def _formula_title(node: Expression, program: Program, kinds: Mapping[str, str]) -> Text:
    """Returns a formula with titles instead of names."""
    text = Text.of(format_expression(node))
    for name in sorted(set(names_in(node)), key=lambda n: -len(str(n))):
        if name.scope != "params":
            title = name_title(name, program, kinds)[0]
            text = Text(text.en.replace(str(name), title.en), text.zh.replace(str(name), title.zh))
    return text


def _formula_unit(node: Expression, rule: Rule, program: Program, kinds: Mapping[str, str]) -> str:
    """Returns the unit of a formula: that of its dimension; a multiple if it has none."""

    def type_of(name: Name) -> ExpressionType:
        is_param = name.scope == "params"
        return ExpressionType(rule.params[name.field].unit if is_param else name_title(name, program, kinds)[1])

    dimension = ExpressionChecker(type_of).number(node)
    if not dimension or dimension == DIMENSIONLESS:
        return "multiple"
    return next((unit for unit, known in NUMERIC.items() if known == dimension), "number")


class Gap(NamedTuple):
    """The distance of a value from a threshold, relative to the threshold unless that is 0."""

    size: float
    is_relative: bool


def gap_between(value: Interval, threshold: Interval) -> Gap | None:
    """Returns the gap between a value and a threshold; None if they may be equal or the gap is unbounded."""
    if value.is_open and threshold.is_open:
        return None
    above = value.lo > threshold.hi
    near = threshold.hi if above else threshold.lo
    size = value.lo - threshold.hi if above else threshold.lo - value.hi
    if not size < INF or (size < 0 and not (value.is_point and threshold.is_point)):
        return None
    size = max(size, 0.0)
    return Gap(size / abs(near), True) if near else Gap(size, size == 0)


def _rank(distance: Distance, outcome: Outcome, in_headline: bool) -> _Rank:
    """Returns the sort key of a distance: comparisons that agree with the outcome first, then that of the headline,
    then the nearest to its threshold."""
    relative = distance.relative
    return (
        distance.holds != _ANSWER_OF_OUTCOME.get(outcome),
        not in_headline,
        relative is None,
        relative or 0.0,
        distance.title.en,
        (distance.value.is_open, distance.value.lo, distance.value.hi, distance.threshold.lo, distance.threshold.hi),
    )
