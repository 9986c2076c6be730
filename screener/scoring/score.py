"""The risk score: a number from 0 to 100, the range it may take once the unknowns are known, and how it comes about.

Red flags combine as independent chances of trouble (noisy-or, Pearl 1988): `red = 1 - Π(1 - p)`, with the largest p of each
cause; green flags relieve it: `relief = min(1 - Π(1 - q), most)`, `score = 100 · red · (1 - relief)`. A green flag that
softens red ones lowers their p instead, and relieves nothing else.
"""

from collections.abc import Container, Iterable, Sequence, Set
from functools import cached_property
from math import prod
from typing import NamedTuple

from screener.rules.rule import Rule
from screener.rules.rulebook import VerdictTable
from screener.vocabulary import Flag, Outcome


class Scored(NamedTuple):
    """A red or green rule with its outcome."""

    rule: Rule
    outcome: Outcome


class Range(NamedTuple):
    """The score and its outer bounds."""

    value: float
    low: float
    high: float


class Move(NamedTuple):
    """How far one rule moves the score, from `start` to `end`."""

    rule: Rule
    start: float
    end: float


def scoring(rules: Iterable[tuple[Rule, Outcome]], left_out: Container[str] = ()) -> list[Scored]:
    """Those that score (red and green, but not preview and waived ones: `left_out`), with their outcomes."""
    return [Scored(r, outcome) for r, outcome in rules if r.flag.scores and r.id not in left_out]


def weight(rule: Rule, table: VerdictTable) -> float:
    """What a red or green flag weighs: its own weight, or that of its severity."""
    if rule.weight is not None:
        return rule.weight
    return (table.severity.red if rule.flag is Flag.RED else table.severity.green)[rule.severity]


class Stakes:
    """What the flags of one company weigh, weighed once: for its score under one assumption after the other."""

    def __init__(self, flags: Sequence[Scored], table: VerdictTable) -> None:
        told = [(f.rule, weight(f.rule, table)) for f in flags if f.outcome in (Outcome.FIRED, Outcome.UNKNOWN)]
        self.weighed = told
        self.reds = sorted((r.cause or f"={r.id}", r.id, p) for r, p in told if r.flag is Flag.RED)
        self.greens = sorted((r.id, p) for r, p in told if r.flag is Flag.GREEN and not r.softens)
        self.softeners = [(r.id, r.softens, p) for r, p in told if r.softens]
        self.most = table.relief_at_most
        self.fired, self.unknown = (
            frozenset(f.rule.id for f in flags if f.outcome is o) for o in (Outcome.FIRED, Outcome.UNKNOWN)
        )

    def value(self, reds: Set[str], greens: Set[str]) -> float:
        """The score where these reds and these greens count as fired, and no others."""
        softeners = [(whom, 1 - q) for green, whom, q in self.softeners if green in greens]
        worst: dict[str, float] = {}  # by cause, in the order of causes
        for cause, rule, p in self.reds:
            if rule in reds:
                if softeners:
                    p *= prod(kept for whom, kept in softeners if rule in whom)
                if p > worst.get(cause, 0.0):
                    worst[cause] = p
        red = 1 - prod([1 - p for p in worst.values()], start=1.0)
        relief = min(1 - prod([1 - q for green, q in self.greens if green in greens], start=1), self.most)
        return _points(red * (1 - relief))

    @cached_property
    def range(self) -> Range:
        """The score with its range: lowest with unknown reds clear and unknown greens fired, highest the other way."""
        wide = self.fired | self.unknown
        return Range(self.value(self.fired, self.fired), self.value(self.fired, wide), self.value(wide, self.fired))

    def decided(self, rules: Set[str]) -> tuple[Range, Range]:
        """The score if of the unknown these were decided for the best, and if they were decided for the worst."""
        fired, settled = self.fired, self.unknown & rules
        with_them, without = fired | settled, fired | (self.unknown - settled)
        best = Range(self.value(fired, with_them), self.range.low, self.value(without, with_them))
        worst = Range(self.value(with_them, fired), self.value(with_them, without), self.range.high)
        return best, worst

    def waterfall(self) -> list[Move]:
        """The steps from 0 to the score: red flags from the heaviest, then what softens them, then relief."""
        fired = sorted(((r, w) for r, w in self.weighed if r.id in self.fired),
                       key=lambda f: (f[0].flag is not Flag.RED, not f[0].softens, -f[1], f[0].id))  # fmt: skip
        steps: list[Move] = []
        at, counted = 0.0, frozenset[str]()
        for rule, _ in fired:
            counted |= {rule.id}
            end = self.value(counted, counted)
            steps.append(Move(rule, at, end))
            at = end
        return steps


def _points(share: float) -> float:
    """A share of 1 as a score with one decimal."""
    return round(100 * share, 1)


def coverage(flags: Sequence[Scored]) -> tuple[int, int]:
    """How many of the red and green rules that apply are decided, and how many apply."""
    applied = [f for f in flags if f.outcome is not Outcome.NOT_APPLICABLE]
    return sum(f.outcome is not Outcome.UNKNOWN for f in applied), len(applied)
