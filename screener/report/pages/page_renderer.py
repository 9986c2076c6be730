"""Renders HTML pages with the templates of a run: built-in ones in this process, custom ones in a sandbox."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from screener.io.package_data import cache_folder, is_private
from screener.report.run_reports import RunReports
from screener.report.views.result_view import ResultView
from screener.text import Language

if TYPE_CHECKING:
    from screener.report.pages.template_sandbox import TemplateSandbox
    from screener.result.comparison import ResultComparison


class PageRenderer:
    """Renders pages in one language; `stamp` is the time of the run, if pages are to show it."""

    def __init__(self, language: Language, templates: Path | None = None, stamp: str | None = None) -> None:
        self.language, self.templates, self.stamp = language, templates, stamp
        self._sandbox: TemplateSandbox | None = None
        self._last: tuple[ResultView, str] | None = None

    def check(self) -> None:
        """Raises OutputError with all problems of the custom templates."""
        if self.sandbox is not None:
            self.sandbox.check()

    @property
    def sandbox(self) -> "TemplateSandbox | None":
        """Returns the process that renders custom templates; None for the built-in ones."""
        if self._sandbox is None and self.templates is not None:
            from screener.report.pages.template_sandbox import TemplateSandbox

            self._sandbox = TemplateSandbox(self.templates)
        return self._sandbox

    def company_page(self, view: ResultView) -> str:
        """Returns the page of a company, rendered once for all formats that use it."""
        if self._last is None or self._last[0] is not view:
            self._last = view, self._company_page(view)
        return self._last[1]

    def _company_page(self, view: ResultView) -> str:
        if self.sandbox is not None:
            return self.sandbox.company_page(view.result, self.language, self.stamp)
        from screener.report.pages.html_pages import company_view_page

        return company_view_page(view.company, view.wording, self.stamp, cache=self._cache)

    def index_pages(self, run: RunReports) -> Iterator[tuple[str, str]]:
        """Yields file name and text of each page of the index."""
        from screener.report.pages.html_pages import index_page
        from screener.report.views.index_view import index_pages

        for name, page in index_pages(run):
            if self.sandbox is not None:
                yield name, self.sandbox.index_page(page, self.language, self.stamp)
            else:
                yield name, index_page(page, self.language, self.stamp, cache=self._cache)

    def comparison_page(self, comparison: "ResultComparison") -> str:
        """Returns the page of the changes between two results."""
        if self.sandbox is not None:
            return self.sandbox.comparison_page(comparison, self.language)
        from screener.report.pages.html_pages import comparison_page

        return comparison_page(comparison, self.language, cache=self._cache)

    def close(self) -> None:
        """Ends the sandbox."""
        if self._sandbox is not None:
            self._sandbox.close()

    @cached_property
    def _cache(self) -> Path | None:
        """Returns the folder of compiled templates, if there can be one."""
        folder = cache_folder()
        if folder is None:
            return None
        path = folder / "templates"
        try:
            path.mkdir(mode=0o700, exist_ok=True)
            return path if is_private(path) else None
        except OSError:
            return None
