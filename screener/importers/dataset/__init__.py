"""Imports the SEC's Financial Statement Data Sets (a quarter of all filers) as profiles."""
