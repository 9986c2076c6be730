"""The examples in the rules of the built-in packs and of examples/my-rules have the expected outcomes."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest
from commands import ROOT, built_in

from screener.rule_testing import run_example
from screener.rules.packs import DEFAULT_PACKS
from screener.rules.rule import Example, Rule
from screener.rules.rulebook_loader import find_rule_files
from screener.screening import Screener
from tests.whole_rulebook import outcome_with_all_rules

MINE = ROOT / "examples/my-rules"
PACK = built_in().rulebook.rules


@lru_cache
def with_mine() -> Screener:
    return Screener.load([str(MINE)])


OWN = [r for r in with_mine().rulebook.rules.values() if Path(r.file).is_relative_to(MINE)]
OTHERS = [Screener.load(packs=[p.parent.name]) for p in sorted((ROOT / "rules").glob("*/pack.yaml")) if p.parent.name not in DEFAULT_PACKS]
EXAMPLES = [(screener, rule, example)
            for screener, rules in ((built_in(), PACK.values()), (with_mine(), OWN),
                                    *((other, other.rulebook.rules.values()) for other in OTHERS))
            for rule in rules for example in rule.examples]
FIRST = [(screener, rule, example) for screener, rule, example in EXAMPLES if example is rule.examples[0]]


@pytest.mark.parametrize(("screener", "rule", "example"), EXAMPLES, ids=lambda v: getattr(v, "id", getattr(v, "name", "")))
def test_example(screener: Screener, rule: Rule, example: Example) -> None:
    assert outcome_with_all_rules(screener, rule, example) == example.expect, rule.file


@pytest.mark.parametrize(("screener", "rule", "example"), FIRST, ids=lambda v: getattr(v, "id", getattr(v, "name", "")))
def test_the_result_of_an_example_says_what_was_decided(screener: Screener, rule: Rule, example: Example) -> None:
    """With all rules explained, for the first example of each rule."""
    proof = run_example(screener, rule, example)
    assert proof.error is None
    assert proof.outcome == example.expect, f"{rule.file}: missing {proof.finding and proof.finding.missing}"


def test_every_rule_of_every_file_is_proven() -> None:
    assert len(OWN) == 2
    proven = {(s.rulebook.name, r.id) for s, r, _ in EXAMPLES}
    wanted = {(s.rulebook.name, r) for s in (built_in(), *OTHERS) for r in s.rulebook.rules}
    assert proven == wanted | {(with_mine().rulebook.name, r.id) for r in OWN}
    named = {r.file for s, r, _ in EXAMPLES if s in (built_in(), with_mine())}
    files = find_rule_files([*(str(ROOT / "rules" / pack) for pack in DEFAULT_PACKS), str(MINE)])
    assert len(named) == len([f for f in files if f.name != "metrics.yaml"])


def test_thresholds_of_ones_own_change_the_examples_that_stand_on_them() -> None:
    """`set:` in examples/my-rules affects the rules it names, and no others."""
    screener = with_mine()
    named = {"single-customer-dependence", "loss-making-customer"}
    others = {"leverage-versus-revenue", "circular-financing", "stranded-asset"}
    changed = {r for r in named | others for e in screener.rulebook.rules[r].examples
               if not run_example(screener, screener.rulebook.rules[r], e).holds}
    assert changed <= named
    assert screener.rulebook.rules["single-customer-dependence"].params["most"].value == 0.40


@pytest.mark.parametrize("outcome", ["fired", "clear", "unknown"])
def test_an_example_can_fail(outcome: str) -> None:
    """Checks the check: with another expected outcome it reports a failure."""
    rule = PACK["leverage-versus-revenue"]
    (example,) = (e for e in rule.examples if e.name == {"fired": "fires"}.get(outcome, outcome))
    assert run_example(built_in(), rule, example).holds
    for other in {"fired", "clear", "unknown", "not-applicable"} - {outcome}:
        assert not run_example(built_in(), rule, replace(example, expect=other)).holds
