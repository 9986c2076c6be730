"""What is made of one result: its reports as bytes, and the little that tables and the index need of it later."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from screener.io.package_data import cache_folder, is_ours
from screener.report.database_record import Record, record_of
from screener.report.formats import export
from screener.report.views.index_view import Row, row_of
from screener.result.model import ResultDocument
from screener.text import Language

if TYPE_CHECKING:
    from screener.report.formats.pdf import Printer
    from screener.report.formats.template_sandbox import TemplateSandbox

TABLES: Mapping[str, str] = {"csv": "findings.csv", "parquet": "companies.parquet"}
"""Formats in which all companies share a file, and which one to name."""


class TerminalOptions(NamedTuple):
    """How the terminal tells of a single company."""

    width: int
    colour: bool
    verbose: bool
    out: str  # the folder of the reports


class RenderOptions(NamedTuple):
    """What is asked of every result. All of it is plain, so that it can be sent to other processes and be compared."""

    formats: tuple[str, ...]
    language: Language = "en"
    stamp: str | None = None
    templates: Path | None = None  # a house's own look
    told: TerminalOptions | None = None
    cache: Path | None = None  # of compiled templates
    record: bool = False  # whether a database wants one

    @property
    def asked(self) -> "RenderOptions":
        """What of it decides the bytes of reports, but for the time in a stamp."""
        return self._replace(stamp="" if self.stamp else None, told=None, record=False, cache=None)


class WrittenFile(NamedTuple):
    """A file as it was written."""

    name: str
    size: int
    changed: int  # nanoseconds
    digest: str


class RenderedReport(NamedTuple):
    """What was made of one result: no more than has to be written and kept."""

    row: Row
    files: tuple[tuple[str, bytes], ...]  # name, content
    tables: tuple[tuple[str, bytes], ...]  # format, rows of its table
    told: str = ""
    record: Record | None = None  # for a database
    notes: tuple[WrittenFile, ...] = ()  # in place of `files`, once they are written

    @property
    def company(self) -> str:
        """The id of the company."""
        return self.row.id


class ReportRenderer:
    """Makes the reports that are wanted; holds what that needs: a house's templates, a browser. Of one process only."""

    def __init__(self, wanted: RenderOptions) -> None:
        self.wanted = wanted
        self._house: TemplateSandbox | None = None
        self._printer: Printer | None = None

    def check(self) -> None:
        """Raises OutputError where a template is wrong or there is no browser for PDF."""
        if self.wanted.templates is not None:
            self.house(self.wanted.templates).check()
        if "pdf" in self.wanted.formats:
            from screener.report.formats.pdf import find_browser

            find_browser()

    def make(self, result: ResultDocument) -> RenderedReport:
        """The reports of one company."""
        company, wanted = result.company.id, self.wanted
        files = tuple((f"{company}.{form}", self._made(form, result)) for form in wanted.formats if form not in TABLES)
        tables = tuple((form, self._rows(form, result)) for form in wanted.formats if form in TABLES)
        told = ""
        if wanted.told is not None:
            from screener.report.formats.terminal import summary

            width, colour, verbose, out = wanted.told
            where = str(Path(out) / main_file(wanted, company))
            told = summary(result, wanted.language, width=width, colour=colour, verbose=verbose, where=where)
        record = record_of(result) if wanted.record else None
        return RenderedReport(row_of(result, wanted.language, f"{company}.html"), files, tables, told, record)

    def index(self, *given: Any, **options: Any) -> str:
        """`html.index_page` in the wanted look."""
        if self.wanted.templates is not None:
            return self.house(self.wanted.templates).index_page(*given, **options)
        from screener.report.formats.html import index_page

        return index_page(*given, **options, cache=self.wanted.cache)

    def house(self, templates: Path) -> "TemplateSandbox":
        """The process that renders a house's own templates."""
        if self._house is None:
            from screener.report.formats.template_sandbox import TemplateSandbox

            self._house = TemplateSandbox(templates)
        return self._house

    def close(self) -> None:
        """Ends what was started."""
        if self._house is not None:
            self._house.close()
        if self._printer is not None:
            self._printer.close()

    def _made(self, form: str, result: ResultDocument) -> bytes:
        if form == "json":
            return _encoded(export.to_json(result))
        if form == "md":
            return _encoded(export.to_markdown(result, self.wanted.language))
        page = self._page(result)
        return self._print(page, result.company.as_of) if form == "pdf" else _encoded(page)

    def _rows(self, form: str, result: ResultDocument) -> bytes:
        if form == "csv":
            return _encoded(export.csv_rows(result, self.wanted.language))
        from screener.report.formats.parquet import rows_of

        return rows_of(result, self.wanted.language)

    def _page(self, result: ResultDocument) -> str:
        wanted = self.wanted
        if wanted.templates is not None:
            return self.house(wanted.templates).company_page(result, wanted.language, wanted.stamp)
        from screener.report.formats.html import company_page

        return company_page(result, wanted.language, wanted.stamp, cache=wanted.cache)

    def _print(self, page: str, day: str | None) -> bytes:
        if self._printer is None:
            from screener.report.formats.pdf import Printer, find_browser

            self._printer = Printer(find_browser())
        return self._printer.print(page, day)


def main_file(wanted: RenderOptions, company: str | None) -> str:
    """The name of the report to look at first: of one company, or (None) of several; "" where that is the folder."""
    if "html" in wanted.formats:
        return "index.html" if company is None else f"{company}.html"
    for form in wanted.formats:
        if form in TABLES:
            return TABLES[form]
    return "" if company is None else f"{company}.{wanted.formats[-1]}"


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def template_cache() -> Path | None:
    """Where compiled templates may be kept, if that can be had."""
    found = cache_folder()
    if found is None:
        return None
    path = found / "templates"
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        return path if is_ours(path) else None
    except OSError:
        return None
