"""Selects claims of the same period for all inputs of a formula, so that a ratio does not mix years."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from screener.profile.catalogue import Catalogue
from screener.profile.claims import Period
from screener.profile.reconcile import FURTHEST, RankedClaim, ReconciledFigure

SAME_YEAR = timedelta(31)  # ends of fiscal years that differ by up to a month count as the same year
SAME_BALANCE = timedelta(184)  # balance sheets up to half a year apart may be combined


class Alignment(NamedTuple):
    """The claims that a formula uses instead of the latest ones; None for a figure without a claim of the common period.

    `apart` names two inputs, the latest and the earliest, where no period has a claim of every input.
    """

    claims: Mapping[str, RankedClaim | None]
    apart: tuple[tuple[str, Period], tuple[str, Period]] | None = None


LATEST = Alignment({})
"""The alignment in which every figure keeps the claim that is used when it is read by itself."""


def align(figures: Mapping[str, ReconciledFigure], catalogue: Catalogue) -> Alignment:
    """Returns the latest claims of figures that belong to the same period; claims without a period fit any.

    Periods of a year must end within a month of each other. Balance sheets must lie within half a year of each other, and
    between the start of that year and eighteen months after its end; prices (`over: market`) up to eighteen months after the
    accounts. No claim is used that is more than eighteen months older than the latest figure.
    """
    dated = {name: found for name, figure in figures.items() if (found := _dated(figure))}
    prices = {name: claims for name, claims in dated.items() if catalogue.is_price(name)}
    years = {n: c for n, c in dated.items() if n not in prices and c[0][0].start is not None}
    days = {name: claims for name, claims in dated.items() if name not in prices and name not in years}
    if not years and not days:
        return LATEST
    latest = max(claims[0][0].end for claims in (*years.values(), *days.values()))
    for year, of_years in _of_one_year(years, _shifted(latest, -FURTHEST)):
        for day, of_days in _of_one_balance(days, year, _shifted(latest, -FURTHEST)):
            accounts = year or day
            of_prices = _each(
                prices, accounts.start or _shifted(accounts.end, -SAME_BALANCE), _shifted(day.end, FURTHEST)
            )
            if of_prices is not None:
                aligned = {**of_years, **of_days, **of_prices}
                other = {name: claim for name, claim in aligned.items() if claim is not figures[name].chosen}
                return Alignment(other) if other else LATEST
    return _apart({name: claims[0][0] for name, claims in dated.items()}, frozenset(prices))


def _apart(periods: Mapping[str, Period], prices: frozenset[str]) -> Alignment:
    """Keeps the latest figures that share a period and marks the others as missing."""
    order = sorted(periods, key=lambda name: (periods[name].end, name), reverse=True)
    kept: list[str] = []
    lacking: list[str] = []
    for name in order:
        fits = (_is_one_time(periods[later], periods[name], bool({name, later} & prices)) for later in kept)
        (kept if all(fits) else lacking).append(name)
    if not lacking:
        return LATEST
    return Alignment(dict.fromkeys(lacking), ((kept[0], periods[kept[0]]), (lacking[-1], periods[lacking[-1]])))


def _shifted(day: date, by: timedelta) -> date:
    """Adds a time span to a day; limits the result to the first and last day that Python can represent."""
    try:
        return day + by
    except OverflowError:
        return date.max if by > timedelta() else date.min


def _is_one_time(later: Period, earlier: Period, price: bool) -> bool:
    if later.start and not earlier.start and not price:
        return earlier.end >= later.start
    furthest = FURTHEST if price or earlier.start else SAME_BALANCE
    return later.end - earlier.end <= (SAME_YEAR if later.start and earlier.start else furthest)


_Dated = Sequence[tuple[Period, RankedClaim]]


def _dated(figure: ReconciledFigure) -> _Dated:
    """Returns the claims of a figure that have a period, the latest first; none if the claim in use has no period."""
    if figure.chosen.period is None:
        return ()
    return [(claim.period, claim) for claim in figure.ranked() if claim.period is not None]


def _ends(figures: Mapping[str, _Dated], since: date) -> list[Period]:
    """Returns the periods of all claims that end on or after a day, one for each end, the latest first."""
    periods = {period.end: period for claims in figures.values() for period, _ in claims if period.end >= since}
    return [periods[end] for end in sorted(periods, reverse=True)]


def _of_one_year(figures: Mapping[str, _Dated], since: date) -> Iterator[tuple[Period | None, dict[str, RankedClaim]]]:
    """Yields each year in which all figures have a claim, with these claims; the latest first."""
    if not figures:
        yield None, {}
    for year in _ends(figures, since):
        if (found := _each(figures, _shifted(year.end, -SAME_YEAR), year.end)) is not None:
            yield year, found


def _of_one_balance(
    figures: Mapping[str, _Dated], year: Period | None, since: date
) -> Iterator[tuple[Period, dict[str, RankedClaim]]]:
    """Yields each day before which all figures have a claim within half a year, with these claims; the latest first."""
    if not figures and year is not None:
        yield year, {}
    for day in _ends(figures, max(since, year.start) if year and year.start else since):
        if year is None or day.end <= _shifted(year.end, FURTHEST):
            earliest = _shifted(day.end, -SAME_BALANCE)
            earliest = max(earliest, year.start) if year and year.start else earliest
            if (found := _each(figures, earliest, day.end)) is not None:
                yield day, found


def _each(figures: Mapping[str, _Dated], since: date, until: date) -> dict[str, RankedClaim] | None:
    """Returns the latest claim of each figure that ends between two days; None if a figure has no such claim."""
    found = {}
    for name, claims in figures.items():
        claim = next((claim for period, claim in claims if since <= period.end <= until), None)
        if claim is None:
            return None
        found[name] = claim
    return found
