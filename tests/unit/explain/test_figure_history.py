"""The figures of a company over its latest periods, stated and computed."""

from typing import Any

import pytest

from screener.expression.interval import Interval
from screener.result.model import FigureSeries
from screener.screening import Screener
from tests.conftest import profile_of


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.load(packs=["core"])


def history(screener: Screener, **figures: Any) -> dict[str, FigureSeries]:
    profile = profile_of(screener.rulebook.catalogue, currency="USD", figures=figures)
    return {series.figure: series for series in screener.assess(profile).history}


def years(*values: float, first: int = 2025, source: str | None = None) -> list[dict[str, Any]]:
    return [{"value": value, "period": f"FY{first - back}"} for back, value in enumerate(values)]


def seen(series: FigureSeries) -> list[tuple[str | None, Any]]:
    return [(p.period, p.value.lo if isinstance(p.value, Interval) and p.value.is_point else p.value) for p in series.periods]


def test_a_stated_figure_comes_with_its_periods_the_latest_first(screener: Screener) -> None:
    found = history(screener, revenue=years(5e9, 4e9, 3e9))
    assert seen(found["revenue"]) == [("FY2025", 5e9), ("FY2024", 4e9), ("FY2023", 3e9)]
    assert [p.end for p in found["revenue"].periods] == ["2025-12-31", "2024-12-31", "2023-12-31"]
    assert (found["revenue"].unit, found["revenue"].currency) == ("money", "USD")


def test_no_more_than_five_periods(screener: Screener) -> None:
    found = history(screener, revenue=years(7e9, 6e9, 5e9, 4e9, 3e9, 2e9, 1e9))
    assert [period for period, _ in seen(found["revenue"])] == ["FY2025", "FY2024", "FY2023", "FY2022", "FY2021"]


def test_a_missing_year_ends_the_series(screener: Screener) -> None:
    claims = [*years(5e9), *years(3e9, first=2023)]
    assert seen(history(screener, revenue=claims)["revenue"]) == [("FY2025", 5e9)]


def test_a_claim_without_a_period_has_no_end(screener: Screener) -> None:
    (only,) = history(screener, revenue=5e9)["revenue"].periods
    assert (only.period, only.end) == (None, None)


def test_bounds_are_shown_but_not_what_is_not_known(screener: Screener) -> None:
    found = history(screener, revenue=[{"low": 1e9, "period": "FY2025"}, {"value": 2e9, "period": "FY2024"}], cash=None)
    assert "cash" not in found
    assert seen(found["revenue"])[0] == ("FY2025", Interval(1e9, float("inf")))
    assert seen(found["revenue"])[1] == ("FY2024", 2e9)


def test_ratios_are_computed_for_the_years_of_which_all_inputs_are_stated(screener: Screener) -> None:
    found = history(screener, total_debt=years(6e9, 4e9, 1e9), revenue=years(3e9, 4e9))
    ratio = found["debt_to_revenue"]
    assert seen(ratio) == [("FY2025", 2.0), ("FY2024", 1.0)]
    assert {p.kind.value for p in ratio.periods} == {"computed"}
    assert ratio.currency is None
