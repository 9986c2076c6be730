"""Thresholds in money: compared in their currency, by a stated rate, or not at all; the reason is given."""

from datetime import date
from typing import Any

import pytest

from screener.errors import ProfileError
from screener.profile.model import Profile
from screener.result.finding_records import Finding
from screener.screening import Screener
from tests.conftest import profile_of

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
                         sources=sources, as_of="2025-11-30")  # fmt: skip
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
