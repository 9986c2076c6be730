"""Which shape a table seems to have: a row a company, a company and year, an item with years across, or a value."""

import re
from pathlib import Path
from typing import Any, NamedTuple

from screener.importers.table.cell_text import cell_text
from screener.importers.table.column_map import RowText, Shape, TableMap
from screener.importers.table.day_cells import DayNotation
from screener.importers.table.header import plain
from screener.importers.table.known_names import KnownNames
from screener.importers.table.number_cells import NumberNotation, digits_value
from screener.importers.table.sheet_reader import ReadOptions, TableSheet, read_sheet
from screener.importers.table.stacked_headers import UNIT_HEADS
from screener.importers.table.table_shapes import as_rows, named_rows, period_headers
from screener.profile.claims import FiscalCalendar

SAMPLE = 2000  # rows that are looked at
_UNNAMED_SHEET = re.compile(r"(?:sheet|tabelle|feuil|hoja|planilha|工作表)\s*\d*\Z", re.IGNORECASE)


class ShapeProposal(NamedTuple):
    """A shape, with the columns that the map names for it; `sheet` has a row a company and period."""

    shape: Shape
    sheet: TableSheet
    item: str | None = None
    value: str | None = None
    period: str | None = None  # the column of the shape long
    by_sheet: bool = False  # a company has a sheet or file of its own
    company: str | None = None  # the name of the company, where the file is of one
    units: tuple[str, ...] = ()  # what a column of units says


def propose_shape(path: str, how: ReadOptions, names: KnownNames) -> ShapeProposal:
    """The shape that a file seems to have. Raises DocumentError where it is no table."""
    sheet = read_sheet(path, how)
    frame = sheet.frame.head(SAMPLE)
    headers = [str(header) for header in frame.columns]
    item = _item_column(sheet, names)
    heads = {names.heads[plain(h)]: h for h in reversed(headers) if plain(h) in names.heads and h != item}
    rows: dict[str, RowText] = {
        key: RowText(column=heads[key]) for key in ("id", "name", "ticker", "currency", "sector") if key in heads
    }
    sheet = _with_names(sheet, rows, item, heads.get("period"))
    if item is None:
        return ShapeProposal(Shape.ROWS, sheet)
    named = "name" in rows or "id" in rows or "ticker" in rows
    years = period_headers((h for h in headers if h != item), FiscalCalendar(), DayNotation())
    if len(years) > 1 or (years and not named):
        if not named:
            every = sheet if how.sheet else read_sheet(path, how._replace(every_sheet=True))
            dialect = every.dialect._replace(sheet=how.sheet) if every.dialect else None
            sheet = every._replace(dialect=dialect)
        found = _table_map(Shape.YEARS_ACROSS, rows, by_sheet=not named, item=item)
        reshaped, _ = as_rows(sheet, found, None, path)
        company = None if named else _file_company(path, sheet)
        by_sheet = not named and company is None
        units = _units(frame)
        return ShapeProposal(Shape.YEARS_ACROSS, reshaped, item, by_sheet=by_sheet, company=company, units=units)
    value = _value_column(sheet, names, {item, *heads.values()})
    if value is None or len(frame) <= frame[item].nunique():
        return ShapeProposal(Shape.ROWS, sheet)
    period = heads.get("period")
    found = _table_map(Shape.LONG, rows, by_sheet=not named, item=item, value=value)
    if period is not None:
        found = found.model_copy(update={"period": RowText(column=period)})
    reshaped, _ = as_rows(sheet, found, None, path)
    return ShapeProposal(Shape.LONG, reshaped, item, value, period, by_sheet=not named, units=_units(frame))


def _with_names(sheet: TableSheet, rows: dict[str, RowText], item: str | None, period: str | None) -> TableSheet:
    """The sheet with names in all rows of a company, as a map with these heads reads it."""
    if not rows or (item is None and period is None):
        return sheet
    found = _table_map(Shape.ROWS, rows, by_sheet=False)
    when = None if period is None else RowText(column=period)
    return named_rows(sheet, found.model_copy(update={"item": item, "period": when}))


def _units(frame: Any) -> tuple[str, ...]:
    """The units of a column that has nothing else, each once."""
    header = next((header for header in frame.columns if str(header).strip().lower() in UNIT_HEADS), None)
    return () if header is None else tuple(dict.fromkeys(cell_text(cell) for cell in frame[header].dropna()))


def _table_map(shape: Shape, rows: dict[str, RowText], by_sheet: bool, **columns: str) -> TableMap:
    name = RowText(sheet=True) if by_sheet else rows.get("name") or next(iter(rows.values()))
    return TableMap(name=name, columns={}, shape=shape, **{k: v for k, v in rows.items() if k != "name"}, **columns)  # type: ignore[arg-type]


def _file_company(path: str, sheet: TableSheet) -> str | None:
    """The name of the one company of a file whose sheet has no name of its own."""
    from screener.importers.table.sheet_reader import SHEET_COLUMN

    sheets = sheet.frame[SHEET_COLUMN].unique() if SHEET_COLUMN in sheet.frame.columns else []
    return Path(path).stem if len(sheets) == 1 and _UNNAMED_SHEET.match(str(sheets[0])) else None


def _item_column(sheet: TableSheet, names: KnownNames) -> str | None:
    """The column of which most texts name figures: two at least, and a tenth of them."""
    best: tuple[int, str] | None = None
    for header in sheet.frame.columns:
        texts = {cell_text(cell).strip() for cell in sheet.frame[header].head(SAMPLE).dropna() if isinstance(cell, str)}
        known = len({name for text in texts if (name := names.figure(text))})
        if known >= 2 and known * 10 >= len(texts) and (best is None or known > best[0]):
            best = known, str(header)
    return best[1] if best else None


def _value_column(sheet: TableSheet, names: KnownNames, taken: set[str]) -> str | None:
    """The column with the values of items: by its header, or the only one of numbers."""
    numeric = []
    for header in (str(h) for h in sheet.frame.columns if str(h) not in taken):
        if plain(header) in names.values:
            return header
        cells = list(sheet.frame[header].head(SAMPLE).dropna())
        numbers = [
            c for c in cells if not isinstance(c, str) or digits_value(c.strip("-() "), NumberNotation()) is not None
        ]
        if cells and len(numbers) * 2 > len(cells):
            numeric.append(header)
    return numeric[0] if len(numeric) == 1 else None
