"""Tables with a row for each firm and year: finds the rows of each firm and their order."""

from datetime import date
from enum import Enum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from screener.importers.table.company_table import CompanyTable
from screener.profile.claims import Period, read_period

Places = npt.NDArray[np.int64]


class Unit(str, Enum):
    """The unit that is measured: each firm once, in its last year, or each of its years."""

    FIRM = "firm"
    FIRM_YEAR = "firm-year"


class FirmYears(NamedTuple):
    """The rows of a table by firm. Places are row numbers from 0; -1 means none."""

    firms: npt.NDArray[np.int64]  # a number for each firm, by row
    before: Places  # the row of the previous period
    last: npt.NDArray[np.bool_]  # whether it is the firm's last row
    years_left: npt.NDArray[np.int64]  # the number of later rows of the firm

    @property
    def several(self) -> bool:
        """Returns whether any firm has more than one row."""
        return not bool(self.last.all())


def firm_years(table: CompanyTable) -> FirmYears:
    """Returns the rows of each firm in the order of their periods."""
    count = len(table)
    firms, before = np.zeros(count, np.int64), np.full(count, -1, np.int64)
    years_left = np.zeros(count, np.int64)
    groups: dict[str, list[tuple[Period | None, int]]] = {}
    calendar = table.map.calendar
    for place, (own, period_text) in enumerate(zip(table.meta["id"], table.meta["period"], strict=True)):
        groups.setdefault(own, []).append((read_period(period_text, calendar) if period_text else None, place))
    for number, rows in enumerate(groups.values()):
        rows.sort(key=lambda row: (row[0].end if row[0] else date.min, row[1]))
        for i, (period, place) in enumerate(rows):
            firms[place], years_left[place] = number, len(rows) - 1 - i
            earlier = [p for other, p in rows[:i] if period and other and other.precedes(period)]
            before[place] = earlier[-1] if earlier else -1
    return FirmYears(firms, before, years_left == 0, years_left)
