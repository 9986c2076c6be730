"""The counts of a report have one base and add up."""

import re

import pytest

from screener.report.terminal.company_text import company_text
from screener.report.views.company_view import company_view
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
    counts = {part.split(" ", 1)[1]: int(part.split(" ")[0]) for part in tally}
    undecided = f"undecided of {result.coverage.total}"
    of_rules = [n for what, n in counts.items() if re.match(rf"(red flags?|mitigants?|passed|{undecided})$", what)]
    assert sum(of_rules) == result.coverage.total
    assert counts[undecided] == result.coverage.total - result.coverage.decided
    shown = " ".join(company_text(context).split())
    assert f"{counts[undecided]} rules undecided" in shown
    assert " · ".join(tally) in shown
