"""Makes small annual reports without tags: statements of one company, printed as reports print them."""

from collections.abc import Callable, Sequence
from typing import Any

from screener.importers.filing.filing_profile import profile_of_reports
from screener.importers.filing.filing_tables import read_filing_tables
from screener.importers.filing.report_document import report_from_bytes
from screener.importers.filing_options import FilingOptions
from screener.importers.sec.filer_profile import Imported
from tests.unit.importers.reports import CATALOGUE

AUDIT = (
    "<p>Report of Independent Registered Public Accounting Firm</p><p>We have audited the accompanying statements.</p>"
)
NOTES = "<p>NOTES TO CONSOLIDATED FINANCIAL STATEMENTS</p><p>1. Summary of significant accounting policies.</p>"
Lines = Sequence[tuple[Any, ...]]
BALANCE: Lines = [
    ("Cash and cash equivalents", 1200, 900),
    ("Accounts receivable, net", 3400, 3100),
    ("Inventories", 2000, 1800),
    ("Total current assets", 6600, 5800),
    ("Property, plant and equipment, net", 5400, 5000),
    ("Total assets", 12000, 10800),
    ("Total current liabilities", 2000, 1800),
    ("Long-term debt", 4000, 4000),
    ("Total liabilities", 6000, 5800),
    ("Retained earnings", 5500, 4500),
    ("Total stockholders' equity", 6000, 5000),
    ("Total liabilities and stockholders' equity", 12000, 10800),
]
INCOME: Lines = [
    ("Net sales", 20000, 18000, 17000),
    ("Cost of sales", 15000, 13000, 12500),
    ("Gross profit", 5000, 5000, 4500),
    ("Interest expense", 300, 310, 320),
    ("Income before income taxes", 700, 1500, 1400),
    ("Net income", 500, 1000, 900),
]
FLOWS: Lines = [
    ("Net income", 500, 1000, 900),
    ("Depreciation and amortization", 900, 800, 700),
    ("Net cash provided by operating activities", 1400, 1300, 1100),
    ("Capital expenditures", -1300, -1000, -800),
    ("Net cash used in investing activities", -1300, -1000, -800),
    ("Net cash provided by (used in) financing activities", 200, 100, -50),
    ("Net increase in cash and cash equivalents", 300, 400, 250),
]
IFRS_BALANCE: Lines = [
    ("Cash and cash equivalents", 1200, 900),
    ("Total current assets", 6600, 5800),
    ("Property, plant and equipment", 5400, 5000),
    ("Total assets", 12000, 10800),
    ("Retained earnings", 5500, 4500),
    ("Total equity", 6000, 5000),
    ("Total current liabilities", 2000, 1800),
    ("Total liabilities", 6000, 5800),
    ("Total equity and liabilities", 12000, 10800),
]
IFRS_INCOME: Lines = [
    ("Revenue", 20000, 18000, 17000),
    ("Finance costs", -300, -310, -320),
    ("Profit before tax", 700, 1500, 1400),
    ("Profit for the year", 550, 1050, 950),
    ("Attributable to:",),
    ("Owners of the parent", 500, 1000, 900),
    ("Non-controlling interests", 50, 50, 50),
]
IFRS_FLOWS: Lines = [
    ("Profit before tax", 700, 1500, 1400),
    ("Cash generated from operations", 1600, 1500, 1300),
    ("Net cash from operating activities", 1400, 1300, 1100),
    ("Purchase of property, plant and equipment", -1300, -1000, -800),
    ("Net cash used in investing activities", -1300, -1000, -800),
    ("Net cash from/(used in) financing activities", 200, 100, -50),
    ("Net increase in cash and cash equivalents", 300, 400, 250),
]
YEARS = {
    "revenue": (20000, 18000, 17000),
    "net_income": (500, 1000, 900),
    "operating_cash_flow": (1400, 1300, 1100),
    "capital_expenditure": (1300, 1000, 800),
}
DAYS = {"total_assets": (12000, 10800), "equity": (6000, 5000), "cash": (1200, 900)}
ENDS = ("2003-12-31", "2002-12-31", "2001-12-31")


def amount(value: float, group: str = ",", minus: str = "") -> str:
    """Returns an amount as printed: negative ones in parentheses or with a minus sign."""
    text = f"{abs(value):,}".replace(",", group)
    return text if value >= 0 else f"{minus}{text}" if minus else f"({text})"


def table(rows: Sequence[Sequence[str]]) -> str:
    return (
        "<table>" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows) + "</table>"
    )


def statement(
    title: str,
    unit: str,
    header: Sequence[str],
    lines: Lines,
    printed: Callable[[float], str] = amount,
    columns: Sequence[int] = (),
) -> str:
    """A statement; `columns` are the amounts of each line that are printed, by default as many as the header has."""
    shown = columns or range(len(header) - 1)
    rows = [[label, *(printed(values[at]) for at in shown if values)] for label, *values in lines]
    return f"<p>{title}</p><p>{unit}</p>{table([header, *rows])}"


def statements(
    unit: str = "(In thousands, except per share data)",
    years: Sequence[str] = ("2003", "2002", "2001"),
    printed: Callable[[float], str] = amount,
    over: str = "Year ended December 31,",
    ifrs: bool = False,
) -> str:
    """Returns a balance sheet, an income statement and a statement of cash flows."""
    balance, income, flows = (IFRS_BALANCE, IFRS_INCOME, IFRS_FLOWS) if ifrs else (BALANCE, INCOME, FLOWS)
    titles = (
        ("statement of financial position", "statement of profit or loss")
        if ifrs
        else ("BALANCE SHEETS", "STATEMENTS OF INCOME")
    )
    return (
        statement(f"CONSOLIDATED {titles[0]}", unit, ["December 31,", *years[:2]], balance, printed)
        + statement(f"CONSOLIDATED {titles[1]}", unit, [over, *years], income, printed)
        + statement("CONSOLIDATED STATEMENTS OF CASH FLOWS", unit, [over, *years], flows, printed)
    )


def page(
    *parts: str, form: str = "10-K", end: str = "December 31, 2003", period: str = "For the fiscal year ended"
) -> bytes:
    """Returns a complete annual report with a cover, an auditor's report and notes."""
    cover = (
        f"<p>FORM {form}</p><p>ANNUAL REPORT PURSUANT TO SECTION 13 OR 15(d)</p><p>{period} {end}</p><p>ACME WIDGETS INC</p>"
        "<p>(Exact name of registrant as specified in its charter)</p>"
    )
    return f"<html><body>{cover}{AUDIT}{''.join(parts)}{NOTES}</body></html>".encode()


def quarter(
    header: Sequence[str], columns: Sequence[int], over: Sequence[str] = (), stacked: Sequence[str] = ()
) -> bytes:
    """Returns a quarterly report to September 30, 2004, whose balance sheet prints these `columns` of `BALANCE`.

    `over` are cells above the header; `stacked` are lines that replace it.
    """
    lines = [(label, *(values[at] for at in columns)) for label, *values in BALANCE]
    text = statement("CONDENSED CONSOLIDATED BALANCE SHEETS", "(In thousands, except per share data)", header, lines)
    first, head, rest = text.partition(table([header])[: -len("</table>")])
    above = f"<table><tr><td></td>{''.join(f'<td>{cell}</td>' for cell in over)}</tr>" if over else "<table>"
    head = "".join(f"<p>{line}</p>" for line in stacked) + "<table>" if stacked else head.replace("<table>", above)
    income = [(label, now, before) for label, now, before, _ in INCOME]
    results = statement(
        "STATEMENTS OF INCOME", "(In thousands)", ["Nine months ended September 30,", "2004", "2003"], income
    )
    cover = (
        "<p>FORM 10-Q</p><p>QUARTERLY REPORT PURSUANT TO SECTION 13 OR 15(d)</p><p>For the quarterly period ended September 30, 2004</p>"
        "<p>ACME WIDGETS INC</p><p>(Exact name of registrant as specified in its charter)</p>"
    )
    return f"<html><body>{cover}{first}{head}{rest}{results}</body></html>".encode()


def imported(raw: bytes | str) -> Imported:
    """Returns the profile of one report."""
    report = report_from_bytes(raw if isinstance(raw, bytes) else raw.encode(), "acme.htm")
    return profile_of_reports([report], [], read_filing_tables(), CATALOGUE, FilingOptions())


def stated(found: Imported, figure: str) -> dict[str, float]:
    """Returns the values of a figure by the last day of their period."""
    return {
        claim["period"][-10:]: claim["value"] for claim in found.document["figures"].get(figure, []) if "value" in claim
    }


def expected(
    times: float, ends: Sequence[str] = ENDS, figures: Sequence[str] = (*DAYS, *YEARS)
) -> dict[str, dict[str, float]]:
    """Returns the figures of the statements in units of the currency, scaled by `times`."""
    return {
        figure: {end: value * times for end, value in zip(ends, values, strict=False)}
        for figure, values in {**DAYS, **YEARS}.items()
        if figure in figures
    }
