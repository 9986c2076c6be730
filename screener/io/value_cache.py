"""A cache on disk for values that take long to compute at start-up.

The files are Python pickles in the user's own cache folder. A file is read only if it belongs to this user, nobody else can
write it, and its content has the digest at its beginning; a damaged or unreadable file, or one of another version,
counts as absent. SCREENER_CACHE names another folder; if it is empty, the cache is off.
"""

import hashlib
import os
import pickle
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pydantic

from screener import __version__
from screener.errors import OutputError
from screener.io.atomic import open_private
from screener.io.package_data import cache_folder, read_private

CACHE_FORMAT = 3  # increase it when the content of the files changes for a reason other than a change of the code
MOST_FILES = 100
"""The greatest number of files in the cache, about 50 MB. The least recently read ones are deleted."""

_SUFFIX = ".pickle"
_PACKAGES = ("io", "expression", "profile", "facts", "rules", "engine")
"""The packages whose code makes the cached values, or whose classes these contain."""


def cached_value(kind: str, key: str) -> object | None:
    """Returns the value stored under a key, if it exists and is intact. `kind` is the prefix of its file name."""
    path = _path(kind, key)
    try:
        content = read_private(path) if path is not None else None
        if content is None:
            return None
        value = memoryview(content)[32:]  # without a copy
        if hashlib.sha256(value).digest() != content[:32]:
            return None
        found: object = pickle.loads(value)
        return found
    except Exception:  # whatever the error is, the value can be computed again
        return None


def keep_value(kind: str, key: str, value: object) -> None:
    """Stores a value; failures are ignored. The file is written elsewhere and then moved, so that several processes may write."""
    path = _path(kind, key)
    if path is None:
        return
    with suppress(OSError, OutputError, pickle.PicklingError, RecursionError):
        content = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        with open_private(path) as file:
            file.write(hashlib.sha256(content).digest())
            file.write(content)
        _remove_oldest(path.parent)


def _remove_oldest(folder: Path) -> None:
    """Deletes all but MOST_FILES files of the cache; another process may be doing the same."""
    files = [(max(about.st_atime, about.st_mtime), path) for path, about in _files(folder, _SUFFIX)]
    for _, path in sorted(files)[: max(len(files) - MOST_FILES, 0)]:
        with suppress(OSError):
            os.unlink(path)  # noqa: PTH108


def _path(kind: str, key: str) -> Path | None:
    folder = cache_folder()
    if folder is None:
        return None
    versions = f"{CACHE_FORMAT} {__version__} {sys.version} {pydantic.VERSION} {_code()}"
    name = hashlib.sha256(f"{key} {versions}".encode()).hexdigest()[:32]
    return folder / f"{kind}-{name}{_SUFFIX}"


@cache
def _code() -> str:
    """Returns a digest of the code that makes the values, so that the cache of a checkout is not used after an edit."""
    package = Path(__file__).parent.parent
    found = hashlib.sha256()
    for folder in (package, *(package / name for name in _PACKAGES)):
        for path, about in sorted(_files(folder, ".py", deep=folder != package)):
            found.update(f"{path} {about.st_size} {about.st_mtime_ns}\0".encode("utf-8", "surrogatepass"))
    return found.hexdigest()


def _files(folder: str | Path, suffix: str, *, deep: bool = False) -> Iterator[tuple[str, os.stat_result]]:
    """Yields the files of a folder (with `deep`, also of all folders below it) that have the suffix, with their
    status."""
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                if entry.name.endswith(suffix):
                    yield entry.path, entry.stat()
                elif deep and entry.is_dir():
                    yield from _files(entry.path, suffix, deep=True)
