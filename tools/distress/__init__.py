"""The parts of tools/derive_distress.py: deriving rules from companies known to have failed or survived."""
