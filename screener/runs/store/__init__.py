"""Results that are kept in SQLite, so that runs can be compared."""
