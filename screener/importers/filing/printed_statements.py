"""Reads figures from printed statements of annual reports without tags: balance sheet, income statement, cash flows.

A recognised statement (statement_recognition) is read if its years, unit and currency are stated. Ambiguous amounts are left
out, with a remark.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from screener.importers.filing.money_words import DOLLAR, general_unit
from screener.importers.filing.printed_table import MOST_TABLES, printed_tables
from screener.importers.filing.report_document import ReportDocument
from screener.importers.filing.stated_claims import place_of
from screener.importers.filing.statement_days import day_of_column, first_day_of_year
from screener.importers.filing.statement_recognition import ROUNDING, StatementReading, row_text, statements_in
from screener.importers.filing.statement_rules import StatementKind, StatementTable, plain_label
from screener.text import shorten

_QUOTED = 200
_TITLES: dict[StatementKind, str] = {
    "balance": "balance sheet",
    "income": "income statement",
    "cash-flow": "statement of cash flows",
}


class PrintedFigure(NamedTuple):
    """A figure of a printed statement: its amount in units of the currency, its period, the row and its place."""

    figure: str
    value: float
    period: str
    quote: str
    place: str


class PrintedStatements(NamedTuple):
    """The content of a report's printed statements; `currency` is None if they name none."""

    figures: tuple[PrintedFigure, ...] = ()
    currency: str | None = None
    remarks: tuple[str, ...] = ()
    labels: frozenset[str] = frozenset()  # plain labels of all lines of the balance sheet and the income statement


def printed_statements(report: ReportDocument, table: StatementTable, interim: bool = False) -> PrintedStatements:
    """Reads the figures of an annual report's printed statements; also returns remarks on what was left out.

    From an interim report (`interim`) only the balance sheet of its own day is read, since its results are for parts of a
    year.
    """
    end = report.period_end
    if end is None:
        return PrintedStatements(remarks=(f"{report.file}: its tables are not read, as its period is not known",))
    general = general_unit(report.blocks, table.money)
    default = general.unit if general.is_stated else 1.0
    chosen: dict[StatementKind, StatementReading] = {}
    seen: set[StatementKind] = set()
    kinds: Sequence[StatementKind] = ("balance",) if interim else tuple(_TITLES)
    remarks: list[str] = []
    for n, found in enumerate(printed_tables(report.blocks, table.money, end if interim else None)):
        if n == MOST_TABLES:
            remarks.append(f"{report.file}: has more than {MOST_TABLES:,} tables; those after them are not read")
            break
        for reading in statements_in(found, table, kinds) if end.year in found.years else ():
            seen.add(reading.kind)
            if best := _best(chosen.get(reading.kind), reading, default):
                chosen[reading.kind] = best
    for kind, title in ((kind, _TITLES[kind]) for kind in kinds):
        if kind not in seen:
            remarks.append(f"{report.file}: no {title} was recognised in its tables")
        elif kind not in chosen:
            remarks.append(f"{report.file}: the {title} does not say in which unit its amounts are; it is left out")
    currency = _currency(chosen.values(), report)
    if chosen and currency is None:
        remarks.append(f"{report.file}: the currency of its statements is not clear; add `currency` to the profile")
    remarks.extend(_contradictions(report, chosen))
    figures = tuple(figure for reading in chosen.values() for figure in _figures(reading, end, report, remarks))
    rows = (row for kind, reading in chosen.items() if kind != "cash-flow" for row in reading.table.rows)
    labels = frozenset(label for row in rows for label in (plain_label(row.label), plain_label(row.longer)) if label)
    return PrintedStatements(figures, currency, tuple(remarks), labels)


def _best(known: StatementReading | None, other: StatementReading, default: float | None) -> StatementReading | None:
    """Returns the statement with more figures, as parent-only statements and summaries have fewer; its unit must be known.

    `default` is the unit of a statement that states none; None if it is not known.
    """
    unit = other.table.unit or default
    if not unit:
        return known
    other = other._replace(table=other.table._replace(unit=unit))
    return other if known is None or other.weight > known.weight else known


def _currency(chosen: Iterable[StatementReading], report: ReportDocument) -> str | None:
    """Returns the common currency of all statements, or None.

    On a domestic form, dollars without a country, or no currency at all, mean US dollars.
    """
    named = frozenset().union(*(reading.table.currencies for reading in chosen))
    if (DOLLAR in named or not named) and (report.form or "").startswith("10-"):
        named = named - {DOLLAR} | {"USD"}
    return next(iter(named)) if len(named) == 1 and DOLLAR not in named else None


def _contradictions(report: ReportDocument, chosen: dict[StatementKind, StatementReading]) -> Iterator[str]:
    """Removes amounts of the income statement that contradict each other, and yields a remark on each."""
    income = chosen.get("income")
    if income is None:
        return
    pretax, net, revenue = (income.amounts(name) for name in ("pretax_income", "net_income", "revenue"))
    gross, cost = income.amounts("gross_profit"), income.amounts("cost_of_revenue")
    if revenue and gross and cost:
        off = [abs(r - c - g) > ROUNDING for r, c, g in zip(revenue, cost, gross, strict=True)]
        if any(off):
            del income.lines["gross_profit"], income.lines["cost_of_revenue"]
            yield f"{report.file}: revenue less its cost is not the gross profit; both are left out"
    if pretax and net and any(abs(n) > 20 * max(abs(p), ROUNDING) for p, n in zip(pretax, net, strict=True)):
        del income.lines["pretax_income"], income.lines["net_income"]
        yield f"{report.file}: net income is not of the size of income before tax; both are left out"


def _figures(
    reading: StatementReading, end: date, report: ReportDocument, remarks: list[str]
) -> Iterator[PrintedFigure]:
    days = {year: day for year in reading.table.years if (day := day_of_column(year, end, reading.table.days))}
    unit = reading.table.unit or 1.0
    for figure, rows in reading.lines.items():
        amounts, row = reading.amounts(figure), (reading.rows(figure) or rows)[0][2]
        if amounts is None:
            shown = ", ".join(dict.fromkeys(shorten(r.block.text, 60) for _, _, r in rows))
            remarks.append(
                f"{report.file}: {figure} occurs several times with different amounts and is left out: {shown}"
            )
            continue
        for year, amount in zip(reading.table.years, amounts, strict=True):
            if year not in days:
                continue
            last, before = days[year], days.get(year - 1)
            start = before + timedelta(1) if before else first_day_of_year(last)
            period = f"{last}" if reading.kind == "balance" else f"{start}/{last}"
            place = f"{_TITLES[reading.kind]}, {place_of(row.block)}"
            yield PrintedFigure(figure, amount * unit + 0.0, period, shorten(row_text(row), _QUOTED), place)
