"""Renders results in the output formats, without a run and without files."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from screener.report.formats.registry import FORMATS
from screener.report.pages.page_renderer import PageRenderer
from screener.report.rendering import RenderOptions
from screener.report.views.index_row import IndexRow, VerdictCounts, count_verdicts
from screener.report.views.result_view import ResultView
from screener.result.model import ResultDocument
from screener.text import Language


def streamed(name: str, results: Iterable[ResultDocument], language: Language = "en") -> str:
    """Returns the output of `--format NAME --out -` for results."""
    form = FORMATS[name](RenderOptions((name,), language), PageRenderer(language))
    parts = [form.render(ResultView.of(result, language)) for result in results]
    return b"".join(form.stream(part, first=n == 0) for n, part in enumerate(parts)).decode("utf-8")


def row(result: ResultDocument, language: Language = "en", href: str = "") -> IndexRow:
    """Returns a result as a row of the index."""
    found = ResultView.of(result, language).index_row
    return found._replace(href=href) if href else found


class Collected(NamedTuple):
    """Rows of the index, as a run collects them."""

    index: Sequence[IndexRow]

    def rows(self) -> Iterator[IndexRow]:
        return iter(self.index)

    def tally(self) -> VerdictCounts:
        return count_verdicts(self.index)

    def table_rows(self, name: str) -> Iterator[bytes]:
        return iter(())
