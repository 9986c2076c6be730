"""Figures over a year that are stated for a day do not count, and the result reports them."""

from typing import Any

import pytest

from screener import Screener

SCREENER = Screener.load()
DAY: dict[str, Any] = {"value": -5e6, "period": "2025-12-31"}


def remarks(figures: dict[str, Any], **more: Any) -> list[str]:
    profile = {"name": "Beta", "currency": "USD", "as_of": "2026-02-06", "figures": figures, **more}
    return [text.en for text in SCREENER.screen(profile).document.doubts]


def test_a_figure_of_a_year_for_a_day() -> None:
    [found] = remarks(
        {"net_income": [DAY, {"value": 3e6, "period": "2024"}], "cash": {"value": 1e6, "period": "2025-12-31"}}
    )
    assert found.startswith("Net income: does not count, since 2025-12-31 is a day and no year")


def test_several_figures_are_one_remark() -> None:
    [two] = remarks({"net_income": DAY, "revenue": {"value": 9e6, "period": "2025-12-31"}})
    assert "(and 1 more): does not count, since 2025-12-31 is a day" in two
    [three] = remarks({"net_income": DAY, "operating_income": DAY, "pretax_income": DAY})
    assert "(and 2 more)" in three


@pytest.mark.parametrize("period", ["2025", "FY2025", "2025-Q4", "2025-01-01/2025-12-31"])
def test_other_periods_have_no_remark(period: str) -> None:
    assert remarks({"net_income": {**DAY, "period": period}}) == []


def test_nothing_is_lost_where_the_year_is_stated_too() -> None:
    assert remarks({"net_income": [DAY, {"value": 3e6, "period": "2025"}]}) == []


def test_a_party_is_named() -> None:
    found = remarks(
        {"cash": 1e6},
        customers=[{"party": "gamma"}],
        parties={"gamma": {"name": "Gamma", "figures": {"net_income": DAY}}},
    )
    assert [text.startswith("Gamma: Net income: does not count") for text in found] == [True]
