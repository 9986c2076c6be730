"""Companies from tables and filings, as profiles."""
