"""The sentences of rules: amounts have their currency, and brackets without content are left out."""

from typing import Any

import pytest

from screener.explain.rule_texts import fill_text, placeholder_names
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
    sentence = says("loss-making", currency="USD", figures={"net_income": -5e9})
    assert (sentence.en, sentence.zh) == (
        "The company reported net income of USD −5 bn for the year.",
        "公司年度净利润为 −50 亿美元。",
    )
    assert (
        says("loss-making", figures={"net_income": -5e9}).en == "The company reported net income of −5 bn for the year."
    )


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
    sentence = says("single-customer-dependence", sector="software", customers=[dominant])
    assert (sentence.en, sentence.zh) == ("The company depends heavily on big.", "公司对 big 依赖度高。")
    sentence = says("single-customer-dependence", sector="software", customers=[{**dominant, "share_of_revenue": 0.4}])
    assert sentence.en == "The company depends heavily on big (share of revenue: 40 %)."


def test_of_two_values_in_brackets_the_known_one_stays() -> None:
    sentence = says("loop-not-closed", sector="ai-models", figures={"loop_closed": False, "net_income": -1e6})
    assert sentence.en.endswith("cover its costs (net income: −1 m).")
    assert sentence.zh.endswith("（净利润：−100 万）。")


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


def test_what_is_missing_of_an_alternative_is_left_out() -> None:
    sentence = says("bank-wholesale-funding", sector="banks", figures={"wholesale_funding": 40, "total_liabilities": 100})
    assert sentence.en == "Wholesale funding is heavy or has grown fast (share of liabilities: 40 %)."
    assert sentence.zh == "批发融资占比高或增长过快（占负债：40%）。"


def test_a_headline_without_its_value_is_left_out() -> None:
    screener = built_in()
    profile = {"name": "Example", "sector": "banks", "figures": {"bad_loans": 4}, "metrics": {"texas_ratio": 1.5}}
    found = screener.assess(screener.profile({**profile, "as_of": "2026-01-31"}))
    (flag,) = [f for f in found.findings if f.rule == "bank-bad-loans"]
    assert flag.headline is None
    assert flag.says is not None
    assert flag.says.en == "Non-performing loans are high (over tangible equity and allowance: 1.5×)."


@pytest.mark.parametrize(
    ("party", "en", "zh"),
    [
        ({}, "An unnamed company accounts for", "未具名的公司占"),
        ({"party": "acme"}, "acme accounts for", "acme 占"),
    ],
)
def test_a_company_without_a_name_is_stated_to_have_none(party: dict[str, str], en: str, zh: str) -> None:
    sentence = says("one-customer", sector="retail", customers=[{"share_of_revenue": 0.4, **party}])
    assert sentence.en.startswith(en)
    assert sentence.zh.startswith(zh)


def test_sentences_without_any_value_never_say_unknown() -> None:
    """For every rule, values outside of brackets are described as not stated."""
    screener = built_in()
    world = screener.world(screener.profile({"name": "Example", "as_of": "2026-01-31"}))
    company = world.companies[world.main]
    filled = 0
    for rule in screener.rulebook.rules.values():
        names = {name.scope for name in placeholder_names(rule.says.en)}
        if names and names <= {"company", "params"}:
            sentence = fill_text(rule.says, rule, company, {}, screener.program, world)
            filled += 1
            assert "unknown" not in sentence.en, (rule.id, sentence.en)
            assert "未知" not in sentence.zh, (rule.id, sentence.zh)
            assert "\0" not in sentence.en + sentence.zh
    assert filled > 80
