"""Checks expressions: that the names in them exist and that their units fit together."""

from collections.abc import Callable
from dataclasses import dataclass

from screener.errors import ExpressionError, Problem
from screener.expression.printer import format_expression
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
    names_in,
)
from screener.text import did_you_mean, is_slug, slug
from screener.units import DIMENSIONLESS, NUMERIC, Dimension


@dataclass(frozen=True, slots=True)
class ExpressionType:
    """The type of a name or expression: its unit, and for words the closed list that they come from."""

    unit: str
    words: tuple[str, ...] = ()

    @property
    def is_number(self) -> bool:
        """Whether it is a number, of whatever unit."""
        return self.unit in NUMERIC


TypeOf = Callable[[Name], ExpressionType]
"""The type of a name. Raises ExpressionError for a name that does not exist."""

_AnyDimension = Dimension | None  # None: a bare number, which fits any unit


def expression_error(node: Expression, what: str, hint: str = "", code: str = "type-mismatch") -> ExpressionError:
    """An error that points to a part of an expression."""
    return ExpressionError(Problem(what, hint, column=node.offset + 1, code=code))


@dataclass(frozen=True, slots=True)
class ExpressionChecker:
    """Checks expressions whose names have the types that `type_of` gives.

    `member_type_of` is given for metrics: it gives the types of the fields of a list, and allows prior() and aggregates.
    `data_rule` allows known(). All methods raise ExpressionError where a name does not exist or units don't fit.
    """

    type_of: TypeOf
    member_type_of: Callable[[str], TypeOf] | None = None
    data_rule: bool = False

    def condition(self, node: Expression) -> None:
        """Checks a condition; reports the problems of all items of `and` and `or` together."""
        match node:
            case And(items) | Or(items):
                problems: list[Problem] = []
                for item in items:
                    try:
                        self.condition(item)
                    except ExpressionError as error:
                        problems.extend(error.problems)
                if problems:
                    raise ExpressionError(problems)
            case Not(item):
                self.condition(item)
            case Bool():
                return
            case Name():
                unit = self.type_of(node).unit
                if unit != "truth":
                    what = f"'{node}' is a {unit}, not a truth value"
                    raise expression_error(node, what, "compare it with something")
            case Call("known", arguments):
                self._known(node, arguments)
            case Compare():
                self._compare(node)
            case _:
                what = f"'{format_expression(node)}' is not a condition"
                raise expression_error(node, what, "compare it with something")

    def number(self, node: Expression) -> Dimension | None:
        """Checks a formula; its dimension, None for a bare number."""
        match node:
            case Number():
                return None
            case Name():
                found = self.type_of(node)
                if not found.is_number:
                    what = f"'{node}' is a {found.unit}, not a number"
                    raise expression_error(node, what, "use a figure or a metric")
                return NUMERIC[found.unit]
            case Negative(item):
                return self.number(item)
            case Binary(op, left, right):
                a, b = self.number(left), self.number(right)
                if op in "+-":
                    return _common(node, (a, b))
                if a is None and b is None:
                    return None
                sign = 1 if op == "*" else -1
                product = [x + sign * y for x, y in zip(a or DIMENSIONLESS, b or DIMENSIONLESS, strict=True)]
                return (product[0], product[1], product[2], product[3])
            case Call(function, arguments):
                return self._call(node, function, arguments)
        text = format_expression(node)
        is_condition = isinstance(node, Compare | And | Or | Not)
        hint = f"one_if({text}) is 1 where it holds, else 0" if is_condition else "name a number"
        raise expression_error(node, f"'{text}' is not a number", hint)

    def _known(self, node: Call, arguments: tuple[Expression, ...]) -> None:
        if not self.data_rule:
            what, hint = "known() is for data rules only", "what is missing makes a rule unknown by itself"
            raise expression_error(node, what, hint, "misplaced-function")
        if len(arguments) != 1 or not isinstance(arguments[0], Name):
            raise expression_error(node, "known() takes one name", "known(revenue)")
        self.type_of(arguments[0])

    def _compare(self, node: Compare) -> None:
        left, right = node.left, node.right
        a, b = self._symbol_type(left), self._symbol_type(right)
        if a is not None and b is not None:
            _check_symbols(node, a, b)
        elif a is not None or b is not None:
            unit = (a or b or ExpressionType("")).unit
            what = {"truth": "a truth value", "company": "a company"}.get(unit, "a word")
            hint = "write the truth value alone, or 'not …'" if unit == "truth" else "compare like with like"
            raise expression_error(node, f"'{format_expression(node)}' compares a number with {what}", hint)
        else:
            one, two = self.number(left), self.number(right)
            if one is not None and two is not None and one != two:
                sides = [f"'{format_expression(s)}' ({_unit_name(d)})" for s, d in ((left, one), (right, two))]
                what = f"{sides[0]} can't be compared with {sides[1]}"
                raise expression_error(node, what, "compare like with like", "unit-mismatch")

    def _symbol_type(self, node: Expression) -> ExpressionType | None:
        """The type of a word, truth value or company; None for a number."""
        match node:
            case Word():
                return ExpressionType("text")
            case Bool():
                return ExpressionType("truth")
            case Name():
                found = self.type_of(node)
                return None if found.is_number else found
        return None

    def _call(self, node: Call, function: str, arguments: tuple[Expression, ...]) -> _AnyDimension:
        if function == "known":
            raise expression_error(node, "known() is a condition, not a number", "", "misplaced-function")
        if self.member_type_of is None and function in ("prior", "sum", "count"):
            hint = "define a metric and name it here"
            raise expression_error(node, f"{function}() is for metrics", hint, "misplaced-function")
        if function == "prior":
            if len(arguments) != 1 or not isinstance(arguments[0], Name):
                raise expression_error(node, "prior() takes one figure or metric", "prior(revenue)")
            return ExpressionChecker(self.type_of).number(arguments[0])
        if self.member_type_of is not None and arguments and is_aggregate(node):
            return _check_aggregate(node, self.member_type_of)
        if function == "one_if":
            if len(arguments) != 1:
                raise expression_error(node, "one_if() takes one condition", "one_if(net_income < 0)")
            ExpressionChecker(self.type_of, self.member_type_of).condition(arguments[0])
            return DIMENSIONLESS
        most = 1 if function in ("abs", "exp", "ln") else 8
        if not 1 <= len(arguments) <= most or (function in ("min", "max") and len(arguments) < 2):
            wanted = "one number" if most == 1 else "two to eight numbers"
            raise expression_error(node, f"{function}() takes {wanted}", "")
        dimensions = tuple(map(self.number, arguments))
        if function == "exp" and dimensions[0] not in (None, DIMENSIONLESS):
            what = f"exp() of {_unit_name(dimensions[0] or DIMENSIONLESS)} means nothing"
            raise expression_error(node, what, "give it a plain number")
        return DIMENSIONLESS if function in ("exp", "ln") else _common(node, dimensions)


def _check_symbols(node: Compare, a: ExpressionType, b: ExpressionType) -> None:
    """Checks a comparison of words, truth values or companies of the types `a` and `b`."""
    if node.op not in ("==", "!="):
        if "date" in (a.unit, b.unit):
            hint = "compare how long ago it is: months_ago <= 24"
            raise expression_error(node, f"'{format_expression(node)}' orders dates", hint)
        raise expression_error(node, f"words can't be ordered: '{format_expression(node)}'", "use == or !=")
    if {a.unit, b.unit} & {"truth"} and a.unit != b.unit:
        what = f"'{format_expression(node)}' compares a truth value with a word"
        raise expression_error(node, what, "write the truth value alone, or 'not …'")
    for expected, other in ((a, node.right), (b, node.left)):
        if not isinstance(other, Word):
            continue
        if expected.unit == "company" and not is_slug(other.value):
            hint = f"write '{slug(other.value)}'" if slug(other.value) else "write the id that profiles give it"
            raise expression_error(other, f"'{other.value}' is not a company's id", hint, "bad-value")
        if expected.words and other.value not in expected.words:
            near = did_you_mean(other.value, expected.words, "known are " + ", ".join(expected.words))
            raise expression_error(other, f"'{other.value}' is not one of its words", near, "unknown-word")


def _check_aggregate(node: Call, member_type_of: Callable[[str], TypeOf]) -> _AnyDimension:
    first, is_count = node.arguments[0], node.function == "count"
    lists = {n.field if is_count else n.scope for n in names_in(first)}
    bad_list = is_count and (not isinstance(first, Name) or first.scope)
    if len(node.arguments) > 2 or len(lists) != 1 or "" in lists or bad_list:
        example = "count(customers, customers.dominant)" if is_count else f"{node.function}(customers.commitment)"
        raise expression_error(node, f"{node.function}() takes a list and a condition on its members", example)
    (list_name,) = lists
    member = member_type_of(list_name)

    def type_inside(name: Name) -> ExpressionType:
        if name.scope != list_name:
            hint = f"write {list_name}.{name.field}"
            raise expression_error(name, f"'{name}' is not a field of {list_name}", hint, "unknown-field")
        return member(name)

    inside = ExpressionChecker(type_inside)
    if len(node.arguments) == 2:
        inside.condition(node.arguments[1])
    return DIMENSIONLESS if is_count else inside.number(first)


def _common(node: Expression, dimensions: tuple[_AnyDimension, ...]) -> _AnyDimension:
    """The one dimension that all have (None where all are bare numbers)."""
    known = {d for d in dimensions if d is not None}
    if len(known) > 1:
        what = f"'{format_expression(node)}' mixes " + " and ".join(sorted(map(_unit_name, known)))
        raise expression_error(node, what, "units must agree", "unit-mismatch")
    return known.pop() if known else None


def _unit_name(dimension: Dimension) -> str:
    if dimension == DIMENSIONLESS:
        return "a plain number"
    return next((f"{unit}" for unit, d in NUMERIC.items() if d == dimension), "a mixed unit")
