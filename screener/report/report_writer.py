"""Reports into a folder, or one format to standard output; and what the terminal shows of them. Holds no result."""

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

MAX_FAILURES_LISTED = 1000  # on the index
MAX_TERMINAL_ROWS = 100


class ReportsInMemory:
    """Collected reports in memory, for runs of a few companies."""

    def __init__(self) -> None:
        self._reports: list[tuple[IndexRow, dict[str, bytes]]] = []

    def add(self, report: RenderedReport) -> None:
        """Keeps what the index and tables need of a report."""
        self._reports.append((report.row, dict(report.table_rows)))

    def rows(self) -> Iterator[IndexRow]:
        """The rows of the index, worst first."""
        return iter(worst_first(row for row, _ in self._reports))

    def tally(self) -> VerdictCounts:
        """How many companies have each verdict."""
        return count_verdicts(row for row, _ in self._reports)

    def table_rows(self, name: str) -> Iterator[bytes]:
        """What a format with a shared file rendered of each company, in the order in which they were added."""
        return (tables[name] for _, tables in self._reports)


class ReportWriter:
    """Writes rendered reports one by one to the folder `out`, or (None) hands them to `write_stdout`.

    `policy` says which existing files may be replaced (None: those that screener wrote); unfinished files wait in `staging`, on
    the same disk as `out`, once that is set. Raises OutputError, before anything is written, where the folder can't be written
    to, a custom template is wrong or no browser is found for PDF.
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
        """Writes the reports of one company, unless they are written; the report with notes on its files."""
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
        """Counts a company whose reports are there."""
        self.count += 1
        self.first_company = self.first_company or row.id

    def main_report(self, several: bool) -> Path | None:
        """The report to open first; None where there is none in a folder."""
        if self.out is None or not self.count:
            return None
        return self.out / self.renderer.main_file(None if several else self.first_company)

    def finish(self, run: RunReports) -> None:
        """Writes the files about all companies, such as the index; removes a new folder that stayed empty."""
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
        """What the terminal shows: one company in full, several as a table, of many the worst, with totals, the packs, and the
        ISO `day` as of which they were judged, if one was named."""
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
    """Writes the files of one company; the report with notes on them in place of their content. Raises OutputError."""
    if not report.files:
        return report
    written = []
    for name, content in report.files:
        folder.write(name, content)
        found = (folder.path / name).stat()
        written.append(WrittenFile(name, found.st_size, found.st_mtime_ns, content_digest(content)))
    return report._replace(files=(), written_files=tuple(written))
