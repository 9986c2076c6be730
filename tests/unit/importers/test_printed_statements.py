"""Reports without tags: printed balance sheets, income statements and cash flows, and financial data schedules."""

from datetime import date
from typing import Any

import pytest

from screener.importers.filing.filing_profile import profile_of_reports
from screener.importers.filing.filing_tables import read_filing_tables
from screener.importers.filing.report_document import report_from_bytes
from screener.importers.filing.statement_rules import plain_label, read_statement_table
from screener.importers.filing_options import FilingOptions
from screener.importers.sec.filer_profile import Imported
from screener.rules.rulebook import Rulebook

COVER = """FORM 10-K
ANNUAL REPORT PURSUANT TO SECTION 13
For the fiscal year ended December 31, 1998
ACME WIDGETS INC
(Exact name of registrant as specified in its charter)

We have audited the accompanying consolidated statements. See notes to consolidated financial statements.

"""
BALANCE = """<TABLE>
ACME WIDGETS INC
CONSOLIDATED BALANCE SHEETS
(In thousands, except share data)
                                               December 31,
                                             1998          1997
ASSETS
Cash and cash equivalents                  $ 1,200       $   900
Accounts receivable, net                     3,400         3,100
Inventories                                  2,000         1,800
    Total current assets                     6,600         5,800
Property, plant and equipment, net           5,400         5,000
    TOTAL ASSETS                           $12,000       $10,800
LIABILITIES AND STOCKHOLDERS' EQUITY
Accounts payable                             1,500         1,400
Current portion of long-term debt              500           400
    Total current liabilities                2,000         1,800
Long-term debt, less current portion         4,000         4,000
Retained earnings                            5,500         4,500
    Total stockholders' equity               6,000         5,000
    Total liabilities and stockholders' equity $12,000    $10,800
The accompanying notes are an integral part of these statements.
</TABLE>
"""
INCOME = """<TABLE>
CONSOLIDATED STATEMENTS OF INCOME
(In thousands, except per share data)
Year ended December 31,                      1998          1997          1996
Net sales                                  $20,000       $18,000       $17,000
Cost of sales                               15,000        13,000        12,500
Gross profit                                 5,000         5,000         4,500
Interest expense                              (300)         (310)         (320)
Loss before income taxes                      (700)        1,500         1,400
Net income (loss)                             (500)        1,000           900
Net income (loss) per share                 $ (.50)       $ 1.00        $  .90
The accompanying notes are an integral part of these statements.
</TABLE>
"""
FLOWS = """<TABLE>
CONSOLIDATED STATEMENTS OF CASH FLOWS
(In thousands)
Year ended December 31,                      1998          1997          1996
CASH FLOWS FROM OPERATING ACTIVITIES:
Net income (loss)                             (500)        1,000           900
Depreciation and amortization                  900           800           700
Net cash provided by operating activities    1,400         1,300         1,100
CASH FLOWS FROM INVESTING ACTIVITIES:
Capital expenditures                        (1,300)       (1,000)         (800)
Net cash used in investing activities       (1,300)       (1,000)         (800)
Net cash provided by financing activities      200           100           (50)
Net increase in cash and cash equivalents      300           400           250
</TABLE>
"""
SCHEDULE = """<ARTICLE> 5
<MULTIPLIER> 1,000
<CURRENCY> U.S. DOLLARS
<PERIOD-TYPE> YEAR
<FISCAL-YEAR-END> DEC-31-1998
<PERIOD-END> DEC-31-1998
<CASH> 1,200
<CURRENT-ASSETS> 6,600
<TOTAL-ASSETS> 12,000
<CURRENT-LIABILITIES> 2,000
<COMMON> 500
<OTHER-SE> 5,500
<TOTAL-LIABILITY-AND-EQUITY> 12,000
<TOTAL-REVENUES> 20,000
<INTEREST-EXPENSE> 0
<INCOME-PRETAX> (700)
<NET-INCOME> (500)
"""


def submission(text: str, schedule: str | None = None) -> bytes:
    """Returns a submission of 1999 with a report and a schedule."""
    header = ("<SEC-HEADER>\nCONFORMED SUBMISSION TYPE: 10-K\nCONFORMED PERIOD OF REPORT: 19981231\nFILED AS OF DATE: 19990315\n"
              "COMPANY CONFORMED NAME: ACME WIDGETS INC\nCENTRAL INDEX KEY: 0000999999\n</SEC-HEADER>\n")
    parts = f"<DOCUMENT>\n<TYPE>10-K\n<TEXT>\n{COVER}{text}\n</TEXT>\n</DOCUMENT>\n"
    if schedule is not None:
        parts += f"<DOCUMENT>\n<TYPE>EX-27\n<TEXT>\n{schedule}\n</TEXT>\n</DOCUMENT>\n"
    return (header + parts).encode()


def imported(book: Rulebook, raw: bytes) -> Imported:
    report = report_from_bytes(raw, "acme.txt")
    return profile_of_reports([report], [], read_filing_tables(), book.catalogue, FilingOptions())


def values(found: Imported, figure: str) -> dict[str, Any]:
    return {c["period"]: c["value"] for c in found.document["figures"].get(figure, []) if "value" in c}


def test_all_years_of_printed_statements_are_read_in_their_unit(book: Rulebook) -> None:
    found = imported(book, submission(BALANCE + INCOME + FLOWS))
    assert found.document["currency"] == "USD"
    assert values(found, "total_assets") == {"1998-12-31": 12e6, "1997-12-31": 10.8e6}
    assert values(found, "equity") == {"1998-12-31": 6e6, "1997-12-31": 5e6}
    assert values(found, "short_term_debt") == {"1998-12-31": 0.5e6, "1997-12-31": 0.4e6}
    assert values(found, "long_term_debt") == {"1998-12-31": 4e6, "1997-12-31": 4e6}
    years = [f"{y}-01-01/{y}-12-31" for y in (1998, 1997, 1996)]
    assert values(found, "revenue") == dict(zip(years, (20e6, 18e6, 17e6), strict=True))
    assert values(found, "interest_expense")[years[0]] == 0.3e6
    assert values(found, "net_income") == dict(zip(years, (-0.5e6, 1e6, 0.9e6), strict=True))
    assert values(found, "operating_cash_flow")[years[2]] == 1.1e6
    assert values(found, "capital_expenditure")[years[0]] == 1.3e6


def test_each_figure_says_where_it_stands(book: Rulebook) -> None:
    claim = imported(book, submission(BALANCE)).document["figures"]["total_assets"][0]
    assert claim["quote"].startswith("TOTAL ASSETS | $12,000")
    assert claim["note"].startswith("balance sheet, ")
    assert claim["source"] == "10-k-1998-12-31"


def test_a_label_of_a_loss_makes_amounts_negative(book: Rulebook) -> None:
    income = INCOME.replace(
        "Net income (loss)                             (500)", "Net loss                                        500"
    )
    one_year = "\n".join(line[:58] if any(c.isdigit() for c in line) else line for line in income.splitlines())
    found = imported(book, submission(one_year))
    assert values(found, "net_income") == {"1998-01-01/1998-12-31": -0.5e6}


@pytest.mark.parametrize(
    ("text", "figure", "message"),
    [
        (BALANCE.replace("(In thousands, except share data)", "") + INCOME, "total_assets", "does not say in which unit"),
        (BALANCE.replace("equity $12,000 ", "equity $13,000 "), "total_assets", "no balance sheet was recognised"),
        (FLOWS.replace("Net increase in cash and cash equivalents      300", "Net increase in cash and cash equivalents    9,300"),
         "operating_cash_flow", "no statement of cash flows was recognised"),
        (INCOME.replace("Cost of sales                               15,000", "Cost of sales                               14,000"),
         "gross_profit", "revenue less its cost is not the gross profit"),
        (INCOME.replace("Gross profit  ", "Net sales     "), "revenue", "occurs several times with different amounts"),
    ],
)
def test_what_is_ambiguous_is_left_out_and_reported(book: Rulebook, text: str, figure: str, message: str) -> None:
    found = imported(book, submission(text))
    assert figure not in found.document["figures"]
    assert any(message in remark for remark in found.remarks), found.remarks


def test_one_of_several_costs_or_debts_is_not_all_of_them(book: Rulebook) -> None:
    services = INCOME.replace("Gross profit  ", "Cost of services")
    assert "cost_of_revenue" not in imported(book, submission(services)).document["figures"]
    notes = BALANCE.replace("Retained earnings  ", "Convertible notes  ")
    figures = imported(book, submission(notes)).document["figures"]
    assert "long_term_debt" not in figures
    assert "total_assets" in figures


def test_columns_of_other_companies_or_many_years_are_not_read(book: Rulebook) -> None:
    parent = BALANCE.replace("1998          1997", "1998    1997    1998    1997")
    assert "total_assets" not in imported(book, submission(parent)).document["figures"]


def test_a_schedule_gives_what_statements_do_not(book: Rulebook) -> None:
    found = imported(book, submission("", SCHEDULE))
    assert values(found, "total_assets") == {"1998-12-31": 12e6}
    assert values(found, "equity") == {"1998-12-31": 6e6}
    assert values(found, "net_income") == {"1998-01-01/1998-12-31": -0.5e6}
    assert "interest_expense" not in found.document["figures"]  # zero may mean that nothing was entered
    assert found.document["figures"]["net_income"][0]["note"] == "financial data schedule (EX-27)"
    both = imported(book, submission(BALANCE, SCHEDULE))
    assert len(both.document["figures"]["total_assets"]) == 2
    assert values(both, "revenue") == {"1998-01-01/1998-12-31": 20e6}


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        (SCHEDULE.replace("<MULTIPLIER> 1,000", "<MULTIPLIER> 1"), "states other total assets"),
        (SCHEDULE.replace("<PERIOD-TYPE> YEAR", "<PERIOD-TYPE> 9-MOS"), "is not of a year"),
        (SCHEDULE.replace("<PERIOD-END> DEC-31-1998", "<PERIOD-END> DEC-31-1997"), "is not of the year to 1998-12-31"),
        (SCHEDULE.replace("EQUITY> 12,000", "EQUITY> 11,000"), "assets that are not liabilities and equity"),
    ],
)
def test_a_schedule_that_contradicts_is_left_out(book: Rulebook, schedule: str, message: str) -> None:
    found = imported(book, submission(BALANCE, schedule))
    assert any(message in remark for remark in found.remarks), found.remarks
    assert "revenue" not in found.document["figures"]


def test_a_schedule_of_several_columns_gives_that_of_the_year(book: Rulebook) -> None:
    columns = "\n".join(
        f"{line.rstrip()} {'DEC-31-1997' if 'DEC' in line else line.split('> ')[1] if 'PERIOD-TYPE' in line else '7'}"
        if line.startswith(("<PERIOD", "<TOTAL", "<NET", "<OTHER", "<COMMON")) else line
        for line in SCHEDULE.splitlines()
    )
    found = imported(book, submission("", columns))
    assert values(found, "total_assets") == {"1998-12-31": 12e6}


MATCHES = {
    "total_assets": (["TOTAL ASSETS", "Total assets"], ["Total assets of GE Capital", "Total identifiable assets"]),
    "equity": (["Total share owners' equity (notes 25 and 26)", "Total Stockholders’ Equity (Deficit)", "Total shareholders' deficiency"],
               ["Total liabilities and stockholders' equity", "Equity in affiliates"]),
    "revenue": (["Net sales", "Total revenues", "Sales and other operating revenues", "Revenues, net"],
                ["Cost of sales", "Deferred revenue", "Sales of subsidiaries"]),
    "net_income": (["Net income", "NET EARNINGS", "Net (loss) income", "Net loss"],
                   ["Net income per share", "Net interest income", "Net earnings before cumulative effect"]),
    "operating_income": (["Operating income", "Earnings from operations", "Loss from operations", "Operating profit (loss)"],
                         ["Other operating income", "Income from discontinued operations"]),
    "pretax_income": (["Income before income taxes", "Loss before provision for income taxes", "Earnings before taxes on income"],
                      ["Income before accounting changes"]),
    "interest_expense": (["Interest expense", "Interest and other financial charges (note 7)"], ["Interest income", "Interest paid"]),
    "operating_cash_flow": (["Net cash provided by operating activities", "Net cash used in operating activities",
                             "Cash provided from operations", "Net cash (used in) provided by operating activities"],
                            ["Net cash used in investing activities"]),
    "cash": (["Cash and cash equivalents", "Cash"], ["Cash surrender value of life insurance", "Restricted cash"]),
    "long_term_debt": (["Long-term debt", "Long-term debt, less current portion"], ["Current portion of long-term debt"]),
    "retained_earnings": (["Retained earnings", "Accumulated deficit"], ["Retained earnings of subsidiaries"]),
}


@pytest.mark.parametrize("figure", MATCHES)
def test_labels_of_lines(figure: str) -> None:
    table = read_statement_table()
    line = next(line for line in table.lines if line.figure == figure)
    right, wrong = MATCHES[figure]
    for label in right:
        assert table.line(plain_label(label), line.statement) == line, label
    for label in wrong:
        assert not line.names(plain_label(label)), label


def test_every_line_is_a_figure_of_the_catalogue(book: Rulebook) -> None:
    table = read_statement_table()
    assert {line.figure for line in table.lines} | set(table.schedules) <= set(book.catalogue.figures)


def test_years_end_on_the_day_of_the_report(book: Rulebook) -> None:
    assert date(1998, 12, 31).isoformat() in values(imported(book, submission(BALANCE)), "total_assets")


CONTINENTAL = """<TABLE>
Consolidated balance sheets at December 31
Amounts in million EUR
                                        Note       1998         1997
Real estate                             1(a)      4,000        3,800
Other investments                       1 (b)     8,000        7,000
    Total assets                                 12,000       10,800
See notes to the consolidated financial statements

                                        Note       1998         1997
Capital and reserves                    1(c)      6,000        5,000
Provisions                              1(d)      6,000        5,800
    {closing}                                    12,000       10,800
</TABLE>
"""


@pytest.mark.parametrize("closing", ["Total liabilities", "Total equity and liabilities", "Total"])
def test_a_balance_sheet_whose_second_total_has_another_name(book: Rulebook, closing: str) -> None:
    found = imported(book, submission(CONTINENTAL.format(closing=closing)))
    assert values(found, "total_assets") == {"1998-12-31": 12e9, "1997-12-31": 10.8e9}
    assert values(found, "equity") == {"1998-12-31": 6e9, "1997-12-31": 5e9}
    assert values(found, "total_liabilities") == {}  # the second total is that of equity, too
    assert found.document["currency"] == "EUR"
