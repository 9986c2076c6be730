"""Filings with contradictions: errors of scale, splits, duplicate facts, placeholders, short years, old filings."""

from typing import Any

import pytest
from filings import claims, fact, imported

Y25, Y24, Y23 = "2025-01-01/2025-12-31", "2024-01-01/2024-12-31", "2023-01-01/2023-12-31"
SHARES = "CommonStockSharesOutstanding"
WEIGHTED = "WeightedAverageNumberOfSharesOutstandingBasic"
COVER = "dei:EntityCommonStockSharesOutstanding"


def year(n: int, filed: str, **stated: float) -> list[Any]:
    """Returns facts of one fiscal year and, for names that begin with `At`, of its balance sheet."""
    return [
        fact(tag.removeprefix("At"), v, f"{n}-12-31" if tag.startswith("At") else f"{n}-01-01/{n}-12-31", filed)
        for tag, v in stated.items()
    ]


def values(made: Any, figure: str) -> list[Any]:
    return [value for value, *_ in claims(made, figure)]


def test_of_two_totals_the_one_that_gross_profit_confirms_holds() -> None:
    made = imported(*year(2025, "2026-02-01", Revenues=20, SalesRevenueNet=198, CostOfRevenue=130, GrossProfit=68))
    assert values(made, "revenue") == [198]
    assert "us-gaap:Revenues says 20" in claims(made, "revenue")[0][2]
    smaller = imported(*year(2025, "2026-02-01", Revenues=220, SalesRevenueNet=198, CostOfRevenue=130, GrossProfit=68))
    assert values(smaller, "revenue") == [198]
    assert "confirmed by us-gaap:GrossProfit + us-gaap:CostOfRevenue" in claims(smaller, "revenue")[0][2]


def test_without_a_confirmation_the_larger_total_holds() -> None:
    assert values(imported(*year(2025, "2026-02-01", Revenues=20, SalesRevenueNet=198)), "revenue") == [198]


def test_a_placeholder_on_the_balance_sheet_is_no_count_of_shares() -> None:
    cover = [fact(COVER, 181e6, "2026-01-31", "2026-02-20", unit="shares")]
    for count in (1, 100, 1000):
        made = imported(*year(2025, "2026-02-20", AtAssets=9e9, NetIncomeLoss=1e8), *cover,
                        fact(SHARES, count, "2025-12-31", "2026-02-20", unit="shares"))
        assert values(made, "shares_outstanding") == [181e6]
    few = imported(*year(2025, "2026-02-20", AtAssets=9e9), fact(COVER, 100, "2026-01-31", "2026-02-20", unit="shares"),
                   fact(SHARES, 100, "2025-12-31", "2026-02-20", unit="shares"))
    assert values(few, "shares_outstanding") == [100]  # all held by the parent


def slip(factor: float, comparative: bool = True) -> Any:
    facts: list[Any] = []
    for n in (2023, 2024):
        facts += year(n, f"{n + 1}-02-01", Revenues=8e8 + 1e7 * (n - 2020), AtAssets=9e8, NetIncomeLoss=4e7)
    facts += year(2025, "2026-02-01", Revenues=8.5e8 * factor, AtAssets=9e8, NetIncomeLoss=4e7)
    if comparative:
        facts += year(2024, "2026-02-01", Revenues=8.4e8 * factor)
    return imported(*facts)


def test_a_line_in_thousands_is_left_out_and_reported() -> None:
    for factor in (1e-3, 1e-6, 1e3):
        for comparative in (True, False):
            made = slip(factor, comparative)
            assert "revenue" not in made.document["figures"], (factor, comparative)
            assert any("off by a power of 1000" in remark for remark in made.remarks)
            assert values(made, "net_income")[0] == 4e7
    assert values(slip(1), "revenue")[0] == 8.5e8


def test_a_revenue_that_really_fell_stays() -> None:
    facts = [
        *year(2024, "2025-02-01", Revenues=8.3e8, AtAssets=9e8),
        *year(2025, "2026-02-01", Revenues=1e8, AtAssets=9e8),
    ]
    assert values(imported(*facts), "revenue") == [1e8, 8.3e8]


def split(before: float, after: float, restated: float | None = None, equity: float = 3e9) -> Any:
    facts = []
    for n, count in ((2024, before), (2025, after)):
        filed = f"{n + 1}-02-20"
        grown = {"AtAssets": 9e9, "AtStockholdersEquity": equity if n == 2025 else 3e9}
        facts += [*year(n, filed, **grown), fact(COVER, count, f"{n + 1}-01-31", filed, unit="shares")]
    if restated:
        facts += [
            fact(WEIGHTED, before, Y24, "2025-02-20", unit="shares"),
            fact(WEIGHTED, restated, Y24, "2026-02-20", unit="shares"),
        ]
    return imported(*facts)


def test_shares_before_a_split_are_not_compared_with_those_after() -> None:
    for before, after in ((50e6, 1e9), (1e9, 50e6), (50e6, 75.5e6), (1e9, 1e7)):
        made = split(before, after)
        assert values(made, "shares_outstanding") == [after]
        assert any("before a split" in remark for remark in made.remarks)


def test_shares_before_a_split_that_weighted_shares_show_are_restated() -> None:
    made = split(50e6, 1.02e9, restated=1e9)
    assert values(made, "shares_outstanding") == [1.02e9, 1e9]
    assert "restated for a split of 20 for 1" in claims(made, "shares_outstanding")[1][2]


def test_a_small_split_is_seen_through_shares_bought_back() -> None:
    made = split(100e6, 138e6, restated=150e6)
    assert values(made, "shares_outstanding") == [138e6, 150e6]


def test_balance_sheets_before_the_years_asked_for_are_not_read() -> None:
    facts = [f for n in range(2018, 2026) for f in year(n, f"{n + 1}-02-01", Revenues=n, AtAssets=n)]
    assert values(imported(*facts, years=3), "total_assets") == [2025, 2024, 2023]


def test_shares_that_were_really_issued_are_no_split() -> None:
    assert values(split(50e6, 150e6, restated=50e6), "shares_outstanding") == [
        150e6,
        50e6,
    ]  # the year before is not restated
    assert values(split(50e6, 150e6, equity=8e9), "shares_outstanding") == [150e6, 50e6]  # equity came with them
    assert values(split(50e6, 60e6), "shares_outstanding") == [60e6, 50e6]


def test_a_fact_with_two_values_is_two_claims() -> None:
    for order in ((41e6, -7e6), (-7e6, 41e6)):
        made = imported(
            *[fact("NetIncomeLoss", v, Y25, "2026-02-25") for v in order], *year(2025, "2026-02-25", Revenues=5e8)
        )
        assert sorted(values(made, "net_income")) == [-7e6, 41e6]
        assert any("twice with two values" in remark for remark in made.remarks)


def test_a_rounding_of_a_fact_is_no_second_value() -> None:
    for order in ((512e6, 512_345_678), (512_345_678, 512e6)):
        assert values(imported(*[fact("Revenues", v, Y25, "2026-02-25") for v in order]), "revenue") == [512_345_678]


def test_the_balance_sheet_before_a_moved_year_is_read() -> None:
    made = imported(*year(2023, "2024-02-01", Revenues=400, AtAssets=500),
                    fact("Assets", 510, "2024-06-30", "2024-09-10", "10-KT"), fact("Revenues", 210, "2024-01-01/2024-06-30", "2024-09-10", "10-KT"),
                    fact("Assets", 520, "2025-06-30", "2025-09-10"), fact("Revenues", 430, "2024-07-01/2025-06-30", "2025-09-10"))
    assert [(v, p) for v, p, _ in claims(made, "total_assets")] == [
        (520, "2025-06-30"), (510, "2024-06-30"), (500, "2023-12-31")]
    assert values(made, "revenue") == [430, 400]


def test_the_balance_sheet_of_a_cut_year_is_the_newest() -> None:
    made = imported(*year(2024, "2025-02-01", Revenues=400, AtAssets=500, AtStockholdersEquity=90),
                    fact("Assets", 510, "2025-06-30", "2025-09-10", "10-KT"), fact("StockholdersEquity", 80, "2025-06-30", "2025-09-10", "10-KT"),
                    fact("Revenues", 210, "2025-01-01/2025-06-30", "2025-09-10", "10-KT"))
    assert values(made, "total_assets") == [510, 500]
    assert values(made, "revenue") == [400]


def test_a_company_with_quarterly_reports_only_has_its_balance_sheets() -> None:
    made = imported(fact("Assets", 90, "2024-12-31", "2025-05-01", "10-Q"), fact("Assets", 100, "2025-03-31", "2025-05-01", "10-Q"),
                    fact("Revenues", 7, "2025-01-01/2025-03-31", "2025-05-01", "10-Q"))
    assert values(made, "total_assets") == [100, 90]
    assert "balance sheet of 2025-03-31" in made.summary
    assert any("no fiscal year was found" in remark for remark in made.remarks)


def test_old_figures_are_reported_as_old() -> None:
    old = imported(*year(2017, "2018-03-01", Revenues=100, AtAssets=200), as_of="2026-02-01")
    assert any("no report since 2018-03-01" in r and "8 years older than 2026-02-01" in r for r in old.remarks)
    assert values(old, "months_since_report") == [98]
    fresh = imported(*year(2025, "2026-02-01", Revenues=100, AtAssets=200), as_of="2026-11-01")
    assert not any("no report since" in remark for remark in fresh.remarks)
    assert "months_since_report" not in fresh.document["figures"]


def test_a_restatement_is_reported() -> None:
    made = imported(
        *year(2025, "2026-02-01", NetIncomeLoss=50e6), fact("NetIncomeLoss", -12e6, Y25, "2026-06-30", "10-K/A")
    )
    assert any(remark.startswith(f"net_income of {Y25} was 50,000,000") for remark in made.remarks)


def test_a_balance_sheet_that_does_not_balance_is_reported() -> None:
    wrong = imported(*year(2025, "2026-02-01", AtAssets=100, AtLiabilitiesAndStockholdersEquity=90, Revenues=5))
    assert any("assets are not liabilities and equity together (100 beside 90)" in remark for remark in wrong.remarks)
    minorities = imported(
        *year(
            2025,
            "2026-02-01",
            AtAssets=100,
            AtLiabilities=60,
            AtStockholdersEquity=35,
            AtMinorityInterest=5,
            Revenues=5,
        )
    )
    assert not any("assets are not" in remark for remark in minorities.remarks)


@pytest.mark.parametrize("span", ["0001-01-01/2025-09-30", "0001-01-01/0001-12-31", "1066-10-14/1067-10-13"])
def test_facts_of_days_that_no_filing_has_are_left_out(span: str) -> None:
    facts = [*year(2025, "2026-02-01", Revenues=5e8, AtAssets=9e8), fact("Revenues", 7e8, span, "2026-03-01", form="10-Q")]
    made = imported(*facts, basis="ttm")
    assert values(made, "revenue") == [5e8]
    assert "1 facts of facts.json can't be read and were left out" in made.remarks
