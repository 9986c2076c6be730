"""The output formats of results, one module each."""
