"""Runs the examples of a rule with all rules of a rulebook in force."""

from screener.explain.finding_templates import outcome_of
from screener.rule_testing.examples import example_profile
from screener.rules.rule import Example, Rule
from screener.screening import Screener


def outcome_with_all_rules(screener: Screener, rule: Rule, example: Example) -> str:
    """Returns the outcome of the rule as `run_example`, which also explains all rules and takes five times as long."""
    world = screener.world(example_profile(screener.rulebook, rule, example))
    return outcome_of(screener.engine.run(world).of(rule.id, world.main))
