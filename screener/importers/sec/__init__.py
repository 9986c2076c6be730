"""Filings with the SEC as profiles."""
