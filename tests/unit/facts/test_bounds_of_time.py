"""Which figures are of one time, and which link of a loop is the weakest: each limit is tested on both sides."""

from datetime import date, timedelta
from typing import Any

import pytest

from screener.expression.interval import INF, Interval
from screener.facts.alignment import LATEST, align
from screener.facts.fact import Fact
from screener.facts.loops import Loop
from screener.profile.claims import Claim, Period, read_period
from screener.profile.reconcile import RankedClaim, ReconciledFigure
from screener.rules.rulebook import Rulebook
from screener.vocabulary import ClaimKind


def claim(value: Any, period: str | Period | None = None, kind: ClaimKind = ClaimKind.FILED) -> RankedClaim:
    when = read_period(period) if isinstance(period, str) else period
    return RankedClaim(Claim(value=1), Interval.point(value) if isinstance(value, float) else value, when, kind)


def span(end: date, days: int | None) -> Period:
    """Returns a year, or this many days, ending on a day; without days the day itself."""
    return Period(end=end, start=None if days is None else end - timedelta(days - 1), label=f"to {end}")


def years(*ends: date) -> ReconciledFigure:
    claims = [claim(float(end.toordinal()), span(end, 365)) for end in ends]
    return ReconciledFigure(claims[0], None, tuple(claims[1:]))


def days(*ends: date) -> ReconciledFigure:
    claims = [claim(float(end.toordinal()), span(end, None)) for end in ends]
    return ReconciledFigure(claims[0], None, tuple(claims[1:]))


END = date(2025, 12, 31)


def before(count: int) -> date:
    return END - timedelta(count)


@pytest.mark.parametrize(
    ("figures", "lacking"),
    [
        ({"revenue": years(END), "total_costs": years(before(31))}, set()),  # years that end within a month of each other
        ({"revenue": years(END), "total_costs": years(before(32))}, {"total_costs"}),
        ({"cash": days(END), "total_debt": days(before(184))}, set()),  # balance sheets of one half-year
        ({"cash": days(END), "total_debt": days(before(185))}, {"total_debt"}),
        ({"revenue": years(END), "cash": days(before(364))}, set()),  # the first day of the year
        ({"revenue": years(END), "cash": days(before(365))}, {"cash"}),
        ({"cash": days(END), "revenue": years(before(548))}, set()),  # eighteen months after the year
        ({"cash": days(END), "revenue": years(before(549))}, {"revenue"}),
        ({"market_value": days(END), "cash": days(before(548))}, set()),  # a price, eighteen months after the accounts
        ({"market_value": days(END), "cash": days(before(549))}, {"cash"}),
        ({"market_value": days(before(184)), "cash": days(END)}, set()),  # or half a year before them
        ({"market_value": days(before(364)), "revenue": years(END)}, set()),
    ],
)
def test_which_figures_are_of_one_time(book: Rulebook, figures: dict[str, ReconciledFigure], lacking: set[str]) -> None:
    found = align(figures, book.catalogue)
    assert {name for name, claim in found.claims.items() if claim is None} == lacking
    assert (found.apart is not None) is bool(lacking)
    assert (found is LATEST) is (not lacking)


@pytest.mark.parametrize(
    ("figures", "chosen"),
    [
        ({"revenue": years(END, before(365)), "total_costs": years(before(365))}, {"revenue": before(365)}),
        ({"revenue": years(END, before(548)), "total_costs": years(before(548))}, {"revenue": before(548)}),
        ({"cash": days(END, before(365)), "total_debt": days(before(365))}, {"cash": before(365)}),
        ({"market_value": days(END), "cash": days(END)}, {}),
        ({"market_value": days(END, before(900)), "cash": days(before(900))}, {"market_value": before(900)}),
    ],
)
def test_which_claims_of_another_time_are_taken(book: Rulebook, figures: dict[str, ReconciledFigure], chosen: dict[str, date]) -> None:
    found = align(figures, book.catalogue)
    assert found.apart is None
    assert {name: used.period.end for name, used in found.claims.items()} == chosen  # type: ignore[union-attr]


def test_a_figure_without_a_period_fits_any_time(book: Rulebook) -> None:
    undated = ReconciledFigure(claim(1.0), None, (claim(2.0, span(before(999), 365)),))
    assert align({"revenue": years(END), "total_costs": undated}, book.catalogue) is LATEST



def flow(amount: Any, binding: bool | None, what: str | None = "invests") -> Fact:
    return Fact("f", "flow", "a", {"amount": amount, "binding": binding, "what": what}, {"from": "a", "to": "b"})


@pytest.mark.parametrize(
    ("flows", "weakest"),
    [
        ([flow(Interval.point(5.0), True), flow(Interval.point(5.0), True)], 0),  # of equal ones, the first
        ([flow(Interval.point(5.0), None), flow(Interval.point(9.0), False)], 1),  # the only one that is known to be non-binding
        ([flow(None, True), flow(Interval(3.0, INF), True)], 0),
        ([flow(Interval.point(1.0), True), flow(Interval(3.0, INF), True)], 1),
        ([flow(Interval.point(5.0), True), flow(Interval(2.0, 9.0), True)], 1),
        ([flow(None, False), flow(Interval.point(1.0), False)], 0),
    ],
)
def test_the_link_that_breaks_first(flows: list[Fact], weakest: int) -> None:
    assert Loop(("a", "b"), tuple(flows)).weakest == weakest


@pytest.mark.parametrize(
    ("flows", "financing"),
    [
        ([flow(None, True)], (0.0, INF)), ([flow(Interval(-5.0, 3.0), True)], (0.0, 3.0)),
        ([flow(Interval(2.0, 3.0), True, None)], (0.0, 3.0)), ([flow(Interval(2.0, 3.0), True, "lends")], (2.0, 3.0)),
        ([flow(Interval(2.0, 3.0), True, "buys"), flow(Interval(1.0, 1.5), True)], (1.0, 1.5)),
    ],
)
def test_what_a_loop_invests_or_lends(flows: list[Fact], financing: tuple[float, float]) -> None:
    assert Loop(("a",), tuple(flows)).financing == Interval(*financing)
