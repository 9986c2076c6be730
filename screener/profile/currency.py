"""Reads exchange rates from a profile and converts amounts with them."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from screener.expression.interval import UNBOUNDED, ZERO, Interval
from screener.profile.catalogue import Figure
from screener.profile.claims import Claim
from screener.text import Text, clean
from screener.units import CURRENCY_PATTERN

RATE = Figure.model_construct(title=Text("Exchange rate", "汇率"), unit="number", domain=(0, None))
"""An exchange rate as a figure, so that claims on it can be read and checked."""

_CURRENCY = re.compile(CURRENCY_PATTERN)
_ONE = Interval.point(1.0)
_AGREE = 0.02  # greatest relative difference between a rate and the inverse of the opposite one: both are rounded


class StatedRate(NamedTuple):
    """A claim on the exchange rate: how many units of the currency `to_currency` one unit of `from_currency` is worth."""

    from_currency: str
    to_currency: str
    claim: Claim

    @property
    def value(self) -> Interval:
        """The rate; an interval where bounds are stated."""
        found = self.claim.value_in(RATE.unit)
        return found if isinstance(found, Interval) else UNBOUNDED


class ExchangeRates:
    """The rates of one profile, each usable in both directions. Rates through a third currency are not derived."""

    def __init__(self, stated: Iterable[StatedRate] = ()) -> None:
        self._stated = {(rate.from_currency, rate.to_currency): rate for rate in stated}

    def between(self, from_currency: str | None, to_currency: str | None) -> Interval | None:
        """Returns how many units of `to_currency` one unit of `from_currency` is worth; None if that is not known."""
        if from_currency is None or to_currency is None:
            return None
        if from_currency == to_currency:
            return _ONE
        if rate := self._stated.get((from_currency, to_currency)):
            return rate.value
        inverse = self._stated.get((to_currency, from_currency))
        return None if inverse is None else _ONE / inverse.value

    def stated(self, from_currency: str | None, to_currency: str | None) -> StatedRate | None:
        """Returns the claim that states the rate between two currencies; None if there is none."""
        pair = from_currency or "", to_currency or ""
        return self._stated.get(pair) or self._stated.get(pair[::-1])

    def convert(self, amount: Interval, from_currency: str | None, to_currency: str | None) -> Interval:
        """Converts an amount to another currency; unbounded if no rate is known, except for 0."""
        if amount == ZERO:
            return amount
        rate = self.between(from_currency, to_currency)
        return UNBOUNDED if rate is None else amount if rate is _ONE else amount * rate


NO_RATES = ExchangeRates()

_Report = Callable[[list[str | int], str, str], None]
_ReadClaim = Callable[[list[str | int], Any, Figure, dict[str, Any]], Claim | None]


def read_rates(data: Any, read_claim: _ReadClaim, report: _Report) -> tuple[StatedRate, ...]:
    """Reads the exchange rates under `rates` of a profile: {JPY: {USD: 0.0067, source: KEY}} means JPY 1 = USD 0.0067.

    `read_claim` reads one rate as a claim on a figure; `report` is called with a place, the error, and what to do.
    """
    found = tuple(_rates(data, read_claim, report))
    by_pair = {(rate.from_currency, rate.to_currency): rate for rate in found}
    for rate in found:
        inverse = by_pair.get((rate.to_currency, rate.from_currency))
        if inverse and rate.from_currency < rate.to_currency:
            product = rate.value * inverse.value
            if product.lo > 1 + _AGREE or product.hi < 1 - _AGREE:
                one, other = rate.from_currency, rate.to_currency
                what = f"1 {one} in {other} and 1 {other} in {one} contradict each other"
                report(["rates", one, other], what, "keep one of the two")
    return found


def _rates(data: Any, read_claim: _ReadClaim, report: _Report) -> Iterator[StatedRate]:
    hint = "write rates: {JPY: {USD: 0.0067, source: KEY}}"
    if not isinstance(data, Mapping):
        report(["rates"], "expected a mapping of currencies", hint)
        return
    for given, row in data.items():
        if not _is_currency(given) or not isinstance(row, Mapping):
            report(["rates", given], f"'{clean(str(given))}' has no rates", hint)
            continue
        about = {key: row[key] for key in ("source", "quote", "note") if row.get(key) is not None}
        for wanted, stated in row.items():
            at: list[str | int] = ["rates", given, wanted]
            if wanted in ("source", "quote", "note"):
                continue
            if not _is_currency(wanted) or wanted == given:
                report(at, f"'{clean(str(wanted))}' is no other currency", "write three capital letters, such as USD")
            elif (claim := read_claim(at, stated, RATE, about)) is not None:
                rate = StatedRate(str(given), str(wanted), claim)
                if rate.value.lo > 0:
                    yield rate
                elif not claim.is_empty:
                    report(at, "a rate is above 0", f"state how many {wanted} one {given} is")


def _is_currency(key: object) -> bool:
    return isinstance(key, str) and _CURRENCY.match(key) is not None
