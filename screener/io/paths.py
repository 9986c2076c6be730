"""Resolves the paths that a user gives to files and folders, and reports paths that are neither."""

import errno
import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from screener import limits
from screener.errors import DocumentError, Problem
from screener.text import clean, did_you_mean, shorten

SETTINGS_FILE = "screener.yaml"
"""The file name of settings that are found without being named."""
TEXT_SUFFIXES = (".csv", ".tsv", ".tab")
"""Suffixes of text tables with a separator between columns."""
PACKED_SUFFIXES = (
    *(f"{suffix}.gz" for suffix in TEXT_SUFFIXES),
    *(f"{suffix}.zip" for suffix in TEXT_SUFFIXES),
    ".zip",
)
"""Suffixes of such texts if they are compressed individually."""
TABLE_SUFFIXES = (*TEXT_SUFFIXES, ".xlsx", ".xlsm", ".ods", ".parquet", ".arff", *PACKED_SUFFIXES)
"""Suffixes of tables of companies."""
SHOWN_SUFFIXES = ".csv, .tsv, .xlsx, .xlsm, .ods, .parquet, .arff, .csv.gz, .zip with one CSV"
"""The suffixes of tables as listed in messages."""


def real_path(path: str | Path) -> Path:
    """Returns an absolute path without links. For a cycle of links, returns the part before it, where `Path.resolve`
    would raise RuntimeError."""
    return Path(os.path.realpath(path))


def file_exists(path: str | Path) -> bool:
    """Returns whether a file has this path; False also for a path that is too long."""
    try:
        return Path(path).is_file()
    except OSError:
        return False


def folder_exists(path: str | Path) -> bool:
    """Returns whether a folder has this path; False also for a path that is too long."""
    try:
        return Path(path).is_dir()
    except OSError:
        return False


def has_current_folder() -> bool:
    """Returns whether the current folder exists; it may have been deleted since this process was started."""
    try:
        Path.cwd()
    except FileNotFoundError:
        return False
    return True


def is_table(path: str) -> bool:
    """Returns whether a file is a table, by its name."""
    return table_suffix(path) in TABLE_SUFFIXES


def table_suffix(path: str) -> str:
    """Returns the suffix of a file's name that states the table format, in lower case, such as .csv or .csv.gz."""
    last, *before = [suffix.lower() for suffix in reversed(Path(path).suffixes)] or [""]
    whole = f"{before[0]}{last}" if before else last
    return whole if whole in PACKED_SUFFIXES else last


CASES_FILE = "cases.yaml"
"""The file that makes a folder a library of cases."""


def is_case_library(path: str) -> bool:
    """Returns whether a path is a folder of cases."""
    return file_exists(Path(path, CASES_FILE))


LINES_SUFFIXES = (".jsonl", ".ndjson")
"""Suffixes of files with a document on each line; FILE:7 is the document on line 7."""
_LINE = re.compile(rf"(.+(?:{'|'.join(map(re.escape, LINES_SUFFIXES))})):([1-9][0-9]*)\Z", re.IGNORECASE | re.DOTALL)


def is_lines_file(path: str) -> bool:
    """Returns whether a file contains one document per line, by its name."""
    return Path(path).suffix.lower() in LINES_SUFFIXES


def documents_in_lines(path: str) -> list[str]:
    """Returns the documents in a file with one per line, as FILE:LINE, without blank lines. Raises DocumentError."""
    try:
        return [f"{path}:{n}" for n in _places(path).documents]
    except OSError as error:
        raise unreadable(error, path) from error


def line_location(name: str) -> tuple[str, int, int] | None:
    """Returns the file, the position of the first byte and the length in bytes of FILE:LINE; None for the name of a
    whole file.

    Raises OSError if the file or the line does not exist.
    """
    found = _LINE.match(name)
    if found is None or file_exists(name):
        return None
    places, number = _places(found[1]), int(found[2])
    if number > places.lines:
        raise FileNotFoundError(errno.ENOENT, f"the file has {places.lines} lines")
    return (found[1], *places.documents.get(number, (0, 0)))


class _LinePlaces(NamedTuple):
    """The positions of the documents of a file, by line number, as first byte and length; and the number of lines."""

    documents: Mapping[int, tuple[int, int]]
    lines: int


def _places(path: str) -> _LinePlaces:
    about = os.stat(path)  # noqa: PTH116
    return _places_of(path, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=4)
def _places_of(path: str, changed: int, size: int) -> _LinePlaces:
    """Returns the positions of the lines that are not blank. Raises DocumentError if one is longer than a document may
    be."""
    found, start, number, most = {}, 0, 0, limits.DOCUMENT_BYTES
    with Path(path).open("rb") as file:
        while line := file.readline(most + 2):
            number += 1
            if len(line.rstrip(b"\r\n")) > most:
                what = f"is larger than {most >> 20} MiB"
                raise DocumentError(Problem(what, "split it, or put it into a table", f"{path}:{number}"))
            if line.strip(b"\xef\xbb\xbf \t\r\n"):
                found[number] = start, len(line)
            start += len(line)
    return _LinePlaces(found, number)


def is_folder(path: str) -> bool:
    """Returns whether the path is a folder rather than a file. Raises DocumentError if it is neither."""
    try:
        return stat.S_ISDIR(os.stat(path).st_mode)  # noqa: PTH116 (Path("") would be the current folder)
    except (FileNotFoundError, NotADirectoryError):
        with suppress(OSError):
            if line_location(path) is not None:
                return False
        raise _missing(path) from None
    except ValueError:  # the name has a null character
        raise _missing(path.replace("\0", "")) from None
    except OSError as error:
        raise unreadable(error, path) from error


def files_in(folder: str, suffixes: Sequence[str], deep: bool = False) -> Iterator[Path]:
    """Returns the files of a folder (with `deep`, also of all folders below it) that have one of the suffixes, in upper
    or lower case.

    A broken link is included, so that reading it reports what is missing. Raises DocumentError.
    """

    def stop(error: OSError) -> None:
        raise unreadable(error, str(error.filename or folder)) from error

    for here, below, names in os.walk(folder, onerror=stop):
        top = Path(here)
        found = [top / name for name in names]
        yield from (p for p in found if p.suffix.lower() in suffixes and (p.is_file() or not p.exists()))
        if not deep:
            below.clear()


def shown_path(path: Path) -> str:
    """Returns a path for messages and reports: relative to the current folder, if it lies below that."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_absolute() and path.is_relative_to(here) else path)


def unreadable(error: OSError, path: str) -> DocumentError:
    """Returns the problem for a path that the system cannot read, or whose content a library cannot read (an error
    without errno)."""
    if error.errno is None:
        what = "; ".join(clean(str(error)).removesuffix(".").splitlines()[:1]) or type(error).__name__
        hint = "the file is damaged: write it again, or get another copy"
        return DocumentError(
            Problem(f"can't be read: {shorten(what, 200)}", hint, shorten(path, 200), code="unreadable")
        )
    if isinstance(error, FileNotFoundError):
        return _missing(path)
    reason = (error.strerror or str(error)).lower()
    hint = "check the path and its permissions"
    return DocumentError(Problem(f"can't be read: {reason}", hint, shorten(path, 200), code="unreadable"))


def _missing(path: str) -> DocumentError:
    """Returns the problem for a path that does not exist."""
    if path and Path(path).is_symlink():
        hint = "remove the link, or restore what it points to"
        return DocumentError(
            Problem("is a link to a file that does not exist", hint, shorten(path, 200), code="unreadable")
        )
    hint = did_you_mean(Path(path).name, _beside(path), "check the path")
    return DocumentError(
        Problem("there is no such file or folder", hint, shorten(path, 200) or "''", code="unreadable")
    )


def _beside(path: str) -> list[str]:
    try:
        here = Path(path)
        return [p.name for p in here.parent.iterdir() if p.name != here.name] if path else []
    except OSError:
        return []
