"""One result in one language, as all output formats share it."""

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
    """A result and what formats show of it; each part is built once, when a format first needs it.

    With `several`, its page stands beside those of other companies, and is linked to them.
    """

    def __init__(self, result: ResultDocument, wording: Wording, *, several: bool = False) -> None:
        self.result, self.wording, self.several = result, wording, several

    @classmethod
    def of(cls, result: ResultDocument, language: Language = "en") -> "ResultView":
        """A result with the built-in wording of a language."""
        return cls(result, load_wording(language))

    @cached_property
    def context(self) -> "ViewContext":
        """The result with its findings, sources and companies by key."""
        from screener.report.views.view_context import ViewContext

        return ViewContext(self.result, self.wording, several=self.several)

    @cached_property
    def company(self) -> "CompanyView":
        """The page of the company."""
        from screener.report.views.company_view import company_view

        return company_view(self.context)

    @cached_property
    def index_row(self) -> "IndexRow":
        """The row of the company on the index, which links to its page beside it."""
        from screener.report.views.index_row import index_row

        return index_row(self.context, f"{file_stem(self.result.company.id)}.html")
