"""A cache on disk for assembled rulebooks, by the digest of all their texts."""

from screener.io.value_cache import cached_value, keep_value
from screener.rules.rulebook import Rulebook

_KIND = "rulebook"


def read_cached(digest: str) -> Rulebook | None:
    """The rulebook with this digest, if it is in the cache and intact."""
    found = cached_value(_KIND, digest)
    return found if isinstance(found, Rulebook) else None


def write_cached(digest: str, book: Rulebook) -> None:
    """Stores a rulebook; failures are ignored."""
    keep_value(_KIND, digest, book)
