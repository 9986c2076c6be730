"""What becomes of results: files in a folder or one text, and what the terminal says of them. Holds none of them."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from screener.io.atomic import content_digest, open_in_folder, output_folder, write_in_folder
from screener.report.formats import export
from screener.report.rendering import (
    TABLES,
    RenderedReport,
    RenderOptions,
    ReportRenderer,
    WrittenFile,
    main_report_name,
)
from screener.report.views.index_view import IndexRow, VerdictCounts, count_verdicts, worst_first

MAX_FAILURES_LISTED = 1000  # that the index names
MAX_TERMINAL_ROWS = 100  # that the terminal shows


class CollectedReports(Protocol):
    """Where rows of companies wait until all are there."""

    def rows(self) -> Iterator[IndexRow]:
        """All of them, worst first."""
        ...

    def tally(self) -> VerdictCounts:
        """How many have each verdict."""
        ...

    def table_rows(self, form: str) -> Iterator[bytes]:
        """The parts of a table, in the order of the profiles."""
        ...


class ReportsInMemory:
    """A shelf in memory, for a few companies."""

    def __init__(self) -> None:
        self._reports: list[tuple[IndexRow, dict[str, bytes]]] = []

    def add(self, made: RenderedReport) -> None:
        """Keeps what is needed at the end."""
        self._reports.append((made.row, dict(made.table_rows)))

    def rows(self) -> Iterator[IndexRow]:
        """All of them, worst first."""
        return iter(worst_first(row for row, _ in self._reports))

    def tally(self) -> VerdictCounts:
        """How many have each verdict."""
        return count_verdicts(row for row, _ in self._reports)

    def table_rows(self, form: str) -> Iterator[bytes]:
        """The parts of a table, in the order of the profiles."""
        return (tables[form] for _, tables in self._reports)


class ReportWriter:
    """Takes what was made of results one by one and writes it to `out`, or hands it to `say`.

    `beside` is the folder for what is half written, on the same disk. Raises OutputError as soon as the folder can't be
    written, a template is wrong or no browser is found for PDF: before anything is written.
    """

    def __init__(
        self, out: Path | None, wanted: RenderOptions, say: Callable[[bytes], None], beside: Path | None = None
    ) -> None:
        self.renderer = ReportRenderer(wanted)
        self.renderer.check()
        self._folder_is_new = out is not None and not os.path.isdir(out)  # noqa: PTH112 (which never raises)
        self.out = output_folder(out) if out is not None else None
        self.options, self.write_stdout, self.temporary_folder = wanted, say, beside
        self.count = 0
        self.first_company = ""
        self.terminal_text = ""

    def write(self, made: RenderedReport) -> RenderedReport:
        """Writes the reports of one company, unless that is done; what was made, with notes on the files."""
        self.count_company(made.row)
        self.terminal_text = made.terminal_text
        if self.out is not None:
            return write_files(made, self.out, self.temporary_folder)
        for name, content in made.files:
            self.write_stdout(content if name.endswith(".pdf") else _with_final_newline(content))
        for form, rows in made.table_rows:
            self.write_stdout(
                _with_final_newline(export.csv_header().encode() + rows if self.count == 1 and form == "csv" else rows)
            )
        return made

    def count_company(self, row: IndexRow) -> None:
        """Counts a company whose reports are there."""
        self.count += 1
        self.first_company = self.first_company or row.id

    def main_report(self, several: bool) -> Path | None:
        """The report to look at first."""
        if self.out is None or not self.count:
            return None
        return self.out / main_report_name(self.options, None if several else self.first_company)

    def finish(self, shelf: CollectedReports, failed: Sequence[tuple[str, str]], unlisted: int, several: bool,
               listed: int | None = None, elsewhere: str = "") -> None:  # fmt: skip
        """Writes what speaks of all companies: the index, the table of findings. An empty folder is not left behind.

        `listed` of the companies that the shelf counts have reports (None: all), `elsewhere` is the file that has all.
        """
        if self.out is None:
            return
        if not self.count:
            if self._folder_is_new:
                with suppress(OSError):
                    self.out.rmdir()
            return
        if "csv" in self.options.formats:
            with open_in_folder(self.out, TABLES["csv"], self.temporary_folder) as file:
                file.write(export.csv_header().encode())
                file.writelines(shelf.table_rows("csv"))
        if "parquet" in self.options.formats:
            from screener.report.formats import parquet

            parquet.write(shelf.table_rows("parquet"), self.out, self.temporary_folder)
        if "html" in self.options.formats and several:
            from screener.report.pages.html_pages import index_pages

            for name, page in index_pages(shelf.rows(), shelf.tally(), self.options.language, self.options.stamp,
                                          failed=failed, unlisted=unlisted, listed=listed, elsewhere=elsewhere,
                                          render=self.renderer.index_page):  # fmt: skip
                write_in_folder(self.out, name, page, self.temporary_folder)

    def terminal_summary(self, shelf: CollectedReports, width: int, colour: bool, several: bool) -> str:
        """What the terminal says: one company in full, several as a table, of many the worst."""
        if not several:
            return self.terminal_text
        from itertools import islice

        from screener.report.terminal import company_text as terminal

        rows = list(islice(shelf.rows(), MAX_TERMINAL_ROWS))
        where = str(self.main_report(several))
        return terminal.companies_text(
            rows, self.options.language, width=width, colour=colour, where=where, rest=self.count - len(rows)
        )


def write_files(made: RenderedReport, out: Path, beside: Path | None = None) -> RenderedReport:
    """Writes the reports of one company to a folder; what was made, with notes on the files in place of their content."""
    if not made.files:
        return made
    notes = []
    for name, content in made.files:
        write_in_folder(out, name, content, beside)
        found = (out / name).stat()
        notes.append(WrittenFile(name, found.st_size, found.st_mtime_ns, content_digest(content)))
    return made._replace(files=(), written_files=tuple(notes))


def _with_final_newline(text: bytes) -> bytes:
    return text.rstrip(b"\n") + b"\n"
