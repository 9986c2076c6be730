"""Days and periods as tables write them: serial numbers of spreadsheets, 31/03/2025, 31-Mar-2025, FY24, 2024A."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from screener.importers.table.cell_text import cell_text
from screener.profile.claims import FiscalCalendar, read_period
from screener.text import shorten

SERIAL_ORIGIN = date(1899, 12, 30)
"""Day 0 of a spreadsheet's serial numbers, where the workbook does not count from 1904."""
_SERIALS = range(20_000, 80_000)  # 1954 to 2119
_MONTHS = {
    m: i for i, m in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_ISO = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?\Z"
)
_PACKED = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\Z")
_NUMBERS = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2((?:19|20)?\d{2})(?: 0{1,2}:00(?::00)?)?\Z")
_DAY_MONTH = re.compile(r"(\d{1,2})[ .-]+([A-Za-z]{3})[a-z]*\.?[ ,.-]+((?:19|20)?\d{2})\Z")
_MONTH_DAY = re.compile(r"([A-Za-z]{3})[a-z]*\.? +(\d{1,2}),? +((?:19|20)\d{2})\Z")
_MONTH = re.compile(r"([A-Za-z]{3})[a-z]*\.?[ -]*((?:19|20)?\d{2})\Z")
_YEAR_MONTH = re.compile(r"((?:19|20)\d{2})[-/.](0?[1-9]|1[0-2])\Z|(0?[1-9]|1[0-2])[/.]((?:19|20)\d{2})\Z")
_YEAR = re.compile(
    r"(?P<fiscal>FY|F)?[ _'-]*(?P<year>(?:19|20)\d{2})(?:[ _-]?(?:A|annual|年|年度|年报))?\Z", re.IGNORECASE
)
_SHORT_YEAR = re.compile(r"FY[ _'-]*(\d{2})A?\Z", re.IGNORECASE)
_SPLIT_YEAR = re.compile(
    r"(?P<fiscal>FY)?[ _-]*(?P<year>(?:19|20)\d{2})[/-](?P<next>\d{2}|(?:19|20)\d{2})\Z", re.IGNORECASE
)
_QUARTER = re.compile(r"Q([1-4])[ /_'-]*((?:19|20)?\d{2})\Z|((?:19|20)\d{2})[ /_-]?Q([1-4])\Z", re.IGNORECASE)
HINT = "write YYYY-MM-DD"


class DayNotation(NamedTuple):
    """How the days of a column are written: whether 03/04/2025 is in April (`dmy`) or in March (`mdy`), None: not known."""

    order: str | None = None
    origin: date = SERIAL_ORIGIN


def day_order(cells: Iterable[Any]) -> str | None:
    """The order of day and month that the days of a column show; None where none does, or both are shown."""
    shown = set()
    for cell in cells:
        if isinstance(cell, str) and (found := _NUMBERS.match(cell.strip())) and found[2] != ".":
            first, second = int(found[1]), int(found[3])
            if first > 12 >= second:
                shown.add("dmy")
            elif second > 12 >= first:
                shown.add("mdy")
    return shown.pop() if len(shown) == 1 else None


def read_day(cell: Any, notation: DayNotation) -> str:
    """A day as YYYY-MM-DD. Raises ValueError with what is wrong; and what to write."""
    if (number := _number(cell)) is not None:
        if number in _SERIALS:
            return f"{notation.origin + timedelta(number)}"
        cell = str(number)
    return _read_day(cell_text(cell), notation)


@lru_cache(maxsize=8192)
def _read_day(text: str, notation: DayNotation) -> str:
    try:
        if found := _ISO.match(text) or _PACKED.match(text):
            return f"{date(int(found[1]), int(found[2]), int(found[3]))}"
        if found := _NUMBERS.match(text):
            return _of_numbers(
                text, int(found[1]), int(found[3]), found[4], "dmy" if found[2] == "." else notation.order
            )
        if (found := _DAY_MONTH.match(text)) and (month := _MONTHS.get(found[2].lower())):
            return f"{date(_full_year(found[3]), month, int(found[1]))}"
        if (found := _MONTH_DAY.match(text)) and (month := _MONTHS.get(found[1].lower())):
            return f"{date(int(found[3]), month, int(found[2]))}"
    except _AmbiguousDay:
        raise
    except ValueError:
        pass
    raise ValueError(f"'{shorten(text, 40)}' is not a day; {HINT}")


class _AmbiguousDay(ValueError):
    pass


def _of_numbers(text: str, first: int, second: int, year: str, order: str | None) -> str:
    if first > 12 or first == second:
        order = "dmy"
    elif second > 12:
        order = "mdy"
    if order is None:
        hint = "say in the map which comes first: dates: dmy, or dates: mdy"
        raise _AmbiguousDay(f"'{text}' may be two days; {hint}")
    day, month = (first, second) if order == "dmy" else (second, first)
    return f"{date(_full_year(year), month, day)}"


def _full_year(text: str) -> int:
    year = int(text)
    return year if year > 99 else year + (2000 if year < 70 else 1900)


def read_period_cell(cell: Any, notation: DayNotation, calendar: FiscalCalendar) -> str:
    """A period as a profile writes it. Raises ValueError with what is wrong; and what to write."""
    number = _number(cell)
    text = cell_text(cell) if number is None else str(number)
    if number in _SERIALS:
        return read_day(cell, notation)
    return _read_period(" ".join(text.split()), notation, calendar)


@lru_cache(maxsize=8192)
def _read_period(text: str, notation: DayNotation, calendar: FiscalCalendar) -> str:
    try:
        read_period(text, calendar)
        return text
    except ValueError as error:
        refusal = error
    if found := _YEAR.match(text):
        return f"{'FY' if found['fiscal'] else ''}{found['year']}"
    if found := _SHORT_YEAR.match(text):
        return f"FY{_full_year(found[1])}"
    if found := _QUARTER.match(text):
        return f"{_full_year(found[2] or found[3])}-Q{found[1] or found[4]}"
    if (found := _SPLIT_YEAR.match(text)) and (int(found["year"]) + 1) % 100 == int(found["next"]) % 100:
        return f"FY{found['year'] if calendar.named == 'start' else int(found['year']) + 1}"
    if found := _YEAR_MONTH.match(text):
        return _month_end(int(found[1] or found[4]), int(found[2] or found[3]))
    if (found := _MONTH.match(text)) and (month := _MONTHS.get(found[1].lower())):
        return _month_end(_full_year(found[2]), month)
    try:
        return _read_day(text, notation)
    except _AmbiguousDay:
        raise
    except ValueError:
        raise refusal from None


def _month_end(year: int, month: int) -> str:
    return f"{(date(year + month // 12, month % 12 + 1, 1)) - timedelta(1)}"


def _number(cell: Any) -> int | None:
    """A whole number, as a number or as a text of five digits; None for anything else."""
    if isinstance(cell, bool | np.bool_ | date | datetime):
        return None
    if isinstance(cell, int | np.integer):
        return int(cell)
    if isinstance(cell, float | np.floating) and cell == cell:
        return int(cell)  # a part of a day is a time
    return int(cell) if isinstance(cell, str) and re.fullmatch(r"\d{5}", cell.strip()) else None
