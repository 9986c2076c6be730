"""How the history writes scores: with their range, or the range alone if there is no single score."""

import pytest

from screener.runs.store.history import Screening
from screener.runs.store.history_words import score_with_range

SCREENING = Screening(
    run=1,
    last=1,
    started="2026-01-02 03:04:05",
    screener="1.0",
    pack="p",
    pack_version="1",
    pack_digest="d",
    profile_digest="e",
    judged="j",
    finished=True,
    as_of="2026-01-01",
    verdict="caution",
    score=40.0,
    low=30.0,
    high=60.0,
    decided=5,
    total=9,
    flags=(),
)


@pytest.mark.parametrize(
    ("verdict", "low", "high", "text"),
    [("caution", 30.0, 60.0, "40 (30–60)"), ("caution", 40.0, 40.0, "40"), ("insufficient-data", 30.0, 60.0, "30–60")],
)
def test_a_range_is_written_once(verdict: str, low: float, high: float, text: str) -> None:
    assert score_with_range(SCREENING._replace(verdict=verdict, low=low, high=high)) == text
