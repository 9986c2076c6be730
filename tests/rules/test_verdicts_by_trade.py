"""Verdicts on industries whose accounts differ from those of industrial companies; all figures are invented."""

from typing import Any

import pytest

from screener.result.model import ResultDocument
from screener.screening import Screener
from screener.vocabulary import Outcome, Verdict
from tests.conftest import profile_of

MAKER_WITH_A_BANK: dict[str, Any] = {
    "revenue": 50e9, "operating_income": 7e9, "depreciation": 2e9, "net_income": 5e9, "interest_expense": 2e9,
    "operating_cash_flow": 4e9, "capital_expenditure": 1.5e9, "free_cash_flow": 2.5e9, "cash": 4e9, "total_debt": 50e9,
    "short_term_debt": 16e9, "finance_receivables": 45e9, "total_assets": 90e9, "total_liabilities": 70e9, "equity": 20e9,
    "current_assets": 30e9, "current_liabilities": 34e9, "retained_earnings": 18e9, "market_value": 60e9,
}
BORROWER_WITHOUT_PROFIT: dict[str, Any] = {
    "operating_income": -1e9, "depreciation": 0.2e9, "interest_expense": 0.5e9, "total_debt": 9e9, "cash": 1e9,
    "total_assets": 20e9, "total_liabilities": 12e9,
}


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.load(engine="search")


def screened(screener: Screener, sector: str, figures: dict[str, Any]) -> ResultDocument:
    document = {"currency": "USD", "as_of": "2026-02-06", "sector": sector, "figures": figures}
    return screener.assess(profile_of(screener.rulebook.catalogue, **document))


def fired(result: ResultDocument) -> set[str]:
    return {found.rule for found in result.findings if found.outcome is Outcome.FIRED}


def year(now: float, before: float) -> list[dict[str, Any]]:
    return [{"value": now, "period": "FY2025"}, {"value": before, "period": "FY2024"}]


@pytest.mark.parametrize("sector", ["manufacturing", "automotive"])
def test_debt_that_lends_to_customers_is_not_that_of_the_maker(screener: Screener, sector: str) -> None:
    result = screened(screener, sector, MAKER_WITH_A_BANK)
    assert "captive-finance" in fired(result)
    assert result.verdict.word is not Verdict.AVOID


@pytest.mark.parametrize(
    "changed", [{"finance_receivables": 0}, {"finance_receivables": 20e9}, {"operating_income": -1e9}]
)
def test_the_same_debt_without_loans_to_customers_or_without_profit_is_avoided(
    screener: Screener, changed: dict[str, float]
) -> None:
    result = screened(screener, "manufacturing", {**MAKER_WITH_A_BANK, **changed})
    assert "captive-finance" not in fired(result)
    assert result.verdict.word is Verdict.AVOID


@pytest.mark.parametrize(
    ("figures", "rule"),
    [
        ({"deposits": year(60e9, 100e9)}, "bank-deposit-flight"),
        ({"deposits": year(85e9, 100e9), "uninsured_deposits": 70e9}, "bank-deposit-flight"),
        ({"net_income": -1.5e9, "equity": 10e9}, "bank-capital-loss"),
    ],
)
def test_a_bank_that_loses_deposits_or_capital_is_warned_of(
    screener: Screener, figures: dict[str, Any], rule: str
) -> None:
    result = screened(screener, "banks", figures)
    assert rule in fired(result)
    assert result.verdict.word in (Verdict.AVOID, Verdict.CAUTION)


def test_a_market_value_far_above_liabilities_lowers_what_debt_weighs(screener: Screener) -> None:
    high = screened(screener, "hardware", {**BORROWER_WITHOUT_PROFIT, "market_value": 60e9})
    low = screened(screener, "hardware", {**BORROWER_WITHOUT_PROFIT, "market_value": 24e9})
    assert fired(high) - fired(low) == {"market-confident"}
    assert high.score.value < 0.85 * low.score.value
