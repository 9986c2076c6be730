"""Reads marks besides cell values from the XML of a sheet: formulas, merged cells, hidden rows."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from zipfile import ZipFile

from screener import limits

_BLOCK = 2**20
_MARKS = re.compile(
    rb"<(?:\w+:)?(?:(?P<formula>f)[ />]|(?P<filter>autoFilter)[ />]"
    rb"|row (?P<row>[^>]*\bhidden=\"(?:1|true)\"[^>]*)>"
    rb"|mergeCell [^>]*?\bref=\"(?P<merged>[A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})\")"
)
_NUMBER = re.compile(rb"\br=\"([0-9]{1,7})\"")
_CELL = re.compile(r"([A-Z]+)([0-9]+)")
MOST_MARKS = 100_000
"""Number of merged ranges and hidden rows that are recorded, more than in any table made by hand."""


class CellRange(NamedTuple):
    """A block of cells; positions from 0, the last ones included."""

    top: int
    left: int
    bottom: int
    right: int


class SheetMarks(NamedTuple):
    """Whether a sheet has formulas, its merged ranges of several rows, its hidden rows (from 1), whether it has a filter."""

    formulas: bool = False
    merged: tuple[CellRange, ...] = ()
    hidden: tuple[int, ...] = ()
    filtered: bool = False


def read_marks(archive: ZipFile, part: str) -> SheetMarks:
    """Reads the marks of one sheet from its part of the archive."""
    formulas = filtered = False
    merged: list[CellRange] = []
    hidden: list[int] = []
    for text in _pieces(archive, part):
        for found in _MARKS.finditer(text):
            formulas |= found["formula"] is not None
            filtered |= found["filter"] is not None
            if found["row"] is not None and len(hidden) < MOST_MARKS and (number := _NUMBER.search(found["row"])):
                hidden.append(int(number[1]))
            if found["merged"] is not None and len(merged) < MOST_MARKS:
                block = _range(found["merged"].decode())
                merged += [block] if block.bottom > block.top else []
    return SheetMarks(formulas, tuple(merged), tuple(hidden), filtered)


def _pieces(archive: ZipFile, part: str) -> Iterator[bytes]:
    """Yields the XML in pieces that end after a tag."""
    with archive.open(part) as file:
        rest, left = b"", limits.UNPACKED_BYTES
        while left > 0 and (block := file.read(_BLOCK)):
            left -= len(block)
            whole, sign, rest = (rest + block).rpartition(b">")
            yield whole + sign
            rest = rest[-_BLOCK:]


def _range(text: str) -> CellRange:
    (left, top), (right, bottom) = _CELL.findall(text)
    return CellRange(int(top) - 1, _column(left), int(bottom) - 1, _column(right))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number - 1
