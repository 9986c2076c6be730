"""The examples of the packs would notice nearly every slip in a condition."""

import pytest
from commands import ROOT

from screener.pipeline import Screener
from screener.proof.mutate import try_mutants
from screener.rulebook.load import rule_files

EQUIVALENT = {
    # cash is never negative, so that cash after a year of burn is negative only where cash burns
    ("cash-below-a-year-of-burn", "free_cash_flow < 0 → free_cash_flow <= 0"),
    ("cash-below-a-year-of-burn", "free_cash_flow < 0: 0 → 1"),
    ("cash-below-a-year-of-burn", "without 'free_cash_flow < 0'"),
    # a customer that loses money is flagged only where the company depends on it
    ("levered-on-a-loss-making-customer", "without 'flag: single-customer-dependence'"),
    # the flag capex-exceeds-cash-flow asks for the same
    ("contracted-capex-exceeds-cash-flow", "operating_cash_flow > 0: 0 → -1"),
    ("contracted-capex-exceeds-cash-flow", "operating_cash_flow > 0 → operating_cash_flow >= 0"),
    ("contracted-capex-exceeds-cash-flow", "without 'operating_cash_flow > 0'"),
    # a conflict is a fact only from five per cent on
    ("source-conflict", "most: 0.05 → 0.0495"),
    ("source-conflict", "x.gap > params.most → x.gap >= params.most"),
}
"""Slips that change nothing: no example can notice them."""


@pytest.mark.parametrize("pack", ["ai-era", "examples/my-rules"])
def test_slips_are_noticed(pack: str) -> None:
    own = [str(ROOT / pack)] if "/" in pack else []
    screener = Screener.load(own)
    files = {str(f) for f in rule_files(own)}
    rules = [r for r in screener.rulebook.rules.values() if not own or r.file in files]
    found = list(try_mutants(screener.rulebook, rules))
    assert len(found) > (350 if not own else 20)
    missed = {(t.mutant.rule.id, t.mutant.what) for t in found if not t.noticed}
    assert missed == {(rule, what) for rule, what in EQUIVALENT if rule in {r.id for r in rules}}
    if not own:
        assert sum(t.noticed for t in found) >= 0.95 * len(found)
