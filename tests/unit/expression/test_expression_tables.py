"""Tables of expressions: hints and their places, writing expressions back, and interval arithmetic at each end."""

import sys
from typing import Any

import pytest

from screener.errors import ExpressionError
from screener.expression.checker import ExpressionChecker, ExpressionType
from screener.expression.interval import (
    INF,
    LARGEST,
    UNBOUNDED,
    Interval,
    Missing,
    Truth,
    are_equal,
    compare,
    exponential,
    lower,
    upper,
)
from screener.expression.interval_ops import INTERVALS, NoneOf, number, truth
from screener.expression.parser import parse
from screener.expression.printer import format_expression
from screener.expression.syntax_tree import Name, children, fields_in, names_in
from screener.limits import EXPRESSION, EXPRESSION_DEPTH

DOCS = "see docs/writing-rules.md"


@pytest.mark.parametrize(
    ("text", "column", "what", "hint"),
    [
        ("~a", 1, "'~a' is not allowed here", DOCS),
        ("a // b", 1, "'a // b' is not allowed here", DOCS),
        ("a ^ b", 3, "there are no powers", "write the product: x * x"),
        ("ab ** 2", 4, "there are no powers", "write the product: x * x"),
        ("a | b", 1, "& and | are not operators here", "write 'and' and 'or'"),
        ("b'x'", 1, "'b'x'' is not allowed here", DOCS),
        ("f(a)(b)", 1, "'f(a)(b)' is not allowed here", DOCS),
        ("min(a, b=1)", 1, "there is no function 'min'", None),
        ("{a: b}", 1, "braces are for texts", "write names without { }"),
        ("a is not b", 3, "'is' compares nothing here", "write ==; what is missing is unknown by itself"),
        ("a not in b", 3, "only > >= < <= == != compare", "write alternatives with 'or': x == 'a' or x == 'b'"),
        ("a ＞ 1", 3, "'a ＞ 1' can't be read", "write > for ＞"),
        ("a ≥ 1", 3, "'a ≥ 1' can't be read", "write >= for ≥"),
        ("a − 1 > 0", 3, "'a − 1 > 0' can't be read", "write - for −"),
        ("a × b > 0", 3, "'a × b > 0' can't be read", "write * for ×"),
        ("a\u200b > 1", 2, "'a\u200b > 1' can't be read", None),
        ("a > 01,000 b", 5, "'a > 01,000 b' can't be read", None),
        ("a > 10 mn", 5, "'a > 10 mn' can't be read", "write 10e6 for 10 mn"),
        ("a > 2.5K", 5, "'a > 2.5K' can't be read", "write 2.5e3 for 2.5K"),
        ("a > 3万", 5, "'a > 3万' can't be read", "write 3e4 for 3万"),
        ("a > €5", 5, "'a > €5' can't be read", "write the number alone: money is in the profile's currency"),
        ("a === 1", 3, "'a === 1' can't be read", "write =="),
        ("a =< 1", 3, "'a =< 1' can't be read", "write <="),
        ("a ? b : c", 3, "'a ? b : c' can't be read", "there is no '? :'; write two rules, or 'any:' with two patterns"),
        ("a > 1; b", 6, "'a > 1; b' can't be read", "leave it out; join conditions with 'and'"),
        ("(a > [1", 6, "'(a > [1' can't be read", "close the bracket that opens here"),
        ("(a > 1))", 8, "'(a > 1))' can't be read", "take it out: no bracket is open here"),
        ("a > 1 or", 7, "'a > 1 or' can't be read", "something is missing behind it"),
        ("a >", 3, "'a >' can't be read", "something is missing behind it"),
        ("a + prior( )", 5, "prior() has no argument", "write what it applies to between the parentheses"),
        ("min() > 1", 1, "min() has no argument", "write what it applies to between the parentheses"),
        ("   ", 1, "the expression is empty", "write a condition such as 'revenue > 0', or true"),
        ("a > 1e300", 5, "the number is too large", "write a finite number"),
        (" null", 2, "there is no null", "what is missing is unknown; a data rule may ask known(x)"),
        ("none", 1, "there is no null", "what is missing is unknown; a data rule may ask known(x)"),
        ("a" * (EXPRESSION + 1), 1, f"an expression of {EXPRESSION + 1} characters is too long", "split it into metrics"),
        ("not " * (EXPRESSION_DEPTH + 1) + "a", 1, f"the expression is nested deeper than {EXPRESSION_DEPTH} levels", "split it into metrics"),
    ],
)
def test_hints(text: str, column: int, what: str, hint: str | None) -> None:
    with pytest.raises(ExpressionError) as refused:
        parse(text)
    (problem,) = refused.value.problems
    assert (problem.column, problem.what) == (column, what)
    assert hint is None or problem.hint == hint


def test_the_longest_expressions_are_read() -> None:
    assert parse("a" * EXPRESSION) == Name("", "a" * EXPRESSION)
    assert parse("not " * EXPRESSION_DEPTH + "a")
    assert parse("a > 9e299")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a+b*c-d/e", "(a + (b * c)) - (d / e)"), ("(a+b)*c", "(a + b) * c"), ("a-(b-c)", "a - (b - c)"), ("a-b-c", "(a - b) - c"),
        ("a/(b/c)", "a / (b / c)"), ("a/(b*c)", "a / (b * c)"), ("a*(b/c)", None), ("-(a+b)", "-(a + b)"), ("--a", None), ("+a", "a"), ("-2", "-2"),
        ("not (a and b)", "not (a and b)"), ("not a and b", "not a and b"), ("(a or b) and c", "(a or b) and c"), ("a or b and c", "a or b and c"),
        ("1<x<=2", "1 < x and x <= 2"), ("max(a,b,1)", "max(a, b, 1)"), ("sum(l.x, l.y=='a')", "sum(l.x, l.y == 'a')"),
        ("x.from == 'from'", "x.from == 'from'"), ("a > 1000000", "a > 1000000"), ("a > 0.1", "a > 0.1"), ("true or false", "true or false"),
        ("not (a > 1)", None), ("(a > 1) == b", None),
    ],
)
def test_expressions_as_text(text: str, written: str | None) -> None:
    found = format_expression(parse(text))
    assert written is None or found == written
    assert format_expression(parse(found)) == found


def test_names_and_parts() -> None:
    node = parse("a.x + b * sum(l.y, l.z > a.w) > -c and not d")
    assert [str(name) for name in names_in(node)] == ["a.x", "b", "l.y", "l.z", "a.w", "c", "d"]
    for _ in range(2):  # found and stored
        assert (fields_in(node, "a"), fields_in(node, "l"), fields_in(node, "q")) == (("w", "x"), ("y", "z"), ())
    assert [format_expression(child) for child in children(node)] == ["a.x + (b * sum(l.y, l.z > a.w)) > -c", "not d"]


def test_formulas_of_no_type_are_any_number() -> None:
    """A formula that the checker would refuse may have any value."""
    for text in ("'a' + 1", "(a > 1) * 2", "true - 1", "count(l)"):
        assert number(parse(text), lambda _: None) == UNBOUNDED
    for text in ("'a'", "1 + 1", "known(a + 1)", "min(a, b)"):
        assert truth(parse(text), lambda _: None) is Truth.UNKNOWN
    assert truth(parse("known(a)"), lambda _: Interval.point(1.0)) is Truth.TRUE
    assert truth(parse("known(a)"), lambda _: Missing(0.0, INF)) is Truth.FALSE


@pytest.mark.parametrize(
    ("op", "a", "b", "expected"),
    [
        ("==", "x", "x", Truth.TRUE), ("==", "x", "y", Truth.FALSE), ("!=", "x", "x", Truth.FALSE), ("!=", "x", "y", Truth.TRUE),
        ("==", None, "x", Truth.UNKNOWN), ("!=", "x", None, Truth.UNKNOWN), ("==", True, True, Truth.TRUE), ("==", True, False, Truth.FALSE),
        ("==", "x", True, Truth.UNKNOWN), ("==", NoneOf(frozenset("x")), "x", Truth.FALSE), ("!=", NoneOf(frozenset("x")), "x", Truth.TRUE),
        ("==", NoneOf(frozenset("x")), "y", Truth.UNKNOWN), ("==", "x", NoneOf(frozenset("x")), Truth.FALSE),
        ("==", NoneOf(frozenset("x")), None, Truth.UNKNOWN),
    ],
)
def test_words(op: str, a: Any, b: Any, expected: Truth) -> None:
    assert INTERVALS.same(op, a, b) is expected


def interval(lo: float, hi: float | None = None) -> Interval:
    return Interval(lo, lo if hi is None else hi)


@pytest.mark.parametrize(
    ("found", "lo", "hi"),
    [
        (interval(1, 2) + interval(3, 5), 4, 7), (interval(1, 2) - interval(3, 5), -4, -1), (-interval(1, 2), -2, -1),
        (interval(0.3) - interval(0.1) - interval(0.2), 0, 0), (interval(1) - interval(1.25), -0.25, -0.25), (interval(1) - interval(1 + 1e-10), 0, 0),
        (interval(-2, 3) * interval(-5, 7), -15, 21), (interval(0) * interval(-INF, INF), 0, 0), (interval(-1, 2) * interval(3, INF), -INF, INF),
        (interval(6, 8) / interval(2, 4), 1.5, 4), (interval(6, 8) / interval(-4, -2), -4, -1.5), (interval(1) / interval(0, 2), -INF, INF),
        (interval(1) / interval(-2, 0), -INF, INF), (interval(1) / interval(2, INF), 0, 0.5), (interval(0) / interval(2, 3), 0, 0),
        (interval(1, INF) / interval(1, INF), 0, INF), (interval(-3, 2).absolute(), 0, 3), (interval(-2, 3).absolute(), 0, 3),
        (interval(-3, -2).absolute(), 2, 3), (interval(2, 3).absolute(), 2, 3), (interval(-3, 0).absolute(), 0, 3), (interval(0, 3).absolute(), 0, 3),
        (interval(1, 1).ln(), 0, 0), (interval(0, 1).ln(), -INF, INF), (interval(5e-324, 1).ln(), pytest.approx(-744.44, abs=0.01), 0),
        (interval(0).exp(), 1, 1), (interval(-INF, 0).exp(), 0, 1), (interval(800, 900).exp(), LARGEST, INF),
        (interval(1, 4).max(interval(2, 3)), 2, 4), (interval(1, 4).min(interval(2, 3)), 1, 3), (interval(1, 2).hull(interval(5, 6)), 1, 6),
        (interval(1, 9).clip(interval(2, 5)), 2, 5), (interval(6, 9).clip(interval(2, 5)), 5, 5), (interval(0, 1).clip(interval(2, 5)), 2, 2),
        (interval(LARGEST) + interval(LARGEST), LARGEST, INF), (interval(-LARGEST) + interval(-LARGEST), -INF, -LARGEST),
        (interval(LARGEST) * interval(2), LARGEST, INF), (interval(-0.0) + interval(-0.0), 0, 0), (interval(-1e-200) * interval(1e-200), 0, 0),
    ],
)
def test_arithmetic(found: Interval, lo: Any, hi: Any) -> None:
    assert (found.lo, found.hi) == (lo, hi)
    assert "-0.0" not in (str(found.lo), str(found.hi))


@pytest.mark.parametrize(
    ("a", "b", "greater", "equal"),
    [
        (interval(1), interval(1), Truth.FALSE, Truth.TRUE), (interval(2), interval(1), Truth.TRUE, Truth.FALSE),
        (interval(1 + 1e-10), interval(1), Truth.FALSE, Truth.TRUE), (interval(1 + 2e-9), interval(1), Truth.TRUE, Truth.FALSE),
        (interval(1, 3), interval(2), Truth.UNKNOWN, Truth.UNKNOWN), (interval(1, 2), interval(2, 3), Truth.FALSE, Truth.UNKNOWN),
        (interval(2, 3), interval(1, 2), Truth.UNKNOWN, Truth.UNKNOWN), (interval(3, 4), interval(1, 2), Truth.TRUE, Truth.FALSE),
        (interval(1, 2), interval(3, 4), Truth.FALSE, Truth.FALSE), (interval(0), interval(-0.0), Truth.FALSE, Truth.TRUE),
    ],
)
def test_comparisons(a: Interval, b: Interval, greater: Truth, equal: Truth) -> None:
    assert compare(">", a, b) is compare("<", b, a) is greater
    assert compare("<=", a, b) is compare(">=", b, a) is greater.negate()
    assert compare("==", a, b) is compare("==", b, a) is equal
    assert compare("!=", a, b) is equal.negate()


def test_the_bounds_of_equality() -> None:
    assert (upper(1.0), upper(-1.0), upper(0.0)) == (1 + 1e-9, -(1 - 1e-9), 0.0)
    for value in (1.0, -1.0, 0.0, 5e-324, 1e308, -3.5e10):
        least = lower(value)
        assert upper(least) >= value
        assert are_equal(least, value)
    assert not are_equal(1.0, 1 + 3e-9)
    assert not are_equal(1 + 3e-9, 1.0)
    assert (exponential(710.0), exponential(0.0)) == (INF, 1.0)
    assert sys.float_info.max == LARGEST
    assert [i.is_open for i in (interval(1, 2), interval(-INF, 2), interval(1, INF))] == [False, True, True]
    assert interval(-INF, 2).finite() == (None, 2)
    assert interval(1, INF).finite() == (1, None)
    assert (interval(1).is_point, interval(1, 2).is_point) == (True, False)


def test_how_many_numbers_functions_take() -> None:
    checker = ExpressionChecker(lambda _: ExpressionType("number"))
    for text in ("min(a, a) > 1", f"max({', '.join('a' * 8)}) > 1"):
        checker.condition(parse(text))
    for text in ("min(a) > 1", f"max({', '.join('a' * 9)}) > 1"):
        with pytest.raises(ExpressionError, match="takes two to eight numbers"):
            checker.condition(parse(text))
