"""Findings, evidence, distances and open inputs: why a result is what it is."""
