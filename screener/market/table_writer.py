"""Tables to files, some rows at a time: Parquet or CSV by the name; a whole file or none."""

import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from screener.errors import OutputError, Problem

SUFFIXES = (".parquet", ".csv")
_FORMULA = r"^[=+\-@\t\r']"  # what a spreadsheet might take for a formula


class Writer:
    """Writes beside the file, and puts it in its place at the end of a `with` block that did not fail. Raises OutputError."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        if path.suffix.lower() not in SUFFIXES:
            hint = f"name a file that ends in {' or '.join(SUFFIXES)}"
            raise OutputError(Problem("is no kind of table by its name", hint, str(path)))
        self.path, self.schema, self.csv = path, schema, path.suffix.lower() == ".csv"

    def __enter__(self) -> "Writer":
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=".screener-")
            self.temporary = Path(name)
            self.file: Any = os.fdopen(handle, "wb")
            if self.csv:
                schema = pa.schema([(f.name, _plain(f.type)) for f in self.schema])
                options = pyarrow.csv.WriteOptions(quoting_style="needed")
                self.out: Any = pyarrow.csv.CSVWriter(self.file, schema, write_options=options)
            else:
                self.out = pq.ParquetWriter(self.file, self.schema, compression="zstd")
        except OSError as error:
            raise self._failed(error) from error
        return self

    def write(self, table: pa.Table) -> None:
        """Adds rows."""
        try:
            self.out.write_table(_cells(table) if self.csv else table)
        except OSError as error:
            raise self._failed(error) from error

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            self.out.close()
            self.file.close()
            if kind is None:
                umask = os.umask(0)
                os.umask(umask)
                self.temporary.chmod(self.path.stat().st_mode & 0o777 if self.path.exists() else 0o666 & ~umask)
                self.temporary.replace(self.path)
        except OSError as failed:
            raise self._failed(failed) from failed
        finally:
            self.temporary.unlink(missing_ok=True)

    def _failed(self, error: OSError) -> OutputError:
        reason = (error.strerror or str(error)).lower()
        return OutputError(Problem(f"can't be written: {reason}", "choose another file with --out", str(self.path)))


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _cells(table: pa.Table) -> pa.Table:
    """The table as CSV takes it: no dictionaries, and no text that is a formula to a spreadsheet."""
    columns = []
    for column in table.columns:
        kind = _plain(column.type)
        column = column.cast(kind) if kind != column.type else column
        if pa.types.is_string(kind):
            risky = pc.match_substring_regex(column, _FORMULA)
            column = pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column)
        columns.append(column)
    return pa.Table.from_arrays(columns, names=table.column_names)
