"""Measures of scores against outcomes, on numpy arrays: area under the curve, its interval, curves, deciles."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from screener.scoring.calibration import wilson_interval

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
_CELLS = 4_000_000  # of a block of resamples


class Estimate(NamedTuple):
    """A figure with its interval of 95 %."""

    value: float
    low: float
    high: float


class ScoreBand(NamedTuple):
    """Companies whose scores lie between two numbers, and how many of them failed, with Wilson's interval."""

    low: float
    high: float
    companies: int
    failed: int
    share: Estimate


class RuleCounts(NamedTuple):
    """Of one rule: companies for which it is decided and for which it fired, and how many of each failed."""

    decided: int
    fired: int
    failed_decided: int
    failed_fired: int
    area: Estimate | None


def wilson_estimate(hits: int, of: int) -> Estimate:
    """A share with its score interval (Wilson 1927)."""
    return Estimate(hits / of if of else float("nan"), *wilson_interval(hits, of))


def roc_area(scores: Floats, failed: Mask) -> float:
    """The area under the ROC curve: how often one that failed scores above one that did not, ties half (Mann, Whitney 1947)."""
    order, starts = _groups(scores)
    bad = np.add.reduceat(failed[order].astype(float), starts)
    good = np.add.reduceat((~failed[order]).astype(float), starts)
    return float((bad * (np.cumsum(good) - good / 2)).sum() / (bad.sum() * good.sum()))


def roc_area_with_interval(scores: Floats, failed: Mask, resamples: int, seed: int) -> Estimate:
    """The area with its percentile interval: failed and surviving companies drawn anew, each as many (Efron 1979)."""
    order, starts = _groups(scores)
    bad_rows, good_rows = np.flatnonzero(failed[order]), np.flatnonzero(~failed[order])
    groups = np.cumsum(np.bincount(starts, minlength=len(scores))) - 1
    found = []
    for bad, good in _draws(len(bad_rows), len(good_rows), resamples, seed):
        b, g = _sums(bad, groups[bad_rows], len(starts)), _sums(good, groups[good_rows], len(starts))
        found.append((b * (np.cumsum(g, axis=1) - g / 2)).sum(1) / (len(bad_rows) * len(good_rows)))
    low, high = np.quantile(np.concatenate(found), (0.025, 0.975))
    return Estimate(roc_area(scores, failed), float(low), float(high))


def rule_counts(fired: Mask, decided: Mask, failed: Mask, resamples: int, seed: int) -> list[RuleCounts]:
    """For rules (rules × companies): the counts, and the area with its interval where both outcomes and fates occur."""
    bad_rows, good_rows = np.flatnonzero(failed), np.flatnonzero(~failed)
    tables = [mask[:, rows].T.astype(np.float32) for rows in (bad_rows, good_rows) for mask in (fired, decided)]
    drawn = []
    with np.errstate(invalid="ignore", divide="ignore"):
        for bad, good in _draws(len(bad_rows), len(good_rows), resamples, seed):
            b, g = (
                _sums(rows, np.arange(n), n).astype(np.float32)
                for rows, n in ((bad, len(bad_rows)), (good, len(good_rows)))
            )
            drawn.append(0.5 + ((b @ tables[0]) / (b @ tables[1]) - (g @ tables[2]) / (g @ tables[3])) / 2)
    areas = np.concatenate(drawn)
    found = []
    for i, (hit, known) in enumerate(zip(fired, decided, strict=True)):
        counts = [int(n) for n in (known.sum(), hit.sum(), (known & failed).sum(), (hit & failed).sum())]
        fates = 0 < counts[2] < counts[0]
        estimate = None
        if fates:
            value = 0.5 + (counts[3] / counts[2] - (counts[1] - counts[3]) / (counts[0] - counts[2])) / 2
            low, high = np.nanquantile(areas[:, i], (0.025, 0.975))
            estimate = Estimate(value, float(low), float(high))
        found.append(RuleCounts(counts[0], counts[1], counts[2], counts[3], estimate))
    return found


def roc_curve(scores: Floats, failed: Mask) -> list[tuple[float, float]]:
    """Points (share of survivors flagged, share of failures flagged), from the highest score down."""
    bad, good = _from_the_top(scores, failed)
    return [(0.0, 0.0), *zip((good / good[-1]).tolist(), (bad / bad[-1]).tolist(), strict=True)]


def cumulative_gains(scores: Floats, failed: Mask) -> list[tuple[float, float]]:
    """Points (share of companies flagged, share of failures among them), from the highest score down."""
    bad, good = _from_the_top(scores, failed)
    return [(0.0, 0.0), *zip(((bad + good) / len(scores)).tolist(), (bad / bad[-1]).tolist(), strict=True)]


def deciles(scores: Floats, failed: Mask) -> list[ScoreBand]:
    """Ten groups of the same size by score, lowest first; companies with the same score keep the table's order."""
    order = np.argsort(scores, kind="stable")
    found = []
    for rows in np.array_split(order, min(10, len(order))):
        hits = int(failed[rows].sum())
        found.append(
            ScoreBand(
                float(scores[rows[0]]), float(scores[rows[-1]]), len(rows), hits, wilson_estimate(hits, len(rows))
            )
        )
    return found


def _groups(scores: Floats) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Rows in the order of their scores, and where each new score begins."""
    order = np.argsort(scores, kind="stable")
    return order, np.flatnonzero(np.diff(scores[order], prepend=-np.inf) != 0)


def _from_the_top(scores: Floats, failed: Mask) -> tuple[Floats, Floats]:
    order, starts = _groups(-scores)
    bad = np.cumsum(np.add.reduceat(failed[order].astype(float), starts))
    good = np.cumsum(np.add.reduceat((~failed[order]).astype(float), starts))
    return bad, good


def _draws(bad: int, good: int, resamples: int, seed: int) -> Iterator[tuple[Rows, Rows]]:
    """Blocks of resamples: rows of the failed and of the others, drawn with replacement."""
    random = np.random.default_rng(seed)
    block = max(1, min(resamples, _CELLS // (bad + good)))
    for done in range(0, resamples, block):
        many = min(block, resamples - done)
        yield random.integers(bad, size=(many, bad)), random.integers(good, size=(many, good))


def _sums(drawn: npt.NDArray[np.int64], groups: npt.NDArray[np.int64], many: int) -> Floats:
    """How many of each resample fall into each group: resamples × groups."""
    flat = groups[drawn] + np.arange(len(drawn))[:, None] * many
    return np.bincount(flat.ravel(), minlength=len(drawn) * many).reshape(len(drawn), many).astype(float)
