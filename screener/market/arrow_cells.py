"""Converts typed Arrow columns to columns of numbers and words: as a whole if possible, else cell by cell."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from screener.engine.columns.column_values import IntervalColumn, SymbolColumn
from screener.errors import Problem
from screener.expression.interval import Interval
from screener.importers.table.cell_values import BadCell, read_column, scaled, without_missing
from screener.importers.table.column_map import TableColumn
from screener.importers.table.number_notation import NumberNotation
from screener.limits import NUMBER as MOST
from screener.text import clean
from screener.units import NUMERIC


class CellReader:
    """Reads some rows of a file: `good` marks the rows without errors, `problems` has the others by row number."""

    def __init__(self, cells: Any, first: int, notation: NumberNotation, path: str) -> None:
        self.cells, self.first, self.notation, self.path = cells, first, notation, path
        self.numbers = np.arange(first, first + len(cells))
        self.good = np.ones(len(cells), np.bool_)
        self.problems: list[tuple[int, Problem]] = []

    def bad(self, header: str, cells: list[BadCell]) -> None:
        """Records problems of some cells: their rows are no longer good."""
        self.report(header, cells)
        for cell in cells:
            self.good[cell.row - self.first] = False

    def report(self, header: str, cells: list[BadCell]) -> None:
        """Records problems of some cells; their rows stay good."""
        for cell in cells:
            where = f"row {cell.row}, column '{clean(header)}'"
            self.problems.append((int(cell.row), Problem(cell.what, cell.hint, self.path, path=where)))

    def unreadable(self, header: str, cells: list[BadCell]) -> None:
        """Records that values can't be read."""
        self.bad(header, cells)

    def column(self, column: TableColumn) -> IntervalColumn | SymbolColumn:
        """Returns the values of a column."""
        cells = self.cells.column(column.header)
        if column.presence:
            return SymbolColumn(cells.is_valid().to_numpy(zero_copy_only=False).astype(np.int8), (False, True))
        if column.typed.unit in NUMERIC:
            numbers = self._numbers(column, cells)
            return IntervalColumn.of(numbers, numbers, column.typed.bounds)
        return self._words(column, cells)

    def _numbers(self, column: TableColumn, cells: Any) -> Any:
        kind = cells.type
        if not (pa.types.is_floating(kind) or pa.types.is_integer(kind)) or column.missing or column.negate:
            return self._typed(column, cells)
        found = scaled(cells.to_numpy(zero_copy_only=False).astype(np.float64, copy=False), column.factor)
        bounds = Interval(-MOST, MOST).clip(column.typed.bounds)
        wrong = (found < bounds.lo) | (found > bounds.hi)
        if wrong.any():
            self._typed(column, cells.filter(pa.array(wrong)), self.numbers[wrong])
            found = np.where(wrong, np.nan, found)
        return found

    def _typed(self, column: TableColumn, cells: Any, rows: Any = None) -> Any:
        """Returns values read cell by cell, as in any other table."""
        given = pd.Series(cells.to_pandas().to_numpy(), index=self.numbers if rows is None else rows)
        found = read_column(column, without_missing(column, given, self.notation), self.notation)
        self.unreadable(column.header, found.bad)
        return found.values.to_numpy()

    def _words(self, column: TableColumn, cells: Any) -> SymbolColumn:
        if pa.types.is_boolean(cells.type) and not column.words:
            return SymbolColumn(np.asarray(pc.fill_null(pc.cast(cells, pa.int8()), -1)), (False, True))
        if not pa.types.is_dictionary(cells.type):
            return SymbolColumn.of(self._typed(column, cells))
        codes = np.asarray(pc.fill_null(cells.indices, -1))
        texts = pd.Series(cells.dictionary.to_pandas().to_numpy(), dtype=object)
        values, wrong, _ = read_column(column, without_missing(column, texts, self.notation), self.notation)
        for cell in wrong:
            rows = self.numbers[codes == cell.row]
            self.unreadable(column.header, [cell._replace(row=row) for row in rows])
        return SymbolColumn.of_codes(codes, values)
