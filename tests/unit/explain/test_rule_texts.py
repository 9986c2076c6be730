"""The sentences of rules: amounts with their currency, and no brackets that say nothing."""

from typing import Any

import pytest

from screener.screening import Screener
from screener.text import Text
from screener.units import show_number, with_currency
from tests.conftest import LoadRules, profile_of
from tests.scenarios.commands import built_in


def says(rule: str, **profile: Any) -> Text:
    screener = built_in()
    found = screener.assess(screener.profile({"name": "Example", "as_of": "2026-01-31", **profile}))
    return next(f.says for f in found.findings if f.rule == rule)  # type: ignore[return-value]


def test_an_amount_has_the_currency_of_the_company() -> None:
    said = says("loss-making", currency="USD", figures={"net_income": -5e9})
    assert (said.en, said.zh) == (
        "The company reported net income of USD −5 bn for the year.",
        "公司年度净利润为 −50 亿美元。",
    )
    assert says("loss-making", figures={"net_income": -5e9}).en == "The company reported net income of −5 bn for the year."


@pytest.mark.parametrize(
    ("shown", "currency", "en", "zh"),
    [
        ("at least 5 bn", "USD", "at least USD 5 bn", "at least 5 bn美元"),
        ("3 bn–5 bn", "EUR", "EUR 3 bn–5 bn", "3 bn–5 bn欧元"),
        ("−2", "PLN", "PLN −2", "−2 PLN"),
    ],
)
def test_the_currency_stands_before_the_number(shown: str, currency: str, en: str, zh: str) -> None:
    assert with_currency(shown, currency, "en") == en
    assert with_currency(shown, currency, "zh") == zh


def test_brackets_without_a_known_value_are_left_out() -> None:
    dominant = {"party": "big", "dominant": True}
    said = says("single-customer-dependence", sector="software", customers=[dominant])
    assert (said.en, said.zh) == ("The company depends heavily on big.", "公司对 big 依赖度高。")
    said = says("single-customer-dependence", sector="software", customers=[{**dominant, "share_of_revenue": 0.4}])
    assert said.en == "The company depends heavily on big (share of revenue: 40 %)."


def test_of_two_values_in_brackets_the_known_one_stays() -> None:
    said = says("loop-not-closed", sector="ai-models", figures={"loop_closed": False, "net_income": -1e6})
    assert said.en.endswith("cover its costs (net income: −1 m).")
    assert said.zh.endswith("（净利润：−100 万）。")


def test_one_month_is_singular() -> None:
    assert [show_number(n, "months", "en") for n in (1, 1.5, 12)] == ["1 month", "1.5 months", "12 months"]


def test_a_loop_is_written_with_its_members_and_the_amount_of_its_weakest_link(rules: LoadRules) -> None:
    screener = Screener(rules(LOOP))
    flows = [
        {"from": "main", "to": "acme", "what": "invests", "amount": 5e9},
        {"from": "acme", "to": "main", "what": "buys", "amount": 3e9},
    ]
    profile = profile_of(screener.rulebook.catalogue, currency="USD", flows=flows)
    (found,) = screener.assess(profile).findings
    assert found.says is not None
    assert found.says.en == "acme → Main → acme: USD 3 bn."
    assert found.says.zh == "acme → Main → acme：30 亿美元。"


LOOP = """
rule: loop
flag: red
severity: low
category: leverage
title: t
when:
- loop as l: size > 1
says: {en: "{l.members}: {l.weakest:money}.", zh: "{l.members}：{l.weakest:money}。"}
why: w
clears: c
false_alarms: f
"""
