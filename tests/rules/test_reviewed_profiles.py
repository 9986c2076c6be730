"""Small profiles with wrong outcomes in a credit review, with the outcomes that the review required.

If another outcome was chosen, docs/adr/0013-rules-reviewed-by-credit-practice.md states the reason.
"""

from typing import Any, NamedTuple

import pytest

from screener.result.model import Finding, ResultDocument
from screener.screening import Screener
from screener.vocabulary import Outcome, Severity, Verdict
from tests.conftest import profile_of

WARNED = {Verdict.AVOID, Verdict.CAUTION}
SOUND: dict[str, Any] = {
    "revenue": 100e6, "operating_income": 12e6, "depreciation": 4e6, "interest_expense": 1e6, "net_income": 8e6,
    "operating_cash_flow": 13e6, "capital_expenditure": 5e6, "cash": 30e6, "total_debt": 10e6, "short_term_debt": 1e6,
    "total_assets": 130e6, "total_liabilities": 50e6, "equity": 80e6, "retained_earnings": 50e6, "current_assets": 60e6,
    "current_liabilities": 25e6,
}
DISCLOSED = {"going_concern_doubt": True, "covenant_breach": True}
SHRUNK = {"operating_cash_flow": -25e6, "capital_expenditure": 5e6, "cash": 1e6}
UTILITY = {
    "revenue": 30e9, "operating_income": 8e9, "depreciation": 6e9, "interest_expense": 3.4e9, "net_income": 4.5e9,
    "operating_cash_flow": 12e9, "capital_expenditure": 13.5e9, "cash": 0.2e9, "total_debt": 85e9, "total_assets": 190e9,
    "total_liabilities": 138e9, "equity": 52e9, "current_assets": 12e9, "current_liabilities": 18e9,
    "retained_earnings": 20e9,
}
LOSS_MAKING = {"name": "Planes", "figures": {"net_income": -1e9, "cash": 26e9}}


class Case(NamedTuple):
    """A profile, the rules that must fire (with their severity) or must not, and the verdicts that are right."""

    profile: dict[str, Any]
    fires: dict[str, Severity | None] = {}
    not_fired: tuple[str, ...] = ()
    verdicts: frozenset[Verdict] = frozenset(Verdict)


def year(now: float, before: float) -> list[dict[str, Any]]:
    return [{"value": now, "period": "FY2025"}, {"value": before, "period": "FY2024"}]


AVOID = frozenset({Verdict.AVOID})
NOT_AVOID = frozenset(Verdict) - AVOID
NOT_WARNED = frozenset(Verdict) - WARNED
CASES: dict[str, Case] = {
    "a doubt and a breach beside sound accounts": Case(
        {"sector": "industrials", "figures": {**SOUND, **DISCLOSED}, "customers": []},
        {"going-concern-doubt": Severity.CRITICAL, "covenant-breach": Severity.CRITICAL}, verdicts=AVOID,
    ),
    "a doubt and a breach with a month of cash": Case(
        {"sector": "industrials", "figures": {**SOUND, **SHRUNK, **DISCLOSED}}, {"liquidity-crisis": Severity.CRITICAL}, verdicts=AVOID,
    ),
    "default and restatement as events beside owned distribution": Case(
        {
            "sector": "software", "figures": {"revenue": 100e6, "net_income": 5e6, "operating_cash_flow": 20e6},
            "events": [{"what": "default", "date": "2025-11-01"}, {"what": "restatement", "date": "2025-10-01"}],
            "channels": [{"what": "App store", "owned": True}],
        },
        {"payment-default": Severity.CRITICAL, "accounts-withdrawn": Severity.CRITICAL}, verdicts=AVOID,
    ),
    "an ecosystem does not outweigh a doubt": Case(
        {
            "sector": "software", "figures": {"revenue": 10e6, "net_income": 1e6, "months_of_cash": 3, **DISCLOSED},
            "moats": [{"what": "ecosystem", "switching_cost": 5}],
        },
        {"going-concern-doubt": None}, verdicts=AVOID,
    ),
    "a regulated utility that builds": Case(
        {"sector": "utilities", "figures": UTILITY}, {},
        ("runway-crisis", "runway-under-a-year", "cash-below-a-year-of-burn", "cash-below-half-a-year-of-burn",
         "altman-z-double-prime-distress", "springate", "current-ratio-below-one", "quick-ratio-low"), NOT_WARNED,
    ),
    "a builder whose operations bring in cash": Case(
        {"sector": "cloud-infrastructure", "figures": {"revenue": 57e9, "operating_cash_flow": 20.8e9, "capital_expenditure": 35e9, "cash": 11e9, "net_income": 12e9}},
        {"investment-needs-funding": Severity.MEDIUM}, ("cash-below-a-year-of-burn", "cash-below-half-a-year-of-burn", "cash-generative"), NOT_AVOID,
    ),
    "an add-in does not own the directory": Case(
        {"sector": "software", "products": [{"what": "Add-in", "knows_permissions": True, "embedded": True}]},
        {"permission-aware": None}, ("identity-moat", "owner-of-identity-and-workflow"), frozenset(Verdict) - {Verdict.WATCH},
    ),
    "a first small loss": Case(
        {"sector": "software", "figures": {"net_income": year(-1e6, 100e6)}}, {"loss-making": Severity.MEDIUM}, ("losses-widening",), NOT_WARNED,
    ),
    "a critical supplier without any alternative": Case(
        {"sector": "hardware", "suppliers": [{"party": "maker", "critical": True, "alternatives": []}]}, {"no-credible-second-source": None},
    ),
    "an alternative without capacity": Case(
        {
            "sector": "hardware",
            "suppliers": [{"party": "maker", "critical": True, "alternatives": [{"party": "main", "in_house": True, "price_performance": 0.85, "capacity": 0.01}]}],
        },
        {}, ("credible-second-source",),
    ),
    "burn with shrinking recurring revenue": Case(
        {"sector": "software", "figures": {"free_cash_flow": -50e6, "annual_recurring_revenue": year(80e6, 90e6)}}, {"burn-multiple-bad": None},
    ),
    "debt without operating earnings": Case(
        {"sector": "industrials", "figures": {"operating_income": -50e6, "depreciation": 10e6, "total_debt": 500e6, "interest_expense": 40e6, "total_assets": 600e6}},
        {"debt-without-ebitda": Severity.HIGH, "interest-not-earned": Severity.HIGH},
    ),
    "a round that is not binding beside five years of cash": Case(
        {
            "sector": "ai-models", "figures": {"loop_closed": False, "months_of_cash": 60, "cash": 50e9, "free_cash_flow": -10e9},
            "funding": [{"party": "fund", "amount": 5e9, "binding": False}],
        },
        {}, ("cannot-pass-the-acceptance-year",), NOT_AVOID,
    ),
    "a large customer with a loss and much cash": Case(
        {"sector": "manufacturing", "customers": [{"party": "planes", "share_of_revenue": 0.4}], "parties": {"planes": LOSS_MAKING}},
        {"loss-making-customer": Severity.HIGH}, ("unfunded-loss-making-customer", "levered-on-a-loss-making-customer"), NOT_AVOID,
    ),
    "planned debt beside a customer with a loss": Case(
        {
            "sector": "manufacturing", "figures": {"total_debt": 1e9, "revenue": 10e9},
            "plans": [{"what": "borrow", "amount": 25e9}],
            "customers": [{"party": "planes", "share_of_revenue": 0.5}], "parties": {"planes": LOSS_MAKING},
        },
        {"planned-leverage": Severity.MEDIUM}, ("leverage-versus-revenue", "levered-on-a-loss-making-customer"), NOT_AVOID,
    ),
    "shares that hardly moved": Case(
        {"sector": "software", "events": [{"what": "market-reaction", "party": "rival", "change": -0.001, "date": "2026-01-15"}]}, {}, ("market-reaction",),
    ),
    "a loss beside the statement of a profit": Case(
        {"sector": "software", "figures": {"net_income": -5e6, "profitable": True}}, {"loss-making": None}, ("profitable",),
    ),
    "a navy's order over ten years": Case(
        {
            "sector": "defence", "figures": {"revenue": 1e9},
            "customers": [{"party": "navy", "commitment": 2e9, "years": 10, "binding": True, "prepaid": True}],
        },
        {}, ("commitment-versus-revenue",), NOT_WARNED,
    ),
    "much debt that earnings carry": Case(
        {"sector": "software", "figures": {"revenue": 10e9, "operating_income": 4e9, "depreciation": 3e9, "total_debt": 16e9}},
        {"leverage-versus-revenue": Severity.MEDIUM, "moderate-leverage": None}, (), NOT_WARNED,
    ),
    "the rule of 40 and a builder of data centres": Case(
        {"sector": "cloud-infrastructure", "figures": {"revenue": year(57e9, 53e9), "free_cash_flow": -0.4e9}}, {}, ("rule-of-40-missed", "rule-of-40-met"),
    ),
}


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.load(engine="search")


def screened(screener: Screener, profile: dict[str, Any]) -> ResultDocument:
    return screener.assess(profile_of(screener.rulebook.catalogue, **{"currency": "USD", "as_of": "2026-02-06", **profile}))


def fired(result: ResultDocument) -> dict[str, Finding]:
    return {found.rule: found for found in result.findings if found.outcome is Outcome.FIRED}


@pytest.mark.parametrize("name", CASES)
def test_reviewed_profile(screener: Screener, name: str) -> None:
    case = CASES[name]
    result = screened(screener, case.profile)
    found = fired(result)
    assert case.fires.keys() <= found.keys()
    for rule, severity in case.fires.items():
        assert severity is None or found[rule].severity is severity
    assert found.keys().isdisjoint(case.not_fired)
    assert result.verdict.word in case.verdicts


def test_product_strategy_relieves_no_flag_of_debt_or_liquidity(screener: Screener) -> None:
    figures = {**SOUND, **SHRUNK, "total_debt": 150e6, "equity": 5e6, "total_liabilities": 125e6}
    plain = {"sector": "software", "figures": figures, "channels": [], "moats": [], "products": []}
    strong = {
        **plain,
        "channels": [{"what": "App store", "owned": True}],
        "moats": [{"what": "ecosystem"}, {"what": "identity"}],
    }
    before, after = (fired(screened(screener, profile)) for profile in (plain, strong))
    for rule in ("cash-below-half-a-year-of-burn", "debt-above-six-ebitda"):
        assert after[rule].points == before[rule].points > 10
    for rule in ("identity-moat", "owns-entry-point"):
        assert after[rule].points == 0


@pytest.mark.parametrize("flow", ["buys", "lends"])
def test_payments_of_one_dollar_weigh_next_to_nothing(screener: Screener, flow: str) -> None:
    """The flag fires, since an unknown amount is no pass; a green rule takes its weight."""
    loop = [
        {"from": "main", "to": "b", "what": "buys", "amount": 1},
        {"from": "b", "to": "c", "what": "buys", "amount": 1},
        {"from": "c", "to": "main", "what": "buys", "amount": 1},
    ]
    loan = [{"from": "main", "to": "b", "what": "lends", "amount": 1}]
    result = screened(
        screener,
        {
            "sector": "retail",
            "figures": {"revenue": 100e9, "equity": 20e9},
            "flows": loop if flow == "buys" else loan,
            "customers": [{"party": "b", "share_of_revenue": 0.01}],
        },
    )
    rule, relief = (
        ("circular-financing", "circular-financing-immaterial")
        if flow == "buys"
        else ("vendor-financing", "vendor-financing-minor")
    )
    found = fired(result)
    assert relief in found
    assert relief in found[rule].softened_by if rule in found else True
    assert result.score.value < 18
    assert result.verdict.word not in WARNED


def test_a_first_loss_counts_once(screener: Screener) -> None:
    assert screened(screener, {"sector": "software", "figures": {"net_income": year(-1e6, 100e6)}}).score.value == pytest.approx(10, abs=1)


def test_cover_is_judged_alike_in_yen_and_dollars(screener: Screener) -> None:
    """The market value threshold has a currency: without a rate the rule is unknown, never another verdict."""
    figures = {"operating_income": 1.3e9, "interest_expense": 1e9}
    dollars = screened(screener, {"sector": "industrials", "figures": {**figures, "market_value": 0.13e9}})
    yen = screened(screener, {"sector": "industrials", "currency": "JPY", "figures": {**figures, "market_value": 20e9}})
    rated = screened(
        screener,
        {
            "sector": "industrials",
            "currency": "JPY",
            "rates": {"JPY": {"USD": 0.0065}},
            "figures": {**figures, "market_value": 20e9},
        },
    )
    outcomes = [next(f.outcome for f in r.findings if f.rule == "cover-distressed") for r in (dollars, yen, rated)]
    assert outcomes[0] is Outcome.FIRED
    assert outcomes[1] in (Outcome.UNKNOWN, Outcome.FIRED)
    assert outcomes[2] is Outcome.FIRED


def test_a_missing_cover_of_costs_prints_what_is_known_only(screener: Screener) -> None:
    sentence = fired(screened(screener, {"sector": "ai-models", "figures": {"loop_closed": False}}))["loop-not-closed"].says
    assert sentence is not None
    assert sentence.en == "The company has not shown that receipts from customers cover its costs."
