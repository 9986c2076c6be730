"""Defines sources, periods and claims."""

import re
from dataclasses import dataclass
from datetime import date as Day
from datetime import timedelta
from functools import lru_cache
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BeforeValidator, Field, model_validator

from screener import limits
from screener.expression.interval import INF, Interval
from screener.expression.interval_ops import NoneOf
from screener.profile.catalogue import Bilingual, read_bilingual
from screener.profile.strict_model import ListOf, Strict
from screener.text import Text
from screener.units import NUMERIC
from screener.vocabulary import ClaimKind

SourceKind = Literal[ClaimKind.FILED, ClaimKind.REPORTED, ClaimKind.ESTIMATE, ClaimKind.ILLUSTRATIVE]
ASSUMED = ClaimKind.ASSUMED.value  # the source key of assumed values
OF_ALL_FIELDS = ("source", "quote", "note", "period")  # on a relation: apply to the claims on all of its fields


def read_date(value: Any) -> Any:
    """Reads a day from YYYY-MM-DD; None stays None. Raises ValueError for anything else."""
    if value is None or isinstance(value, Day):
        return value
    try:
        return Day.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else int("")
    except ValueError:
        raise ValueError(f"'{value}' is not a day; write YYYY-MM-DD") from None


IsoDay = Annotated[Day, BeforeValidator(read_date), Field(strict=False)]
"""A day in a document."""


class Source(Strict):
    """The source of claims: a document with its kind and date."""

    title: Bilingual
    kind: SourceKind
    publisher: str | None = None
    date: IsoDay | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A period from `start` to `end`, both included, or a single day (`start` is None)."""

    end: Day
    start: Day | None
    label: str

    @property
    def days(self) -> int:
        """Its length in days; 0 for a single day."""
        return (self.end - self.start).days + 1 if self.start else 0

    @property
    def is_year(self) -> bool:
        """Whether it lasts about a year (52 or 53 weeks count)."""
        return 350 <= self.days <= 380

    @property
    def last_day(self) -> "Period":
        """Its last day as a period, with the same label."""
        return Period(self.end, None, self.label)

    @property
    def with_dates(self) -> str:
        """Its label, with the first and last day if the label does not state them."""
        if self.start is None:
            return self.label if self.label == f"{self.end}" else f"{self.label} ({self.end})"
        return f"{self.label} ({self.start} to {self.end})" if self.label.startswith("FY") else self.label

    def same(self, other: "Period") -> bool:
        """Whether both cover the same time (fiscal calendars may differ by days)."""
        return abs((self.end - other.end).days) <= 7 and abs(self.days - other.days) <= 14

    def precedes(self, later: "Period") -> bool:
        """Whether it is the period of the same length just before `later`; for a single day, the day a year before."""
        gap = (later.end - self.end).days
        return abs(self.days - later.days) <= 14 and abs(gap - (later.days or 365)) <= 14


class FiscalCalendar(NamedTuple):
    """The month and day on which fiscal years end, and whether they are named by the calendar year of their start or end.

    `stated`: whether the profile states this; otherwise fiscal years are assumed to be calendar years.
    """

    month: int = 12
    day: int = 31
    named: Literal["start", "end"] = "end"
    stated: bool = True

    def year(self, year: int) -> tuple[Day, Day]:
        """Returns the first and last day of a fiscal year.

        With a year end on 31 January, FY2021 ends in January 2021, or starts in 2021 if years are named by their start.
        """
        last = _day(year, self.month, self.day)
        first = _day(year - 1, self.month, self.day) + timedelta(1)
        if self.named == "start" and first.year < year:
            return last + timedelta(1), _day(year + 1, self.month, self.day)
        return first, last


_CALENDAR_YEARS = FiscalCalendar()
_YEAR = re.compile(r"(?P<fiscal>FY)?(?P<year>\d{4})\Z")
_QUARTER = re.compile(r"(?P<year>\d{4})-?Q(?P<quarter>[1-4])\Z")


@lru_cache(maxsize=8192)
def read_period(text: str, calendar: FiscalCalendar = _CALENDAR_YEARS) -> Period:
    """Reads a period from a text: 2025, FY2025 (by the company's `calendar`), 2025-Q3, a day, or DAY/DAY.

    Raises ValueError with what to write instead.
    """
    try:
        if found := _YEAR.match(text):
            start, end = (calendar if found["fiscal"] else _CALENDAR_YEARS).year(int(found["year"]))
            return Period(end, start, text)
        if found := _QUARTER.match(text):
            year, month = int(found["year"]), int(found["quarter"]) * 3
            return Period(_day(year, month, 31), Day(year, month - 2, 1), text)
        if "/" in text:
            start, end = (Day.fromisoformat(part) for part in text.split("/"))
            if start < end:
                return Period(end, start, text)
        elif len(text) == 10:
            return Period(Day.fromisoformat(text), None, text)
    except ValueError:
        pass
    raise ValueError(f"'{text}' is not a period; write 2025, FY2025, 2025-Q3, 2025-05-31 or 2024-06-01/2025-05-31")


def may_have_ended(text: str, calendar: FiscalCalendar, day: Day) -> bool:
    """Whether the period that a text names may have ended by a day.

    If the profile does not state the end of fiscal years, a fiscal year may have ended as soon as its calendar year has
    begun: companies name fiscal years that end in January, June or September by that calendar year.
    """
    if read_period(text, calendar).end <= day:
        return True
    return text.startswith("FY") and not calendar.stated and int(text[2:]) <= day.year


_MONTH = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})\Z")


def read_event_date(text: str) -> Period:
    """Reads the date of an event as a period: a day, a month (2025-05), a quarter or a year.

    Raises ValueError with what to write instead.
    """
    try:
        if found := _MONTH.match(text):
            year, month = int(found["year"]), int(found["month"])
            return Period(_day(year, month, 31), Day(year, month, 1), text)
        return read_period(text)
    except ValueError:
        raise ValueError(f"'{text}' is not a date; write 2025-05-31, 2025-05, 2025-Q2 or 2025") from None


def months_between(earlier: Day, later: Day) -> float:
    """Returns the months from one day to another, with days as fractions of 31; negative if `later` comes first."""
    return (later.year - earlier.year) * 12 + (later.month - earlier.month) + (later.day - earlier.day) / 31


def _day(year: int, month: int, day: int) -> Day:
    """Returns the day, or the last day of the month if the month is shorter."""
    for last in (day, 30, 29, 28):
        try:
            return Day(year, month, min(day, last))
        except ValueError:
            continue
    raise ValueError


def _read_passage(value: Any) -> Any:
    return value if value is None or isinstance(value, str) else read_bilingual(value)


Passage = Annotated[str | Text | None, BeforeValidator(_read_passage)]
"""A quote or a note: in the language of the source, or in two languages."""


class Claim(Strict):
    """What one source says: a value, or a lower and/or upper bound; of a word also which words it is not (`none_of`).

    A quote or note with a translation is a Text.
    """

    value: bool | float | str | None = None
    low: float | None = None
    high: float | None = None
    none_of: ListOf[str] | None = None
    period: str | None = None
    source: str | None = None
    quote: Passage = None
    note: Passage = None

    @model_validator(mode="after")
    def _one_form(self) -> "Claim":
        value, low, high = self.value, self.low, self.high
        has_bound = low is not None or high is not None
        if self.none_of is not None and (has_bound or value is not None):
            raise ValueError("has both `none_of` and a value or bound; give one of them")
        if value is not None and has_bound:
            raise ValueError("has both `value` and a bound; give `value`, or `low` and/or `high`")
        if low is not None and high is not None and low > high:
            raise ValueError(f"low {low:g} is above high {high:g}; swap them")
        for number in (low, high) if has_bound else (value,):
            if isinstance(number, float | int) and not abs(number) <= limits.NUMBER:
                raise ValueError(
                    f"the number is larger than {limits.NUMBER:g}; write plain units, not thousands or cents"
                )
        return self

    @property
    def is_empty(self) -> bool:
        """Whether the claim states no value."""
        return self.value is None and self.low is None and self.high is None and not self.none_of

    @property
    def excluded(self) -> NoneOf | None:
        """The words that the claim excludes; None if it excludes none."""
        return NoneOf(frozenset(self.none_of)) if self.none_of else None

    def value_in(self, unit: str) -> Interval | str | bool | None:
        """Returns the value in a unit: an interval for a number, otherwise a word or truth value; None without a value."""
        value, low, high = self.value, self.low, self.high
        if unit not in NUMERIC:
            return value if isinstance(value, bool | str) else None
        if isinstance(value, float | int):
            return Interval.point(float(value))
        if value is None and low is None and high is None:
            return None
        return Interval(-INF if low is None else float(low), INF if high is None else float(high))

    def mismatch(self, unit: str, words: tuple[str, ...], bounds: Interval) -> str | None:
        """Says why the claim does not fit this unit; None if it fits."""
        if self.is_empty:
            return None
        is_truth, is_text = isinstance(self.value, bool), isinstance(self.value, str)
        if self.none_of is not None:
            wrong = next((word for word in self.none_of if word not in words), None)
            return (
                None if wrong is None else f"'{wrong}' is not one of: {', '.join(words)}" if words else "is not a word"
            )
        if unit in NUMERIC:
            if is_truth or is_text:
                return f"expected a number ({unit}), got {self.value!r}"
            value = self.value_in(unit)
            if isinstance(value, Interval) and (value.hi < bounds.lo or value.lo > bounds.hi):
                low, high = bounds.finite()
                limits = f"at least {low:g}" if high is None else f"between {low or 0:g} and {high:g}"
                return f"{value.lo if value.is_point else (self.low, self.high)} is outside its domain ({limits})"
            return None
        if unit == "truth":
            return None if is_truth else f"expected true or false, got {self.value!r}"
        if not is_text:
            return f"expected a text, got {self.value if self.value is not None else 'a bound'!r}"
        if words and self.value not in words:
            return f"'{self.value}' is not one of: {', '.join(words)}"
        return None
