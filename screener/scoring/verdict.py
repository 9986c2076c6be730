"""The verdict: a pattern that fired decides; without one, the score's band, if enough is known."""

from collections.abc import Sequence
from typing import NamedTuple

from screener.rules.rule import Rule
from screener.rules.rulebook import VerdictTable
from screener.scoring.score import Range

WORDS = ("avoid", "caution", "insufficient-data", "watch", "clear")
"""Verdicts from the worst to the best; what is not known ranks before what is good."""


class Judgement(NamedTuple):
    """The verdict's word, the patterns that decided it, and those that fired beside them."""

    word: str
    because: tuple[str, ...]
    also: tuple[str, ...]
    thin: bool
    open_patterns: tuple[str, ...]


def judge(
    patterns: Sequence[tuple[Rule, str]], score: Range, decided: int, total: int, table: VerdictTable
) -> Judgement:
    """The verdict from pattern rules with their outcomes, the score and the coverage."""
    avoid = tuple(r.id for r, outcome in patterns if r.verdict == "avoid" and outcome == "fired")
    watch = tuple(r.id for r, outcome in patterns if r.verdict == "watch" and outcome == "fired")
    undecided = tuple(r.id for r, outcome in patterns if r.verdict == "avoid" and outcome == "unknown")
    enough = total > 0 and decided / total >= table.coverage_at_least
    if avoid:
        return Judgement("avoid", avoid, watch, False, undecided)
    if watch:
        word = "caution" if score.value >= table.bands.avoid else "watch"
        return Judgement(word, watch, (), not enough, undecided)
    if not enough:
        return Judgement("insufficient-data", (), (), False, undecided)
    word = "avoid" if score.value >= table.bands.avoid else "caution" if score.value >= table.bands.caution else "clear"
    return Judgement(word, (), (), False, undecided)
