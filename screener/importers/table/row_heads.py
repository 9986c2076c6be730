"""Reads the properties of each row's company besides figures: its id, name, sector, currency, day and period."""

from collections.abc import Callable, Iterator
from typing import Any

from screener.importers.table.cell_kinds import ErrorCell, UncomputedCell
from screener.importers.table.cell_text import cell_text
from screener.importers.table.column_map import RowText, TableMap
from screener.importers.table.day_cells import DayNotation, day_order
from screener.importers.table.head_cells import NOTHING, head_checks
from screener.importers.table.table_sheet import SHEET_COLUMN, TableSheet
from screener.profile.catalogue import Catalogue

MOST_SEEN = 4096  # number of different texts whose meaning is cached for a property
_Read = tuple[str | None, tuple[str, str] | None]  # a text, and the error in it (what, hint)


class RowHeads:
    """Reads the properties of a sheet's rows by its map."""

    def __init__(self, sheet: TableSheet, table: TableMap, catalogue: Catalogue) -> None:
        self.sheet, self.map, self.catalogue = sheet, table, catalogue

    def texts(self, name: str, meta: RowText) -> Iterator[_Read]:
        """Yields each row's text for one property, and the error in it (what, hint)."""
        check = self._check(name, meta)
        seen: dict[tuple[type, object], _Read] = {}
        for cell in self._cells(meta):
            if cell is None:
                yield None, None
                continue
            key = type(cell), cell
            if (found := seen.get(key)) is None:
                found = _checked(cell, meta, check)
                if len(seen) < MOST_SEEN:
                    seen[key] = found
            yield found

    def _cells(self, meta: RowText) -> list[Any]:
        frame = self.sheet.frame
        if meta.sheet:
            return list(frame[SHEET_COLUMN])
        if meta.column is None:
            assert meta.text is not None
            return [meta.text.replace("{row}", str(row)) for row in frame.index]
        cells = frame[meta.column]
        return [cell if here else None for cell, here in zip(cells, cells.notna(), strict=True)]

    def _check(self, name: str, meta: RowText) -> Callable[[Any], str]:
        """Returns the reader for cells of a property; it raises ValueError with the error and what to do."""
        order: str | None = self.map.dates
        if order is None and meta.column is not None and name in ("as_of", "period"):
            order = day_order(self.sheet.frame[meta.column].dropna())
        notation = DayNotation(order, self.sheet.day_origin)
        return head_checks(self.catalogue.sectors, meta.codes, notation, self.map.calendar).get(name, cell_text)


def _checked(cell: Any, meta: RowText, check: Callable[[Any], str]) -> _Read:
    if isinstance(cell, UncomputedCell):
        return None, (f"{cell}", cell.HINT)
    text = cell_text(cell)
    if text in NOTHING or isinstance(cell, ErrorCell):
        return None, None
    if check is cell_text and text not in meta.words:
        return text, None
    try:
        return check(meta.words.get(text, cell)), None
    except ValueError as error:
        what, _, hint = str(error).partition("; ")
        return None, (what, hint)
