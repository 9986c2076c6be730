"""Converts large text tables to Parquet in a temporary folder, a block at a time, so that memory does not grow with the
table.

Only tables that can be read without looking at whole columns are converted: UTF-8, numbers as programs write them, one
row per company. Tables with anything else (percent signs, several notations, footnotes, blank lines …) are left to
`read_table`, which reads them as a whole; both give the same results for the same table.
"""

import csv
import re
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from screener.importers.table.column_map import Shape, TableColumn, TableMap, headers_of, headers_of_file
from screener.importers.table.map_reader import read_map
from screener.importers.table.stacked_headers import find_headers
from screener.importers.table.table_bytes import check_kind
from screener.importers.table.table_extent import is_summary_name
from screener.importers.table.table_sheet import header_names
from screener.importers.table.text_dialect import HEADER_WITHIN, delimiter_of, lines_of, separator_line
from screener.io.paths import TEXT_SUFFIXES, table_suffix
from screener.market.parquet_reader import ParquetTable, map_takes_batches
from screener.profile.catalogue import Catalogue
from screener.units import NUMERIC

SPOOLED_FROM = 8 * 2**20
"""Size in bytes from which a text table is converted to Parquet; a smaller one takes less memory than the program."""
_HEAD = 2**20  # number of bytes that must contain the headers
_ROWS = 65_536  # rows of a group in the Parquet file
_BOM = b"\xef\xbb\xbf"
_REPEATED = re.compile(r".* \(column \d+\)\Z", re.DOTALL)
_ODD_TEXT = "[\x00\ufeff\ufffd]"


class NotPlainError(Exception):
    """Raised if the table must be read as a whole."""


class _TextHead(NamedTuple):
    """Where the rows of a text begin (in bytes), the number of the first row, the headers and the separator."""

    offset: int
    first_row: int
    names: list[str]
    delimiter: str


def spooled_table(
    path: str, map_path: str, catalogue: Catalogue, reading: Callable[[int], None] = lambda rows: None
) -> ParquetTable | None:
    """Returns a large text table to read in batches; None if it is small or must be read as a whole. Raises
    DocumentError for its map.

    `reading` is called with the number of rows read since its last call.
    """
    if table_suffix(path) not in TEXT_SUFFIXES or not _is_large(path):
        return None
    table, columns, _ = read_map(map_path, catalogue)
    if not takes_spool(table, columns) or not _is_plain(table):
        return None
    folder = tempfile.TemporaryDirectory(prefix="screener-")
    spool = Path(folder.name, "table.parquet")
    try:
        head = _read_head(path, table, columns)
        with Path(path).open("rb") as file:
            file.seek(head.offset)
            schema = spool_schema(table, columns)
            write_spool(_batches(file, head, table, schema), schema, table, spool, reading)
        return ParquetTable(str(spool), catalogue, map_path, shown=path, first_row=head.first_row, folder=folder)
    except (NotPlainError, pa.ArrowException, OSError, UnicodeError, csv.Error, ValueError):
        folder.cleanup()
        return None


def takes_spool(table: TableMap, columns: tuple[TableColumn, ...]) -> bool:
    """Returns whether a map can be applied to a table batch by batch."""
    return table.shape is Shape.ROWS and map_takes_batches(table, columns)


def check_headers(names: Sequence[str], wanted: Collection[str]) -> None:
    """Raises NotPlainError if the headers of a file are ambiguous."""
    if not set(wanted) <= set(names) or any(map(_REPEATED.match, names)) or any(map(str.isdigit, wanted)):
        raise NotPlainError


def _is_large(path: str) -> bool:
    try:
        return Path(path).stat().st_size >= SPOOLED_FROM
    except OSError:
        return False


def _is_plain(table: TableMap) -> bool:
    """Returns whether a map keeps numbers in the notation of programs, and the text in UTF-8."""
    encoding = (table.encoding or "utf-8").lower().replace("_", "-")
    return table.decimal == "." and table.thousands is None and encoding in ("utf-8", "utf8", "utf-8-sig")


def _read_head(path: str, table: TableMap, columns: tuple[TableColumn, ...]) -> _TextHead:
    with Path(path).open("rb") as file:
        start = file.read(_HEAD)
    check_kind(path, start[:512])
    mark = len(_BOM) if start.startswith(_BOM) else 0
    whole, end, _ = start[mark:].rpartition(b"\n")
    text = (whole + end).decode("utf-8")
    if not end or "\0" in text or "\ufeff" in text:
        raise NotPlainError
    named = separator_line(text)
    skipped = text.split("\n", 1)[0] + "\n" if named else ""
    body = text[len(skipped) :]
    usual = "\t" if table_suffix(path) != ".csv" else delimiter_of(body[:200_000])
    delimiter = table.delimiter or named or usual
    rows = list(islice(csv.reader(lines_of(body), delimiter=delimiter), max(HEADER_WITHIN, table.header or 0)))
    below = None if table.header is None else table.header - 1 - bool(named)
    heads = find_headers(rows, below, headers_of_file(table, columns))
    names = header_names(heads.headers)
    wanted = headers_of(table, columns)
    check_headers(names, wanted)
    reader = csv.reader(lines_of(body), delimiter=delimiter)
    for _ in islice(reader, heads.end):
        pass
    above = skipped + "".join(islice(lines_of(body), reader.line_num))
    return _TextHead(mark + len(above.encode()), bool(named) + heads.end + 1, names, delimiter)


def spool_schema(table: TableMap, columns: tuple[TableColumn, ...]) -> pa.Schema:
    """Returns the columns of the file that a map names. Raises NotPlainError if a numeric column names companies."""
    numbers = {c.header for c in columns if c.typed.unit in NUMERIC and not c.presence}
    if numbers & {meta.column for _, meta in table.metas()}:
        raise NotPlainError
    wanted = dict.fromkeys(headers_of(table, columns))
    return pa.schema([(name, pa.float64() if name in numbers else pa.string()) for name in wanted])


def write_spool(
    batches: Iterator[pa.RecordBatch], schema: pa.Schema, table: TableMap, spool: Path, reading: Callable[[int], None]
) -> None:
    """Writes the columns of the map. Raises NotPlainError, ArrowException or OSError."""
    heads = {meta.column for _, meta in table.metas()}
    names = table.name.column or (table.id.column if table.id else None)
    last = None
    with pq.ParquetWriter(str(spool), schema, compression="lz4") as writer:
        for group in _groups(batches, schema):
            columns_of = {name: _cells(group.column(name), name, name in heads, table) for name in schema.names}
            given = np.logical_or.reduce([cells.is_valid().to_numpy() for cells in columns_of.values()])
            if not given.all():  # a blank line
                raise NotPlainError
            writer.write_table(pa.table(columns_of, schema=schema))
            reading(len(group))
            last = {name: cells[-1].as_py() for name, cells in columns_of.items()}
    if last is None or sum(cell is not None for cell in last.values()) < 2:
        raise NotPlainError  # an empty line or a footnote
    if names is not None and is_summary_name(last[names]):
        raise NotPlainError


def _batches(file: Any, head: _TextHead, table: TableMap, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    with pyarrow.csv.open_csv(
        file,
        read_options=pyarrow.csv.ReadOptions(column_names=head.names, block_size=2**20, use_threads=False),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=head.delimiter, newlines_in_values=True, ignore_empty_lines=False
        ),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=schema,
            include_columns=schema.names,
            null_values=list(dict.fromkeys(["", *table.missing])),
            strings_can_be_null=False,
        ),
    ) as reader:
        yield from reader


def _groups(batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    """Yields the rows in groups of about equal size, as they are written."""
    waiting: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        waiting.append(batch)
        rows += len(batch)
        if rows >= _ROWS:
            yield pa.Table.from_batches(waiting, schema)
            waiting, rows = [], 0
    if rows:
        yield pa.Table.from_batches(waiting, schema)


def _cells(cells: Any, name: str, is_head: bool, table: TableMap) -> Any:
    """Returns the cells of a column; empty texts count as missing. Raises NotPlainError."""
    if not pa.types.is_string(cells.type):
        if _any(pc.invert(pc.is_finite(cells))):
            raise NotPlainError
        return cells
    trimmed = pc.utf8_trim_whitespace(cells)
    if _any(pc.equal(trimmed, name)) or _any(pc.match_substring_regex(cells, _ODD_TEXT)):
        raise NotPlainError
    nothing = pa.array([""] if is_head else ["", *table.missing], pa.string())
    return pc.if_else(pc.is_in(trimmed, nothing), pa.scalar(None, pa.string()), cells)


def _any(truths: Any) -> bool:
    return pc.any(truths).as_py() is True
