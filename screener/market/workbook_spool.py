"""Converts large Excel sheets to Parquet in a temporary folder, row by row, so that memory does not grow with the
sheet.

Only sheets whose cells are plain numbers and texts are converted. Sheets with number formats that carry meaning,
formulas, merged cells, hidden rows, blank rows or other notations are left to `read_table`, which reads a sheet as a
whole. Both give the same results for the same table.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile

import pyarrow as pa

from screener.errors import DocumentError
from screener.importers.table.cell_kinds import ErrorCell, ShownNumber
from screener.importers.table.cell_text import cell_text
from screener.importers.table.column_map import TableMap, headers_of, headers_of_file
from screener.importers.table.map_reader import read_map
from screener.importers.table.sheet_marks import read_marks
from screener.importers.table.stacked_headers import find_headers
from screener.importers.table.table_bytes import check_unpacked
from screener.importers.table.table_sheet import header_names
from screener.importers.table.text_dialect import HEADER_WITHIN
from screener.importers.table.workbook_reader import (
    Workbook,
    chosen_sheets,
    opened_workbook,
    part_of,
    row_values,
    sheet_notes,
)
from screener.io.archives import open_archive
from screener.io.paths import table_suffix
from screener.market.parquet_reader import ParquetTable
from screener.market.text_spool import NotPlainError, check_headers, spool_schema, takes_spool, write_spool
from screener.profile.catalogue import Catalogue

SPOOLED_FROM = 8 * 2**20
"""Size in bytes of a sheet's XML from which it is converted to Parquet."""
_ROWS = 4096  # rows of a batch


class _SheetHead(NamedTuple):
    """The place of the first row below the headers, the headers, and notes on the workbook."""

    end: int
    names: list[str]
    notes: tuple[str, ...]


def spooled_workbook(
    path: str, map_path: str, catalogue: Catalogue, reading: Callable[[int], None] = lambda rows: None
) -> ParquetTable | None:
    """Returns a large sheet to read in batches; None if it is small or must be read as a whole. Raises DocumentError
    for its map.

    `reading` is called with the number of rows read since its last call.
    """
    if table_suffix(path) not in (".xlsx", ".xlsm") or not _is_large(path):
        return None
    table, columns, _ = read_map(map_path, catalogue)
    if not takes_spool(table, columns):
        return None
    folder = tempfile.TemporaryDirectory(prefix="screener-")
    spool = Path(folder.name, "table.parquet")
    try:
        with opened_workbook(path) as book:
            schema = spool_schema(table, columns)
            wanted = headers_of(table, columns)
            sheet, notes = _sheet(book, path, table)
            head = _read_head(sheet, table, headers_of_file(table, columns), notes)
            check_headers(head.names, wanted)
            write_spool(_batches(sheet, head, schema), schema, table, spool, reading)
        found = ParquetTable(str(spool), catalogue, map_path, shown=path, first_row=head.end + 1, folder=folder)
        found.notes = (*notes, *found.notes)
        return found
    except MemoryError:
        raise
    except Exception:  # any error of a damaged file: reading it as a whole reports the cause
        folder.cleanup()
        return None


def _is_large(path: str) -> bool:
    """Returns whether a sheet's XML is large, and the whole workbook within the limit for unpacking."""
    try:
        with open_archive(path) as archive:
            parts = archive.infolist()
            check_unpacked(path, parts)
    except (OSError, BadZipFile, DocumentError, ValueError):
        return False
    return any(part.file_size >= SPOOLED_FROM for part in parts if "worksheets/" in part.filename)


def _sheet(book: Any, path: str, table: TableMap) -> tuple[Any, tuple[str, ...]]:
    """Returns the sheet to read, and notes on the others. Raises NotPlainError or DocumentError."""
    visible = [s.title for s in book.worksheets if s.sheet_state == "visible"] or book.sheetnames[:1]
    (name,) = chosen_sheets(book.sheetnames, visible, path, table.sheet, False)
    with open_archive(path) as archive:
        marks = read_marks(archive, part_of(book[name]))
    if marks.formulas or marks.merged or marks.hidden:
        raise NotPlainError
    one = Workbook((), tuple(visible), len(book.sheetnames) - len(visible))
    return book[name], tuple(sheet_notes(one, table.sheet, name))


def _read_head(sheet: Any, table: TableMap, wanted: frozenset[str], notes: tuple[str, ...]) -> _SheetHead:
    rows = list(islice(row_values(sheet), max(HEADER_WITHIN, table.header or 0)))
    heads = find_headers(rows, None if table.header is None else table.header - 1, wanted)
    headers = list(heads.headers)
    while headers and headers[-1] is None:
        headers.pop()
    return _SheetHead(heads.end, header_names(headers), notes)


def _batches(sheet: Any, head: _SheetHead, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    places = [head.names.index(name) for name in schema.names]
    numbers = [pa.types.is_floating(kind) for kind in schema.types]
    rows = islice(row_values(sheet), head.end, None)
    while batch := list(islice(rows, _ROWS)):
        columns = [
            pa.array([_cell(row, place, number, len(head.names)) for row in batch], kind)
            for place, number, kind in zip(places, numbers, schema.types, strict=True)
        ]
        yield pa.record_batch(columns, schema=schema)


def _cell(row: Sequence[Any], place: int, number: bool, width: int) -> Any:
    """Returns a cell in the type of its column. Raises NotPlainError if it is not a plain value of that type."""
    if len(row) > width:
        raise NotPlainError
    cell = row[place] if place < len(row) else None
    if cell is None or (isinstance(cell, str) and not cell.strip() and not number):
        return None
    if isinstance(cell, bool | ErrorCell | ShownNumber):
        raise NotPlainError
    if number:
        if not isinstance(cell, int | float):
            raise NotPlainError
        return float(cell)
    return cell if isinstance(cell, str) else cell_text(cell)
