"""Writes reports to a folder, or one format to standard output, and makes the terminal summary. Keeps no results in
memory."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from screener.io.atomic import content_digest, output_folder
from screener.io.replacing import ReplacePolicy
from screener.report.rendering import RenderedReport, RenderOptions, ReportRenderer, WrittenFile
from screener.report.run_reports import CollectedReports, ReportFolder, RunReports
from screener.report.views.index_row import IndexRow, VerdictCounts, count_verdicts, worst_first

MAX_FAILURES_LISTED = 1000  # greatest number of failures listed on the index
MAX_TERMINAL_ROWS = 100


class ReportsInMemory:
    """Collects reports in memory, for runs of a few companies."""

    def __init__(self) -> None:
        self._reports: list[tuple[IndexRow, dict[str, bytes]]] = []

    def add(self, report: RenderedReport) -> None:
        """Keeps the data of a report that the index and tables need."""
        self._reports.append((report.row, dict(report.table_rows)))

    def rows(self) -> Iterator[IndexRow]:
        """Returns the rows of the index, worst first."""
        return iter(worst_first(row for row, _ in self._reports))

    def tally(self) -> VerdictCounts:
        """Returns the number of companies by verdict."""
        return count_verdicts(row for row, _ in self._reports)

    def table_rows(self, name: str) -> Iterator[bytes]:
        """Yields the parts that a format with a shared file rendered, in the order in which companies were added."""
        return (tables[name] for _, tables in self._reports)


class ReportWriter:
    """Writes rendered reports one by one to the folder `out`, or passes them to `write_stdout` if that is None.

    `policy` says which existing files may be replaced (None: those that screener wrote); incomplete files are in
    `staging`, on the same disk as `out`, once that is set. Raises OutputError, before anything is written, if the
    folder is not writable, a custom template is faulty or no browser is found for PDF.
    """

    def __init__(
        self,
        out: Path | None,
        options: RenderOptions,
        write_stdout: Callable[[bytes], None],
        *,
        policy: ReplacePolicy | None = None,
    ) -> None:
        self.renderer = ReportRenderer(options)
        self.renderer.check()
        self._folder_is_new = out is not None and not os.path.isdir(out)  # noqa: PTH112 (which never raises)
        self.out = output_folder(out) if out is not None else None
        self.options, self.write_stdout, self.policy = options, write_stdout, policy
        self.staging: Path | None = None
        self.count = 0
        self.first_company = ""
        self.terminal_text = ""

    def write(self, report: RenderedReport) -> RenderedReport:
        """Writes the reports of one company, unless they are written already, and returns the report with records of
        its files."""
        self.count_company(report.row)
        self.terminal_text = report.terminal_text
        if self.out is not None:
            return write_files(report, self._folder(self.out))
        (form,) = self.renderer.formats
        for content in (*(c for _, c in report.files), *(c for name, c in report.table_rows if name == form.name)):
            self.write_stdout(form.stream(content, first=self.count == 1))
        return report

    def _folder(self, path: Path) -> ReportFolder:
        return ReportFolder(path, self.staging, self.policy)

    def count_company(self, row: IndexRow) -> None:
        """Counts a company whose reports exist already."""
        self.count += 1
        self.first_company = self.first_company or row.id

    def main_report(self, several: bool) -> Path | None:
        """Returns the report to open first; None if there is none in a folder."""
        if self.out is None or not self.count:
            return None
        return self.out / self.renderer.main_file(None if several else self.first_company)

    def finish(self, run: RunReports) -> None:
        """Writes the files about all companies, such as the index, and removes a new folder that remained empty."""
        if self.out is None:
            return
        if self.count:
            for form in self.renderer.formats:
                form.write_overview(run, self._folder(self.out))
        elif self._folder_is_new:
            with suppress(OSError):
                self.out.rmdir()

    def terminal_summary(
        self, collected: CollectedReports, width: int, colour: bool, several: bool, day: str | None = None
    ) -> str:
        """Returns the terminal summary: one company in full; several as a table, of many only the worst, with totals,
        the packs, and the ISO `day` of the screening, if one was named."""
        if not several:
            return self.terminal_text
        from screener.report.terminal.company_text import companies_text, pack_notes, verdict_totals

        rows = list(islice(collected.rows(), MAX_TERMINAL_ROWS))
        return companies_text(
            rows,
            self.options.language,
            width=width,
            colour=colour,
            notes=[
                verdict_totals(collected.tally(), self.count, self.options.language),
                *pack_notes(rows, day, self.options.language),
            ],
            report=str(self.main_report(several)),
            more=self.count - len(rows),
        )


def write_files(report: RenderedReport, folder: ReportFolder) -> RenderedReport:
    """Writes the files of one company, and returns the report with records of the files instead of their content.
    Raises OutputError."""
    if not report.files:
        return report
    written = []
    for name, content in report.files:
        folder.write(name, content)
        found = (folder.path / name).stat()
        written.append(WrittenFile(name, found.st_size, found.st_mtime_ns, content_digest(content)))
    return report._replace(files=(), written_files=tuple(written))
