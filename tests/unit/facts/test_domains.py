"""Metrics outside the domain that they name: any number, and rules that rest on them do not apply."""

from pathlib import Path
from typing import Any

import pytest

from screener.expression.interval import UNBOUNDED, Truth
from screener.facts.company import CompanyFacts
from screener.profile.model import Profile
from screener.rules.lint.checks import check_rule_files
from screener.screening import Screener
from tests.conftest import profile_of

RULE = """
rule: geared
flag: red
severity: low
category: leverage
title: t
params: {{most: {{value: 2, unit: multiple}}}}
when: [{when}]
says: s
why: w
clears: c
false_alarms: f
"""


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.load(packs=["ai-era", "classic"])


def profile(screener: Screener, figures: dict[str, Any], **data: Any) -> Profile:
    return profile_of(screener.rulebook.catalogue, **{"sector": "industrials", "currency": "USD", "figures": figures, **data})


def company(screener: Screener, figures: dict[str, Any], **data: Any) -> CompanyFacts:
    found = profile(screener, figures, **data)
    return screener.world(found).companies[found.id]


def outcome(screener: Screener, found: Profile, rule: str) -> str:
    return next(f.outcome for f in screener.assess(found).findings if f.rule == rule)


@pytest.mark.parametrize(("equity", "valid"), [(-5e9, Truth.FALSE), (0, Truth.FALSE), (5e9, Truth.TRUE), ({"low": -1, "high": 1}, Truth.UNKNOWN)])
def test_a_ratio_to_negative_equity_is_any_number(screener: Screener, equity: Any, valid: Truth) -> None:
    found = company(screener, {"total_debt": 10e9, "equity": equity})
    assert found.validity("debt_to_equity") is valid
    assert (found.value("debt_to_equity") == UNBOUNDED) == (valid is not Truth.TRUE)


def test_what_is_stated_is_valid(screener: Screener) -> None:
    found = company(screener, {"equity": -5e9}, metrics={"debt_to_equity": 3})
    assert found.validity("debt_to_equity") is Truth.TRUE


@pytest.mark.parametrize("when", ["{company: 'debt_to_equity > params.most'}", "{any: [{company: 'debt_to_equity > 9 and cash < 1'}, {company: 'debt_to_equity > params.most'}]}"])
def test_a_rule_that_rests_on_it_does_not_apply(tmp_path: Path, when: str) -> None:
    path = tmp_path / "geared.yaml"
    path.write_text(RULE.format(when=when), "utf-8")
    own = Screener.load(packs=["classic"], rules=[path])
    assert outcome(own, profile(own, {"total_debt": 10e9, "equity": -5e9}), "geared") == "not-applicable"
    assert outcome(own, profile(own, {"total_debt": 10e9, "equity": 1e9}), "geared") == "fired"
    assert outcome(own, profile(own, {"total_debt": 10e9}), "geared") == "unknown"


def test_one_that_may_hold_otherwise_is_decided_by_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "geared.yaml"
    path.write_text(RULE.format(when="{company: 'debt_to_equity > params.most or cash < 1e6'}"), "utf-8")
    own = Screener.load(packs=["classic"], rules=[path])
    assert outcome(own, profile(own, {"total_debt": 10e9, "equity": -5e9, "cash": 0}), "geared") == "fired"
    assert outcome(own, profile(own, {"total_debt": 10e9, "equity": -5e9, "cash": 1e9}), "geared") == "unknown"


@pytest.mark.parametrize("rule", ["leverage-versus-revenue", "cost-exceeds-revenue", "valuation-versus-revenue"])
def test_ratios_to_a_revenue_of_0_are_decided(screener: Screener, rule: str) -> None:
    figures = {"revenue": 0, "total_debt": 100e6, "total_costs": 50e6, "valuation": 10e9}
    assert outcome(screener, profile(screener, figures, sector="software"), rule) == "not-applicable"


def test_margin_indices_of_negative_margins_mean_nothing(screener: Screener) -> None:
    revenue = [{"value": 100, "period": f"{year}"} for year in (2024, 2023)]
    cost = [{"value": 130, "period": "2024"}, {"value": 110, "period": "2023"}]
    found = company(screener, {"revenue": revenue, "cost_of_revenue": cost})
    assert found.value("beneish_gmi") == UNBOUNDED
    assert found.validity("beneish_m") is Truth.FALSE


@pytest.mark.parametrize(
    ("entry", "warned"),
    [
        ("{formula: 'goodwill / equity'", True),
        ("{formula: 'goodwill / (equity - goodwill)', valid: 'equity > goodwill'", False),
        ("{formula: 'goodwill / equity', valid: 'equity > 0 and goodwill > 0'", False),
        ("{formula: 'goodwill / equity', valid: 'equity < 0'", True),
        ("{formula: 'goodwill / (cash + total_debt)'", False),
        ("{formula: 'cash_to_debt / receivables_growth'", True),
        ("{formula: 'goodwill / max(net_income, 0)'", False),
        ("{formula: 'goodwill / prior(equity)'", True),
    ],
)
def test_divisors_that_can_be_negative_are_reported(tmp_path: Path, entry: str, warned: bool) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(f"metrics:\n  own: {entry}, unit: multiple, title: {{en: O, zh: 自}}}}\n", "utf-8")
    found = check_rule_files([str(path)], [str(path)])
    assert [p.code for p in found.problems] == ["negative-divisor"] * warned


@pytest.mark.parametrize(("when", "warned"), [("{company: 'goodwill / equity > params.most'}", True), ("{company: 'equity > 0 and goodwill / equity > params.most'}", False)])
def test_those_in_conditions_too(tmp_path: Path, when: str, warned: bool) -> None:
    path = tmp_path / "geared.yaml"
    path.write_text(RULE.format(when=when), "utf-8")
    found = check_rule_files([str(path)], [str(path)])
    assert ("negative-divisor" in [p.code for p in found.problems]) == warned


@pytest.mark.parametrize("valid", ["equity", "equity >", "equit > 0", "equity > 'a'"])
def test_a_condition_that_is_none_is_refused_with_its_place(tmp_path: Path, valid: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(f'metrics:\n  own: {{formula: "goodwill / equity", valid: "{valid}", unit: multiple, title: t}}\n', "utf-8")
    found = check_rule_files([str(path)], [str(path)])
    assert found.errors
    assert all("own.valid" in str(p) for p in found.problems if p.level == "error")
