"""Imports filings with the SEC as profiles."""
