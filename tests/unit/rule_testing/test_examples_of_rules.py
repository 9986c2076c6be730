"""Runs examples of rules, and checks that they notice mutations."""

import pytest

from screener.rule_testing import run_examples
from screener.rule_testing.example_text import failure_text, unnoticed_text
from screener.rule_testing.mutants import mutants, nearby_thresholds
from screener.rule_testing.mutation_run import MutationOutcome, run_mutants
from screener.rules.lint.linted_rule import kinds_by_name
from screener.rules.lint.satisfiability import FigureDomains, SatisfiabilityChecker
from screener.rules.rule import Rule
from screener.screening import Screener
from tests.conftest import LoadRules
from tests.whole_rulebook import outcome_with_all_rules

RULE = """\
rule: mine
flag: red
severity: low
category: leverage
title: T
params:
  most: {value: 2, unit: multiple, by_sector: {utilities: {value: 4}}}
when:
  - company: 'debt_to_revenue > params.most and not profitable'
  - customer as c: 'dominant'
  - not flag: other
says: S
why: W
clears: C
false_alarms: F
examples:
EXAMPLES
---
rule: other
flag: red
severity: low
category: leverage
title: T
when:
  - customer as c: 'insourcing'
says: S
why: W
clears: C
false_alarms: F
"""
FIRES = "total_debt: 20.1, revenue: 10, profitable: false}, customers: [{dominant: true, insourcing: false}]}"


def screener(rules: LoadRules, *examples: str) -> tuple[Screener, Rule]:
    text = RULE.replace("EXAMPLES", "\n".join(f"  {e}" for e in examples))
    found = Screener(rules(text))
    return found, found.rulebook.rules["mine"]


def tried(found: Screener, rule: Rule) -> dict[str, MutationOutcome]:
    return {t.mutant.what: t for t in run_mutants(found.rulebook, [rule])}


def test_every_slip_is_made_once(rules: LoadRules) -> None:
    found, rule = screener(rules, "fires: {figures: {" + FIRES)
    domains = FigureDomains(found.rulebook.catalogue, found.rulebook.metrics)
    made = [m.what for m in mutants(rule, SatisfiabilityChecker(rule, domains, kinds_by_name(rule)))]
    assert sorted(made) == sorted([
        "most: 2 → 1.98", "most: 2 → 2.02", "most in utilities: 4 → 3.96", "most in utilities: 4 → 4.04",
        "debt_to_revenue > params.most → debt_to_revenue >= params.most",
        "debt_to_revenue > params.most → debt_to_revenue < params.most",
        "debt_to_revenue > params.most and not profitable: and → or",
        "without 'debt_to_revenue > params.most'", "without 'not profitable'", "not profitable → profitable",
        "c.dominant → not c.dominant",
        "'company: debt_to_revenue > params.most and not profitable' negated",
        "without 'company: debt_to_revenue > params.most and not profitable'",
        "'customer: c.dominant' negated", "without 'customer: c.dominant'",
        "'flag: other' negated", "without 'flag: other'",
    ])


def test_without_examples_nothing_is_noticed(rules: LoadRules) -> None:
    found, rule = screener(rules, "clear: {figures: {revenue: 1, total_debt: 0}}")
    far = tried(found, rule)
    assert not far["most: 2 → 2.02"].noticed
    assert not far["without 'flag: other'"].noticed


@pytest.mark.parametrize(
    ("example", "slip"),
    [
        ("fires: {sector: software, figures: {" + FIRES, "most: 2 → 2.02"),
        ("boundary: {sector: software, figures: {total_debt: 20, revenue: 10, profitable: false}, "
         "customers: [{dominant: true, insourcing: false}]}", "most: 2 → 1.98"),
        ("boundary: {sector: software, figures: {total_debt: 20, revenue: 10, profitable: false}, "
         "customers: [{dominant: true, insourcing: false}]}",
         "debt_to_revenue > params.most → debt_to_revenue >= params.most"),
        ("clear: {sector: software, figures: {total_debt: 30, revenue: 10, profitable: true}, "
         "customers: [{dominant: true, insourcing: false}]}", "without 'not profitable'"),
        ("clear: {sector: software, figures: {total_debt: 30, revenue: 10, profitable: false}, "
         "customers: [{dominant: true, insourcing: true}]}", "without 'flag: other'"),
        ("utility: {expect: clear, sector: utilities, figures: {total_debt: 40, revenue: 10, profitable: false}, "
         "customers: [{dominant: true, insourcing: false}]}", "most in utilities: 4 → 3.96"),
    ],
)
def test_the_right_example_notices(rules: LoadRules, example: str, slip: str) -> None:
    found, rule = screener(rules, example)
    assert all(p.holds for p in run_examples(found, [rule]))
    assert tried(found, rule)[slip].noticed


def test_an_example_that_fails_notices_nothing(rules: LoadRules) -> None:
    found, rule = screener(rules, "clear: {sector: software, figures: {" + FIRES)
    assert not any(p.holds for p in run_examples(found, [rule]))
    assert not any(t.noticed for t in tried(found, rule).values())


def test_places_and_words(rules: LoadRules) -> None:
    found, rule = screener(rules, "clear: {figures: {revenue: 1, total_debt: 0}}")
    slips = tried(found, rule)
    up = slips["most: 2 → 2.02"]
    assert (up.line, up.column) == (7, 17)
    assert unnoticed_text(up).endswith("mine.yaml:7:17: mine: mutation most: 2 → 2.02 not noticed; "
                                  "add an example that has 'debt_to_revenue' between 2 and 2.02")
    assert (slips["not profitable → profitable"].line, slips["not profitable → profitable"].column) == (9, 53)


def test_a_failure_shows_its_trace(rules: LoadRules) -> None:
    found, rule = screener(rules, "fires: {sector: software, figures: {total_debt: 20, revenue: 10}}")
    (proof,) = run_examples(found, [rule])
    lines = failure_text(proof).splitlines()
    assert lines[0].strip("_") == " mine fires "
    assert lines[1].endswith("mine.yaml:17:3")
    assert lines[2:4] == ["  expected  fired", "  got       clear"]
    assert "  when      company: debt_to_revenue > params.most and not profitable" in lines
    assert "  trace     Debt over revenue: 2× > 2× does not hold" in lines
    assert "            flag: other is unknown" in lines


def test_part_and_whole_agree(book: object) -> None:
    """A rule tested with its dependencies alone has the same outcome as with all rules."""
    found = Screener.load()
    for rule in list(found.rulebook.rules.values())[::7]:
        for proof in run_examples(found, [rule]):
            assert proof.outcome == outcome_with_all_rules(found, rule, proof.example)


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [(2.0, "multiple", (1.98, 2.02)), (12.0, "count", (11, 13)), (1000.0, "count", (990, 1010)), (0.0, "money", (-1, 1)),
     (0.0, "fraction", (-0.01, 0.01)), (-0.5, "fraction", (-0.505, -0.495))],
)
def test_nudges(value: float, unit: str, expected: tuple[float, float]) -> None:
    assert nearby_thresholds(value, unit) == expected
