"""Rulebooks that were put together before, on disk by digest: what start-up would else wait for.

The files are Python pickles in the user's own cache folder, used only if nobody else can write them; what is corrupt,
unreadable or of another version is as good as absent. SCREENER_CACHE names another folder; empty switches the cache off.
"""

import hashlib
import pickle
import sys
from contextlib import suppress
from pathlib import Path

import pydantic

from screener import __version__
from screener.errors import OutputError
from screener.io.atomic import open_private
from screener.io.package_data import cache_folder, is_private
from screener.rules.rulebook import Rulebook

CACHE_FORMAT = 2  # raise it when the classes inside change


def read_cached(digest: str) -> Rulebook | None:
    """The rulebook with this digest, if it is there and whole."""
    path = _path(digest)
    try:
        if path is None or not is_private(path):
            return None
        book = pickle.loads(path.read_bytes())
    except Exception:  # whatever is wrong with it, the rules themselves are still there
        return None
    return book if isinstance(book, Rulebook) else None


def write_cached(digest: str, book: Rulebook) -> None:
    """Keeps a rulebook; says nothing if it can't. Written beside and then moved, so that several may write at once."""
    path = _path(digest)
    if path is None:
        return
    with (
        suppress(OSError, OutputError, pickle.PicklingError),
        open_private(path) as file,
    ):
        pickle.dump(book, file, pickle.HIGHEST_PROTOCOL)


def _path(digest: str) -> Path | None:
    found = cache_folder()
    if found is None:
        return None
    versions = f"{CACHE_FORMAT} {__version__} {sys.version} {pydantic.VERSION} {_code()}"
    key = hashlib.sha256(f"{digest} {versions}".encode()).hexdigest()[:32]
    return found / f"rulebook-{key}.pickle"


def _code() -> str:
    """When the code that makes rulebooks was last changed: a checkout's cache must not outlive an edit."""
    package = Path(__file__).parent.parent
    packages = ("expression", "profile", "facts", "rules")
    files = (path for name in packages for path in (package / name).rglob("*.py"))
    return str(max(p.stat().st_mtime_ns for p in files))
