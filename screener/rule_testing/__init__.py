"""Proof of rules: runs the worked examples that rules carry, and asks whether they would notice a slip in a condition."""

from screener.rule_testing.examples import Proof, prove, prove_one

__all__ = ["Proof", "prove", "prove_one"]
