"""Renders reports of one result at a time, in the formats of a run; they can be rendered in one process and written in
another."""

from pathlib import Path
from typing import NamedTuple

from screener.report.database_record import ResultRecord, result_record
from screener.report.formats.csv_format import COMPANIES, CsvFormat
from screener.report.formats.registry import FORMATS
from screener.report.pages.page_renderer import PageRenderer
from screener.report.views.index_row import IndexRow
from screener.report.views.result_view import ResultView
from screener.report.wording import load_wording
from screener.result.detail import Detail
from screener.result.model import ResultDocument
from screener.text import Language, file_stem


class TerminalOptions(NamedTuple):
    """How the terminal shows a single company."""

    width: int
    height: int
    colour: bool
    verbose: bool
    report_folder: str


class RenderOptions(NamedTuple):
    """The options of rendering results. Plain values, so that they can be sent to other processes and compared."""

    formats: tuple[str, ...]
    language: Language = "en"
    stamp: str | None = None  # the time of the run, if reports are to show it
    templates: Path | None = None  # a folder of custom templates
    terminal: TerminalOptions | None = None  # None for no terminal text
    database_record: bool = False  # whether a record for a database is needed
    csv_encoding: str = "utf-8-sig"
    several: bool = False  # whether reports of several companies are in one folder, with an index

    @property
    def detail(self) -> Detail:
        """Returns how much of a result is shown; details beyond that need not be computed."""
        if self.terminal is not None or self.database_record:
            return Detail.FULL
        return max((FORMATS[name].detail for name in self.formats), default=Detail.FULL)

    @property
    def output_identity(self) -> "RenderOptions":
        """Returns the options that determine the bytes of reports, except for the time in a stamp."""
        return self._replace(stamp="" if self.stamp else None, terminal=None, database_record=False)


class WrittenFile(NamedTuple):
    """A file as it was written."""

    name: str
    size: int
    modified_ns: int
    digest: str


class RenderedReport(NamedTuple):
    """A rendered result: the files to write, and the data that the index and tables need."""

    row: IndexRow
    files: tuple[tuple[str, bytes], ...]  # name, content
    table_rows: tuple[tuple[str, bytes], ...]  # for each format with a shared file, the company's part of it
    terminal_text: str = ""
    database_record: ResultRecord | None = None
    written_files: tuple[WrittenFile, ...] = ()  # replaces `files` once they are written

    @property
    def company_id(self) -> str:
        """Returns the id of the company."""
        return self.row.id


class ReportRenderer:
    """Renders results, with a sandbox for templates and a browser if needed. Not shared between processes."""

    def __init__(self, options: RenderOptions) -> None:
        self.options = options
        self.pages = PageRenderer(options.language, options.templates, options.stamp)
        self.formats = tuple(FORMATS[name](options, self.pages) for name in options.formats)

    def check(self) -> None:
        """Raises OutputError if a custom template is faulty, or a format can't be written on this machine."""
        self.pages.check()
        for form in self.formats:
            form.check()

    def render(self, result: ResultDocument) -> RenderedReport:
        """Returns the reports of one company."""
        view = ResultView(result, load_wording(self.options.language), several=self.options.several)
        contents = [(form, form.render(view)) for form in self.formats]
        return RenderedReport(
            row=view.index_row,
            files=tuple(
                (file_stem(result.company.id) + form.suffix, content) for form, content in contents if not form.shared
            ),
            table_rows=(
                *((form.name, content) for form, content in contents if form.shared),
                *((COMPANIES, form.render_company(view)) for form in self.formats if isinstance(form, CsvFormat)),
            ),
            terminal_text=self._terminal_text(view),
            database_record=result_record(result) if self.options.database_record else None,
        )

    def main_file(self, company: str | None) -> str:
        """Returns the name of the report to open first, of one company or (None) of several; "" if that is the folder."""
        chosen = {form.name: form for form in self.formats}
        overviews = [chosen[name] for name in FORMATS if name in chosen and chosen[name].overview]
        if overviews:
            form = overviews[0]
            return form.overview if company is None or form.shared else file_stem(company) + form.suffix
        return "" if company is None else file_stem(company) + self.formats[-1].suffix

    def close(self) -> None:
        """Ends the processes that this renderer started."""
        self.pages.close()
        for form in self.formats:
            form.close()

    def _terminal_text(self, view: ResultView) -> str:
        if self.options.terminal is None:
            return ""
        from screener.report.terminal.company_text import company_text

        wanted = self.options.terminal
        return company_text(
            view.context,
            width=wanted.width,
            height=wanted.height,
            colour=wanted.colour,
            verbose=wanted.verbose,
            report=str(Path(wanted.report_folder) / self.main_file(view.result.company.id)),
        )
