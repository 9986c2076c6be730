"""Defines a table as read from a file, and the options for reading, for the readers of all kinds of files."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from screener import limits
from screener.errors import DocumentError, Problem
from screener.importers.table.cell_text import cell_text
from screener.importers.table.day_cells import SERIAL_ORIGIN
from screener.text import clean, did_you_mean, shorten

SHEET_COLUMN = "(sheet)"
"""The header of an added column with the name of each row's sheet, if several sheets are read."""


class TableSheet(NamedTuple):
    """A table as read; its index holds row numbers (the first row of a spreadsheet is 1; Parquet and ARFF count from 1)."""

    frame: Any  # a pandas DataFrame: float columns if all cells are numbers, else objects; NaN or None for empty cells
    problems: tuple[Problem, ...] = ()
    day_origin: date = SERIAL_ORIGIN  # day 0 of serial numbers
    notes: tuple[str, ...] = ()
    dialect: "Dialect | None" = None
    titles: tuple[str, ...] = ()  # texts above the headers
    places: Mapping[tuple[int, str], tuple[int, str]] | None = (
        None  # row and header of a cell -> row and header in the file
    )

    @property
    def headers(self) -> list[str]:
        """The headers as texts."""
        return [str(header) for header in self.frame.columns]

    @property
    def columns_hint(self) -> str:
        """Lists the columns for messages."""
        return "its columns are " + shorten(", ".join(map(clean, self.headers)), 200)

    def check_has(self, headers: Iterable[str | None], path: str, otherwise: str = "") -> None:
        """Raises DocumentError for the first of these columns that does not exist; None means no column."""
        for header in headers:
            if header is not None and header not in self.frame.columns:
                hint = did_you_mean(header, self.headers, otherwise or self.columns_hint)
                raise DocumentError(Problem(f"has no column '{clean(header)}'", hint, path))

    def place(self, row: int, header: str) -> tuple[int, str]:
        """Returns the row and header in the file of a cell, or of a row (with an empty `header`)."""
        if self.places is None:
            return row, header
        return self.places.get((row, header)) or (self.places.get((row, ""), (row, ""))[0], header)


class Dialect(NamedTuple):
    """The notation of a file as recognised; None for what is as usual."""

    encoding: str | None = None
    delimiter: str | None = None
    header: int | None = None
    sheet: str | None = None


class ReadOptions(NamedTuple):
    """Options for reading a file: texts that mean a missing value, columns to keep as text, and the file's notation.

    `wanted` are headers by which the row of headers is recognised; `header` is its number, None if it has to be found.
    """

    missing: Sequence[str] = ("",)
    texts: frozenset[str] = frozenset()
    sheet: str | None = None
    delimiter: str | None = None
    decimal: str = "."
    thousands: str | None = None
    encoding: str | None = None
    header: int | None = None
    wanted: frozenset[str] = frozenset()
    every_sheet: bool = False
    heads: frozenset[str] = frozenset()  # columns whose merged cells apply to each of their rows
    as_texts: bool = False  # whether numbers are kept as written, too
    progress: Callable[[int], None] = lambda rows: None  # called with the number of rows read since the last call


def header_names(headers: Sequence[Any]) -> list[str]:
    """Returns headers without surrounding white space; a repeated header gets its position as a suffix."""
    found: dict[str, None] = {}
    for i, header in enumerate(headers, 1):
        name = cell_text(header).strip() if header is not None and header == header else ""
        name = name or f"column {i}"
        found[f"{name} (column {i})" if name in found else name] = None
    return list(found)


def texts_of(rows: Sequence[Sequence[Any]]) -> tuple[str, ...]:
    """Returns the texts in rows of cells, without surrounding white space."""
    return tuple(cell.strip() for row in rows for cell in row if isinstance(cell, str) and cell.strip())


def check_size(path: str, columns: int, lines: int = 1) -> None:
    """Raises DocumentError if a table would take more memory than allowed."""
    if columns > limits.TABLE_COLUMNS:
        what = f"has {columns:,} columns, more than {limits.TABLE_COLUMNS:,}"
        raise DocumentError(Problem(what, "leave out those that the map does not name", path))
    if columns * lines > limits.SHEET_CELLS:
        what = f"has {lines:,} lines of {columns:,} columns, more than {limits.SHEET_CELLS:,} cells"
        raise DocumentError(Problem(what, "save it as Parquet, or split it", path))
