"""Formulas and conditions: Python's grammar, of which only a small part passes."""

import ast
import math
import re
import warnings
from dataclasses import dataclass
from keyword import kwlist

from screener.errors import ExpressionError, Problem
from screener.expression.syntax_hints import slip
from screener.limits import EXPRESSION, EXPRESSION_DEPTH
from screener.text import did_you_mean


class _Node:
    """A part of an expression, which notes its names once they were asked for."""

    __slots__ = ("_names",)
    _names: "tuple[Name, ...]"


@dataclass(frozen=True, slots=True)
class Number(_Node):
    """A constant number."""

    value: float
    at: int = 0


@dataclass(frozen=True, slots=True)
class Word(_Node):
    """A constant text."""

    value: str
    at: int = 0


@dataclass(frozen=True, slots=True)
class Bool(_Node):
    """true or false."""

    value: bool
    at: int = 0


@dataclass(frozen=True, slots=True)
class Name(_Node):
    """`field` of this fact (scope ''), or of a named one: `c.share`, `company.debt`, `params.most`, `customers.amount`."""

    scope: str
    field: str
    at: int = 0

    def __str__(self) -> str:
        return f"{self.scope}.{self.field}" if self.scope else self.field


@dataclass(frozen=True, slots=True)
class Negative(_Node):
    """Minus a number."""

    item: "Expression"
    at: int = 0


@dataclass(frozen=True, slots=True)
class Binary(_Node):
    """`left op right` for + - * /."""

    op: str
    left: "Expression"
    right: "Expression"
    at: int = 0


@dataclass(frozen=True, slots=True)
class Call(_Node):
    """One of FUNCTIONS, with its arguments."""

    function: str
    arguments: "tuple[Expression, ...]"
    at: int = 0


@dataclass(frozen=True, slots=True)
class Compare(_Node):
    """`left op right` for > >= < <= == !=."""

    op: str
    left: "Expression"
    right: "Expression"
    at: int = 0


@dataclass(frozen=True, slots=True)
class And(_Node):
    """All of them."""

    items: "tuple[Expression, ...]"
    at: int = 0


@dataclass(frozen=True, slots=True)
class Or(_Node):
    """At least one of them."""

    items: "tuple[Expression, ...]"
    at: int = 0


@dataclass(frozen=True, slots=True)
class Not(_Node):
    """Not so."""

    item: "Expression"
    at: int = 0


Expression = Number | Word | Bool | Name | Negative | Binary | Call | Compare | And | Or | Not

FUNCTIONS = ("abs", "count", "exp", "known", "ln", "max", "min", "one_if", "prior", "sum")
_BINARY: dict[type, str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARE: dict[type, str] = {
    ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<=", ast.Eq: "==", ast.NotEq: "!="
}  # fmt: skip
_TAKEN = {"and", "or", "not", "True", "False", "None", "in", "is", "if", "else", "lambda"}
_KEYWORDS = re.compile(rf"'[^']*'|\"[^\"]*\"|\b({'|'.join(set(kwlist) - _TAKEN)})\b")
"""Python's keywords that are names here, such as the field `from`; quoted texts are passed over."""


def parse(text: str) -> Expression:
    """The expression that `text` writes down.

    Raises ExpressionError; each problem's `column` is the offset (from 1) inside the text.
    """
    if len(text) > EXPRESSION:
        raise _error(f"an expression of {len(text)} characters is too long", "split it into metrics", 0)
    try:
        return _convert(_tree(text).body, 0)
    except SyntaxError as error:
        at, hint = slip(text, len(text) - len(text.lstrip()) + max((error.offset or 1) - 1, 0))
        raise _error(
            f"'{text.strip()}' can't be read" if text.strip() else "the expression is empty", hint, at
        ) from None
    except (RecursionError, MemoryError, ValueError):
        raise _error("the expression can't be read", "make it simpler", 0) from None


def _tree(text: str) -> ast.Expression:
    """Python's syntax tree, with offsets in characters of `text`."""
    # A full-width first letter hides a keyword from Python's tokenizer; its names are normalised to NFKC afterwards.
    source = _KEYWORDS.sub(lambda m: chr(ord(m[1][0]) + 0xFEE0) + m[1][1:] if m[1] else m[0], text.replace("\n", " "))
    with warnings.catch_warnings():  # of odd escapes, in words that speak of Python
        warnings.simplefilter("ignore")
        tree = ast.parse(source.lstrip(), mode="eval")
    raw, before = source.lstrip().encode(), len(source) - len(source.lstrip())
    for node in ast.walk(tree):
        if isinstance(node, ast.expr):  # Python counts bytes
            node.col_offset = before + len(raw[: node.col_offset].decode())
            node.end_col_offset = before + len(raw[: node.end_col_offset].decode())
    return tree


def _error(what: str, hint: str, at: int, code: str = "syntax") -> ExpressionError:
    return ExpressionError(Problem(what, hint, column=at + 1, code=code))


def _convert(node: ast.expr, depth: int) -> Expression:
    if depth > EXPRESSION_DEPTH:
        raise _error(f"the expression is nested deeper than {EXPRESSION_DEPTH} levels", "split it into metrics", 0)
    at, down = node.col_offset, depth + 1
    match node:
        case ast.Constant(value=bool(value)):
            return Bool(value, at)
        case ast.Constant(value=int() | float() as value):
            number = float(value) if abs(value) < 1e300 else math.inf
            if not math.isfinite(number):
                raise _error("the number is too large", "write a finite number", at)
            return Number(number, at)
        case ast.Constant(value=str(word)):
            return Word(word, at)
        case ast.Constant(value=None):
            raise _error("there is no null", "what is missing is unknown; a data rule may ask known(x)", at)
        case ast.Name(id="true" | "false" as word):
            return Bool(word == "true", at)
        case ast.Name(id="null" | "none"):
            raise _error("there is no null", "what is missing is unknown; a data rule may ask known(x)", at)
        case ast.Name(id=field):
            return Name("", field, at)
        case ast.Attribute(value=ast.Name(id=scope), attr=field):
            return Name(scope, field, at)
        case ast.UnaryOp(op=ast.USub(), operand=item):
            inner = _convert(item, down)
            return Number(-inner.value, at) if isinstance(inner, Number) else Negative(inner, at)
        case ast.UnaryOp(op=ast.UAdd(), operand=item):
            return _convert(item, down)
        case ast.UnaryOp(op=ast.Not(), operand=item):
            return Not(_convert(item, down), at)
        case ast.BoolOp(op=op, values=values):
            items = tuple(_convert(v, down) for v in values)
            return And(items, at) if isinstance(op, ast.And) else Or(items, at)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return Binary(_BINARY[type(op)], _convert(left, down), _convert(right, down), at)
        case ast.BinOp(op=ast.Mod()):
            raise _error("% is not an operator here", "write a fraction instead: 0.30 for 30 %", at)
        case ast.BinOp(op=ast.BitAnd() | ast.BitOr()):
            raise _error("& and | are not operators here", "write 'and' and 'or'", at)
        case ast.BinOp(left=left, op=ast.Pow() | ast.BitXor()):
            raise _error("there are no powers", "write the product: x * x", (left.end_col_offset or at) + 1)
        case ast.Tuple():
            raise _error(
                "a comma stands between values", "write 1000000 or 1e6 for 1,000,000; join conditions with 'and'", at
            )
        case ast.IfExp():
            raise _error("'if … else' is no condition", "write two rules, or 'any:' with two patterns", at)
        case ast.Set() | ast.Dict():
            raise _error("braces are for texts", "write names without { }", at)
        case ast.Compare(left=left, ops=ops) if any(type(op) not in _COMPARE for op in ops):
            behind = (left.end_col_offset or at) + 1
            if any(isinstance(op, ast.Is | ast.IsNot) for op in ops):
                raise _error("'is' compares nothing here", "write ==; what is missing is unknown by itself", behind)
            raise _error("only > >= < <= == != compare", "write alternatives with 'or': x == 'a' or x == 'b'", behind)
        case ast.Compare(left=left, ops=ops, comparators=others):
            return _chain([_convert(x, down) for x in (left, *others)], ops, at)
        case ast.Call(func=ast.Name(id=function), args=arguments, keywords=[]) if function in FUNCTIONS:
            return Call(function, tuple(_convert(a, down) for a in arguments), at)
        case ast.Call(func=ast.Name(id=function)):
            raise _error(
                f"there is no function '{function}'",
                did_you_mean(function, FUNCTIONS, "known are " + ", ".join(FUNCTIONS)),
                at,
                "unknown-name",
            )
        case _:
            raise _error(f"'{ast.unparse(node)}' is not allowed here", "see docs/writing-rules.md", at)


def _chain(items: list[Expression], ops: list[ast.cmpop], at: int) -> Expression:
    pairs = []
    for left, op, right in zip(items[:-1], ops, items[1:], strict=True):
        pairs.append(Compare(_COMPARE[type(op)], left, right, left.at))
    return pairs[0] if len(pairs) == 1 else And(tuple(pairs), at)


def children(node: Expression) -> tuple[Expression, ...]:
    """The direct parts of an expression."""
    match node:
        case Negative(item) | Not(item):
            return (item,)
        case Binary(_, left, right) | Compare(_, left, right):
            return (left, right)
        case Call(_, items) | And(items) | Or(items):
            return items
        case _:
            return ()


def names(node: Expression) -> tuple[Name, ...]:
    """All names in an expression, from left to right."""
    try:
        return node._names
    except AttributeError:
        below = tuple(name for child in children(node) for name in names(child))
        found = (node,) if isinstance(node, Name) else below
        object.__setattr__(node, "_names", found)
        return found


_OPPOSITE = {">": "<=", "<=": ">", "<": ">=", ">=": "<", "==": "!=", "!=": "=="}


def normal(node: Expression, negated: bool = False) -> Expression:
    """Negation normal form: `not` only where a truth value stands, nested and/or of one kind made flat."""
    match node:
        case Not(item):
            return normal(item, not negated)
        case And(items, at) | Or(items, at):
            kind: type[And] | type[Or] = And if isinstance(node, And) != negated else Or
            flat: list[Expression] = []
            for item in (normal(i, negated) for i in items):
                flat.extend(item.items if isinstance(item, kind) else (item,))
            return kind(tuple(flat), at)
        case Compare(op, left, right, at) if negated:
            return Compare(_OPPOSITE[op], left, right, at)
        case Bool(value, at) if negated:
            return Bool(not value, at)
        case _:
            return Not(node, node.at) if negated else node


def show(node: Expression) -> str:
    """The expression as text, with as few parentheses as are needed to read it."""
    match node:
        case Number(value):
            return f"{value:.15g}"
        case Word(value):
            return f"'{value}'"
        case Bool(value):
            return "true" if value else "false"
        case Name():
            return str(node)
        case Negative(item):
            return f"-{_inner(item)}"
        case Not(item):
            return f"not {show(item) if isinstance(item, Not) else _inner(item)}"
        case Binary(op, left, right):
            return f"{_inner(left)} {op} {_inner(right)}"
        case Compare(op, left, right):
            return f"{_side(left)} {op} {_side(right)}"
        case Call(function, items):
            return f"{function}({', '.join(map(show, items))})"
        case And(items):
            return " and ".join(_inner(i) if isinstance(i, Or) else show(i) for i in items)
        case Or(items):
            return " or ".join(map(show, items))
    raise TypeError(node)


def _inner(node: Expression) -> str:
    return f"({show(node)})" if isinstance(node, Binary | Compare | And | Or | Not) else show(node)


def _side(node: Expression) -> str:
    return _inner(node) if isinstance(node, Compare | And | Or | Not) else show(node)
