"""Fits a scorecard with a limited number of rules: steps of single ratios with weights of at least 0.

A step is 'the ratio is worse than a threshold'. The steps of one ratio are nested, so that the sum of their weights never falls
as the ratio gets worse, whatever the data. No step applies to an unknown ratio.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import minimize

from tools.distress.data import ON_RECORD, STATED, Floats, Ratio

FIGURES = np.array([1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10])  # digits that a person would write
LEVELS = (0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.10, 0.13, 0.16, 0.20, 0.24, 0.30, 0.36, 0.45, 0.56, 0.68)
"""Shares of companies beyond a candidate threshold."""
LEAST = 30  # minimum number of companies beyond a threshold
PRECISION = 0.005  # rounding of a weight
SMALLEST = 5e-4  # smallest threshold; smaller ones become 0


@dataclass(frozen=True)
class How:
    """Settings of the fit: maximum number of rules, regularisation, which statements count, and the scale."""

    most: int = 60
    lasso: float = 0.3
    ridge: float = 0.1
    statements: tuple[str, ...] = (*STATED, ON_RECORD)
    caution_times: float = 2.0  # companies that fail this many times as often as the average score at least `caution_from`
    caution_from: float = 35.0


@dataclass(frozen=True)
class Step:
    """A rule: the ratio, the threshold (None if the rule is about an omission), and its weight as a probability."""

    name: str
    threshold: float | None
    weight: float


def human(value: float) -> float:
    """Rounds to the nearest figure that a person would write, such as 0.05 for 0.0487."""
    if abs(value) < SMALLEST:
        return 0.0
    power = 10.0 ** np.floor(np.log10(abs(value)))
    near = FIGURES[np.argmin(np.abs(np.log(FIGURES) - np.log(abs(value) / power)))]
    return float(np.sign(value) * round(near * power, 10))


def thresholds(values: Floats, sign: int) -> list[float]:
    """Returns candidate thresholds of a ratio, mildest first: rounded quantiles of the worse side."""
    known = values[~np.isnan(values)] * sign
    rounded = {human(float(np.quantile(known, 1 - level))) for level in LEVELS}
    return [sign * t for t in sorted(rounded) if LEAST <= (known > t).sum() <= 0.8 * len(known)]


def beyond(values: Floats, threshold: float, sign: int) -> npt.NDArray[np.bool_]:
    """Returns where the ratio is known and worse than the threshold."""
    with np.errstate(invalid="ignore"):
        return values * sign > threshold * sign


def weights(steps: Floats, failed: Floats, how: How, of_rows: Floats | None = None) -> Floats:
    """Fits a logistic regression with weights of at least 0, lasso and ridge penalties, by L-BFGS-B; returns the intercept first.

    `of_rows` are the weights of the rows; without it all rows count the same.
    """
    count: Floats | float = 1.0 if of_rows is None else of_rows

    def loss(b: Floats) -> tuple[float, Floats]:
        logit = b[0] + steps @ b[1:]
        excess = count * (1 / (1 + np.exp(-np.clip(logit, -40, 40))) - failed)
        value = (count * (np.logaddexp(0, logit) - failed * logit)).sum()
        value += how.lasso * b[1:].sum() + how.ridge * (b[1:] ** 2).sum() / 2
        return float(value), np.r_[excess.sum(), steps.T @ excess + how.lasso + how.ridge * b[1:]]

    start = np.r_[-4.0, np.zeros(steps.shape[1])]
    bounds = [(None, None)] + [(0, None)] * steps.shape[1]
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500}).x)


def chosen(
    steps: Floats, failed: Floats, how: How, of_rows: Floats | None = None
) -> tuple[npt.NDArray[np.int64], Floats]:
    """Returns the selected steps and their weights; a fifth of the least useful is dropped each time until few enough remain."""
    left, b, _ = chosen_with_intercept(steps, failed, how, of_rows)
    return left, b


def chosen_with_intercept(
    steps: Floats, failed: Floats, how: How, of_rows: Floats | None = None
) -> tuple[npt.NDArray[np.int64], Floats, float]:
    """Like `chosen`, and also returns the log odds of failure where no step applies."""
    left: npt.NDArray[np.int64] = np.arange(steps.shape[1])
    while True:
        intercept, *rest = weights(steps[:, left], failed, how, of_rows)
        b = np.array(rest)
        useful = b > 0.03
        if useful.all() and len(left) <= how.most:
            return left, b, float(intercept)
        keep = max(how.most, int(useful.sum() * 0.8)) if useful.sum() > how.most else int(useful.sum())
        best = np.argsort(-b * useful * steps[:, left].std(0), kind="stable")[:keep]
        left = left[np.sort(best)]


def speaks_of_failure(hit: npt.NDArray[np.bool_], known: npt.NDArray[np.bool_], failed: npt.NDArray[Any]) -> bool:
    """Returns whether companies beyond a threshold fail more often than all companies that state the ratio."""
    return bool(failed[hit].mean() > failed[known].mean())


def derive(values: pd.DataFrame, omitted: pd.DataFrame, failed: npt.NDArray[np.int64], ratios: list[Ratio],
           how: How, elsewhere: Callable[[Ratio, float], bool] = lambda ratio, threshold: True) -> list[Step]:
    """Derives the rules from companies of known fate; `elsewhere` tests a threshold in other populations."""
    cuts = [(r, t) for r in ratios if r.name in values for t in thresholds(values[r.name].to_numpy(), r.sign)]
    cuts = [
        (r, t)
        for r, t in cuts
        if speaks_of_failure(beyond(values[r.name].to_numpy(), t, r.sign), values[r.name].notna().to_numpy(), failed)
        and elsewhere(r, t)
    ]
    steps = np.column_stack([beyond(values[r.name].to_numpy(), t, r.sign) for r, t in cuts]).astype(float)
    names: list[tuple[str, float | None]] = [(r.name, t) for r, t in cuts]
    names += [(name, None) for name in how.statements]
    steps = np.column_stack([steps, omitted[list(how.statements)].to_numpy()])
    left, b, intercept = chosen_with_intercept(steps, failed.astype(float), how)
    rises: dict[str, float] = {}
    sums: list[float] = []
    for i, rise in zip(left, b, strict=True):
        name = names[i][0]
        rises[name] = rises.get(name, 0.0) + rise
        sums.append(rises[name])
    found = [(names[i], total) for i, total in zip(left, sums, strict=True)]
    risk = how.caution_times * failed.mean()
    scale = -np.log(1 - how.caution_from / 100) / (np.log(risk / (1 - risk)) - intercept)
    rules: list[Step] = []
    for (name, threshold), total in found:
        weight = round(round(float(1 - np.exp(-scale * total)) / PRECISION) * PRECISION, 3)
        before = [s.weight for s in rules if s.name == name]
        if weight > max(before, default=0.0):
            rules.append(Step(name, threshold, weight))
    return rules


def score(rules: list[Step], values: pd.DataFrame, omitted: pd.DataFrame, ratios: list[Ratio]) -> Floats:
    """Returns the score, 0 to 100, as screener.scoring.score: `1 - Π(1 - p)` over the largest weight of each cause, one decimal."""
    signs = {r.name: r.sign for r in ratios}
    worst: dict[str, Floats] = {}
    for rule in rules:
        if rule.threshold is None:
            fired = omitted[rule.name].to_numpy() > 0
        else:
            fired = beyond(values[rule.name].to_numpy(), rule.threshold, signs[rule.name])
        worst[rule.name] = np.maximum(worst.get(rule.name, np.zeros(len(values))), np.where(fired, rule.weight, 0.0))
    scores: Floats = np.round(100 * (1 - np.prod([1 - p for p in worst.values()], axis=0)), 1)
    return scores
