"""Texts for the terminal: a company, a finding, a rule, a comparison."""
