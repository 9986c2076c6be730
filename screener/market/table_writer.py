"""Tables to files, some rows at a time: Parquet or CSV by the name; a whole file or none."""

from contextlib import ExitStack, closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from screener.errors import OutputError, Problem
from screener.io.atomic import open_output

SUFFIXES = (".parquet", ".csv")
_FORMULA = r"^[=+\-@\t\r']"  # what a spreadsheet might take for a formula


class TableWriter:
    """Writes batches of rows to a file, which is there once the `with` block ends without a fault. Raises OutputError."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        if path.suffix.lower() not in SUFFIXES:
            hint = f"name a file that ends in {' or '.join(SUFFIXES)}"
            raise OutputError(Problem("is no kind of table by its name", hint, str(path)))
        self.path, self.schema, self.csv = path, schema, path.suffix.lower() == ".csv"
        self._open = ExitStack()

    def __enter__(self) -> "TableWriter":
        with suppress(OSError):  # which is told when the file is opened
            self.path.parent.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            file = stack.enter_context(open_output(self.path))
            if self.csv:
                schema = pa.schema([(f.name, _plain(f.type)) for f in self.schema])
                options = pyarrow.csv.WriteOptions(quoting_style="needed")
                self._table: Any = pyarrow.csv.CSVWriter(file, schema, write_options=options)
            else:
                self._table = pq.ParquetWriter(file, self.schema, compression="zstd")
            stack.enter_context(closing(self._table))
            self._open = stack.pop_all()
        return self

    def write(self, table: pa.Table) -> None:
        """Adds rows."""
        self._table.write_table(_cells(table) if self.csv else table)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._open.__exit__(kind, error, at)


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
