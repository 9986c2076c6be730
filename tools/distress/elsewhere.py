"""Other populations, in which the thresholds of a scorecard must point in the same direction."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from tools.distress.data import Ratio
from tools.distress.fit import beyond, speaks_of_failure
from tools.distress.us_data import firm_year_columns, formula_value, read_table

LEAST, COVERAGE = 20, 0.5
"""As in tools/measure_evidence.py: least number of firms on each side of a threshold, and least share that states the ratio."""


class OtherFirms(NamedTuple):
    """The ratios by name, and whether each firm failed, for one table and unit of observation."""

    values: pd.DataFrame
    failed: npt.NDArray[np.bool_]


def read_elsewhere(paths: Sequence[str], ratios: Sequence[Ratio]) -> list[OtherFirms]:
    """Reads tables of US firm-years as ratios, once for all years and once for last years only."""
    found = []
    for path in paths:
        table = read_table(path)
        columns = firm_year_columns(table)
        values = pd.DataFrame({r.name: formula_value(str(r.words["us"]), columns) for r in ratios if "us" in r.words})
        values = values.replace([np.inf, -np.inf], np.nan)
        failed = table["failed_next_year"].to_numpy() == 1
        last = ~table["company"].duplicated(keep="last").to_numpy()
        found += [OtherFirms(values, failed), OtherFirms(values[last], failed[last])]
    return found


def right_way(others: Sequence[OtherFirms]) -> Callable[[Ratio, float], bool]:
    """Returns whether firms beyond a threshold fail more often than the average wherever that can be measured."""

    def holds(ratio: Ratio, threshold: float) -> bool:
        for other in others:
            if ratio.name not in other.values:
                continue
            value = other.values[ratio.name].to_numpy()
            known, hit = ~np.isnan(value), beyond(value, threshold, ratio.sign)
            measured = known.mean() >= COVERAGE and min(hit.sum(), (known & ~hit).sum()) >= LEAST
            if measured and not speaks_of_failure(hit, known, other.failed):
                return False
        return True

    return holds
