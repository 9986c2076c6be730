"""The evaluator's backend for a table: each operation gives in each row the result of `interval_ops` for one company.

That includes overflow and division by 0, so numpy's warnings about them must be off (`numpy_warnings_off`).
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from screener.engine.columns.column_arithmetic import (
    absolute,
    add,
    binary_operation,
    divide,
    exponentials,
    greater,
    logarithm,
    maximum,
    minimum,
    multiply,
    negative,
    possible_and_certain,
    subtract,
    unary_operation,
)
from screener.engine.columns.column_values import (
    FALSE,
    TRUE,
    UNKNOWN,
    IntervalColumn,
    NumberColumn,
    SymbolColumn,
    TruthColumn,
    where,
)
from screener.expression.interval import (
    ONE_IF,
    UNBOUNDED,
    Interval,
    Missing,
    Truth,
)
from screener.expression.interval_ops import INTERVALS

ColumnValue: TypeAlias = "NumberColumn | SymbolColumn | str | bool | None"


class ColumnOps:
    """Operations on columns of numbers, truths and words."""

    true, false, unknown = TRUE, FALSE, UNKNOWN
    unary = {
        "-": unary_operation("-", negative),
        "abs": unary_operation("abs", absolute),
        "ln": unary_operation("ln", logarithm),
        "exp": unary_operation("exp", exponentials),
    }
    binary = {
        "+": binary_operation("+", add),
        "-": binary_operation("-", subtract),
        "*": binary_operation("*", multiply),
        "/": binary_operation("/", divide),
        "max": binary_operation("max", maximum),
        "min": binary_operation("min", minimum),
    }

    @staticmethod
    def both(a: TruthColumn, b: TruthColumn) -> TruthColumn:
        """Returns the conjunction: the lesser truth."""
        if isinstance(a, int):
            a, b = b, a
        if isinstance(b, int):
            if isinstance(a, int):
                return min(a, b)
            return FALSE if b == FALSE else a if b == TRUE else np.minimum(a, np.int8(b))
        return np.minimum(a, b)

    @staticmethod
    def either(a: TruthColumn, b: TruthColumn) -> TruthColumn:
        """Returns the disjunction: the greater truth."""
        if isinstance(a, int):
            a, b = b, a
        if isinstance(b, int):
            if isinstance(a, int):
                return max(a, b)
            return TRUE if b == TRUE else a if b == FALSE else np.maximum(a, np.int8(b))
        return np.maximum(a, b)

    @staticmethod
    def negate(a: TruthColumn) -> TruthColumn:
        """Returns the negation: true and false are exchanged."""
        return 2 - a

    @staticmethod
    def is_false(a: TruthColumn) -> bool:
        """Returns whether a truth is false on all rows."""
        return a == FALSE if isinstance(a, int) else not a.any()

    @staticmethod
    def is_true(a: TruthColumn) -> bool:
        """Returns whether a truth is a single `true` for all rows."""
        return isinstance(a, int) and a == TRUE

    @staticmethod
    def is_number(value: ColumnValue) -> bool:
        """Returns whether a value is a column of intervals, or an interval for all rows."""
        return isinstance(value, IntervalColumn | Interval)

    @staticmethod
    def one_if(truth: TruthColumn) -> NumberColumn:
        """Returns a truth as a number: 1 or 0, or the interval between them if unknown."""
        if isinstance(truth, int):
            return ONE_IF[Truth(truth)]
        return IntervalColumn((truth == TRUE).astype(np.float64), (truth != FALSE).astype(np.float64))

    @staticmethod
    def select(
        truth: TruthColumn, if_true: NumberColumn, if_unknown: Callable[[], NumberColumn], if_false: NumberColumn
    ) -> NumberColumn:
        """Returns one of three numbers in each row, depending on the truth."""
        if isinstance(truth, int):
            return if_true if truth == TRUE else if_false if truth == FALSE else if_unknown()
        unknown = truth == UNKNOWN
        return where(truth == TRUE, if_true, where(unknown, if_unknown(), if_false) if unknown.any() else if_false)

    @staticmethod
    def compare(op: str, a: NumberColumn, b: NumberColumn) -> TruthColumn:
        """Returns whether `a op b`."""
        if isinstance(a, Interval) and isinstance(b, Interval):
            return int(INTERVALS.compare(op, a, b))
        match op:
            case ">":
                return greater(a, b)
            case "<":
                return greater(b, a)
            case ">=":
                return ColumnOps.negate(greater(b, a))
            case "<=":
                return ColumnOps.negate(greater(a, b))
        unequal = np.maximum(greater(a, b), greater(b, a))
        return unequal if op == "!=" else ColumnOps.negate(unequal)

    @staticmethod
    def same(op: str, a: ColumnValue, b: ColumnValue) -> TruthColumn:
        """Returns whether words or truth values are equal (op ==) or not (!=); unknown where one is missing."""
        if not isinstance(a, SymbolColumn):
            a, b = b, a
        if not isinstance(a, SymbolColumn):
            if a is None or b is None or type(a) is not type(b):
                return UNKNOWN
            return TRUE if (a == b) == (op == "==") else FALSE
        if isinstance(b, SymbolColumn):
            place = {(type(w), w): i for i, w in enumerate(a.words)}
            # the place of each of b's words among a's; -2 if a lacks it; the last entry, -1, is for missing words
            to = np.array([*(place.get((type(w), w), -2) for w in b.words), -1])
            others: Any = to[b.codes]
            known = (a.codes >= 0) & (b.codes >= 0)
        else:
            others = next((i for i, w in enumerate(a.words) if type(w) is type(b) and w == b), -2)
            known = a.codes >= 0 if b is not None else np.zeros(len(a.codes), np.bool_)
        equal = (a.codes == others) == (op == "==")
        return possible_and_certain(equal & known, equal | ~known)

    @staticmethod
    def truth_value(value: ColumnValue) -> TruthColumn:
        """Returns truth values as truths."""
        if isinstance(value, SymbolColumn):
            table = [TRUE if word is True else FALSE if word is False else UNKNOWN for word in value.words]
            return np.array([*table, UNKNOWN], np.int8)[value.codes]
        return (TRUE if value else FALSE) if isinstance(value, bool) else UNKNOWN

    @staticmethod
    def known(value: ColumnValue) -> TruthColumn:
        """Returns whether anything is known of a value."""
        if isinstance(value, IntervalColumn | SymbolColumn):
            known = value.known if isinstance(value, IntervalColumn) else value.codes >= 0
            return np.where(known, np.int8(TRUE), np.int8(FALSE))
        return FALSE if value is None or value == UNBOUNDED or isinstance(value, Missing) else TRUE


COLUMNS = ColumnOps()
