"""Fits a scorecard on firm-years: steps of ratios with points of at least 0, selected on later years.

It works as `fit`, with three differences: recent years count more; the companies to which a step applies must fail more often than
the average, in all firm-years and in last years, both in the years of the fit and in those of the selection; and weights are whole
points.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from tools.distress.data import Floats
from tools.distress.fit import How, beyond, chosen, human
from tools.distress.us_data import FirmYears, PanelRatio

LEVELS = (0.01, 0.03, 0.06, 0.10, 0.15, 0.20, 0.30, 0.40, 0.50, 0.60, 0.70)  # shares of firm-years beyond a threshold
WIDEST = 0.72
LEAST = 80  # minimum number of firm-years beyond a threshold
FADING = 5.0  # years by which the weight of a firm-year falls to 1/e
POINTS = 15  # points for an increase of the log odds by 1
WARNED_TIMES = {"avoid": 5.5, "caution": 3.7}
"""How often companies with this verdict or a worse one fail, as a multiple of the average; chosen so that at most 20 % of the
surviving firm-years of 2012 to 2014 are warned of by the default packs and this one."""

CLEAR_TIMES = 0.2
"""The highest failure rate of companies that may be clear, as a multiple of the average."""

CHANGES = ("market_value_change", "retained_earnings_change_to_assets", "total_assets_change")
"""Ratios that need the year before."""

STANDING_SHARE = 0.15  # share of surviving firm-years with more points of the year than a company with relief
FOLDS = 5
PANEL_FIT = How(most=37, lasso=1.0, ridge=1.0)


@dataclass(frozen=True)
class PointStep:
    """A rule: the ratio is worse than the threshold; its points add to those of the milder steps of the ratio."""

    ratio: PanelRatio
    threshold: float
    points: int


@dataclass(frozen=True)
class Scorecard:
    """The steps, ordered by ratio and severity, and the points from which each band of the verdict begins.

    `relief_below` refers to points from ratios of one year, without changes; `crossed` and `crossed_of_the_year` are the points
    of each row of the training data by scorecards derived without its firm.
    """

    steps: tuple[PointStep, ...]
    bands: dict[str, int] = field(default_factory=dict)
    relief_below: int = 0
    crossed: Floats | None = field(default=None, compare=False)
    crossed_of_the_year: Floats | None = field(default=None, compare=False)

    def points(self, values: pd.DataFrame) -> Floats:
        """Returns the points of each row; an unknown ratio adds none."""
        found = np.zeros(len(values))
        for step in self.steps:
            found += step.points * fired(step, values)
        return found

    def points_of_the_year(self, values: pd.DataFrame) -> Floats:
        """Returns the points from ratios that need no other year."""
        return Scorecard(self.of_the_year).points(values)

    @property
    def of_the_year(self) -> tuple[PointStep, ...]:
        """The steps on ratios that need no other year."""
        return tuple(step for step in self.steps if step.ratio.name not in CHANGES)


def fired(step: PointStep, values: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Returns where a step applies."""
    return beyond(values[step.ratio.name].to_numpy(), step.threshold, step.ratio.sign)


def derive_scorecard(train: FirmYears, later: FirmYears, ratios: list[PanelRatio]) -> Scorecard:
    """Derives the scorecard from `train`; its bands are set on points from cross-validation."""
    steps = derive_steps(train, later, ratios)
    crossed, of_the_year = crossed_points(train, later, ratios)
    standing = Scorecard(steps).points_of_the_year(train.values)[~train.failed]
    relief_below = int(np.ceil(np.quantile(standing, 1 - STANDING_SHARE)))
    return Scorecard(steps, _bands(crossed, train.failed), relief_below, crossed, of_the_year)


def crossed_points(train: FirmYears, later: FirmYears, ratios: list[PanelRatio]) -> tuple[Floats, Floats]:
    """Returns the points of each row, and its points of the year, by a scorecard derived without the row's firm."""
    fold = np.random.default_rng(0).integers(0, FOLDS, train.firms.max() + 1)[train.firms]
    points, of_the_year = np.zeros(len(train.failed)), np.zeros(len(train.failed))
    for k in range(FOLDS):
        card = Scorecard(derive_steps(train.select(fold != k), later, ratios))
        points[fold == k] = card.points(train.values[fold == k])
        of_the_year[fold == k] = card.points_of_the_year(train.values[fold == k])
    return points, of_the_year


def _bands(points: Floats, failed: npt.NDArray[np.bool_]) -> dict[str, int]:
    """Returns the points from which the verdict is at least avoid, caution or open, by how often companies failed."""

    def times(rows: npt.NDArray[np.bool_]) -> float:
        return float(failed[rows].mean() / failed.mean()) if rows.any() else float("nan")

    most = int(points.max())
    bands = {
        band: min((p for p in range(most) if times(points >= p) >= least), default=most)
        for band, least in WARNED_TIMES.items()
    }
    calm = (p for p in range(bands["caution"]) if times(points < p) <= CLEAR_TIMES)
    return {**bands, "open": max(calm, default=1)}


def derive_steps(train: FirmYears, later: FirmYears, ratios: list[PanelRatio]) -> tuple[PointStep, ...]:
    """Fits the steps on `train`, drops those that fail less often than the average on `later`, and fits the rest again."""
    cuts = [
        (ratio, threshold)
        for ratio in ratios
        for threshold in _thresholds(train.values[ratio.name].to_numpy(), ratio.sign)
        if _speaks_of_failure(ratio, threshold, train)
    ]
    weights = np.exp((train.years - train.years.max()) / FADING)
    while True:
        exceeded = np.column_stack([beyond(train.values[r.name].to_numpy(), t, r.sign) for r, t in cuts]).astype(float)
        left, rises = chosen(exceeded, train.failed.astype(float), PANEL_FIT, weights)
        kept = [cuts[i] for i in left]
        wrong = {(r, t) for r, t in kept if not _speaks_of_failure(r, t, later)}
        if not wrong:
            break
        cuts = [cut for cut in cuts if cut not in wrong]
    steps = [PointStep(r, t, round(POINTS * rise)) for (r, t), rise in zip(kept, rises, strict=True)]
    return tuple(step for step in steps if step.points)


def _thresholds(values: Floats, sign: int) -> list[float]:
    """Returns candidate thresholds, mildest first: rounded quantiles of the worse side of all rows."""
    known = values[~np.isnan(values)] * sign
    rounded = sorted({human(float(np.quantile(known, 1 - level))) for level in LEVELS})
    return [sign * t for t in rounded if LEAST <= (known > t).sum() <= WIDEST * len(values)]


def _speaks_of_failure(ratio: PanelRatio, threshold: float, data: FirmYears) -> bool:
    """Returns whether rows beyond the threshold fail more often than all rows, over all years and over last years."""
    hit = beyond(data.values[ratio.name].to_numpy(), threshold, ratio.sign)
    for rows in (np.ones(len(hit), np.bool_), data.last):
        if not (hit & rows).any() or data.failed[hit & rows].mean() < data.failed[rows].mean():
            return False
    return True
