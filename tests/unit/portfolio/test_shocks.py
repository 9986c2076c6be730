"""Shocks: their syntax, the facts that they change, and their spread in a limited number of rounds."""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screener import Profile, Screener
from screener.errors import ProfileError, ScreenerError
from screener.expression.interval import Interval
from screener.portfolio.payment_network import payments_between
from screener.portfolio.shock import FigureShock, PaymentStop, read_scenario, read_shocks
from screener.portfolio.shock_effects import NO_COST_SAVED_TO_ALL, RESULTS, STATEMENTS, shocked
from screener.portfolio.shock_page import ShockTables
from screener.portfolio.shock_run import ShockResult, run_shocks, to_dict
from screener.report.wording import load_wording

SCREENER = Screener.load(packs=["core", "ai-era"])
CATALOGUE = SCREENER.rulebook.catalogue
FIXTURES = Path(__file__).parents[3] / "fixtures"


def company(name: str, **data: Any) -> Profile:
    return SCREENER.profile({"id": name, "name": name.title(), "as_of": "2026-01-31", "currency": "USD", **data})


SELLER = company(
    "seller",
    figures={"revenue": [{"value": 100e6}], "net_income": [{"value": 5e6}], "profitable": [{"value": True}]},
    customers=[
        {"party": "buyer", "share_of_revenue": 0.4},
        {"party": "other", "share_of_revenue": {"low": 0.1, "high": 0.2}},
    ],
    flows=[{"from": "buyer", "to": "seller", "what": "buys", "amount": 40e6}],
)
BUYER = company("buyer", figures={"revenue": [{"value": 900e6}]})


def run(*shocks: str, profiles: tuple[Profile, ...] = (SELLER, BUYER), **options: Any) -> ShockResult:
    return run_shocks(SCREENER, profiles, read_shocks(shocks, CATALOGUE), **options)


def figures(profile: Profile, *shocks: str, pass_through: Interval = NO_COST_SAVED_TO_ALL) -> dict[str, Interval]:
    changed = shocked(profile, read_shocks(shocks, CATALOGUE), CATALOGUE, pass_through).profile
    found = {}
    for name, claims in changed.subject.figures.items():
        value = claims[0].value_in("number") if claims else None
        if isinstance(value, Interval):
            found[name] = value
    return found


def test_how_a_shock_is_written() -> None:
    texts = [
        "Buyer: stops paying",
        "buyer: stops paying seller",
        "seller: loses Buyer",
        "seller.revenue: -30%",
        "seller.debt: 2e9..3e9",
    ]
    stop, one, lost, relative, absolute = read_shocks(texts, CATALOGUE)
    assert stop == PaymentStop("buyer")
    assert one == lost == PaymentStop("buyer", "seller")
    assert isinstance(relative, FigureShock)
    assert relative.factor == 0.7
    assert isinstance(absolute, FigureShock)
    assert (absolute.figure, absolute.value) == ("total_debt", Interval(2e9, 3e9))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("buyer stops paying", "is not a shock; write"),
        ("buyer: explodes", "'explodes' is not a change"),
        ("buyer.revenu: -3%", "unknown figure 'revenu'; did you mean 'revenue'"),
        ("buyer.revenue: a lot", "'a lot' is not a number"),
        ("buyer.revenue: 3..2", "is not a number"),
        ("buyer.revenue: nan", "is not a number"),
        ("buyer.profitable: -3%", "is not a number; shocks change numbers only"),
    ],
)
def test_what_is_wrong_with_a_shock(text: str, message: str) -> None:
    with pytest.raises(ProfileError, match=message):
        read_shocks([text], CATALOGUE)


def test_a_figure_is_changed_once() -> None:
    with pytest.raises(ProfileError, match=r"seller\.revenue is changed twice"):
        read_shocks(["seller.revenue: -3%", "seller.revenue: 5"], CATALOGUE)


def test_a_scenario_file(tmp_path: Path) -> None:
    file = tmp_path / "crunch.yaml"
    file.write_text("name: Crunch\nshocks:\n  - buyer: stops paying\n  - 'seller.revenue: -10%'\n", "utf-8")
    assert read_scenario(file, CATALOGUE).shocks == read_shocks(
        ["buyer: stops paying", "seller.revenue: -10%"], CATALOGUE
    )
    file.write_text("shocks: none\n", "utf-8")
    with pytest.raises(ScreenerError, match="is not a scenario"):
        read_scenario(file, CATALOGUE)


def test_what_a_lost_customer_takes_away() -> None:
    after = figures(SELLER, "buyer: stops paying")
    assert after["revenue"] == Interval.point(60e6)
    assert after["net_income"] == Interval(-35e6, 5e6)
    assert figures(SELLER, "buyer: stops paying", pass_through=Interval(0.5, 0.5))["net_income"] == Interval.point(
        -15e6
    )
    assert figures(SELLER, "other: stops paying")["revenue"] == Interval(80e6, 90e6)


def test_a_share_that_is_not_stated_is_what_other_customers_leave() -> None:
    seller = company(
        "seller",
        figures={"revenue": [{"value": 100e6}]},
        customers=[{"party": "buyer"}, {"party": "other", "share_of_revenue": 0.25}],
    )
    assert figures(seller, "buyer: stops paying")["revenue"] == Interval(25e6, 100e6)


def test_payments_that_stop_and_a_statement_that_is_open_again() -> None:
    changed = shocked(SELLER, read_shocks(["buyer: stops paying"], CATALOGUE), CATALOGUE).profile
    assert changed.subject.relations["flows"] == ()
    assert "profitable" not in changed.subject.figures
    only_another = shocked(SELLER, read_shocks(["buyer: stops paying other"], CATALOGUE), CATALOGUE)
    assert (only_another.profile, only_another.effects) == (SELLER, ())


def test_who_pays_nobody_is_in_default() -> None:
    result = run("buyer: stops paying")
    after = {c.after.company.id: c.after for c in result.companies}
    assert "payment-default" in {f.rule for f in after["buyer"].findings if f.outcome == "fired"}


def test_no_shock_changes_nothing() -> None:
    result = run()
    assert not any(c.is_changed or c.effects for c in result.companies)
    assert [c.before for c in result.companies] == [c.after for c in result.companies]


NINE = tuple(SCREENER.profile(str(path)) for path in sorted(FIXTURES.glob("*.json")))
RELATED = tuple(profile for profile in NINE if profile.id in ("microsoft", "nvidia", "openai", "oracle"))
STOPS = tuple(f"{a}: stops paying" for a in ("openai", "microsoft", "oracle", "nvidia"))


@settings(max_examples=8)
@given(st.permutations(NINE), st.integers(1, 5), st.booleans())
def test_whatever_the_companies_no_shock_and_no_reachable_shock_change_nothing(
    companies: list[Profile], count: int, stranger: bool
) -> None:
    result = run(
        *(["stranger: stops paying", "stranger.revenue: -30%"] if stranger else []), profiles=tuple(companies[:count])
    )
    assert [c.before for c in result.companies] == [c.after for c in result.companies]
    assert not any(c.is_changed or c.effects or c.flips for c in result.companies)
    assert len(result.unreached) == 2 * stranger
    assert result.chain == ()


@settings(max_examples=5)
@given(st.permutations(RELATED), st.permutations(STOPS), st.integers(1, 3))
def test_whatever_the_order_of_real_companies(companies: list[Profile], stops: list[str], count: int) -> None:
    def shown(profiles: Sequence[Profile], shocks: Sequence[str]) -> dict[str, Any]:
        found = to_dict(run(*shocks, profiles=tuple(profiles), rounds=1))
        return {**found, "shocks": sorted(found["shocks"])}

    assert shown(companies, stops[:count]) == shown(RELATED, sorted(stops[:count]))


def test_a_shock_that_no_profile_feels_is_reported() -> None:
    result = run("stranger: stops paying", "stranger.revenue: 5e6")
    assert len(result.unreached) == 2
    assert not any(c.is_changed for c in result.companies)


@given(st.randoms(use_true_random=False))
def test_the_order_of_companies_and_shocks_does_not_matter(shuffle: random.Random) -> None:
    profiles, shocks = [SELLER, BUYER], ["buyer: stops paying", "seller.total_debt: 90e6", "other: stops paying seller"]
    expected = to_dict(run(*sorted(shocks), profiles=tuple(profiles)))
    shuffle.shuffle(profiles)
    shuffle.shuffle(shocks)
    found = to_dict(run(*shocks, profiles=tuple(profiles)))
    assert {**found, "shocks": sorted(found["shocks"])} == {**expected, "shocks": sorted(expected["shocks"])}


FRAGILE = {
    "revenue": 100e6, "net_income": 10e6, "operating_income": 15e6, "operating_cash_flow": 20e6, "free_cash_flow": 10e6, "cash": 5e6,
    "short_term_debt": 4e6, "interest_expense": 3e6, "total_debt": 90e6, "equity": 80e6, "going_concern_doubt": False,
}


def chain_of(length: int) -> tuple[Profile, ...]:
    """Returns companies each of which depends on the next one."""
    given = {name: [{"value": value}] for name, value in FRAGILE.items()}
    companies = (
        company(f"c{n}", sector="software", figures=given, customers=[{"party": f"c{n + 1}", "share_of_revenue": 0.95}])
        for n in range(length)
    )
    return (*companies, company(f"c{length}", figures={"revenue": [{"value": 1e9}]}))


@pytest.mark.parametrize("rounds", [0, 1, 2, 5])
def test_defaults_spread_in_rounds_and_the_chain_says_why(rounds: int) -> None:
    result = run("c3: stops paying", profiles=chain_of(3), rounds=rounds, pass_through=Interval(1.0, 1.0))
    spread = [("c2", 1, ("c3: stops paying",)), ("c1", 2, ("c2: stops paying",)), ("c0", 3, ("c1: stops paying",))]
    assert [(link.company, link.round, link.because) for link in result.chain] == spread[:rounds]
    verdicts = {c.after.company.id: c.after.verdict.word for c in result.companies}
    assert [verdicts[f"c{n}"] for n in (2, 1, 0)][: rounds + 1] == ["avoid"] * min(rounds + 1, 3)


def test_a_circle_of_customers_ends() -> None:
    profiles = (*chain_of(2)[:2], chain_of(2)[0]._replace(subject=chain_of(2)[0].subject._replace(id="c2")))
    result = run("c1: stops paying", profiles=profiles, rounds=10, pass_through=Interval(1.0, 1.0))
    assert len(result.chain) <= 2


def test_the_names_in_the_model_are_those_of_the_catalogue() -> None:
    assert set(RESULTS) | set(STATEMENTS) <= set(CATALOGUE.claimable)


def test_the_fixtures() -> None:
    profiles = tuple(SCREENER.profile(path) for path in sorted(FIXTURES.glob("*.json")))
    result = run("openai: stops paying", profiles=profiles)
    assert {c.after.company.id for c in result.companies if c.is_changed} == {"openai", "oracle", "nvidia"}
    assert {c.after.company.id for c in result.companies if c.effects} == {"openai", "oracle", "nvidia"}


def test_a_default_of_a_company_that_names_others() -> None:
    """Its event is assumed, and counts as assumed in the verdict on filings alone."""
    names = ("openai", "oracle", "nvidia")
    profiles = tuple(SCREENER.profile(str(FIXTURES / f"{name}.json")) for name in names)
    found = run("openai: stops paying", profiles=profiles)
    effects = {effect.says.en for company in found.companies for effect in company.effects}
    assert "in default" in effects
    assert [str(shock) for shock in found.unreached] == []


def test_a_default_leaves_other_events_as_open_as_before() -> None:
    def outcomes(**events: Any) -> dict[str, str]:
        result = run(
            "buyer: stops paying", profiles=(company("buyer", figures={"revenue": [{"value": 9e8}]}, **events),)
        )
        return {f.rule: f.outcome for f in result.companies[0].after.findings}

    assert outcomes()["auditor-resigned"] == "unknown"
    assert outcomes(events=[])["auditor-resigned"] == "clear"
    assert outcomes()["payment-default"] == outcomes(events=[])["payment-default"] == "fired"


def test_the_way_from_the_shock_to_a_rule() -> None:
    result = run("c3: stops paying", profiles=chain_of(3), pass_through=Interval(1.0, 1.0))
    first = next(c for c in result.companies if c.after.company.id == "c0")
    loses = next(flip for flip in first.flips if flip.turn.rule == "loss-making")
    assert [step.en for step in loses.steps] == [
        "c3: stops paying",
        "C2 turns to avoid and stops paying",
        "C1 turns to avoid and stops paying",
        "Net income: −85 m",
    ]
    assert all(flip.steps for c in result.companies for flip in c.flips)
    data = next(c for c in to_dict(result)["companies"] if c["company"] == "c0")
    assert next(r for r in data["rules"] if r["rule"] == "loss-making")["through"][0]["en"] == "c3: stops paying"


def test_a_verdict_that_is_better_for_want_of_payments_is_reported() -> None:
    profiles = tuple(SCREENER.profile(path) for path in sorted(FIXTURES.glob("*.json")))
    result = run("openai: stops paying", profiles=profiles)
    assert [c.after.company.id for c in result.companies if c.is_lifted] == ["oracle"]
    page = ShockTables(result, NO_COST_SAVED_TO_ALL, load_wording("en")).page()
    assert any("Oracle is better only because" in line for line in page.lines)


def test_the_network_has_each_payment_once_and_those_that_stop_first() -> None:
    profiles = tuple(SCREENER.profile(path) for path in sorted(FIXTURES.glob("*.json")))
    result = run("openai: stops paying", profiles=profiles)
    before = [c.before for c in result.companies]
    payments = payments_between(before, result.applied)
    assert len({p[:3] for p in payments}) == len(payments)
    assert payments == payments_between(before[::-1], result.applied)
    stops = {(p.payer, p.payee) for p in payments if p.stops}
    assert stops == {("openai", "oracle"), ("openai", "nvidia"), ("openai", "microsoft")} & {
        (p.payer, p.payee) for p in payments
    }
    assert [p.stops for p in payments] == sorted((p.stops for p in payments), reverse=True)
    assert not any(p.stops for p in payments_between(before))
    chart = ShockTables(result, NO_COST_SAVED_TO_ALL, load_wording("en")).page().chart
    assert chart is not None
    assert "OpenAI stops paying Oracle" in chart.description
    assert {"Oracle", "OpenAI", "Nvidia"} <= {label.text for label in chart.labels}


def test_companies_that_pay_nobody_have_no_drawing() -> None:
    result = run("seller.revenue: -10%", profiles=(BUYER,))
    assert ShockTables(result, NO_COST_SAVED_TO_ALL, load_wording("en")).page().chart is None


def test_every_rule_that_ends_otherwise_stands_in_one_of_two_tables() -> None:
    profiles = tuple(SCREENER.profile(path) for path in sorted(FIXTURES.glob("*.json")))
    result = run("openai: stops paying", profiles=profiles)
    tables = {
        table.title: table for table in ShockTables(result, NO_COST_SAVED_TO_ALL, load_wording("en")).page().tables
    }
    changed, opened = tables["Flags that change"].rows, tables["Rules that can no longer be decided"].rows
    assert all("fired" in row[3].text for row in changed)
    flips = [flip.turn for company in result.companies for flip in company.flips]
    assert len(changed) + sum(int(row[2].text) for row in opened) == len(flips)
    assert sum(turn.after == "unknown" and turn.before != "fired" for turn in flips) == sum(
        int(row[2].text) for row in opened
    )
    assert len({(row[0].text, row[1].text) for row in opened}) == len(opened)
