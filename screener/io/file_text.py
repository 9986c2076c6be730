"""Reads the text of a JSON or YAML file, of one of its lines, or of standard input."""

import os
import re
import sys
from pathlib import Path

from screener import limits
from screener.errors import DocumentError, Problem
from screener.io.file_kind import OTHER_STARTS, SNIFFED, not_a_document
from screener.io.paths import line_location, unreadable
from screener.io.read_files import note_read

_INNER_MARK = re.compile(r"^\ufeff(?=---(?:\s|\Z))", re.MULTILINE)
"""A byte order mark before a further document, as in concatenated files: YAML 1.2 allows it (section 5.2)."""


def read_text(path: str | Path, most: int = limits.DOCUMENT_BYTES) -> str:
    """Returns the text of a file of at most `most` bytes, or of standard input for '-'. Raises DocumentError with a
    hint."""
    name = str(path)
    try:
        if name == "-":
            raw = sys.stdin.buffer.read(most + 1) if sys.stdin else b""
        elif (line := line_location(name)) is not None:
            note_read(line[0])
            with Path(line[0]).open("rb") as file:
                file.seek(line[1])
                raw = file.read(min(line[2], most + 1))
        else:
            note_read(path)
            raw = _read_at_most(path, most + 1)
    except OSError as error:
        raise unreadable(error, name) from error
    except ValueError as error:  # the path has a null character
        raise DocumentError(Problem("is not a path", "check the path", name, code="unreadable")) from error
    if raw[:SNIFFED].lstrip()[:1] in OTHER_STARTS and (other := not_a_document(raw[:SNIFFED], name)):
        raise DocumentError(other)
    if len(raw) > most:
        raise DocumentError(Problem(f"is larger than {most >> 20} MiB", "split it", name, code="unreadable"))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"is not text in UTF-8 (byte 0x{raw[error.start]:02x} at position {error.start})"
        raise DocumentError(
            Problem(what, "save it as UTF-8, or give a JSON or YAML file", name, code="unreadable")
        ) from error
    if "\ufeff" in text:
        text = _INNER_MARK.sub("", text)
    if "\x00" in text:
        raise DocumentError(Problem("is binary, not text", "give a JSON or YAML file", name, code="unreadable"))
    if not text.strip():
        raise empty_file(name)
    return text


def _read_at_most(path: str | Path, most: int) -> bytes:
    """Returns the content of a file or pipe, up to `most` bytes. Raises OSError."""
    with (path if isinstance(path, Path) else Path(path)).open("rb") as file:
        size = os.fstat(file.fileno()).st_size  # 0 for a pipe
        found = file.read(min(size + 1, most))  # allocating `most` bytes would take longer than reading the file
        return found if len(found) <= size else found + file.read(most - len(found))


def empty_file(name: str) -> DocumentError:
    """Returns the error for an empty file or text."""
    return DocumentError(
        Problem("the file is empty", "see docs/profiles.md and docs/writing-rules.md", name, code="unreadable")
    )
