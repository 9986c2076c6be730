"""Rules in words, on the terminal and as pages; hostile texts stay text."""

import re
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pytest
import yaml

from screener.expression.parser import parse as expression
from screener.expression.syntax_tree import negation_normal_form
from screener.io.document import parse_documents
from screener.report.rule_docs.rule_pages import PackPages, rule_page, rules_index
from screener.report.terminal.rule_text import rule_text
from screener.report.views.condition_text import condition_lines
from screener.report.views.rule_view import rule_view, yaml_text
from screener.report.wording import load_wording
from screener.rules.name_resolver import with_scope
from screener.rules.rulebook import Rulebook
from screener.rules.rulebook_loader import load_rulebook
from screener.text import Text, clean

EN, ZH = load_wording("en"), load_wording("zh")
NASTY = "<script>x</script> [a](javascript:b) | `c` ``` # *d* ![e](f) https://g @h \x1b[31m \u202e"


@lru_cache(maxsize=1)
def book() -> Rulebook:
    return load_rulebook(packs=["ai-era", "classic", "distress"])


def lines(rule: str, language: str = "en") -> list[str]:
    found = condition_lines(book().rules[rule], book(), load_wording(language))  # type: ignore[arg-type]
    return ["  " * line.depth + line.text for line in found]


def test_conditions_in_words() -> None:
    assert lines("leverage-versus-revenue") == ["“Debt over revenue” is above 1.5× (in Utilities 2.5×, in Real estate 5×, in Telecom 2×)."]
    assert lines("no-credible-second-source") == [
        "Some supplier s with: “The company can't work without it” holds.",
        "No credible second source with: “Supplier it could replace” is “Supplier” of the supplier s.",
    ]
    assert lines("levered-on-a-loss-making-customer")[:3] == [
        "At least one of these:",
        "  The rule “High debt relative to revenue” (leverage-versus-revenue) fired.",
        "  The rule “Planned borrowing adds to leverage” (planned-leverage) fired.",
    ]
    assert lines("loss-making-customer")[-1].endswith("fired for the company that is “Customer” of the customer c.")
    assert lines("leverage-versus-revenue", "zh") == ["“债务/营收”高于 1.5 倍 (公用事业为 2.5 倍，房地产为 5 倍，电信为 2 倍)。"]


def worded(text: str) -> str:
    rule = book().rules["leverage-versus-revenue"]
    own = replace(rule.when[0], condition=negation_normal_form(with_scope(expression(text), "company")))  # type: ignore[type-var]
    (line,) = condition_lines(replace(rule, when=(own,)), book(), EN)
    return line.text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("not (revenue > 5e9 and profitable)", "“Revenue” is at most 5 bn or not: “Profitable” holds."),
        ("0.1 < yield_rate < 0.5", "10 % is below “Yield” and “Yield” is below 50 %."),
        ("cash - 2 * total_debt >= -1e9", "“Cash and short-term investments” − (2 × “Debt”) is at least −1 bn."),
        ("max(cash, abs(net_income)) != 3", "The largest of “Cash and short-term investments”, the size of “Net income” is not 3."),
        ("one_if(net_income < 0) == 1", "1 if “Net income” is below 0, else 0 is 1."),
        ("known(revenue) or (cash > 1 and cash < 2)", "“Revenue” is known or (“Cash and short-term investments” is above 1 and "
         "“Cash and short-term investments” is below 2)."),
        ("true", "Always."),
    ],
)
def test_expressions_in_words(text: str, words: str) -> None:
    assert worded(text) == words


@pytest.mark.parametrize("wording", [EN, ZH], ids=["en", "zh"])
def test_every_rule_has_a_text(wording: Any) -> None:
    for rule in book().rules.values():
        found = rule_view(rule, book(), wording)
        text = rule_text(found, wording, 80)
        assert not re.search(r"\b_[0-9]|[{}]|_{2}|company\.[a-z]", " ".join(line.text for line in found.condition)), rule.id
        assert not re.search(r"\{[a-z_]+\.", found.sentence + found.clears + found.false_alarms), rule.id
        assert all(wording.table[f"rule.{h}"] in text for h in ("says", "why", "condition", "params", "examples", "used_by"))


def test_examples_are_written_as_they_would_be() -> None:
    for rule in book().rules.values():
        for example, case in zip(rule.examples, rule_view(rule, book(), EN).examples, strict=True):
            assert parse_documents(case.profile, "x.yaml")[0].data == example.profile
    assert yaml_text({"a": [1.5e9, "2024", "true", True, None, 'q"\\'], "b": {}}) == '{a: [1.5e9, "2024", "true", true, null, "q\\"\\\\"], b: {}}'
    assert yaml.safe_load(yaml_text({"x": 123456789.0})) == {"x": 123456789}


def test_used_by() -> None:
    found = {(u.rule, u.relation) for u in rule_view(book().rules["leverage-versus-revenue"], book(), EN).used_by}
    assert ("levered-on-a-loss-making-customer", "rested_on") in found
    softened = {u.relation for u in rule_view(book().rules["supplier-conflict"], book(), EN).used_by}
    assert "softened_by" in softened


def test_hostile_texts_are_inert() -> None:
    text = Text(NASTY, NASTY)
    rule = replace(book().rules["leverage-versus-revenue"], title=text, says=text, why=text, clears=text, false_alarms=text,
                   headline=text, references=(NASTY,), claims=(NASTY,), conditions=(NASTY,), cause=NASTY)
    mine = replace(book(), rules={**book().rules, rule.id: rule})
    found = rule_view(rule, mine, EN)
    page = rule_page(found, EN) + rules_index([PackPages(*[clean(NASTY)] * 3, "g.svg", (found,))], EN)
    outside = re.sub(r"^(`{3,})\w*\n.*?^\1$", "", page, flags=re.MULTILINE | re.DOTALL).replace("<!-- screener rules docs -->", "")
    assert "<script" not in outside.replace("\\<script", "")
    assert "](javascript" not in outside.replace("\\]\\(javascript", "")
    assert "https://" not in outside
    for shown in (page, rule_text(found, EN, 80)):
        assert "\x1b" not in shown
        assert "\u202e" not in shown
