"""Computes columns that a map defines by formulas: `formula: total_assets - total_liabilities`.

A name refers to a figure or metric of the map, in the catalogue's unit. A header in backticks (or a plain word that is no
figure of the map) refers to a column of the file, read as numbers and multiplied by the entry's scale.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from screener.errors import ExpressionError
from screener.expression.parser import parse
from screener.expression.syntax_tree import Binary, Call, Expression, Name, Negative, Number, names_in

_BACKTICKS = re.compile(r"`([^`]+)`")
_PLACE = "column_in_backticks_"
_CALLS: Mapping[str, Callable[..., Any]] = {
    "abs": np.abs,
    "ln": np.log,
    "exp": np.exp,
    "min": np.minimum,
    "max": np.maximum,
}


class ColumnFormula(NamedTuple):
    """A formula over columns; `headers` maps the placeholders in the tree to the headers in backticks."""

    text: str
    tree: Expression
    headers: Mapping[str, str]

    def read_headers(self, figures: frozenset[str]) -> frozenset[str]:
        """Returns the columns of the file that the formula uses, given the figures of the map."""
        names = (name.field for name in names_in(self.tree))
        return frozenset(self.headers.get(name, name) for name in names if name not in figures)

    def values(self, column: Callable[[str], Any]) -> Any:
        """Evaluates the formula on arrays of numbers; NaN where there is no finite value.

        `column` returns the array for a name or header.
        """
        with np.errstate(all="ignore"):
            found = _values(self.tree, lambda name: column(self.headers.get(name, name)))
        return np.where(np.isfinite(found), found, np.nan)


def read_formula(text: str) -> ColumnFormula:
    """Parses a formula. Raises ValueError with the error and what to do."""
    headers: dict[str, str] = {}

    def stand_in(found: re.Match[str]) -> str:
        name = f"{_PLACE}{len(headers)}"
        headers[name] = found[1].strip()
        return name

    try:
        tree = parse(_BACKTICKS.sub(stand_in, text))
    except ExpressionError as error:
        first = error.problems[0]
        raise ValueError(
            f"{first.what}; {first.hint or 'write a formula such as total_assets - total_liabilities'}"
        ) from None
    _check(tree)
    return ColumnFormula(text, tree, headers)


def _check(node: Expression) -> None:
    match node:
        case Number() | Name(""):
            return
        case Negative(item):
            _check(item)
        case Binary(_, left, right):
            _check(left)
            _check(right)
        case Call(function, arguments) if function in _CALLS and len(arguments) == (
            2 if function in ("min", "max") else 1
        ):
            for argument in arguments:
                _check(argument)
        case _:
            raise ValueError(f"the formula has what columns can't compute; use + - * / and {', '.join(sorted(_CALLS))}")


def _values(node: Expression, column: Callable[[str], Any]) -> Any:
    match node:
        case Number(value):
            return value
        case Name(_, name):
            return column(name)
        case Negative(item):
            return -_values(item, column)
        case Binary(op, left, right):
            one, other = _values(left, column), _values(right, column)
            if op == "/":
                return np.divide(one, np.where(np.equal(other, 0), np.nan, other))
            return one + other if op == "+" else one - other if op == "-" else one * other
        case Call(function, arguments):
            return _CALLS[function](*(_values(argument, column) for argument in arguments))
    raise AssertionError(node)
