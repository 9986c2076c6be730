"""Reads sheets of Excel workbooks: values with their formats, error values, formulas without stored values."""

import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from typing import Any, NamedTuple
from zipfile import BadZipFile

from screener import limits
from screener.errors import DocumentError, Problem
from screener.importers.table.cell_kinds import ErrorCell, ShownNumber, UncomputedCell
from screener.importers.table.day_cells import SERIAL_ORIGIN
from screener.importers.table.sheet_marks import SheetMarks, read_marks
from screener.importers.table.table_bytes import check_unpacked, not_a_workbook
from screener.importers.table.unit_words import CELL_SCALES, currencies_meant
from screener.io.archives import open_archive
from screener.text import clean, did_you_mean, shorten

STEP = 1000
"""Number of rows between two calls of `progress`."""
_QUOTED = re.compile(r'"([^"]*)"|\\(.)')
_BRACKET = re.compile(r"\[\$?([^\]-]*)(?:-[^\]]*)?\]")


class Sheet(NamedTuple):
    """The cells of one sheet, row by row from the first; `day_origin` is day 0 of its serial numbers."""

    name: str
    rows: list[tuple[Any, ...]]
    day_origin: date = SERIAL_ORIGIN
    marks: SheetMarks = SheetMarks()


class Workbook(NamedTuple):
    """The sheets that were read, the names of all visible sheets, and the number of hidden ones."""

    sheets: tuple[Sheet, ...]
    visible: tuple[str, ...]
    hidden: int


def read_workbook(
    path: str, sheet: str | None = None, every: bool = False, progress: Callable[[int], None] = lambda rows: None
) -> Workbook:
    """Reads one sheet of a workbook, by default the first visible one; with `every` all visible ones.

    `progress` is called with the number of rows that were read since its last call. Raises DocumentError or OSError.
    """
    try:
        with open_archive(path) as archive:
            parts = archive.infolist()
            check_unpacked(path, parts)
            marks = {
                part.filename: read_marks(archive, part.filename)
                for part in parts
                if "worksheets/" in part.filename and part.filename.endswith(".xml")
            }
    except BadZipFile as error:
        raise DocumentError(not_a_workbook(path)) from error
    except (DocumentError, OSError, MemoryError):
        raise
    except Exception as error:  # zlib and zipfile raise many kinds of exceptions for damaged files
        raise _damaged(path) from error
    try:
        with opened_workbook(path) as book:
            visible = [s.title for s in book.worksheets if s.sheet_state == "visible"] or book.sheetnames[:1]
            names = chosen_sheets(book.sheetnames, visible, path, sheet, every)
            origin = book.epoch.date() if hasattr(book.epoch, "date") else SERIAL_ORIGIN
            found = [
                Sheet(name, _rows(book[name], path, progress), origin, marks.get(part_of(book[name]), SheetMarks()))
                for name in names
            ]
        if any(one.marks.formulas for one in found):
            with opened_workbook(path, formulas=True) as book:
                for one in found:
                    _mark_uncomputed(one.rows, book[one.name])
    except (DocumentError, OSError, MemoryError):
        raise
    except Exception as error:  # openpyxl raises many kinds of exceptions for damaged files
        raise _damaged(path) from error
    return Workbook(tuple(found), tuple(visible), len(book.sheetnames) - len(visible))


@contextmanager
def opened_workbook(path: str, formulas: bool = False) -> Iterator[Any]:
    """Opens a workbook with openpyxl for reading row by row: the values of cells, or their formulas.

    Raises whatever openpyxl raises for a damaged file.
    """
    import openpyxl

    with (
        warnings.catch_warnings(),
        closing(openpyxl.load_workbook(path, read_only=True, data_only=not formulas)) as book,
    ):
        warnings.simplefilter("ignore")  # about dates beyond the calendar and unread parts
        yield book


def _damaged(path: str) -> DocumentError:
    return DocumentError(Problem("is a damaged Excel file", "open it in Excel and save it again", path))


def chosen_sheets(names: Sequence[str], visible: Sequence[str], path: str, sheet: str | None, every: bool) -> list[str]:
    """Returns the names of the sheets to read: the given one, the first visible one, or all visible ones.

    Raises DocumentError if the given sheet does not exist.
    """
    if sheet is None:
        return list(visible) if every else list(visible[:1])
    if sheet not in names:
        hint = did_you_mean(sheet, names, "its sheets are " + ", ".join(map(clean, names)))
        raise DocumentError(Problem(f"has no sheet '{clean(sheet)}'", hint, path))
    return [sheet]


def part_of(sheet: Any) -> str:
    """Returns the name of a sheet's part in the archive."""
    return str(sheet._worksheet_path).removeprefix("/")


def row_values(sheet: Any) -> Iterator[tuple[Any, ...]]:
    """Yields the rows of a sheet as tuples of cells, without empty cells at their ends."""
    from openpyxl.cell.read_only import EMPTY_CELL

    shows: dict[str, _NumberFormat | None] = {}
    for row in sheet.iter_rows():
        filled = 0 if set(map(id, row)) == {id(EMPTY_CELL)} else len(row)
        while filled and row[filled - 1] is EMPTY_CELL:
            filled -= 1
        yield tuple(_value(cell, shows) for cell in row[:filled])


def _rows(sheet: Any, path: str, progress: Callable[[int], None]) -> list[tuple[Any, ...]]:
    found, cells = [], 0
    width = sheet.max_column or 0
    for row in row_values(sheet):
        found.append(row)
        cells += max(len(row), width)
        if len(found) % STEP == 0:
            progress(STEP)
        if cells > limits.SHEET_CELLS:
            what = f"has more than {limits.SHEET_CELLS:,} cells, empty ones too"
            raise DocumentError(Problem(what, "save it as CSV or Parquet", path))
    return found


def _value(cell: Any, shows: dict[str, "_NumberFormat | None"]) -> Any:
    value = cell.value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return ErrorCell(value) if cell.data_type == "e" else value
    if not isinstance(value, int | float):
        return value
    code = cell.number_format
    if code not in shows:
        shows[code] = number_format(code)
    shown = shows[code]
    return value if shown is None else shown.of(value)


def _mark_uncomputed(rows: list[tuple[Any, ...]], sheet: Any) -> None:
    """Inserts an UncomputedCell for each formula without a stored value."""
    for place, (values, cells) in enumerate(zip(rows, sheet.iter_rows(), strict=False)):
        if any(v is None and c.data_type == "f" for v, c in zip(values, cells, strict=False)):
            rows[place] = tuple(
                UncomputedCell() if v is None and c.data_type == "f" else v for v, c in zip(values, cells, strict=False)
            )


class _NumberFormat(NamedTuple):
    """The information in a number format."""

    percent: bool
    currencies: tuple[str, ...]
    shown_in: float
    scale_is_shown: bool
    digits: int

    def of(self, value: float) -> ShownNumber:
        """Returns the number with the information of the format."""
        found = ShownNumber(value)
        found.percent, found.currencies = self.percent, self.currencies
        found.shown_in, found.scale_is_shown, found.digits = self.shown_in, self.scale_is_shown, self.digits
        return found


def number_format(code: str) -> _NumberFormat | None:
    """Reads a number format of Excel: percentage, currency, scale, leading zeros; None if it has none of them."""
    if code == "General":
        return None
    first = code.split(";", 1)[0]
    texts = [found[1] or found[2] or "" for found in _QUOTED.finditer(first)] + _BRACKET.findall(first)
    bare = _BRACKET.sub("", _QUOTED.sub("", first))
    currencies: tuple[str, ...] = ()
    for sign in (*texts, *re.findall(r"[$€£¥₹₩]", bare)):
        currencies = currencies or currencies_meant(sign.strip().lower())
    commas = re.search(r"[0#?](,+)(?![0#?,])", bare)
    shown_in = 1000.0 ** len(commas[1]) if commas else 1.0
    letters = any(CELL_SCALES.get(sign.strip().lower()) == shown_in for sign in texts) and shown_in > 1
    percent = "%" in bare
    digits = len(bare) if re.fullmatch("0{2,}", bare) else 0  # leading zeros of an id: 0000320193
    if not (percent or currencies or shown_in > 1 or digits):
        return None
    return _NumberFormat(percent, currencies, shown_in, letters, digits)


def sheet_notes(book: Workbook, wanted: str | None, read: str | None = None) -> Iterator[str]:
    """Yields a note on the sheet that was read if another one may be meant.

    `wanted` is the sheet in the map, `read` the one that was read if `book` has no cells of it.
    """
    if read is None and len(book.sheets) == 1:
        read = book.sheets[0].name
    if wanted is None and read is not None and (len(book.visible) > 1 or book.hidden):
        others = ", ".join(clean(name) for name in book.visible if name != read)
        hidden = f"{book.hidden} hidden" if book.hidden else ""
        rest = "; ".join(part for part in (f"others: {others}" if others else "", hidden) if part)
        yield f"the sheet '{clean(read)}' was read ({rest}); `sheet: NAME` in the map names another"


def hidden_rows_note(sheet: Sheet, below: int) -> Iterator[str]:
    """Yields a note on hidden rows that were read; `below` is the number of the row of headers."""
    rows = [row for row in sheet.marks.hidden if below < row <= len(sheet.rows) and any(sheet.rows[row - 1])]
    if rows:
        why = "hidden by a filter" if sheet.marks.filtered else "hidden"
        which = f"row {rows[0]} is" if len(rows) == 1 else f"rows {shorten(', '.join(map(str, rows)), 60)} are"
        yield f"{which} {why}, and read as all others; `filters` in the map leaves rows out"
