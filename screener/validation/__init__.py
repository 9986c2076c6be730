"""Measures rules and scores on companies that are known to have failed or survived."""
