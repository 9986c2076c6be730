"""Every operation on columns agrees in each row with the operation on intervals."""

import itertools
import math
import operator
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screener.engine.columns import column_values as c
from screener.engine.columns.column_ops import COLUMNS
from screener.engine.columns.column_values import IntervalColumn, SymbolColumn
from screener.expression.interval import INF, UNBOUNDED, Interval, Missing, Truth, compare
from screener.profile.reconcile import relative_gap
from screener.scoring.column_score import round_to_tenth

NUMBERS = [0.0, -0.0, 1.0, -1.0, 2.5, 709.75, 1e24, -1e24, 1.7e308, -1.7e308, 5e-324, 0.1, 0.3, 3.0,
           0.30000000000000004, -3.0000000000000004, 3.000000001, -3.000000003, 3.00000001]
DOMAIN = Interval(-INF, INF)


@pytest.fixture(autouse=True, scope="module")
def quiet() -> Iterator[None]:
    with c.numpy_warnings_off():
        yield


# All values of each kind, so that drawing one is a single choice, since each choice of hypothesis takes time.
INTERVALS = st.one_of(
    st.sampled_from([Interval(a, a) for a in NUMBERS]),
    st.sampled_from([Interval(*sorted(ends)) for ends in itertools.product(NUMBERS, repeat=2)]),
    st.sampled_from([Interval(a, INF) for a in NUMBERS]),
    st.sampled_from([Interval(-INF, b) for b in NUMBERS]),
    st.sampled_from([Missing(-INF, INF), Missing(0.0, INF)]),
    st.just(UNBOUNDED),
)
ROWS = st.lists(st.tuples(INTERVALS, INTERVALS), min_size=1, max_size=12)


def column(many: list[Interval]) -> IntervalColumn:
    lo, hi = (np.array([getattr(i, end) for i in many]) for end in ("lo", "hi"))
    return IntervalColumn(lo, hi, np.array([isinstance(i, Missing) for i in many]))


def ends(found: IntervalColumn | Interval, i: int) -> tuple[float, float]:
    return (found.lo, found.hi) if isinstance(found, Interval) else (float(found.lo[i]), float(found.hi[i]))


def rows(found: IntervalColumn | SymbolColumn) -> list[object]:
    """Returns each row as a pair of bounds, None if it is missing, or a word."""
    if isinstance(found, SymbolColumn):
        return [found.words[code] if code >= 0 else None for code in found.codes]
    return [(a, b) if known else None for a, b, known in zip(found.lo, found.hi, found.claimed, strict=True)]


NAN = math.nan


@pytest.mark.parametrize(
    "whole",
    [
        IntervalColumn(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 2.5, 3.0, 4.0])),
        IntervalColumn(np.array([1.0, 0.0, 3.0, 0.0]), np.array([1.0, 9.0, 3.0, 9.0]), np.array([False, True, False, True])),
        SymbolColumn.of(["a", None, "b", "a"]),
        SymbolColumn.of([True, False, None, True]),
    ],
)
def test_rows_that_are_chosen_are_those_rows(whole: IntervalColumn | SymbolColumn) -> None:
    every = rows(whole)
    assert rows(whole.slice_rows(1, 3)) == every[1:3]
    assert rows(whole.select(np.array([True, False, False, True]))) == [every[0], every[3]]
    assert rows(whole.select(np.array([3, 1, 1]))) == [every[3], every[1], every[1]]


def test_words_that_are_on_no_row_are_left_out_where_they_are_more_than_the_rows() -> None:
    many = SymbolColumn(np.array([3, -1, 1]), ("a", "b", "c", "d"))
    few = many.without_unused_words()
    assert few.words == ("b", "d")
    assert rows(few) == rows(many) == ["d", None, "b"]
    enough = SymbolColumn(np.array([0, 2, 2]), ("a", "b", "c"))
    assert enough.without_unused_words() is enough


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (2.0, 3.0, (2.0, 3.0)),
        (NAN, 3.0, (0.0, 3.0)),
        (2.0, NAN, (2.0, 10.0)),
        (NAN, NAN, None),
        (-5.0, 20.0, (0.0, 10.0)),
    ],
)
def test_claims_with_two_ends_lie_inside_their_domain(low: float, high: float, expected: object) -> None:
    found = IntervalColumn.of(np.array([low]), np.array([high]), Interval(0.0, 10.0))
    assert rows(found) == [expected]
    assert (found.lo[0], found.hi[0]) == (expected or (0.0, 10.0))


def test_a_number_that_is_no_narrower_than_its_domain_is_missing() -> None:
    domain = Missing(0.0, 10.0)
    found = c.clip_to_domain(IntervalColumn(np.array([-1.0, 0.0, 0.0, 2.0, 20.0]), np.array([20.0, 10.0, 9.0, 10.0, 30.0])), domain)
    assert rows(found) == [None, None, (0.0, 9.0), (2.0, 10.0), (10.0, 10.0)]
    assert c.clip_to_domain(Interval(-1.0, 20.0), domain) is domain
    assert c.clip_to_domain(Interval(0.0, 9.0), domain) == Interval(0.0, 9.0)
    assert c.clip_to_domain(Interval(1.0, 10.0), domain) == Interval(1.0, 10.0)


def test_the_known_rows_are_those_with_a_bound() -> None:
    found = IntervalColumn(np.array([1.0, -INF, -INF, 0.0]), np.array([INF, 1.0, INF, 9.0]), np.array([False, False, False, True]))
    assert found.known.tolist() == [True, True, False, False]


@pytest.mark.parametrize("truths", [[0], [1], [2], [0, 0], [0, 1], [2, 2], [1, 2], [0, 2]])
def test_a_column_is_true_or_false_where_all_rows_are(truths: list[int]) -> None:
    whole = np.array(truths, np.int8)
    assert COLUMNS.is_false(whole) == (set(truths) == {c.FALSE})
    if len(set(truths)) == 1:  # one truth for all rows may be given as a number
        assert COLUMNS.is_false(truths[0]) == (truths[0] == c.FALSE)
        assert COLUMNS.is_true(truths[0]) == (truths[0] == c.TRUE)
    else:
        assert not COLUMNS.is_true(whole)


OPERATIONS = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "max": Interval.max, "min": Interval.min,
}


@settings(max_examples=150)
@given(rows=ROWS)
def test_operations(rows: list[tuple[Interval, Interval]]) -> None:
    a, b = column([x for x, _ in rows]), column([y for _, y in rows])
    for name, on_one in OPERATIONS.items():
        on_columns = COLUMNS.binary[name]
        found = on_columns(a, b)
        assert not np.isnan(found.lo).any(), name
        assert not np.isnan(found.hi).any(), name
        first = rows[0]  # one interval for all rows
        shared, other = on_columns(first[0], b), on_columns(a, first[1])
        for i, (x, y) in enumerate(rows):
            assert ends(found, i) == ends(on_one(x, y), 0), name
            assert ends(shared, i) == ends(on_one(first[0], y), 0), name
            assert ends(other, i) == ends(on_one(x, first[1]), 0), name


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize(("beyond", "cancels"), [(0.0, True), (0.9e-9, True), (-0.9e-9, True), (1.5e-9, False), (-1.5e-9, False), (3e-9, False)])
def test_numbers_of_opposite_sign_cancel_within_the_tolerance(sign: float, beyond: float, cancels: bool) -> None:
    a, b = Interval.point(sign * 3.0), Interval.point(-sign * 3.0 * (1 + beyond))
    for found in (COLUMNS.binary["+"](column([a]), column([b])), COLUMNS.binary["-"](column([a]), column([-b]))):
        assert ends(found, 0) == ends(a + b, 0)
        assert (ends(found, 0) == (0.0, 0.0)) is cancels


@given(rows=ROWS)
def test_one_sided(rows: list[tuple[Interval, Interval]]) -> None:
    a = column([x for x, _ in rows])
    size, less, inside = COLUMNS.unary["abs"](a), COLUMNS.unary["-"](a), c.clip(a, Interval(0.0, 3.0))
    assert isinstance(size, IntervalColumn)
    for i, (x, _) in enumerate(rows):
        assert ends(size, i) == ends(x.absolute(), 0)
        assert ends(less, i) == ends(-x, 0)
        assert ends(COLUMNS.unary["ln"](a), i) == ends(x.ln(), 0)
        assert ends(COLUMNS.unary["exp"](a), i) == ends(x.exp(), 0)
        assert ends(inside, i) == ends(x.clip(Interval(0.0, 3.0)), 0)
        for found, one in ((a, x), (size, x.absolute())):
            assert bool(found.known[i]) == (one != UNBOUNDED and not isinstance(one, Missing))


@settings(max_examples=150)
@given(rows=ROWS)
def test_comparisons(rows: list[tuple[Interval, Interval]]) -> None:
    a, b = column([x for x, _ in rows]), column([y for _, y in rows])
    for op in (">", ">=", "<", "<=", "==", "!="):
        found = COLUMNS.compare(op, a, b)
        assert [Truth(int(t)) for t in np.atleast_1d(found)] == [compare(op, x, y) for x, y in rows], op


@given(rows=ROWS)
def test_distances(rows: list[tuple[Interval, Interval]]) -> None:
    found = c.distance(column([x for x, _ in rows]), column([y for _, y in rows]))
    for gap, (x, y) in zip(found, rows, strict=True):
        expected = relative_gap(x, y)
        assert gap == expected or (math.isnan(gap) and math.isnan(expected))


TRUTHS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=9)


@given(rows=TRUTHS)
def test_and_or_not(rows: list[tuple[int, int]]) -> None:
    a, b = (np.array(side, np.int8) for side in zip(*rows, strict=True))
    for x, y in ((a, b), (a, rows[0][1]), (rows[0][0], b), rows[0]):
        first, second = np.broadcast_arrays(x, y)
        assert np.array_equal(np.broadcast_to(COLUMNS.both(x, y), first.shape), np.minimum(first, second))
        assert np.array_equal(np.broadcast_to(COLUMNS.either(x, y), first.shape), np.maximum(first, second))
    assert [Truth(int(t)) for t in COLUMNS.negate(a)] == [Truth(int(t)).negate() for t in a]


@pytest.mark.parametrize("op", ["==", "!="])
def test_words(op: str) -> None:
    given = [("a", "a"), ("a", "b"), (None, "a"), ("c", None), (None, None), ("c", "a")]
    a, b = SymbolColumn.of([x for x, _ in given]), SymbolColumn.of([y for _, y in given])
    expected = [1 if x is None or y is None else 2 if (x == y) == (op == "==") else 0 for x, y in given]
    assert list(COLUMNS.same(op, a, b)) == expected  # type: ignore[arg-type]
    assert list(COLUMNS.same(op, a, "a")) == [1 if x is None else 2 if (x == "a") == (op == "==") else 0 for x, _ in given]  # type: ignore[arg-type]
    assert list(COLUMNS.same(op, "z", b)) == [1 if y is None else 0 if op == "==" else 2 for _, y in given]  # type: ignore[arg-type]
    assert list(COLUMNS.same(op, a, None)) == [1] * 6  # type: ignore[arg-type]
    assert COLUMNS.same(op, "a", None) == 1


@given(st.lists(st.one_of(st.floats(0, 100), st.integers(0, 2000).map(lambda i: i / 20)), min_size=1, max_size=30))
def test_rounding_is_pythons(values: list[float]) -> None:
    assert round_to_tenth(np.array(values)).tolist() == [round(v, 1) for v in values]
