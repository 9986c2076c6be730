"""Tables from files as they stand there: CSV, TSV, Excel, Parquet and ARFF, with the number of each row."""

import csv
import io
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

import pandas as pd

from screener import limits
from screener.errors import DocumentError, Problem
from screener.importers.table.cell_text import cell_text
from screener.importers.table.day_cells import SERIAL_ORIGIN
from screener.importers.table.number_cells import MergedCell
from screener.importers.table.opendocument_reader import read_opendocument
from screener.importers.table.stacked_headers import find_headers
from screener.importers.table.table_bytes import table_bytes
from screener.importers.table.table_extent import only_table
from screener.importers.table.text_dialect import (
    HEADER_WITHIN,
    SHOWN_NUL,
    decode,
    delimiter_of,
    fitted_rows,
    lines_of,
    separator_line,
    text_after,
)
from screener.importers.table.workbook_reader import Sheet, Workbook, hidden_rows_note, read_workbook, sheet_notes
from screener.io.paths import PACKED_SUFFIXES, SHOWN_SUFFIXES, TEXT_SUFFIXES, table_suffix, unreadable
from screener.text import clean

WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".ods")
_OTHER_WORKBOOKS = (".xls", ".xlsb", ".xlt", ".fods", ".numbers", ".gsheet")
SHEET_COLUMN = "(sheet)"
"""The header of a column with the name of each row's sheet, where several are read."""


class TableSheet(NamedTuple):
    """A table as read: the index holds row numbers (of a spreadsheet: its first row is 1; of Parquet and ARFF: from 1)."""

    frame: Any  # a pandas DataFrame: float columns where all is numbers, else objects; NaN or None where nothing stands
    problems: tuple[Problem, ...] = ()
    day_origin: date = SERIAL_ORIGIN  # day 0 of serial numbers
    notes: tuple[str, ...] = ()
    dialect: "Dialect | None" = None
    titles: tuple[str, ...] = ()  # texts above the headers
    places: Mapping[tuple[int, str], tuple[int, str]] | None = None  # row and header of a cell -> those in the file

    def place(self, row: int, header: str) -> tuple[int, str]:
        """The row and header in the file of a cell, or of a row (`header` is empty)."""
        if self.places is None:
            return row, header
        return self.places.get((row, header)) or (self.places.get((row, ""), (row, ""))[0], header)


class Dialect(NamedTuple):
    """How a file was found to be written; None where it is as usual."""

    encoding: str | None = None
    delimiter: str | None = None
    header: int | None = None
    sheet: str | None = None


class ReadOptions(NamedTuple):
    """How to read a file: texts that stand for nothing, columns to keep as text, and the file's own dialect.

    `wanted` are the headers by which the row of headers is known; `header` is its number, None where it is to be found.
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
    heads: frozenset[str] = frozenset()  # columns of what a merged cell says of each of its rows
    as_texts: bool = False  # numbers, too, as they are written
    progress: Callable[[int], None] = lambda rows: None  # called with the rows that were read since the last call


def read_sheet(path: str, how: ReadOptions) -> TableSheet:
    """The table in a file. Raises DocumentError where there is none."""
    suffix = table_suffix(path)
    try:
        if suffix in (*TEXT_SUFFIXES, *PACKED_SUFFIXES):
            return _csv(path, how)
        if suffix == ".arff":
            return _arff(path, decode(table_bytes(path), how.encoding).text, how)
        if suffix in WORKBOOK_SUFFIXES:
            return _excel(path, how)
        if suffix == ".parquet":
            frame = _parquet(path)
            frame = frame.reset_index(drop=True).rename(columns=str)
            return TableSheet(_numbered(frame, 1))
    except OSError as error:
        raise unreadable(error, path) from error
    except (UnicodeError, LookupError) as error:
        hint = "save it as UTF-8, or name its encoding in the map (encoding: gbk)"
        raise DocumentError(Problem(f"is not text in {clean(how.encoding or 'UTF-8')}", hint, path)) from error
    except (ValueError, KeyError, ArithmeticError, pd.errors.ParserError, csv.Error) as error:
        if isinstance(error, DocumentError):
            raise
        what = (str(error).splitlines() or ["?"])[0]
        raise DocumentError(Problem(f"can't be read as a table: {clean(what)}", "check the file", path)) from error
    if suffix in _OTHER_WORKBOOKS:
        raise DocumentError(
            Problem(f"is a workbook of a kind that is not read ({suffix})", "save it as .xlsx or .ods", path)
        )
    raise DocumentError(Problem("is no table by its name", f"known are {SHOWN_SUFFIXES}", path))


def open_workbook(
    path: str, sheet: str | None = None, every: bool = False, progress: Callable[[int], None] = lambda rows: None
) -> Workbook:
    """Sheets of a workbook of Excel or OpenDocument, as read_workbook."""
    read = read_opendocument if table_suffix(path) == ".ods" else read_workbook
    return read(path, sheet, every, progress)


def _check_size(path: str, columns: int, lines: int = 1) -> None:
    """Raises DocumentError where a table would take more memory than it may."""
    if columns > limits.TABLE_COLUMNS:
        what = f"has {columns:,} columns, more than {limits.TABLE_COLUMNS:,}"
        raise DocumentError(Problem(what, "leave out those that the map does not name", path))
    if columns * lines > limits.SHEET_CELLS:
        what = f"has {lines:,} lines of {columns:,} columns, more than {limits.SHEET_CELLS:,} cells"
        raise DocumentError(Problem(what, "save it as Parquet, or split it", path))


def _csv(path: str, how: ReadOptions) -> TableSheet:
    found = decode(table_bytes(path), how.encoding)
    text = found.text if "\n" in found.text else found.text.replace("\r", "\n")  # lines of an old Macintosh
    named = separator_line(text)
    skipped = 1 if named else 0
    body = text.split("\n", 1)[1] if named and "\n" in text else "" if named else text
    if how.delimiter or named:
        delimiter = how.delimiter or named or ","
    else:
        delimiter = "\t" if table_suffix(path).startswith((".tsv", ".tab")) else delimiter_of(body[:200_000])
    rows = list(islice(csv.reader(lines_of(body), delimiter=delimiter), max(HEADER_WITHIN, how.header or 0)))
    heads = find_headers(rows, None if how.header is None else how.header - 1 - skipped, how.wanted)
    at, headers = heads.at, heads.headers
    if not any(h.strip() for h in headers):
        raise DocumentError(Problem("has no line of headers", "the first line names the columns", path))
    found = found._replace(text="")  # the rows below take its place
    text, body = "", text_after(body, delimiter, heads.end)
    sheet = _parsed(path, body, headers, how, delimiter, '"', first_row=skipped + heads.end + 1)
    notes = []
    if found.assumed:
        notes.append(f"read as {found.encoding}; name another with `encoding:` in the map if names look wrong")
    if found.nuls:
        notes.append(
            f"has {found.nuls:,} NUL characters, which no text has (shown as {SHOWN_NUL}): write the file again"
        )
    return sheet._replace(
        notes=(*notes, *sheet.notes),
        titles=_texts(rows[:at]),
        dialect=Dialect(
            encoding=found.encoding if found.assumed else None,
            delimiter=delimiter if delimiter not in (",", "\t") else None,
            header=skipped + at + 1 if at else None,
        ),
    )


def _parsed(
    path: str,
    text: str,
    headers: Sequence[str],
    how: ReadOptions,
    delimiter: str,
    quote: str,
    *,
    first_row: int,
) -> TableSheet:
    """The rows of a text without its headers. Rows with more cells than headers are left out, unless these are empty."""
    _check_size(path, len(headers), text.count("\n") + 1)
    names = header_names(headers)
    text, rows, wide = fitted_rows(text, delimiter, quote, len(names), first_row)
    everything = how.as_texts or how.decimal != "."
    texts = {i for i, name in enumerate(names) if name in how.texts}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame = pd.read_csv(
            io.BytesIO(text.encode()),
            sep=delimiter,
            quotechar=quote,
            header=None,
            names=range(len(names)),
            skipinitialspace=True,
            keep_default_na=False,
            na_values={i: [""] if i in texts else list(dict.fromkeys(["", *how.missing])) for i in range(len(names))},
            dtype=str if everything else dict.fromkeys(texts, str),
            index_col=False,
            skip_blank_lines=False,
            float_precision="round_trip",
            low_memory=False,
            on_bad_lines="warn",
        )
    frame.index = pd.RangeIndex(first_row, first_row + len(frame)) if rows is None else pd.Index(rows)
    frame.columns = names
    problems = tuple(
        Problem(
            f"has {saw} cells, the header has {len(names)}",
            "quote cells that hold the separator",
            path,
            path=f"row {row}",
        )
        for row, saw in wide
    )
    frame, notes = only_table(frame.dropna(how="all"))
    return TableSheet(frame, problems, notes=tuple(notes))


def header_names(headers: Sequence[Any]) -> list[str]:
    """Headers without white space at their ends; one that stands twice is told apart by its place."""
    found: dict[str, None] = {}
    for i, header in enumerate(headers, 1):
        name = cell_text(header).strip() if header is not None and header == header else ""
        name = name or f"column {i}"
        found[f"{name} (column {i})" if name in found else name] = None
    return list(found)


def _excel(path: str, how: ReadOptions) -> TableSheet:
    book = open_workbook(path, how.sheet, how.every_sheet, how.progress)
    found = [_of_sheet(path, one, how) for one in book.sheets]
    if not how.every_sheet:
        only = book.sheets[0]
        named = only.name if how.sheet or len(book.visible) > 1 or book.hidden else None
        dialect = (found[0].dialect or Dialect())._replace(sheet=named)
        return found[0]._replace(notes=(*sheet_notes(book, how.sheet), *found[0].notes), dialect=dialect)
    for one, sheet in zip(found, book.sheets, strict=True):
        one.frame[SHEET_COLUMN] = sheet.name
    return found[0]._replace(
        frame=pd.concat([one.frame for one in found]),
        problems=tuple(problem for one in found for problem in one.problems),
        notes=tuple(dict.fromkeys(note for one in found for note in one.notes)),
    )


def _of_sheet(path: str, sheet: Sheet, how: ReadOptions) -> TableSheet:
    rows = sheet.rows
    heads = find_headers(rows, None if how.header is None else how.header - 1, how.wanted)
    at, headers = heads.at, heads.headers
    if not any(cell is not None for cell in headers):
        raise DocumentError(Problem("has no line of headers", "the first row names the columns", path))
    while headers and headers[-1] is None:
        headers.pop()
    _check_size(path, len(headers), len(rows) - heads.end)
    width = len(headers)
    names = header_names(headers)
    filled = [row[:width] + (None,) * (width - len(row)) for row in rows[heads.end :]]
    frame = pd.DataFrame(filled, columns=range(width), dtype=object)
    for block in sheet.marks.merged:
        if block.top >= heads.end and block.left < width and block.bottom < len(rows):
            below = slice(block.top - heads.end + 1, block.bottom - heads.end + 1)
            value = rows[block.top][block.left] if block.left < len(rows[block.top]) else None
            whole = names[block.left] in how.heads or not isinstance(value, int | float)
            frame.iloc[below, block.left] = value if whole else MergedCell(value, block.top + 1)
    frame.columns = pd.Index(names)
    nothing = set(how.missing) | {""}
    for name in frame.columns:
        blank = {""} if name in how.texts else nothing
        cells = [None if isinstance(c, str) and c.strip() in blank else c for c in frame[name]]
        column = pd.Series(cells, index=frame.index, dtype=object)
        frame[name] = column.infer_objects() if all(type(c) in (int, float) for c in column.dropna()) else column
    frame, notes = only_table(_numbered(frame, heads.end + 1).dropna(how="all"))
    return TableSheet(
        frame,
        day_origin=sheet.day_origin,
        notes=(*notes, *hidden_rows_note(sheet, heads.end)),
        dialect=Dialect(header=at + 1 if at else None),
        titles=_texts(rows[:at]),
    )


def _texts(rows: Sequence[Sequence[Any]]) -> tuple[str, ...]:
    return tuple(cell.strip() for row in rows for cell in row if isinstance(cell, str) and cell.strip())


def _parquet(path: str) -> Any:
    """A Parquet file, once its size in memory is known to be bearable: a column of one value takes no room in the file."""
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            cells = file.metadata.num_rows * file.metadata.num_columns
            _check_size(path, file.metadata.num_columns)
        if cells <= limits.CELLS:
            return pd.read_parquet(path)
    except (OSError, ValueError, MemoryError, DocumentError):
        raise
    except Exception as error:  # of further kinds that pyarrow has
        raise DocumentError(Problem("is a damaged Parquet file", "write it again", path)) from error
    what = f"has {cells:,} cells, more than {limits.CELLS:,}"
    raise DocumentError(Problem(what, "give it to screener market, which reads it batch by batch, or split it", path))


def _numbered(frame: Any, first: int) -> Any:
    frame.columns = header_names(list(frame.columns))
    frame.index = pd.RangeIndex(first, first + len(frame))
    return frame


_ATTRIBUTE = re.compile(r"""@attribute\s+(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(\S+))\s+(.+)""", re.IGNORECASE)


def _arff(path: str, text: str, how: ReadOptions) -> TableSheet:
    """The attribute-relation format of Weka (dense; numeric, nominal and string attributes; '?' is missing)."""
    lines = text.splitlines()
    headers: list[str] = []
    for at, line in enumerate(lines):
        line = line.strip()
        if line.lower().startswith("@data"):
            break
        if line.lower().startswith("@attribute"):
            if not (found := _ATTRIBUTE.match(line)):
                raise DocumentError(
                    Problem("the attribute can't be read", "write @attribute NAME TYPE", path, at + 1, 1)
                )
            headers.append(found[1] or found[2] or found[3])
    else:
        raise DocumentError(Problem("has no @data", "an ARFF file has @attribute lines, @data, and rows", path))
    rows = [line for line in lines[at + 1 :] if line.strip() and not line.lstrip().startswith("%")]
    if rows and rows[0].lstrip().startswith("{"):
        raise DocumentError(Problem("is a sparse ARFF file", "save it in the dense form", path, at + 2, 1))
    if not rows:
        return TableSheet(pd.DataFrame(columns=header_names(headers), dtype=float))
    how = how._replace(missing=(*how.missing, "?"))
    return _parsed(path, "\n".join(rows), headers, how, ",", "'", first_row=1)
