"""Where the built-in rules and templates are (in the wheel, or beside the package in a checkout), and the user's cache."""

import os
import stat
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent
_ROOT = _PACKAGE / "_data" if (_PACKAGE / "_data").is_dir() else _PACKAGE.parent

RULES_FOLDER = _ROOT / "rules"
TEMPLATES_FOLDER = _ROOT / "templates"


def cache_folder() -> Path | None:
    """The user's cache folder, made if needed; None where there is none or it is switched off."""
    named = os.environ.get("SCREENER_CACHE")
    if named == "":
        return None
    try:
        if named is None:
            import platformdirs

            named = platformdirs.user_cache_dir("screener", appauthor=False)
            if not Path(named).is_absolute():  # "~", where nobody knows the user's home
                return None
        path = Path(named)
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path if is_private(path) else None
    except (OSError, RuntimeError):
        return None


def is_private(path: Path) -> bool:
    """Whether the file or folder belongs to this user and nobody else may write it."""
    if not hasattr(os, "getuid"):
        return True
    found = path.stat()
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
