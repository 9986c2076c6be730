"""Sector evidence from the form of statements, if neither the filing nor the user states a sector."""

from typing import Any

import pytest

from screener.importers.sec.sector_evidence import read_sector_table
from screener.io.document import Document
from screener.profile.loader import read_profile
from screener.rules.rulebook import Rulebook
from tests.unit.importers.filings import CATALOGUE, fact, imported
from tests.unit.importers.test_printed_statements import BALANCE, INCOME, SCHEDULE, submission
from tests.unit.importers.test_printed_statements import imported as printed

DAY, YEAR, FILED = "2024-12-31", "2024-01-01/2024-12-31", "2025-02-20"
CLASSIFIED = {"Assets": 9e6, "AssetsCurrent": 4e6, "LiabilitiesCurrent": 2e6}
UNCLASSIFIED = {"Assets": 9e6, "Liabilities": 5e6}


def facts(instants: dict[str, float], **of_year: float) -> list[Any]:
    return [
        *(fact(tag, value, DAY, FILED) for tag, value in instants.items()),
        *(fact(tag, value, YEAR, FILED) for tag, value in of_year.items()),
    ]


def evidence(instants: dict[str, float], **of_year: float) -> list[tuple[Any, Any]]:
    found = imported(*facts(instants, **of_year)).document.get("sector_evidence", [])
    return [(item.get("within"), item.get("outside")) for item in found]


@pytest.mark.parametrize(
    ("instants", "of_year", "expected"),
    [
        (CLASSIFIED, {"ResearchAndDevelopmentExpense": 1e5}, [(None, ["financials", "real-estate", "utilities"])]),
        (CLASSIFIED, {"ResearchAndDevelopmentExpense": 0.0}, [(None, ["banks", "insurers"])]),
        (CLASSIFIED, {"GrossProfit": 1e5}, [(None, ["financials", "real-estate", "utilities"])]),
        (
            {**CLASSIFIED, "RegulatoryAssetsNoncurrent": 1e5},
            {"GrossProfit": 1e5},
            [(None, ["financials", "real-estate"])],
        ),
        ({**CLASSIFIED, "InventoryNet": 1e5}, {}, [(None, ["financials", "real-estate"])]),
        (CLASSIFIED, {"Revenues": 1e6}, [(None, ["banks", "insurers"])]),
        ({**CLASSIFIED, "InventoryNet": 1e5}, {"PremiumsEarnedNet": 1e6}, [("financials", None)]),
        (UNCLASSIFIED, {"Revenues": 1e6, "GrossProfit": 1e5}, []),
        ({**UNCLASSIFIED, "AssetsCurrent": 4e6}, {"Revenues": 1e6}, []),
        (UNCLASSIFIED, {"InterestAndDividendIncomeOperating": 1e6}, [("financials", None)]),
        ({**UNCLASSIFIED, "UnearnedPremiums": 1e5}, {"PremiumsEarnedNet": 1e6}, [("insurers", None)]),
        ({**UNCLASSIFIED, "RealEstateInvestmentPropertyNet": 8e6}, {"Revenues": 1e6}, [("real-estate", None)]),
        ({**CLASSIFIED, "RealEstateInvestmentPropertyNet": 1e5}, {"Revenues": 1e6}, [(None, ["banks", "insurers"])]),
    ],
)
def test_what_tags_show(instants: dict[str, float], of_year: dict[str, float], expected: list[Any]) -> None:
    assert evidence(instants, **of_year) == expected


def test_current_amounts_of_another_day_are_no_classified_balance_sheet() -> None:
    earlier = [fact("AssetsCurrent", 4e6, "2023-12-31", FILED), fact("LiabilitiesCurrent", 2e6, "2023-12-31", FILED)]
    made = imported(*earlier, *facts({"Assets": 9e6}, Revenues=1e6))
    assert "sector_evidence" not in made.document


def test_the_newest_annual_report_counts() -> None:
    old = [fact(tag, value, "2023-12-31", "2024-02-20") for tag, value in {**CLASSIFIED, "InventoryNet": 1e5}.items()]
    made = imported(*old, *facts(UNCLASSIFIED, InterestAndDividendIncomeOperating=1e6))
    assert [item["within"] for item in made.document["sector_evidence"]] == ["financials"]


def test_evidence_names_its_source_and_reads_back() -> None:
    made = imported(*facts(CLASSIFIED, Revenues=1e6, ResearchAndDevelopmentExpense=1e5))
    (item,) = made.document["sector_evidence"]
    assert item["source"] in made.document["sources"]
    assert "software" in (
        read_profile(Document("made.json", "", made.document), CATALOGUE).subject.possible_sectors or ()
    )
    assert any("outside Financials, Real estate, Utilities" in remark for remark in made.remarks)
    assert any("say --sector" in remark for remark in made.remarks)


def test_a_stated_sector_needs_no_evidence_unless_it_contradicts() -> None:
    classified = facts(CLASSIFIED, ResearchAndDevelopmentExpense=1e5)
    agreed = imported(*classified, head={"sector": "software"})
    assert "sector_evidence" not in agreed.document
    contradicted = imported(*classified, head={"sector": "banks"})
    assert contradicted.document["sector"] == "banks"
    assert contradicted.document["sector_evidence"]
    assert any("contradicts the statements" in remark for remark in contradicted.remarks)


def test_what_printed_statements_show(book: Rulebook) -> None:
    found = printed(book, submission(BALANCE + INCOME)).document["sector_evidence"]
    assert [item["outside"] for item in found] == [["financials", "real-estate", "utilities"]]
    assert found[0]["source"] in printed(book, submission(BALANCE + INCOME)).document["sources"]
    bank = BALANCE.replace("Accounts payable    ", "Total deposits      ")
    assert "sector_evidence" not in printed(book, submission(bank + INCOME)).document
    unclassified = BALANCE.replace("Total current liabilities", "Total payables           ")
    assert "sector_evidence" not in printed(book, submission(unclassified + INCOME)).document


@pytest.mark.parametrize(
    ("article", "expected"),
    [
        ("5", {"outside": ["banks", "insurers", "brokers"]}),
        ("7", {"within": "insurers"}),
        ("9", {"within": "financials", "outside": ["insurers", "brokers"]}),
        ("BD", {"within": "financials", "outside": ["banks", "insurers"]}),
        ("", None),
    ],
)
def test_what_the_article_of_a_schedule_shows(book: Rulebook, article: str, expected: dict[str, Any] | None) -> None:
    lines = [line for line in SCHEDULE.splitlines() if not line.startswith("<ARTICLE>")]
    schedule = "\n".join([f"<ARTICLE> {article}", *lines] if article else lines)
    found = printed(book, submission("", schedule)).document.get("sector_evidence", [])
    assert [{k: item[k] for k in ("within", "outside") if k in item} for item in found] == (
        [expected] if expected else []
    )


def test_every_row_names_sectors_and_groups_that_exist() -> None:
    table = read_sector_table()
    rows = [
        *table.printed.rows,
        *table.schedules.values(),
        *(row for rows in table.tagged.values() for row in rows.rows),
    ]
    for row in rows:
        assert {*row.outside, *([row.within] if row.within else [])} <= CATALOGUE.sectors.keys(), row
    for table_rows in (table.printed, *table.tagged.values()):
        used = {name for row in table_rows.rows for name in (*row.all, *row.any, *row.none)}
        assert table_rows.groups.keys() <= used, "a group that no row names"
