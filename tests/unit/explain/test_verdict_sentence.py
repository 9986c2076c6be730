"""The sentence that gives the reason of a verdict."""

from typing import Any

import pytest

from screener.screening import Screener
from tests.conftest import LoadRules, profile_of

RULE = """
rule: {name}
flag: {flag}
severity: {severity}
category: leverage
title: {name} title
when:
- company: {condition}
says: {name} says so.
why: w
clears: c
false_alarms: f
{more}
"""


def rule(name: str, flag: str, condition: str, severity: str = "low", more: str = "") -> str:
    return RULE.format(name=name, flag=flag, condition=condition, severity=severity, more=more)


RULES = [
    rule("worst", "red", "cash > 1", "medium"),
    rule("lesser", "red", "cash > 1"),
    rule("left", "pattern", "revenue > 1", "high", "verdict: avoid"),
    rule("liked", "pattern", "inventory > 1", "high", "verdict: watch"),
]


@pytest.mark.parametrize(
    ("figures", "word", "sentence"),
    [
        ({"cash": 2, "revenue": 2, "inventory": 2}, "avoid", "left says so."),
        ({"cash": 2, "revenue": 0, "inventory": 2}, "watch", "liked says so. Worst red flag: worst title."),
        ({"cash": 0, "revenue": 0, "inventory": 2}, "watch", "liked says so."),
        ({"cash": 0, "revenue": 0, "inventory": 0}, "clear", "No red flag fired."),
        ({"cash": 2, "revenue": 0, "inventory": 0}, "clear", "What weighs most: worst title; lesser title."),
    ],
)
def test_it_is_that_of_the_pattern_or_names_what_weighs_most(
    rules: LoadRules, figures: dict[str, Any], word: str, sentence: str
) -> None:
    screener = Screener(rules("---".join(RULES)))
    verdict = screener.assess(profile_of(screener.rulebook.catalogue, figures=figures)).verdict
    assert (verdict.word, verdict.sentence.en) == (word, sentence)
