"""What the paths that a user gives stand for: files and folders, and what is wrong where they stand for neither."""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from screener.errors import DocumentError, Problem
from screener.text import did_you_mean, shorten

TABLES = (".csv", ".tsv", ".xlsx", ".parquet", ".arff")
"""What tables of companies are called."""


def is_table(path: str) -> bool:
    """Whether a file is a table, by its name."""
    return Path(path).suffix.lower() in TABLES


def is_folder(path: str) -> bool:
    """Whether there is a folder rather than a file. Raises DocumentError where there is neither."""
    try:
        return stat.S_ISDIR(os.stat(path).st_mode)  # noqa: PTH116 (Path("") would be the current folder)
    except (FileNotFoundError, NotADirectoryError):
        hint = did_you_mean(Path(path).name, _beside(path), "check the path")
        raise DocumentError(Problem("there is no such file or folder", hint, path or "''", code="unreadable")) from None
    except OSError as error:
        raise unreadable(error, path) from error


def files_in(folder: str, suffixes: Sequence[str], deep: bool = False) -> Iterator[Path]:
    """The files of a folder (`deep`: and of all below it) with one of the suffixes. Raises DocumentError."""

    def stop(error: OSError) -> None:
        raise unreadable(error, str(error.filename or folder)) from error

    for here, below, names in os.walk(folder, onerror=stop):
        found = (Path(here) / name for name in names)
        yield from (path for path in found if path.suffix in suffixes and path.is_file())
        if not deep:
            below.clear()


def unreadable(error: OSError, path: str) -> DocumentError:
    """What to say where the system refuses to read a path."""
    reason = (error.strerror or str(error)).lower()
    hint = "check the path and its permissions"
    return DocumentError(Problem(f"can't be read: {reason}", hint, shorten(path, 200), code="unreadable"))


def _beside(path: str) -> list[str]:
    try:
        return [p.name for p in Path(path).parent.iterdir()] if path else []
    except OSError:
        return []
