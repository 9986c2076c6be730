"""Screens markets: turns tables of companies into one table of results."""
