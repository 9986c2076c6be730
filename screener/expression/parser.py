"""Parses formulas and conditions, which are a small subset of Python's grammar."""

import ast
import math
import re
import warnings
from collections.abc import Callable
from keyword import kwlist
from typing import Any

from screener.errors import ExpressionError, Problem
from screener.expression.syntax_hints import hint_for_syntax_error
from screener.expression.syntax_tree import (
    FUNCTIONS,
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
)
from screener.limits import EXPRESSION, EXPRESSION_DEPTH
from screener.text import did_you_mean

_BINARY: dict[type, str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARE: dict[type, str] = {
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_SYNTAX_KEYWORDS = {"and", "or", "not", "True", "False", "None", "in", "is", "if", "else", "lambda"}
_KEYWORDS = re.compile(rf"'[^']*'|\"[^\"]*\"|\b({'|'.join(set(kwlist) - _SYNTAX_KEYWORDS)})\b")
"""Python's keywords that are names here, such as the field `from`; quoted texts are passed over."""


def parse(text: str) -> Expression:
    """The syntax tree of a formula or condition.

    Raises ExpressionError; each problem's `column` is the offset (from 1) inside the text.
    """
    if len(text) > EXPRESSION:
        raise _error(f"an expression of {len(text)} characters is too long", "split it into metrics", 0)
    try:
        return _convert(_python_tree(text).body, 0)
    except SyntaxError as error:
        offset = len(text) - len(text.lstrip()) + max((error.offset or 1) - 1, 0)
        offset, hint = hint_for_syntax_error(text, offset)
        what = f"'{text.strip()}' can't be read" if text.strip() else "the expression is empty"
        raise _error(what, hint, offset) from None
    except (RecursionError, MemoryError, ValueError):
        raise _error("the expression can't be read", "make it simpler", 0) from None


def _python_tree(text: str) -> ast.Expression:
    """Python's syntax tree, with offsets in characters of `text`."""
    # A full-width first letter hides a keyword from Python's tokenizer; its names are normalised to NFKC afterwards.
    source = _KEYWORDS.sub(lambda m: chr(ord(m[1][0]) + 0xFEE0) + m[1][1:] if m[1] else m[0], text.replace("\n", " "))
    with warnings.catch_warnings():  # about odd escapes, in terms of Python
        warnings.simplefilter("ignore")
        tree = ast.parse(source.lstrip(), mode="eval")
    raw, before = source.lstrip().encode(), len(source) - len(source.lstrip())
    if before == 0 and source.isascii():
        return tree
    for node in ast.walk(tree):
        if isinstance(node, ast.expr):  # Python counts bytes
            node.col_offset = before + len(raw[: node.col_offset].decode())
            node.end_col_offset = before + len(raw[: node.end_col_offset].decode())
    return tree


def _error(what: str, hint: str, offset: int, code: str = "syntax") -> ExpressionError:
    return ExpressionError(Problem(what, hint, column=offset + 1, code=code))


def _convert(node: ast.expr, depth: int) -> Expression:
    if depth > EXPRESSION_DEPTH:
        raise _error(f"the expression is nested deeper than {EXPRESSION_DEPTH} levels", "split it into metrics", 0)
    convert = _CONVERTERS.get(type(node))
    if convert is None:
        raise _refused(node)
    return convert(node, depth + 1)


def _constant(node: ast.Constant, _: int) -> Expression:
    offset, value = node.col_offset, node.value
    if isinstance(value, bool):
        return Bool(value, offset)
    if isinstance(value, str):
        return Word(value, offset)
    if isinstance(value, int | float):
        number = float(value) if abs(value) < 1e300 else math.inf
        if not math.isfinite(number):
            raise _error("the number is too large", "write a finite number", offset)
        return Number(number, offset)
    raise _null(offset) if value is None else _refused(node)


def _null(offset: int) -> ExpressionError:
    return _error("there is no null", "what is missing is unknown; a data rule may ask known(x)", offset)


def _name(node: ast.Name, _: int) -> Expression:
    if node.id in ("true", "false"):
        return Bool(node.id == "true", node.col_offset)
    if node.id in ("null", "none"):
        raise _null(node.col_offset)
    return Name("", node.id, node.col_offset)


def _attribute(node: ast.Attribute, _: int) -> Expression:
    if not isinstance(node.value, ast.Name):
        raise _refused(node)
    return Name(node.value.id, node.attr, node.col_offset)


def _unary(node: ast.UnaryOp, depth: int) -> Expression:
    if isinstance(node.op, ast.Invert):
        raise _refused(node)
    item = _convert(node.operand, depth)
    if isinstance(node.op, ast.UAdd):
        return item
    if isinstance(node.op, ast.Not):
        return Not(item, node.col_offset)
    return Number(-item.value, node.col_offset) if isinstance(item, Number) else Negative(item, node.col_offset)


def _boolean(node: ast.BoolOp, depth: int) -> Expression:
    items = tuple(_convert(v, depth) for v in node.values)
    return (And if isinstance(node.op, ast.And) else Or)(items, node.col_offset)


def _binary(node: ast.BinOp, depth: int) -> Expression:
    offset = node.col_offset
    match node.op:
        case ast.Mod():
            raise _error("% is not an operator here", "write a fraction instead: 0.30 for 30 %", offset)
        case ast.BitAnd() | ast.BitOr():
            raise _error("& and | are not operators here", "write 'and' and 'or'", offset)
        case ast.Pow() | ast.BitXor():
            raise _error("there are no powers", "write the product: x * x", (node.left.end_col_offset or offset) + 1)
    op = _BINARY.get(type(node.op))
    if op is None:
        raise _refused(node)
    return Binary(op, _convert(node.left, depth), _convert(node.right, depth), offset)


def _comparison(node: ast.Compare, depth: int) -> Expression:
    if any(type(op) not in _COMPARE for op in node.ops):
        offset = (node.left.end_col_offset or node.col_offset) + 1
        if any(isinstance(op, ast.Is | ast.IsNot) for op in node.ops):
            raise _error("'is' compares nothing here", "write ==; what is missing is unknown by itself", offset)
        raise _error("only > >= < <= == != compare", "write alternatives with 'or': x == 'a' or x == 'b'", offset)
    items = [_convert(x, depth) for x in (node.left, *node.comparators)]
    chain = tuple(
        Compare(_COMPARE[type(op)], left, right, left.offset)
        for left, op, right in zip(items[:-1], node.ops, items[1:], strict=True)
    )
    return chain[0] if len(chain) == 1 else And(chain, node.col_offset)


def _call(node: ast.Call, depth: int) -> Expression:
    if not isinstance(node.func, ast.Name):
        raise _refused(node)
    if node.func.id not in FUNCTIONS or node.keywords:
        hint = did_you_mean(node.func.id, FUNCTIONS, "known are " + ", ".join(FUNCTIONS))
        raise _error(f"there is no function '{node.func.id}'", hint, node.col_offset, "unknown-name")
    if not node.args:
        hint = "write what it applies to between the parentheses"
        raise _error(f"{node.func.id}() has no argument", hint, node.col_offset)
    return Call(node.func.id, tuple(_convert(a, depth) for a in node.args), node.col_offset)


_CONVERTERS: dict[type[ast.expr], Callable[[Any, int], Expression]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.BinOp: _binary,
    ast.Compare: _comparison,
    ast.Call: _call,
}


def _refused(node: ast.expr) -> ExpressionError:
    """The error for syntax that Python's grammar allows and expressions do not."""
    match node:
        case ast.Tuple():
            what, hint = (
                "a comma separates values",
                "write 0.199 for 0,199, and 1e6 for 1,000,000; join conditions with 'and'",
            )
        case ast.IfExp():
            what, hint = "'if … else' is not a condition", "write two rules, or 'any:' with two patterns"
        case ast.Set() | ast.Dict():
            what, hint = "braces are for texts", "write names without { }"
        case _:
            what, hint = f"'{ast.unparse(node)}' is not allowed here", "see docs/writing-rules.md"
    return _error(what, hint, node.col_offset)
