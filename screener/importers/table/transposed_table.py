"""Converts tables with items down and companies across, as in comparisons of peers, to a row for each company."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from screener.errors import DocumentError, Problem
from screener.importers.table.cell_units import (
    CURRENCY_COLUMN,
    CellUnit,
    in_unit,
    known_unit,
    read_unit,
    units_of,
    with_currencies,
)
from screener.importers.table.column_map import RowText, Shape, TableMap
from screener.importers.table.day_cells import DayNotation, read_period_cell
from screener.importers.table.estimate_words import is_estimate
from screener.importers.table.table_extent import is_summary_name
from screener.importers.table.table_sheet import SHEET_COLUMN, TableSheet
from screener.profile.claims import FiscalCalendar
from screener.text import clean, shorten

COMPANY_COLUMN = "(company)"
"""The header of an added column with the headers over companies."""
PERIOD_COLUMN = "(period)"
"""The header of an added column with the period of each row, if the file has it in its headers."""
_REMARKS = frozenset(
    (
        *("note", "notes", "source", "sources", "comment", "comments", "remark", "remarks", "description", "page"),
        *("definition", "formula", "footnote", "footnotes", "bemerkung", "bemerkungen", "quelle", "quellen"),
        *("备注", "说明", "来源"),
    )
)
"""Headers over texts about the items, in lower case."""
_UNNAMED = re.compile(r"column \d+\Z")
_AGAIN = re.compile(r" \(column (\d+)\)\Z")
_WITH_UNIT = re.compile(r"(?P<name>.*\S)\s*[(\[](?P<unit>[^()\[\]]*)[)\]]\Z", re.DOTALL)
_YEAR = r"(?:FY ?'?)?(?:(?:19|20)[0-9]{2}|(?<=FY)[0-9]{2}|(?<=FY )[0-9]{2})(?:-[0-9]{2}-[0-9]{2})?[AEF]?"
_YEAR_BEFORE = re.compile(rf"(?P<year>{_YEAR})[\s,:/_-]+(?P<name>.*\S)\Z", re.IGNORECASE | re.DOTALL)
_YEAR_BEHIND = re.compile(rf"(?P<name>.*[^\s,:/_(-])[\s,:/_(-]+(?P<year>{_YEAR})\)?\Z", re.IGNORECASE | re.DOTALL)


class _CompanyColumn(NamedTuple):
    """A column of the file: its company, and the unit and period in its header."""

    header: str
    name: str
    unit: CellUnit | None
    period: str | None


def transposed(
    sheet: TableSheet, table: TableMap, names: frozenset[str] | None, path: str
) -> tuple[TableSheet, TableMap]:
    """Returns the sheet with a row for each company and a column for each item, and the map for it.

    Other shapes are returned unchanged. `names` are the wanted items, None for all. Raises DocumentError.
    """
    if table.shape is not Shape.COMPANIES_ACROSS:
        return sheet, table
    sheet.check_has((table.item, table.unit), path)
    notes: list[str] = []
    columns = _company_columns(sheet, table, notes)
    if not columns:
        raise DocumentError(Problem("has no company beside the column of items", sheet.columns_hint, path))
    rows = _Rows(sheet, table, columns)
    frame, found = rows.frame(), _map_of_rows(table, columns)
    if table.currency is None:
        frame, named = with_currencies(frame, [COMPANY_COLUMN])
        found = found.model_copy(update={"currency": RowText(column=CURRENCY_COLUMN)}) if named else found
    if names is not None:
        frame = with_all_items(frame, names, rows.items, path, notes)
    if rows.repeated:
        row, item = rows.repeated[0]
        notes.append(f"'{clean(item)}' occurs twice, again in row {row}: the value above it is used")
    if rows.unknown_units:
        notes.append(unknown_units_note(rows.unknown_units))
    return sheet._replace(frame=frame, notes=(*sheet.notes, *notes), places=rows.places), found


def with_all_items(frame: Any, names: frozenset[str], items: Sequence[str], path: str, notes: list[str]) -> Any:
    """Adds an empty column for each missing item, with a note. Raises DocumentError if all items are missing."""
    lacking = sorted(names.difference(frame.columns))
    if not lacking:
        return frame
    if len(lacking) == len(names):
        hint = "its items are " + shorten(", ".join(map(clean, items)), 200)
        raise DocumentError(Problem(f"has none of the items of the map, such as '{clean(lacking[0])}'", hint, path))
    notes.append(f"items of the map that it has not: {shorten(', '.join(map(clean, lacking)), 200)}")
    return frame.assign(**dict.fromkeys(lacking))


def unknown_units_note(units: Sequence[str]) -> str:
    """Returns a note on unknown units."""
    names = shorten(", ".join(f"'{clean(unit)}'" for unit in units), 200)
    return f"units that are not known, where the `scale` of the map holds: {names}"


def _map_of_rows(table: TableMap, columns: Sequence[_CompanyColumn]) -> TableMap:
    update: dict[str, Any] = {"shape": Shape.ROWS, "item": None, "unit": None}
    for name, meta in table.metas():
        if meta.header:
            update[name] = RowText(column=COMPANY_COLUMN, words=meta.words, codes=meta.codes)
    if table.period is None and any(column.period for column in columns):
        update["period"] = RowText(column=PERIOD_COLUMN)
    return table.model_copy(update=update)


def _company_columns(sheet: TableSheet, table: TableMap, notes: list[str]) -> list[_CompanyColumn]:
    found: list[_CompanyColumn] = []
    unread: list[str] = []
    for place, header in enumerate(map(str, sheet.frame.columns), 1):
        if header in (table.item, table.unit, SHEET_COLUMN):
            continue
        again = _AGAIN.search(header)
        name = header[: again.start()] if again and int(again[1]) == place else header
        if _UNNAMED.match(header) and sheet.frame[header].isna().all():
            continue
        if _UNNAMED.match(header) or is_summary_name(name) or name.strip().lower() in _REMARKS:
            unread.append(header)
            continue
        unit = None
        if (
            (parts := _WITH_UNIT.match(name))
            and (stated := read_unit(parts["unit"]))
            and (stated.scale or stated.currency)
        ):
            name, unit = parts["name"], stated._replace(amounts=True)
        found.append(_CompanyColumn(header, name, unit, None))
    if unread:
        notes.append(f"columns that are no companies: {shorten(', '.join(map(clean, unread)), 200)}")
    return _of_periods(found, table.calendar, notes)


def _of_periods(columns: list[_CompanyColumn], calendar: FiscalCalendar, notes: list[str]) -> list[_CompanyColumn]:
    """Splits headers into name and period if each has both: Acme 2023, Acme 2024, Birch 2023."""
    parts = [_YEAR_BEFORE.match(column.name) or _YEAR_BEHIND.match(column.name) for column in columns]
    if len(columns) < 2 or not all(parts):
        return columns
    found, unread = [], []
    for column, match in zip(columns, parts, strict=True):
        assert match is not None
        if is_estimate(match["year"]):
            unread.append(column.header)
            continue
        try:
            period = read_period_cell(match["year"], DayNotation(), calendar)
        except ValueError:
            return columns
        found.append(column._replace(name=match["name"], period=period))
    if unread:
        notes.append(f"columns of estimates are left out: {shorten(', '.join(map(clean, unread)), 200)}")
    return found


class _Rows:
    """Collects the rows of companies; `places` maps their cells to cells of the file."""

    def __init__(self, sheet: TableSheet, table: TableMap, columns: Sequence[_CompanyColumn]) -> None:
        self.sheet, self.columns = sheet, columns
        self.places: dict[tuple[int, str], tuple[int, str]] = {}
        self.repeated: list[tuple[int, str]] = []
        frame = sheet.frame
        known: Mapping[str, CellUnit] = {}
        self.unknown_units: list[str] = []
        if table.unit is not None:
            known, self.unknown_units = units_of(frame[table.unit])
        units = [None] * len(frame) if table.unit is None else [known_unit(u, known) for u in frame[table.unit]]
        sheets = list(frame[SHEET_COLUMN]) if SHEET_COLUMN in frame.columns else [None] * len(frame)
        self.lines = list(zip(map(int, frame.index), map(_item, frame[table.item]), units, sheets, strict=True))
        self.items = list(dict.fromkeys(item for _, item, _, _ in self.lines if item))
        self.sheets = list(dict.fromkeys(sheets))

    def frame(self) -> Any:
        """Returns a frame with a row for each company of each sheet, numbered from 1."""
        found: list[dict[str, Any]] = []
        for sheet in self.sheets:
            for column in self.columns:
                found.append(self._row(column, sheet, len(found) + 1))
        heads = [COMPANY_COLUMN, *([PERIOD_COLUMN] if any(column.period for column in self.columns) else [])]
        heads += [SHEET_COLUMN] if self.sheets != [None] else []
        frame = pd.DataFrame(found, dtype=object, columns=[*heads, *(i for i in self.items if i not in heads)])
        frame.index = pd.RangeIndex(1, len(frame) + 1)
        return frame.where(frame.notna(), None)

    def _row(self, column: _CompanyColumn, sheet: str | None, number: int) -> dict[str, Any]:
        row: dict[str, Any] = {}
        first = min((at for at, _, _, own in self.lines if own == sheet), default=1)
        self.places[number, ""] = self.places[number, COMPANY_COLUMN] = (max(first - 1, 1), column.header)
        cells = self.sheet.frame[column.header].to_numpy(object)
        for (at, item, unit, own), cell in zip(self.lines, cells, strict=True):
            if own != sheet or not item or cell is None or cell != cell:
                continue
            if item in row:
                self.repeated += [(at, item)] if row[item] != cell else []
                continue
            row[item] = in_unit(cell, unit or column.unit)
            if unit and unit.currency is None and column.unit and unit.scale not in ("percent", "basis-points"):
                row[item] = in_unit(cell, unit._replace(currency=column.unit.currency))
            self.places[number, item] = (at, column.header)
        return {**row, COMPANY_COLUMN: column.name, PERIOD_COLUMN: column.period, SHEET_COLUMN: sheet}


def _item(cell: Any) -> str:
    return cell.strip() if isinstance(cell, str) else ""
