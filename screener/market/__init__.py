"""Whole markets: tables of companies in, one table of results out."""
