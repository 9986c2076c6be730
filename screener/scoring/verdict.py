"""The verdict: a pattern that fired decides; without one, the score's band, if enough is known."""

from collections.abc import Sequence
from typing import NamedTuple

from screener.rules.rule import Rule
from screener.rules.rulebook import VerdictTable
from screener.scoring.score import Range
from screener.vocabulary import Outcome, Verdict


class Judgement(NamedTuple):
    """The verdict's word, the patterns that decided it, and those that fired beside them."""

    word: Verdict
    because: tuple[str, ...]
    also: tuple[str, ...]
    thin: bool
    open_patterns: tuple[str, ...]


def judge(
    patterns: Sequence[tuple[Rule, Outcome]], score: Range, decided: int, total: int, table: VerdictTable
) -> Judgement:
    """The verdict from pattern rules with their outcomes, the score and the coverage."""
    avoid = tuple(r.id for r, outcome in patterns if r.verdict is Verdict.AVOID and outcome is Outcome.FIRED)
    watch = tuple(r.id for r, outcome in patterns if r.verdict is Verdict.WATCH and outcome is Outcome.FIRED)
    undecided = tuple(r.id for r, outcome in patterns if r.verdict is Verdict.AVOID and outcome is Outcome.UNKNOWN)
    enough = total > 0 and decided / total >= table.coverage_at_least
    if avoid:
        return Judgement(Verdict.AVOID, avoid, watch, False, undecided)
    if watch:
        word = Verdict.CAUTION if score.value >= table.bands.avoid else Verdict.WATCH
        return Judgement(word, watch, (), not enough, undecided)
    if not enough:
        return Judgement(Verdict.INSUFFICIENT_DATA, (), (), False, undecided)
    return Judgement(band(score.value, table), (), (), False, undecided)


def band(score: float, table: VerdictTable) -> Verdict:
    """The verdict of a score by itself."""
    if score >= table.bands.avoid:
        return Verdict.AVOID
    return Verdict.CAUTION if score >= table.bands.caution else Verdict.CLEAR
