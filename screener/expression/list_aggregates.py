"""count, sum, max and min over a list whose members may be partly unknown."""

from collections.abc import Iterable
from functools import partial
from typing import Any, TypeVar, cast

from screener.expression.backend import Lookup, Ops
from screener.expression.evaluator import Evaluator
from screener.expression.interval import INF, UNBOUNDED, ZERO, Interval, Missing
from screener.expression.syntax_tree import Call

N = TypeVar("N")
T = TypeVar("T")


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
