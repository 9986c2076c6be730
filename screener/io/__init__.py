"""Files: atomic writes, documents with positions, paths, limits, packaged data."""
