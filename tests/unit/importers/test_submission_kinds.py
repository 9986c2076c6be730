"""Submissions and text layouts: exhibits, encoded files, amendments, schedules of banks and insurers, page breaks."""

import binascii
import re

import pytest

from tests.unit.importers.printed_reports import AUDIT, NOTES, imported, page, stated, statements
from tests.unit.importers.test_printed_statements import BALANCE, COVER, FLOWS, INCOME, submission

ASSETS = {"2003-12-31": 12e6, "2002-12-31": 10.8e6}
OF_1998 = {"1998-12-31": 12e6, "1997-12-31": 10.8e6}
EQUITY_OF_1998 = {"1998-12-31": 6e6, "1997-12-31": 5e6}
SAID_BY_SILENCE = ("going_concern_doubt", "payment_default", "covenant_breach", "insolvency_proceedings")
COVER_PAGE = page().decode().split(AUDIT)[0]
ENCODED = "begin 644 logo.jpg\n" + 300 * binascii.b2a_uu(bytes(range(45))).decode() + "`\nend"


def parts(form: str, *documents: tuple[str, str]) -> bytes:
    """Returns a submission of 2004 with several documents."""
    header = (
        f"<SEC-HEADER>\nACCESSION NUMBER: 0000000009-04-000001\nCONFORMED SUBMISSION TYPE: {form}\nCONFORMED PERIOD OF REPORT: 20031231\n"
        "FILED AS OF DATE: 20040315\nCOMPANY CONFORMED NAME: ACME WIDGETS INC\nCENTRAL INDEX KEY: 0000000009\n</SEC-HEADER>\n"
    )
    texts = (f"<DOCUMENT>\n<TYPE>{kind}\n<TEXT>\n{text}\n</TEXT>\n</DOCUMENT>\n" for kind, text in documents)
    return (header + "".join(texts)).encode()


def cover(form: str) -> str:
    return COVER_PAGE.replace("FORM 10-K", f"FORM {form}")


@pytest.mark.parametrize(
    ("raw", "currency"),
    [
        (
            parts(
                "10-K",
                ("10-K", cover("10-K") + AUDIT + statements() + NOTES),
                ("GRAPHIC", ENCODED),
                ("EX-23", "Consent"),
            ),
            "USD",
        ),
        (
            parts(
                "10-K",
                ("10-K", cover("10-K")),
                ("EX-13", AUDIT + statements() + NOTES),
                ("EX-13.2", f"<PDF>\n{ENCODED}\n</PDF>"),
            ),
            "USD",
        ),
        (
            parts(
                "40-F",
                ("40-F", cover("40-F")),
                ("EX-99.1", "<p>Annual information form</p>"),
                ("EX-99.2", AUDIT + statements("(in thousands of Canadian dollars)") + NOTES),
            ),
            "CAD",
        ),
        (
            parts("20-F", ("20-F", cover("20-F")), ("EX-15.1", AUDIT + statements("(in thousands of euros)") + NOTES)),
            "EUR",
        ),
    ],
    ids=["pictures", "annual report to shareholders", "40-F", "20-F"],
)
def test_statements_in_submissions(raw: bytes, currency: str) -> None:
    found = imported(raw)
    assert stated(found, "total_assets") == ASSETS
    assert found.document["currency"] == currency
    assert found.document["figures"]["going_concern_doubt"][0]["value"] is False


def test_statements_of_another_company_in_an_exhibit_are_not_read() -> None:
    raw = parts(
        "20-F",
        ("20-F", cover("20-F") + "<p>We have audited.</p>"),
        ("EX-99.1", AUDIT + statements("(in thousands of euros)")),
    )
    assert "total_assets" not in imported(raw).document["figures"]


def test_discussion_of_a_40_f_names_customers() -> None:
    raw = parts(
        "40-F", ("40-F", cover("40-F")), ("EX-99.3", "<p>One customer accounted for 14% of our revenue in 2003.</p>")
    )
    assert [c["share_of_revenue"]["value"] for c in imported(raw).document["customers"]] == [0.14]


@pytest.mark.parametrize(
    "raw",
    [
        parts("10-K/A", ("10-K/A", cover("10-K/A") + AUDIT + NOTES)),
        (cover("10-K/A (Amendment No. 1)") + AUDIT + NOTES).encode(),
        (cover("10-K/A (Amendment No. 1) ANNUAL REPORT PURSUANT TO SECTION 13 OR 15(d)") + AUDIT + NOTES).encode(),
        (cover("10-K</p><p>Amendment No. 2") + AUDIT + NOTES).encode(),
        (cover("10-K</p><p>(Amendment No. 2 to the annual report)") + AUDIT + NOTES).encode(),
        parts("10-K", ("10-K", cover("10-K")), ("EX-13", f"<PDF>\n{ENCODED}\n</PDF>")),
    ],
)
def test_silence_of_amendments_and_parts_means_nothing(raw: bytes) -> None:
    document = imported(raw).document
    assert not set(SAID_BY_SILENCE) & set(document["figures"])
    assert "others" not in document


HEAD = "<MULTIPLIER> {multiplier}\n<PERIOD-TYPE> YEAR\n<FISCAL-YEAR-END> DEC-31-1998\n<PERIOD-END> DEC-31-1998\n"
COMMERCIAL = (
    "<ARTICLE> 5\n"
    + HEAD
    + "<ALLOWANCE> 90\n<TOTAL-ASSETS> 12,000\n<OTHER-SE> 5,500\n<TOTAL-LIABILITY-AND-EQUITY> 12,000\n"
)
BANK = (
    "<ARTICLE> 9\n"
    + HEAD
    + "<LOANS> 7,000\n<ALLOWANCE> 90\n<TOTAL-ASSETS> 12,000\n<DEPOSITS> 9,000\n<COMMON> 500\n<OTHER-SE> 900\n"
    "<TOTAL-LIABILITIES-AND-EQUITY> 12,000\n<NET-INCOME> 170\n<LOANS-NON> 45\n<LOANS-PAST> 5\n<ALLOWANCE-CLOSE> 90\n"
)
INSURER = (
    "<ARTICLE> 7\n"
    + HEAD
    + "<TOTAL-ASSETS> 12,000\n<COMMON> 500\n<OTHER-SE> 3,000\n<TOTAL-LIABILITY-AND-EQUITY> 12,000\n"
    "<PREMIUMS> 3,000\n<TOTAL-REVENUES> 3,600\n<NET-INCOME> 290\n"
)


@pytest.mark.parametrize(
    ("multiplier", "times"), [("1,000", 1e3), ("1000", 1e3), ("1,000,000", 1e6), ("1", 1), ("<1000>", None)]
)
def test_multipliers_of_schedules(multiplier: str, times: float | None) -> None:
    found = imported(submission("", COMMERCIAL.format(multiplier=multiplier)))
    assert stated(found, "total_assets") == ({} if times is None else {"1998-12-31": 12000 * times})
    assert "loan_allowance" not in found.document["figures"]


def test_schedules_of_banks_and_insurers() -> None:
    bank = imported(submission("", BANK.format(multiplier="1,000")))
    wanted = {
        "total_assets": 12e6,
        "deposits": 9e6,
        "loans": 7e6,
        "loan_allowance": 90e3,
        "bad_loans": 50e3,
        "net_income": 170e3,
    }
    assert {figure: stated(bank, figure).get("1998-12-31") for figure in wanted} == wanted
    insurer = imported(submission("", INSURER.format(multiplier="1,000")))
    assert stated(insurer, "revenue") == {"1998-12-31": 3.6e6}


STATEMENTS = COVER + BALANCE + INCOME + FLOWS
BREAK = "LIABILITIES AND STOCK"
COLUMNS = "                                             1998          1997\n"


@pytest.mark.parametrize(
    "text",
    [
        STATEMENTS.replace("\n", "\r\n"),
        STATEMENTS.replace(BREAK, f"\n                       F-3\n<PAGE>\n{BREAK}"),
        STATEMENTS.replace(
            BREAK, f"\n F-3\n<PAGE>\nACME WIDGETS INC\nCONSOLIDATED BALANCE SHEETS (CONTINUED)\n{COLUMNS}{BREAK}"
        ),
        STATEMENTS.replace(BREAK, f"</TABLE>\n<PAGE>\n<TABLE>\n<CAPTION>\n{COLUMNS}<S>     <C>           <C>\n{BREAK}"),
        STATEMENTS.replace("TOTAL ASSETS   ", "TOTAL ASSETS..."),
        STATEMENTS.replace("    TOTAL ASSETS", "                          -------       -------\n    TOTAL ASSETS"),
        "\n".join(re.sub(" {2,}", " ", line) for line in STATEMENTS.splitlines()),
        "\n".join(re.sub(" {2,}", " ", line) for line in STATEMENTS.splitlines() if "TABLE>" not in line),
    ],
    ids=[
        "line ends",
        "page break",
        "header again",
        "two tables",
        "leaders",
        "rules",
        "one blank",
        "one blank and no tags",
    ],
)
def test_layouts_of_text(text: str) -> None:
    found = imported(text)
    assert stated(found, "total_assets") == OF_1998, found.remarks
    assert stated(found, "equity") == EQUITY_OF_1998
    assert stated(found, "operating_cash_flow")["1996-12-31"] == 1.1e6


def test_a_label_over_two_lines_with_amounts_in_it() -> None:
    line = "Property, plant and equipment, net           5,400         5,000"
    wrapped = (
        "Property, plant and equipment, net of\n  accumulated depreciation of $900 and $800    5,400         5,000"
    )
    found = imported((COVER + BALANCE).replace(line, wrapped))
    assert stated(found, "property_plant_equipment") == {"1998-12-31": 5.4e6, "1997-12-31": 5e6}


def test_a_report_with_a_cell_on_each_line_states_nothing_wrong() -> None:
    cells = "\n".join(cell for line in STATEMENTS.splitlines() for cell in re.split(" {2,}", line.strip()))
    found = imported(cells)
    assert not any("quote" in claim for claims in found.document["figures"].values() for claim in claims)
