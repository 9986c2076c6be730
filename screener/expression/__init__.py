"""Floor 1: formulas and conditions on intervals, with three outcomes."""
