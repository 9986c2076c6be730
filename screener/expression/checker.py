"""What an expression may name, and whether its units fit together."""

from collections.abc import Callable
from dataclasses import dataclass

from screener.errors import ExpressionError, Problem
from screener.expression.evaluator import is_aggregate
from screener.expression.parser import (
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
    names,
    show,
)
from screener.text import did_you_mean, is_slug, slug
from screener.units import NUMERIC, PURE, Dimension


@dataclass(frozen=True, slots=True)
class Type:
    """What a name or expression is: a unit, and for words the closed list they come from."""

    unit: str
    words: tuple[str, ...] = ()

    @property
    def is_number(self) -> bool:
        """Whether it is a number (of whatever unit)."""
        return self.unit in NUMERIC


TypeOf = Callable[[Name], Type]
"""The type of a name. Raises ExpressionError for a name that does not exist."""

_Known = Dimension | None  # None: a bare number, which takes any unit


def fail(node: Expression, what: str, hint: str = "", code: str = "type-mismatch") -> ExpressionError:
    """An error at a place inside an expression."""
    return ExpressionError(Problem(what, hint, column=node.at + 1, code=code))


def check_condition(
    node: Expression, type_of: TypeOf, data_rule: bool = False, member_of: Callable[[str], TypeOf] | None = None
) -> None:
    """Raises ExpressionError where `node` is not a condition whose names exist and whose units fit.

    `member_of`: as for `check_number`, for a condition inside a metric.
    """
    match node:
        case And(items) | Or(items):
            problems: list[Problem] = []
            for item in items:
                try:
                    check_condition(item, type_of, data_rule, member_of)
                except ExpressionError as error:
                    problems.extend(error.problems)
            if problems:
                raise ExpressionError(problems)
        case Not(item):
            check_condition(item, type_of, data_rule, member_of)
        case Bool():
            return
        case Name():
            found = type_of(node)
            if found.unit != "truth":
                raise fail(node, f"'{node}' is a {found.unit}, not a truth value", "compare it with something")
        case Call("known", arguments):
            if not data_rule:
                raise fail(
                    node,
                    "known() is for data rules only",
                    "what is missing makes a rule unknown by itself",
                    "misplaced-function",
                )
            if len(arguments) != 1 or not isinstance(arguments[0], Name):
                raise fail(node, "known() takes one name", "known(revenue)")
            type_of(arguments[0])
        case Compare(op, left, right):
            _check_compare(node, op, left, right, type_of, member_of)
        case _:
            raise fail(node, f"'{show(node)}' is not a condition", "compare it with something")


def _check_compare(
    node: Compare,
    op: str,
    left: Expression,
    right: Expression,
    type_of: TypeOf,
    member_of: Callable[[str], TypeOf] | None,
) -> None:
    a, b = _symbol(left, type_of), _symbol(right, type_of)
    if a is None and b is None:
        one, two = check_number(left, type_of, member_of), check_number(right, type_of, member_of)
        if one is not None and two is not None and one != two:
            raise fail(node, f"'{show(left)}' ({_name(one)}) can't be compared with '{show(right)}' ({_name(two)})",
                       "compare like with like", "unit-mismatch")  # fmt: skip
        return
    if a is None or b is None:
        what = {"truth": "a truth value", "company": "a company"}.get((a or b or Type("")).unit, "a word")
        hint = "write the truth value alone, or 'not …'" if what == "a truth value" else "compare like with like"
        raise fail(node, f"'{show(node)}' compares a number with {what}", hint)
    if op not in ("==", "!="):
        raise fail(node, f"words can't be ordered: '{show(node)}'", "use == or !=")
    if {a.unit, b.unit} & {"truth"} and a.unit != b.unit:
        raise fail(
            node, f"'{show(node)}' compares a truth value with a word", "write the truth value alone, or 'not …'"
        )
    for typed, other in ((a, right), (b, left)):
        if typed.unit == "company" and isinstance(other, Word) and not is_slug(other.value):
            hint = f"write '{slug(other.value)}'" if slug(other.value) else "write the id that profiles give it"
            raise fail(other, f"'{other.value}' is no company's id", hint, "bad-value")
        if typed.words and isinstance(other, Word) and other.value not in typed.words:
            near = did_you_mean(other.value, typed.words, "known are " + ", ".join(typed.words))
            raise fail(other, f"'{other.value}' is not one of its words", near, "unknown-word")


def _symbol(node: Expression, type_of: TypeOf) -> Type | None:
    match node:
        case Word():
            return Type("text")
        case Bool():
            return Type("truth")
        case Name():
            found = type_of(node)
            return None if found.is_number else found
    return None


def check_number(node: Expression, type_of: TypeOf, member_of: Callable[[str], TypeOf] | None = None) -> _Known:
    """The dimension of a formula, None for a bare number. `member_of` allows aggregates over the lists it knows.

    Raises ExpressionError where a name does not exist, is no number, or units don't fit.
    """
    match node:
        case Number():
            return None
        case Name():
            found = type_of(node)
            if not found.is_number:
                raise fail(node, f"'{node}' is a {found.unit}, not a number", "use a figure or a metric")
            return NUMERIC[found.unit]
        case Negative(item):
            return check_number(item, type_of, member_of)
        case Binary(op, left, right):
            a, b = check_number(left, type_of, member_of), check_number(right, type_of, member_of)
            if op in "+-":
                return _same(node, (a, b))
            if a is None and b is None:
                return None
            sign = 1 if op == "*" else -1
            product = [x + sign * y for x, y in zip(a or PURE, b or PURE, strict=True)]
            return (product[0], product[1], product[2], product[3])
        case Call(function, arguments):
            return _check_call(node, function, arguments, type_of, member_of)
    hint = f"one_if({show(node)}) is 1 where it holds, else 0"
    raise fail(
        node, f"'{show(node)}' is not a number", hint if isinstance(node, Compare | And | Or | Not) else "name a number"
    )


def _check_call(
    node: Call,
    function: str,
    arguments: tuple[Expression, ...],
    type_of: TypeOf,
    member_of: Callable[[str], TypeOf] | None,
) -> _Known:
    if function == "known":
        raise fail(node, "known() is a condition, not a number", "", "misplaced-function")
    if member_of is None and function in ("prior", "sum", "count"):
        raise fail(node, f"{function}() is for metrics", "define a metric and name it here", "misplaced-function")
    if function == "prior":
        if len(arguments) != 1 or not isinstance(arguments[0], Name):
            raise fail(node, "prior() takes one figure or metric", "prior(revenue)")
        return check_number(arguments[0], type_of)
    if member_of is not None and arguments and is_aggregate(node):
        return _check_aggregate(node, function, arguments, member_of)
    if function == "one_if":
        if len(arguments) != 1:
            raise fail(node, "one_if() takes one condition", "one_if(net_income < 0)")
        check_condition(arguments[0], type_of, member_of=member_of)
        return PURE
    most = 1 if function in ("abs", "exp", "ln") else 8
    if not 1 <= len(arguments) <= most or (function in ("min", "max") and len(arguments) < 2):
        raise fail(node, f"{function}() takes {'one number' if most == 1 else 'two to eight numbers'}", "")
    dimensions = tuple(check_number(a, type_of, member_of) for a in arguments)
    if function == "exp" and dimensions[0] not in (None, PURE):
        raise fail(node, f"exp() of {_name(dimensions[0] or PURE)} means nothing", "give it a plain number")
    return PURE if function in ("exp", "ln") else _same(node, dimensions)


def _check_aggregate(
    node: Call, function: str, arguments: tuple[Expression, ...], member_of: Callable[[str], TypeOf]
) -> _Known:
    first = arguments[0]
    bare = function == "count"
    lists = {n.field if bare else n.scope for n in names(first)}
    if len(arguments) > 2 or len(lists) != 1 or "" in lists or (bare and (not isinstance(first, Name) or first.scope)):
        example = "count(customers, customers.dominant)" if function == "count" else f"{function}(customers.commitment)"
        raise fail(node, f"{function}() takes a list and a condition on its members", example)
    (of,) = lists
    member = member_of(of)

    def inside(name: Name) -> Type:
        if name.scope != of:
            raise fail(name, f"'{name}' is not a field of {of}", f"write {of}.{name.field}", "unknown-field")
        return member(name)

    if len(arguments) == 2:
        check_condition(arguments[1], inside)
    return PURE if function == "count" else check_number(first, inside)


def _same(node: Expression, dimensions: tuple[_Known, ...]) -> _Known:
    known = {d for d in dimensions if d is not None}
    if len(known) > 1:
        raise fail(
            node,
            f"'{show(node)}' mixes " + " and ".join(sorted(map(_name, known))),
            "units must agree",
            "unit-mismatch",
        )
    return known.pop() if known else None


def _name(dimension: Dimension) -> str:
    if dimension == PURE:
        return "a plain number"
    return next((f"{unit}" for unit, d in NUMERIC.items() if d == dimension), "a mixed unit")
