"""What the paths that a user gives stand for: files and folders, and what is wrong where they stand for neither."""

import errno
import os
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from screener.errors import DocumentError, Problem
from screener.text import did_you_mean, shorten

TABLE_SUFFIXES = (".csv", ".tsv", ".xlsx", ".xlsm", ".parquet", ".arff")
"""What tables of companies are called."""


def is_table(path: str) -> bool:
    """Whether a file is a table, by its name."""
    return Path(path).suffix.lower() in TABLE_SUFFIXES


LINES_SUFFIXES = (".jsonl", ".ndjson")
"""What files are called that hold a document on each line; FILE:7 is the document on line 7 of one."""
_LINE = re.compile(rf"(.+(?:{'|'.join(map(re.escape, LINES_SUFFIXES))})):([1-9][0-9]*)\Z", re.IGNORECASE | re.DOTALL)


def is_lines_file(path: str) -> bool:
    """Whether a file holds a document on each line, by its name."""
    return Path(path).suffix.lower() in LINES_SUFFIXES


def documents_in_lines(path: str) -> list[str]:
    """The documents in a file with one on each line, as FILE:LINE; lines on which nothing stands are none. Raises DocumentError."""
    try:
        return [f"{path}:{n}" for n, _, length in _places(path) if length]
    except OSError as error:
        raise unreadable(error, path) from error


def line_location(name: str) -> tuple[str, int, int] | None:
    """The file, the place of the first byte and the length in bytes of FILE:LINE; None for the name of a whole file.

    Raises OSError where the file or the line is not there.
    """
    found = _LINE.match(name)
    if found is None or Path(name).is_file():
        return None
    places, number = _places(found[1]), int(found[2])
    if number > len(places):
        raise FileNotFoundError(errno.ENOENT, f"the file has {len(places)} lines")
    _, start, length = places[number - 1]
    return found[1], start, length


def _places(path: str) -> tuple[tuple[int, int, int], ...]:
    about = os.stat(path)  # noqa: PTH116
    return _places_of(path, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=4)
def _places_of(path: str, changed: int, size: int) -> tuple[tuple[int, int, int], ...]:
    """Number, first byte and length of each line; a length of 0 where it is blank."""
    found, start = [], 0
    with Path(path).open("rb") as file:
        for number, line in enumerate(file, 1):
            found.append((number, start, len(line) if line.strip(b"\xef\xbb\xbf \t\r\n") else 0))
            start += len(line)
    return tuple(found)


def is_folder(path: str) -> bool:
    """Whether there is a folder rather than a file. Raises DocumentError where there is neither."""
    try:
        return stat.S_ISDIR(os.stat(path).st_mode)  # noqa: PTH116 (Path("") would be the current folder)
    except (FileNotFoundError, NotADirectoryError):
        with suppress(OSError):
            if line_location(path) is not None:
                return False
        hint = did_you_mean(Path(path).name, _beside(path), "check the path")
        raise DocumentError(Problem("there is no such file or folder", hint, path or "''", code="unreadable")) from None
    except OSError as error:
        raise unreadable(error, path) from error


def files_in(folder: str, suffixes: Sequence[str], deep: bool = False) -> Iterator[Path]:
    """The files of a folder (`deep`: and of all below it) with one of the suffixes, in upper or lower case.

    A link to nothing is one of them, so that reading it reports what is missing. Raises DocumentError.
    """

    def stop(error: OSError) -> None:
        raise unreadable(error, str(error.filename or folder)) from error

    for here, below, names in os.walk(folder, onerror=stop):
        found = (Path(here) / name for name in names)
        yield from (p for p in found if p.suffix.lower() in suffixes and (p.is_file() or not p.exists()))
        if not deep:
            below.clear()


def shown_path(path: Path) -> str:
    """A path in messages and reports: from the current folder, where it lies below that."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_absolute() and path.is_relative_to(here) else path)


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
