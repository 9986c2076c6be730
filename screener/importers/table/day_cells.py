"""Reads days and periods in the notations of tables: serial numbers, 31/03/2025, 31-Mar-2025, FY24, 2024A."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from screener.importers.table.cell_text import cell_text
from screener.importers.table.estimate_words import is_estimate
from screener.profile.claims import FiscalCalendar, read_period
from screener.text import shorten

SERIAL_ORIGIN = date(1899, 12, 30)
"""Day 0 of a spreadsheet's serial numbers, unless the workbook counts from 1904."""
_SERIALS = range(20_000, 80_000)  # 1954 to 2119
_MONTHS = {
    name: number
    for number, names in enumerate(
        (  # English, German, French, Spanish, Italian, Portuguese, Dutch, Polish; the shortest unambiguous beginnings
            "jan ene gen sty",
            "feb fev lut",
            "mar maa mrt mrz",
            "apr abr avr kwi",
            "may mai mei mag maj",
            "jun giu juin cze",
            "jul lug juil lip",
            "aug ago aou sie",
            "sep set wrz",
            "oct okt ott out paz",
            "nov lis",
            "dec dez dic gru",
        ),
        1,
    )
    for name in names.split()
}
_ISO = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?\Z"
)
_CHINESE = re.compile(r"(\d{4})年(\d{1,2})月(?:(\d{1,2})日)?\Z")
_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? +", re.IGNORECASE)
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|º|ª)(?= )", re.IGNORECASE)
_DE = re.compile(r" del? ", re.IGNORECASE)  # 31 de diciembre de 2024
_PACKED = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\Z")
_NUMBERS = re.compile(
    r"(\d{1,2})([/.-])(\d{1,2})\2((?:19|20)?\d{2})(?: 0{1,2}:00(?::00)?| 12:00(?::00)? ?AM)?\Z", re.IGNORECASE
)
_DAY_MONTH = re.compile(r"(\d{1,2})[ .-]+([^\W\d_]{3,})\.?[ ,.'’-]+((?:19|20)?\d{2})\Z")
_MONTH_DAY = re.compile(r"([^\W\d_]{3,})\.? +(\d{1,2}),? +((?:19|20)\d{2})\Z")
_MONTH = re.compile(r"([^\W\d_]{3,})\.?[ '’-]*((?:19|20)?\d{2})\Z")
_YEAR_MONTH = re.compile(r"((?:19|20)\d{2})[-/.](0?[1-9]|1[0-2])\Z|(0?[1-9]|1[0-2])[/.]((?:19|20)\d{2})\Z")
_YEAR = re.compile(
    r"(?:CY|year|12 ?M )?(?P<fiscal>fiscal year|fiscal|financial year|FYE?|F)?[ _'-]*(?P<year>(?:19|20)\d{2})(?:\.0+)?"
    r"(?:[ _-]?(?:A|annual|年|年度|年报)|[ _-]*\(?(?:A|actuals?|audited|reported|restated)\)?)?\Z",
    re.IGNORECASE,
)
_SHORT_YEAR = re.compile(r"FY[ _'-]*(\d{2})A?\Z", re.IGNORECASE)
_SPLIT_YEAR = re.compile(
    r"(?P<fiscal>FY)?[ _-]*(?P<year>(?:19|20)\d{2})[/-](?P<next>\d{2}|(?:19|20)\d{2})\Z", re.IGNORECASE
)
_QUARTERS = "|".join(("Q[1-4]", "[1-4]Q", "H[12]", "[12]H", "9M"))
_PART = re.compile(
    rf"(?P<part>{_QUARTERS})[ /_'’-]*(?:FY[ '’]?)?(?P<year>(?:19|20)?\d{{2}})\Z"
    rf"|(?P<year_first>(?:19|20)\d{{2}})[ /_-]*(?P<part_last>{_QUARTERS})\Z",
    re.IGNORECASE,
)
_ENDED = re.compile(
    r"(?:FYE|(?:fiscal |financial )?year(?:[ -]end(?:ed|ing)?)?|12 ?(?:M|months)(?: to| ended)?|as at|as of|at)[ :]+(?=\S*\D)",
    re.IGNORECASE,
)
HINT = "write YYYY-MM-DD"


class DayNotation(NamedTuple):
    """The notation of days in a column: 03/04/2025 is in April (`dmy`) or in March (`mdy`); None if that is not known."""

    order: str | None = None
    origin: date = SERIAL_ORIGIN


def day_order(cells: Iterable[Any]) -> str | None:
    """Returns the order of day and month in a column's days; None if no day shows it, or days contradict each other."""
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
    """Reads a day as YYYY-MM-DD. Raises ValueError with the error and what to write."""
    if (number := _number(cell)) is not None:
        if number in _SERIALS:
            return f"{notation.origin + timedelta(number)}"
        cell = str(number)
    return _read_day(cell_text(cell), notation)


@lru_cache(maxsize=8192)
def _read_day(text: str, notation: DayNotation) -> str:
    text = _DE.sub(" ", _ORDINAL.sub("", _WEEKDAY.sub("", text, count=1)))
    try:
        if found := _ISO.match(text) or _PACKED.match(text):
            return f"{date(int(found[1]), int(found[2]), int(found[3]))}"
        if (found := _CHINESE.match(text)) and found[3]:
            return f"{date(int(found[1]), int(found[2]), int(found[3]))}"
        if found := _NUMBERS.match(text):
            return _of_numbers(
                text, int(found[1]), int(found[3]), found[4], "dmy" if found[2] == "." else notation.order
            )
        if (found := _DAY_MONTH.match(text)) and (month := _month(found[2])):
            return f"{date(_full_year(found[3]), month, int(found[1]))}"
        if (found := _MONTH_DAY.match(text)) and (month := _month(found[1])):
            return f"{date(int(found[3]), month, int(found[2]))}"
    except _AmbiguousDay:
        raise
    except ValueError:
        pass
    raise ValueError(f"'{shorten(text, 40)}' is not a day; {HINT}")


def _month(name: str) -> int | None:
    """Returns the number of a month by the beginning of its name in several European languages; None if it is unknown."""
    plain = "".join(c for c in unicodedata.normalize("NFD", name.lower()) if not unicodedata.combining(c))
    return _MONTHS.get(plain[:4]) or _MONTHS.get(plain[:3])


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
    """Reads a period as a profile writes it. Raises ValueError with the error and what to write."""
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
    if found := _PART.match(text):
        return _part_of_year(
            found["part"] or found["part_last"], _full_year(found["year"] or found["year_first"]), calendar
        )
    if (found := _SPLIT_YEAR.match(text)) and (int(found["year"]) + 1) % 100 == int(found["next"]) % 100:
        return f"FY{found['year'] if calendar.named == 'start' else int(found['year']) + 1}"
    if (found := _CHINESE.match(text)) and not found[3]:
        return _month_end(int(found[1]), int(found[2]))
    text = _ENDED.sub("", text, count=1)
    if found := _YEAR_MONTH.match(text):
        return _month_end(int(found[1] or found[4]), int(found[2] or found[3]))
    if (found := _MONTH.match(text)) and (month := _month(found[1])):
        return _month_end(_full_year(found[2]), month)
    try:
        return _read_day(text, notation)
    except _AmbiguousDay:
        raise
    except ValueError:
        if is_estimate(text):
            raise ValueError(
                f"'{shorten(text, 40)}' is an estimate; leave the row out with `filters` in the map"
            ) from None
        raise refusal from None


def _part_of_year(part: str, year: int, calendar: FiscalCalendar) -> str:
    """Returns a part of a fiscal year: a quarter by its name, half a year and nine months by their first and last day."""
    number, kind = sorted(part.upper())
    if kind == "Q":
        return f"{year}-Q{number}"
    first, last = {"1H": (1, 2), "2H": (3, 4), "9M": (1, 3)}[number + kind]
    start, end = (read_period(f"{year}-Q{quarter}", calendar) for quarter in (first, last))
    return f"{start.start}/{end.end}"


def _month_end(year: int, month: int) -> str:
    return f"{(date(year + month // 12, month % 12 + 1, 1)) - timedelta(1)}"


def _number(cell: Any) -> int | None:
    """Returns a whole number from a number or a text of five digits; None for anything else."""
    if isinstance(cell, bool | np.bool_ | date | datetime):
        return None
    if isinstance(cell, int | np.integer):
        return int(cell)
    if isinstance(cell, float | np.floating) and cell == cell:
        return int(cell)  # the fraction of a day is a time
    return int(cell) if isinstance(cell, str) and re.fullmatch(r"\d{5}", cell.strip()) else None
