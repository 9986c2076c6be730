"""Screens markets: tables of companies into one table of results."""
