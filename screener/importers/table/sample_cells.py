"""Examines the first rows of a table: the notation of numbers, the content of columns, which names identify rows."""

import math
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from screener.importers.table.cell_text import cell_text
from screener.importers.table.cell_values import ROWS_OF_A_SIGN
from screener.importers.table.number_cells import bare_digits, cell_number, contradicts, is_nothing
from screener.importers.table.number_notation import NumberNotation
from screener.text import slug

_GROUPED = {sign: re.compile(rf"[1-9]\d{{0,2}}(?:[{sign}]\d{{2,3}})*[{sign}]\d{{3}}(?:[.,]\d+)?") for sign in ",."}


class SampleCells:
    """The cells of a frame's rows; `delimiter` separates them in a text file."""

    def __init__(self, frame: Any, delimiter: str | None) -> None:
        self.frame = frame
        self.notation = notation_of(frame, delimiter)
        self._read: dict[str, list[float]] = {}

    def distinct(self, header: str) -> list[str]:
        """Returns the different texts of a column, sorted."""
        return sorted({cell_text(cell) for cell in self.frame[header].dropna()})

    def tells_rows_apart(self, header: str | None, period: str | None) -> bool:
        """Whether every row's name gives a distinct id, or a distinct id in each period."""
        if header is None:
            return False
        names = self.frame[header]
        ids = [slug(cell_text(cell)) for cell in names.dropna()]
        periods = self.frame.loc[names.notna(), period] if period else [None] * len(ids)
        pairs = {(own, None if when is None else cell_text(when)) for own, when in zip(ids, periods, strict=True)}
        return len(pairs) == len(self.frame) and all(ids)

    def tells_companies_apart(self, header: str | None, period: str) -> bool:
        """Whether names that give no slug identify the companies of a panel."""
        if header is None or self.frame[header].isna().any():
            return False
        names = [cell_text(cell) for cell in self.frame[header]]
        pairs = list(zip(names, map(cell_text, self.frame[period]), strict=True))
        return len(set(pairs)) == len(pairs) and len(set(names)) < len(names) and not any(map(slug, names))

    def is_numeric(self, header: str) -> bool:
        """Whether most of a column's cells are numbers."""
        cells = self.frame[header].dropna()
        return len(cells) > 0 and len(self._numbers(header)) * 2 > len(cells)

    def _numbers(self, header: str) -> list[float]:
        """Returns the numbers of a column as its cells state them, with NaN for those marked as percentages."""
        if header not in self._read:
            self._read[header] = list(self._numbers_in(header))
        return self._read[header]

    def _numbers_in(self, header: str) -> Iterator[float]:
        for cell in self.frame[header].dropna():
            with suppress(ValueError):
                if not is_nothing(cell):
                    found = cell_number(cell, self.notation, "fraction")
                    yield math.nan if found.absolute else found.value

    def looks_percent(self, header: str) -> bool:
        """Whether numbers are too large for fractions, and small enough for percentages."""
        sizes = sorted(abs(n) for n in self._numbers(header) if n == n)
        return bool(sizes) and 2 < sizes[len(sizes) // 2] <= 100

    def looks_fraction(self, header: str) -> bool:
        """Whether all numbers that state no unit are at most 1."""
        sizes = [abs(n) for n in self._numbers(header) if n == n]
        return bool(sizes) and max(sizes) <= 1

    def is_negative(self, header: str) -> bool:
        """Whether all numbers of a column are negative, as in a list of outflows."""
        given = [n for n in self._numbers(header) if n]
        return len(given) >= ROWS_OF_A_SIGN and all(n < 0 for n in given)


def notation_of(frame: Any, delimiter: str | None) -> NumberNotation:
    """Returns the notation of numbers in text cells: 1,234.5 or 1.234,5."""
    point, comma = NumberNotation(".", ","), NumberNotation(",", ".")
    cells = [cell for header in frame.columns for cell in frame[header].dropna() if isinstance(cell, str)]
    sure_point = sum(contradicts(cell, comma) for cell in cells)
    sure_comma = sum(contradicts(cell, point) for cell in cells)
    grouped = {
        sign: sum(bool(pattern.fullmatch(bare_digits(cell))) for cell in cells) for sign, pattern in _GROUPED.items()
    }
    by_thousands = delimiter == ";" and not sure_point and grouped["."] > 1 and not grouped[","]
    if sure_comma > sure_point or by_thousands:
        return NumberNotation(",", "." if grouped["."] else None)
    return NumberNotation(".", "," if grouped[","] else None)
