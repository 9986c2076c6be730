"""Reads sheets of OpenDocument spreadsheets (.ods), as LibreOffice writes them."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from zipfile import BadZipFile

from lxml import etree

from screener import limits
from screener.errors import DocumentError, Problem
from screener.importers.table.cell_kinds import ErrorCell, ShownNumber, UncomputedCell
from screener.importers.table.sheet_marks import CellRange, SheetMarks
from screener.importers.table.table_bytes import check_unpacked, not_a_workbook
from screener.importers.table.workbook_reader import STEP, Sheet, Workbook, chosen_sheets
from screener.io.archives import open_archive

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_NUMBERS = ("float", "percentage", "currency")


def read_opendocument(
    path: str, sheet: str | None = None, every: bool = False, progress: Callable[[int], None] = lambda rows: None
) -> Workbook:
    """Reads one sheet, by default the first visible one; with `every` all visible ones. Raises DocumentError or OSError.

    `progress` is called with the number of rows that were read since its last call.
    """
    try:
        with open_archive(path) as archive:
            part = archive.getinfo("content.xml")
            check_unpacked(path, [part])
            with archive.open(part) as content:
                sheets, hidden = _sheets(path, content, progress)
    except (DocumentError, OSError, MemoryError):
        raise
    except BadZipFile as error:
        raise DocumentError(not_a_workbook(path)) from error
    except Exception as error:  # zlib, zipfile and lxml raise many kinds of exceptions for damaged files
        raise DocumentError(Problem("is a damaged OpenDocument file", "open it and save it again", path)) from error
    if not sheets:
        raise DocumentError(Problem("has no sheet", "check the file", path))
    visible = [one.name for one in sheets if one.name not in hidden] or [sheets[0].name]
    names = chosen_sheets([one.name for one in sheets], visible, path, sheet, every)
    return Workbook(tuple(one for one in sheets if one.name in names), tuple(visible), len(sheets) - len(visible))


def _sheets(path: str, content: Any, progress: Callable[[int], None]) -> tuple[list[Sheet], set[str]]:
    """Returns all sheets, and the names of the hidden ones."""
    sheets: list[Sheet] = []
    hidden: set[str] = set()
    unseen: set[str] = set()
    reader = _SheetCells(path)
    depth = 0
    events = etree.iterparse(content, events=("start", "end"), resolve_entities=False, no_network=True, huge_tree=True)
    for event, element in events:
        if element.tag == f"{_STYLE}table-properties" and event == "end":
            if element.get(f"{_TABLE}display") == "false" and (owner := element.getparent()) is not None:
                unseen.add(owner.get(f"{_STYLE}name", ""))
        elif element.tag == f"{_TABLE}table":
            depth += 1 if event == "start" else -1
            if event == "start" and depth == 1:
                reader = _SheetCells(path)
            elif event == "end" and depth == 0:
                name = element.get(f"{_TABLE}name", "")
                hidden |= {name} if element.get(f"{_TABLE}style-name") in unseen else set()
                sheets.append(Sheet(name, reader.rows, marks=reader.marks()))
                element.clear()
        elif element.tag == f"{_TABLE}table-row" and event == "end" and depth == 1:
            reader.add(element)
            if len(reader.rows) % STEP == 0:
                progress(STEP)
            element.clear()
    return sheets, hidden


class _SheetCells:
    """Collects the rows of one sheet; repeated empty rows and cells up to the edge of the sheet are left out."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.rows: list[tuple[Any, ...]] = []
        self.blank = self.cells = 0
        self.merged: list[CellRange] = []
        self.hidden: list[int] = []
        self.filtered = self.formulas = False

    def marks(self) -> SheetMarks:
        """Returns the formatting marks of the sheet."""
        return SheetMarks(self.formulas, tuple(self.merged), tuple(self.hidden), self.filtered)

    def add(self, element: Any) -> None:
        """Adds a row as many times as it is repeated."""
        times = _times(element, "number-rows-repeated")
        row: list[Any] = []
        gap = 0
        spans: list[tuple[int, int]] = []
        for cell in element.iterchildren(*_CELLS):
            value, count = _value(cell), _times(cell, "number-columns-repeated")
            if value is None:
                gap += count
                continue
            self._count(gap + count)
            row += [None] * gap
            if (down := _times(cell, "number-rows-spanned")) > 1:
                spans.append((len(row), down))
            row += [value] * count
            gap = 0
        if not row:
            self.blank += times
            return
        self._count(self.blank + times * len(row))
        self.rows += [()] * self.blank
        self.blank = 0
        top = len(self.rows)
        self.merged += [CellRange(top, left, top + down - 1, left) for left, down in spans]
        if (seen := element.get(f"{_TABLE}visibility", "visible")) != "visible":
            self.filtered |= seen == "filter"
            self.hidden += range(top + 1, top + 1 + times)
        self.rows += [tuple(row)] * times

    def _count(self, cells: int) -> None:
        self.cells += cells
        if self.cells > limits.SHEET_CELLS:
            what = f"has more than {limits.SHEET_CELLS:,} cells, empty ones too"
            raise DocumentError(Problem(what, "save it as CSV or Parquet", self.path))


def _times(element: Any, name: str) -> int:
    return max(1, int(element.get(_TABLE + name, "1")))


def _value(cell: Any) -> Any:
    """Returns the value of a cell: a number with its format, a day, a text, an error, an uncomputed formula, or None."""
    kind = cell.get(f"{_OFFICE}value-type")
    text = "\n".join("".join(_words(p)) for p in cell.iterchildren(f"{_TEXT}p"))
    if cell.get(f"{_CALC}value-type") == "error":
        return ErrorCell(text)
    if kind in _NUMBERS:
        return _number(cell, kind, text)
    if kind == "date":
        day = cell.get(f"{_OFFICE}date-value", "")[:10]
        return date.fromisoformat(day) if len(day) == 10 else text
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value") == "true"
    if kind is None and cell.get(f"{_TABLE}formula") is not None:
        return UncomputedCell()
    return text or None


def _number(cell: Any, kind: str, text: str) -> float:
    value = float(cell.get(f"{_OFFICE}value"))
    digits = len(text) if text.startswith("0") and text.isdecimal() else 0
    if kind == "float" and not digits:
        return value
    found = ShownNumber(value)
    found.percent, found.digits = kind == "percentage", digits
    currency = cell.get(f"{_OFFICE}currency")
    found.currencies = (currency,) if kind == "currency" and currency else ()
    return found


def _words(paragraph: Any) -> Iterator[str]:
    """Yields the parts of a paragraph's text, with spaces and line breaks."""
    yield paragraph.text or ""
    for part in paragraph:
        if part.tag == f"{_TEXT}s":
            yield " " * min(int(part.get(f"{_TEXT}c", "1")), limits.SHOWN)
        elif part.tag in (f"{_TEXT}tab", f"{_TEXT}line-break"):
            yield " "
        elif part.tag != f"{_OFFICE}annotation":
            yield from _words(part)
        yield part.tail or ""
