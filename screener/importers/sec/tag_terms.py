"""Terms of the tables in `rules/filings`: a name, or several of which the first that is stated counts."""

from typing import Annotated, Any

from pydantic import BeforeValidator

NEGATED = "-"  # before a tag: its amount with the sign turned, where that is above 0


def _read_term(value: Any) -> Any:
    """A term from a document: one name, or a list of them."""
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


Term = Annotated[tuple[str, ...], BeforeValidator(_read_term)]
"""Tags (TAXONOMY:TAG) or figures: the first that is there."""
