"""Decides which existing files an output may replace: files that screener wrote, but never an input."""

import codecs
import os
import re
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from screener.errors import OutputError, Problem
from screener.io.paths import LINES_SUFFIXES, SETTINGS_FILE, TABLE_SUFFIXES
from screener.io.read_files import FileIdentity, was_read

COMMENT_MARK = "written by screener"
"""The mark of written files: in a comment, in formats that have comments; in the metadata of Parquet files."""
_MARKS = re.compile(
    rb'<meta name="generator" content="screener">|<testsuites name="screener |written by screener'
    rb"|<!-- (?:screener rules docs|Drawn by screener)"
    rb'|"(?:schema|\$id)": "screener/|"driver": \{\s*"name": "screener"|/Creator \(screener |^screener [0-9]+\.[0-9]+\.[0-9]+\b'
    rb'|\A\[\s*\{\s*"(?:rule": "[^"]*",\s*"flag|file": (?:"[^"]*"|null),\s*"line)"|\A\[\]\s*\Z',
    re.MULTILINE,
)
_TABLE = re.compile(rb'\A(?:\xef\xbb\xbf)?"?company"?,"?(?:name|rule)"?,.*\b(?:verdict|outcome)\b')
_TEMPLATES = (".jinja", ".css", ".js")
_READ_IN_FOLDERS = frozenset((".json", ".yaml", ".yml", *LINES_SUFFIXES, *TABLE_SUFFIXES, *_TEMPLATES))
_RESULT = b'"schema": "screener/result/'
_EXCERPT = 1 << 13  # number of bytes at the beginning and at the end of a file that are searched for marks
_LARGEST_FOOTER = 1 << 22  # the same for a Parquet file


def marked_page(page: str) -> str:
    """Returns an HTML page with the mark of screener; built-in templates contain it, custom ones may not."""
    return page if _MARKS.search(page.encode("utf-8", "replace")) else f"{page}\n<!-- {COMMENT_MARK} -->\n"


class ReplacePolicy:
    """Decides which files an output may replace: those that screener wrote, with `force` any, but never one of the
    `inputs`.

    For a folder among the inputs, these are its profiles, results, rules, tables and templates, at any depth. Settings
    are always inputs, since commands find them beside and above the files they read, or in the current folder. Every
    file that the command has read so far (`recording_reads`), such as rules that settings name, is an input as well,
    unless the command `edits` the files it reads.
    """

    def __init__(self, force: bool = False, inputs: Iterable[str] = (), edits: bool = False) -> None:
        self.force, self._inputs, self.edits = force, tuple(inputs), edits

    @cached_property
    def _identities(self) -> frozenset[FileIdentity]:
        places = {Path(os.path.abspath(path)) for path in (*self._inputs, "x")}  # noqa: PTH100 (no error for any text)
        folders = {folder for place in places for folder in (place, *place.parents)}
        settings = (str(folder / SETTINGS_FILE) for folder in folders)
        return frozenset(found for path in (*self._inputs, *settings) if (found := _identity(path)) is not None)

    def check(self, target: Path, named: Path) -> None:
        """Raises OutputError if an existing file may not be replaced; `named` is the path in messages."""
        found = _identity(str(target))
        is_input = found in self._identities or target.name == SETTINGS_FILE or (was_read(found) and not self.edits)
        if is_input or self._is_read_in_a_folder(target):
            raise OutputError(Problem("is also read as input", "choose another --out", str(named)))
        if not self.force and not written_by_screener(target):
            what = "exists, and was not written by screener"
            raise OutputError(Problem(what, "choose another --out, or replace it with --force", str(named)))

    def _is_read_in_a_folder(self, target: Path) -> bool:
        """Returns whether a command that reads a folder may read a file in it. Of the files that screener writes, only
        results are read."""
        if target.suffix.lower() not in _READ_IN_FOLDERS:
            return False
        above = Path(os.path.realpath(target)).parents
        if self._identities.isdisjoint(_identity(str(folder)) for folder in above):
            return False
        return not written_by_screener(target) or _RESULT in _excerpt(target)


def _excerpt(path: Path) -> bytes:
    """Returns the beginning of a file; empty if it can't be read."""
    try:
        with path.open("rb") as file:
            return file.read(_EXCERPT)
    except OSError:
        return b""


def written_by_screener(path: Path) -> bool:
    """Returns whether a file is empty or has the mark of an output of this program; False if it can't be read."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            head = file.read(_EXCERPT)
            ending = _EXCERPT
            if head.startswith(b"PAR1") and size >= 12:
                file.seek(-8, os.SEEK_END)
                ending = min(int.from_bytes(file.read(4), "little") + 8, _LARGEST_FOOTER)
            file.seek(-min(size, ending), os.SEEK_END)
            tail = file.read()
    except OSError:
        return False
    if head.startswith(codecs.BOM_UTF16_LE):  # a table for spreadsheets
        head = head.decode("utf-16", "ignore").encode()
    return not size or any(_MARKS.search(part) for part in (head, tail)) or _TABLE.match(head) is not None


def refuse_same_file(outputs: Iterable[Path]) -> None:
    """Raises OutputError if several outputs are the same file."""
    seen: dict[object, Path] = {}
    for path in outputs:
        key: object = _identity(str(path)) or os.path.realpath(path)
        if key in seen:
            what = f"is the same file as {seen[key]}, another output"
            raise OutputError(Problem(what, "choose two files", str(path)))
        seen[key] = path


def _identity(path: str) -> FileIdentity | None:
    """Returns the identity of a file, following links; for FILE:LINE that of the file. None if there is no file."""
    for name in (path, path.rpartition(":")[0]):
        try:
            found = os.stat(name)  # noqa: PTH116 (Path("") would be the current folder)
            return found.st_dev, found.st_ino
        except (OSError, ValueError):
            continue
    return None
