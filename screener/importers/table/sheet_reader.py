"""Tables from files as they stand there: CSV, TSV, Excel, Parquet and ARFF, with the number of each row."""

import csv
import io
import re
import warnings
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile, ZipFile

import pandas as pd

from screener import limits
from screener.errors import DocumentError, Problem
from screener.importers.table.day_cells import SERIAL_ORIGIN
from screener.io.paths import TABLE_SUFFIXES, unreadable
from screener.text import clean, did_you_mean


class TableSheet(NamedTuple):
    """A table as read: the index holds row numbers (of a spreadsheet: its header is row 1; of Parquet and ARFF: from 1)."""

    frame: Any  # a pandas DataFrame: float columns where all is numbers, else objects; NaN or None where nothing stands
    problems: tuple[Problem, ...] = ()
    day_origin: date = SERIAL_ORIGIN  # day 0 of serial numbers


class ReadOptions(NamedTuple):
    """How to read a file: texts that stand for nothing, columns to keep as text, and the file's own dialect."""

    missing: Sequence[str] = ("",)
    texts: frozenset[str] = frozenset()
    sheet: str | None = None
    delimiter: str | None = None
    decimal: str = "."
    thousands: str | None = None
    encoding: str = "utf-8-sig"


def read_sheet(path: str, how: ReadOptions) -> TableSheet:
    """The table in a file. Raises DocumentError where there is none."""
    suffix = Path(path).suffix.lower()
    try:
        if suffix in (".csv", ".tsv"):
            return _csv(path, Path(path).read_text(how.encoding), how)
        if suffix == ".arff":
            return _arff(path, Path(path).read_text(how.encoding), how)
        if suffix == ".xlsx":
            return _excel(path, how)
        if suffix == ".parquet":
            frame = _parquet(path)
            frame = frame.reset_index(drop=True).rename(columns=str)
            return TableSheet(_numbered(frame, 1, path))
    except OSError as error:
        raise unreadable(error, path) from error
    except (UnicodeError, LookupError) as error:
        hint = "save it as UTF-8, or name its encoding in the map (encoding: gbk)"
        raise DocumentError(Problem(f"is not text in {clean(how.encoding)}", hint, path)) from error
    except (ValueError, KeyError, ArithmeticError, pd.errors.ParserError) as error:
        if isinstance(error, DocumentError):
            raise
        what = (str(error).splitlines() or ["?"])[0]
        raise DocumentError(Problem(f"can't be read as a table: {clean(what)}", "check the file", path)) from error
    raise DocumentError(Problem("is no table by its name", f"known are {', '.join(TABLE_SUFFIXES)}", path))


def _csv(path: str, text: str, how: ReadOptions) -> TableSheet:
    first = text.split("\n", 1)[0]
    delimiter = how.delimiter or ("\t" if Path(path).suffix.lower() == ".tsv" else _delimiter(first))
    headers = next(csv.reader(io.StringIO(text), delimiter=delimiter), [])
    if not any(h.strip() for h in headers):
        raise DocumentError(Problem("has no line of headers", "the first line names the columns", path))
    return _parsed(path, text, headers, how, delimiter, '"', first_row=2)


def _delimiter(line: str) -> str:
    """The separator that stands most often in a line."""
    return max(",;\t|", key=line.count)


def _parsed(
    path: str, text: str, headers: Sequence[str], how: ReadOptions, delimiter: str, quote: str, first_row: int
) -> TableSheet:
    names = _names(headers, path)
    texts = {i for i, name in enumerate(names) if name in how.texts}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        frame = pd.read_csv(
            io.StringIO(text),
            sep=delimiter,
            quotechar=quote,
            header=None,
            names=range(len(names)),
            skiprows=first_row - 1,
            skipinitialspace=True,
            keep_default_na=False,
            na_values={i: [""] if i in texts else list(dict.fromkeys(["", *how.missing])) for i in range(len(names))},
            dtype=dict.fromkeys(texts, str),
            decimal=how.decimal,
            thousands=how.thousands,
            index_col=False,
            skip_blank_lines=False,
            float_precision="round_trip",
            low_memory=False,
            on_bad_lines="warn",
        )
    said = "".join(str(w.message) for w in caught if issubclass(w.category, pd.errors.ParserWarning))
    found = [(int(n), want, saw) for n, want, saw in re.findall(r"line (\d+): expected (\d+) fields, saw (\d+)", said)]
    skipped = {line for line, _, _ in found}
    rows = (row for row in range(first_row, first_row + len(frame) + len(skipped)) if row not in skipped)
    frame.index = pd.Index(list(rows))
    frame.columns = names
    problems = tuple(
        Problem(
            f"has {saw} cells, the header has {want}", "quote cells that hold the separator", path, path=f"row {line}"
        )
        for line, want, saw in found
    )
    return TableSheet(frame.dropna(how="all"), problems)


def _names(headers: Sequence[Any], path: str) -> list[str]:
    """Headers without white space at their ends; one that stands twice is told apart by its place."""
    found: list[str] = []
    for i, header in enumerate(headers, 1):
        name = str(header).strip() if header is not None and header == header else ""
        name = name or f"column {i}"
        found.append(f"{name} (column {i})" if name in found else name)
    return found


def _excel(path: str, how: ReadOptions) -> TableSheet:
    import openpyxl

    try:
        with ZipFile(path) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except BadZipFile as error:
        raise DocumentError(Problem("is not an Excel file", "save it as .xlsx", path)) from error
    if size > limits.UNPACKED_BYTES:
        raise DocumentError(Problem(f"unpacks to {size >> 20:,} MiB", "save it as CSV or Parquet", path))
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        rows = _rows(book, path, how)
    except (DocumentError, OSError, MemoryError):
        raise
    except Exception as error:  # openpyxl lets through whatever it meets in a damaged archive
        raise DocumentError(Problem("is a damaged Excel file", "open it in Excel and save it again", path)) from error
    if not rows or not any(cell is not None for cell in rows[0]):
        raise DocumentError(Problem("has no line of headers", "the first row names the columns", path))
    headers = list(rows[0])
    while headers and headers[-1] is None:
        headers.pop()
    frame = pd.DataFrame([row[: len(headers)] for row in rows[1:]], columns=_names(headers, path), dtype=object)
    nothing = set(how.missing) | {""}
    for name in frame.columns:
        blank = {""} if name in how.texts else nothing
        frame[name] = frame[name].map(lambda c, blank=blank: None if isinstance(c, str) and c.strip() in blank else c)
    return TableSheet(_numbered(frame.infer_objects(), 2, path).dropna(how="all"))


def _rows(book: Any, path: str, how: ReadOptions) -> list[tuple[Any, ...]]:
    """The cells of the sheet that is meant."""
    with closing(book):
        if how.sheet is not None and how.sheet not in book.sheetnames:
            hint = did_you_mean(how.sheet, book.sheetnames, "its sheets are " + ", ".join(map(clean, book.sheetnames)))
            raise DocumentError(Problem(f"has no sheet '{clean(how.sheet)}'", hint, path))
        sheet = book[how.sheet] if how.sheet is not None else book.worksheets[0]
        found, cells = [], 0
        for row in sheet.iter_rows(values_only=True):
            found.append(row)
            cells += len(row)
            if cells > limits.EXCEL_CELLS:
                what = f"has more than {limits.EXCEL_CELLS:,} cells, empty ones too"
                raise DocumentError(Problem(what, "save it as CSV or Parquet", path))
        return found


def _parquet(path: str) -> Any:
    """A Parquet file, once its size in memory is known to be bearable: a column of one value takes no room in the file."""
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            cells = file.metadata.num_rows * file.metadata.num_columns
        if cells <= limits.CELLS:
            return pd.read_parquet(path)
    except (OSError, ValueError, MemoryError):
        raise
    except Exception as error:  # of further kinds that pyarrow has
        raise DocumentError(Problem("is a damaged Parquet file", "write it again", path)) from error
    what = f"has {cells:,} cells, more than {limits.CELLS:,}"
    raise DocumentError(Problem(what, "give it to screener market, which reads it batch by batch, or split it", path))


def _numbered(frame: Any, first: int, path: str) -> Any:
    frame.columns = _names(list(frame.columns), path)
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
        return TableSheet(pd.DataFrame(columns=_names(headers, path), dtype=float))
    how = how._replace(missing=(*how.missing, "?"))
    return _parsed(path, "\n".join(rows), headers, how, ",", "'", first_row=1)
