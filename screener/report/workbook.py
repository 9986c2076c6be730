"""Writes Excel workbooks: sheets with typed numbers, frozen headers and filters, in which texts never become formulas
or links.

Rows are streamed to disk, so that memory does not grow with them. The same rows give the same bytes. This is the only
module that imports xlsxwriter.
"""

import datetime
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any, BinaryIO, Literal, NamedTuple
from zipfile import ZipFile

from screener.io.replacing import COMMENT_MARK
from screener.report.number_format import tidy
from screener.report.views.display_text import safe_url
from screener.text import Language, Text
from screener.vocabulary import Verdict

Kind = Literal["text", "wide", "long", "list", "number", "count", "score", "percent", "truth", "verdict", "unit"]
"""How a column is shown. `unit`: a number in the unit passed to `row`. `list`: ids separated by spaces."""
_WRAPPED: tuple[Kind, ...] = ("text", "wide", "long", "list")
"""Kinds whose texts are wrapped, so that they are not cut at the next cell and do not extend beyond the page."""
_NUMBERS: tuple[Kind, ...] = ("number", "count", "score", "percent", "unit")
"""Kinds that are aligned to the right, like their titles."""
_INDENTED = {"align": "left", "indent": 1}
"""Separates a text from a number at the right of the previous column. Without the alignment, an indent has no effect."""

WIDTHS: dict[str, int] = {
    "text": 15,
    "wide": 34,
    "long": 60,
    "list": 34,
    "number": 12,
    "count": 9,
    "score": 8,
    "percent": 10,
    "truth": 9,
    "verdict": 16,
    "unit": 16,
}
MOST_ROWS = 1_048_576  # capacity of a sheet
MOST_LINKS = 65_000  # greatest number of links in a sheet
_TEXT_LENGTH = 4000
_FORMATS = {
    "number": "#,##0.00##",
    "count": "#,##0",
    "score": "0.0",
    "percent": "0.0%",
    "fraction": "0.0%",
    "multiple": '0.00"×"',
    "months": "0.0",
    "years": "0.0",
    "money": "#,##0",
    "small money": "#,##0.00",
}
_COLOURS = {
    Verdict.AVOID: ("#9B1C1C", "#FDE8E8"),
    Verdict.CAUTION: ("#8A4B08", "#FDF0DC"),
    Verdict.CLEAR: ("#14532D", "#E3F4E8"),
    Verdict.WATCH: ("#1E4E8C", "#E5EFFB"),
}
_OTHER_COLOUR = ("#444444", "#EEEEEE")
_A3, _LINE_HEIGHT, _MOST_LINES = 8, 15, 12
_PARTS = re.compile(r" ?[^ -]+-*|-+| ")  # characters between which a line may end
_CREATED = datetime.datetime(2000, 1, 1)


class Column(NamedTuple):
    """A column of a sheet."""

    title: str
    kind: Kind = "text"
    width: int | None = None


def translated_columns(columns: Iterable[tuple[Text, Kind]], language: Language) -> list[Column]:
    """Returns columns of a sheet from their titles and kinds, with the titles in one language."""
    return [Column(title.get(language), kind) for title, kind in columns]


class Linked(NamedTuple):
    """A text that links to a file beside the workbook, or to a safe address."""

    text: str
    target: str


class WorkbookWriter:
    """Writes a workbook to an opened binary file when the `with` block ends without an error."""

    def __init__(self, file: BinaryIO) -> None:
        self._out = file

    def __enter__(self) -> "WorkbookWriter":
        import xlsxwriter

        self._temporary = tempfile.TemporaryFile()
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book: Any = xlsxwriter.Workbook(self._temporary, options)
        self._book.set_properties({"created": _CREATED, "comments": COMMENT_MARK})
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._sheets: list[SheetWriter] = []
        return self

    def sheet(self, name: str, columns: Sequence[Column]) -> "SheetWriter":
        """Adds a sheet with these columns."""
        made = SheetWriter(self, self._book.add_worksheet(name), columns)
        self._sheets.append(made)
        return made

    def format(self, **properties: Any) -> Any:
        """Returns a format with these properties, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            usual = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
            self._formats[key] = self._book.add_format({**usual, **properties})
        return self._formats[key]

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._temporary as file:
            for sheet in self._sheets:
                sheet.finish()
            self._book.close()
            if kind is None:
                with ZipFile(file, "a") as archive:
                    archive.comment = COMMENT_MARK.encode()
                file.seek(0)
                shutil.copyfileobj(file, self._out)


def _lines(text: str, width: int, bold: bool = False) -> int:
    """Returns how many lines a text needs in a column that is `width` digits wide, broken at spaces and hyphens, and
    within long words."""
    # letters are assumed to be as wide as digits; the cell is indented
    available = width * (0.85 if bold else 0.95) - 1
    lines, used = 1, 0.0
    for part in _PARTS.findall(text):
        long = float(_digits_wide(part))
        if used and used + long > available:
            lines, used, long = lines + 1, 0.0, long - (part[0] == " ")
        used += long
        if used > available:
            more = int(-(-used // available)) - 1
            lines, used = lines + more, used - more * available
    return lines


def _digits_wide(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


class SheetWriter:
    """Writes one sheet row by row. Rows beyond the capacity of a sheet are counted in `left_out`."""

    def __init__(self, book: WorkbookWriter, sheet: Any, columns: Sequence[Column]) -> None:
        self._book, self._sheet, self.columns = book, sheet, tuple(columns)
        self.rows = self.left_out = self._links = 0
        head = {"bold": True, "bg_color": "#E9ECEF", "bottom": 1, "text_wrap": True}
        for place, column in enumerate(self.columns):
            sheet.set_column(place, place, column.width or WIDTHS[column.kind])
            side = {"align": "right"} if column.kind in _NUMBERS else _INDENTED
            sheet.write_string(0, place, column.title, book.format(**head, **side))
        lines = max(_lines(column.title, column.width or WIDTHS[column.kind], bold=True) for column in self.columns)
        sheet.set_row(0, lines * _LINE_HEIGHT)
        sheet.freeze_panes(1, min(2, len(self.columns) - 1))
        sheet.set_landscape()
        sheet.set_paper(_A3)
        sheet.set_margins(left=0.3, right=0.3, top=0.4, bottom=0.4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def row(self, cells: Sequence[object], unit: str = "") -> None:
        """Adds a row: one value for each column, None for an empty cell; `unit` applies to columns of the kind `unit`."""
        if self.rows + 1 >= MOST_ROWS:
            self.left_out += 1
            return
        self.rows += 1
        lines = max(self._lines(column, cell) for column, cell in zip(self.columns, cells, strict=True))
        self._sheet.set_row(self.rows, min(lines, _MOST_LINES) * _LINE_HEIGHT)
        for place, (column, cell) in enumerate(zip(self.columns, cells, strict=True)):
            self._cell(place, column.kind, cell, unit)

    @staticmethod
    def _lines(column: Column, cell: object) -> int:
        """Returns how many lines a cell needs, since not every program that opens a workbook computes it."""
        text = cell.text if isinstance(cell, Linked) else cell
        if column.kind not in _WRAPPED or not isinstance(text, str):
            return 1
        return _lines(text[:_TEXT_LENGTH], column.width or WIDTHS[column.kind])

    def _cell(self, place: int, kind: Kind, cell: object, unit: str) -> None:
        at, sheet = self.rows, self._sheet
        if cell is None:
            return
        if isinstance(cell, bool):
            sheet.write_boolean(at, place, cell, self._book.format(**_INDENTED))
        elif isinstance(cell, int | float):
            sheet.write_number(at, place, cell, self._number_format(kind, float(cell), unit))
        elif isinstance(cell, Linked):
            self._link(place, cell)
        elif text := tidy(str(cell), _TEXT_LENGTH):
            sheet.write_string(at, place, text, self._text_format(kind, text))

    def _link(self, place: int, link: Linked) -> None:
        text = tidy(link.text, 255)
        target = safe_url(link.target) if "://" in link.target else f"external:{link.target}"
        if target is None or len(target) > 2000 or self._links >= MOST_LINKS:
            self._sheet.write_string(self.rows, place, text, self._book.format(**_INDENTED))
            return
        self._links += 1
        style = self._book.format(font_color="#0B5CAD", underline=1, text_wrap=True, **_INDENTED)
        self._sheet.write_url(self.rows, place, target, style, text)

    def _number_format(self, kind: Kind, value: float, unit: str) -> Any:
        name = unit if kind == "unit" else kind
        if name == "money" and 0 < abs(value) < 1000 and not value.is_integer():
            name = "small money"
        return self._book.format(num_format=_FORMATS.get(name, _FORMATS["number"]))

    def _text_format(self, kind: Kind, text: str) -> Any:
        if kind == "verdict":
            ink, paper = next((c for verdict, c in _COLOURS.items() if verdict.value == text), _OTHER_COLOUR)
            return self._book.format(font_color=ink, bg_color=paper, bold=True, **_INDENTED)
        return self._book.format(text_wrap=kind in _WRAPPED, **_INDENTED)

    def finish(self) -> None:
        """Sets the filter over all rows."""
        self._sheet.autofilter(0, 0, max(self.rows, 1), len(self.columns) - 1)
