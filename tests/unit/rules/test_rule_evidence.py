"""Reports show the measured evidence of a rule beside its false alarms, and state if it was not measured."""

from pathlib import Path

import pytest

from screener.errors import RulesError
from screener.rules.packs import built_in_packs
from screener.rules.rule_evidence import NOT_MEASURED
from screener.rules.rulebook_loader import load_rulebook
from screener.vocabulary import Flag

PACK = """name: mine
version: 1.0.0
title: Mine
"""
RULE = """rule: {name}
flag: {flag}
severity: {severity}
category: leverage
title: {name}
params:
  most: {{value: 2, unit: multiple, why: A judgement.}}
when:
  - company: 'debt_to_revenue > params.most'
says: Debt.
why: Debt.
clears: Less debt.
false_alarms: Sometimes.
"""
EVIDENCE = """populations:
  us: {en: US 1999–2014, zh: 美国}
rules:
  first: {us: {fired_failures: 41, failures: 100, fired_survivors: 90, survivors: 1000, lift: 3.44, low: 3.0, high: 3.9}}
"""


def written(folder: Path, evidence: str | None = EVIDENCE) -> str:
    (folder / "pack.yaml").write_text(PACK, "utf-8")
    for name, flag, severity in (("first", "red", "low"), ("second", "red", "low"), ("third", "green", "weak")):
        (folder / f"{name}.yaml").write_text(RULE.format(name=name, flag=flag, severity=severity), "utf-8")
    if evidence is not None:
        (folder / "evidence.yaml").write_text(evidence, "utf-8")
    return str(folder)


def test_measured_and_not_measured(tmp_path: Path) -> None:
    rules = load_rulebook(packs=[written(tmp_path)]).rules
    expected = "Sometimes. Fired for 41 % of failures and 9 % of survivors, US 1999–2014 (lift 3.44, 3.00–3.90)."
    assert rules["first"].false_alarms.en == expected
    assert "在 41 % 的破产公司和 9 % 的存续公司中触发，美国" in rules["first"].false_alarms.zh
    assert rules["second"].false_alarms.en == f"Sometimes. {NOT_MEASURED.en}"
    assert rules["third"].false_alarms.en == "Sometimes."


def test_another_threshold_was_not_measured(tmp_path: Path) -> None:
    rules = load_rulebook(packs=[written(tmp_path)], settings=["first.most=3"]).rules
    assert rules["first"].false_alarms.en == f"Sometimes. {NOT_MEASURED.en}"


def test_a_pack_without_evidence_says_nothing(tmp_path: Path) -> None:
    rules = load_rulebook(packs=[written(tmp_path, None)]).rules
    assert {rule.false_alarms.en for rule in rules.values()} == {"Sometimes."}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("{us: {fired", "{uk: {fired"), "there is no population 'uk'"),
        (("fired_failures: 41", "fired_failures: 410"), "a count is larger than the whole"),
        (("low: 3.0", "low: 4.5"), "turned round"),
        (("rules:", "rule:"), "rule"),
    ],
)
def test_wrong_evidence_is_reported(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    with pytest.raises(RulesError, match=message):
        load_rulebook(packs=[written(tmp_path, EVIDENCE.replace(*change))])


@pytest.mark.parametrize("pack", sorted(built_in_packs()))
def test_every_red_rule_states_its_lift_or_that_it_was_not_measured(pack: str) -> None:
    for rule in load_rulebook(packs=[pack]).rules.values():
        if rule.flag is Flag.RED:
            assert "(lift " in rule.false_alarms.en or NOT_MEASURED.en in rule.false_alarms.en
            assert "提升度" in rule.false_alarms.zh or NOT_MEASURED.zh in rule.false_alarms.zh
