"""The value of a formula (an interval) and of a condition (true, false or unknown)."""

from collections.abc import Callable
from dataclasses import dataclass

from screener.expression.interval import ONE_IF, UNBOUNDED, Interval, Missing, Truth, compare
from screener.expression.syntax_tree import (
    And,
    Binary,
    Bool,
    Call,
    Compare,
    Expression,
    Name,
    Negative,
    Not,
    Number,
    Or,
    Word,
    is_aggregate,
)

Value = Interval | str | bool | None
"""What a name stands for: a number (missing: its whole domain), a word, a truth value, or None for a missing one."""


@dataclass(frozen=True, slots=True)
class NoneOf:
    """A word that is missing, of which so much is known that it is none of these."""

    words: frozenset[str]


Lookup = Callable[[Name], Value | NoneOf]
Aggregate = Callable[[Call], Interval]


def number(node: Expression, lookup: Lookup, aggregate: Aggregate | None = None) -> Interval:
    """The interval of a formula; `lookup` gives names, `aggregate` gives prior, sum, count and max/min over lists."""
    match node:
        case Number(value):
            return Interval.point(value)
        case Name():
            found = lookup(node)
            return found if isinstance(found, Interval) else UNBOUNDED
        case Negative(item):
            return -number(item, lookup, aggregate)
        case Binary(op, left, right):
            a, b = number(left, lookup, aggregate), number(right, lookup, aggregate)
            match op:
                case "+":
                    return a + b
                case "-":
                    return a - b
                case "*":
                    return a * b
                case _:
                    return a / b
        case Call(function, items):
            if aggregate is not None and (function == "prior" or is_aggregate(node)):
                return aggregate(node)
            if function == "one_if":
                return ONE_IF[truth(items[0], lookup, aggregate)]
            return _call(function, [number(i, lookup, aggregate) for i in items])
    return UNBOUNDED


def _call(function: str, values: list[Interval]) -> Interval:
    result = values[0]
    match function:
        case "abs":
            return result.absolute()
        case "ln":
            return result.ln()
        case "exp":
            return result.exp()
    for other in values[1:]:
        result = result.max(other) if function == "max" else result.min(other)
    return result


def truth(node: Expression, lookup: Lookup, aggregate: Aggregate | None = None) -> Truth:
    """Whether a condition holds; `aggregate` as for `number`."""
    match node:
        case Bool(value):
            return Truth.of(value)
        case Name():
            found = lookup(node)
            return Truth.of(found) if isinstance(found, bool) else Truth.UNKNOWN
        case Not(item):
            return truth(item, lookup, aggregate).negate()
        case And(items):
            return min((truth(i, lookup, aggregate) for i in items), default=Truth.TRUE)
        case Or(items):
            return max((truth(i, lookup, aggregate) for i in items), default=Truth.FALSE)
        case Call("known", (Name() as name,)):
            found = lookup(name)
            return Truth.of(found is not None and found != UNBOUNDED and not isinstance(found, Missing | NoneOf))
        case Compare(op, left, right):
            a, b = _side(left, lookup, aggregate), _side(right, lookup, aggregate)
            if isinstance(a, Interval) and isinstance(b, Interval):
                return compare(op, a, b)
            for one, other in ((a, b), (b, a)):
                if isinstance(one, NoneOf) and other in one.words:
                    return Truth.of(op == "!=")
            if a is None or b is None or type(a) is not type(b) or isinstance(a, NoneOf):
                return Truth.UNKNOWN
            return Truth.of((a == b) == (op == "=="))
    return Truth.UNKNOWN


def _side(node: Expression, lookup: Lookup, aggregate: Aggregate | None) -> Value | NoneOf:
    match node:
        case Word(value) | Bool(value):
            return value
        case Name():
            return lookup(node)
    return number(node, lookup, aggregate)
