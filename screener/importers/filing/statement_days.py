"""Computes the dates of the years in a statement's columns."""

from datetime import date, timedelta


def first_day_of_year(end: date) -> date:
    """Returns the first day of the year that ends on a day."""
    following = end + timedelta(1)
    if (following.month, following.day) == (2, 29):
        following = following.replace(day=28)
    return following.replace(year=following.year - 1)


def day_of_column(year: int, end: date, stated: dict[int, date]) -> date | None:
    """Returns the last day of a column's year: as a title states it, else the matching month end; None if neither exists."""
    if year == end.year:
        return end
    if year in stated and abs((stated[year] - end).days - 365 * (year - end.year)) < 20:
        return stated[year]
    following = end + timedelta(1)
    if following.day != 1:
        return None
    return following.replace(year=following.year + year - end.year) - timedelta(1)
