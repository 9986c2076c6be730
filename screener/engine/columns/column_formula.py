"""Formulas and conditions over columns: what `screener.expression.evaluator` gives, on every row."""

from collections.abc import Callable
from functools import reduce
from typing import TypeAlias

from screener.engine.columns.column_values import (
    FALSE,
    TRUE,
    UNKNOWN,
    IntervalColumn,
    NumberColumn,
    SymbolColumn,
    TruthColumn,
    absolute,
    add,
    compare,
    every,
    exp,
    greatest,
    least,
    ln,
    negate,
    negative,
    one_if,
    over,
    same,
    some,
    times,
    truths,
)
from screener.expression import syntax_tree as tree
from screener.expression.interval import UNBOUNDED, Interval, Missing
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
    Or,
    Word,
    is_aggregate,
)

Value: TypeAlias = "NumberColumn | SymbolColumn | str | bool | None"
Lookup = Callable[[Name], Value]
Aggregate = Callable[[Call], NumberColumn]
_OF_ONE = {"abs": absolute, "ln": ln, "exp": exp}


def number(node: Expression, lookup: Lookup, aggregate: Aggregate | None = None) -> NumberColumn:
    """The interval of a formula; `aggregate` gives prior, sum, count and max/min over lists."""
    match node:
        case tree.Number(constant):
            return Interval.point(constant)
        case Name():
            found = lookup(node)
            return found if isinstance(found, IntervalColumn | Interval) else UNBOUNDED
        case Negative(item):
            return negative(number(item, lookup, aggregate))
        case Binary(op, left, right):
            a, b = number(left, lookup, aggregate), number(right, lookup, aggregate)
            match op:
                case "+":
                    return add(a, b)
                case "-":
                    return add(a, negative(b))
                case "*":
                    return times(a, b)
                case _:
                    return over(a, b)
        case Call(function, items):
            if aggregate is not None and (function == "prior" or is_aggregate(node)):
                return aggregate(node)
            if function == "one_if":
                return one_if(truth(items[0], lookup, aggregate))
            if function in _OF_ONE:
                return _OF_ONE[function](number(items[0], lookup, aggregate))
            values = [number(i, lookup, aggregate) for i in items]
            return reduce(greatest if function == "max" else least, values)
    return UNBOUNDED


def truth(node: Expression, lookup: Lookup, aggregate: Aggregate | None = None) -> TruthColumn:
    """Whether a condition holds; `aggregate` as for `number`."""
    match node:
        case Bool(constant):
            return TRUE if constant else FALSE
        case Name():
            found = lookup(node)
            if isinstance(found, SymbolColumn):
                return truths(found)
            return (TRUE if found else FALSE) if isinstance(found, bool) else UNKNOWN
        case Not(item):
            return negate(truth(item, lookup, aggregate))
        case And(items):
            held: TruthColumn = TRUE
            for item in items:
                held = every(held, truth(item, lookup, aggregate))
            return held
        case Or(items):
            held = FALSE
            for item in items:
                held = some(held, truth(item, lookup, aggregate))
            return held
        case Call("known", (Name() as name,)):
            return _known(lookup(name))
        case Compare(op, left, right):
            a, b = value(left, lookup, aggregate), value(right, lookup, aggregate)
            if isinstance(a, IntervalColumn | Interval) or isinstance(b, IntervalColumn | Interval):
                both = isinstance(a, IntervalColumn | Interval) and isinstance(b, IntervalColumn | Interval)
                return compare(op, a, b) if both else UNKNOWN  # type: ignore[arg-type]
            return same(op, a, b)
    return UNKNOWN


def value(node: Expression, lookup: Lookup, aggregate: Aggregate | None = None) -> Value:
    """A constant, what a name stands for, or the interval of a formula."""
    match node:
        case Word(constant) | Bool(constant):
            return constant
        case Name():
            return lookup(node)
    return number(node, lookup, aggregate)


def _known(found: Value) -> TruthColumn:
    if isinstance(found, IntervalColumn):
        return truths(SymbolColumn(found.known.astype(int), (False, True)))
    if isinstance(found, SymbolColumn):
        return truths(SymbolColumn((found.codes >= 0).astype(int), (False, True)))
    return FALSE if found is None or found == UNBOUNDED or isinstance(found, Missing) else TRUE
