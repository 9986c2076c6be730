"""From real failures to rules: the parts of tools/derive_distress.py."""
