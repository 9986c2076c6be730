"""Results as HTML pages: one per company, and an index of several."""

from typing import TYPE_CHECKING

from screener.io.replacing import marked_page
from screener.report.formats.output_format import OutputFormat, utf8
from screener.report.views.view_models import INDEX_PAGE

if TYPE_CHECKING:
    from screener.report.run_reports import ReportFolder, RunReports
    from screener.report.views.result_view import ResultView


class HtmlFormat(OutputFormat):
    """Self-contained pages, which load nothing and need no script."""

    name, suffix, overview = "html", ".html", INDEX_PAGE

    def render(self, view: "ResultView") -> bytes:
        """Returns the page of a company."""
        return utf8(marked_page(self.pages.company_page(view)))

    def write_overview(self, run: "RunReports", folder: "ReportFolder") -> None:
        """Writes the pages of the index, if the run has several companies."""
        if run.several:
            for name, page in self.pages.index_pages(run):
                folder.write(name, marked_page(page))
