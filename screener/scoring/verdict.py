"""The verdict: a pattern that fired decides; without one, the band of the score, if enough rules are decided."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from screener.rules.rule import Rule
from screener.rules.rulebook import VerdictTable
from screener.scoring.score import Number, ScoreRange
from screener.vocabulary import Outcome, Verdict

Condition = Any
"""A bool, or a column of them with one for each company."""


class VerdictDecision(NamedTuple):
    """A verdict with the patterns that decided it, those that fired beside them, and avoid patterns that are unknown."""

    word: Verdict
    because: tuple[str, ...]
    also: tuple[str, ...]
    thin: bool  # a watch verdict although too few rules are decided
    open_patterns: tuple[str, ...]


def verdict_cases(
    avoid: Condition, watch: Condition, enough: Condition, score: Number, table: VerdictTable
) -> tuple[tuple[Condition, Verdict], ...]:
    """The conditions of verdicts; the first that holds decides, and `insufficient-data` where none does.

    `avoid`, `watch`: whether a pattern of that verdict fired; `enough`: whether enough rules are decided. All arguments but the
    table, and all conditions returned, are of one company, or columns of many.
    """
    avoid_band, caution_band = score >= table.bands.avoid, score >= table.bands.caution
    return (
        (avoid, Verdict.AVOID),
        (watch & avoid_band, Verdict.CAUTION),
        (watch, Verdict.WATCH),
        (enough & avoid_band, Verdict.AVOID),
        (enough & caution_band, Verdict.CAUTION),
        (enough, Verdict.CLEAR),
    )


def decide_verdict(
    patterns: Sequence[tuple[Rule, Outcome]], score: ScoreRange, decided: int, total: int, table: VerdictTable
) -> VerdictDecision:
    """The verdict on one company from its pattern rules with their outcomes, its score and its coverage."""

    def with_outcome(outcome: Outcome, verdict: Verdict) -> tuple[str, ...]:
        return tuple(rule.id for rule, found in patterns if rule.verdict is verdict and found is outcome)

    avoid, watch = with_outcome(Outcome.FIRED, Verdict.AVOID), with_outcome(Outcome.FIRED, Verdict.WATCH)
    enough = total > 0 and decided / total >= table.coverage_at_least
    cases = verdict_cases(bool(avoid), bool(watch), enough, score.value, table)
    return VerdictDecision(
        word=next((verdict for holds, verdict in cases if holds), Verdict.INSUFFICIENT_DATA),
        because=avoid or watch,
        also=watch if avoid else (),
        thin=bool(watch) and not avoid and not enough,
        open_patterns=with_outcome(Outcome.UNKNOWN, Verdict.AVOID),
    )
