"""Findings as CSV: one row a finding, one file for all companies."""

import csv
import io
import re
from typing import TYPE_CHECKING

from screener.report.formats.output_format import OutputFormat, utf8
from screener.text import CSV_START

if TYPE_CHECKING:
    from screener.report.run_reports import ReportFolder, RunReports
    from screener.report.views.result_view import ResultView

_NUMBER = re.compile(r"-?\d+(\.\d+)?\Z")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "'")


class CsvFormat(OutputFormat):
    """RFC 4180 with LF; an empty cell is unknown or unbounded, and no cell is a formula to a spreadsheet.

    A file begins with a byte order mark, a stream does not.
    """

    name, overview, shared = "csv", "findings.csv", True

    def render(self, view: "ResultView") -> bytes:
        """The rows of a company, without the names of the columns."""
        from screener.report.formats.table_columns import FINDING_COLUMNS, finding_rows

        out = io.StringIO()
        rows = ([_cell(row[name]) for name in FINDING_COLUMNS] for row in finding_rows(view.context))
        csv.writer(out, lineterminator="\n").writerows(rows)
        return utf8(out.getvalue())

    def stream(self, content: bytes, first: bool) -> bytes:
        """Rows, after the names of the columns if they are the first."""
        return super().stream(csv_header() + content if first else content, first)

    def write_overview(self, run: "RunReports", folder: "ReportFolder") -> None:
        """Writes the file of all findings."""
        with folder.open(self.overview) as file:
            file.write(utf8(CSV_START) + csv_header())
            file.writelines(run.collected.table_rows(self.name))


def csv_header() -> bytes:
    """The names of the columns, as a line."""
    from screener.report.formats.table_columns import FINDING_COLUMNS

    return utf8(",".join(FINDING_COLUMNS) + "\n")


def _cell(value: object) -> str:
    """The text of a cell; an apostrophe goes before what a spreadsheet might take for a formula."""
    from screener.report.number_format import tidy

    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return format(value, ".12g") if abs(value) < 1e15 else repr(value)
    text = tidy(str(value), 4000)
    return f"'{text}" if text[:1] in _FORMULA_STARTS and not _NUMBER.match(text) else text
