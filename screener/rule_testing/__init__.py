"""Tests of rules: runs the examples in rules, and mutates conditions to see whether the examples notice."""

from screener.rule_testing.examples import ExampleRun, run_example, run_examples

__all__ = ["ExampleRun", "run_example", "run_examples"]
