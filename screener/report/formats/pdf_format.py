"""Results as PDF: the HTML pages of companies and their index, printed by Chromium."""

from typing import TYPE_CHECKING

from screener.report.formats.output_format import OutputFormat

if TYPE_CHECKING:
    from screener.report.pages.pdf_printer import PdfPrinter
    from screener.report.run_reports import ReportFolder, RunReports
    from screener.report.views.result_view import ResultView


class PdfFormat(OutputFormat):
    """One document per company, and an index of several; one browser prints them all."""

    name, suffix, binary, overview = "pdf", ".pdf", True, "index.pdf"
    _printer: "PdfPrinter | None" = None

    def check(self) -> None:
        """Raises OutputError if no browser is found."""
        from screener.report.pages.pdf_printer import find_browser

        find_browser()

    def render(self, view: "ResultView") -> bytes:
        """Returns the page of a company as a PDF with the date of the profile. Raises OutputError."""
        digests = view.wording("method.profile", digest=view.result.profile_digest[:16])
        return self._browser().print_page(self.pages.company_page(view), view.result.company.as_of, digests)

    def write_overview(self, run: "RunReports", folder: "ReportFolder") -> None:
        """Writes the index, if the run has several companies, with the date of the latest profile. Raises OutputError."""
        if run.several:
            day = max((row.as_of for row in run.collected.rows()), default="") or None
            for name, page in self.pages.index_pages(run):
                folder.write(name.removesuffix(".html") + self.suffix, self._browser().print_page(page, day))

    def _browser(self) -> "PdfPrinter":
        """Returns the browser that prints, started at its first use. Raises OutputError."""
        if self._printer is None:
            from screener.report.pages.pdf_printer import PdfPrinter, find_browser

            self._printer = PdfPrinter(find_browser())
        return self._printer

    def close(self) -> None:
        """Ends the browser."""
        if self._printer is not None:
            self._printer.close()
