"""Floor 7½: results that are kept, in SQLite, so that runs can be compared."""
