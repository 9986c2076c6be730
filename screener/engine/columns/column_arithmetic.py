"""Arithmetic on columns of numbers, with the same result in each row as `expression.interval` for one company."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from screener.engine.columns.column_values import (
    BoolArray,
    FloatArray,
    IntervalColumn,
    NumberColumn,
)
from screener.expression.interval import (
    ABOVE,
    BELOW,
    CANCELS,
    INF,
    LARGEST,
    Interval,
    exponential,
    upper,
)
from screener.expression.interval_ops import INTERVALS

_EXPONENT = 709.0  # the largest power of e that a float can represent

_Unary = Callable[[NumberColumn], NumberColumn]
_Binary = Callable[[NumberColumn, NumberColumn], NumberColumn]


def unary_operation(name: str, on_column: Callable[[IntervalColumn], IntervalColumn]) -> _Unary:
    """Returns an operation on columns that also accepts, and then returns, one interval for all rows."""
    on_interval = INTERVALS.unary[name]
    return lambda a: on_interval(a) if isinstance(a, Interval) else on_column(a)


def binary_operation(name: str, on_columns: Callable[[NumberColumn, NumberColumn], IntervalColumn]) -> _Binary:
    """Like `unary_operation`, for two numbers."""
    on_intervals = INTERVALS.binary[name]

    def operation(a: NumberColumn, b: NumberColumn) -> NumberColumn:
        if isinstance(a, Interval) and isinstance(b, Interval):
            return on_intervals(a, b)
        return on_columns(a, b)

    return operation


def negative(a: IntervalColumn) -> IntervalColumn:
    """Returns the numbers with the opposite sign."""
    return IntervalColumn(-a.hi, -a.lo)


def absolute(a: IntervalColumn) -> IntervalColumn:
    """Returns the absolute values."""
    up, down = a.lo >= 0, a.hi <= 0
    lo = np.where(up, a.lo, np.where(down, -a.hi, 0.0))
    hi = np.where(up, a.hi, np.where(down, -a.lo, np.maximum(-a.lo, a.hi)))
    return IntervalColumn(lo, hi, None if a.missing is None else a.missing & up)


def logarithm(a: IntervalColumn) -> IntervalColumn:
    """Returns the natural logarithms; the interval of all numbers where an argument may be 0 or less."""
    return IntervalColumn(*_each(math.log, a, a.lo > 0, (-INF, INF)))


def exponentials(a: IntervalColumn) -> IntervalColumn:
    """Returns e to the power of each number."""
    finite = a.hi < _EXPONENT
    lo, hi = _each(math.exp, a, finite, (INF, INF))
    for end, found in ((a.lo, lo), (a.hi, hi)):
        found[~finite] = [exponential(v) for v in end[~finite].tolist()]
    return _safe(lo, hi)


def _each(
    function: Callable[[float], float], a: IntervalColumn, defined: BoolArray, others: tuple[float, float]
) -> tuple[FloatArray, FloatArray]:
    """Applies a function of Python to both ends, since numpy's functions differ from it in the last digit on some
    processors."""
    lo, hi = (np.full(len(a.lo), other) for other in others)
    lo[defined] = list(map(function, a.lo[defined].tolist()))
    hi[defined] = lo[defined]
    wide = defined & (a.lo != a.hi)
    hi[wide] = list(map(function, a.hi[wide].tolist()))
    return lo, hi


def add(a: NumberColumn, b: NumberColumn) -> IntervalColumn:
    """Returns the sums; those of equal numbers of opposite sign are 0."""
    return _safe(_sums(a.lo, b.lo), _sums(a.hi, b.hi))


def subtract(a: NumberColumn, b: NumberColumn) -> IntervalColumn:
    """Returns the differences; those of equal numbers are 0."""
    return _safe(_sums(a.lo, -b.hi), _sums(a.hi, -b.lo))


def _sums(a: Any, b: Any) -> FloatArray:
    """Returns the sums; those of equal numbers of opposite sign are 0."""
    found: FloatArray = a + b
    size = np.abs(a) * CANCELS
    cancel = np.abs(found) < size
    if cancel.any():
        found[cancel & (a <= upper_ends(-b)) & (-b <= upper_ends(a))] = 0.0
    return found


def multiply(a: NumberColumn, b: NumberColumn) -> IntervalColumn:
    """Returns the products."""
    return _ends(_products, a, b)


def divide(a: NumberColumn, b: NumberColumn) -> IntervalColumn:
    """Returns the quotients; the interval of all numbers where the divisor may be 0."""
    quotient = _ends(_quotients, a, b)
    zero = (b.lo <= 0) & (b.hi >= 0)
    return IntervalColumn(np.where(zero, -INF, quotient.lo), np.where(zero, INF, quotient.hi))


def maximum(a: NumberColumn, b: NumberColumn) -> IntervalColumn:
    """Returns the greater of two numbers in each row."""
    return IntervalColumn(np.maximum(a.lo, b.lo), np.maximum(a.hi, b.hi))


def minimum(a: NumberColumn, b: NumberColumn) -> IntervalColumn:
    """Returns the lesser of two numbers in each row."""
    return IntervalColumn(np.minimum(a.lo, b.lo), np.minimum(a.hi, b.hi))


def _ends(operation: Callable[[Any, Any], FloatArray], a: NumberColumn, b: NumberColumn) -> IntervalColumn:
    """Returns the least and the greatest result of an operation on all pairs of ends."""
    first, second, third, fourth = (operation(x, y) for x in (a.lo, a.hi) for y in (b.lo, b.hi))
    return _safe(
        np.minimum(np.minimum(first, second), np.minimum(third, fourth)),
        np.maximum(np.maximum(first, second), np.maximum(third, fourth)),
    )


def _products(a: Any, b: Any) -> FloatArray:
    """Returns the products; 0 times anything, even infinity, is 0."""
    return np.where(np.equal(a, 0) | np.equal(b, 0), 0.0, np.multiply(a, b))


def _quotients(a: Any, b: Any) -> FloatArray:
    return np.where(np.equal(a, 0) | np.isinf(b), 0.0, np.divide(a, b))


def _safe(lo: Any, hi: Any) -> IntervalColumn:
    """Returns an interval whose overflowed ends are the largest float, and in which -0 is 0."""
    return IntervalColumn(np.minimum(lo, LARGEST) + 0.0, np.maximum(hi, -LARGEST) + 0.0)


def upper_ends(ends: Any) -> Any:
    """Returns for each number the largest one that counts as equal to it, like `interval.upper`."""
    return upper(ends) if isinstance(ends, float) else np.maximum(ends * ABOVE, ends * BELOW)


def greater(a: NumberColumn, b: NumberColumn) -> npt.NDArray[np.int8]:
    """Returns whether the numbers of the first column are greater: 2 certainly, 1 possibly, 0 not."""
    return possible_and_certain(a.lo > upper_ends(b.hi), a.hi > upper_ends(b.lo))


def possible_and_certain(certain: Any, possible: Any) -> npt.NDArray[np.int8]:
    """Returns 2 where `certain` is true, else 1 where `possible` is, else 0."""
    found: npt.NDArray[np.int8] = np.add(certain, possible, dtype=np.int8)
    return found
