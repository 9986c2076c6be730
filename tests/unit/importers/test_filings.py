"""Companyfacts as profiles: the right tag, period, filing and currency, as known on a day."""

import functools
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from filings import CATALOGUE, FORMS, TAGS, claims, document, fact, imported

from screener.errors import DocumentError
from screener.importers.sec.companyfacts import filed_facts, read_companyfacts
from screener.importers.sec.filer_profile import Imported, profile_document
from screener.io.document import Document
from screener.profile.loader import read_profile
from screener.screening import Screener

SEC = Path(__file__).parents[2] / "data" / "sec"
Y25, Y24, Y23 = "2025-01-01/2025-12-31", "2024-01-01/2024-12-31", "2023-01-01/2023-12-31"


@functools.cache
def real(number: str, as_of: str, **options: Any) -> Imported:
    day = date.fromisoformat(as_of)
    company = read_companyfacts(str(SEC / f"CIK{number}.json"), TAGS.wanted(), FORMS, day)
    return profile_document(company, TAGS, CATALOGUE, as_of=day, **options)


def test_nvidia_has_the_filed_figures_of_fiscal_2025_each_with_its_filing() -> None:
    """The figures of the 10-K of 26 February 2025, since that of 2026 was not filed yet."""
    made = real("0001045810", "2026-02-06")
    year, day = "2024-01-29/2025-01-26", "2025-01-26"
    filed = {
        "revenue": (130_497e6, year), "net_income": (72_880e6, year), "operating_income": (81_453e6, year),
        "operating_cash_flow": (64_089e6, year), "capital_expenditure": (3_236e6, year), "total_debt": (8_463e6, day),
        "equity": (79_327e6, day), "total_assets": (111_601e6, day), "total_liabilities": (32_274e6, day),
    }
    for figure, (value, period) in filed.items():
        first = made.document["figures"][figure][0]
        assert (first["value"], first["period"], first["source"]) == (value, period, "10-k-0001045810-25-000023"), (
            figure
        )
    source = made.document["sources"]["10-k-0001045810-25-000023"]
    assert source == {
        "title": "10-K 0001045810-25-000023", "kind": "filed",
        "publisher": "NVIDIA CORP", "date": "2025-02-26",
        "url": "https://www.sec.gov/Archives/edgar/data/1045810/000104581025000023/0001045810-25-000023-index.htm",
    }
    assert [c["value"] for c in made.document["figures"]["revenue"]][:2] == [130_497e6, 60_922e6]
    assert "capital_expenditure" in made.document["figures"]
    assert made.document["figures"]["capital_expenditure"][0]["note"] == "us-gaap:PaymentsToAcquireProductiveAssets"


def test_the_next_annual_report_counts_from_the_day_it_was_filed() -> None:
    before, after = real("0001045810", "2026-02-24"), real("0001045810", "2026-02-25")
    assert before.document["figures"]["revenue"][0]["value"] == 130_497e6
    assert after.document["figures"]["revenue"][0]["value"] == 215_938e6
    assert after.document["figures"]["total_debt"][0]["value"] == 8_468e6


def test_nothing_filed_later_than_the_day_is_in_it() -> None:
    made = real("0001045810", "2025-06-30")
    assert max(source["date"] for source in made.document["sources"].values()) <= "2025-06-30"
    assert made.document["as_of"] == "2025-06-30"


def test_a_split_restates_the_shares_of_the_year_before_and_the_older_count_stays_as_a_claim() -> None:
    made = real("0001045810", "2026-02-06")
    of_2024 = [
        (c["value"], c["source"]) for c in made.document["figures"]["shares_outstanding"] if c["period"] == "2024-01-28"
    ]
    assert of_2024 == [(24_643e6, "10-k-0001045810-25-000023"), (2_464e6, "10-k-0001045810-24-000029")]


def test_a_figure_that_is_no_longer_stated_is_not_taken_from_an_earlier_year() -> None:
    made = real("0001045810", "2026-02-06")
    assert "long_term_investments" not in made.document["figures"]
    assert any("long_term_investments was last stated for 2024-01-28" in r for r in made.remarks)


def test_twelve_months_are_the_year_plus_what_followed_less_what_it_replaces() -> None:
    made = real("0001045810", "2026-02-06", basis="ttm")
    first, second = made.document["figures"]["revenue"][:2]
    assert (first["value"], first["period"]) == (130_497e6 + 147_811e6 - 91_166e6, "2024-10-28/2025-10-26")
    assert first["source"] == "10-q-0001045810-25-000230"
    for accession in ("0001045810-25-000023", "0001045810-25-000230", "0001045810-24-000316"):
        assert accession in first["note"]
    assert (second["value"], second["period"]) == (130_497e6, "2024-01-29/2025-01-26")
    assert made.document["figures"]["equity"][0] | {"note": ""} == {
        "value": 118_897e6, "period": "2025-10-26", "source": "10-q-0001045810-25-000230", "note": ""}
    assert made.document["figures"]["purchase_obligations"][0]["period"] == "2025-01-26"  # stated only once a year


def test_the_rules_read_twelve_months_against_those_a_year_before() -> None:
    made = real("0001045810", "2026-02-06", basis="ttm")
    screener = Screener.load()
    profile = read_profile(Document("p.json", json.dumps(made.document), made.document), screener.rulebook.catalogue)
    nvidia = screener.world(profile).companies["nvidia-corp"]
    assert nvidia.value("revenue_growth").lo == pytest.approx(187_142 / 113_269 - 1)


def test_snowflake_is_found_to_lose_money_in_its_own_fiscal_year() -> None:
    """Its fiscal year ends on 31 January; its statements carry quarters and sums of quarters beside."""
    made = real("0001640147", "2025-05-30")
    figures = made.document["figures"]
    assert (figures["net_income"][0]["value"], figures["net_income"][0]["period"]) == (
        -1_285_640e3,
        "2024-02-01/2025-01-31",
    )
    assert made.document["fiscal_year_end"] == "01-31"
    periods = {c["period"] for claims in figures.values() for c in claims}
    assert {p for p in periods if "/" in p} == {f"{y}-02-01/{y + 1}-01-31" for y in range(2021, 2025)}
    assert {p[5:] for p in periods if "/" not in p and p[5:7] not in ("03",)} == {"01-31"}  # March: the days of covers
    screener = Screener.load()
    profile = read_profile(Document("p.json", json.dumps(made.document), made.document), screener.rulebook.catalogue)
    fired = {f.rule for f in screener.assess(profile).findings if f.outcome == "fired"}
    assert {"loss-making", "losses-widening"} <= fired


def test_debt_that_stands_on_one_line_is_that_line() -> None:
    debt = real("0001640147", "2025-05-30").document["figures"]["total_debt"][0]
    assert (debt["value"], debt["note"]) == (2_271_529e3, "us-gaap:ConvertibleDebtNoncurrent")


def test_the_latest_filing_wins_and_what_was_stated_before_stays() -> None:
    facts = [
        fact("Revenues", 90, Y24, "2025-02-01"), fact("Revenues", 100, Y25, "2026-02-01"),
        fact("Revenues", 95, Y24, "2026-02-01"), fact("Revenues", 95, Y24, "2027-02-01"),
        fact("Revenues", 110, "2026-01-01/2026-12-31", "2027-02-01"),
    ]
    made = imported(*facts)
    of_2024 = [c for c in made.document["figures"]["revenue"] if c["period"] == Y24]
    assert [(c["value"], c["source"][-9:-7]) for c in of_2024] == [(95, "26"), (90, "25")]
    assert [c[0] for c in claims(imported(*facts, as_of="2025-12-31"), "revenue")] == [90]


def test_an_amended_report_counts_as_the_report_does() -> None:
    made = imported(
        fact("NetIncomeLoss", 10, Y25, "2026-02-01"), fact("NetIncomeLoss", -3, Y25, "2026-05-01", "10-K/A")
    )
    assert [(c[0], c[1]) for c in claims(made, "net_income")] == [(-3, Y25), (10, Y25)]
    assert made.document["sources"]["10-k-a-0000000009-26-050101"]["title"] == "10-K/A 0000000009-26-050101"


def test_proxy_statements_and_prospectuses_are_no_reports() -> None:
    made = imported(
        fact("NetIncomeLoss", 10, Y25, "2026-02-01"), fact("NetIncomeLoss", 12, Y25, "2026-04-01", "DEF 14A")
    )
    assert [c[0] for c in claims(made, "net_income")] == [10]


@pytest.mark.parametrize("tag", ["Revenues", "RevenueFromContractWithCustomerExcludingAssessedTax", "SalesRevenueNet",
                                 "RevenueFromContractWithCustomerIncludingAssessedTax", "RevenuesNetOfInterestExpense"])
def test_revenue_goes_by_many_names(tag: str) -> None:
    assert claims(imported(fact(tag, 100, Y25, "2026-02-01")), "revenue") == [(100, Y25, f"us-gaap:{tag}")]


def test_the_total_is_taken_before_its_part_in_one_filing() -> None:
    made = imported(fact("RevenueFromContractWithCustomerExcludingAssessedTax", 80, Y25, "2026-02-01"),
                    fact("Revenues", 100, Y25, "2026-02-01"))
    part = "us-gaap:RevenueFromContractWithCustomerExcludingAssessedTax says 80"
    assert claims(made, "revenue") == [(100, Y25, f"us-gaap:Revenues; {part}")]


def test_a_new_name_of_the_same_total_restates_it() -> None:
    made = imported(fact("SalesRevenueNet", 100, Y24, "2025-02-01"),
                    fact("RevenueFromContractWithCustomerExcludingAssessedTax", 97, Y24, "2026-02-01"),
                    fact("RevenueFromContractWithCustomerExcludingAssessedTax", 120, Y25, "2026-02-01"))
    assert [c[0] for c in claims(made, "revenue")] == [120, 97, 100]


def test_a_tag_that_means_less_never_replaces_the_right_one() -> None:
    """A later filing that repeats only profit with minorities does not restate what belongs to the shareholders."""
    made = imported(fact("NetIncomeLoss", 10, Y25, "2026-02-01"), fact("ProfitLoss", 14, Y25, "2026-02-01"),
                    fact("ProfitLoss", 14, Y25, "2027-02-01"))
    assert claims(made, "net_income") == [(10, Y25, "us-gaap:NetIncomeLoss")]


def test_sums_take_lines_of_one_filing_only() -> None:
    one = fact("LongTermDebtNoncurrent", 70, "2025-12-31", "2026-02-01"), fact("NetIncomeLoss", 1, Y25, "2026-02-01")
    both = imported(*one, fact("DebtCurrent", 5, "2025-12-31", "2026-02-01"))
    assert claims(both, "total_debt") == [(75, "2025-12-31", "us-gaap:LongTermDebtNoncurrent + us-gaap:DebtCurrent")]
    apart = imported(*one, fact("DebtCurrent", 5, "2025-12-31", "2026-05-01", "10-Q"))
    assert 75 not in [value for value, *_ in claims(apart, "total_debt")]


def test_liabilities_are_what_is_left_of_the_balance_sheet_where_no_total_is_stated() -> None:
    made = imported(fact("NetIncomeLoss", 1, Y25, "2026-02-01"), fact("StockholdersEquity", 40, "2025-12-31", "2026-02-01"),
                    fact("LiabilitiesAndStockholdersEquity", 100, "2025-12-31", "2026-02-01"))
    assert [c[0] for c in claims(made, "total_liabilities")] == [60]
    assert [c[0] for c in claims(made, "total_debt")] == [(None, 60)]  # at most all liabilities


def test_quarters_and_parts_of_a_year_are_no_years() -> None:
    made = imported(fact("Revenues", 100, Y25, "2026-02-01"), fact("Revenues", 30, "2025-10-01/2025-12-31", "2026-02-01"),
                    fact("Revenues", 26, "2025-01-01/2025-03-31", "2025-05-01", "10-Q"))
    assert claims(made, "revenue") == [(100, Y25, "us-gaap:Revenues")]


def test_twelve_months_to_a_quarter_are_no_fiscal_year() -> None:
    made = imported(
        fact("Revenues", 100, Y25, "2026-02-01"), fact("Revenues", 104, "2025-04-01/2026-03-31", "2026-05-01", "10-Q")
    )
    assert claims(made, "revenue") == [(100, Y25, "us-gaap:Revenues")]


def test_a_year_of_53_weeks_and_one_that_ends_in_june() -> None:
    long, june = "2024-06-30/2025-07-05", "2023-07-02/2024-06-29"
    made = imported(fact("Revenues", 100, long, "2025-08-20"), fact("Revenues", 90, june, "2025-08-20"),
                    fact("Assets", 50, "2025-07-05", "2025-08-20"), fact("Assets", 48, "2025-06-30", "2025-08-20"))
    assert [c[1] for c in claims(made, "revenue")] == [long, june]
    assert claims(made, "total_assets") == [(50, "2025-07-05", "us-gaap:Assets")]
    assert made.document["fiscal_year_end"] == "07-05"


def test_years_that_filings_date_differently_by_a_day_are_one() -> None:
    made = imported(fact("Revenues", 90, "2024-02-04/2025-02-01", "2025-03-20"),
                    fact("Revenues", 91, "2024-02-03/2025-01-31", "2026-03-20"),
                    fact("Revenues", 99, "2025-02-01/2026-01-31", "2026-03-20"))
    assert [c[0] for c in claims(made, "revenue")] == [99, 91, 90]


def test_a_changed_fiscal_year_leaves_the_short_one_out() -> None:
    made = imported(fact("Revenues", 100, Y24, "2025-02-01"), fact("Revenues", 52, "2025-01-01/2025-06-30", "2025-08-20", "10-KT"),
                    fact("Revenues", 110, "2025-07-01/2026-06-30", "2026-08-20"))
    assert [(c[0], c[1]) for c in claims(made, "revenue")] == [(110, "2025-07-01/2026-06-30"), (100, Y24)]


def test_ifrs_in_the_currency_of_the_books_not_of_the_translation() -> None:
    """Form 20-F: two years in TWD, the last one in USD too for the convenience of the reader."""
    made = imported(
        fact("ifrs-full:Revenue", 2_894_000, Y24, "2025-04-17", "20-F", "TWD"), fact("ifrs-full:Revenue", 2_161_000, Y23, "2025-04-17", "20-F", "TWD"),
        fact("ifrs-full:Revenue", 88_000, Y24, "2025-04-17", "20-F", "USD"), fact("ifrs-full:ProfitLoss", 1_170_000, Y24, "2025-04-17", "20-F", "TWD"),
        fact("ifrs-full:ProfitLossAttributableToOwnersOfParent", 1_173_000, Y24, "2025-04-17", "20-F", "TWD"),
        fact("ifrs-full:Equity", 4_300_000, "2024-12-31", "2025-04-17", "20-F", "TWD"),
    )
    assert made.document["currency"] == "TWD"
    assert [c[0] for c in claims(made, "revenue")] == [2_894_000, 2_161_000]
    assert claims(made, "net_income") == [(1_173_000, Y24, "ifrs-full:ProfitLossAttributableToOwnersOfParent")]
    assert claims(made, "equity") == [(4_300_000, "2024-12-31", "ifrs-full:Equity")]


def test_an_annual_report_of_a_canadian_filer() -> None:
    made = imported(fact("ifrs-full:Revenue", 5, Y24, "2025-03-01", "40-F/A", "CAD"))
    assert (made.document["currency"], claims(made, "revenue")[0][0]) == ("CAD", 5)


def test_shares_on_the_cover_stand_in_for_those_of_the_balance_sheet() -> None:
    made = imported(fact("Assets", 50, "2025-12-31", "2026-02-20"), fact("NetIncomeLoss", 1, Y25, "2026-02-20"),
                    fact("dei:EntityCommonStockSharesOutstanding", 7e6, "2026-02-10", "2026-02-20", unit="shares"),
                    fact("Assets", 51, "2026-03-31", "2026-04-20", "10-Q"),
                    fact("dei:EntityCommonStockSharesOutstanding", 8e6, "2026-04-10", "2026-04-20", "10-Q", "shares"))
    assert claims(made, "shares_outstanding") == [(7e6, "2026-02-10", "dei:EntityCommonStockSharesOutstanding")]


def test_a_sign_that_can_not_be_is_left_out_and_reported() -> None:
    made = imported(fact("Revenues", -100, Y25, "2026-02-01"), fact("NetIncomeLoss", 1, Y25, "2026-02-01"))
    assert "revenue" not in made.document["figures"]
    assert made.remarks[0] == f"revenue of {Y25} can't be -100 (10-k-0000000009-26-020101): left out"


def test_facts_that_can_not_be_read_are_counted() -> None:
    good = fact("Revenues", 100, Y25, "2026-02-01")
    bad = [(*good[:2], {**good[2], **change}) for change in (
        {"val": "many"}, {"val": None}, {"end": "soon"}, {"accn": "../../x"}, {"filed": "2020-01-01"}, {"start": Y25[11:]}, {"accn": 5}
    )]
    made = imported(good, *bad)
    assert claims(made, "revenue") == [(100, Y25, "us-gaap:Revenues")]
    assert made.remarks[0] == "7 facts of facts.json can't be read and were left out"


@pytest.mark.parametrize(("data", "what"), [
    ([], "is not a companyfacts document"), ({"cik": 9}, "is not a companyfacts document"),
    ({"cik": "x", "facts": {}}, "is not a companyfacts document"), ({"cik": 9, "facts": {}}, "holds no figures of a report"),
    ({"cik": 9, "facts": {"us-gaap": []}}, "holds no figures"), ({"cik": 9, "facts": {"us-gaap": {"Revenues": 5}}}, "holds no figures"),
])
def test_what_is_no_companyfacts_document_is_refused(data: Any, what: str) -> None:
    with pytest.raises(DocumentError, match=what):
        filed_facts(Document("x.json", "", data), TAGS.wanted(), FORMS)


def test_a_day_before_the_first_filing_has_nothing() -> None:
    with pytest.raises(DocumentError, match=r"nothing was filed by 2020-01-01; the first report is of 2026-02-01"):
        filed_facts(document(fact("Revenues", 1, Y25, "2026-02-01")), TAGS.wanted(), FORMS, date(2020, 1, 1))


def test_profiles_are_valid_whatever_the_company_is_called() -> None:
    for name in ("", "\x1b[31m<b>", "株式会社", "A" * 500, None, "index"):
        company = filed_facts(document(fact("Revenues", 1, Y25, "2026-02-01"), entityName=name), TAGS.wanted(), FORMS)
        made = profile_document(company, TAGS, CATALOGUE).document
        assert read_profile(Document("p.json", json.dumps(made), made), CATALOGUE).id


def test_the_table_of_tags_is_sound() -> None:
    """Each figure is in the catalogue, each choice has a reason, and the parts of sums are tags or figures of the table."""
    assert set(TAGS.figures()) <= set(CATALOGUE.figures)
    for figures in TAGS.choices.values():
        for name, choices in figures.items():
            for choice in choices:
                assert choice.why or all({**choice.tags, **choice.largest, **choice.truth}.values()), name
                assert all(":" in term or term in figures for term in choice.terms()), name
    assert len(TAGS.choices["us-gaap"]["revenue"][0].largest) >= 5
