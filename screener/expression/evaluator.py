"""Evaluates formulas and conditions: one meaning of every operator, on the numbers and truths of a backend.

A backend (`Ops`) is one company (`interval_ops`: intervals and Kleene truths) or a table of companies (`columns.column_ops`:
an interval and a truth a row). An `Interval` is a number of every backend, the same for all companies.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from typing import Any, Generic, Protocol, TypeVar, cast

from screener.expression.interval import INF, UNBOUNDED, ZERO, Interval, Missing
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


class TruthOps(Protocol[T]):
    """Kleene's logic on the truths of a backend."""

    @property
    def true(self) -> T:
        """True for all companies."""
        ...

    @property
    def false(self) -> T:
        """False for all companies."""
        ...

    @property
    def unknown(self) -> T:
        """Unknown for all companies."""
        ...

    def both(self, a: T, b: T, /) -> T:
        """Conjunction."""
        ...

    def either(self, a: T, b: T, /) -> T:
        """Disjunction."""
        ...

    def negate(self, a: T, /) -> T:
        """Negation; unknown stays unknown."""
        ...

    def is_false(self, a: T, /) -> bool:
        """Whether it is false for all companies."""
        ...

    def is_true(self, a: T, /) -> bool:
        """Whether it is the truth `true`, for all companies."""
        ...


class Ops(TruthOps[T], Protocol[N, T]):
    """What the evaluator needs of a backend: operations on its numbers, truths and other values."""

    @property
    def unary(self) -> Mapping[str, Callable[[N], N]]:
        """-, abs, ln and exp."""
        ...

    @property
    def binary(self) -> Mapping[str, Callable[[N, N], N]]:
        """+, -, *, /, max and min."""
        ...

    def is_number(self, value: Any, /) -> bool:
        """Whether a value is a number, missing ones included."""
        ...

    def one_if(self, truth: T, /) -> N:
        """1 where true, 0 where false, between the two where unknown."""
        ...

    def select(self, truth: T, if_true: N, if_unknown: Callable[[], N], if_false: N, /) -> N:
        """One of three numbers, by a truth."""
        ...

    def compare(self, op: str, a: N, b: N, /) -> T:
        """Whether `a op b` for the numbers that a and b stand for."""
        ...

    def same(self, op: str, a: Any, b: Any, /) -> T:
        """Whether two words or truth values are equal (`==`) or not (`!=`); unknown where one is missing."""
        ...

    def truth_value(self, value: Any, /) -> T:
        """A truth value as a truth: unknown where it is missing or no truth value."""
        ...

    def known(self, value: Any, /) -> T:
        """Whether anything is known of a value."""
        ...


Lookup = Callable[[Name], Any]
"""The value of a name: a number (missing: its whole domain), a word, a truth value, or None where it is missing."""


class Evaluator(Generic[N, T]):
    """Evaluates expressions over the names that `lookup` knows.

    `aggregate` gives prior(), sum(), count(), and max() and min() over lists: metrics only.
    `incomparable` says that the sides of a comparison must not be compared (amounts in different currencies): it is unknown.
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

_ONE = Interval.point(1.0)
_ZERO_TO_ONE = Interval(0.0, 1.0)
_ANY_NUMBER_OF = Interval(0.0, INF)


def aggregate(
    ops: Ops[N, T],
    call: Call,
    domain: Interval,
    members: Iterable[tuple[T, Lookup]],
    complete: T,
    others: Lookup | None = None,
) -> N:
    """count, sum, max or min over the members of a list.

    `domain` is all that the amount of a member may be, `members` gives for each whether it exists and its fields, and
    `complete` says whether there are no further members; `others` gives the fields of those, where something is known of them.
    Where no member is certain to count, max and min are missing.
    """
    function, first = call.function, call.arguments[0]
    condition = call.arguments[1] if len(call.arguments) == 2 else None
    counted: list[tuple[T, Any]] = []
    for exists, lookup in members:
        evaluator = Evaluator(ops, lookup)
        holds = exists if condition is None else ops.both(exists, evaluator.truth(condition))
        if not ops.is_false(holds):
            counted.append((holds, _ONE if function == "count" else evaluator.number(first)))
    further: Any = domain
    if others is not None and not ops.is_true(complete):
        evaluator = Evaluator(ops, others)
        if condition is not None:
            complete = ops.either(complete, ops.negate(evaluator.truth(condition)))
        further = _ONE if function == "count" else evaluator.number(first)
    if function in ("max", "min"):
        return cast(N, _extreme(ops, function, counted, Missing(domain.lo, domain.hi), (complete, further)))
    return cast(N, _total(ops, counted, (complete, further)))


def _total(ops: Ops[Any, T], counted: list[tuple[T, Any]], rest: tuple[T, Any]) -> Any:
    """The sum of the amounts of members that count, of which some may not.

    `rest`: whether there are no others that count, and the amount of each of them.
    """
    complete, further = rest
    add, multiply, total = ops.binary["+"], ops.binary["*"], ZERO
    for holds, amount in counted:
        possible = partial(multiply, amount, _ZERO_TO_ONE)
        total = add(total, ops.select(holds, amount, possible, ZERO))
    if ops.is_true(complete):
        return total
    with_others = add(total, multiply(further, _ANY_NUMBER_OF))
    return ops.select(complete, total, lambda: with_others, with_others)


def _extreme(
    ops: Ops[Any, T], function: str, counted: list[tuple[T, Any]], missing: Missing, rest: tuple[T, Any]
) -> Any:
    """The largest or smallest amount of members that count, of which some may not; `rest` as of `_total`."""
    complete, further = rest
    largest = function == "max"
    extreme, other = ops.binary[function], ops.binary["min" if largest else "max"]
    none = Interval(-INF, -INF) if largest else Interval(INF, INF)
    found, some_count = none, ops.false
    for holds, amount in counted:
        possible = partial(other, amount, UNBOUNDED)  # its far end only
        found = extreme(found, ops.select(holds, amount, possible, none))
        some_count = ops.either(some_count, holds)
    if not ops.is_true(complete):
        with_others = extreme(found, other(further, UNBOUNDED))
        found = ops.select(complete, found, lambda: with_others, with_others)
    return ops.select(some_count, found, lambda: missing, missing)
