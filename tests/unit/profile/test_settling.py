"""The choice of a claim, its conflicts, the value one period earlier, and claims that are not known yet."""

from typing import Any

import pytest

from screener.expression.interval import Interval
from screener.profile.catalogue import Catalogue
from screener.profile.knowledge import known_on
from screener.profile.reconcile import RankedClaim, ReconciledFigure, read_claim, reconcile_figure, relative_gap
from tests.conftest import ReadProfile

SOURCES = {
    "filing": {"title": "10-K", "kind": "filed", "date": "2025-06-01"},
    "late-filing": {"title": "10-K/A", "kind": "filed", "date": "2025-09-01"},
    "news": {"title": "News", "kind": "reported", "date": "2025-08-01"},
    "guess": {"title": "Model", "kind": "estimate", "date": "2025-08-01"},
    "sketch": {"title": "Sketch", "kind": "illustrative"},
    "future": {"title": "Next 10-K", "kind": "filed", "date": "2026-03-01"},
}


@pytest.fixture
def settled(read: ReadProfile, catalogue: Catalogue) -> Any:
    def run(*claims: Any, figure: str = "revenue", **head: Any) -> tuple[ReconciledFigure | None, tuple[RankedClaim, ...]]:
        profile = read(sources=SOURCES, figures={figure: list(claims)}, **{"as_of": "2025-12-31", **head})
        known = known_on(profile, profile.day, catalogue)
        typed = catalogue.figures[figure]
        counted = [read_claim(typed, claim, known.profile) for claim in known.profile.subject.figures[figure]]
        found, unusable = reconcile_figure(typed, counted)
        return found, (*(claim for _, claim in known.left_out["main"]), *unusable)

    return run


def claim(value: float, source: str | None = None, period: str | None = None) -> dict[str, Any]:
    return {k: v for k, v in {"value": value, "source": source, "period": period}.items() if v is not None}


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (claim(1, "sketch", "2024"), claim(2, "filing")),  # a claim with a period comes before one without
        (claim(1, "guess", "2025"), claim(2, "filing", "2024")),  # the latest period first
        (claim(1, "filing", "2024"), claim(2, "news", "2024")),  # filed, reported, estimate, illustrative, none
        (claim(1, "news", "2024"), claim(2, "guess", "2024")),
        (claim(1, "guess", "2024"), claim(2, "sketch", "2024")),
        (claim(1, "sketch", "2024"), claim(2, None, "2024")),
        (claim(1, "late-filing", "2024"), claim(2, "filing", "2024")),  # then the later source
    ],
)
def test_the_order_of_claims(settled: Any, better: dict[str, Any], worse: dict[str, Any]) -> None:
    for claims in ((better, worse), (worse, better)):
        found, ignored = settled(*claims)
        assert found.chosen.value == Interval.point(1)
        assert not ignored


def test_claims_that_rank_alike_and_differ_are_a_range_and_a_conflict_in_any_order(settled: Any) -> None:
    claims = [claim(3, "news", "2024"), claim(4, "news", "2024")]
    for given in (claims, claims[::-1]):
        found, _ = settled(*given)
        assert found.chosen.value == Interval(3, 4)
        assert [c.gap for c in found.conflicts] == [pytest.approx(1 / 3)]
    for given in ((True, False), (False, True)):
        found, _ = settled(*({"value": v} for v in given), figure="profitable")
        assert found.chosen.value is None
        assert [c.gap for c in found.conflicts] == [1.0]


def test_within_a_year_of_52_or_53_weeks_the_kind_of_source_ranks(settled: Any) -> None:
    filed, sketch = claim(1, "filing", "2023-12-31/2024-12-28"), claim(2, "sketch", "2024")
    for claims in ((filed, sketch), (sketch, filed)):
        found, _ = settled(*claims)
        assert found.chosen.value == Interval.point(1)
        assert [c.gap for c in found.conflicts] == [1.0]


def test_a_balance_sheet_named_by_its_quarter_is_of_its_last_day(settled: Any) -> None:
    quarters = [claim(12, None, "2025-Q4"), claim(10, None, "2025-Q3"), claim(9, None, "2024-Q4")]
    found, _ = settled(*quarters, figure="receivables")
    assert (found.chosen.value, found.prior.value) == (Interval.point(12), Interval.point(9))
    found, _ = settled(claim(1, "filing", "FY2025"), claim(2, "news", "2025-12-31"), figure="total_debt")
    assert found.chosen.value == Interval.point(1)
    assert [c.gap for c in found.conflicts] == [1.0]


@pytest.mark.parametrize(
    ("claims", "figure", "why"),
    [
        ([claim(1, "future", "2024")], "revenue", "published 2026-03-01, after 2025-12-31"),
        ([claim(1, "filing", "2025-Q3")], "revenue", "2025-Q3 is not a year"),
        ([claim(1, "filing", "2026-06-30")], "total_debt", "a forecast: 2026-06-30 ends after 2025-12-31"),
        ([{"source": "filing"}], "revenue", "says nothing"),
    ],
)
def test_what_is_ignored_and_why(settled: Any, claims: list[Any], figure: str, why: str) -> None:
    found, (ignored,) = settled(*claims, figure=figure)
    assert found is None
    assert ignored.reason_unused.en == why


@pytest.mark.parametrize("source", ["filing", "news", "guess", "sketch", None])
def test_a_period_that_is_not_over_is_a_forecast_whoever_states_it(settled: Any, source: str | None) -> None:
    found, (ignored,) = settled(claim(1, source, "2026"), claim(2, "sketch", "2024"))
    assert found.chosen.value == Interval.point(2)
    assert ignored.reason_unused.en == "a forecast: 2026 ends after 2025-12-31"


def test_without_as_of_the_latest_source_is_the_horizon(settled: Any) -> None:
    found, ignored = settled(claim(1, "future", "2025"), as_of=None)
    assert found is not None
    assert not ignored


def test_what_was_before_is_one_period_earlier_and_no_conflict(settled: Any) -> None:
    found, _ = settled(claim(10, "filing", "2025"), claim(3, "filing", "2024"), claim(2, "filing", "2022"))
    assert found.prior.value == Interval.point(3)
    assert [w.gap for w in found.others] == [None]
    assert not found.conflicts


@pytest.mark.parametrize(
    ("second", "gap"),
    [
        (claim(105, "news", "2025"), None),  # exactly 5 % is not a conflict
        (claim(106, "news", "2025"), 0.06),
        (claim(90, "news", "2025"), 0.1),
        (claim(300, "news"), 2.0),  # without a period: still a conflict
        (claim(300, "news", "2023"), None),  # of another period: no conflict
        ({"low": 90, "high": 150, "source": "news", "period": "2025"}, None),  # it may be the same
        ({"low": 110, "source": "news", "period": "2025"}, 0.1),
    ],
)
def test_conflicts(settled: Any, second: dict[str, Any], gap: float | None) -> None:
    found, _ = settled(claim(100, "filing", "2025"), second)
    assert [w.gap for w in found.conflicts] == ([] if gap is None else [pytest.approx(gap)])


def test_rounding_makes_no_conflict(settled: Any) -> None:
    found, _ = settled(claim(1.00, "filing", "2025"), claim(1.05, "news", "2025"))
    assert 1.05 - 1.00 > 0.05  # in floats
    assert not found.conflicts


def test_a_distance_from_zero_is_absolute_and_from_words_one() -> None:
    assert relative_gap(Interval.point(-2), Interval.point(0)) == 1
    assert relative_gap(Interval.point(90), Interval(100, 120)) == pytest.approx(0.1)
    assert relative_gap("a", "b") == 1
    assert relative_gap(True, True) == 0
