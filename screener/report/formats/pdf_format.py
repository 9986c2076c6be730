"""Results as PDF: the HTML page of a company, printed by Chromium."""

from typing import TYPE_CHECKING

from screener.report.formats.output_format import OutputFormat

if TYPE_CHECKING:
    from screener.report.pages.pdf_printer import PdfPrinter
    from screener.report.views.result_view import ResultView


class PdfFormat(OutputFormat):
    """One document a company; one browser prints them all."""

    name, suffix, binary = "pdf", ".pdf", True
    _printer: "PdfPrinter | None" = None

    def check(self) -> None:
        """Raises OutputError where no browser is found."""
        from screener.report.pages.pdf_printer import find_browser

        find_browser()

    def render(self, view: "ResultView") -> bytes:
        """The page of a company as a PDF dated as the profile is. Raises OutputError."""
        if self._printer is None:
            from screener.report.pages.pdf_printer import PdfPrinter, find_browser

            self._printer = PdfPrinter(find_browser())
        digests = view.wording("method.profile", digest=view.result.profile_digest[:16])
        return self._printer.print_page(self.pages.company_page(view), view.result.company.as_of, digests)

    def close(self) -> None:
        """Ends the browser."""
        if self._printer is not None:
            self._printer.close()
