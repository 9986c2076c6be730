"""Proof of rules: runs the worked examples that rules carry, and asks whether they would notice a slip in a condition."""

from screener.rule_testing.examples import ExampleRun, run_example, run_examples

__all__ = ["ExampleRun", "run_example", "run_examples"]
