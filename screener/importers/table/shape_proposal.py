"""Recognises the shape of a table: a row for a company, for a company and year, for an item, or for a value."""

import re
from pathlib import Path
from typing import Any, NamedTuple

from screener.importers.table.cell_text import cell_text
from screener.importers.table.cell_units import unit_column, units_of
from screener.importers.table.column_map import RowText, Shape, TableMap
from screener.importers.table.day_cells import DayNotation
from screener.importers.table.header import plain
from screener.importers.table.known_names import KnownNames
from screener.importers.table.number_cells import bare_digits
from screener.importers.table.number_notation import NumberNotation, digits_value
from screener.importers.table.sheet_reader import read_sheet
from screener.importers.table.table_shapes import as_rows, named_rows, period_headers
from screener.importers.table.table_sheet import SHEET_COLUMN, ReadOptions, TableSheet
from screener.importers.table.transposed_table import transposed
from screener.profile.claims import FiscalCalendar

SAMPLE = 2000  # number of rows that are examined
_UNNAMED_SHEET = re.compile(r"(?:sheet|tabelle|feuil|hoja|planilha|工作表)\s*\d*\Z", re.IGNORECASE)


class ShapeProposal(NamedTuple):
    """A shape, with the columns that the map names for it; `sheet` has a row for each company and period."""

    shape: Shape
    sheet: TableSheet
    item: str | None = None
    value: str | None = None
    period: str | None = None  # for the shape long
    by_sheet: bool = False  # whether each company has a sheet or file of its own
    company: str | None = None  # the name of the company, if the file is about one
    unit: str | None = None  # the column of units
    currencies: frozenset[str] = frozenset()  # those in the column of units
    corner: str | None = (
        None  # with companies across: the property that the header of the items names (id, name, ticker)
    )


def propose_shape(path: str, options: ReadOptions, names: KnownNames) -> ShapeProposal:
    """Proposes the shape of the table in a file. Raises DocumentError if it is not a table."""
    return _ShapeProposer(path, options, names).proposal()


class _ShapeProposer:
    """Collects what is needed to recognise a shape: headers, columns of items and units, names of companies."""

    def __init__(self, path: str, options: ReadOptions, names: KnownNames) -> None:
        self.path, self.options, self.names = path, options, names
        sheet = read_sheet(path, options)
        frame = sheet.frame.head(SAMPLE)
        self.headers = [str(header) for header in frame.columns]
        self.item = _item_column(sheet, names)
        heads = {names.heads[plain(h)]: h for h in reversed(self.headers) if plain(h) in names.heads and h != self.item}
        self.heads = heads
        self.rows: dict[str, RowText] = {
            key: RowText(column=heads[key]) for key in ("id", "name", "ticker", "currency", "sector") if key in heads
        }
        self.sheet = _with_names(sheet, self.rows, self.item, heads.get("period"))
        self.unit = unit_column(frame, {*heads.values(), self.item or ""})
        self.named = not self.rows.keys().isdisjoint(("name", "id", "ticker"))

    def proposal(self) -> ShapeProposal:
        """Returns the first shape that fits."""
        if self.item is None:
            found = ShapeProposal(Shape.ROWS, self.sheet)
        elif self._has_years():
            found = self._years_across(self.item)
        elif (value := self._value()) is not None:
            found = self._long(self.item, value)
        elif not self.named and self._has_companies(self.item):
            found = self._companies_across(self.item)
        else:
            found = ShapeProposal(Shape.ROWS, self.sheet)
        return found._replace(unit=self.unit, currencies=_currencies(self.sheet.frame.head(SAMPLE), self.unit))

    def _used_headers(self) -> set[str]:
        return {self.item or "", self.unit or "", *self.heads.values()}

    def _has_years(self) -> bool:
        headers = (h for h in self.headers if h not in (self.item, self.unit))
        years = period_headers(headers, FiscalCalendar(), DayNotation())
        return len(years) > 1 or (bool(years) and not self.named)

    def _years_across(self, item: str) -> ShapeProposal:
        sheet = self.sheet
        if not self.named:
            every = sheet if self.options.sheet else read_sheet(self.path, self.options._replace(every_sheet=True))
            dialect = every.dialect._replace(sheet=self.options.sheet) if every.dialect else None
            sheet = every._replace(dialect=dialect)
        found = _table_map(Shape.YEARS_ACROSS, self.rows, by_sheet=not self.named, item=item, unit=self.unit)
        reshaped, _ = as_rows(sheet, found, None, self.path)
        company = None if self.named else _file_company(self.path, sheet)
        by_sheet = not self.named and company is None
        return ShapeProposal(Shape.YEARS_ACROSS, reshaped, item, by_sheet=by_sheet, company=company)

    def _value(self) -> str | None:
        """Returns the column of values, if items are repeated in its rows or its header names it; otherwise None."""
        value = _value_column(self.sheet, self.names, self._used_headers())
        frame = self.sheet.frame.head(SAMPLE)
        if value is None or (
            len(frame) <= frame[self.item].nunique() and (self.named or plain(value) not in self.names.values)
        ):
            return None
        return value

    def _long(self, item: str, value: str) -> ShapeProposal:
        period = self.heads.get("period")
        found = _table_map(Shape.LONG, self.rows, by_sheet=not self.named, item=item, value=value, unit=self.unit)
        if period is not None:
            found = found.model_copy(update={"period": RowText(column=period)})
        reshaped, _ = as_rows(self.sheet, found, None, self.path)
        return ShapeProposal(Shape.LONG, reshaped, item, value, period, by_sheet=not self.named)

    def _has_companies(self, item: str) -> bool:
        """Whether there are columns of numbers beside the items that are figures."""
        known = [self.names.figure(cell_text(cell)) is not None for cell in self.sheet.frame[item]]
        return bool(_numeric_columns(self.sheet._replace(frame=self.sheet.frame[known]), self._used_headers()))

    def _companies_across(self, item: str) -> ShapeProposal:
        name = {"name": RowText(header=True)}
        found = _table_map(Shape.COMPANIES_ACROSS, name, by_sheet=False, item=item, unit=self.unit)
        reshaped, _ = transposed(self.sheet, found, None, self.path)
        corner = self.names.heads.get(plain(item))
        return ShapeProposal(
            Shape.COMPANIES_ACROSS, reshaped, item, corner=corner if corner in ("id", "ticker") else "name"
        )


def _with_names(sheet: TableSheet, rows: dict[str, RowText], item: str | None, period: str | None) -> TableSheet:
    """Returns the sheet with names in all rows of a company, as a map with these properties reads it."""
    if not rows or (item is None and period is None):
        return sheet
    found = _table_map(Shape.ROWS, rows, by_sheet=False)
    when = None if period is None else RowText(column=period)
    return named_rows(sheet, found.model_copy(update={"item": item, "period": when}))


def _currencies(frame: Any, unit: str | None) -> frozenset[str]:
    known = {} if unit is None else units_of(frame[unit])[0]
    return frozenset(found.currency for found in known.values() if found.currency)


def _table_map(shape: Shape, rows: dict[str, RowText], by_sheet: bool, **columns: str | None) -> TableMap:
    name = RowText(sheet=True) if by_sheet else rows.get("name") or next(iter(rows.values()))
    return TableMap(name=name, columns={}, shape=shape, **{k: v for k, v in rows.items() if k != "name"}, **columns)  # type: ignore[arg-type]


def _file_company(path: str, sheet: TableSheet) -> str | None:
    """Returns the file's name as the company, if the file has one sheet with a default name; otherwise None."""
    sheets = sheet.frame[SHEET_COLUMN].unique() if SHEET_COLUMN in sheet.frame.columns else []
    return Path(path).stem if len(sheets) == 1 and _UNNAMED_SHEET.match(str(sheets[0])) else None


def _item_column(sheet: TableSheet, names: KnownNames) -> str | None:
    """Returns the column with the most names of figures, at least two and a tenth of its texts; None if there is none."""
    best: tuple[int, str] | None = None
    figures: dict[str, str | None] = {}
    sample = sheet.frame.head(SAMPLE)
    for place, header in enumerate(sample.columns):
        texts = {cell_text(cell).strip() for cell in sample.iloc[:, place].array if isinstance(cell, str)}
        for text in texts.difference(figures):
            figures[text] = names.figure(text)
        known = len({figures[text] for text in texts}.difference((None,)))
        if known >= 2 and known * 10 >= len(texts) and (best is None or known > best[0]):
            best = known, str(header)
    return best[1] if best else None


def _value_column(sheet: TableSheet, names: KnownNames, excluded: set[str]) -> str | None:
    """Returns the column with the values of items, or None: by its header, or the only column of numbers."""
    for header in (str(h) for h in sheet.frame.columns if str(h) not in excluded):
        if plain(header) in names.values:
            return header
    numeric = _numeric_columns(sheet, excluded)
    return numeric[0] if len(numeric) == 1 else None


def _numeric_columns(sheet: TableSheet, excluded: set[str]) -> list[str]:
    """Returns the columns in which most cells are numbers."""
    found = []
    for header in (str(h) for h in sheet.frame.columns if str(h) not in excluded):
        cells = list(sheet.frame[header].head(SAMPLE).dropna())
        if cells and sum(map(_is_number, cells)) * 2 > len(cells):
            found.append(header)
    return found


def _is_number(cell: Any) -> bool:
    if not isinstance(cell, str):
        return True
    text, notation = bare_digits(cell), NumberNotation()
    return digits_value(text, notation) is not None or digits_value(text, notation.other) is not None
