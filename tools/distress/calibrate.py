"""Relative risk by band of a score, with intervals that include the spread between populations and years."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.stats import nbinom

from tools.distress.data import Floats

Groups = npt.NDArray[np.int64]


class RiskBand(NamedTuple):
    """A band of scores: its start, companies, failures, and the interval of the relative risk."""

    at_least: float
    companies: int
    failed: int
    low: float
    high: float

    @property
    def yaml(self) -> str:
        """The band as an entry of pack.yaml."""
        return (
            f"{{at_least: {self.at_least:g}, companies: {self.companies}, failed: {self.failed}, "
            f"low: {self.low:.3f}, high: {self.high:.3f}}}"
        )


def band_places(scores: Floats, starts: Sequence[float]) -> npt.NDArray[np.int64]:
    """Returns the index of the band of each score, from 0."""
    return np.searchsorted(np.asarray(starts), scores, side="right") - 1


def spread_between(scores: Floats, failed: npt.NDArray[np.bool_], groups: Groups, starts: Sequence[float]) -> float:
    """Returns the standard deviation of the relative risk of a band between groups (populations or years), as a share of it.

    This is a moment estimate over all bands and groups: the excess of the squared differences from the expected failures over
    those of a Poisson distribution. Expected is the average of the group times the relative risk of the band over all groups.
    """
    places = band_places(scores, starts)
    names = np.unique(groups)
    counts = np.array([[(groups == g) & (places == b) for b in range(len(starts))] for g in names])
    seen = (counts & failed).sum(axis=2).astype(float)
    base = np.array([failed[groups == g].mean() for g in names])
    at_average = counts.sum(axis=2) * base[:, None]
    expected = at_average * (seen.sum(axis=0) / np.maximum(at_average.sum(axis=0), 1e-9))
    excess = ((seen - expected) ** 2 - expected).sum() / (expected**2).sum()
    return float(np.sqrt(max(excess, 0.0)))


def risk_bands(
    scores: Floats, failed: npt.NDArray[np.bool_], starts: Sequence[float], spread: float, years: int = 1
) -> list[RiskBand]:
    """Returns the bands, each with the interval that the relative risk of a year of this size lies in, in 95 of 100 cases.

    The failures of a year are a Poisson count. Its mean differs between years (gamma, with `spread`) and is estimated from the
    counted failures; with both, the count has a negative binomial distribution, whose quantiles are the ends of the interval.
    """
    places, base = band_places(scores, starts), failed.mean()
    found = []
    for i, start in enumerate(starts):
        mine = places == i
        companies, hits = int(mine.sum()), int(failed[mine].sum())
        mean = (hits + 0.5) / years
        shape = 1 / ((1 + 1 / (hits + 0.5)) * (1 + spread**2) - 1)
        counts = nbinom.ppf((0.025, 0.975), shape, shape / (shape + mean))
        low, high = (float(count) / (companies * base / years) for count in counts)
        times = hits / companies / base
        found.append(RiskBand(float(start), companies, hits, min(low, times), min(max(high, times), 1 / base)))
    return found
