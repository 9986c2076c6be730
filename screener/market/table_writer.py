"""Writes tables to Parquet or CSV files in batches of rows; a file is complete or does not exist."""

import codecs
import io
import re
from contextlib import AbstractContextManager, ExitStack, closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from screener.errors import OutputError, Problem
from screener.io.atomic import is_stream, open_output
from screener.io.replacing import COMMENT_MARK, ReplacePolicy
from screener.report.formats.csv_format import ENCODINGS, in_encoding
from screener.report.workbook import MOST_ROWS, Column, Kind, WorkbookWriter
from screener.text import CSV_START, FORMULA_STARTS
from screener.vocabulary import Flag

FORMATS = ("parquet", "csv", "xlsx")
_FORMULA = f"^[{re.escape(FORMULA_STARTS)}]"  # beginnings that a spreadsheet might interpret as a formula


class TableWriter:
    """Writes batches of rows to an opened file, which exists once the `with` block ends without an error.

    `form` is one of FORMATS; CSV begins with `start`, and has the `encoding` (one of ENCODINGS). Raises OutputError.
    """

    def __init__(
        self,
        file: AbstractContextManager[BinaryIO],
        schema: pa.Schema,
        form: str,
        start: str = CSV_START,
        encoding: str = ENCODINGS[0],
    ) -> None:
        self._encoding = encoding
        self._file, self.schema, self.csv, self._start = file, schema, form == "csv", start
        self.xlsx = form == "xlsx"
        self._open = ExitStack()

    def __enter__(self) -> "TableWriter":
        with ExitStack() as stack:
            file = stack.enter_context(self._file)
            if self.csv:
                schema = pa.schema([(f.name, _plain(f.type)) for f in self.schema])
                encoded: Any = file if self._encoding == ENCODINGS[0] else EncodedFile(file, self._encoding)
                encoded.write(self._start.encode())
                options = pyarrow.csv.WriteOptions(quoting_style="needed")
                self._table: Any = pyarrow.csv.CSVWriter(encoded, schema, write_options=options)
            elif self.xlsx:
                book = stack.enter_context(WorkbookWriter(file))
                self._sheet = book.sheet("Results", [_sheet_column(f) for f in self.schema])
                self._open = stack.pop_all()
                return self
            else:
                self._table = pq.ParquetWriter(file, _marked(self.schema), compression="zstd")
            stack.enter_context(closing(self._table))
            self._open = stack.pop_all()
        return self

    def write(self, table: pa.Table) -> None:
        """Writes the rows of a table."""
        if self.xlsx:
            for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
                self._sheet.row(row)
            if self._sheet.left_out:
                what = f"has more rows than the {MOST_ROWS - 1:,} of a sheet"
                raise OutputError(Problem(what, "write CSV or Parquet, or --reports of the riskiest"))
            return
        self._table.write_table(_cells(table) if self.csv else table.cast(_marked(self.schema)))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._open.__exit__(kind, error, at)


class EncodedFile(io.RawIOBase):
    """A file that converts text written in UTF-8 to another encoding; characters that it lacks become question marks.

    A byte order mark at the beginning is kept if the encoding has one. Closing it leaves the underlying file open.
    """

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        super().__init__()
        self._file, self._encoding = file, encoding
        self._decoder = codecs.getincrementaldecoder("utf-8")()  # a character may be split between two writes

    def writable(self) -> bool:
        """Returns true: it can be written to."""
        return True

    def write(self, content: Any) -> int:
        """Converts and writes a part of the text."""
        raw = bytes(content)
        self._file.write(in_encoding(self._decoder.decode(raw).encode(), self._encoding))
        return len(raw)


def table_writer(
    path: Path,
    schema: pa.Schema,
    form: str | None = None,
    policy: ReplacePolicy | None = None,
    encoding: str = ENCODINGS[0],
) -> TableWriter:
    """Opens a writer to a path that a user named, in the format `form` or that of the file name, and creates its
    folder.

    `encoding` is that of CSV.
    `policy` says which existing files it may replace (None: those that screener wrote). Raises OutputError if neither
    the name nor `form` gives a format.
    """
    form = format_of(path, form)
    return TableWriter(opened_file(path, policy), schema, form, "" if is_stream(path) else CSV_START, encoding)


def format_of(path: Path, form: str | None = None) -> str:
    """Returns the format of a table: `form`, else that of the file name. Raises OutputError if neither gives one."""
    form = form or path.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        hint = "name a file that ends in .parquet, .csv or .xlsx, or choose with --format"
        raise OutputError(Problem("has no format by its name", hint, str(path)))
    return form


def opened_file(path: Path, policy: ReplacePolicy | None = None) -> AbstractContextManager[BinaryIO]:
    """Provides a file that exists once the `with` block ends without an error, and creates its folder."""
    with suppress(OSError):  # an error of this is reported when the file is opened
        path.parent.mkdir(parents=True, exist_ok=True)
    return open_output(path, policy)


def _sheet_column(field: pa.Field) -> Column:
    """Returns how a column of a schema is shown in a sheet."""
    kind: Kind = "text"
    if pa.types.is_floating(field.type):
        kind = "score"
    elif pa.types.is_integer(field.type):
        kind = "count"
    elif field.name in ("name", "rule"):
        kind = "wide"
    elif field.name in (*Flag, "verdict"):
        kind = "verdict" if field.name == "verdict" else "list"
    return Column(field.name, kind)


def _marked(schema: pa.Schema) -> pa.Schema:
    """Returns the schema with metadata that says that this program wrote the file."""
    return schema.with_metadata({"note": COMMENT_MARK})


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _cells(table: pa.Table) -> pa.Table:
    """Returns the table for CSV: without dictionaries, and without texts that a spreadsheet would interpret as
    formulas."""
    columns = []
    for column in table.columns:
        kind = _plain(column.type)
        column = column.cast(kind) if kind != column.type else column
        if pa.types.is_string(kind):
            risky = pc.match_substring_regex(column, _FORMULA)
            column = pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column)
        columns.append(column)
    return pa.Table.from_arrays(columns, names=table.column_names)
