"""Metrics outside their valid domain may be any number, and rules that depend on them do not apply."""

from pathlib import Path
from typing import Any

import pytest

from screener.expression.interval import UNBOUNDED, Truth
from screener.facts.company import CompanyFacts
from screener.profile.model import Profile
from screener.rules.lint.checks import check_rule_files
from screener.screening import Screener
from tests.conftest import profile_of

NEGATIVE, ZERO = ["negative-divisor"], ["zero-divisor"]
"""The reports of `rules check` on a divisor."""

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


DIVISORS: list[tuple[str, tuple[str, ...]]] = [
    ("current_liabilities", ("current-ratio-below-one", "quick-ratio-low", "short-funded")),
    ("total_liabilities", ("altman-z-double-prime-distress", "market-doubts", "market-value-above-liabilities")),
    ("total_assets", ("altman-z-double-prime-distress", "sloan-accruals", "zmijewski")),
    ("revenue", ("commitments-beyond-means", "obligations-material", "commitment-versus-revenue")),
    ("interest_expense", ("interest-thinly-earned", "covers-interest-well")),
]
"""Figures by which rules divide, with some of these rules."""


@pytest.mark.parametrize(("figure", "rules"), DIVISORS)
def test_a_divisor_of_0_leaves_no_rule_waiting_for_what_is_stated(figure: str, rules: tuple[str, ...]) -> None:
    every = Screener.load()
    figures = {
        name: [{"value": 1e9 - back * 1e8, "period": f"FY{2025 - back}"} for back in (0, 1)]
        for name, entry in every.rulebook.catalogue.figures.items()
        if entry.unit == "money"
    }
    customers = [{"party": "acme", "commitment": 5e9, "years": 3, "share_of_revenue": 0.2}]
    lists = {"customers": customers, "commitments": [{"party": "acme", "amount": 5e9, "years": 3, "binding": True}]}

    def outcomes(value: float) -> dict[str, str]:
        claims = {**figures, figure: [{"value": value, "period": "FY2025"}, {"value": 1e9, "period": "FY2024"}]}
        result = every.assess(profile(every, claims, as_of="2026-01-31", **lists))
        return {f.rule: f.outcome for f in result.findings}

    usual, at_zero = outcomes(1e9), outcomes(0)
    for rule in rules:
        assert usual[rule] in ("fired", "clear", "not-applicable"), rule
        assert at_zero[rule] != "unknown", rule


def test_a_count_of_signs_is_known_though_one_of_them_is_outside_its_domain(screener: Screener) -> None:
    figures = {"net_income": 5, "operating_cash_flow": 9, "current_assets": 4, "current_liabilities": 0, "revenue": 0}
    found = company(screener, figures)
    assert found.validity("current_ratio") is Truth.FALSE
    assert found.validity("piotroski_f") is Truth.TRUE
    value = found.value("piotroski_f")
    assert (value.lo, value.hi) == (3, 9)


@pytest.mark.parametrize(
    ("entry", "warned"),
    [
        ("{formula: 'goodwill / equity'", NEGATIVE),
        ("{formula: 'goodwill / (equity - goodwill)', valid: 'equity > goodwill'", []),
        ("{formula: 'goodwill / (equity - goodwill)', valid: 'equity >= goodwill'", []),
        ("{formula: 'goodwill / equity', valid: 'equity > 0 and goodwill > 0'", []),
        ("{formula: 'goodwill / equity', valid: 'equity >= 0'", []),
        ("{formula: 'goodwill / equity', valid: 'equity >= 5'", []),
        ("{formula: 'goodwill / equity', valid: 'equity < 0'", NEGATIVE),
        ("{formula: 'goodwill / (cash + total_debt)'", ZERO),
        ("{formula: 'goodwill / (cash + total_debt)', valid: 'cash > 0'", []),
        ("{formula: 'goodwill / (cash * cash_to_debt)', valid: 'cash > 0'", ZERO),
        ("{formula: 'goodwill / (cash * 2)', valid: 'cash > 0'", []),
        ("{formula: 'cash_to_debt / (1 + exp(cash_to_debt))'", []),
        ("{formula: 'cash_to_debt / receivables_growth'", NEGATIVE),
        ("{formula: 'revenue_growth / cash_to_debt'", ZERO),
        ("{formula: 'goodwill / max(net_income, 0)'", []),
        ("{formula: 'goodwill / max(net_income, 1)'", []),
        ("{formula: 'goodwill / prior(equity)'", NEGATIVE),
        ("{formula: 'goodwill / prior(revenue)'", ZERO),
        ("{formula: 'goodwill / prior(revenue)', valid: 'prior(revenue) > 0'", []),
    ],
)
def test_divisors_that_can_be_negative_or_0_are_reported(tmp_path: Path, entry: str, warned: list[str]) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(f"metrics:\n  own: {entry}, unit: multiple, title: {{en: O, zh: 自}}}}\n", "utf-8")
    found = check_rule_files([str(path)], [str(path)])
    assert [p.code for p in found.problems] == warned


@pytest.mark.parametrize(("when", "warned"), [("{company: 'goodwill / equity > params.most'}", NEGATIVE), ("{company: 'equity > 0 and goodwill / equity > params.most'}", []), ("{company: 'goodwill / revenue > params.most'}", ZERO), ("{customer as c: 'commitment / company.revenue > params.most'}", ZERO)])
def test_those_in_conditions_too(tmp_path: Path, when: str, warned: list[str]) -> None:
    path = tmp_path / "geared.yaml"
    path.write_text(RULE.format(when=when), "utf-8")
    found = check_rule_files([str(path)], [str(path)])
    assert [p.code for p in found.problems if p.code in NEGATIVE + ZERO] == warned


@pytest.mark.parametrize("valid", ["equity", "equity >", "equit > 0", "equity > 'a'"])
def test_a_condition_that_is_none_is_refused_with_its_place(tmp_path: Path, valid: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(f'metrics:\n  own: {{formula: "goodwill / equity", valid: "{valid}", unit: multiple, title: t}}\n', "utf-8")
    found = check_rule_files([str(path)], [str(path)])
    assert found.errors
    assert all("own.valid" in str(p) for p in found.problems if p.level == "error")
