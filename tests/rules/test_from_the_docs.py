"""A rule file written from README.md and docs/writing-rules.md alone is valid, and its examples notice every mutation."""

from commands import ROOT, screener

from screener.rule_testing.mutation_run import run_mutants
from screener.rules.rule import patterns
from screener.screening import Screener

FILE = "examples/from-the-docs/two-promises.yaml"


def test_it_passes_check_and_test_at_once() -> None:
    checked = screener("rules", "check", str(ROOT / FILE))
    assert (checked.code, checked.out, checked.err) == (0, "1 rule in 1 file: no errors\n", "")
    tested = screener("rules", "test", str(ROOT / FILE))
    assert (tested.code, tested.out.splitlines()[-1].split(" in ")[0]) == (0, "7 passed")


def test_it_is_what_the_issue_asks_for() -> None:
    """It has its own metric, a join of two customers, a negation, and uses a built-in flag."""
    book = Screener.load([str(ROOT / FILE)]).rulebook
    rule = book.rules["two-promises-beyond-revenue"]
    found = list(patterns(rule.when))
    assert [p.kind for p in found if not p.negated].count("customer") == 2
    assert any(p.negated for p in found)
    assert any(p.flag and not book.rules[p.flag].file.startswith("examples") for p in found)
    assert "largest_commitment_to_cash" in book.metrics
    tried = list(run_mutants(book, [rule]))
    assert len(tried) > 20
    assert [t.mutant.what for t in tried if not t.noticed] == []
