"""What is made of one result: its reports as bytes, and the little that tables and the index need of it later."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from screener.io.package_data import cache_folder, is_private
from screener.report.database_record import ResultRecord, result_record
from screener.report.formats import export
from screener.report.views.index_view import IndexRow, index_row
from screener.result.model import ResultDocument
from screener.text import Language

if TYPE_CHECKING:
    from screener.report.pages.pdf_printer import PdfPrinter
    from screener.report.pages.template_sandbox import TemplateSandbox

TABLES: Mapping[str, str] = {"csv": "findings.csv", "parquet": "companies.parquet"}
"""Formats in which all companies share a file, and which one to name."""


class TerminalOptions(NamedTuple):
    """How the terminal tells of a single company."""

    width: int
    colour: bool
    verbose: bool
    report_folder: str  # the folder of the reports


class RenderOptions(NamedTuple):
    """What is asked of every result. All of it is plain, so that it can be sent to other processes and be compared."""

    formats: tuple[str, ...]
    language: Language = "en"
    stamp: str | None = None
    templates: Path | None = None  # a house's own look
    terminal: TerminalOptions | None = None
    cache: Path | None = None  # of compiled templates
    database_record: bool = False  # whether a database wants one

    @property
    def output_identity(self) -> "RenderOptions":
        """What of it decides the bytes of reports, but for the time in a stamp."""
        return self._replace(stamp="" if self.stamp else None, terminal=None, database_record=False, cache=None)


class WrittenFile(NamedTuple):
    """A file as it was written."""

    name: str
    size: int
    modified_ns: int  # nanoseconds
    digest: str


class RenderedReport(NamedTuple):
    """What was made of one result: no more than has to be written and kept."""

    row: IndexRow
    files: tuple[tuple[str, bytes], ...]  # name, content
    table_rows: tuple[tuple[str, bytes], ...]  # format, rows of its table
    terminal_text: str = ""
    database_record: ResultRecord | None = None  # for a database
    written_files: tuple[WrittenFile, ...] = ()  # in place of `files`, once they are written

    @property
    def company_id(self) -> str:
        """The id of the company."""
        return self.row.id


class ReportRenderer:
    """Makes the reports that are wanted; holds what that needs: a house's templates, a browser. Of one process only."""

    def __init__(self, wanted: RenderOptions) -> None:
        self.options = wanted
        self._sandbox: TemplateSandbox | None = None
        self._printer: PdfPrinter | None = None

    def check(self) -> None:
        """Raises OutputError where a template is wrong or there is no browser for PDF."""
        if self.options.templates is not None:
            self.sandbox(self.options.templates).check()
        if "pdf" in self.options.formats:
            from screener.report.pages.pdf_printer import find_browser

            find_browser()

    def render(self, result: ResultDocument) -> RenderedReport:
        """The reports of one company."""
        company, wanted = result.company.id, self.options
        files = tuple(
            (f"{company}.{form}", self._content(form, result)) for form in wanted.formats if form not in TABLES
        )
        tables = tuple((form, self._table_rows(form, result)) for form in wanted.formats if form in TABLES)
        told = ""
        if wanted.terminal is not None:
            from screener.report.terminal.company_text import company_text

            width, colour, verbose, out = wanted.terminal
            where = str(Path(out) / main_report_name(wanted, company))
            told = company_text(result, wanted.language, width=width, colour=colour, verbose=verbose, where=where)
        record = result_record(result) if wanted.database_record else None
        return RenderedReport(index_row(result, wanted.language, f"{company}.html"), files, tables, told, record)

    def index_page(self, *given: Any, **options: Any) -> str:
        """`html.index_page` in the wanted look."""
        if self.options.templates is not None:
            return self.sandbox(self.options.templates).index_page(*given, **options)
        from screener.report.pages.html_pages import index_page

        return index_page(*given, **options, cache=self.options.cache)

    def sandbox(self, templates: Path) -> "TemplateSandbox":
        """The process that renders a house's own templates."""
        if self._sandbox is None:
            from screener.report.pages.template_sandbox import TemplateSandbox

            self._sandbox = TemplateSandbox(templates)
        return self._sandbox

    def close(self) -> None:
        """Ends what was started."""
        if self._sandbox is not None:
            self._sandbox.close()
        if self._printer is not None:
            self._printer.close()

    def _content(self, form: str, result: ResultDocument) -> bytes:
        if form == "json":
            return _utf8(export.result_json(result))
        if form == "md":
            return _utf8(export.company_markdown(result, self.options.language))
        page = self._page(result)
        return self._pdf(page, result.company.as_of) if form == "pdf" else _utf8(page)

    def _table_rows(self, form: str, result: ResultDocument) -> bytes:
        if form == "csv":
            return _utf8(export.csv_rows(result, self.options.language))
        from screener.report.formats.parquet import rows_of

        return rows_of(result, self.options.language)

    def _page(self, result: ResultDocument) -> str:
        wanted = self.options
        if wanted.templates is not None:
            return self.sandbox(wanted.templates).company_page(result, wanted.language, wanted.stamp)
        from screener.report.pages.html_pages import company_page

        return company_page(result, wanted.language, wanted.stamp, cache=wanted.cache)

    def _pdf(self, page: str, day: str | None) -> bytes:
        if self._printer is None:
            from screener.report.pages.pdf_printer import PdfPrinter, find_browser

            self._printer = PdfPrinter(find_browser())
        return self._printer.print_page(page, day)


def main_report_name(wanted: RenderOptions, company: str | None) -> str:
    """The name of the report to look at first: of one company, or (None) of several; "" where that is the folder."""
    if "html" in wanted.formats:
        return "index.html" if company is None else f"{company}.html"
    for form in wanted.formats:
        if form in TABLES:
            return TABLES[form]
    return "" if company is None else f"{company}.{wanted.formats[-1]}"


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def template_cache_folder() -> Path | None:
    """Where compiled templates may be kept, if that can be had."""
    found = cache_folder()
    if found is None:
        return None
    path = found / "templates"
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        return path if is_private(path) else None
    except OSError:
        return None
