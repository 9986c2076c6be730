"""Defines terms of the tables in `rules/filings`: a name, or several of which the first that is stated counts."""

from typing import Annotated, Any

from pydantic import BeforeValidator

NEGATED = "-"  # prefix of a tag whose negative amount counts with its sign reversed


def _read_term(value: Any) -> Any:
    """Reads a term: one name, or a list of names."""
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


Term = Annotated[tuple[str, ...], BeforeValidator(_read_term)]
"""Tags (TAXONOMY:TAG) or figures, of which the first that is stated counts."""
