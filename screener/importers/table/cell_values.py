"""Reads columns of cells as numbers, truth values and words in the catalogue's units, and collects invalid cells."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from screener.expression.interval import Interval
from screener.importers.table.cell_kinds import ErrorCell, MergedCell, UncomputedCell
from screener.importers.table.cell_text import cell_text, short_text
from screener.importers.table.column_map import MISSING, TableColumn
from screener.importers.table.number_cells import cell_number, contradicts, is_error_text, is_nothing, may_be_either
from screener.importers.table.number_notation import NumberNotation
from screener.limits import NUMBER as MOST
from screener.text import did_you_mean
from screener.units import NUMERIC

_TRUTH = {
    **dict.fromkeys(
        ["true", "yes", "y", "t", "1", "ja", "oui", "sí", "si", "vero", "wahr", "vrai", "是", "はい"], True
    ),
    **dict.fromkeys(["false", "no", "n", "f", "0", "nein", "non", "falso", "falsch", "faux", "否", "いいえ"], False),
}
ROWS_OF_A_SIGN = 2  # number of cells that must all be negative for a column to be one of outflows
# Added for single cells regardless of the others: tables are read in parts, and a part does not see its whole column.
OUTFLOW = "; if the whole column writes outflows as negative numbers, say negate: true in the map"


class BadCell(NamedTuple):
    """An invalid cell: its row, the error, and what to do."""

    row: int
    what: str
    hint: str


class ColumnCells(NamedTuple):
    """A pandas series of values (NaN or None: missing), the invalid cells, and the currencies named in cells, by row."""

    values: Any
    bad: list[BadCell]
    currencies: Mapping[int, tuple[str, ...]] = {}


def read_column(
    column: TableColumn, cells: Any, notation: NumberNotation, missing: Collection[str] = MISSING
) -> ColumnCells:
    """Returns the values of a column's cells; texts in `missing` and invalid cells are missing."""
    if column.typed.unit in NUMERIC:
        return _numbers(column, cells, notation, frozenset(missing))
    return _words(column, cells)


def without_missing(column: TableColumn, cells: Any, notation: NumberNotation) -> Any:
    """Returns a pandas series without the column's own missing values: texts, and numbers in any notation."""
    if not column.missing:
        return cells
    nothing = cells.isin(column.missing)
    numbers = {value for value in column.missing if not isinstance(value, str)}
    if numbers and cells.dtype == object:
        nothing |= np.array([_says_one_of(cell, numbers, notation) for cell in cells], np.bool_)
    return cells.where(~nothing)


def _says_one_of(cell: Any, numbers: Collection[float], notation: NumberNotation) -> bool:
    if not isinstance(cell, str):
        return False
    try:
        return cell_number(cell, notation, "number").value in numbers
    except ValueError:
        return False


def _numbers(column: TableColumn, cells: Any, notation: NumberNotation, missing: frozenset[str]) -> ColumnCells:
    bad: list[BadCell] = []
    currencies: dict[int, tuple[str, ...]] = {}
    if cells.dtype.kind in "iuf":
        values = scaled(_linear(cells.astype("float64"), column), column.factor)
    else:
        read: dict[int, float] = {}
        given = [(row, cell) for row, cell in _given(cells) if not is_nothing(cell) and not _is_one_of(cell, missing)]
        mixed = any(contradicts(cell, notation) for _, cell in given)
        for row, cell in given:
            try:
                if mixed and may_be_either(cell, notation):
                    other = notation.other.decimal
                    hint = f"say decimal: '{other}' in the map if that is how the column is written"
                    raise ValueError(
                        f"'{short_text(cell)}' may be two numbers, as the column has both notations; {hint}"
                    )
                number = cell_number(cell, notation, column.typed.unit)
            except ValueError as error:
                what, _, hint = str(error).partition("; ")
                bad.append(BadCell(row, what, hint))
                continue
            value = _linear(number.value, column)
            read[row] = value if number.absolute else float(scaled(value, _factor(column.factor, cell)))
            if number.currencies:
                currencies[row] = number.currencies
        values = pd.Series(read, index=cells.index, dtype="float64")
    values = -values if column.negate else values
    bounds = Interval(-MOST, MOST).clip(column.typed.bounds)
    outside = (values < bounds.lo) | (values > bounds.hi)
    if outside.any():
        bad += _out_of_bounds(column, values, outside)
    return ColumnCells(values.mask(outside), bad, currencies)


def _linear(values: Any, column: TableColumn) -> Any:
    """Returns the numbers whose logarithms a column has; other columns are returned unchanged."""
    if column.log is None:
        return values
    with np.errstate(over="ignore"):
        return np.power(column.log, values)


def _is_one_of(cell: Any, texts: frozenset[str]) -> bool:
    return isinstance(cell, str) and cell.strip() in texts


def _factor(factor: float, cell: Any) -> float:
    """Returns the factor for a number; 1 if its format already shows it in the scale of the header."""
    return 1.0 if factor == getattr(cell, "shown_in", None) else factor


def _out_of_bounds(column: TableColumn, values: Any, outside: Any) -> Iterator[BadCell]:
    low, high = column.typed.bounds.finite()
    limits = (
        f"{column.name} is at least {low:g}"
        if high is None and low is not None
        else f"{column.name} is between {low or 0:g} and {high or MOST:g}"
    )
    for row, value in values[outside].items():
        outflow = low == 0 and value < 0 and not column.negate
        yield BadCell(row, f"{value:g} can't be", limits + (OUTFLOW if outflow else ""))


def scaled(values: Any, factor: float) -> Any:
    """Converts numbers to the catalogue's unit; a factor below 1 is applied as a division, so that 30 % is exactly 0.3."""
    return values if factor == 1 else values / (1 / factor) if abs(factor) < 1 else values * factor


def _given(cells: Any) -> Iterator[tuple[int, Any]]:
    present = cells.notna().to_numpy()
    for row, cell, here in zip(cells.index, cells.to_numpy(dtype=object), present, strict=True):
        if here:
            yield row, cell


def _words(column: TableColumn, cells: Any) -> ColumnCells:
    bad: list[BadCell] = []
    read: dict[int, object] = {}
    for row, cell in _given(cells):
        if isinstance(cell, ErrorCell) or (isinstance(cell, str) and is_error_text(cell)):
            continue
        if isinstance(cell, MergedCell):
            what, _, hint = cell.wrong.partition("; ")
            bad.append(BadCell(row, what, hint))
            continue
        if isinstance(cell, UncomputedCell):
            bad.append(BadCell(row, f"{cell}", cell.HINT))
            continue
        text = cell_text(cell)
        value: object = column.words.get(text)
        if value is None and isinstance(cell, str) and text not in column.typed.words and is_nothing(cell):
            continue
        if value is None:
            value = _TRUTH.get(text.lower()) if column.typed.unit == "truth" else text
        if value is None or (column.typed.words and value not in column.typed.words):
            known = ("true", "false") if column.typed.unit == "truth" else column.typed.words
            hint = did_you_mean(text, known, "known are " + ", ".join(known))
            bad.append(BadCell(row, f"'{short_text(cell)}' is not one of the words of {column.name}", hint))
        else:
            read[row] = value
    found = pd.Series([read.get(row) for row in cells.index], index=cells.index, dtype=object)
    return ColumnCells(found.where(found.notna(), None), bad)
