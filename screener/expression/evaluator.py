"""Evaluates formulas and conditions with the numbers and truths of a backend, so that every operator has one definition.

A backend (`Ops`) is one company (`interval_ops`: intervals and Kleene truths) or a table of companies (`columns.column_ops`:
an interval and a truth a row). An `Interval` is a number of every backend, the same for all companies.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Generic, TypeVar

from screener.expression.backend import Lookup, Ops
from screener.expression.interval import UNBOUNDED, Interval
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

N = TypeVar("N")
T = TypeVar("T")


class Evaluator(Generic[N, T]):
    """Evaluates expressions over the names that `lookup` knows.

    `aggregate` gives prior(), sum(), count(), and max() and min() over lists: metrics only.
    `incomparable` tests whether the sides of a comparison cannot be compared (amounts in different currencies), so that
    it is unknown.
    `compared` gives the values of the names in a comparison, where it takes others than conditions elsewhere.
    """

    __slots__ = ("aggregate", "compared", "incomparable", "lookup", "ops")

    def __init__(
        self,
        ops: Ops[N, T],
        lookup: Lookup,
        aggregate: Callable[[Call], N] | None = None,
        incomparable: Callable[[Compare], bool] | None = None,
        compared: Callable[[Compare], Lookup] | None = None,
    ) -> None:
        self.ops, self.lookup, self.aggregate = ops, lookup, aggregate
        self.incomparable, self.compared = incomparable, compared

    def number(self, node: Expression) -> N:
        """The value of a formula."""
        evaluate: Callable[[Any, Any], N] = _NUMBER.get(type(node), _no_number)
        return evaluate(self, node)

    def truth(self, node: Expression) -> T:
        """Whether a condition holds."""
        evaluate: Callable[[Any, Any], T] = _TRUTH.get(type(node), _no_truth)
        return evaluate(self, node)

    def value(self, node: Expression) -> Any:
        """A constant, the value of a name, or the value of a formula."""
        if isinstance(node, Name):
            return self.lookup(node)
        return node.value if isinstance(node, Word | Bool) else self.number(node)


_Evaluator = Evaluator[Any, Any]


@lru_cache(maxsize=1024)
def _point(value: float) -> Interval:
    return Interval.point(value)


def _constant(_: _Evaluator, node: Number) -> Any:
    return _point(node.value)


def _named_number(evaluator: _Evaluator, node: Name) -> Any:
    found = evaluator.lookup(node)
    return found if evaluator.ops.is_number(found) else UNBOUNDED


def _negative(evaluator: _Evaluator, node: Negative) -> Any:
    return evaluator.ops.unary["-"](evaluator.number(node.item))


def _binary(evaluator: _Evaluator, node: Binary) -> Any:
    return evaluator.ops.binary[node.op](evaluator.number(node.left), evaluator.number(node.right))


def _call(evaluator: _Evaluator, node: Call) -> Any:
    ops, function = evaluator.ops, node.function
    if evaluator.aggregate is not None and (function == "prior" or is_aggregate(node)):
        return evaluator.aggregate(node)
    if function == "one_if":
        return ops.one_if(evaluator.truth(node.arguments[0]))
    found = evaluator.number(node.arguments[0])
    if function in ops.unary:
        return ops.unary[function](found)
    if function not in ops.binary:
        return UNBOUNDED
    for argument in node.arguments[1:]:
        found = ops.binary[function](found, evaluator.number(argument))
    return found


def _no_number(_: _Evaluator, node: Expression) -> Any:
    return UNBOUNDED


def _named_truth(evaluator: _Evaluator, node: Name) -> Any:
    return evaluator.ops.truth_value(evaluator.lookup(node))


def _truth_constant(evaluator: _Evaluator, node: Bool) -> Any:
    return evaluator.ops.true if node.value else evaluator.ops.false


def _not(evaluator: _Evaluator, node: Not) -> Any:
    return evaluator.ops.negate(evaluator.truth(node.item))


def _and(evaluator: _Evaluator, node: And) -> Any:
    ops = evaluator.ops
    found = ops.true
    for item in node.items:
        found = ops.both(found, evaluator.truth(item))
        if ops.is_false(found):
            break
    return found


def _or(evaluator: _Evaluator, node: Or) -> Any:
    ops = evaluator.ops
    found = ops.false
    for item in node.items:
        found = ops.either(found, evaluator.truth(item))
        if ops.is_true(found):
            break
    return found


def _compare(evaluator: _Evaluator, node: Compare) -> Any:
    ops = evaluator.ops
    if evaluator.incomparable is not None and evaluator.incomparable(node):
        return ops.unknown
    if evaluator.compared is not None and (lookup := evaluator.compared(node)) is not evaluator.lookup:
        evaluator = Evaluator(ops, lookup, evaluator.aggregate)
    a, b = evaluator.value(node.left), evaluator.value(node.right)
    numbers = ops.is_number(a) + ops.is_number(b)
    if numbers == 2:
        return ops.compare(node.op, a, b)
    return ops.unknown if numbers else ops.same(node.op, a, b)


def _known(evaluator: _Evaluator, node: Call) -> Any:
    match node:
        case Call("known", (Name() as name,)):
            return evaluator.ops.known(evaluator.lookup(name))
    return evaluator.ops.unknown


def _no_truth(evaluator: _Evaluator, node: Expression) -> Any:
    return evaluator.ops.unknown


_NUMBER: dict[type, Callable[[_Evaluator, Any], Any]] = {
    Number: _constant,
    Name: _named_number,
    Negative: _negative,
    Binary: _binary,
    Call: _call,
}
_TRUTH: dict[type, Callable[[_Evaluator, Any], Any]] = {
    Name: _named_truth,
    Bool: _truth_constant,
    Not: _not,
    And: _and,
    Or: _or,
    Compare: _compare,
    Call: _known,
}
