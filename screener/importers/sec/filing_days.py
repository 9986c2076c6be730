"""Reads the days that filings state."""

from datetime import date

FIRST_YEAR, LAST_YEAR = (
    1900,
    2199,
)  # of a day in a filing; others are errors, and days before or after them may not exist


def filing_day(text: str) -> date:
    """Returns the day in a text such as 2025-01-26. Raises ValueError if there is none, or outside the years of filings."""
    day = date.fromisoformat(text)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(text)
    return day
