"""Measures of scores against outcomes, on numpy arrays: area under the curve, its interval, curves, deciles."""

import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from screener.scoring.calibration import wilson_interval
from screener.validation.resampling import Mask, Resampler

Floats = npt.NDArray[np.float64]


class Estimate(NamedTuple):
    """A figure with its 95 % confidence interval."""

    value: float
    low: float
    high: float


class ScoreBand(NamedTuple):
    """Companies whose scores lie between two numbers, and how many of them failed, with Wilson's interval.

    If companies with the same score are divided between bands, `failed` is the number expected of a random division.
    """

    low: float
    high: float
    companies: int
    failed: float
    share: Estimate


class RuleCounts(NamedTuple):
    """The counts of one rule: companies for which it is decided and for which it fired, and how many of each failed.

    `lift` is the share of failures among the companies for which it fired, over that among all for which it is decided.
    """

    decided: int
    fired: int
    failed_decided: int
    failed_fired: int
    area: Estimate | None
    lift: Estimate | None


def wilson_estimate(hits: float, of: int) -> Estimate:
    """Returns a share with its score interval (Wilson 1927)."""
    return Estimate(hits / of if of else float("nan"), *wilson_interval(hits, of))


def roc_area(scores: Floats, failed: Mask) -> float:
    """Returns the area under the ROC curve: how often a failed company scores above a survivor, with ties counted half
    (Mann, Whitney 1947)."""
    order, starts = _groups(scores)
    bad = np.add.reduceat(failed[order].astype(float), starts)
    good = np.add.reduceat((~failed[order]).astype(float), starts)
    return float((bad * (np.cumsum(good) - good / 2)).sum() / (bad.sum() * good.sum()))


def roc_area_with_interval(scores: Floats, failed: Mask, resampler: Resampler) -> Estimate:
    """Returns the area under the ROC curve with its percentile interval over the resamples."""
    order, starts = _groups(scores)
    bad_rows = failed[order].astype(np.float32)
    found = []
    for weights in resampler.weights():
        drawn = weights[:, order]
        bad = np.add.reduceat(drawn * bad_rows, starts, axis=1).astype(np.float64)
        good = np.add.reduceat(drawn * (1 - bad_rows), starts, axis=1).astype(np.float64)
        pairs = bad.sum(axis=1) * good.sum(axis=1)
        found.append((bad * (np.cumsum(good, axis=1) - good / 2)).sum(axis=1) / pairs)
    low, high = np.quantile(np.concatenate(found), (0.025, 0.975))
    return Estimate(roc_area(scores, failed), float(low), float(high))


def rule_counts(fired: Mask, decided: Mask, failed: Mask, resampler: Resampler) -> list[RuleCounts]:
    """Returns the counts of rules (arrays of shape (rules, companies)), and area and lift with intervals if the
    companies include failures and survivors and both outcomes occur."""
    masks = [
        mask.T.astype(np.float32) for mask in (fired & failed, decided & failed, fired & ~failed, decided & ~failed)
    ]
    areas, lifts = [], []
    with np.errstate(invalid="ignore", divide="ignore"):
        for weights in resampler.weights():
            counts = [weights @ mask for mask in masks]
            areas.append(_rule_area(*counts))
            lifts.append(_rule_lift(*counts))
        area_ends, lift_ends = (_ends(np.concatenate(drawn)) for drawn in (areas, lifts))
    found = []
    for i, mask in enumerate(zip(fired, decided, strict=True)):
        hit, known = mask
        numbers = [int(n) for n in (known.sum(), hit.sum(), (known & failed).sum(), (hit & failed).sum())]
        parts = numbers[3], numbers[2], numbers[1] - numbers[3], numbers[0] - numbers[2]
        area = Estimate(_rule_area(*parts), *area_ends[:, i]) if 0 < numbers[2] < numbers[0] else None
        lift = Estimate(_rule_lift(*parts), *lift_ends[:, i]) if numbers[1] and numbers[2] else None
        found.append(RuleCounts(numbers[0], numbers[1], numbers[2], numbers[3], area, lift))
    return found


def _rule_area(bad_fired: Any, bad: Any, good_fired: Any, good: Any) -> Any:
    """Returns the area under the ROC curve of a rule, which has two steps: fired and clear."""
    return 0.5 + (bad_fired / bad - good_fired / good) / 2


def _rule_lift(bad_fired: Any, bad: Any, good_fired: Any, good: Any) -> Any:
    """Returns the share of failures among companies for which a rule fired, divided by that among those for which it is
    decided."""
    return bad_fired / (bad_fired + good_fired) / (bad / (bad + good))


def _ends(drawn: Any) -> Any:
    """Returns the ends of the percentile interval of each column of resamples; NaN if no resample has a value."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.nanquantile(drawn, (0.025, 0.975), axis=0).astype(float).round(9)


def roc_curve(scores: Floats, failed: Mask) -> list[tuple[float, float]]:
    """Returns points (share of survivors flagged, share of failures flagged), from the highest score down."""
    bad, good = _from_the_top(scores, failed)
    return [(0.0, 0.0), *zip((good / good[-1]).tolist(), (bad / bad[-1]).tolist(), strict=True)]


def cumulative_gains(scores: Floats, failed: Mask) -> list[tuple[float, float]]:
    """Returns points (share of companies flagged, share of all failures among them), from the highest score down."""
    bad, good = _from_the_top(scores, failed)
    return [(0.0, 0.0), *zip(((bad + good) / len(scores)).tolist(), (bad / bad[-1]).tolist(), strict=True)]


def deciles(scores: Floats, failed: Mask) -> list[ScoreBand]:
    """Returns ten groups of the same size by score, lowest first.

    Companies with the same score are divided between groups in proportion, so that the order of rows does not matter.
    """
    order, starts = _groups(scores)
    sizes = np.diff(np.append(starts, len(order)))
    cumulated = np.append(0.0, np.cumsum(np.add.reduceat(failed[order].astype(float), starts)))
    places = np.append(starts, len(order)).astype(float)
    cuts = np.append(0, np.cumsum([len(part) for part in np.array_split(order, min(10, len(order)))]))
    failures = np.interp(cuts, places, cumulated)
    ranked = np.repeat(scores[order][starts], sizes)
    return [
        _band(ranked[start], ranked[stop - 1], int(stop - start), float(hits))
        for start, stop, hits in zip(cuts[:-1], cuts[1:], np.diff(failures), strict=True)
    ]


def score_bands(scores: Floats, failed: Mask, starts: Sequence[float]) -> list[ScoreBand]:
    """Returns the companies by bands of the score that begin at the ascending `starts`; bands without companies are
    left out."""
    band_of = np.searchsorted(np.asarray(starts), scores, side="right") - 1
    found = []
    for i, start in enumerate(starts):
        mine = band_of == i
        end = starts[i + 1] if i + 1 < len(starts) else float("inf")
        if mine.any():
            found.append(_band(start, end, int(mine.sum()), int((mine & failed).sum())))
    return found


def _band(low: float, high: float, companies: int, hits: float) -> ScoreBand:
    hits = round(hits, 6)
    return ScoreBand(float(low), float(high), companies, hits, wilson_estimate(hits, companies))


def _groups(scores: Floats) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Returns the rows in the order of their scores, and where each new score begins."""
    order = np.argsort(scores, kind="stable")
    return order, np.flatnonzero(np.diff(scores[order], prepend=-np.inf) != 0)


def _from_the_top(scores: Floats, failed: Mask) -> tuple[Floats, Floats]:
    order, starts = _groups(-scores)
    bad = np.cumsum(np.add.reduceat(failed[order].astype(float), starts))
    good = np.cumsum(np.add.reduceat((~failed[order]).astype(float), starts))
    return bad, good
