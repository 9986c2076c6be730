"""Ages of dated relations, for a day, a month, a quarter and a year, and for unknown dates."""

from datetime import date

import pytest

from screener.expression.interval import Interval
from screener.facts.builder import build
from screener.profile.claims import months_between, read_event_date
from screener.rules.rulebook import Rulebook
from tests.conftest import ReadProfile


def months_ago(book: Rulebook, read: ReadProfile, when: object, as_of: str | None = "2026-06-30") -> object:
    profile = read(id="x", as_of=as_of, events=[{"what": "outage", "date": when}])
    (event,) = [f for f in build(profile, book.catalogue, book.metrics, {}).base if f.kind == "event" and f.of == "x"]
    return event.fields["months_ago"]


@pytest.mark.parametrize(
    ("when", "least", "most"),
    [
        ("2026-06-30", 0, 0),
        ("2024-06-30", 24, 24),
        ("2024-05-30", 25, 25),
        ("2026-05", 1 - 1 / 31, 1 + 29 / 31),
        ("2026-Q1", 3 - 1 / 31, 5 + 29 / 31),
        ("2025", 6 - 1 / 31, 17 + 29 / 31),
        ("2026", 0, 5 + 29 / 31),  # the part of the year that lies before the day
    ],
)
def test_how_long_ago(book: Rulebook, read: ReadProfile, when: str, least: float, most: float) -> None:
    found = months_ago(book, read, when)
    assert isinstance(found, Interval)
    assert (found.lo, found.hi) == (pytest.approx(least), pytest.approx(most))


@pytest.mark.parametrize(("when", "as_of"), [(None, "2026-06-30"), ("2025-01-01", None)])
def test_what_is_not_known(book: Rulebook, read: ReadProfile, when: str | None, as_of: str | None) -> None:
    found = months_ago(book, read, when, as_of)
    assert found == book.catalogue.kinds["event"].fields["months_ago"].missing


def test_what_has_not_happened_is_no_event(book: Rulebook, read: ReadProfile) -> None:
    profile = read(id="x", as_of="2026-06-30", events=[{"what": "outage", "date": "2026-07-01"}])
    world = build(profile, book.catalogue, book.metrics, {"event": 1})
    assert [fact.certain for fact in world.base.of("x", "event")] == [False]


@pytest.mark.parametrize(("when", "least", "most"), [("2026-12-30", 6, 6), ("2027", 6, 18.1), ("2025-06-30", -12, -12)])
def test_how_long_until_a_plan(book: Rulebook, read: ReadProfile, when: str, least: float, most: float) -> None:
    profile = read(id="x", as_of="2026-06-30", plans=[{"what": "borrow", "date": when}])
    (plan,) = [f for f in build(profile, book.catalogue, book.metrics, {}).base if f.kind == "plan" and f.of == "x"]
    found = plan.fields["months_until"]
    assert isinstance(found, Interval)
    assert (found.lo, found.hi) == pytest.approx((least, most), abs=0.1)


def test_months_run_the_same_way_forwards_and_backwards() -> None:
    days = [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 1), date(2025, 12, 31)]
    for first in days:
        for last in days:
            assert months_between(first, last) == -months_between(last, first)
            assert (months_between(first, last) > 0) == (last > first)


@pytest.mark.parametrize("text", ["2025-13", "2025-02-30", "May 2025", "", "25-05-01", "2025-00"])
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(ValueError, match="write 2025-05-31"):
        read_event_date(text)
