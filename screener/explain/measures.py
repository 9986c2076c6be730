"""The figures and ratios of a company that are compared with peers and with its own earlier years."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from screener.expression.interval import Interval
from screener.profile.catalogue import Catalogue, Worse
from screener.result.model import FigureSeries, PeriodValue
from screener.result.peer_records import Measure

LEAST_YEARS = 3  # number of periods from which a value is ranked among them


def measures(history: Iterable[FigureSeries], catalogue: Catalogue) -> Iterator[Measure]:
    """Returns the measures of the catalogue that are known exactly for the latest period, with their rank among earlier
    periods."""
    for series in history:
        entry = catalogue.compared.get(series.figure)
        known = list(takewhile(lambda number: number is not None, map(_exact, series.periods)))
        numbers = [number for number in known if number is not None]
        if entry is None or entry.worse is None or not numbers:
            continue
        yield Measure(
            name=series.figure,
            title=series.title,
            unit=series.unit,
            currency=series.currency,
            worse=entry.worse,
            value=numbers[0],
            period=series.periods[0].period,
            years=len(numbers),
            own_rank=_own_rank(numbers, entry.worse),
        )


def _exact(period: PeriodValue) -> float | None:
    """Returns a value that is known exactly; None for any other."""
    value = period.value
    return value.lo if isinstance(value, Interval) and value.is_point else None


def _own_rank(numbers: Sequence[float], worse: Worse) -> int | None:
    """Returns the rank of the first value among all of them, 1 for the worst."""
    if len(numbers) < LEAST_YEARS:
        return None
    latest = numbers[0]
    return 1 + sum(other < latest if worse == "low" else other > latest for other in numbers)
