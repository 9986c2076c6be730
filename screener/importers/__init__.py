"""Imports companies from tables and filings as profiles."""
