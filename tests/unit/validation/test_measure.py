"""Compares the measures with values computed by hand or by a simple count."""

from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.validation.measures import (
    cumulative_gains,
    deciles,
    roc_area,
    roc_area_with_interval,
    roc_curve,
    rule_counts,
    score_bands,
    wilson_estimate,
)
from screener.validation.resampling import Resampler

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
    found = roc_area_with_interval(scores, failed, Resampler(failed, 2000, 0))
    draws = [by_pairs(np.r_[random.choice(scores[failed], 60), random.choice(scores[~failed], 340)], failed) for _ in range(400)]
    low, high = np.quantile(draws, (0.025, 0.975))
    assert (found.low, found.high) == (pytest.approx(low, abs=0.012), pytest.approx(high, abs=0.012))
    assert found.low < found.value < found.high
    assert found == roc_area_with_interval(scores, failed, Resampler(failed, 2000, 0))
    assert found != roc_area_with_interval(scores, failed, Resampler(failed, 2000, 1))


def test_the_area_of_a_rule_is_that_of_its_outcomes_where_it_is_decided() -> None:
    random = np.random.default_rng(3)
    failed, decided = random.random(500) < 0.3, random.random(500) < 0.8
    fired = decided & (random.random(500) < 0.2 + 0.4 * failed)
    (counts,) = rule_counts(fired[None], decided[None], failed, Resampler(failed, 500, 0))
    assert counts[:4] == (decided.sum(), fired.sum(), (decided & failed).sum(), (fired & failed).sum())
    assert counts.area is not None
    assert counts.area.value == pytest.approx(roc_area(fired[decided].astype(float), failed[decided]))
    assert counts.area.low < counts.area.value < counts.area.high
    assert counts.lift is not None
    lift = (fired & failed).sum() / fired.sum() / ((decided & failed).sum() / decided.sum())
    assert counts.lift.value == pytest.approx(lift)
    assert counts.lift.low < counts.lift.value < counts.lift.high


def test_a_rule_that_is_never_decided_has_no_area() -> None:
    none = np.zeros((1, 7), bool)
    (counts,) = rule_counts(none, none, FAILED, Resampler(FAILED, 100, 0))
    assert counts == (0, 0, 0, 0, None, None)


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
    assert [len(bands), sum(b.companies for b in bands), sum(b.failed for b in bands)] == [
        10,
        103,
        pytest.approx(failed.sum(), abs=1e-4),
    ]
    assert all(a.high <= b.low for a, b in pairwise(bands))


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=2, max_size=60), st.randoms(use_true_random=False))
def test_deciles_do_not_depend_on_the_order_of_rows(rows: list[tuple[int, bool]], random: Random) -> None:
    shuffled = random.sample(rows, len(rows))
    first, second = (deciles(np.array([s for s, _ in r], float), np.array([f for _, f in r], bool)) for r in (rows, shuffled))
    assert first == second


def test_ties_are_shared_over_deciles() -> None:
    bands = deciles(np.zeros(20), np.arange(20) < 5)
    assert [band.failed for band in bands] == [0.5] * 10


def test_years_of_one_firm_are_drawn_together() -> None:
    random = np.random.default_rng(5)
    of_firm = np.repeat(np.arange(80), 5)
    scores = random.normal(size=80)[of_firm] + random.normal(scale=0.1, size=400)
    failed = (of_firm < 20) & (np.arange(400) % 5 == 4)
    scores = scores + (of_firm < 20)
    clustered = Resampler(failed, 1000, 0, of_firm)
    for weights in clustered.weights():
        assert np.array_equal(weights, np.repeat(weights[:, ::5], 5, axis=1))
        assert (weights[:, ::5].sum(axis=1) == 80).all()
        assert (weights[:, :100:5].sum(axis=1) == 20).all()
    estimate = roc_area_with_interval(scores, failed, clustered)
    assert estimate.low < estimate.value < estimate.high


def test_bands_of_a_score() -> None:
    bands = score_bands(np.array([0.0, 34.9, 35, 59.9, 60, 100]), np.array([0, 0, 1, 0, 1, 1], bool), (0, 35, 60))
    assert [(b.low, b.companies, b.failed) for b in bands] == [(0, 2, 0), (35, 2, 1), (60, 2, 2)]


def test_wilson() -> None:
    """Newcombe, Statistics in Medicine 17, 1998, table I: 81 of 263 and 0 of 20."""
    assert wilson_estimate(81, 263) == (pytest.approx(0.3080, abs=5e-5), pytest.approx(0.2553, abs=5e-5), pytest.approx(0.3662, abs=5e-5))
    assert wilson_estimate(0, 20) == (0.0, 0.0, pytest.approx(0.1611, abs=5e-5))
