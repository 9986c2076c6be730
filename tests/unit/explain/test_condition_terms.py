"""The parts of a rule's condition: which hold, which fail, which are unknown."""

from pathlib import Path
from typing import Any

import pytest

from screener.profile.loader import profile_from_data
from screener.report.terminal.finding_text import finding_text
from screener.report.views.flag_views import failing_term, nearest_limit
from screener.report.views.view_context import ViewContext
from screener.report.wording import load_wording
from screener.result.finding_records import Finding
from screener.result.model import ResultDocument
from screener.screening import Screener
from tests.unit.rules.test_errors import rule

ANY = """\
- company: 'revenue > 1'
  - any:
    - flag: mine
    - [flag: yours, company: 'total_debt > 100']
  - customer as c: 'dominant and share_of_revenue > 0.5'
  - not supplier: 'critical'
"""


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.load()


def terms(finding: Finding) -> list[tuple[int, str, str]]:
    return [(t.depth, t.holds, t.text.en) for t in finding.terms]


def screen(screener: Screener, **data: Any) -> ResultDocument:
    data = {"name": "Main", "currency": "USD", "sector": "software", "figures": {"revenue": 1e9}, **data}
    return screener.assess(profile_from_data(data, screener.rulebook.catalogue))


def finding(result: ResultDocument, rule_id: str) -> Finding:
    return next(f for f in result.findings if f.rule == rule_id)


def test_a_clear_rule_names_the_part_that_failed(screener: Screener) -> None:
    """The amount is far above the limit; the part that fails is that the funding is binding."""
    result = screen(screener, funding=[{"party": "softbank", "amount": 10e9, "binding": True}])
    found = finding(result, "headline-funding-not-binding")
    assert found.outcome == "clear"
    failed = failing_term(found)
    assert failed
    assert failed.text.en == "Binding: yes (must be no)"
    assert failed.text.zh == "具约束力：是（须为否）"
    context = ViewContext(result, load_wording("en"))
    assert nearest_limit(context, found) == "Binding: yes (must be no)"
    assert "✗ Binding: yes (must be no)" in finding_text(context.result, found.rule)


def test_the_fact_that_comes_nearest_is_shown(screener: Screener) -> None:
    funding = [{"party": "a", "amount": 1, "binding": True}, {"party": "b", "amount": 10e9, "binding": True}]
    for order in (funding, funding[::-1]):
        found = finding(screen(screener, funding=order), "headline-funding-not-binding")
        assert terms(found)[0][2] == "Funding b"


@pytest.mark.parametrize(
    ("data", "expected"), [({"funding": []}, ("no", "Funding: none")), ({}, ("unknown", "Funding: none known"))]
)
def test_an_empty_list_fails_and_an_absent_one_is_open(
    screener: Screener, data: Any, expected: tuple[str, str]
) -> None:
    found = finding(screen(screener, **data), "headline-funding-not-binding")
    assert terms(found) == [(0, *expected)]


@pytest.fixture
def nested(tmp_path: Path) -> Screener:
    file = tmp_path / "rules.yaml"
    whole = (
        rule().replace("rule: mine", "rule: whole").replace("- company: 'debt_to_revenue > params.most'", ANY.rstrip())
    )
    file.write_text(
        "---\n".join(
            [
                rule(),
                rule("company: 'revenue > 5'", rule="yours"),
                whole.replace("params:\n  most: {value: 1.5, unit: multiple}\n", ""),
            ]
        ),
        "utf-8",
    )
    return Screener.load([str(file)], packs=[], config=None)


def test_all_of_and_one_of(nested: Screener) -> None:
    data: dict[str, Any] = {
        "name": "X",
        "figures": {"revenue": 10, "total_debt": 12},
        "customers": [{"party": "a", "dominant": True, "share_of_revenue": 0.6}],
        "suppliers": [{"party": "s", "critical": False}],
    }
    result = nested.assess(profile_from_data(data, nested.rulebook.catalogue))
    found = finding(result, "whole")
    assert [(t.depth, t.kind, t.holds, t.rule) for t in found.terms] == [
        (0, "term", "yes", None),
        (0, "one-of", "no", None),
        (1, "flag", "no", "mine"),
        (1, "all-of", "no", None),
        (2, "flag", "yes", "yours"),
        (2, "term", "no", None),
        (0, "fact", "yes", None),
        (1, "term", "yes", None),
        (1, "term", "yes", None),
        (0, "no-fact", "yes", None),
    ]
    assert found.outcome == "clear"


def test_a_fact_that_must_not_be_is_named(nested: Screener) -> None:
    data: dict[str, Any] = {
        "name": "X",
        "figures": {"revenue": 10, "total_debt": 120},
        "customers": [{"party": "a", "dominant": True, "share_of_revenue": 0.6}],
        "suppliers": [{"party": "s", "critical": True}],
        "parties": {"s": {"name": "Solder Inc"}},
    }
    found = finding(nested.assess(profile_from_data(data, nested.rulebook.catalogue)), "whole")
    assert (found.outcome, terms(found)[-1]) == ("clear", (0, "no", "No such supplier: there is Solder Inc"))


@pytest.mark.parametrize("name", ["oracle", "nvidia", "openai", "adobe", "groq"])
def test_the_parts_agree_with_the_outcome(screener: Screener, name: str) -> None:
    """All parts of a fired rule hold; one of a clear rule fails; none of an unknown one fails."""
    root = Path(__file__).resolve().parents[3]
    for found in screener.assess(screener.profile(str(root / f"fixtures/{name}.json"))).findings:
        holds = {t.holds for t in found.terms if t.depth == 0}
        if found.outcome == "fired":
            assert holds == {"yes"}, found.rule
        elif found.outcome == "clear":
            assert "no" in holds, (found.rule, found.terms)
        elif found.outcome == "not-applicable":
            assert not found.terms
