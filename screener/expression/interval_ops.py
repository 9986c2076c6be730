"""The evaluator's backend for one company: a number is an interval, a truth has three outcomes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from screener.expression.backend import Lookup
from screener.expression.evaluator import Evaluator
from screener.expression.interval import ONE_IF, UNBOUNDED, Interval, Missing, Truth, compare
from screener.expression.syntax_tree import Call, Compare, Expression

Value = Interval | str | bool | None
"""A number (missing: its whole domain), a word, a truth value, or None for a missing word or truth value."""

_FALSE, _UNKNOWN, _TRUE = Truth


@dataclass(frozen=True, slots=True)
class NoneOf:
    """A missing word that is known to be none of these."""

    words: frozenset[str]


class IntervalOps:
    """Operations on intervals, truths and words."""

    true, false, unknown = _TRUE, _FALSE, _UNKNOWN
    both = staticmethod(min)
    either = staticmethod(max)
    negate = staticmethod(Truth.negate)
    one_if = staticmethod(ONE_IF.__getitem__)
    compare = staticmethod(compare)
    unary = {"-": Interval.__neg__, "abs": Interval.absolute, "ln": Interval.ln, "exp": Interval.exp}
    binary = {
        "+": Interval.__add__,
        "-": Interval.__sub__,
        "*": Interval.__mul__,
        "/": Interval.__truediv__,
        "max": Interval.max,
        "min": Interval.min,
    }

    @staticmethod
    def is_false(a: Truth) -> bool:
        """Whether it is false."""
        return a is _FALSE

    @staticmethod
    def is_true(a: Truth) -> bool:
        """Whether it is true."""
        return a is _TRUE

    @staticmethod
    def is_number(value: Any) -> bool:
        """Whether it is an interval."""
        return isinstance(value, Interval)

    @staticmethod
    def select(truth: Truth, if_true: Interval, if_unknown: Callable[[], Interval], if_false: Interval) -> Interval:
        """One of three numbers, by a truth."""
        return if_true if truth is _TRUE else if_false if truth is _FALSE else if_unknown()

    @staticmethod
    def same(op: str, a: Value | NoneOf, b: Value | NoneOf) -> Truth:
        """Whether two words or truth values are equal (`==`) or not (`!=`)."""
        if isinstance(b, NoneOf):
            a, b = b, a
        if isinstance(a, NoneOf):
            return Truth.of(op == "!=") if b in a.words else _UNKNOWN
        if a is None or b is None or type(a) is not type(b):
            return _UNKNOWN
        return Truth.of((a == b) == (op == "=="))

    @staticmethod
    def truth_value(value: Value | NoneOf) -> Truth:
        """A truth value as a truth."""
        return Truth.of(value) if isinstance(value, bool) else _UNKNOWN

    @staticmethod
    def known(value: Value | NoneOf) -> Truth:
        """Whether anything is known of a value."""
        return Truth.of(value is not None and value != UNBOUNDED and not isinstance(value, Missing | NoneOf))


INTERVALS = IntervalOps()


def number(node: Expression, lookup: Lookup, aggregate: Callable[[Call], Interval] | None = None) -> Interval:
    """The interval of a formula for one company."""
    return Evaluator(INTERVALS, lookup, aggregate).number(node)


def truth(node: Expression, lookup: Lookup, incomparable: Callable[[Compare], bool] | None = None) -> Truth:
    """Whether a condition holds for one company."""
    evaluator: Evaluator[Interval, Truth] = Evaluator(INTERVALS, lookup, None, incomparable)
    return evaluator.truth(node)
