"""The inputs of a formula or comparison are of one time; if there is none, older inputs count as unknown."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.engine.search import SearchEngine
from screener.explain.finding_templates import outcome_of
from screener.expression.interval import Interval
from screener.facts.alignment import _shifted
from screener.facts.builder import build
from screener.facts.company import CompanyFacts
from screener.rules.rulebook import Rulebook
from screener.screening import Screener
from tests.conftest import LoadRules, ReadProfile, profile_of


@pytest.fixture
def company(book: Rulebook, read: ReadProfile) -> Any:
    def run(metrics: Any = None, **figures: Any) -> CompanyFacts:
        claims = {name: [{"value": v, "period": p} for p, v in values.items()] for name, values in figures.items()}
        stated = {name: [{"value": v, "period": p} for p, v in values.items()] for name, values in (metrics or {}).items()}
        profile = read(figures=claims, metrics=stated, as_of="2026-02-06")
        return build(profile, book.catalogue, book.metrics, {}).companies["main"]

    return run


def ratio(value: float) -> Interval:
    return Interval.point(value)


@pytest.mark.parametrize(
    ("debt", "revenue", "expected"),
    [
        ({"2025-12-31": 40}, {"FY2025": 10}, 4),
        ({"2025-12-31": 40}, {"FY2019": 10}, None),  # six years lie between them
        ({"2025-12-31": 40, "2024-12-31": 20}, {"FY2024": 10}, 4),  # the latest balance sheet after the last year
        ({"2025-03-31": 40}, {"FY2025": 10}, 4),  # a day within the year
        ({"2024-12-31": 40}, {"FY2025": 10}, None),  # the year's opening balance sheet
        ({"2024-12-31": 40}, {"FY2025": 10, "FY2024": 20}, 2),  # the year to which it belongs
        ({"2025-12-31": 40, "2019-12-31": 5}, {"FY2019": 10}, None),  # present figures are not ignored in favour of 2019
        ({"2025-12-31": 40}, {"FY2023": 10, "FY2024": 8}, 5),
        ({None: 40}, {"FY2019": 10}, 4),  # without a period nothing shows that they are of different times
    ],
)
def test_a_ratio_takes_figures_of_one_time(company: Any, debt: Any, revenue: Any, expected: float | None) -> None:
    found = company(total_debt=debt, revenue=revenue).value("debt_to_revenue")
    assert found == ratio(expected) if expected else not found.is_point


def test_two_figures_of_years_are_of_the_same_year(company: Any) -> None:
    shifted = company(total_costs={"2024-10-01/2025-09-30": 19}, revenue={"2025": 10, "2024": 5})
    assert not shifted.value("cost_to_revenue").is_point
    lagging = company(total_costs={"2024": 19}, revenue={"2025": 100, "2024": 10})
    assert lagging.value("cost_to_revenue") == ratio(1.9)
    assert lagging.value("revenue") == ratio(100)


def test_a_price_may_be_of_a_year_later_than_the_accounts_and_a_balance_sheet_may_not(company: Any) -> None:
    accounts = {"total_liabilities": {"2024-12-31": 50}, "total_assets": {"2024-12-31": 100}}
    assert company(market_value={"2026-01-30": 100}, **accounts).value("market_value_to_liabilities") == ratio(2)
    found = company(current_assets={"2025-12-31": 100}, current_liabilities={"2024-12-31": 50})
    assert not found.value("current_ratio").is_point


def test_a_growth_rate_of_what_lags_is_against_the_year_before_it(company: Any) -> None:
    figures = {"receivables": {"2024-12-31": 30, "2023-12-31": 20}, "revenue": {"FY2025": 1, "FY2024": 300, "FY2023": 200}}
    found = company(**figures)
    assert found.compute(found.metrics["receivables_growth"].formula).lo == pytest.approx(0.5)
    assert found.alignment("receivables", "revenue").claims["revenue"].value == ratio(300)


def test_what_of_a_sum_is_of_another_time_is_missing_and_the_rest_is_known(company: Any) -> None:
    found = company(total_debt={"2019-12-31": 7}, cash={"2025-12-31": 5})
    assert found.value("net_debt") == Interval(-5, float("inf"))
    assert found.alignment("net_debt").apart is not None


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({"2019-12-31": 3}, 0.2),  # the figures give it for a later time
        ({"2025-12-31": 3}, 3),
        ({"2026-01-31": 3}, 3),
        ({None: 3}, 3),
    ],
)
def test_a_stated_ratio_of_long_before_does_not_stand_before_figures(company: Any, stated: Any, expected: float) -> None:
    figures = {"current_assets": {"2025-12-31": 1}, "current_liabilities": {"2025-12-31": 5}}
    found = company({"current_ratio": stated}, **figures)
    assert found.value("current_ratio") == ratio(expected)
    assert ("current_ratio" in dict(found.ignored)) == (expected != 3)


def test_nor_does_a_stated_figure_with_a_formula(company: Any) -> None:
    found = company(free_cash_flow={"FY2020": 9}, operating_cash_flow={"FY2025": 3}, capital_expenditure={"FY2025": 5})
    assert found.value("free_cash_flow") == ratio(-2)
    without = company(free_cash_flow={"FY2020": 9}, operating_cash_flow={"FY2025": 3})
    assert without.value("free_cash_flow") == ratio(9)


RULE = """
rule: owes-more
flag: red
severity: high
category: leverage
title: {en: T, zh: T}
when: [{company: 'total_debt > 3 * revenue'}]
says: {en: s, zh: s}
why: {en: w, zh: w}
clears: {en: c, zh: c}
false_alarms: {en: f, zh: f}
"""


@pytest.mark.parametrize(("year", "outcome"), [("FY2025", "fired"), ("FY2019", "unknown")])
def test_a_comparison_of_two_figures_is_of_one_time(rules: LoadRules, year: str, outcome: str) -> None:
    screener = Screener(rules(RULE))
    claims = {"revenue": {"value": 10, "period": year}, "total_debt": {"value": 40, "period": "2025-12-31"}}
    profile = profile_of(screener.rulebook.catalogue, figures=claims)
    result = screener.assess(profile)
    (finding,) = (f for f in result.findings if f.rule == "owes-more")
    assert finding.outcome == outcome
    searched = SearchEngine(screener.program).run(screener.world(profile))
    assert outcome_of(searched.of("owes-more", "main")) == outcome
    if outcome == "unknown":
        (missing,) = (i for i in result.inputs if i.key in finding.missing)
        assert (missing.key, missing.about.en) == ("revenue", "near 2025-12-31; known: FY2019")  # type: ignore[union-attr]


def test_the_reason_names_both_times() -> None:
    screener = Screener.load()
    claims = {"revenue": {"value": 10, "period": "FY2019"}, "total_debt": {"value": 40, "period": "2025-12-31"}}
    profile = profile_of(screener.rulebook.catalogue, figures=claims, sector="software")
    (finding,) = (f for f in screener.assess(profile).findings if f.rule == "leverage-versus-revenue")
    lines = {line.figure: (line.value, line.period) for line in finding.evidence}
    assert lines["debt_to_revenue"][1] == "2025-12-31 ≠ FY2019"
    assert lines["revenue"] == (ratio(10), "FY2019")
    assert finding.could_settle == (("revenue",),)


def test_what_lies_apart_is_the_latest_and_the_earliest_figure_each_with_its_own_period(read: ReadProfile, book: Rulebook) -> None:
    periods = {"total_debt": "2025-12-31", "cash": "2025-09-30", "revenue": "FY2019", "total_costs": "FY2018", "net_income": "FY2017"}
    profile = read(figures={name: {"value": 1, "period": period} for name, period in periods.items()})
    company = build(profile, book.catalogue, book.metrics, {}).companies["main"]
    found = company.alignment(*periods)
    assert found.apart is not None
    assert [(name, period.label) for name, period in found.apart] == [("total_debt", "2025-12-31"), ("net_income", "FY2017")]
    assert dict(found.claims) == dict.fromkeys(("revenue", "total_costs", "net_income"))


YEARS = st.lists(st.integers(2015, 2025), min_size=1, max_size=4, unique=True)


@given(YEARS, YEARS)
def test_no_ratio_mixes_years(book: Rulebook, costs: list[int], revenue: list[int]) -> None:
    """Each year's costs are its revenue times the number of the year, so that a ratio shows its years."""
    figures = {
        "total_costs": [{"value": year * 1e6, "period": str(year)} for year in costs],
        "revenue": [{"value": 1e6, "period": str(year)} for year in revenue],
    }
    profile = profile_of(book.catalogue, figures=figures)
    found = build(profile, book.catalogue, book.metrics, {}).companies["main"].value("cost_to_revenue")
    both = set(costs) & set(revenue)
    if both and max(both) >= max(*costs, *revenue) - 1:
        assert found == ratio(max(both))
    else:
        assert not found.is_point  # type: ignore[union-attr]


@pytest.mark.parametrize("year", ["0002", "9999"])
def test_years_at_the_ends_of_the_calendar(book: Rulebook, read: ReadProfile, year: str) -> None:
    at = {"total_debt": f"{year}-12-31", "revenue": f"FY{year}", "market_value": f"{year}-12-31", "equity": f"{year}-06-30"}
    figures = {name: [{"value": 40, "period": period}] for name, period in at.items()}
    profile = read(figures=figures, as_of=f"{year}-12-31")
    facts = build(profile, book.catalogue, book.metrics, {}).companies["main"]
    assert facts.value("debt_to_revenue") == ratio(1)


def test_nothing_lies_beyond_the_first_and_the_last_day_of_the_calendar() -> None:
    month = timedelta(30)
    assert _shifted(date(2025, 1, 31), month) == date(2025, 3, 2)
    assert _shifted(date(2025, 1, 31), -month) == date(2025, 1, 1)
    assert _shifted(date(9999, 12, 15), month) == date.max
    assert _shifted(date(1, 1, 15), -month) == date.min
