"""Reads tables from files: CSV, TSV, Excel, OpenDocument, Parquet and ARFF, with the number of each row."""

import csv
from collections.abc import Callable
from typing import Any

import pandas as pd

from screener import limits
from screener.errors import DocumentError, Problem
from screener.importers.table.cell_kinds import MergedCell
from screener.importers.table.opendocument_reader import read_opendocument
from screener.importers.table.stacked_headers import find_headers
from screener.importers.table.table_extent import only_table
from screener.importers.table.table_sheet import (
    SHEET_COLUMN,
    Dialect,
    ReadOptions,
    TableSheet,
    check_size,
    header_names,
    texts_of,
)
from screener.importers.table.text_table_reader import read_arff, read_text_table
from screener.importers.table.workbook_reader import Sheet, Workbook, hidden_rows_note, read_workbook, sheet_notes
from screener.io.paths import PACKED_SUFFIXES, SHOWN_SUFFIXES, TEXT_SUFFIXES, table_suffix, unreadable
from screener.io.read_files import note_read
from screener.text import clean

WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".ods")
_OTHER_WORKBOOKS = (".xls", ".xlsb", ".xlt", ".fods", ".numbers", ".gsheet")


def read_sheet(path: str, options: ReadOptions) -> TableSheet:
    """Reads the table in a file. Raises DocumentError if there is none."""
    suffix = table_suffix(path)
    note_read(path)
    try:
        if suffix in (*TEXT_SUFFIXES, *PACKED_SUFFIXES):
            return read_text_table(path, options)
        if suffix == ".arff":
            return read_arff(path, options)
        if suffix in WORKBOOK_SUFFIXES:
            return _excel(path, options)
        if suffix == ".parquet":
            frame = _parquet(path)
            frame = frame.reset_index(drop=True).rename(columns=str)
            return TableSheet(_numbered(frame, 1))
    except OSError as error:
        raise unreadable(error, path) from error
    except (UnicodeError, LookupError) as error:
        hint = "save it as UTF-8, or name its encoding in the map (encoding: gbk)"
        raise DocumentError(Problem(f"is not text in {clean(options.encoding or 'UTF-8')}", hint, path)) from error
    except (ValueError, KeyError, ArithmeticError, pd.errors.ParserError, csv.Error) as error:
        if isinstance(error, DocumentError):
            raise
        what = (str(error).splitlines() or ["?"])[0]
        raise DocumentError(Problem(f"can't be read as a table: {clean(what)}", "check the file", path)) from error
    if suffix in _OTHER_WORKBOOKS:
        raise DocumentError(
            Problem(f"is a workbook of a kind that is not read ({suffix})", "save it as .xlsx or .ods", path)
        )
    raise DocumentError(Problem("is not a table by its name", f"known are {SHOWN_SUFFIXES}", path))


def open_workbook(
    path: str, sheet: str | None = None, every: bool = False, progress: Callable[[int], None] = lambda rows: None
) -> Workbook:
    """Opens sheets of an Excel or OpenDocument workbook, as read_workbook does."""
    read = read_opendocument if table_suffix(path) == ".ods" else read_workbook
    return read(path, sheet, every, progress)


def _excel(path: str, options: ReadOptions) -> TableSheet:
    book = open_workbook(path, options.sheet, options.every_sheet, options.progress)
    found = [_of_sheet(path, one, options) for one in book.sheets]
    if not options.every_sheet:
        only = book.sheets[0]
        named = only.name if options.sheet or len(book.visible) > 1 or book.hidden else None
        dialect = (found[0].dialect or Dialect())._replace(sheet=named)
        return found[0]._replace(notes=(*sheet_notes(book, options.sheet), *found[0].notes), dialect=dialect)
    for one, sheet in zip(found, book.sheets, strict=True):
        one.frame[SHEET_COLUMN] = sheet.name
    return found[0]._replace(
        frame=pd.concat([one.frame for one in found]),
        problems=tuple(problem for one in found for problem in one.problems),
        notes=tuple(dict.fromkeys(note for one in found for note in one.notes)),
    )


def _of_sheet(path: str, sheet: Sheet, options: ReadOptions) -> TableSheet:
    rows = sheet.rows
    heads = find_headers(rows, None if options.header is None else options.header - 1, options.wanted)
    at, headers = heads.at, heads.headers
    if not any(cell is not None for cell in headers):
        raise DocumentError(Problem("has no line of headers", "the first row names the columns", path))
    while headers and headers[-1] is None:
        headers.pop()
    check_size(path, len(headers), len(rows) - heads.end)
    width = len(headers)
    names = header_names(headers)
    filled = [row[:width] + (None,) * (width - len(row)) for row in rows[heads.end :]]
    frame = pd.DataFrame(filled, columns=range(width), dtype=object)
    for block in sheet.marks.merged:
        if block.top >= heads.end and block.left < width and block.bottom < len(rows):
            below = slice(block.top - heads.end + 1, block.bottom - heads.end + 1)
            value = rows[block.top][block.left] if block.left < len(rows[block.top]) else None
            whole = names[block.left] in options.heads or not isinstance(value, int | float)
            frame.iloc[below, block.left] = value if whole else MergedCell(value, block.top + 1)
    frame.columns = pd.Index(names)
    nothing = set(options.missing) | {""}
    for name in frame.columns:
        blank = {""} if name in options.texts else nothing
        cells = [None if isinstance(c, str) and c.strip() in blank else c for c in frame[name]]
        column = pd.Series(cells, index=frame.index, dtype=object)
        frame[name] = column.infer_objects() if all(type(c) in (int, float) for c in column.dropna()) else column
    frame, notes = only_table(_numbered(frame, heads.end + 1).dropna(how="all"))
    return TableSheet(
        frame,
        day_origin=sheet.day_origin,
        notes=(*notes, *hidden_rows_note(sheet, heads.end)),
        dialect=Dialect(header=at + 1 if at else None),
        titles=texts_of(rows[:at]),
    )


def _parquet(path: str) -> Any:
    """Reads a Parquet file after checking its size in memory: a column of one value takes almost no space in the file."""
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            cells = file.metadata.num_rows * file.metadata.num_columns
            check_size(path, file.metadata.num_columns)
        if cells <= limits.CELLS:
            return pd.read_parquet(path)
    except (OSError, ValueError, MemoryError, DocumentError):
        raise
    except Exception as error:  # pyarrow raises further kinds of exceptions
        raise DocumentError(Problem("is a damaged Parquet file", "write it again", path)) from error
    what = f"has {cells:,} cells, more than {limits.CELLS:,}"
    raise DocumentError(Problem(what, "give it to screener market, which reads it batch by batch, or split it", path))


def _numbered(frame: Any, first: int) -> Any:
    frame.columns = header_names(list(frame.columns))
    frame.index = pd.RangeIndex(first, first + len(frame))
    return frame
