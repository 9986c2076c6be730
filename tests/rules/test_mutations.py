"""The examples of the packs notice nearly every mutation of a condition."""

from pathlib import Path

import pytest
from commands import ROOT

from screener.rule_testing.mutation_run import run_mutants
from screener.rules.rule_files import select_rule_files
from screener.rules.rulebook_loader import find_rule_files
from screener.screening import Screener

EQUIVALENT = {
    # a waiver of that flag also waives the pattern; the conditions on the customer imply it
    ("levered-on-a-loss-making-customer", "without 'flag: loss-making-customer'"),
    ("levered-on-a-loss-making-customer", "most: 0.3 → 0.297"),
    ("levered-on-a-loss-making-customer", "most: 0.3 → 0.303"),  # examples/my-rules have another threshold of dependence
    ("levered-on-a-loss-making-customer", "c.share_of_revenue > params.most → c.share_of_revenue >= params.most"),
    # only differences of more than five per cent become conflict facts
    ("source-conflict", "most: 0.05 → 0.0495"),
    ("source-conflict", "x.gap > params.most → x.gap >= params.most"),
}
"""Mutations that change nothing, so that no example can notice them."""


PACKS = [ROOT / "rules" / name for name in ("ai-era", "classic", "distress", "distress-us", "distress-us-private")]


@pytest.mark.parametrize("folder", [*PACKS, ROOT / "examples/my-rules"], ids=lambda f: f.name)
def test_slips_are_noticed(folder: Path) -> None:
    selection = select_rule_files([str(folder)])
    screener = Screener.load(selection.added, packs=selection.packs)
    rules = [r for r in screener.rulebook.rules.values() if r.file in selection.names]
    found = list(run_mutants(screener.rulebook, rules))
    assert len(found) > 4 * len(rules)
    missed = {(t.mutant.rule.id, t.mutant.what) for t in found if not t.noticed} - EQUIVALENT
    assert len(missed) <= 0.05 * len(found), sorted(missed)


def test_what_is_called_equivalent_is_missed_still() -> None:
    """A mutation listed as equivalent must not be noticed by an example."""
    screener = Screener.load([str(f) for f in find_rule_files([str(ROOT / "examples/my-rules")])])
    rules = [screener.rulebook.rules[r] for r in sorted({rule for rule, _ in EQUIVALENT})]
    missed = {(t.mutant.rule.id, t.mutant.what) for t in run_mutants(screener.rulebook, rules) if not t.noticed}
    assert missed == EQUIVALENT
