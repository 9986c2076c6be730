"""Reads headers in several rows: groups over columns ("2023" over "Revenue", "Net income"), and a row of units below."""

from collections.abc import Collection, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from screener.importers.table.cell_text import cell_text
from screener.importers.table.cell_units import UNIT_HEADS
from screener.importers.table.header import unit_of
from screener.importers.table.text_dialect import header_row, is_heading

_UNITS_OF_RATIOS = ("%", "x", "#", "times", "ratio")


class FoundHeaders(NamedTuple):
    """The headers of a table, the position of their first row, and the number of their rows."""

    headers: list[Any]
    at: int
    rows: int = 1

    @property
    def end(self) -> int:
        """The position of the first row below them."""
        return self.at + self.rows


def find_headers(rows: Sequence[Sequence[Any]], at: int | None, wanted: Collection[str] = ()) -> FoundHeaders:
    """Returns the headers of a table; they begin in the row `at`, or are searched if it is None. Empty if there are none.

    `wanted` are the headers that a map names; the map may use only one of several rows of headers.
    """
    if at is not None:
        return _headers_from(rows, at, wanted) if 0 <= at < len(rows) else FoundHeaders([], at)
    at = header_row(rows, wanted)
    if not rows:
        return FoundHeaders([], at)
    found = _headers_from(rows, at, wanted)
    if wanted and at > 0 and _is_group_row(rows, at - 1):
        above = _headers_from(rows, at - 1, wanted)
        return max((found, above), key=lambda headers: _hits(headers.headers, wanted))
    return found


def _headers_from(rows: Sequence[Sequence[Any]], at: int, wanted: Collection[str]) -> FoundHeaders:
    plain = list(rows[at])
    headers, header_rows = plain, 1
    if _is_group_row(rows, at):
        headers, header_rows = _under_groups(plain, rows[at + 1]), 2
    units = rows[at + header_rows] if at + header_rows < len(rows) else ()
    if _is_units_row(headers, units):
        headers, header_rows = (
            [_with_unit(header, unit) for header, unit in zip_longest(headers, units)],
            header_rows + 1,
        )
    if header_rows == 1 or not wanted or _hits(headers, wanted) > _hits(plain, wanted):
        return FoundHeaders(headers, at, header_rows)
    return FoundHeaders(plain, at, 2 if _is_units_row(plain, rows[at + 1]) else 1)


def _hits(headers: Sequence[Any], wanted: Collection[str]) -> int:
    return len({_text(header) for header in headers}.intersection(wanted))


def _text(cell: Any) -> str:
    return "" if cell is None or cell != cell else cell_text(cell).strip()


def _is_group_row(rows: Sequence[Sequence[Any]], at: int) -> bool:
    """Whether a row with gaps is above a row of headers, with numbers below it."""
    if at + 2 >= len(rows):
        return False
    above, below = ([_text(cell) for cell in row] for row in rows[at : at + 2])
    filled = [place for place, text in enumerate(below) if text]
    gaps = [place for place in filled if place >= len(above) or not above[place]]
    if len(filled) < 2 or not gaps or not all(is_heading(rows[at + 1][place]) for place in filled):
        return False
    if any(unit_of(below[place]) != (None, None) for place in filled) and _is_units_row(rows[at], rows[at + 1]):
        return False
    numbers = rows[at + 2]
    return any(place < len(numbers) and _text(numbers[place]) and not is_heading(numbers[place]) for place in gaps)


def _under_groups(above: Sequence[Any], below: Sequence[Any]) -> list[Any]:
    """Combines two rows of headers: the lower texts, followed by their groups if they are repeated."""
    lower = [_text(cell) for cell in below]
    given = [text for text in lower if text]
    several = len(set(given)) < len(given)
    headers, group = [], ""
    for over, text in zip_longest(map(_text, above), lower, fillvalue=""):
        group = over or group
        headers.append(f"{text} {group}".strip() if text and several else text or over)
    return headers


def _is_units_row(headers: Sequence[Any], row: Sequence[Any]) -> bool:
    """Whether all filled cells of a row are units of the columns: USD m, %, (万元)."""
    texts = [_text(cell) for cell in row]
    units = [text for place, text in enumerate(texts) if text and not (place == 0 and text.lower() in UNIT_HEADS)]
    under = all(place < len(headers) and _text(headers[place]) for place, text in enumerate(texts) if text)
    return bool(units) and under and all(_is_unit(text) for text in units)


def _is_unit(text: str) -> bool:
    return text.strip("()[] ").lower() in _UNITS_OF_RATIOS or (
        is_heading(text) and unit_of(text, alone=True) != (None, None)
    )


def _with_unit(header: Any, unit: Any) -> Any:
    text = _text(unit).strip("()[]（） ")
    return f"{_text(header)} ({text})" if text and text.lower() not in UNIT_HEADS else header
