"""Recognises balance sheets, income statements and cash flow statements by identities that must hold between their lines."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, product
from typing import NamedTuple, TypeAlias

from screener.importers.filing.printed_table import PrintedRow, PrintedTable
from screener.importers.filing.statement_rules import StatementKind, StatementLine, StatementTable, plain_label

ROUNDING = 3.0
"""Greatest difference of sums of rounded amounts, in units of the table."""
_MOST_SUMS = 200  # combinations of flows that are tried in a table; real ones need about 20
_PARTS: dict[str, tuple[tuple[str, ...], str]] = {
    "balance": (("long_term_debt", "short_term_debt"), "debt"),
    "income": (("cost_of_revenue",), "cost"),
}
_PER_SHARE = re.compile(r"\bper (?:common |ordinary |average |basic |diluted )*share\b", re.IGNORECASE)
_BESIDE_FLOWS = re.compile(r"exchange|discontinued", re.IGNORECASE)
_Lines: TypeAlias = "dict[str, list[tuple[StatementLine, str, PrintedRow]]]"


class StatementReading(NamedTuple):
    """A table read as a statement, with the rows of each figure."""

    kind: StatementKind
    table: PrintedTable
    lines: _Lines

    def amounts(self, figure: str) -> tuple[float, ...] | None:
        """Returns the amounts of a figure in units of the table; None if it is absent or has several different amounts."""
        rows = self.rows(figure)
        found = {tuple(line.signed(amount, label) for amount in row.amounts) for line, label, row in rows}
        return next(iter(found)) if len(found) == 1 else None

    @property
    def weight(self) -> int:
        """The number of figures with an amount, less those with contradictory amounts."""
        return sum(1 if self.amounts(name) else -1 for name in self.lines)

    def rows(self, figure: str) -> "list[tuple[StatementLine, str, PrintedRow]]":
        """Returns the rows of a figure: those of the preferred line if they agree, else totals, else all others."""
        rows = self.lines.get(figure, [])
        first = [entry for entry in rows if entry[0].preferred]
        if len({row.amounts for _, _, row in first}) == 1:
            return first
        others = [entry for entry in rows if not entry[0].preferred]
        return [entry for entry in others if "total" in entry[1].split()] or others


def statements_in(
    found: PrintedTable, table: StatementTable, kinds: Iterable[StatementKind]
) -> Iterator[StatementReading]:
    """Yields a table, or a part of it, as each kind of statement that it contains."""
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
                yield StatementReading(kind, found, lines)
                break


def _of_kind(rows: Sequence[PrintedRow], kind: StatementKind, table: StatementTable) -> Sequence[PrintedRow]:
    """Returns the rows up to the end of a statement: the second total of a balance sheet, or amounts per share."""
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
    """Takes an unlabelled row as total assets, if it equals the last row, which is total liabilities and equity."""
    row = next((row for row in rows[:-1] if not row.label and row.amounts == rows[-1].amounts), None)
    line = table.line("total assets", "balance")
    if row is not None and line is not None and "equity" in lines:
        lines["total_assets"] = [(line, "total assets", row)]


def _add_parts(kind: StatementKind, lines: _Lines, rows: Sequence[PrintedRow], table: StatementTable) -> None:
    """Adds further lines to a figure whose only line does not include them, such as amortisation to depreciation."""
    for figure, pattern in table.added.items():
        entries, wanted = lines.get(figure, []), re.compile(pattern)
        if len(entries) != 1 or entries[0][0].statement != kind or wanted.search(entries[0][1]):
            continue
        line, label, row = entries[0]
        beside = [other for other in rows if wanted.fullmatch(plain_label(other.label))]
        if beside:
            columns = zip(row.amounts, *(other.amounts for other in beside), strict=True)
            text = "; ".join(row_text(other) for other in (row, *beside))
            total = row._replace(amounts=tuple(sum(column) for column in columns), block=row.block._replace(text=text))
            lines[figure] = [(line, label, total)]


def _leave_out_parts(kind: StatementKind, lines: _Lines, rows: Sequence[PrintedRow], table: StatementTable) -> None:
    """Removes debt and cost of revenue if they are spread over several lines, since one line is only a part."""
    figures, pattern = _PARTS.get(kind, ((), ""))
    wanted = re.compile(getattr(table.identities, pattern)) if pattern else None
    similar = {row.amounts for row in rows if wanted and wanted.fullmatch(plain_label(row.label)) and any(row.amounts)}
    known = {row.amounts for figure in figures for _, _, row in lines.get(figure, [])}
    for figure in figures:
        several = len({row.amounts for _, _, row in lines.get(figure, [])}) > 1
        totals = any("total" in label.split() for _, label, _ in lines.get(figure, []))
        if (several and not totals) or (similar - known and not totals):
            lines.pop(figure, None)


def _is_whole(kind: StatementKind, lines: _Lines, rows: Sequence[PrintedRow], table: StatementTable) -> bool:
    """Whether rows contain the required lines of a statement and satisfy its identities."""
    if kind == "balance":
        assets = lines.get("total_assets", [])
        return len({row.amounts for _, _, row in assets}) == 1 and assets[0][2].amounts == rows[-1].amounts
    if kind == "income":
        results = lines.keys() & {"revenue", "operating_income", "pretax_income", "cost_of_revenue"}
        return "net_income" in lines and bool(results)
    return _is_cash_flow(lines, rows, table)


def _is_cash_flow(lines: _Lines, rows: Sequence[PrintedRow], table: StatementTable) -> bool:
    """Whether the flows add up to the change of cash; if so, only the matching line of operating cash flow is kept."""
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
        if all(abs(abs(sum(c)) - abs(a)) <= ROUNDING for c, a in zip(columns, of.amounts, strict=True)):
            lines["operating_cash_flow"] = [entry]  # the other lines are parts of it
            return True
    return bool(other)


def _distinct(rows: Iterable[PrintedRow]) -> list[PrintedRow]:
    """Returns the rows, those with equal amounts once."""
    return list({row.amounts: row for row in rows}.values())


def _each(rows: Sequence[PrintedRow]) -> list[list[PrintedRow]]:
    """Returns each row in a list of its own; one empty list if there are no rows."""
    return [[row] for row in rows] or [[]]


def _rows(rows: Iterable[PrintedRow], pattern: str) -> list[PrintedRow]:
    """Returns the rows whose label matches, or else those whose label together with the line before it does."""
    wanted, listed = re.compile(pattern), list(rows)
    own = [row for row in listed if wanted.match(plain_label(row.label))]
    return own or [row for row in listed if wanted.fullmatch(plain_label(row.longer))]


def row_text(row: PrintedRow) -> str:
    """Returns the non-empty cells of a row for a quote."""
    return " | ".join(cell for cell in (c.strip(" \u200b\xa0") for c in row.block.text.split("|")) if cell)
