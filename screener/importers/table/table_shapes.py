"""Converts tables with items down and years across, or with a row for each value, to a row for each company and period.

The resulting rows are numbered from 1; `places` maps their cells to cells of the file.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from screener.errors import DocumentError, Problem
from screener.importers.table.cell_text import cell_text
from screener.importers.table.cell_units import (
    CURRENCY_COLUMN,
    CellUnit,
    currency_beside,
    in_units,
    units_of,
    with_currencies,
)
from screener.importers.table.column_map import RowText, Shape, TableMap
from screener.importers.table.day_cells import DayNotation, read_period_cell
from screener.importers.table.estimate_words import is_estimate
from screener.importers.table.number_notation import NumberNotation
from screener.importers.table.repeated_names import with_names_repeated
from screener.importers.table.table_sheet import SHEET_COLUMN, TableSheet
from screener.importers.table.transposed_table import PERIOD_COLUMN, unknown_units_note, with_all_items
from screener.profile.claims import FiscalCalendar
from screener.text import clean, shorten


class _Cell(NamedTuple):
    """One value of a file: its row and header, the item, the period as written, and the cells that identify its company."""

    row: int
    header: str
    item: str
    period: Any
    heads: tuple[Any, ...]
    value: Any


def period_headers(headers: Iterable[str], calendar: FiscalCalendar, notation: DayNotation) -> dict[str, str]:
    """Returns the headers that consist of a period only, with the period; the first one for each period."""
    found: dict[str, str] = {}
    for header in headers:
        with suppress(ValueError):
            period = read_period_cell(header, notation, calendar)
            if period not in found.values():
                found[header] = period
    return found


def as_rows(sheet: TableSheet, table: TableMap, names: frozenset[str] | None, path: str) -> tuple[TableSheet, TableMap]:
    """Returns the sheet with a row for each company and period and a column for each item, and the map for it.

    `names` are the wanted items, None for all. Raises DocumentError.
    """
    if any(meta.sheet for _, meta in table.metas()) and SHEET_COLUMN not in sheet.frame.columns:
        sheet = sheet._replace(frame=sheet.frame.assign(**{SHEET_COLUMN: Path(path).stem}))
    if table.shape is Shape.ROWS:
        sheet, table = _with_row_currencies(sheet, table)
        return (sheet if sheet.frame.index.is_unique else _numbered_again(sheet)), table
    heads = _head_columns(table)
    sheet.check_has([table.item, table.value if table.shape is Shape.LONG else None, table.unit, *heads], path)
    units: Mapping[str, CellUnit] = {}
    unknown: list[str] = []
    if table.unit is not None:
        units, unknown = units_of(sheet.frame[table.unit])
    if table.shape is Shape.LONG:
        cells, notes = _long_cells(sheet, table, heads, units), []
    else:
        years = period_headers(
            (h for h in sheet.headers if h not in (table.item, table.unit, *heads)),
            table.calendar,
            DayNotation(table.dates, sheet.day_origin),
        )
        if not years:
            raise DocumentError(
                Problem("has no column headed by a year or a day", "see `shape` in docs/importing.md", path)
            )
        heads_of_rows = (table.item, table.unit, SHEET_COLUMN, *heads)
        unread = [h for h in sheet.headers if h not in years and h not in heads_of_rows]
        notes = [f"columns that are no years: {shorten(', '.join(map(clean, unread)), 200)}"] if unread else []
        cells = _across_cells(sheet, table, heads, years, units)
    notes += [unknown_units_note(unknown)] if unknown else []
    frame, places, repeated = _gathered(cells, heads, names)
    if names is not None:
        frame = with_all_items(frame, names, _items(sheet, table), path, notes)
    if repeated:
        row, item = repeated[0]
        notes.append(f"'{clean(item)}' occurs twice for a period, first in row {row}: the value above it is used")
    update: dict[str, Any] = {"unit": None}
    update["period"] = RowText(column=PERIOD_COLUMN, words=table.period.words if table.period else {})
    if table.currency is None and units:
        frame, named = with_currencies(frame, heads)
        update |= {"currency": RowText(column=CURRENCY_COLUMN)} if named else {}
    found = sheet._replace(frame=frame, notes=(*sheet.notes, *notes), places=places)
    return found, table.model_copy(update=update)


def named_rows(sheet: TableSheet, table: TableMap) -> TableSheet:
    """Returns the sheet with the names of companies in all of their rows, if it has them only in the first ones."""
    within = table.item or (table.period.column if table.period else None)
    texts = {name: meta.column for name, meta in table.metas() if meta.column and name not in ("period", "as_of")}
    naming = [texts.pop(name) for name in ("id", "name", "ticker") if name in texts]
    if not naming or within in naming or not {within, *naming, *texts.values()}.issubset(sheet.frame.columns):
        return sheet
    assert within is not None
    frame, note = with_names_repeated(sheet.frame, list(dict.fromkeys(naming)), texts.values(), within)
    return sheet._replace(frame=frame, notes=(*sheet.notes, note)) if note else sheet


def filtered_rows(sheet: TableSheet, table: TableMap, path: str) -> TableSheet:
    """Returns the rows that meet the filters of a map. Raises DocumentError if a column does not exist."""
    selected = pd.Series(True, index=sheet.frame.index).to_numpy()
    for header, wanted in table.filters.items():
        sheet.check_has([header], path, "see `filters` in the map")
        selected = selected & wanted.mask(sheet.frame[header], NumberNotation(table.decimal, table.thousands))
    if selected.all():
        return sheet
    note = f"{int((~selected).sum()):,} of {len(selected):,} rows are not taken, by `filters` of the map"
    return sheet._replace(frame=sheet.frame[selected], notes=(*sheet.notes, note))


def actual_rows(sheet: TableSheet, table: TableMap) -> TableSheet:
    """Returns the rows without estimates: a period such as 2025E has no reported figures."""
    column = table.period.column if table.period else None
    if column is None or column not in sheet.frame.columns or sheet.frame[column].dtype != object:
        return sheet
    estimates = [cell if isinstance(cell, str) and is_estimate(cell) else None for cell in sheet.frame[column]]
    found = list(dict.fromkeys(cell.strip() for cell in estimates if cell is not None))
    if not found:
        return sheet
    kept = np.array([cell is None for cell in estimates])
    note = f"{int((~kept).sum()):,} rows of estimates are left out: {shorten(', '.join(map(clean, found)), 100)}"
    return sheet._replace(frame=sheet.frame[kept], notes=(*sheet.notes, note))


def _with_row_currencies(sheet: TableSheet, table: TableMap) -> tuple[TableSheet, TableMap]:
    """Adds the currencies of the column of units to rows, if the map names no currency."""
    if table.unit is None or table.currency is not None or table.unit not in sheet.frame.columns:
        return sheet, table
    currencies = currency_beside(sheet.frame[table.unit])
    if not any(currencies):
        return sheet, table
    frame = sheet.frame.assign(**{CURRENCY_COLUMN: pd.Series(currencies, index=sheet.frame.index, dtype=object)})
    return sheet._replace(frame=frame), table.model_copy(update={"currency": RowText(column=CURRENCY_COLUMN)})


def _numbered_again(sheet: TableSheet) -> TableSheet:
    """Numbers the rows of several sheets consecutively."""
    frame = sheet.frame
    places = {(i, ""): (int(row), "") for i, row in enumerate(frame.index, 1)}
    return sheet._replace(frame=frame.set_axis(pd.RangeIndex(1, len(frame) + 1)), places=places)


def _head_columns(table: TableMap) -> list[str]:
    """Returns the columns of the file that identify a company or describe it, except its period."""
    columns = [SHEET_COLUMN if meta.sheet else meta.column for name, meta in table.metas() if name != "period"]
    return list(dict.fromkeys(column for column in columns if column is not None))


def _items(sheet: TableSheet, table: TableMap) -> list[str]:
    return [clean(cell_text(item)) for item in dict.fromkeys(sheet.frame[table.item].dropna())]


def _beside(cells: Any, sheet: TableSheet, table: TableMap, known: Mapping[str, CellUnit]) -> Any:
    """Attaches the units of their rows to cells."""
    return in_units(cells, sheet.frame[table.unit], known) if known else cells


def _long_cells(sheet: TableSheet, table: TableMap, heads: list[str], known: Mapping[str, CellUnit]) -> Iterator[_Cell]:
    frame = sheet.frame
    period = frame[table.period.column] if table.period and table.period.column else pd.Series(None, index=frame.index)
    values = _beside(frame[table.value], sheet, table, known)
    columns = (frame[table.item], period, values, *(frame[head] for head in heads))
    for row, item, when, value, *own in zip(frame.index, *columns, strict=True):
        if isinstance(item, str):
            yield _Cell(int(row), table.value or "", item, when, tuple(own), value)


def _across_cells(
    sheet: TableSheet, table: TableMap, heads: list[str], years: Mapping[str, str], known: Mapping[str, CellUnit]
) -> Iterator[_Cell]:
    frame = sheet.frame
    own = list(zip(*(frame[head] for head in heads), strict=True)) if heads else [()] * len(frame)
    for header, period in years.items():
        values = _beside(frame[header], sheet, table, known)
        for row, item, company, value in zip(frame.index, frame[table.item], own, values, strict=True):
            if isinstance(item, str):
                yield _Cell(int(row), header, item, period, company, value)


def _gathered(
    cells: Iterable[_Cell], heads: list[str], names: frozenset[str] | None
) -> tuple[Any, dict[tuple[int, str], tuple[int, str]], list[tuple[int, str]]]:
    """Returns a frame with a row for each company and period, the places of its cells in the file, and repeated items."""
    rows: dict[tuple[Any, ...], int] = {}
    found: list[dict[str, Any]] = []
    places: dict[tuple[int, str], tuple[int, str]] = {}
    repeated: list[tuple[int, str]] = []
    for cell in cells:
        item = cell.item.strip()
        if names is not None and item not in names:
            continue
        key = (*(None if h != h else h for h in cell.heads), None if cell.period != cell.period else cell.period)
        at = rows.setdefault(key, len(found))
        if at == len(found):
            found.append({**dict(zip(heads, cell.heads, strict=True)), PERIOD_COLUMN: cell.period})
            places[at + 1, ""] = cell.row, ""
        row = found[at]
        if cell.value is None or cell.value != cell.value:
            row.setdefault(item, None)
        elif row.get(item) is None:
            row[item], places[at + 1, item] = cell.value, (cell.row, cell.header)
        elif row[item] != cell.value:
            repeated.append((cell.row, item))
    frame = pd.DataFrame(found, dtype=object, columns=None if found else [*heads, PERIOD_COLUMN])
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return frame.where(frame.notna(), None), places, sorted(repeated)
