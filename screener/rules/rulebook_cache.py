"""Rulebooks that were put together before, in the cache on disk by the digest of all their texts."""

from screener.io.value_cache import cached_value, keep_value
from screener.rules.rulebook import Rulebook

_KIND = "rulebook"


def read_cached(digest: str) -> Rulebook | None:
    """The rulebook with this digest, if it is there and whole."""
    found = cached_value(_KIND, digest)
    return found if isinstance(found, Rulebook) else None


def write_cached(digest: str, book: Rulebook) -> None:
    """Keeps a rulebook; says nothing if it can't."""
    keep_value(_KIND, digest, book)
