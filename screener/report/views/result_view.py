"""One result in one language, shared by all output formats."""

from functools import cached_property
from typing import TYPE_CHECKING

from screener.report.wording import Wording, load_wording
from screener.result.model import ResultDocument
from screener.text import Language, file_stem

if TYPE_CHECKING:
    from screener.report.views.company_view import CompanyView
    from screener.report.views.index_row import IndexRow
    from screener.report.views.view_context import ViewContext


class ResultView:
    """A result and its views; each is built once, when a format first needs it.

    With `several`, its page is in a folder with those of other companies, and links to them.
    """

    def __init__(self, result: ResultDocument, wording: Wording, *, several: bool = False) -> None:
        self.result, self.wording, self.several = result, wording, several

    @classmethod
    def of(cls, result: ResultDocument, language: Language = "en") -> "ResultView":
        """Returns a result with the built-in wording of a language."""
        return cls(result, load_wording(language))

    @cached_property
    def context(self) -> "ViewContext":
        """Returns the result with its findings, sources and companies by key."""
        from screener.report.views.view_context import ViewContext

        return ViewContext(self.result, self.wording, several=self.several)

    @cached_property
    def company(self) -> "CompanyView":
        """Returns the page of the company."""
        from screener.report.views.company_view import company_view

        return company_view(self.context)

    @cached_property
    def index_row(self) -> "IndexRow":
        """Returns the row of the company on the index, which links to its page."""
        from screener.report.views.index_row import index_row

        return index_row(self.context, f"{file_stem(self.result.company.id)}.html")
