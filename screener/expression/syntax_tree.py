"""The syntax tree of formulas and conditions: immutable nodes, and functions that walk or rewrite them.

Every node has an `offset`, the position in its text at which it begins, for error messages.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from screener.records import PickledByValues


class _Node(PickledByValues):
    """A part of an expression; keeps the names in it, and what a formula reads, once they have been asked for."""

    __slots__ = ("_fields", "_inputs", "_names", "_value_inputs")
    _names: "tuple[Name, ...]"
    _fields: "dict[str, tuple[str, ...]]"
    _inputs: "tuple[tuple[str, ...], tuple[str, ...]]"
    _value_inputs: "tuple[str, ...]"


@dataclass(frozen=True, slots=True)
class Number(_Node):
    """A constant number."""

    value: float
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Word(_Node):
    """A constant text."""

    value: str
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Bool(_Node):
    """true or false."""

    value: bool
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Name(_Node):
    """A field of the present fact (scope '') or of a named one: `c.share`, `company.debt`, `params.most`."""

    scope: str
    field: str
    offset: int = 0

    def __str__(self) -> str:
        return f"{self.scope}.{self.field}" if self.scope else self.field


@dataclass(frozen=True, slots=True)
class Negative(_Node):
    """A number with its sign changed."""

    item: "Expression"
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Binary(_Node):
    """`left op right` for the operators + - * /."""

    op: str
    left: "Expression"
    right: "Expression"
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Call(_Node):
    """One of FUNCTIONS with its arguments."""

    function: str
    arguments: "tuple[Expression, ...]"
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Compare(_Node):
    """`left op right` for the operators > >= < <= == !=."""

    op: str
    left: "Expression"
    right: "Expression"
    offset: int = 0


@dataclass(frozen=True, slots=True)
class And(_Node):
    """A conjunction: true where all items are."""

    items: "tuple[Expression, ...]"
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Or(_Node):
    """A disjunction: true where at least one item is."""

    items: "tuple[Expression, ...]"
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Not(_Node):
    """The negation of a condition."""

    item: "Expression"
    offset: int = 0


Expression = Number | Word | Bool | Name | Negative | Binary | Call | Compare | And | Or | Not

FUNCTIONS = ("abs", "count", "exp", "known", "ln", "max", "min", "one_if", "prior", "sum")
NEGATED_OP = {">": "<=", "<=": ">", "<": ">=", ">=": "<", "==": "!=", "!=": "=="}
"""Comparison operators: `not (a op b)` is `a NEGATED_OP[op] b`."""
MIRRORED_OP = {">": "<", ">=": "<=", "<": ">", "<=": ">=", "==": "==", "!=": "!="}
"""Comparison operators: `a op b` is `b MIRRORED_OP[op] a`."""


def children(node: Expression) -> tuple[Expression, ...]:
    """The direct parts of an expression, from left to right."""
    match node:
        case Negative(item) | Not(item):
            return (item,)
        case Binary(_, left, right) | Compare(_, left, right):
            return (left, right)
        case Call(_, items) | And(items) | Or(items):
            return items
        case _:
            return ()


def names_in(node: Expression) -> tuple[Name, ...]:
    """All names in an expression, from left to right, with repetitions."""
    try:
        return node._names
    except AttributeError:
        below = tuple(name for child in children(node) for name in names_in(child))
        found = (node,) if isinstance(node, Name) else below
        object.__setattr__(node, "_names", found)
        return found


def fields_in(node: Expression, scope: str) -> tuple[str, ...]:
    """The fields of a scope that an expression names, each once, sorted."""
    try:
        return node._fields[scope]
    except AttributeError:
        object.__setattr__(node, "_fields", {})
    except KeyError:
        pass
    found = tuple(sorted({name.field for name in names_in(node) if name.scope == scope}))
    node._fields[scope] = found
    return found


def comparisons(node: Expression) -> Iterator[Compare]:
    """All comparisons in a condition, from left to right."""
    if isinstance(node, Compare):
        yield node
        return
    for child in children(node):
        yield from comparisons(child)


def replace_names(node: Expression, replacement: Callable[[Name], Expression]) -> Expression:
    """The same expression with each name replaced."""
    match node:
        case Name():
            return replacement(node)
        case Negative(item, offset) | Not(item, offset):
            return type(node)(replace_names(item, replacement), offset)
        case Binary(op, left, right, offset) | Compare(op, left, right, offset):
            return type(node)(op, replace_names(left, replacement), replace_names(right, replacement), offset)
        case Call(function, arguments, offset):
            return Call(function, tuple(replace_names(a, replacement) for a in arguments), offset)
        case And(items, offset) | Or(items, offset):
            return type(node)(tuple(replace_names(i, replacement) for i in items), offset)
        case _:
            return node


def is_aggregate(node: Call) -> bool:
    """Whether a call runs over the members of a list: sum, count, and min or max of a field of a list."""
    if node.function in ("sum", "count"):
        return True
    return node.function in ("min", "max") and any(n.scope for n in names_in(node.arguments[0]))


def negation_normal_form(node: Expression, negated: bool = False) -> Expression:
    """The same condition (its negation where `negated`) with `not` before truth values only, and nested and/or merged."""
    match node:
        case Not(item):
            return negation_normal_form(item, not negated)
        case And(items, offset) | Or(items, offset):
            kind: type[And] | type[Or] = And if isinstance(node, And) != negated else Or
            flat: list[Expression] = []
            for item in (negation_normal_form(i, negated) for i in items):
                flat.extend(item.items if isinstance(item, kind) else (item,))
            return kind(tuple(flat), offset)
        case Compare(op, left, right, offset) if negated:
            return Compare(NEGATED_OP[op], left, right, offset)
        case Bool(value, offset) if negated:
            return Bool(not value, offset)
        case _:
            return Not(node, node.offset) if negated else node
