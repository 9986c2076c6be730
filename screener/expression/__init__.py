"""Formulas and conditions on intervals, with three outcomes."""
