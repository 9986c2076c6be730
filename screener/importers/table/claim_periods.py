"""Determines the period of each figure in a row: a day may end a year, and `prior` means one period earlier."""

from datetime import date, timedelta
from functools import lru_cache

from screener.importers.table.column_map import TableColumn
from screener.profile.claims import FiscalCalendar, Period, read_period
from screener.text import whole_number

ON_A_DAY = ("instant", "market")
"""Values of a figure's `over` for figures at a date; all others cover a span of time."""


def claim_period(column: TableColumn, row: str | None, calendar: FiscalCalendar) -> str | None:
    """Returns the period of a column's claim on a row with the period `row`, as a profile writes it; None if unknown.

    For figures over a year a day means the year that ends on it. `prior: true` means the period of the same length before.
    """
    period = column.period or row
    if period is None:
        return None
    if column.prior:
        period = period_before(period, calendar)
    return period if column.over in ON_A_DAY else stretch(period, calendar)


def period_of_claim(column: TableColumn, row: str | None, calendar: FiscalCalendar) -> Period | None:
    """Returns the same as a period for reconciliation: for figures at a date its last day. None if unknown."""
    period = claim_period(column, row, calendar)
    if period is None:
        return None
    found = read_period(period, calendar)
    return found.last_day if column.over in ON_A_DAY else found


def counts(column: TableColumn, period: Period | None) -> bool:
    """Whether a claim with this period is used: figures over a year need a whole year."""
    return column.over != "year" or period is None or period.is_year


@lru_cache(maxsize=8192)
def stretch(period: str, calendar: FiscalCalendar) -> str:
    """Returns a day as the year that ends on it; any other period unchanged."""
    found = read_period(period, calendar)
    return period if found.start is not None else f"{_year_before(found.end) + timedelta(1)}/{found.end}"


@lru_cache(maxsize=8192)
def period_before(period: str, calendar: FiscalCalendar) -> str:
    """Returns the period of the same length before; for a day the day a year earlier."""
    for prefix in ("FY", ""):
        if period.startswith(prefix) and (year := whole_number(period[len(prefix) :])) is not None:
            return f"{prefix}{year - 1}"
    found = read_period(period, calendar)
    if found.start is None:
        return f"{_year_before(found.end)}"
    end = found.start - timedelta(1)
    return f"{_year_before(found.start) if found.is_year else end - timedelta(found.days - 1)}/{end}"


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)
