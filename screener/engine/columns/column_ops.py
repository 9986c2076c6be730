"""The evaluator's backend for a table: each operation gives, row by row, what `interval_ops` gives for one company.

Overflow and division by 0 are part of that, so that numpy must not warn of them (`numpy_warnings_off`).
"""

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from screener.engine.columns.column_values import (
    FALSE,
    TRUE,
    UNKNOWN,
    BoolArray,
    FloatArray,
    IntervalColumn,
    NumberColumn,
    SymbolColumn,
    TruthColumn,
    where,
)
from screener.expression.interval import (
    ABOVE,
    BELOW,
    CANCELS,
    INF,
    LARGEST,
    ONE_IF,
    UNBOUNDED,
    Interval,
    Missing,
    Truth,
    exponential,
    upper,
)
from screener.expression.interval_ops import INTERVALS

ColumnValue: TypeAlias = "NumberColumn | SymbolColumn | str | bool | None"
_EXPONENT = 709.0  # e to this power is still a number

_Unary = Callable[[NumberColumn], NumberColumn]
_Binary = Callable[[NumberColumn, NumberColumn], NumberColumn]


def _unary(name: str, on_column: Callable[[IntervalColumn], IntervalColumn]) -> _Unary:
    """An operation on columns that leaves an interval for all rows one interval."""
    on_interval = INTERVALS.unary[name]
    return lambda a: on_interval(a) if isinstance(a, Interval) else on_column(a)


def _binary(name: str, on_columns: Callable[[NumberColumn, NumberColumn], IntervalColumn]) -> _Binary:
    """As `_unary`, of two numbers of which at least one is a column."""
    on_intervals = INTERVALS.binary[name]

    def operation(a: NumberColumn, b: NumberColumn) -> NumberColumn:
        if isinstance(a, Interval) and isinstance(b, Interval):
            return on_intervals(a, b)
        return on_columns(a, b)

    return operation


def _negative(a: IntervalColumn) -> IntervalColumn:
    return IntervalColumn(-a.hi, -a.lo)


def _absolute(a: IntervalColumn) -> IntervalColumn:
    up, down = a.lo >= 0, a.hi <= 0
    lo = np.where(up, a.lo, np.where(down, -a.hi, 0.0))
    hi = np.where(up, a.hi, np.where(down, -a.lo, np.maximum(-a.lo, a.hi)))
    return IntervalColumn(lo, hi, None if a.missing is None else a.missing & up)


def _ln(a: IntervalColumn) -> IntervalColumn:
    return IntervalColumn(*_each(math.log, a, a.lo > 0, (-INF, INF)))


def _exp(a: IntervalColumn) -> IntervalColumn:
    finite = a.hi < _EXPONENT
    lo, hi = _each(math.exp, a, finite, (INF, INF))
    for end, found in ((a.lo, lo), (a.hi, hi)):
        found[~finite] = [exponential(v) for v in end[~finite].tolist()]
    return _safe(lo, hi)


def _each(
    function: Callable[[float], float], a: IntervalColumn, defined: BoolArray, others: tuple[float, float]
) -> tuple[FloatArray, FloatArray]:
    """A function of Python's on both ends: numpy's own differ from it in the last digit on some processors."""
    lo, hi = (np.full(len(a.lo), other) for other in others)
    lo[defined] = list(map(function, a.lo[defined].tolist()))
    hi[defined] = lo[defined]
    wide = defined & (a.lo != a.hi)
    hi[wide] = list(map(function, a.hi[wide].tolist()))
    return lo, hi


def _add(a: NumberColumn, b: NumberColumn) -> IntervalColumn:
    return _safe(_sums(a.lo, b.lo), _sums(a.hi, b.hi))


def _subtract(a: NumberColumn, b: NumberColumn) -> IntervalColumn:
    return _safe(_sums(a.lo, -b.hi), _sums(a.hi, -b.lo))


def _sums(a: Any, b: Any) -> FloatArray:
    """Sums; of equal numbers of opposite sign 0."""
    found: FloatArray = a + b
    size = np.abs(a) * CANCELS
    cancel = np.abs(found) < size
    if cancel.any():
        found[cancel & (a <= upper_ends(-b)) & (-b <= upper_ends(a))] = 0.0
    return found


def _multiply(a: NumberColumn, b: NumberColumn) -> IntervalColumn:
    return _ends(_products, a, b)


def _divide(a: NumberColumn, b: NumberColumn) -> IntervalColumn:
    quotient = _ends(_quotients, a, b)
    zero = (b.lo <= 0) & (b.hi >= 0)
    return IntervalColumn(np.where(zero, -INF, quotient.lo), np.where(zero, INF, quotient.hi))


def _maximum(a: NumberColumn, b: NumberColumn) -> IntervalColumn:
    return IntervalColumn(np.maximum(a.lo, b.lo), np.maximum(a.hi, b.hi))


def _minimum(a: NumberColumn, b: NumberColumn) -> IntervalColumn:
    return IntervalColumn(np.minimum(a.lo, b.lo), np.minimum(a.hi, b.hi))


def _ends(operation: Callable[[Any, Any], FloatArray], a: NumberColumn, b: NumberColumn) -> IntervalColumn:
    """The least and the greatest of an operation on all pairs of ends."""
    first, second, third, fourth = (operation(x, y) for x in (a.lo, a.hi) for y in (b.lo, b.hi))
    return _safe(
        np.minimum(np.minimum(first, second), np.minimum(third, fourth)),
        np.maximum(np.maximum(first, second), np.maximum(third, fourth)),
    )


def _products(a: Any, b: Any) -> FloatArray:
    """Products; 0 times anything, infinity too, is 0."""
    return np.where(np.equal(a, 0) | np.equal(b, 0), 0.0, np.multiply(a, b))


def _quotients(a: Any, b: Any) -> FloatArray:
    return np.where(np.equal(a, 0) | np.isinf(b), 0.0, np.divide(a, b))


def _safe(lo: Any, hi: Any) -> IntervalColumn:
    """Ends that overflowed stay the largest number; -0 is 0."""
    return IntervalColumn(np.minimum(lo, LARGEST) + 0.0, np.maximum(hi, -LARGEST) + 0.0)


def upper_ends(ends: Any) -> Any:
    """For each number the largest one that counts as equal to it, as `interval.upper`."""
    return upper(ends) if isinstance(ends, float) else np.maximum(ends * ABOVE, ends * BELOW)


def _greater(a: NumberColumn, b: NumberColumn) -> npt.NDArray[np.int8]:
    return _possible_and_certain(a.lo > upper_ends(b.hi), a.hi > upper_ends(b.lo))


def _possible_and_certain(certain: Any, possible: Any) -> npt.NDArray[np.int8]:
    """2 where it is certainly so, 1 where it may be."""
    found: npt.NDArray[np.int8] = np.add(certain, possible, dtype=np.int8)
    return found


class ColumnOps:
    """Operations on columns of numbers, truths and words."""

    true, false, unknown = TRUE, FALSE, UNKNOWN
    unary = {
        "-": _unary("-", _negative),
        "abs": _unary("abs", _absolute),
        "ln": _unary("ln", _ln),
        "exp": _unary("exp", _exp),
    }
    binary = {
        "+": _binary("+", _add),
        "-": _binary("-", _subtract),
        "*": _binary("*", _multiply),
        "/": _binary("/", _divide),
        "max": _binary("max", _maximum),
        "min": _binary("min", _minimum),
    }

    @staticmethod
    def both(a: TruthColumn, b: TruthColumn) -> TruthColumn:
        """Conjunction: the lesser."""
        if isinstance(a, int):
            a, b = b, a
        if isinstance(b, int):
            if isinstance(a, int):
                return min(a, b)
            return FALSE if b == FALSE else a if b == TRUE else np.minimum(a, np.int8(b))
        return np.minimum(a, b)

    @staticmethod
    def either(a: TruthColumn, b: TruthColumn) -> TruthColumn:
        """Disjunction: the greater."""
        if isinstance(a, int):
            a, b = b, a
        if isinstance(b, int):
            if isinstance(a, int):
                return max(a, b)
            return TRUE if b == TRUE else a if b == FALSE else np.maximum(a, np.int8(b))
        return np.maximum(a, b)

    @staticmethod
    def negate(a: TruthColumn) -> TruthColumn:
        """Negation: true and false swap."""
        return 2 - a

    @staticmethod
    def is_false(a: TruthColumn) -> bool:
        """Whether it is false on all rows."""
        return a == FALSE if isinstance(a, int) else not a.any()

    @staticmethod
    def is_true(a: TruthColumn) -> bool:
        """Whether it is the one truth `true` for all rows."""
        return isinstance(a, int) and a == TRUE

    @staticmethod
    def is_number(value: ColumnValue) -> bool:
        """Whether it is a column of intervals, or an interval for all rows."""
        return isinstance(value, IntervalColumn | Interval)

    @staticmethod
    def one_if(truth: TruthColumn) -> NumberColumn:
        """A truth as a number: 1 or 0, or between the two."""
        if isinstance(truth, int):
            return ONE_IF[Truth(truth)]
        return IntervalColumn((truth == TRUE).astype(np.float64), (truth != FALSE).astype(np.float64))

    @staticmethod
    def select(
        truth: TruthColumn, if_true: NumberColumn, if_unknown: Callable[[], NumberColumn], if_false: NumberColumn
    ) -> NumberColumn:
        """One of three numbers, row by row."""
        if isinstance(truth, int):
            return if_true if truth == TRUE else if_false if truth == FALSE else if_unknown()
        unknown = truth == UNKNOWN
        return where(truth == TRUE, if_true, where(unknown, if_unknown(), if_false) if unknown.any() else if_false)

    @staticmethod
    def compare(op: str, a: NumberColumn, b: NumberColumn) -> TruthColumn:
        """Whether `a op b`."""
        if isinstance(a, Interval) and isinstance(b, Interval):
            return int(INTERVALS.compare(op, a, b))
        match op:
            case ">":
                return _greater(a, b)
            case "<":
                return _greater(b, a)
            case ">=":
                return ColumnOps.negate(_greater(b, a))
            case "<=":
                return ColumnOps.negate(_greater(a, b))
        unequal = np.maximum(_greater(a, b), _greater(b, a))
        return unequal if op == "!=" else ColumnOps.negate(unequal)

    @staticmethod
    def same(op: str, a: ColumnValue, b: ColumnValue) -> TruthColumn:
        """Whether words or truth values are equal (op ==) or not (!=); unknown where one is missing."""
        if not isinstance(a, SymbolColumn):
            a, b = b, a
        if not isinstance(a, SymbolColumn):
            if a is None or b is None or type(a) is not type(b):
                return UNKNOWN
            return TRUE if (a == b) == (op == "==") else FALSE
        if isinstance(b, SymbolColumn):
            place = {(type(w), w): i for i, w in enumerate(a.words)}
            # the place in a's words of each of b's; -2 for one that a has not, -1 (the last) for a missing one
            to = np.array([*(place.get((type(w), w), -2) for w in b.words), -1])
            others: Any = to[b.codes]
            known = (a.codes >= 0) & (b.codes >= 0)
        else:
            others = next((i for i, w in enumerate(a.words) if type(w) is type(b) and w == b), -2)
            known = a.codes >= 0 if b is not None else np.zeros(len(a.codes), np.bool_)
        equal = (a.codes == others) == (op == "==")
        return _possible_and_certain(equal & known, equal | ~known)

    @staticmethod
    def truth_value(value: ColumnValue) -> TruthColumn:
        """Truth values as truths."""
        if isinstance(value, SymbolColumn):
            table = [TRUE if word is True else FALSE if word is False else UNKNOWN for word in value.words]
            return np.array([*table, UNKNOWN], np.int8)[value.codes]
        return (TRUE if value else FALSE) if isinstance(value, bool) else UNKNOWN

    @staticmethod
    def known(value: ColumnValue) -> TruthColumn:
        """Whether anything is known of a value."""
        if isinstance(value, IntervalColumn | SymbolColumn):
            known = value.known if isinstance(value, IntervalColumn) else value.codes >= 0
            return np.where(known, np.int8(TRUE), np.int8(FALSE))
        return FALSE if value is None or value == UNBOUNDED or isinstance(value, Missing) else TRUE


COLUMNS = ColumnOps()
