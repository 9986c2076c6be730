"""Sets of inputs that could decide a condition, as bit masks."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.explain.deciding_sets import (
    MAX_KEPT,
    MAX_SET_SIZE,
    OpenPart,
    all_parts,
    any_part,
    one_from_any,
    one_from_each,
    smallest,
)

MASKS = st.lists(st.integers(1, 63), max_size=8)


@given(MASKS)
def test_sets_that_contain_another_one_are_left_out(masks: list[int]) -> None:
    found = smallest(masks)
    expected = {m for m in masks if not any(other != m and m & other == other for other in masks)}
    assert set(found) == expected
    assert list(found) == sorted(found, key=lambda mask: (mask.bit_count(), mask))


@pytest.mark.parametrize(
    ("masks", "expected"),
    [([], ()), ([5], (5,)), ([5, 1], (1,)), ([1, 5], (1,)), ([4, 1], (1, 4)), ([3, 3], (3,)), ([6, 3, 1], (1, 6))],
)
def test_small_cases(masks: list[int], expected: tuple[int, ...]) -> None:
    assert smallest(masks) == expected


def test_no_more_sets_than_the_bound_are_kept() -> None:
    assert smallest(1 << i for i in range(MAX_KEPT + 5)) == tuple(1 << i for i in range(MAX_KEPT))


@given(st.lists(MASKS.map(tuple), max_size=3))
def test_one_of_each_factor(factors: list[tuple[int, ...]]) -> None:
    unions = []
    for chosen in product(*factors):
        union = 0
        for mask in chosen:
            union |= mask
        if union.bit_count() <= MAX_SET_SIZE:
            unions.append(union)
    if not factors:
        assert one_from_each(factors) == (0,)
    else:
        assert one_from_each(factors) == smallest(unions)
    assert one_from_any(factors) == smallest(mask for masks in factors for mask in masks)


def test_parts_hold_together_and_fail_by_one() -> None:
    a, b = OpenPart.of(1), OpenPart((2, 4), (6,), 6)
    both, either = all_parts([a, b]), any_part([a, b])
    assert (both.holds, both.fails, both.inputs) == ((3, 5), (1, 6), 7)
    assert (either.holds, either.fails, either.inputs) == ((1, 2, 4), (7,), 7)
    assert b.negated == OpenPart((6,), (2, 4), 6)
    assert OpenPart.of(0) == OpenPart((), (), 0)
