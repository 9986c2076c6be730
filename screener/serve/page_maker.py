"""The common parts of the server's pages: the workspace, the texts, and the page layout."""

from collections.abc import Iterable
from typing import Any

from screener.profile.catalogue import Catalogue
from screener.report.number_format import tidy
from screener.report.pages.html_pages import SERVED_PAGE
from screener.report.pages.html_pages import page as html_page
from screener.report.views.display_text import NAME_LENGTH
from screener.report.views.view_models import Link
from screener.report.wording import Wording
from screener.result.model import ResultDocument
from screener.serve.page_views import ServedPage
from screener.serve.workspace import Workspace
from screener.text import Text


class PageMaker:
    """Makes the HTML pages of a workspace in one language."""

    def __init__(self, workspace: Workspace, wording: Wording) -> None:
        self.workspace, self.wording = workspace, wording

    @property
    def catalogue(self) -> Catalogue:
        """Returns the catalogue of figures."""
        return self.workspace.screener.rulebook.catalogue

    def page(self, heading: str, lines: Iterable[str], **parts: Any) -> str:
        """Returns a page; `parts` are its blocks, problems and links."""
        t = self.wording
        addresses = {"companies": "/", "shock": "/shock", "add": "/add", "rules": "/rules"}
        navigation = [Link(t(f"serve.{page}"), address) for page, address in addresses.items()]
        view = ServedPage(
            heading=heading,
            label=t("serve.label"),
            navigation=tuple(navigation),
            lines=tuple(lines) if self.workspace.writable else (*lines, t("serve.read_only")),
            problems=tuple(tidy(problem, 400) for problem in parts.get("problems", ())),
            blocks=tuple(parts.get("blocks", ())),
            links=tuple(parts.get("links", ())),
        )
        return html_page(SERVED_PAGE, t.language, view=view)

    def name(self, result: ResultDocument) -> str:
        """Returns the name of a company."""
        return self.text(result.company.name, NAME_LENGTH) or result.company.id

    def text(self, text: Text | None, width: int) -> str:
        """Returns a text in the language of the pages, cut to a width; empty if there is no text."""
        return tidy(text.get(self.wording.language), width) if text else ""
