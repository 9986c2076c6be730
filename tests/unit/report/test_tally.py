"""The counts in a report refer to the same rules and add up."""

import re

import pytest

from screener.report.terminal.company_text import company_text
from screener.report.views.company_view import company_view
from screener.report.views.coverage_view import rule_tally
from screener.report.views.view_context import ViewContext
from screener.report.wording import load_wording
from screener.screening import Screener
from tests.scenarios.commands import ROOT


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.load(packs=["ai-era", "classic"])


@pytest.mark.parametrize("name", ["oracle", "nvidia", "groq", "adobe"])
def test_outcomes_of_the_rules_that_count_add_up_to_the_coverage(screener: Screener, name: str) -> None:
    result = screener.assess(screener.profile(str(ROOT / f"fixtures/{name}.json")))
    context = ViewContext(result, load_wording("en"))
    tally = company_view(context).tally
    assert sum(item.number for item in tally) == result.coverage.total
    undecided = f"{result.coverage.total - result.coverage.decided} undecided of {result.coverage.total}"
    assert tally[-1].text == undecided
    widths = [rect.width + 0.4 for rect in company_view(context).coverage_chart.rects]
    assert sum(widths) == pytest.approx(100, abs=len(widths) * 0.4)
    parts = rule_tally(context)
    of_rules = [int(part.split()[0]) for part in parts if re.search(r"(red flags?|mitigants?|passed|undecided of \d+)$", part)]
    assert sum(of_rules) == result.coverage.total
    shown = " ".join(company_text(context).split())
    assert f"{tally[-1].number} rules undecided" in shown
    assert " · ".join(parts) in shown
