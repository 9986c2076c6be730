"""Columns of cells as numbers, truth values and words in the catalogue's units, with what can't be read."""

import math
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from screener.expression.interval import Interval
from screener.importers.table.cell_text import cell_text, short_text
from screener.importers.table.column_map import TableColumn
from screener.limits import NUMBER as MOST
from screener.text import did_you_mean
from screener.units import NUMERIC

_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\Z")
_TRUTH = {"true": True, "yes": True, "y": True, "1": True, "false": False, "no": False, "n": False, "0": False}


class BadCell(NamedTuple):
    """A cell that can't be used: its row, what is wrong, what to do."""

    row: int
    what: str
    hint: str


class NumberNotation(NamedTuple):
    """How numbers are written in texts."""

    decimal: str = "."
    thousands: str | None = None


def read_column(column: TableColumn, cells: Any, notation: NumberNotation) -> tuple[Any, list[BadCell]]:
    """A pandas series of the column's values (NaN or None: missing), and the cells that hold something else."""
    return _numbers(column, cells, notation) if column.typed.unit in NUMERIC else _words(column, cells)


def _numbers(column: TableColumn, cells: Any, notation: NumberNotation) -> tuple[Any, list[BadCell]]:
    bad: list[BadCell] = []
    if cells.dtype.kind in "iuf":
        values = cells.astype("float64")
    else:
        read = {}
        for row, cell in _given(cells):
            value = cell_number(cell, notation, column.typed.unit)
            if value is None:
                bad.append(BadCell(row, f"'{short_text(cell)}' is not a number", _how(cell, notation)))
            else:
                read[row] = value
        values = pd.Series(read, index=cells.index, dtype="float64")
    values = scaled(values, column.factor)
    bounds = Interval(-MOST, MOST).clip(column.typed.bounds)
    outside = (values < bounds.lo) | (values > bounds.hi)
    for row, value in values[outside].items():
        low, high = column.typed.bounds.finite()
        limits = (
            f"{column.name} is at least {low:g}"
            if high is None and low is not None
            else f"{column.name} is between {low or 0:g} and {high or MOST:g}"
        )
        bad.append(BadCell(row, f"{value:g} can't be", limits))
    return values.mask(outside), bad


def scaled(values: Any, factor: float) -> Any:
    """Numbers in the catalogue's unit: a hundredth of 30 is 0.3, as 30 / 100 is."""
    return values if factor == 1 else values / (1 / factor) if abs(factor) < 1 else values * factor


def _given(cells: Any) -> Iterator[tuple[int, Any]]:
    present = cells.notna().to_numpy()
    for row, cell, here in zip(cells.index, cells.to_numpy(dtype=object), present, strict=True):
        if here:
            yield row, cell


def cell_number(cell: Any, notation: NumberNotation, unit: str) -> float | None:
    """A number from a cell: 1234.5, (1234.5) for a negative one, 12 % for 0.12."""
    if isinstance(cell, bool | np.bool_):
        return None
    if isinstance(cell, int | float | np.number | Decimal):
        return float(cell) if math.isfinite(cell) else None
    if not isinstance(cell, str):
        return None
    text = cell.strip().replace("\u2212", "-").replace("\u00a0", " ")
    percent = text.endswith("%") and unit in ("fraction", "multiple")
    text = text[:-1].strip() if percent else text
    if text.startswith("(") and text.endswith(")"):
        text = f"-{text[1:-1].strip()}"
    if notation.thousands:
        text = text.replace(notation.thousands, "")
    if notation.decimal != ".":
        text = text.replace(notation.decimal, ".")
    if not _NUMBER.match(text) or not math.isfinite(float(text)):
        return None
    return float(text) / 100 if percent else float(text)


def _how(cell: Any, notation: NumberNotation) -> str:
    if (
        isinstance(cell, str)
        and notation.thousands is None
        and re.fullmatch(r"[-(]?\d{1,3}(,\d{3})+(\.\d+)?\)?", cell.strip())
    ):
        return "say thousands: ',' in the map if the comma groups digits"
    return "mend the cell, or add what it says to `missing` in the map"


def _words(column: TableColumn, cells: Any) -> tuple[Any, list[BadCell]]:
    bad: list[BadCell] = []
    read: dict[int, object] = {}
    for row, cell in _given(cells):
        said = cell_text(cell)
        value: object = column.words.get(said)
        if value is None:
            value = _TRUTH.get(said.lower()) if column.typed.unit == "truth" else said
        if value is None or (column.typed.words and value not in column.typed.words):
            known = ("true", "false") if column.typed.unit == "truth" else column.typed.words
            hint = did_you_mean(said, known, "known are " + ", ".join(known))
            bad.append(BadCell(row, f"'{short_text(cell)}' is none of the words of {column.name}", hint))
        else:
            read[row] = value
    found = pd.Series([read.get(row) for row in cells.index], index=cells.index, dtype=object)
    return found.where(found.notna(), None), bad
