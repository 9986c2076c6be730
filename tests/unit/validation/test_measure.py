"""Measures against those that are worked out by hand, or one by one."""

from itertools import pairwise

import numpy as np
import pytest

from screener.validation.measures import (
    cumulative_gains,
    deciles,
    roc_area,
    roc_area_with_interval,
    roc_curve,
    rule_counts,
    wilson_estimate,
)

SCORES = np.array([10.0, 20, 20, 30, 40, 40, 50])
FAILED = np.array([0, 0, 1, 0, 1, 0, 1], bool)


def by_pairs(scores: np.ndarray, failed: np.ndarray) -> float:
    """The share of pairs of a failed and a sound company in which the failed one scores higher; a tie counts half."""
    gap = scores[failed][:, None] - scores[~failed][None, :]
    return float(np.mean((gap > 0) + 0.5 * (gap == 0)))


def test_the_area_is_the_share_of_pairs_in_order() -> None:
    assert roc_area(SCORES, FAILED) == pytest.approx(by_pairs(SCORES, FAILED))
    assert roc_area(-SCORES, FAILED) == pytest.approx(1 - by_pairs(SCORES, FAILED))
    assert roc_area(np.ones(7), FAILED) == 0.5
    random = np.random.default_rng(1)
    scores, failed = random.integers(0, 20, 300).astype(float), random.random(300) < 0.2
    assert roc_area(scores, failed) == pytest.approx(by_pairs(scores, failed))


def test_the_interval_is_that_of_resamples_drawn_one_by_one() -> None:
    random = np.random.default_rng(2)
    failed = np.arange(400) < 60
    scores = np.round(random.normal(size=400) + failed, 1)
    found = roc_area_with_interval(scores, failed, 2000, 0)
    draws = [by_pairs(np.r_[random.choice(scores[failed], 60), random.choice(scores[~failed], 340)], failed) for _ in range(400)]
    low, high = np.quantile(draws, (0.025, 0.975))
    assert (found.low, found.high) == (pytest.approx(low, abs=0.012), pytest.approx(high, abs=0.012))
    assert found.low < found.value < found.high
    assert found == roc_area_with_interval(scores, failed, 2000, 0)
    assert found != roc_area_with_interval(scores, failed, 2000, 1)


def test_the_area_of_a_rule_is_that_of_its_outcomes_where_it_is_decided() -> None:
    random = np.random.default_rng(3)
    failed, decided = random.random(500) < 0.3, random.random(500) < 0.8
    fired = decided & (random.random(500) < 0.2 + 0.4 * failed)
    (counts,) = rule_counts(fired[None], decided[None], failed, 500, 0)
    assert counts[:4] == (decided.sum(), fired.sum(), (decided & failed).sum(), (fired & failed).sum())
    assert counts.area is not None
    assert counts.area.value == pytest.approx(roc_area(fired[decided].astype(float), failed[decided]))
    assert counts.area.low < counts.area.value < counts.area.high


def test_a_rule_that_is_never_decided_has_no_area() -> None:
    none = np.zeros((1, 7), bool)
    (counts,) = rule_counts(none, none, FAILED, 100, 0)
    assert counts == (0, 0, 0, 0, None)


def test_curves_begin_and_end_in_the_corners() -> None:
    for curve in (roc_curve(SCORES, FAILED), cumulative_gains(SCORES, FAILED)):
        assert curve[0] == (0.0, 0.0)
        assert curve[-1] == (1.0, 1.0)
        assert curve == sorted(curve)
    across, up = zip(*roc_curve(SCORES, FAILED), strict=True)
    assert np.trapezoid(up, across) == pytest.approx(roc_area(SCORES, FAILED))


def test_deciles_hold_every_company_once_in_order() -> None:
    random = np.random.default_rng(4)
    scores, failed = random.integers(0, 9, 103).astype(float), random.random(103) < 0.3
    bands = deciles(scores, failed)
    assert [len(bands), sum(b.companies for b in bands), sum(b.failed for b in bands)] == [10, 103, failed.sum()]
    assert all(a.high <= b.low for a, b in pairwise(bands))


def test_wilson() -> None:
    """Newcombe, Statistics in Medicine 17, 1998, table I: 81 of 263 and 0 of 20."""
    assert wilson_estimate(81, 263) == (pytest.approx(0.3080, abs=5e-5), pytest.approx(0.2553, abs=5e-5), pytest.approx(0.3662, abs=5e-5))
    assert wilson_estimate(0, 20) == (0.0, 0.0, pytest.approx(0.1611, abs=5e-5))
