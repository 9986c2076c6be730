"""Results as CSV: one row per finding, and one row per company, each in one file for all companies."""

import csv
import io
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from screener.report.formats.output_format import OutputFormat, utf8
from screener.result.detail import Detail
from screener.text import CSV_START, FORMULA_STARTS

if TYPE_CHECKING:
    from screener.report.run_reports import ReportFolder, RunReports
    from screener.report.views.result_view import ResultView

COMPANIES = "companies.csv"
ENCODINGS = ("utf-8-sig", "utf-8", "utf-16-le", "gb18030", "cp1252")
"""The choices of --csv-encoding. The first one is the default, which Excel and other programs read."""
_NUMBER = re.compile(r"-?\d+(\.\d+)?\Z")
_AS_IS = frozenset((type(None), int))  # types of the cells that the csv module writes as they are


class CsvFormat(OutputFormat):
    """CSV after RFC 4180 with LF; an empty cell is unknown or unbounded, and spreadsheets read no cell as a formula.

    A file has the chosen encoding; in UTF-8 it begins with a byte order mark, unlike a stream.
    """

    name, overview, shared, detail = "csv", "findings.csv", True, Detail.DISTANCES

    def render(self, view: "ResultView") -> bytes:
        """Returns the rows of a company, without the header."""
        from screener.report.formats.table_columns import finding_rows

        return csv_lines(row.values() for row in finding_rows(view.context))

    def render_company(self, view: "ResultView") -> bytes:
        """Returns the row of a company."""
        from screener.report.formats.table_columns import company_row

        return csv_lines([company_row(view.context).values()])

    def stream(self, content: bytes, first: bool) -> bytes:
        """Returns rows, preceded by the header if they are the first."""
        return super().stream(csv_header() + content if first else content, first)

    def write_overview(self, run: "RunReports", folder: "ReportFolder") -> None:
        """Writes the files of all findings and of all companies."""
        from screener.report.formats.table_columns import COMPANY_COLUMNS

        encoding = self.options.csv_encoding
        with folder.open(self.overview) as file:
            file.write(in_encoding(utf8(CSV_START) + csv_header(), encoding))
            file.writelines(in_encoding(part, encoding) for part in run.collected.table_rows(self.name))
        with folder.open(COMPANIES) as file:
            file.write(in_encoding(utf8(CSV_START + ",".join(COMPANY_COLUMNS) + "\n"), encoding))
            file.writelines(in_encoding(part, encoding) for part in run.collected.table_rows(COMPANIES))


def in_encoding(content: bytes, encoding: str) -> bytes:
    """Converts a part of a file from UTF-8 to another encoding; characters that it lacks become question marks.

    A byte order mark at the beginning is kept for `utf-8-sig` and `utf-16-le`.
    """
    if encoding == "utf-8-sig":
        return content
    text = content.decode("utf-8")
    return (text if encoding == "utf-16-le" else text.removeprefix(CSV_START)).encode(encoding, "replace")


def csv_lines(rows: Iterable[Iterable[object]]) -> bytes:
    """Returns the rows of a table as CSV; spreadsheets read no cell as a formula."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(
        [cell if type(cell) in _AS_IS else _text_cell(cell) if type(cell) is str else _cell(cell) for cell in row]
        for row in rows
    )
    return utf8(out.getvalue())


def csv_header() -> bytes:
    """Returns the names of the columns, as a line."""
    from screener.report.formats.table_columns import FINDING_COLUMNS

    return utf8(",".join(FINDING_COLUMNS) + "\n")


def _cell(value: object) -> str:
    """Returns the text of a cell, with an apostrophe before a text that a spreadsheet might read as a formula."""
    if isinstance(value, str):
        return _text_cell(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return format(value, ".12g") if abs(value) < 1e15 else repr(value)
    return _text_cell(str(value))


@lru_cache(maxsize=8192)
def _text_cell(value: str) -> str:
    """Returns the cell of a text; cached, since most texts occur in many rows."""
    from screener.report.number_format import tidy

    text = tidy(value, 4000)
    return f"'{text}" if text.startswith(tuple(FORMULA_STARTS)) and not _NUMBER.match(text) else text
