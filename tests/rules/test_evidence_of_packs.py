"""The evidence of the built-in packs refers to existing rules, and no red rule fires for companies that fail less often."""

from pathlib import Path

import pytest
import yaml

from screener.rules.packs import built_in_packs
from screener.rules.rule_evidence import EvidenceFile
from screener.rules.rulebook_loader import load_rulebook
from screener.vocabulary import Flag

RULES = Path(__file__).parents[2] / "rules"
PACKS = sorted(built_in_packs())
SCORECARDS = tuple(pack for pack in PACKS if pack.startswith("distress"))


def evidence(pack: str) -> EvidenceFile:
    return EvidenceFile.model_validate(yaml.safe_load((RULES / pack / "evidence.yaml").read_text("utf-8")))


@pytest.mark.parametrize("pack", PACKS)
def test_evidence_is_of_rules_of_the_pack_and_adds_up(pack: str) -> None:
    found, rules = evidence(pack), load_rulebook(packs=[pack]).rules
    for name, records in found.rules.items():
        assert name in rules
        assert records.keys() <= found.populations.keys()
        for record in records.values():
            fired = record.fired_failures / (record.fired_failures + record.fired_survivors)
            of_all = record.failures / (record.failures + record.survivors)
            assert record.lift == pytest.approx(fired / of_all, abs=0.0006)
            assert record.low <= record.lift <= record.high


@pytest.mark.parametrize("pack", PACKS)
def test_no_red_rule_or_avoid_pattern_has_a_lift_whose_interval_lies_below_one(pack: str) -> None:
    rules = load_rulebook(packs=[pack]).rules
    wrong = [
        f"{name} on {population}: {record.lift} ({record.low} to {record.high})"
        for name, records in evidence(pack).rules.items()
        for population, record in records.items()
        if rules[name].flag in (Flag.RED, Flag.PATTERN) and record.high < 1
    ]
    assert not wrong


@pytest.mark.parametrize("pack", PACKS)
def test_no_green_rule_has_a_lift_whose_interval_lies_above_one(pack: str) -> None:
    rules = load_rulebook(packs=[pack]).rules
    wrong = [
        f"{name} on {population}: {record.lift} ({record.low} to {record.high})"
        for name, records in evidence(pack).rules.items()
        for population, record in records.items()
        if rules[name].flag is Flag.GREEN and record.low > 1
    ]
    assert not wrong


@pytest.mark.parametrize("rule", ["altman-z-grey", "altman-z-double-prime-grey", "altman-z-private-grey"])
def test_grey_zones_are_information_and_do_not_score(rule: str) -> None:
    found = load_rulebook(packs=["classic"]).rules[rule]
    assert found.flag is Flag.DATA
    assert not found.flag.scores
