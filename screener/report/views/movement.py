"""The change of a company since an earlier result: points of the score, and the previous verdict."""

from typing import NamedTuple

from screener.report import number_format as numbers
from screener.report.wording import Wording
from screener.vocabulary import Verdict


class EarlierStanding(NamedTuple):
    """Verdict and score of an earlier result."""

    verdict: str
    score: float


def points_moved(verdict: str, score: float, before: EarlierStanding | None) -> float | None:
    """Returns the change of the score in points since `before`; None without an earlier result, or if too little was
    known for a score."""
    if before is None or Verdict.INSUFFICIENT_DATA in (verdict, before.verdict):
        return None
    return round(score - before.score, 4)


def movement_text(verdict: str, score: float, before: EarlierStanding | None, wording: Wording) -> str:
    """Returns the change in points and the previous verdict if it is different: `+12.3, was Caution`; empty if nothing
    changed."""
    moved = points_moved(verdict, score, before)
    parts = [] if moved is None else [numbers.signed(moved)]
    if before is not None and before.verdict != verdict:
        parts.append(wording("history.was", outcome=wording.label("verdict", before.verdict)))
    return wording("comma").join(parts)
