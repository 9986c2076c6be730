"""Thresholds in money are compared in their currency, by a stated rate, or not at all with the reason."""

from datetime import date
from typing import Any

import pytest

from screener.errors import ProfileError
from screener.explain.currency_texts import threshold_notes
from screener.expression.parser import parse
from screener.profile.model import Profile
from screener.result.finding_records import Finding
from screener.screening import Screener
from tests.conftest import LoadRules, profile_of

SIZE = {"market_value": 270e6, "operating_income": 9.4e6, "interest_expense": 6.7e6}
YEN = {name: value / 0.0067 for name, value in SIZE.items()}


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.load(packs=["classic"])


def profile(screener: Screener, figures: dict[str, float], **data: Any) -> Profile:
    return profile_of(screener.rulebook.catalogue, **{"sector": "industrials", "figures": {"listed": True, **figures}, **data})


def finding(screener: Screener, found: Profile, rule: str = "cover-distressed") -> Finding:
    return next(f for f in screener.assess(found).findings if f.rule == rule)


def test_amounts_in_the_currency_of_the_threshold_are_compared(screener: Screener) -> None:
    assert finding(screener, profile(screener, SIZE, currency="USD")).outcome == "fired"


@pytest.mark.parametrize(
    ("currency", "input_", "note"),
    [
        ("JPY", "rates.JPY.USD", "The threshold is USD 5 bn; no rate between JPY and USD is stated."),
        (None, "currency", "The threshold is USD 5 bn; the currency of the company's amounts is not stated."),
    ],
)
def test_other_amounts_are_not_and_the_reason_is_given(
    screener: Screener, currency: str | None, input_: str, note: str
) -> None:
    found = finding(screener, profile(screener, YEN, currency=currency))
    assert found.outcome == "unknown"
    assert found.missing == (input_,)
    assert found.could_settle == ((input_,),)
    assert any(d.why and d.why.en.endswith(note) for d in found.distances)


@pytest.mark.parametrize("rates", [{"JPY": {"USD": 0.0067}}, {"USD": {"JPY": {"low": 149, "high": 150}}}])
def test_a_stated_rate_is_used_in_both_directions(screener: Screener, rates: dict[str, Any]) -> None:
    found = finding(screener, profile(screener, YEN, currency="JPY", rates=rates))
    assert found.outcome == "fired"
    assert any(d.why and "The threshold is USD 5 bn, compared at JPY 1 = USD 0.006" in d.why.en for d in found.distances)
    large = {name: value * 100 for name, value in YEN.items()}
    assert finding(screener, profile(screener, large, currency="JPY", rates=rates)).outcome == "clear"


def test_a_rate_counts_once_it_is_published(screener: Screener) -> None:
    sources = {"fx": {"title": "Rates", "kind": "reported", "date": "2025-12-31"}}
    rates = {"JPY": {"USD": 0.0067, "source": "fx"}}
    claims = {name: {"value": value, "period": "2024-12-31/2025-12-30"} for name, value in YEN.items() if name != "market_value"}
    main = profile(screener, {**claims, "market_value": YEN["market_value"]}, currency="JPY", rates=rates, sources=sources, as_of="2026-01-31")  # type: ignore[dict-item]
    assert finding(screener, main).outcome == "fired"
    earlier = profile_of(screener.rulebook.catalogue, sector="industrials", figures={"listed": True, **YEN}, currency="JPY", rates=rates,
                         sources=sources, as_of="2025-11-30")
    assert finding(screener, earlier).outcome == "unknown"
    assert finding(screener, main.on(date(2025, 11, 30))).outcome == "unknown"


def test_a_metric_in_a_currency_takes_amounts_in_it(screener: Screener) -> None:
    def size(**data: Any) -> Any:
        found = profile(screener, {"total_assets": 1000e6, "gnp_price_index": 100}, **data)
        return screener.world(found).companies[found.id].value("ohlson_size")

    dollars = size(currency="USD")
    assert dollars.is_point
    assert size(currency="EUR", rates={"EUR": {"USD": 1.0}}) == dollars
    assert not size(currency="EUR").is_point
    assert not size().is_point


@pytest.mark.parametrize(
    ("rates", "what"),
    [
        ({"JPY": 0.0067}, "'JPY' has no rates"),
        ({"yen": {"USD": 0.0067}}, "'yen' has no rates"),
        ({"JPY": {"JPY": 1}}, "'JPY' is no other currency"),
        ({"JPY": {"USD": 0}}, "a rate is above 0"),
        ({"JPY": {"USD": 0.0067, "source": "gone"}}, "there is no source 'gone'"),
        ({"JPY": {"USD": 0.0067}, "USD": {"JPY": 120}}, "contradict each other"),
    ],
)
def test_what_is_no_rate_is_refused(screener: Screener, rates: dict[str, Any], what: str) -> None:
    with pytest.raises(ProfileError, match=what):
        profile(screener, YEN, currency="JPY", rates=rates)


def test_a_metric_in_a_currency_takes_other_numbers_as_they_are(screener: Screener) -> None:
    """Of an amount times a ratio or a number of people only the amount is converted."""
    book = screener.rulebook
    figures = {"revenue": 100e6, "net_revenue_retention": 1.1, "employees": 500}
    company = screener.world(profile(screener, figures, currency="EUR", rates={"EUR": {"USD": 1.25}})).companies["main"]
    for formula, expected in (
        ("revenue", 125e6),
        ("revenue * net_revenue_retention", 137.5e6),
        ("revenue / employees", 250e3),
        ("net_revenue_retention", 1.1),
        ("employees", 500),
    ):
        metric = next(iter(book.metrics.values()))._replace(formula=parse(formula), valid=None, currency="USD")
        assert company.compute_metric(metric).lo == pytest.approx(expected), formula


TWO_THRESHOLDS = """
rule: thin
flag: red
severity: low
category: leverage
title: t
params:
  share: {value: 0.1, unit: fraction, why: w}
  none: {value: 0, unit: money, currency: USD, why: w}
  least: {value: 5e9, unit: money, currency: USD, why: w}
  own: {value: 3e9, unit: money, currency: EUR, why: w}
  most: {value: 7e9, unit: money, currency: USD, why: w}
when:
- company: net_margin < params.share and cash > params.none and revenue < params.least and cash < params.own and total_debt < params.most
says: s
why: w
clears: c
false_alarms: f
"""


def test_each_threshold_in_another_currency_has_its_note(rules: LoadRules) -> None:
    screener = Screener(rules(TWO_THRESHOLDS))
    company = screener.world(profile(screener, {}, currency="EUR")).companies["main"]
    notes = [note.en for note in threshold_notes(iter(screener.rulebook.rules["thin"].params.values()), company)]
    assert [note.partition(";")[0] for note in notes] == ["The threshold is USD 5 bn", "The threshold is USD 7 bn"]
