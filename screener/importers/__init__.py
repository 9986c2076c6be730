"""Floor between rulebook and engine: companies from tables and filings, as profiles."""
