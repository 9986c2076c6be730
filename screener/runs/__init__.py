"""Runs over many companies: worker processes, a journal that survives a kill, Dask, and a database of results."""
