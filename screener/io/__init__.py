"""Reads and writes files: atomic writes, documents with positions, paths, limits, packaged data."""
