"""Orders tables with a row for each company and period: the rows of each company by time."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from screener.profile.claims import FiscalCalendar, Period, read_period


class Panel(NamedTuple):
    """The valid rows of all companies and periods; `frame`, `meta` and `raw` are as in a CompanyTable.

    `previous` has for each row the position of the company's row for the time before, -1 if there is none.
    """

    frame: Any
    meta: Any
    raw: Any
    previous: Any
    latest: Any  # positions of the last row of each company, in the order of their first rows

    def earlier(self, place: int) -> list[int]:
        """Returns the positions of the company's earlier rows, the latest first."""
        found = []
        while (place := int(self.previous[place])) >= 0:
            found.append(place)
        return found


class PanelOrder(NamedTuple):
    """Positions of rows: `previous` and `latest` as in a Panel; `repeated` pairs rows of the same id and time."""

    previous: Any
    latest: Any
    repeated: Sequence[tuple[int, int]]


def panel_order(ids: Sequence[str | None], periods: Sequence[str | None], calendar: FiscalCalendar) -> PanelOrder:
    """Orders the rows of each id by time; rows without a period, or with the same time as another, are in `repeated`."""
    groups: dict[str, list[int]] = {}
    for place, own in enumerate(ids):
        if own is not None:
            groups.setdefault(own, []).append(place)
    previous = np.full(len(ids), -1, np.int64)
    latest, repeated = [], []
    times = {period: read_period(period, calendar) for period in set(periods) if period is not None}
    for places in groups.values():
        if len(places) == 1:
            latest.append(places[0])
            continue
        kept: list[tuple[Period, int]] = []
        for place in places:
            period = periods[place]
            time = times[period] if period is not None else None
            twin = next((p for t, p in kept if time is None or time.same(t)), None)
            if twin is not None or time is None:
                repeated.append((place, places[0] if twin is None else twin))
            else:
                kept.append((time, place))
        if not kept:  # no row has a period: the first one is used
            repeated.remove((places[0], places[0]))
        order = [place for _, place in sorted(kept, key=lambda k: (k[0].end, k[0].days, k[1]))] or places[:1]
        previous[order[1:]] = order[:-1]
        latest.append(order[-1])
    return PanelOrder(previous, np.array(latest, np.int64), repeated)
