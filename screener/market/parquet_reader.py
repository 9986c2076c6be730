"""Reads the companies of a Parquet file in batches, as columns: typed columns need not be read cell by cell.

Without a map, the columns of the file have the names of the catalogue: `id`, `name`, `sector`, `currency`, figures, metrics,
and prior(NAME).
"""

from collections.abc import Container, Iterator, Sequence
from copy import copy
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from screener.errors import DocumentError, Problem
from screener.importers.table.column_map import ROW_FIELDS, TableColumn, TableMap, headers_of
from screener.importers.table.map_reader import read_map
from screener.importers.table.number_notation import NumberNotation
from screener.importers.table.row_reader import ignored_notes
from screener.io.paths import unreadable
from screener.io.read_files import note_read
from screener.market.parquet_batch import BatchReader, RawBatch, RowBatch
from screener.profile.catalogue import Catalogue
from screener.profile.claims import read_period
from screener.text import clean, did_you_mean
from screener.units import NUMERIC

ANY_YEAR = "2000"
"""The year of a table that states none; any year gives the same results if there is no other date."""
ROWS = 16_384  # rows of a batch, whose columns fit into the processor's cache


class ParquetTable:
    """A Parquet file with the meaning of its columns. Raises DocumentError if it can't be used at all.

    A file made from another table is `shown` as that one, whose first row has the number `first_row`; `folder` is the
    temporary folder that contains it and is deleted with this object.
    """

    def __init__(
        self,
        path: str,
        catalogue: Catalogue,
        map_path: str | None = None,
        *,
        shown: str | None = None,
        first_row: int = 1,
        folder: Any = None,
    ) -> None:
        self.file, self.path, self.catalogue = path, shown or path, catalogue
        self.first_row, self.folder = first_row, folder
        note_read(self.path)
        try:
            with Path(path).open("rb"):  # its errors are more specific than those of Arrow
                schema = pq.read_schema(path)
            self.rows: int = pq.read_metadata(path).num_rows
        except OSError as error:
            raise unreadable(error, path) from error
        except (pa.ArrowException, ValueError) as error:
            raise _unusable(error, path) from error
        self.headers = [str(name) for name in schema.names]
        if map_path is None:
            self.map, self.columns = _by_name(self.headers, catalogue, path)
        else:
            self.map, self.columns, document = read_map(map_path, catalogue)
            problems = [
                document.problem(
                    loc,
                    f"{Path(path).name} has no column '{clean(header)}'",
                    did_you_mean(header, self.headers),
                    key=loc[0] == "columns",
                )
                for header, loc in headers_of(self.map, self.columns).items()
                if header not in self.headers
            ]
            if problems:
                raise DocumentError(problems)
        self.notation = NumberNotation(self.map.decimal, self.map.thousands)
        texts = {c.header for c in self.columns if c.typed.unit not in NUMERIC}
        texts |= {m.column for m in (self.map.sector, self.map.currency) if m is not None and m.column}
        self.takes_lists, self.notes = True, ignored_notes(self.map)
        numbers = {c.header for c in self.columns if c.typed.unit in NUMERIC}
        self.texts_of_numbers = [f.name for f in schema if f.name in numbers and not _is_number(f.type)]
        self.encoded = [f.name for f in schema if f.name in texts and pa.types.is_string(f.type)]

    @property
    def takes_batches(self) -> bool:
        """Returns whether rows can be read in batches: each is one company, of one known year, without a day of its
        own."""
        return map_takes_batches(self.map, self.columns) and not self.texts_of_numbers

    def batches(self) -> Iterator[RawBatch]:
        """Yields the rows of the file in batches."""
        wanted = [h for h in headers_of(self.map, self.columns) if h in self.headers]
        first = self.first_row
        for cells in self._cells(wanted):
            yield RawBatch(first, cells)
            first += len(cells)

    def _cells(self, wanted: list[str]) -> Iterator[Any]:
        """Yields the wanted columns as Arrow batches. Raises DocumentError if a page of the file is damaged."""
        try:
            with pq.ParquetFile(self.file, read_dictionary=self.encoded, pre_buffer=False) as file:
                yield from file.iter_batches(ROWS, columns=wanted)
        except OSError as error:
            raise unreadable(error, self.path) from error
        except (pa.ArrowException, ValueError) as error:
            raise _unusable(error, self.path) from error

    def only(self, names: Container[str]) -> "ParquetTable":
        """Returns the same file restricted to these figures and metrics."""
        narrow = copy(self)
        narrow.columns = tuple(column for column in self.columns if column.name in names)
        return narrow

    def read(self, raw: RawBatch) -> RowBatch:
        """Returns the good rows of a batch, as columns. Raises DocumentError for columns that can't be converted."""
        try:
            reader = BatchReader(
                raw,
                path=self.path,
                table_map=self.map,
                columns=self.columns,
                catalogue=self.catalogue,
                notation=self.notation,
            )
            return reader.batch()
        except (pa.ArrowException, UnicodeDecodeError) as error:
            raise _unusable(error, self.path) from error


def map_takes_batches(table: TableMap, columns: Sequence[TableColumn]) -> bool:
    """Returns whether a map lets each row be read by itself: one company, of one known year, without a day of its own."""
    period = table.period
    one_year = period is None or (period.text is not None and _is_year(period.text, table))
    own = any(c.currency or c.period or c.log or not c.in_file for c in columns) or bool(table.filters or table.unit)
    dated = table.as_of is not None or any(source.date for source in table.sources.values())
    return one_year and not dated and not own


def _is_number(kind: pa.DataType) -> bool:
    number = (pa.types.is_floating, pa.types.is_integer, pa.types.is_decimal, pa.types.is_null)
    return any(is_kind(kind) for is_kind in number)


def _is_year(text: str, table: TableMap) -> bool:
    try:
        return read_period(text, table.calendar).is_year
    except ValueError:
        return False


def _unusable(error: Exception, path: str) -> DocumentError:
    what = (str(error).splitlines() or ["?"])[0]
    return DocumentError(Problem(f"can't be read as Parquet: {clean(what)}", "check the file", path))


def _by_name(headers: list[str], catalogue: Catalogue, path: str) -> tuple[TableMap, tuple[TableColumn, ...]]:
    """Returns the map of a table whose columns have the names of the catalogue."""
    columns, problems = [], []
    for header in headers:
        key = header[6:-1] if header.startswith("prior(") and header.endswith(")") else header
        name = catalogue.aliases.get(key, key)
        if header in ROW_FIELDS:
            continue
        if (figure := catalogue.claimable.get(name)) is None:
            hint = did_you_mean(key, [*catalogue.claimable, *ROW_FIELDS], "say with --map what its columns are")
            problems.append(Problem(f"its column '{clean(header)}' is not a figure or metric", hint, path))
        else:
            home = "metrics" if name in catalogue.metrics else "figures"
            columns.append(
                TableColumn(header=header, name=name, typed=figure, home=home, prior=key != header, source="table")
            )
    if "id" not in headers and "name" not in headers:
        problems.append(Problem("has neither a column `id` nor `name`", "say with --map what its columns are", path))
    if problems:
        raise DocumentError(problems)
    given: dict[str, Any] = {head: {"column": head} for head in ROW_FIELDS if head in headers}
    given["name"] = {"column": "name" if "name" in headers else "id"}
    given["columns"] = {c.header: c.name for c in columns}
    given.setdefault("period", {"text": ANY_YEAR})
    return TableMap.model_validate(given), tuple(columns)
