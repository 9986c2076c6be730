"""Hints: a quote about a figure without a value is shown if the figure is unknown, and decides nothing."""

import pytest

from screener.report.terminal.company_text import company_text
from screener.report.views.result_view import ResultView
from screener.result.model import ResultDocument
from screener.screening import Screener
from tests.conftest import profile_of

QUOTE = "We identified deficiencies in our controls over revenue."


@pytest.fixture(scope="module")
def result() -> ResultDocument:
    screener = Screener.load(packs=["core"])
    figures = {"material_weakness": {"quote": QUOTE, "note": "page 48, Item 9A", "source": "k"}, "revenue": 5e9}
    sources = {"k": {"title": "10-K", "kind": "filed", "date": "2025-06-01"}}
    return screener.assess(profile_of(screener.rulebook.catalogue, currency="USD", sources=sources, figures=figures))


def test_the_quote_stands_with_the_open_input(result: ResultDocument) -> None:
    found = {line.key: line.look_at for line in result.inputs}
    where = found["material_weakness"]
    assert where is not None
    assert where.en == f"page 48, Item 9A: “{QUOTE}”"
    assert {text for key, text in found.items() if key != "material_weakness"} == {None}
    assert next(f.outcome for f in result.findings if f.rule == "material-weakness") == "unknown"


def test_the_terminal_and_pages_show_it(result: ResultDocument) -> None:
    only = result._replace(inputs=tuple(line for line in result.inputs if line.look_at))
    assert "look at: page 48, Item 9A" in " ".join(company_text(ResultView.of(only).context).split())
    assert "查看：page 48, Item 9A" in " ".join(company_text(ResultView.of(only, "zh").context).split())
    (lookup,) = ResultView.of(only).company.lookups
    assert lookup.look_at == f"look at: page 48, Item 9A: “{QUOTE}”"
