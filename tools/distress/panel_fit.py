"""A scorecard from firm-years: steps of ratios with points that are never negative, chosen on later years.

As `fit`, with three differences: recent years count more; a step must fail more often than the average, in firm-years and in
last years, on the years it is fitted on and on those it is chosen on; and weights are points, whole numbers.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from distress.data import Floats
from distress.fit import How, beyond, chosen, human
from distress.us_data import FirmYears, PanelRatio

LEVELS = (0.01, 0.03, 0.06, 0.10, 0.15, 0.20, 0.30, 0.40, 0.50, 0.60, 0.70)  # shares of firm-years beyond a threshold
WIDEST = 0.72
LEAST = 80  # firm-years beyond a threshold
FADING = 5.0  # years by which the weight of a firm-year falls to 1/e
POINTS = 15  # for an increase of the log odds by 1
BANDS = {"avoid": 0.05, "caution": 0.15, "open": 0.60}  # the share of surviving firm-years with as many points
PANEL_FIT = How(most=37, lasso=1.0, ridge=1.0)


@dataclass(frozen=True)
class PointStep:
    """A rule: the ratio is worse than the threshold; the points it adds to those of the milder steps of its ratio."""

    ratio: PanelRatio
    threshold: float
    points: int


@dataclass(frozen=True)
class Scorecard:
    """Steps in the order of ratios and severity, and the points from which the bands of the verdict begin."""

    steps: tuple[PointStep, ...]
    bands: dict[str, int]

    def points(self, values: pd.DataFrame) -> Floats:
        """The points of each row; an unknown ratio adds none."""
        found = np.zeros(len(values))
        for step in self.steps:
            found += step.points * fired(step, values)
        return found


def fired(step: PointStep, values: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Where a step is taken."""
    return beyond(values[step.ratio.name].to_numpy(), step.threshold, step.ratio.sign)


def derive_scorecard(train: FirmYears, later: FirmYears, ratios: list[PanelRatio]) -> Scorecard:
    """The scorecard of `train`; steps that fail less often than the average on `later` are dropped and the rest fitted anew."""
    cuts = [
        (ratio, threshold)
        for ratio in ratios
        for threshold in _thresholds(train.values[ratio.name].to_numpy(), ratio.sign)
        if _speaks_of_failure(ratio, threshold, train)
    ]
    weights = np.exp((train.years - train.years.max()) / FADING)
    while True:
        taken = np.column_stack([beyond(train.values[r.name].to_numpy(), t, r.sign) for r, t in cuts]).astype(float)
        left, rises = chosen(taken, train.failed.astype(float), PANEL_FIT, weights)
        kept = [cuts[i] for i in left]
        wrong = {cut for cut in kept if not _speaks_of_failure(*cut, later)}
        if not wrong:
            break
        cuts = [cut for cut in cuts if cut not in wrong]
    steps = [PointStep(r, t, round(POINTS * rise)) for (r, t), rise in zip(kept, rises, strict=True)]
    card = Scorecard(tuple(step for step in steps if step.points), {})
    points = card.points(train.values)[~train.failed]
    bands = {band: int(np.ceil(np.quantile(points, 1 - share))) for band, share in BANDS.items()}
    return Scorecard(card.steps, bands)


def _thresholds(values: Floats, sign: int) -> list[float]:
    """Candidate thresholds, mildest first: rounded quantiles of the worse side of all rows."""
    known = values[~np.isnan(values)] * sign
    rounded = sorted({human(float(np.quantile(known, 1 - level))) for level in LEVELS})
    return [sign * t for t in rounded if LEAST <= (known > t).sum() <= WIDEST * len(values)]


def _speaks_of_failure(ratio: PanelRatio, threshold: float, data: FirmYears) -> bool:
    """Whether rows beyond the threshold fail more often than all, of all years and of last years."""
    hit = beyond(data.values[ratio.name].to_numpy(), threshold, ratio.sign)
    for rows in (np.ones(len(hit), np.bool_), data.last):
        if not (hit & rows).any() or data.failed[hit & rows].mean() < data.failed[rows].mean():
            return False
    return True
