"""Reports in inline XBRL, HTML, text and SGML become profiles, with a source and a place for every claim."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from screener import limits
from screener.cli import group
from screener.errors import DocumentError
from screener.importers.filing.dimension_rules import read_dimension_table
from screener.importers.filing.inline_facts import read_inline_facts
from screener.importers.filing.markup import parse_xhtml
from screener.importers.filing.number_formats import printed_number
from screener.importers.filing.sentence_rules import read_sentence_table
from screener.importers.filing.sentences import sentences
from screener.importers.filing.text_blocks import blocks_of_html, blocks_of_text
from screener.io.document import parse_documents
from screener.io.file_kind import FileKind, file_kind, looks_like_a_report
from screener.profile.loader import read_profile
from tests.scenarios.commands import screener
from tests.unit.importers.reports import AUDIT, CATALOGUE, END, WHOLE, YEAR, Report, annual, claim, profile
from tests.waiting import within

DOUBT = "These losses raise substantial doubt about the Company's ability to continue as a going concern."


@pytest.mark.parametrize(
    ("text", "number_format", "scale", "number"),
    [
        ("8.2", "ixt:num-dot-decimal", 9, "8200000000"),
        ("1,234.5", "ixt:numdotdecimal", 3, "1234500"),
        ("1.234,5", "ixt:num-comma-decimal", 0, "1234.5"),
        ("1 234,5", "ixt:numspacecomma", 0, "1234.5"),
        ("12 euro 50 cents", "ixt:num-unit-decimal", 0, "12.50"),
        ("—", "ixt:fixed-zero", 6, "0"),
        ("–", "ixt:zerodash", 6, "0"),
        ("forty-two", "ixt-sec:numwordsen", 0, "42"),
        ("one hundred and five thousand", "ixt-sec:numwordsen", 0, "105000"),
        ("no", "ixt-sec:numwordsen", 0, "0"),
        ("27", "", -2, "0.27"),
        ("１２", "", 0, "12"),
    ],
)
def test_a_printed_number(text: str, number_format: str, scale: int, number: str) -> None:
    assert printed_number(text, number_format, scale) == Decimal(number)
    assert printed_number(text, number_format, scale, negative=True) == -Decimal(number)


@pytest.mark.parametrize("text", ["", "n/a", "1.2.3", "twelvety", "1" * 500])
@pytest.mark.parametrize("number_format", ["", "ixt:num-dot-decimal", "ixt-sec:numwordsen"])
def test_what_is_no_number(text: str, number_format: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        printed_number(text, number_format)


def test_what_is_not_stated_is_no_zero(tmp_path: Path) -> None:
    nil = '<ix:nonFraction name="us-gaap:AccountsReceivableNetCurrent" contextRef="c2" unitRef="USD" xsi:nil="true" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>'
    made = profile(tmp_path, annual().html(f"<p>{nil}</p>").fact("Goodwill", "", END, format="ixt:nocontent").render())
    assert "receivables" not in made.document["figures"]
    assert "goodwill" not in made.document["figures"]
    assert not any("can't be read" in remark for remark in made.remarks)


def test_the_figures_of_an_annual_report(tmp_path: Path) -> None:
    made = profile(
        tmp_path, annual().fact("NetIncomeLoss", "12", sign="-", scale=6).fact("ProfitLoss", "8.2", scale=9).render()
    )
    assert made.document["figures"]["revenue"] == [
        {"value": 1_000_000_000, "period": YEAR, "source": "10-k-2024-12-31", "note": "us-gaap:Revenues"},
        {
            "value": 800_000_000,
            "period": "2023-01-01/2023-12-31",
            "source": "10-k-2024-12-31",
            "note": "us-gaap:Revenues",
        },
    ]
    assert claim(made, "net_income") == -12_000_000
    assert made.document["name"] == "Acme Corp."
    assert made.document["sources"]["10-k-2024-12-31"]["title"] == "Form 10-K to 2024-12-31"
    assert "0000000009-00" not in json.dumps(made.document)


def test_the_profile_is_one(tmp_path: Path) -> None:
    made = profile(
        tmp_path, annual(DOUBT).customer("acme:DellIncMember", 19).fact("PurchaseObligation", 5, END).render()
    )
    text = json.dumps(made.document)
    assert read_profile(parse_documents(text, "x.json")[0], CATALOGUE).subject.id == "acme-corp"


def test_a_fact_that_is_stated_twice(tmp_path: Path) -> None:
    exact = (
        annual().fact("Goodwill", "1,234", END, scale=6, decimals=-6).fact("Goodwill", "1.2", END, scale=9, decimals=-8)
    )
    made = profile(tmp_path, exact.render())
    assert claim(made, "goodwill") == 1_234_000_000
    made = profile(tmp_path, exact.fact("Goodwill", "1,434", END, scale=6, decimals=-6).render())
    assert {c["value"] for c in made.document["figures"]["goodwill"]} == {1_434_000_000, 1_200_000_000}
    assert any("us-gaap:Goodwill of 2024-12-31 is stated as" in remark for remark in made.remarks)


def test_a_text_that_goes_on_elsewhere_and_excludes() -> None:
    name = (
        '<ix:nonNumeric name="dei:EntityRegistrantName" contextRef="c1" continuedAt="b">Acme <ix:exclude>page 3</ix:exclude>&amp; </ix:nonNumeric>'
        '<ix:continuation id="b" continuedAt="a">Sons</ix:continuation><ix:continuation id="a" continuedAt="b"> plc</ix:continuation>'
    )
    report = Report(name="")
    report.body = [part for part in report.body if "RegistrantName" not in part]
    root = parse_xhtml(report.html(f"<p>{name}</p>").render(), "x.htm")
    assert read_inline_facts(root).text("dei:EntityRegistrantName") == "Acme & Sons plc"


def test_a_document_that_is_not_well_formed(tmp_path: Path) -> None:
    raw = annual().render().replace(b"</body>", b"<p>cut<br></body>")
    assert claim(profile(tmp_path, raw), "revenue") == 1_000_000_000


@pytest.mark.parametrize("before", ["\n\n  ", "<DOCUMENT>\n<TYPE>10-K\n<SEQUENCE>1\n<TEXT>\n<XBRL>\n", "\ufeff"])
def test_what_stands_before_the_document(tmp_path: Path, before: str) -> None:
    made = profile(tmp_path, before.encode() + annual().render())
    assert claim(made, "revenue") == 1_000_000_000


def customers(made: Any) -> dict[str, float]:
    return {m["party"]: m["share_of_revenue"]["value"] for m in made.document["customers"]}


def test_customers_are_those_of_revenue_of_this_year(tmp_path: Path) -> None:
    report = annual().customer("acme:DellIncMember", 19).customer("acme:CustomerAMember", 12)
    report.customer("acme:CustomerAMember", 40, period="2023-01-01/2023-12-31")
    report.customer("acme:CustomerBMember", 25, benchmark="us-gaap:AccountsReceivableMember")
    report.customer("acme:ThreeLargestCustomersMember", 40)
    report.customer("acme:NonUsMember", 53)
    report.customer("acme:Member", 33)  # names nobody
    report.customer("acme:CustomerCMember", 14, srt__ProductOrServiceAxis="acme:ChipsMember")
    report.customer("acme:CustomerDMember", 11, us_gaap__StatementBusinessSegmentsAxis="acme:ComputeMember")
    report.customer("acme:CustomerEMember", 10, srt__RangeAxis="srt:MinimumMember")
    made = profile(tmp_path, report.render())
    assert customers(made) == {
        "dell-inc": 0.19,
        "acme-corp-2024-12-31-customer-a": 0.12,
        "acme-corp-2024-12-31-customer-d": 0.11,
    }
    assert "incomplete" not in made.document
    assert made.document["parties"]["acme-corp-2024-12-31-customer-a"] == {
        "name": "Customer A (not named in 10-K to 2024-12-31)",
        "unnamed": True,
    }


def test_no_customer_is_stated_by_a_whole_annual_report_only(tmp_path: Path) -> None:
    assert profile(tmp_path, annual().render()).document["customers"] == []
    part = Report().fact("Revenues", "1,000", scale=6).fact("Assets", 5, END)
    assert "customers" not in profile(tmp_path, part.render()).document
    quarter = (
        Report("10-Q")
        .html(WHOLE)
        .fact("Assets", 5, END)
        .customer("acme:DellIncMember", 19, period="2024-10-01/2024-12-31")
    )
    made = profile(tmp_path, quarter.customer("acme:DellIncMember", 15, period=YEAR).render())
    assert customers(made) == {"dell-inc": 0.15}
    assert made.document["incomplete"] == ["customers"]
    assert any("interim report" in remark for remark in made.remarks)


def test_commitments_larger_than_a_plain_total_stand_beside_it(tmp_path: Path) -> None:
    axis = "us_gaap__UnrecordedUnconditionalPurchaseObligationByCategoryOfItemPurchasedAxis"
    concept = "UnrecordedUnconditionalPurchaseObligationBalanceSheetAmount"
    report = annual().fact(concept, "8.3", END, scale=9).fact("OtherCommitment", "2", END, scale=9)
    report.fact(concept, "27.5", END, scale=9, dimensions={axis: "us-gaap:CapitalAdditionsMember"})
    report.fact(concept, "3", END, scale=9, dimensions={axis: "us-gaap:InventoriesMember"})
    made = profile(tmp_path, report.render())
    assert [m["amount"]["value"] for m in made.document["commitments"]] == [27_500_000_000, 8_300_000_000]
    assert made.document["incomplete"] == ["commitments"]


def test_what_a_whole_annual_report_does_not_have_is_none(tmp_path: Path) -> None:
    flows = annual("The invoices are factored into the plan.").fact("NetCashProvidedByUsedInFinancingActivities", 5)
    flows.fact("NetIncomeLoss", 3).fact("LiabilitiesAndStockholdersEquity", "2,000", END, scale=6)
    flows.fact("DividendsPayableCurrent", "", END, format="ixt:fixed-zero")
    made = profile(tmp_path, flows.render())
    for figure in (
        "total_debt",
        "short_term_debt",
        "interest_expense",
        "inventory",
        "dividends_paid",
        "receivables_sold",
        "supplier_finance",
    ):
        assert claim(made, figure) == 0, figure
    for figure in ("goodwill", "intangible_assets", "finance_receivables"):
        assert claim(made, figure) == 0, figure
    assert claim(made, "covenant_breach") is False
    assert made.document["covenants"] == []
    assert made.document["figures"]["dividends_paid"][0]["note"].startswith("No dividend")


@pytest.mark.parametrize(
    ("figure", "concept", "text"),
    [
        ("total_debt", "LineOfCreditFacilityMaximumBorrowingCapacity", ""),
        ("total_debt", "acme:ConvertibleNotesNoncurrent", ""),
        ("dividends_paid", "DividendsCommonStockCash", ""),
        ("inventory", "IncreaseDecreaseInInventories", ""),
        ("goodwill", "GoodwillImpairmentLoss", ""),
        ("intangible_assets", "AmortizationOfIntangibleAssets", ""),
        ("finance_receivables", "SalesTypeLeaseNetInvestmentInLease", ""),
        ("finance_receivables", "", "Our financial services business lends to buyers of trucks."),
        ("receivables_sold", "", "We sell certain trade receivables to a bank."),
        ("pension_deficit", "", "The defined benefit plan is frozen."),
    ],
)
def test_a_tag_or_a_word_of_it_leaves_it_open(tmp_path: Path, figure: str, concept: str, text: str) -> None:
    report = (
        annual(text)
        .fact("NetCashProvidedByUsedInFinancingActivities", 5)
        .fact("LiabilitiesAndStockholdersEquity", "2,000", END, scale=6)
    )
    assert text or claim(profile(tmp_path, report.render()), figure) == 0
    tagged = report.fact(concept, 7, END) if concept else report
    assert claim(profile(tmp_path, tagged.render()), figure) != 0


@pytest.mark.parametrize(
    ("heading", "text", "figure", "is_none"),
    [
        ("Item 1. Business", "Programs include statutory pension programs outside the U.S.", "pension_deficit", True),
        ("Item 4. Information on the Company", "Staff abroad have a pension by law.", "pension_deficit", True),
        ("Item 1A. Risk Factors", "Fines may be up to €20 million or 4% of revenue.", "foreign_currency_debt", True),
        ("Item 7. Management's Discussion", "The pension plan in Ireland is frozen.", "pension_deficit", False),
        ("Note 9 - Retirement Plans", "The pension plan in Ireland is frozen.", "pension_deficit", False),
        (
            "Item 7A. Quantitative and Qualitative Disclosures about Market Risk",
            "The notes are for €300 million.",
            "foreign_currency_debt",
            False,
        ),
        ("", "Staff abroad have a pension by law.", "pension_deficit", False),
    ],
)
def test_words_of_business_and_risks_do_not_stand_against_silent_notes(
    tmp_path: Path, heading: str, text: str, figure: str, is_none: bool
) -> None:
    made = profile(tmp_path, indebted(f"<p>{heading}</p><p>{text}</p>{WHOLE}").render())
    assert (claim(made, figure) == 0) is is_none


def test_all_words_count_where_the_statements_are_no_section_of_their_own(tmp_path: Path) -> None:
    unplaced = "<p>We have audited the balance sheets and the notes to the financial statements.</p>"
    made = profile(
        tmp_path, indebted(f"<p>Item 1A. Risk Factors</p>{unplaced}<p>The pension plan is frozen.</p>").render()
    )
    assert claim(made, "pension_deficit") is None
    assert (
        claim(profile(tmp_path, indebted(f"<p>Item 1A. Risk Factors</p>{unplaced}").render()), "pension_deficit") == 0
    )


def indebted(markup: str) -> Report:
    """Returns a report with some markup, revenue, debt, and a balance sheet."""
    report = Report().html(markup).fact("Revenues", "1,000", scale=6).fact("LongTermDebtNoncurrent", 5, END)
    return report.fact("Assets", "2,000", END, scale=6).fact("LiabilitiesAndStockholdersEquity", "2,000", END, scale=6)


@pytest.mark.parametrize("attributes", [{"scale": "a"}, {"format": "ixt:nocontent"}, {"xsi:nil": "true"}])
def test_an_amount_without_a_value_leaves_it_open(tmp_path: Path, attributes: dict[str, Any]) -> None:
    report = annual().fact("LiabilitiesAndStockholdersEquity", "2,000", END, scale=6)
    assert claim(profile(tmp_path, report.render()), "total_debt") == 0
    debt = " ".join(f'{key}="{value}"' for key, value in attributes.items())
    nil = f'<ix:nonFraction name="us-gaap:NotesPayable" contextRef="c1" unitRef="USD" {debt} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    assert claim(profile(tmp_path, report.html(f"<p>{nil}</ix:nonFraction></p>").render()), "total_debt") != 0


def test_shares_by_class_are_added_up(tmp_path: Path) -> None:
    report = annual().fact("CommonStockSharesIssued", 5, END, "shares")
    for member, count in (("ClassA", 30), ("ClassB", 12)):
        report.fact(
            "dei:EntityCommonStockSharesOutstanding",
            count,
            "2025-02-03",
            "shares",
            dimensions={"us_gaap__StatementClassOfStockAxis": f"acme:{member}Member"},
        )
    assert claim(profile(tmp_path, report.render()), "shares_outstanding") == 42


def test_a_doubt_about_going_concern(tmp_path: Path) -> None:
    made = profile(
        tmp_path,
        annual("56", "Item 8. Financial Statements", "Note 2 - Liquidity", f"We lost money. {DOUBT}", "57").render(),
    )
    (found,) = made.document["figures"]["going_concern_doubt"]
    assert found["value"] is True
    assert found["quote"] == DOUBT
    assert found["note"] == "page 57, Item 8 (Financial Statements), Note 2 (Liquidity)"


def test_silence_means_no_in_a_whole_annual_report_only(tmp_path: Path) -> None:
    (found,) = profile(tmp_path, annual().render()).document["figures"]["going_concern_doubt"]
    assert found["value"] is False
    assert found["note"].startswith("No sentence of the whole annual report")
    for report in (Report("10-Q").html(WHOLE), Report("10-K/A").html(WHOLE), Report("10-K")):
        made = profile(tmp_path, report.fact("Assets", 5, END).html("<p>text</p>").render())
        assert "going_concern_doubt" not in made.document["figures"]


def test_a_doubt_that_was_alleviated(tmp_path: Path) -> None:
    relief = "Management's plans have alleviated the substantial doubt about the Company's ability to continue as a going concern."
    made = profile(tmp_path, annual(DOUBT, relief).render())
    assert (claim(made, "going_concern_doubt"), claim(made, "going_concern_alleviated")) == (False, True)
    made = profile(tmp_path, annual("Item 7. Discussion", relief, AUDIT, DOUBT).render())
    assert (claim(made, "going_concern_doubt"), claim(made, "going_concern_alleviated")) == (True, None)


@pytest.mark.parametrize("topic", read_sentence_table().topics, ids=lambda topic: topic.topic)
def test_the_sentences_of_the_table(topic: Any) -> None:
    (matcher,) = (m for m in read_sentence_table().matchers("Acme Corp.") if m.topic.topic == topic.topic)
    assert [s for s in topic.must_match if matcher.match(s) is None] == []
    assert [s for s in topic.must_not_match if matcher.match(s)] == []


def test_the_tables_name_what_the_catalogue_has() -> None:
    table = read_dimension_table()
    for row in table.relations:
        fields = CATALOGUE.kinds[CATALOGUE.lists[row.list_]].fields
        assert {row.field, *row.say, *(["what"] if row.what else []), "party"} <= set(fields)
    assert {row.figure for row in table.figures} <= set(CATALOGUE.figures)
    for topic in read_sentence_table().topics:
        assert {*topic.claim, *topic.silence} <= set(CATALOGUE.figures)
        assert topic.hint is None or topic.hint in {*CATALOGUE.figures, *CATALOGUE.lists}


@pytest.mark.parametrize(
    ("sentence", "shares"),
    [
        (
            "Sales to Walmart Inc. and its affiliates represented approximately 24%, 23% and 22% of our net sales in 2024, 2023 and 2022.",
            {"Walmart Inc": 0.24},
        ),
        (
            "Sales to Walmart represented 22%, 23% and 24% of net sales in fiscal 2022, 2023 and 2024, respectively.",
            {"Walmart": 0.24},
        ),
        ("We derived 31% of our revenue in 2024 from our largest customer, Microsoft.", {"Microsoft": 0.31}),
        (
            "Two customers accounted for 27% and 14% of revenue for the year ended December 31, 2024.",
            {"Customer 1": 0.27, "Customer 2": 0.14},
        ),
        (
            "Customers A and C accounted for 12% and 11% of total revenue, respectively.",
            {"Customer A": 0.12, "Customer C": 0.11},
        ),
        ("Dell and Lenovo accounted for 19% and 11% of our revenue, respectively; both are customers.", {}),
        (
            "Sales to Dell and Lenovo represented 19% and 11% of our revenue, respectively.",
            {"Dell": 0.19, "Lenovo": 0.11},
        ),
        ("One customer accounted for 35% of revenue in 2023.", {}),
        ("Two customers accounted for 40% of revenue in 2024.", {}),
        ("Sales to customers in Europe accounted for 40% of revenue in 2024.", {}),
        ("One customer accounted for 8% of revenue in 2024.", {}),
        ("Revenue from the Widget segment accounted for 60% of our revenue; its customers are many.", {}),
    ],
)
def test_customers_in_sentences(tmp_path: Path, sentence: str, shares: dict[str, float]) -> None:
    made = profile(tmp_path, TEXT_REPORT.replace("1996", "2024").replace("\nDate", f"\n{sentence}\n\nDate"))
    names = {key: party["name"].partition(" (not")[0] for key, party in made.document.get("parties", {}).items()}
    found = {names[m["party"]]: m["share_of_revenue"] for m in made.document.get("customers", ())}
    assert {name: claim["value"] for name, claim in found.items()} == shares
    assert all(claim["quote"] == sentence for claim in found.values())
    assert made.document.get("incomplete", []) == (["customers"] if shares else [])


def test_no_other_customer_is_stated(tmp_path: Path) -> None:
    sentences = "One customer accounted for 14% of revenue in 2024. No other customer accounted for more than 10% of revenue in 2024."
    made = profile(tmp_path, TEXT_REPORT.replace("1996", "2024").replace("\nDate", f"\n{sentences}\n\nDate"))
    assert [m["party"] for m in made.document["customers"]] == ["acme-locomotive-works-2024-12-31-customer-1"]
    assert "incomplete" not in made.document
    assert any("no other customer of 10 % of revenue" in remark for remark in made.remarks)


TEXT_REPORT = f"""\
                    SECURITIES AND EXCHANGE COMMISSION
                              FORM 10-K
For the fiscal year ended December 31, 1996
                          ACME LOCOMOTIVE WORKS
        (Exact name of registrant as specified in its charter)

{AUDIT}

We have audited the accompanying balance sheets of Acme Locomotive Works, and in our
opinion they are right. The recurring losses of the Company raise substantial doubt
about its ability to continue as a going concern.
                                  12
<PAGE>
NOTES TO CONSOLIDATED FINANCIAL STATEMENTS

Date: March 3, 1997
"""
HEADER = """\
<SEC-DOCUMENT>0000000009-97-000001.txt : 19970310
<SEC-HEADER>
ACCESSION NUMBER:		0000000009-97-000001
CONFORMED SUBMISSION TYPE:	10-K
CONFORMED PERIOD OF REPORT:	19961231
FILED AS OF DATE:		19970310
		COMPANY CONFORMED NAME:			ACME LOCOMOTIVE WORKS
		CENTRAL INDEX KEY:			0000000009
		STANDARD INDUSTRIAL CLASSIFICATION:	SEMICONDUCTORS [3674]
</SEC-HEADER>
<DOCUMENT>
<TYPE>10-K
<TEXT>
"""


def test_a_plain_text(tmp_path: Path) -> None:
    made = profile(tmp_path, TEXT_REPORT)
    assert made.document["name"] == "ACME LOCOMOTIVE WORKS"
    assert made.document["as_of"] == "1997-03-03"
    (found,) = made.document["figures"]["going_concern_doubt"]
    assert found["value"] is True
    assert found["note"] == "page 12, auditor's report"
    assert any("no tagged figures" in remark for remark in made.remarks)
    assert "customers" not in made.document


def test_a_submission(tmp_path: Path) -> None:
    exhibit = "<DOCUMENT>\n<TYPE>EX-10\n<TEXT>\nThis raises substantial doubt about our ability to continue as a going concern.\n</TEXT>\n</DOCUMENT>"
    made = profile(
        tmp_path, HEADER + TEXT_REPORT.replace("substantial doubt", "no doubt") + "</TEXT>\n</DOCUMENT>\n" + exhibit
    )
    assert made.document["sector"] == "semiconductors"
    source = made.document["sources"]["10-k-1996-12-31"]
    assert (source["date"], source["url"][-30:]) == ("1997-03-10", "/0000000009-97-000001-index.htm"[-30:])
    assert claim(made, "going_concern_doubt") is False


def test_several_reports_of_one_company(tmp_path: Path) -> None:
    before = Report(end="2023-12-31").html(WHOLE).fact("Revenues", "790", "2023-01-01/2023-12-31", scale=6)
    made = profile(tmp_path, before.render(), annual(DOUBT).render())
    assert [c["value"] for c in made.document["figures"]["revenue"]] == [1_000_000_000, 800_000_000, 790_000_000]
    assert claim(made, "going_concern_doubt") is True
    with pytest.raises(DocumentError, match="import each company by itself"):
        profile(tmp_path, annual().render(), Report(cik="0000000010", name="Other").render())


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7", FileKind.PDF),
        (b"PK\x03\x04", FileKind.ARCHIVE),
        (b'{"cik": 9, "facts": {}}', FileKind.COMPANYFACTS),
        (b'{"name": "x", "figures": {}}', FileKind.PROFILE),
        (b"<xbrl xmlns='http://www.xbrl.org/2003/instance'>", FileKind.XBRL_INSTANCE),
        (b"\x00\x01", FileKind.BINARY),
        (b"\n <HTML><BODY>FORM 10-K", FileKind.HTML),
        (HEADER.encode(), FileKind.SUBMISSION),
        (TEXT_REPORT.encode(), FileKind.TEXT),
    ],
)
def test_what_a_file_is(content: bytes, kind: FileKind) -> None:
    assert file_kind(content) is kind
    assert looks_like_a_report(content) is (kind in (FileKind.HTML, FileKind.SUBMISSION, FileKind.TEXT))


def test_what_is_no_report_is_named(tmp_path: Path) -> None:
    for content, message in (
        (b"%PDF-1.7", "is a PDF file"),
        (b"PK\x03\x04", "is a ZIP archive"),
        (b"{}", "is a JSON document"),
        (b" \n", "is empty"),
    ):
        with pytest.raises(DocumentError, match=message):
            profile(tmp_path, content)


def test_a_report_from_standard_input(tmp_path: Path) -> None:
    arguments = ["import", "filing", "-", "--name", "Acme"]
    done = subprocess.run(
        [sys.executable, "-m", "screener", *arguments], input=annual().render(), capture_output=True, check=True
    )
    assert json.loads(done.stdout)["name"] == "Acme"


def test_companyfacts_beside_a_report(tmp_path: Path) -> None:
    earlier = {
        "start": "2021-01-01",
        "end": "2021-12-31",
        "val": 700,
        "accn": "0000000009-22-000001",
        "form": "10-K",
        "filed": "2022-02-01",
    }
    facts = {"cik": 9, "entityName": "Acme Corp.", "facts": {"us-gaap": {"Revenues": {"units": {"USD": [earlier]}}}}}
    made = profile(tmp_path, annual().html("<p>Date: February 5, 2025</p>").render(), json.dumps(facts))
    assert [c["value"] for c in made.document["figures"]["revenue"]] == [1_000_000_000, 800_000_000, 700]
    with pytest.raises(DocumentError, match="import each company by itself"):
        profile(tmp_path, annual().render(), json.dumps({**facts, "cik": 10}))


def test_entities_are_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    with pytest.raises(DocumentError, match="defines entities"):
        profile(tmp_path, annual().render(head=bomb))


def test_sentences_end_where_they_end() -> None:
    text = "Acme Inc. sold U.S. bonds. The 1.5% notes of Mr. J. Doe fell! Did No. 7 rise? Yes"
    assert list(sentences(text)) == [
        "Acme Inc. sold U.S. bonds.",
        "The 1.5% notes of Mr. J. Doe fell!",
        "Did No. 7 rise?",
        "Yes",
    ]


def test_blocks_of_html() -> None:
    markup = "<div><p>One<br/>line</p><table><tr><td>Cash</td><td><p>5</p></td></tr></table><p style='display: none'>x</p><script>y</script>tail</div>"
    assert [(b.text, b.is_table) for b in blocks_of_html(parse_xhtml(markup.encode(), "x"))] == [
        ("One line", False),
        ("Cash | 5", True),
        ("tail", False),
    ]


def test_a_sentence_that_a_page_cuts_is_one() -> None:
    text = "A long line of text that does not come to its end at the foot of this page but\n3\nTable of Contents\ngoes on here.\n"
    (block,) = blocks_of_text(text)
    assert block.text.endswith("this page but goes on here.")


def test_the_command(tmp_path: Path) -> None:
    report, out = tmp_path / "a.htm", tmp_path / "p.json"
    report.write_bytes(annual(DOUBT).render())
    ran = CliRunner().invoke(group, ["import", "filing", str(report), "--sector", "software", "-o", str(out)])
    assert ran.exit_code == 0, ran.output
    assert "Acme Corp.:" in ran.stderr
    assert json.loads(out.read_text())["sector"] == "software"
    ran = CliRunner().invoke(group, ["import", "filing", str(report), "--sector", "sofware"])
    assert ran.exit_code == 2
    assert "software" in ran.stderr


@pytest.mark.parametrize("command", [["run"], ["import", "sec"], ["profile", "check"], ["explain"]])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (annual().render(), "is a report in inline XBRL"),
        (b"<HTML><BODY>\xe9", "is a report in HTML"),
        ((HEADER + TEXT_REPORT).encode(), "is a submission to the SEC"),
        (TEXT_REPORT.encode(), "is a plain text of a report"),
        (b"%PDF-1.7 \xe9", "is a PDF file"),
    ],
)
def test_commands_for_profiles_say_what_a_report_is(
    tmp_path: Path, command: list[str], content: bytes, message: str
) -> None:
    path = tmp_path / "file.htm"
    path.write_bytes(content)
    more = ["leverage-versus-revenue"] if command == ["explain"] else []
    done = screener(*command, str(path), *more)
    assert done.code == 3
    assert message in done.err
    assert "screener import filing" in done.err


def test_a_report_that_is_too_large_is_refused_before_it_is_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = annual("word " * 5000).render()
    with monkeypatch.context() as patch:
        patch.setattr(limits, "REPORT_BYTES", 20_000)
        with pytest.raises(DocumentError, match="holds a report larger than"):
            profile(tmp_path, raw)
        assert profile(
            tmp_path, HEADER + TEXT_REPORT + "</TEXT>\n</DOCUMENT>\n<DOCUMENT>\n<TYPE>EX-99\n<TEXT>" + "word " * 5000
        )
    monkeypatch.setattr(limits, "FILING_FACTS", 5)
    with pytest.raises(DocumentError, match="facts, more than 5"):
        profile(tmp_path, raw)


def test_what_is_nested_too_deep_is_refused_not_cut(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="nests elements so deeply"):
        profile(tmp_path, annual().html("<div>" * 5000 + DOUBT + "</div>" * 5000).render())
    fonts = "<html><body>FORM 10-K<p>Acme</p><p>(Exact name of registrant)</p>" + "<font><b>" * 200 + f"<p>{DOUBT}"
    assert claim(profile(tmp_path, fonts), "going_concern_doubt") is True


@pytest.mark.parametrize(
    "attributes",
    [{"scale": 10**9}, {"decimals": 10**9}, {"decimals": "x"}, {"format": "ixt:num-dot-decimal", "scale": "a"}],
)
def test_a_number_with_senseless_attributes_is_left_out(tmp_path: Path, attributes: dict[str, Any]) -> None:
    made = profile(tmp_path, annual().fact("Goodwill", 9, END, **attributes).render())
    assert "goodwill" not in made.document["figures"]
    assert any("1 number of report-1.htm can't be read" in remark for remark in made.remarks)


def test_customers_of_more_than_all_revenue_are_left_out(tmp_path: Path) -> None:
    report = annual()
    for n in range(12):
        report.customer(f"acme:Buyer{n}Member", 11)
    made = profile(tmp_path, report.render())
    assert "customers" not in made.document
    assert any("more than all revenue" in remark for remark in made.remarks)


@pytest.mark.parametrize(
    "text",
    [
        "sales to " + "a customer " * 3000 + "12% of revenue",
        "we recognized " + "12% and " * 2000 + "revenue from a customer",
        "raise " + "a, " * 5000 + "substantial doubt about our going concern",
        "customers A" + " and B" * 3000 + " accounted for 12% of revenue",
        "no customer " * 3000 + "10% of revenue",
    ],
    ids=["sales", "shares", "doubt", "letters", "no"],
)
def test_long_sentences_take_little_time(tmp_path: Path, text: str) -> None:
    within(20, lambda: profile(tmp_path, annual(text).render()))


def test_a_tagged_number_has_its_sentence_as_quote(tmp_path: Path) -> None:
    sentence = 'Two customers accounted for 19% and <ix:nonFraction name="x:y" contextRef="c1" unitRef="pure">14</ix:nonFraction>% of revenue.'
    report = annual().html("<p>56</p>").customer("acme:CustomerOneMember", 27).html("<p>57</p>")
    tagged = report.body.index(
        next(part for part in report.body if "MajorCustomers" in part or "ConcentrationRiskPercentage1" in part)
    )
    number = report.body[tagged].removeprefix("<p>").removesuffix("</p>")
    report.body[tagged] = f"<p>Acme sells much. One customer accounted for {number}% of revenue in the year.</p>"
    share = profile(tmp_path, report.html(f"<p>{sentence}</p>").render()).document["customers"][0]["share_of_revenue"]
    assert share["quote"] == "One customer accounted for 27% of revenue in the year."
    assert share["note"].startswith("page 57")
    report.body[tagged] = f"<table><tr><td>Customer One</td><td>{number}</td></tr></table>"
    share = profile(tmp_path, report.render()).document["customers"][0]["share_of_revenue"]
    assert share["quote"] == "Customer One | 27"


def test_hints_decide_nothing(tmp_path: Path) -> None:
    weak = "We have identified a material weakness in our internal control over financial reporting."
    made = profile(tmp_path, annual(weak, "We rely on a limited number of suppliers.").render())
    (hint,) = made.document["figures"]["material_weakness"]
    assert not {"value", "low", "high"} & set(hint)
    assert hint["quote"] == weak
    assert "suppliers" not in made.document
    assert any(remark.startswith("to look up: suppliers") for remark in made.remarks)
    effective = (
        "Management concluded that our internal control over financial reporting was effective as of December 31, 2024."
    )
    assert claim(profile(tmp_path, annual(weak, effective).render()), "material_weakness") is False


@pytest.mark.parametrize(
    ("sentence", "holds"),
    [
        ("As of December 31, 2024, the Company was in compliance with all covenants.", False),
        ("As of December 31, 2022, the Company was in compliance with all covenants.", None),
        ("The Company, organized in 2007, was in compliance with all covenants.", False),
    ],
)
def test_sentences_of_earlier_years_do_not_count(tmp_path: Path, sentence: str, holds: bool | None) -> None:
    spoken_of = "In 2021 the lenders waived the breach of a covenant."  # so that the absence of a statement is no evidence
    report = annual(sentence, spoken_of).fact("LongTermDebtNoncurrent", 500, END)
    assert claim(profile(tmp_path, report.render()), "covenant_breach") is holds


def test_cash_for_twelve_months(tmp_path: Path) -> None:
    enough = "We believe that our cash will be sufficient to meet our needs for at least the next twelve months."
    assert profile(tmp_path, annual(enough).render()).document["figures"]["months_of_cash"][0]["low"] == 12
    short = "Our cash will not be sufficient to fund our operations for the next twelve months."
    assert profile(tmp_path, annual(enough, short).render()).document["figures"]["months_of_cash"][0]["high"] == 12


def test_an_annual_report_under_esef(tmp_path: Path) -> None:
    report = Report(cik="529900T8BM49AURSDO55")
    report.body.clear()
    report.text("ifrs-full:NameOfReportingEntityOrOtherMeansOfIdentification", "Müller SE").html(WHOLE)
    for period, revenue in ((YEAR, "1.000,5"), ("2023-01-01/2023-12-31", "800")):
        report.fact("ifrs-full:Revenue", revenue, period, "EUR", scale=6, format="ixt:num-comma-decimal")
    report.fact("ifrs-full:Assets", "2.000", END, "EUR", scale=6, format="ixt:num-comma-decimal")
    made = profile(tmp_path, report.render())
    assert made.document["name"] == "Müller SE"
    assert (made.document["currency"], claim(made, "revenue"), claim(made, "total_assets")) == (
        "EUR",
        1_000_500_000,
        2_000_000_000,
    )
    assert "customers" not in made.document  # its notes are not tagged amount by amount
    assert made.document["sources"]["afr-2024-12-31"]["title"] == "Annual financial report to 2024-12-31"
    assert not any("CIK" in str(part) for part in (made.summary, *made.remarks))


def test_twelve_months_up_to_a_quarter(tmp_path: Path) -> None:
    quarter = Report("10-Q", end="2025-03-31").html(WHOLE).html("<p>Date: May 5, 2025</p>")
    for period, revenue in (("2025-01-01/2025-03-31", "300"), ("2024-01-01/2024-03-31", "200")):
        quarter.fact("Revenues", revenue, period, scale=6)
    quarter.fact("Assets", "2,100", "2025-03-31", scale=6)
    made = profile(tmp_path, annual().html("<p>Date: February 5, 2025</p>").render(), quarter.render(), basis="ttm")
    first = made.document["figures"]["revenue"][0]
    assert (first["value"], first["period"], first["source"]) == (
        1_100_000_000,
        "2024-04-01/2025-03-31",
        "10-q-2025-03-31",
    )
    assert "10-k-2024-12-31" in first["note"]
    assert "0000000009-00" not in json.dumps(made.document)
    assert made.document["as_of"] == "2025-05-05"


@pytest.mark.parametrize(
    ("stated", "cash"),
    [
        (
            {
                "CashCashEquivalentsRestrictedCashAndRestrictedCashEquivalents": 70,
                "AvailableForSaleSecuritiesDebtSecuritiesCurrent": 180,
            },
            250,
        ),
        ({"CashAndCashEquivalentsAtCarryingValue": 70, "AvailableForSaleSecuritiesDebtSecuritiesCurrent": 180}, 250),
        (
            {
                "CashAndCashEquivalentsAtCarryingValue": 60,
                "CashCashEquivalentsRestrictedCashAndRestrictedCashEquivalents": 70,
            },
            60,
        ),
        ({"CashCashEquivalentsRestrictedCashAndRestrictedCashEquivalents": 70}, 70),
        (
            {
                "CashAndCashEquivalentsAtCarryingValue": 60,
                "CashCashEquivalentsRestrictedCashAndRestrictedCashEquivalents": 70,
                "ShortTermInvestments": 180,
            },
            240,
        ),
    ],
)
def test_cash_is_that_of_the_balance_sheet_with_its_securities(
    stated: dict[str, int], cash: int, tmp_path: Path
) -> None:
    report = annual()
    for tag, value in stated.items():
        report.fact(tag, value, END, scale=6)
    found = profile(tmp_path, report.render()).document["figures"]["cash"]
    assert [claim["value"] for claim in found if claim["period"] == END] == [cash * 1e6]
