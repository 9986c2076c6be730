"""Tables with a row for each company and period: which rows are of one company, in the order of time."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from screener.profile.claims import FiscalCalendar, Period, read_period


class Panel(NamedTuple):
    """The good rows of all companies and periods; `frame`, `meta` and `raw` as those of a CompanyTable.

    `previous` has for each row the place of the company's row of the time before, -1 where there is none.
    """

    frame: Any
    meta: Any
    raw: Any
    previous: Any
    latest: Any  # places of the last row of each company, in the order of their first rows

    def earlier(self, place: int) -> list[int]:
        """The places of the company's earlier rows, the latest first."""
        found = []
        while (place := int(self.previous[place])) >= 0:
            found.append(place)
        return found


class PanelOrder(NamedTuple):
    """Places of rows: `previous` and `latest` as of a Panel; `repeated` names a row and the row of the same id and time."""

    previous: Any
    latest: Any
    repeated: Sequence[tuple[int, int]]


def panel_order(ids: Sequence[str | None], periods: Sequence[str | None], calendar: FiscalCalendar) -> PanelOrder:
    """The order in time of the rows of each id; rows of no readable period, or of the time of another, are repeated."""
    groups: dict[str, list[int]] = {}
    for place, own in enumerate(ids):
        if own is not None:
            groups.setdefault(own, []).append(place)
    previous = np.full(len(ids), -1, np.int64)
    latest, repeated = [], []
    times = {said: read_period(said, calendar) for said in set(periods) if said is not None}
    for places in groups.values():
        if len(places) == 1:
            latest.append(places[0])
            continue
        kept: list[tuple[Period, int]] = []
        for place in places:
            said = periods[place]
            time = times[said] if said is not None else None
            twin = next((p for t, p in kept if time is None or time.same(t)), None)
            if twin is not None or time is None:
                repeated.append((place, places[0] if twin is None else twin))
            else:
                kept.append((time, place))
        if not kept:  # none of them has a period: the first stands for all
            repeated.remove((places[0], places[0]))
        order = [place for _, place in sorted(kept, key=lambda k: (k[0].end, k[0].days, k[1]))] or places[:1]
        previous[order[1:]] = order[:-1]
        latest.append(order[-1])
    return PanelOrder(previous, np.array(latest, np.int64), repeated)
