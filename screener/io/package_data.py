"""Locates the built-in rules and templates (in the wheel, or beside the package in a checkout) and the user's cache."""

import os
import stat
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent
_ROOT = _PACKAGE / "_data" if (_PACKAGE / "_data").is_dir() else _PACKAGE.parent

_READ = os.O_RDONLY
for _flag in (
    "O_NOFOLLOW",
    "O_NONBLOCK",
    "O_BINARY",
):  # do not follow links, do not wait for a pipe, read bytes on Windows
    _READ |= getattr(os, _flag, 0)

RULES_FOLDER = _ROOT / "rules"
TEMPLATES_FOLDER = _ROOT / "templates"


def cache_folder() -> Path | None:
    """Returns the user's cache folder, created if needed; None if there is none or it is switched off."""
    named = os.environ.get("SCREENER_CACHE")
    if named == "":
        return None
    try:
        if named is None:
            import platformdirs

            named = platformdirs.user_cache_dir("screener", appauthor=False)
            if not Path(named).is_absolute():  # "~" remains if the user's home is not known
                return None
        path = Path(named)
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path if is_private(path) else None
    except (OSError, RuntimeError):
        return None


def is_private(path: Path) -> bool:
    """Returns whether the file or folder belongs to this user and nobody else may write it."""
    return not hasattr(os, "getuid") or _is_ours(path.stat())


def read_private(path: Path) -> bytes | None:
    """Returns the content of a file that belongs to this user; None if it belongs to another user, or others may write
    it.

    The file that is checked is the one that is read, even if it is replaced meanwhile. Links are not followed.
    Raises OSError.
    """
    descriptor = os.open(path, _READ)
    with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or (hasattr(os, "getuid") and not _is_ours(found)):
            return None
        return file.read()


def _is_ours(found: os.stat_result) -> bool:
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
