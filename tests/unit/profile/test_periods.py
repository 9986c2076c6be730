"""Periods: reading them from texts, equality, and order."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

import pytest

from screener.profile.catalogue import Catalogue
from screener.profile.claims import FiscalCalendar, Period, read_date, read_period
from tests.conftest import ReadProfile, profile_of

D = date.fromisoformat


@pytest.mark.parametrize(
    ("text", "year_end", "start", "end"),
    [
        ("2025", (5, 31), "2025-01-01", "2025-12-31"),
        ("FY2025", (12, 31), "2025-01-01", "2025-12-31"),
        ("FY2025", (5, 31), "2024-06-01", "2025-05-31"),
        ("FY2024", (2, 29), "2023-03-01", "2024-02-29"),
        ("FY2025", (2, 29), "2024-03-01", "2025-02-28"),
        ("2025-Q1", (12, 31), "2025-01-01", "2025-03-31"),
        ("2025Q2", (12, 31), "2025-04-01", "2025-06-30"),
        ("2024-06-01/2025-05-31", (12, 31), "2024-06-01", "2025-05-31"),
    ],
)
def test_reads(text: str, year_end: tuple[int, int], start: str, end: str) -> None:
    assert read_period(text, FiscalCalendar(*year_end)) == Period(D(end), D(start), text)


@pytest.mark.parametrize(
    ("year_end", "named", "start", "end"),
    [
        ((2, 28), "end", "2020-02-29", "2021-02-28"),
        ((2, 28), "start", "2021-03-01", "2022-02-28"),
        ((1, 31), "start", "2021-02-01", "2022-01-31"),
        ((6, 30), "start", "2021-07-01", "2022-06-30"),
        ((12, 31), "start", "2021-01-01", "2021-12-31"),
    ],
)
def test_a_fiscal_year_is_named_by_its_start_or_its_end(
    year_end: tuple[int, int], named: Literal["start", "end"], start: str, end: str
) -> None:
    found = read_period("FY2021", FiscalCalendar(*year_end, named))
    assert found == Period(D(end), D(start), "FY2021")
    assert found.with_dates == (f"FY2021 ({start} to {end})")


def test_a_label_is_shown_with_the_days_that_it_does_not_say() -> None:
    texts = ("2021", "2021-Q3", "2021-05-31", "2020-06-01/2021-05-31")
    assert [read_period(text).with_dates for text in texts] == list(texts)
    assert [read_period(text).last_day.with_dates for text in texts] == [
        "2021 (2021-12-31)", "2021-Q3 (2021-09-30)", "2021-05-31", "2020-06-01/2021-05-31 (2021-05-31)"
    ]


def test_a_profile_says_how_its_years_are_named_else_the_settings(read: ReadProfile, catalogue: Catalogue) -> None:
    assert read(fiscal_year_end="02-28", fiscal_year_named="start").fiscal_calendar == (2, 28, "start", True)
    assert read(fiscal_year_end="02-28").fiscal_calendar == (2, 28, "end", True)
    assert read().fiscal_calendar == (12, 31, "end", False)
    by_start = replace(catalogue, fiscal_year_named="start")
    assert profile_of(by_start, fiscal_year_end="02-28").fiscal_calendar == (2, 28, "start", True)
    assert profile_of(by_start, fiscal_year_end="02-28", fiscal_year_named="end").fiscal_calendar == (2, 28, "end", True)


def test_a_day_has_no_length() -> None:
    day = read_period("2025-05-31")
    assert (day.start, day.end, day.days, day.is_year) == (None, D("2025-05-31"), 0, False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "25",
        "FY25",
        "2025-Q5",
        "2025-13-01",
        "2025-02-30",
        "2025-05-31/2024-06-01",
        "2025/2026",
        "FY 2025",
        "last year",
    ],
)
def test_refuses_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a period; write 2025, FY2025, 2025-Q3"):
        read_period(text)


def test_a_fiscal_year_of_52_or_53_weeks_is_a_year() -> None:
    def year(weeks: int) -> Period:
        return Period(D("2025-01-26"), D("2025-01-26") - timedelta(weeks=weeks) + timedelta(1), "")

    assert year(52).is_year
    assert year(53).is_year
    assert not year(49).is_year
    assert not read_period("2025-Q4").is_year


def test_the_year_before_a_year_of_53_weeks_precedes_it() -> None:
    earlier = Period(D("2024-01-28"), D("2023-01-30"), "52 weeks")
    later = Period(D("2025-02-02"), D("2024-01-29"), "53 weeks")
    assert (earlier.days, later.days) == (364, 371)
    assert earlier.precedes(later)
    assert not later.precedes(earlier)
    assert not earlier.precedes(earlier)


@pytest.mark.parametrize(
    ("one", "other", "precedes"),
    [
        ("2024", "2025", True),
        ("2023", "2025", False),
        ("2025", "2024", False),
        ("2025-Q1", "2025-Q2", True),
        ("2024-Q4", "2025-Q1", True),
        ("2024-Q2", "2025-Q2", False),
        ("2024", "2025-Q1", False),
        ("2024-12-31", "2025-12-31", True),
        ("2024-05-31", "2025-05-28", True),
        ("2025-05-31", "2025-12-31", False),
    ],
)
def test_precedes(one: str, other: str, precedes: bool) -> None:
    assert read_period(one).precedes(read_period(other)) is precedes


def test_calendars_that_differ_by_days_speak_of_the_same_time() -> None:
    assert read_period("2025").same(Period(D("2025-12-28"), D("2024-12-30"), "fiscal"))
    assert not read_period("2025").same(read_period("2025-12-31"))
    assert not read_period("2025").same(read_period("FY2025", FiscalCalendar(11, 30)))


@pytest.mark.parametrize("value", ["2026-2-6", "06.02.2026", 20260206, "2026-02-30", True])
def test_days_are_iso(value: object) -> None:
    with pytest.raises(ValueError, match="is not a day; write YYYY-MM-DD"):
        read_date(value)
