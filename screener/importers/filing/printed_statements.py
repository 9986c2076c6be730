"""Figures from the printed statements of an annual report without tags: balance sheet, income statement, cash flows.

A statement is read if it is recognised by what must hold in it, and if its years, unit and currency are stated. What is ambiguous
is left out, and reported.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import islice, product
from typing import NamedTuple, TypeAlias

from screener.importers.filing.money_words import DOLLAR, general_unit
from screener.importers.filing.printed_table import MOST_TABLES, PrintedRow, PrintedTable, printed_tables
from screener.importers.filing.report_document import ReportDocument
from screener.importers.filing.stated_claims import place_of
from screener.importers.filing.statement_rules import StatementKind, StatementLine, StatementTable, plain_label
from screener.text import shorten

_ROUNDING = 3.0  # units by which sums of rounded amounts may differ
_QUOTED = 200
_MOST_SUMS = 200  # of flows that are tried in a table; real ones need some 20
_TITLES: dict[StatementKind, str] = {
    "balance": "balance sheet",
    "income": "income statement",
    "cash-flow": "statement of cash flows",
}


_PARTS: dict[str, tuple[tuple[str, ...], str]] = {
    "balance": (("long_term_debt", "short_term_debt"), "debt"),
    "income": (("cost_of_revenue",), "cost"),
}
_PER_SHARE = re.compile(r"\bper (?:common |ordinary |average |basic |diluted )*share\b", re.IGNORECASE)
_BESIDE_FLOWS = re.compile(r"exchange|discontinued", re.IGNORECASE)


class PrintedFigure(NamedTuple):
    """A figure of a printed statement: its amount in units of the currency, its period, the row and where it stands."""

    figure: str
    value: float
    period: str
    quote: str
    place: str


class PrintedStatements(NamedTuple):
    """What the printed statements of a report state; `currency` is None where they name none."""

    figures: tuple[PrintedFigure, ...] = ()
    currency: str | None = None
    remarks: tuple[str, ...] = ()
    labels: frozenset[str] = frozenset()  # of all lines of the balance sheet and the income statement, plain


_Lines: TypeAlias = "dict[str, list[tuple[StatementLine, str, PrintedRow]]]"


class _Reading(NamedTuple):
    """A table as a statement, with the rows of each figure."""

    kind: StatementKind
    table: PrintedTable
    lines: _Lines

    def amounts(self, figure: str) -> tuple[float, ...] | None:
        """The amounts of a figure in the units of the table; None where it is not there, or twice with different amounts."""
        rows = self.rows(figure)
        found = {tuple(line.signed(amount, label) for amount in row.amounts) for line, label, row in rows}
        return next(iter(found)) if len(found) == 1 else None

    @property
    def weight(self) -> int:
        """The number of figures with an amount, less those that contradict themselves."""
        return sum(1 if self.amounts(name) else -1 for name in self.lines)

    def rows(self, figure: str) -> "list[tuple[StatementLine, str, PrintedRow]]":
        """The rows that state a figure: those of the preferred line, if they agree, else totals, else all others."""
        rows = self.lines.get(figure, [])
        first = [entry for entry in rows if entry[0].preferred]
        if len({row.amounts for _, _, row in first}) == 1:
            return first
        others = [entry for entry in rows if not entry[0].preferred]
        return [entry for entry in others if "total" in entry[1].split()] or others


def printed_statements(report: ReportDocument, table: StatementTable, interim: bool = False) -> PrintedStatements:
    """The figures of the printed statements of an annual report, and what was left out of them.

    Of an interim report (`interim`) the balance sheet of its day is read: what it states of results is of parts of a year.
    """
    end = report.period_end
    if end is None:
        return PrintedStatements(remarks=(f"{report.file}: its tables are not read, as its period is not known",))
    general = general_unit(report.blocks, table.money)
    default = general.unit if general.is_stated else 1.0
    chosen: dict[StatementKind, _Reading] = {}
    seen: set[StatementKind] = set()
    kinds: Sequence[StatementKind] = ("balance",) if interim else tuple(_TITLES)
    remarks: list[str] = []
    for n, found in enumerate(printed_tables(report.blocks, table.money, end if interim else None)):
        if n == MOST_TABLES:
            remarks.append(f"{report.file}: has more than {MOST_TABLES:,} tables; those after them are not read")
            break
        for reading in _as_statements(found, table, kinds) if end.year in found.years else ():
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


def _as_statements(found: PrintedTable, table: StatementTable, kinds: Iterable[StatementKind]) -> Iterator[_Reading]:
    """A table, or a part of it, as each of these kinds of statement that it holds."""
    for kind in kinds:
        if found.part_of_year and kind != "balance":
            continue
        parts = [found.rows] if kind == "balance" else [*found.parts, found.rows]
        for part in parts:
            rows = _of_kind(part, kind, table)
            lines: _Lines = {}
            for row in rows[:-1] if kind == "balance" else rows:  # a balance sheet ends with its second total
                for label in dict.fromkeys((plain_label(row.label), plain_label(row.longer))):
                    if line := table.line(label, kind):
                        lines.setdefault(line.figure, []).append((line, label, row))
                        break
            if kind == "balance" and rows and "total_assets" not in lines:
                _add_unlabelled_total(lines, rows, table)
            if rows and _is_whole(kind, lines, rows, table):
                _leave_out_parts(kind, lines, rows, table)
                _add_parts(kind, lines, rows, table)
                yield _Reading(kind, found, lines)
                break


def _of_kind(rows: Sequence[PrintedRow], kind: StatementKind, table: StatementTable) -> Sequence[PrintedRow]:
    """The rows up to the end of a statement: the second total of a balance sheet, what is per share."""
    if kind == "balance":
        closing = re.compile(table.identities.balance_end)
        totals: list[tuple[float, ...]] = []
        for at, row in enumerate(rows):
            label = plain_label(row.label)
            second = row.amounts in totals and (
                not label or label in ("total", "total liabilities", "liabilities total")
            )
            if closing.fullmatch(label) or closing.fullmatch(plain_label(row.longer)) or second:
                return rows[: at + 1]
            totals += [row.amounts] if label in ("", "total", "total assets", "assets total") else []
        return ()
    if kind == "income":
        per_share = (at for at, row in enumerate(rows) if _PER_SHARE.search(row.longer))
        return rows[: next(per_share, len(rows))]
    return rows


def _add_unlabelled_total(lines: _Lines, rows: Sequence[PrintedRow], table: StatementTable) -> None:
    """Total assets as a row without a label, where the last row, of all liabilities and equity, is the same."""
    row = next((row for row in rows[:-1] if not row.label and row.amounts == rows[-1].amounts), None)
    line = table.line("total assets", "balance")
    if row is not None and line is not None and "equity" in lines:
        lines["total_assets"] = [(line, "total assets", row)]


def _add_parts(kind: StatementKind, lines: _Lines, rows: Sequence[PrintedRow], table: StatementTable) -> None:
    """Adds lines that are part of a figure to its only line, where that does not name them: amortisation to depreciation."""
    for figure, pattern in table.added.items():
        entries, wanted = lines.get(figure, []), re.compile(pattern)
        if len(entries) != 1 or entries[0][0].statement != kind or wanted.search(entries[0][1]):
            continue
        line, label, row = entries[0]
        beside = [other for other in rows if wanted.fullmatch(plain_label(other.label))]
        if beside:
            columns = zip(row.amounts, *(other.amounts for other in beside), strict=True)
            text = "; ".join(_plain_row(other) for other in (row, *beside))
            total = row._replace(amounts=tuple(sum(column) for column in columns), block=row.block._replace(text=text))
            lines[figure] = [(line, label, total)]


def _leave_out_parts(kind: StatementKind, lines: _Lines, rows: Sequence[PrintedRow], table: StatementTable) -> None:
    """Leaves out debt and cost of revenue where several lines of a statement are such: one of them is not all."""
    figures, pattern = _PARTS.get(kind, ((), ""))
    wanted = re.compile(getattr(table.identities, pattern)) if pattern else None
    similar = {row.amounts for row in rows if wanted and wanted.fullmatch(plain_label(row.label)) and any(row.amounts)}
    known = {row.amounts for figure in figures for _, _, row in lines.get(figure, [])}
    for figure in figures:
        several = len({row.amounts for _, _, row in lines.get(figure, [])}) > 1
        totals = any("total" in label.split() for _, label, _ in lines.get(figure, []))
        if (several and not totals) or (similar - known and not totals):
            lines.pop(figure, None)


def _is_whole(
    kind: StatementKind,
    lines: _Lines,
    rows: Sequence[PrintedRow],
    table: StatementTable,
) -> bool:
    """Whether rows hold what must stand in such a statement, and add up as it must."""
    if kind == "balance":
        assets = lines.get("total_assets", [])
        return len({row.amounts for _, _, row in assets}) == 1 and assets[0][2].amounts == rows[-1].amounts
    if kind == "income":
        results = lines.keys() & {"revenue", "operating_income", "pretax_income", "cost_of_revenue"}
        return "net_income" in lines and bool(results)
    return _is_cash_flow(lines, rows, table)


def _is_cash_flow(lines: _Lines, rows: Sequence[PrintedRow], table: StatementTable) -> bool:
    """Whether flows add up to the change of cash; of several lines of operating cash flow the one that does is kept."""
    names, operating = table.identities, lines.get("operating_cash_flow", [])
    investing, financing, change = (_distinct(_rows(rows, p)) for p in (names.investing, names.financing, names.change))
    if not operating or not (investing or financing) or not change:
        return False
    other = _distinct(row for row in rows if _BESIDE_FLOWS.search(row.label))
    beside: list[list[PrintedRow]] = [[], *([row] for row in other)]
    ways = product(beside, operating, _each(investing), _each(financing), change)
    for more, entry, invested, financed, of in islice(ways, _MOST_SUMS):
        line, label, row = entry
        flows = (flow.amounts for flow in (*invested, *financed, *more))
        columns = zip((line.signed(a, label) for a in row.amounts), *flows, strict=True)
        if all(abs(abs(sum(c)) - abs(a)) <= _ROUNDING for c, a in zip(columns, of.amounts, strict=True)):
            lines["operating_cash_flow"] = [entry]  # others are parts of it
            return True
    return bool(other)


def _distinct(rows: Iterable[PrintedRow]) -> list[PrintedRow]:
    """The rows, those with the same amounts once."""
    return list({row.amounts: row for row in rows}.values())


def _each(rows: Sequence[PrintedRow]) -> list[list[PrintedRow]]:
    """Each row by itself, or that there is none."""
    return [[row] for row in rows] or [[]]


def _rows(rows: Iterable[PrintedRow], pattern: str) -> list[PrintedRow]:
    """The rows whose label matches, or else those whose label with that of the line before it does."""
    wanted, listed = re.compile(pattern), list(rows)
    own = [row for row in listed if wanted.match(plain_label(row.label))]
    return own or [row for row in listed if wanted.fullmatch(plain_label(row.longer))]


def _best(known: _Reading | None, other: _Reading, default: float | None) -> _Reading | None:
    """Of two whose unit is known the statement with more figures: those of a parent alone and summaries have fewer.

    `default` is the unit of one that states none; None where it is not known.
    """
    unit = other.table.unit or default
    if not unit:
        return known
    other = other._replace(table=other.table._replace(unit=unit))
    return other if known is None or other.weight > known.weight else known


def _currency(chosen: Iterable[_Reading], report: ReportDocument) -> str | None:
    """The currency that all statements name: dollars of no country, and no currency, are US dollars on a domestic form."""
    named = frozenset().union(*(reading.table.currencies for reading in chosen))
    if (DOLLAR in named or not named) and (report.form or "").startswith("10-"):
        named = named - {DOLLAR} | {"USD"}
    return next(iter(named)) if len(named) == 1 and DOLLAR not in named else None


def _contradictions(report: ReportDocument, chosen: dict[StatementKind, _Reading]) -> Iterator[str]:
    """Leaves out the statements whose amounts contradict each other; says so."""
    income = chosen.get("income")
    if income is None:
        return
    pretax, net, revenue = (income.amounts(name) for name in ("pretax_income", "net_income", "revenue"))
    gross, cost = income.amounts("gross_profit"), income.amounts("cost_of_revenue")
    if revenue and gross and cost:
        off = [abs(r - c - g) > _ROUNDING for r, c, g in zip(revenue, cost, gross, strict=True)]
        if any(off):
            del income.lines["gross_profit"], income.lines["cost_of_revenue"]
            yield f"{report.file}: revenue less its cost is not the gross profit; both are left out"
    if pretax and net and any(abs(n) > 20 * max(abs(p), _ROUNDING) for p, n in zip(pretax, net, strict=True)):
        del income.lines["pretax_income"], income.lines["net_income"]
        yield f"{report.file}: net income is not of the size of income before tax; both are left out"


def _figures(reading: _Reading, end: date, report: ReportDocument, remarks: list[str]) -> Iterator[PrintedFigure]:
    days = {year: day for year in reading.table.years if (day := _day(year, end, reading.table.days))}
    unit = reading.table.unit or 1.0
    for figure, rows in reading.lines.items():
        amounts, row = reading.amounts(figure), (reading.rows(figure) or rows)[0][2]
        if amounts is None:
            shown = ", ".join(dict.fromkeys(shorten(r.block.text, 60) for _, _, r in rows))
            remarks.append(
                f"{report.file}: {figure} stands several times with different amounts and is left out: {shown}"
            )
            continue
        for year, amount in zip(reading.table.years, amounts, strict=True):
            if year not in days:
                continue
            start = days.get(year - 1) or _year_before(days[year])
            period = f"{days[year]}" if reading.kind == "balance" else f"{start + timedelta(1)}/{days[year]}"
            place = f"{_TITLES[reading.kind]}, {place_of(row.block)}"
            yield PrintedFigure(figure, amount * unit + 0.0, period, shorten(_plain_row(row), _QUOTED), place)


def _day(year: int, end: date, stated: dict[int, date]) -> date | None:
    """The last day of a column's year: as a title states it, else the same day as that of the report, at a month's end."""
    if year == end.year:
        return end
    if year in stated and abs((stated[year] - end).days - 365 * (year - end.year)) < 20:
        return stated[year]
    is_month_end = (end + timedelta(1)).day == 1
    if not is_month_end:
        return None
    following = end + timedelta(1)
    return following.replace(year=following.year + year - end.year) - timedelta(1)


def _year_before(day: date) -> date:
    following = day + timedelta(1)
    if following.month == 2 and following.day == 29:
        following = following.replace(day=28)
    return following.replace(year=following.year - 1) - timedelta(1)


def _plain_row(row: PrintedRow) -> str:
    return " | ".join(cell for cell in (c.strip(" \u200b\xa0") for c in row.block.text.split("|")) if cell)
