"""The risk score: a number from 0 to 100, its range while rules are unknown, and the contribution of each flag.

Red flags are combined as if they were independent chances of trouble (noisy-or, Pearl 1988): `red = 1 - Π(1 - p)`, with the
largest p of each cause. Green flags reduce it: `relief = min(1 - Π(1 - q), relief_at_most)`, `score = 100 · red · (1 -
relief)`. A green flag that softens red ones by name, or relieves causes, lowers their p instead, and relieves nothing
else.

`ScoreFormula` states this arithmetic once, for one company (numbers) and for many (a column of numpy each).
"""

from collections.abc import Callable, Container, Iterable, Sequence, Set
from copy import copy
from functools import cached_property
from typing import Any, NamedTuple

from screener.rules.rule import Rule
from screener.rules.rulebook import VerdictTable
from screener.vocabulary import Flag, Outcome

Number = Any
"""A number, or a column of numbers with one for each company."""

Counts = Callable[[str], Any]
"""Whether a rule, by its id, counts as fired: a bool, or a column of them."""


class ScoredRule(NamedTuple):
    """A red or green rule with its outcome."""

    rule: Rule
    outcome: Outcome


class ScoreRange(NamedTuple):
    """The score, and the lowest and highest that it may become once the unknown rules are decided."""

    value: float
    low: float
    high: float


class ScoreStep(NamedTuple):
    """How far one rule moves the score, from `start` to `end`."""

    rule: Rule
    start: float
    end: float


class NumberOperations(NamedTuple):
    """The operations that differ between numbers and columns of numbers."""

    larger: Callable[[Number, Number], Number]
    smaller: Callable[[Number, Number], Number]
    round_to_tenth: Callable[[Number], Number]


def _round_to_tenth(value: float) -> float:
    return round(value, 1)


SCALAR = NumberOperations(max, min, _round_to_tenth)


def scored_rules(rules: Iterable[tuple[Rule, Outcome]], excluded: Container[str] = ()) -> list[ScoredRule]:
    """The red and green rules with their outcomes, without those `excluded` (waived ones and those in preview)."""
    return [ScoredRule(r, outcome) for r, outcome in rules if r.flag.scores and r.id not in excluded]


def flag_weight(rule: Rule, table: VerdictTable) -> float:
    """The weight of a red or green flag, a probability: its own, or that of its severity."""
    if rule.weight is not None:
        return rule.weight
    return (table.severity.red if rule.flag is Flag.RED else table.severity.green)[rule.severity]


def relieves(rule: Rule, red: Rule) -> bool:
    """Whether a rule is about this red one: it softens it by name, or relieves its cause."""
    return red.id in rule.softens or (red.flag is Flag.RED and red.cause is not None and red.cause in rule.relieves)


class ScoreFormula:
    """The score as a function of which of some red and green rules count as fired."""

    def __init__(self, rules: Iterable[Rule], table: VerdictTable) -> None:
        weights = [(rule, flag_weight(rule, table)) for rule in rules]
        greens = [(rule, q) for rule, q in weights if rule.flag is Flag.GREEN]
        places: dict[str, list[int]] = {}  # of the greens that are about a red rule, by its id or "=" and its cause
        for place, (green, _) in enumerate(greens):
            for key in (*green.softens, *(f"={cause}" for cause in green.relieves)):
                places.setdefault(key, []).append(place)

        def softeners(red: Rule) -> list[tuple[str, float]]:
            found = {*places.get(red.id, ()), *(places.get(f"={red.cause}", ()) if red.cause is not None else ())}
            return [(greens[place][0].id, greens[place][1]) for place in sorted(found)]

        self._reds = sorted((r.cause or f"={r.id}", r.id, p, softeners(r)) for r, p in weights if r.flag is Flag.RED)
        """Cause, id, weight, and the green rules with their weights that are about it."""
        self._greens = sorted((rule.id, q) for rule, q in greens if not (rule.softens or rule.relieves))
        self._relief_at_most = table.relief_at_most
        self.reds = frozenset(red for _, red, _, _ in self._reds)
        self.greens = frozenset(rule.id for rule, _ in greens)
        self.softening = frozenset(rule.id for rule, _ in greens if rule.softens or rule.relieves)

    def among(self, rules: Set[str]) -> "ScoreFormula":
        """A faster formula for these rules alone, with the same scores."""
        found = copy(self)
        found._reds = [
            (cause, red, weight, [softener for softener in softeners if softener[0] in rules])
            for cause, red, weight, softeners in self._reds
            if red in rules
        ]
        found._greens = [green for green in self._greens if green[0] in rules]
        return found

    def score(self, red_counts: Counts, green_counts: Counts, operations: NumberOperations = SCALAR) -> Number:
        """The score, 0 to 100 with one decimal, given which red and which green rules count."""
        no_trouble = self.no_trouble(self.softened(green_counts), red_counts, operations)
        return self.combined(no_trouble, self.unrelieved(green_counts), operations)

    def softened(self, green_counts: Counts) -> "SoftenedWeights":
        """The weights of the red rules, less by the green ones that are about them and count."""
        found = []
        for cause, red, weight, softeners in self._reds:
            if not softeners:
                found.append((cause, red, weight))
                continue
            left: Number = 1.0
            for green, q in softeners:
                softens = green_counts(green)
                if softens is not False:
                    left = left * (1 - q * softens)
            found.append((cause, red, weight * left))
        return found

    def no_trouble(self, weights: "SoftenedWeights", red_counts: Counts, operations: NumberOperations) -> Number:
        """The chance that none of the causes brings trouble, of each the heaviest red rule that counts."""
        worst: dict[str, Number] = {}  # by cause
        for cause, red, weight in weights:
            counts = red_counts(red)
            if counts is False:  # its part would be 0, which changes nothing
                continue
            p = counts * weight
            worst[cause] = operations.larger(worst[cause], p) if cause in worst else p
        found: Number = 1.0
        for p in worst.values():
            found = found * (1 - p)
        return found

    def unrelieved(self, green_counts: Counts) -> Number:
        """What the green rules that are about no red one leave of the score, before the limit of relief."""
        found: Number = 1.0
        for green, q in self._greens:
            relieving = green_counts(green)
            if relieving is not False:
                found = found * (1 - q * relieving)
        return found

    def combined(self, no_trouble: Number, unrelieved: Number, operations: NumberOperations) -> Number:
        """The score, 0 to 100 with one decimal, from its two parts."""
        relief = operations.smaller(1 - unrelieved, self._relief_at_most)
        return operations.round_to_tenth(100 * ((1 - no_trouble) * (1 - relief)))


SoftenedWeights = Sequence[tuple[str, str, Number]]
"""Cause, id and weight of red rules, as green ones leave it."""


MAY_COUNT = frozenset((Outcome.FIRED, Outcome.UNKNOWN))
"""The outcomes of rules that count in the score, or may."""


class ScoreMemory:
    """The scores that a formula gives to one company under different outcomes; each is computed once."""

    def __init__(self, formula: ScoreFormula) -> None:
        self._formula = formula
        self._scores: dict[tuple[frozenset[str], frozenset[str]], float] = {}
        self._softened: dict[frozenset[str], SoftenedWeights] = {}  # by the green rules that are about red ones
        self._no_trouble: dict[tuple[frozenset[str], frozenset[str]], float] = {}  # by these and the red rules
        self._unrelieved: dict[frozenset[str], float] = {}  # by the other green rules

    def score_if(self, reds: frozenset[str], greens: frozenset[str]) -> float:
        """The score if these of the red and green rules count as fired, and no others."""
        formula = self._formula
        key = reds, greens = reds & formula.reds, greens & formula.greens
        if key in self._scores:
            return self._scores[key]
        softening, relieving = greens & formula.softening, greens - formula.softening
        if (softening, reds) not in self._no_trouble:
            if softening not in self._softened:
                self._softened[softening] = formula.softened(softening.__contains__)
            no_trouble = formula.no_trouble(self._softened[softening], reds.__contains__, SCALAR)
            self._no_trouble[softening, reds] = no_trouble
        if relieving not in self._unrelieved:
            self._unrelieved[relieving] = formula.unrelieved(relieving.__contains__)
        no_trouble, unrelieved = self._no_trouble[softening, reds], self._unrelieved[relieving]
        found = self._scores[key] = float(formula.combined(no_trouble, unrelieved, SCALAR))
        return found

    def range(self, fired: frozenset[str], unknown: frozenset[str]) -> ScoreRange:
        """The score with its range: lowest with unknown reds clear and unknown greens fired, highest the other way round."""
        open_too = fired | unknown
        return ScoreRange(
            value=self.score_if(fired, fired),
            low=self.score_if(fired, open_too),
            high=self.score_if(open_too, fired),
        )


class CompanyScore:
    """The score of one company, and what it would be under other outcomes of its rules."""

    def __init__(self, rules: Sequence[ScoredRule], table: VerdictTable, formula: ScoreFormula | None = None) -> None:
        """The score of these rules. `formula` is one made of them or of more: those that are not here do not count."""
        self._table = table
        self.fired, self.unknown = (
            frozenset(r.rule.id for r in rules if r.outcome is outcome) for outcome in (Outcome.FIRED, Outcome.UNKNOWN)
        )
        self._fired_rules = [r.rule for r in rules if r.outcome is Outcome.FIRED]
        may_count = (
            ScoreFormula((r.rule for r in rules if r.outcome in MAY_COUNT), table)
            if formula is None
            else formula.among(self.fired | self.unknown)
        )
        self._memory = ScoreMemory(may_count)

    @cached_property
    def range(self) -> ScoreRange:
        """The score with its range."""
        return self._memory.range(self.fired, self.unknown)

    def score_if(self, reds: frozenset[str], greens: frozenset[str]) -> float:
        """The score if these of the fired and unknown red and green rules count as fired, and no others."""
        return self._memory.score_if(reds, greens)

    def ranges_if_decided(self, rules: frozenset[str]) -> tuple[ScoreRange, ScoreRange]:
        """The score if these of the unknown rules were decided for the best, and if they were decided for the worst."""
        fired, decided = self.fired, self.unknown & rules
        with_them, without = fired | decided, fired | (self.unknown - decided)
        best = ScoreRange(
            value=self.score_if(fired, with_them), low=self.range.low, high=self.score_if(without, with_them)
        )
        worst = ScoreRange(
            value=self.score_if(with_them, fired), low=self.score_if(with_them, without), high=self.range.high
        )
        return best, worst

    def steps(self) -> list[ScoreStep]:
        """The steps from 0 to the score: red flags from the heaviest, then those that soften them, then relief."""
        weights = {rule.id: flag_weight(rule, self._table) for rule in self._fired_rules}
        ordered = sorted(self._fired_rules, key=lambda r: (r.flag is not Flag.RED, not r.softens, -weights[r.id], r.id))
        steps: list[ScoreStep] = []
        start, counted = 0.0, frozenset[str]()
        for rule in ordered:
            counted |= {rule.id}
            end = self.score_if(counted, counted)
            steps.append(ScoreStep(rule, start, end))
            start = end
        return steps


def coverage_counts(rules: Sequence[ScoredRule]) -> tuple[int, int]:
    """How many of the red and green rules that apply are decided, and how many apply."""
    unknown = applicable = 0
    for _, outcome in rules:
        if outcome is not Outcome.NOT_APPLICABLE:
            applicable += 1
            unknown += outcome is Outcome.UNKNOWN
    return applicable - unknown, applicable
