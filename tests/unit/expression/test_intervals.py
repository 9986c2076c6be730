"""Intervals contain the results for all numbers inside their inputs, and narrower inputs never give a wider result."""

import math
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from screener.expression.interval import (
    INF,
    ONE_IF,
    UNBOUNDED,
    Interval,
    Missing,
    Truth,
    are_equal,
    compare,
    lower,
    upper,
)
from screener.expression.interval_ops import NoneOf, Value, number, truth
from screener.expression.parser import parse
from screener.expression.syntax_tree import Name

NEAR = st.builds(lambda base, parts: base * (1 + parts * 1e-10), st.sampled_from([1.0, 0.3, -1.5, 1e24]), st.integers(-40, 40))
FINITE = st.floats(-1e300, 1e300) | NEAR | st.sampled_from([0.0, -0.0, 1.0, 5e-324, -5e-324, 1.7976931348623157e308])
ENDS = FINITE | st.sampled_from([-INF, INF])
OPERATIONS: dict[str, Callable[[Interval, Interval], Interval]] = {
    "+": Interval.__add__,
    "-": Interval.__sub__,
    "*": Interval.__mul__,
    "/": Interval.__truediv__,
    "max": Interval.max,
    "min": Interval.min,
    "abs": lambda a, b: a.absolute(),
    "neg": lambda a, b: -a,
    "ln": lambda a, b: a.ln(),
    "exp": lambda a, b: a.exp(),
    "one_if": lambda a, b: ONE_IF[compare(">", a, b)],
    "hull": Interval.hull,
    "clip": lambda a, b: a.clip(Interval(0.0, 5.0)),
}


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    lo, hi = sorted((draw(ENDS), draw(ENDS)))
    assume(lo < INF and hi > -INF)
    return Interval(lo, hi)


@st.composite
def inside(draw: st.DrawFn) -> tuple[Interval, Interval]:
    """Generates an interval and one inside it."""
    outer = draw(intervals())
    lo, hi = sorted(min(max(draw(ENDS), outer.lo), outer.hi) for _ in range(2))
    assume(lo < INF and hi > -INF)
    return outer, Interval(lo, hi)


@settings(max_examples=150)
@given(a=inside(), b=inside())
@example(a=(Interval(1.0, INF), Interval(1.0, INF)), b=(Interval(1.0, INF), Interval(1.0, 1.0)))
@example(a=(Interval(-5.0, 3.0), Interval(-5.0, -2.0)), b=(UNBOUNDED, UNBOUNDED))
def test_narrower_inputs_never_give_a_wider_result(
    a: tuple[Interval, Interval], b: tuple[Interval, Interval]
) -> None:
    for name, operation in OPERATIONS.items():
        wide, narrow = operation(a[0], b[0]), operation(a[1], b[1])
        assert wide.lo <= narrow.lo <= narrow.hi <= wide.hi, name


@given(st.floats(1e-300, 1e300))
def test_points_have_logarithms(a: float) -> None:
    assert Interval.point(a).ln() == Interval.point(math.log(a))
    back = Interval.point(a).ln().exp()
    assert back.lo == pytest.approx(a, rel=1e-9)


@given(a=inside(), b=inside(), op=st.sampled_from([">", ">=", "<", "<=", "==", "!="]))
def test_a_decided_comparison_stays_decided(
    a: tuple[Interval, Interval], b: tuple[Interval, Interval], op: str
) -> None:
    before, after = compare(op, a[0], b[0]), compare(op, a[1], b[1])
    assert before in (Truth.UNKNOWN, after)


@given(FINITE, FINITE, st.sampled_from([">", ">=", "<", "<=", "==", "!="]))
def test_points_compare_as_numbers(a: float, b: float, op: str) -> None:
    apart = abs(Fraction(a) - Fraction(b)) / max(abs(Fraction(a)), abs(Fraction(b)), Fraction(5e-324))
    assume(not 0.9e-9 < apart < 1.1e-9)
    equal = apart < 1e-9
    plain = {">": a > b, ">=": a >= b, "<": a < b, "<=": a <= b, "==": a == b, "!=": a != b}[op]
    expected = op in (">=", "<=", "==") if equal else plain
    assert compare(op, Interval.point(a), Interval.point(b)) is Truth.of(expected)


@given(a=inside(), b=inside())
def test_of_two_numbers_one_is_greater_or_they_are_equal(
    a: tuple[Interval, Interval], b: tuple[Interval, Interval]
) -> None:
    one, other = a[1], b[1]
    greater, less, equal = (compare(op, one, other) for op in (">", "<", "=="))
    if greater is Truth.TRUE or less is Truth.TRUE:
        assert equal is Truth.FALSE
    assert (equal is Truth.TRUE) == (greater is less is Truth.FALSE)
    assert compare(">=", one, other) is less.negate() is compare("<=", other, one)
    assert compare("<=", one, other) is greater.negate() is compare(">=", other, one)
    assert compare("!=", one, other) is equal.negate()
    assert greater is compare("<", other, one)
    if one.is_point and other.is_point:
        assert [greater, less, equal].count(Truth.TRUE) == 1


@given(FINITE, FINITE)
def test_the_numbers_that_are_equal_to_one_are_those_between_lower_and_upper(a: float, b: float) -> None:
    assert lower(a) <= a <= upper(a)
    assert are_equal(a, b) == (lower(a) <= b <= upper(a))
    assert (upper(a) <= upper(b)) or a > b
    assert upper(math.nextafter(lower(a), -INF)) < a


DECIMALS = st.integers(1, 99_999).map(lambda n: Fraction(n, 1000))


@st.composite
def decimal_formulas(draw: st.DrawFn, depth: int = 3) -> tuple[str, Fraction]:
    """Generates a formula of short decimals, and its value in exact arithmetic."""
    if depth == 0 or draw(st.booleans()):
        value = draw(DECIMALS)
        return f"{float(value):.3f}", value
    (left, a), (right, b) = draw(decimal_formulas(depth - 1)), draw(decimal_formulas(depth - 1))
    op = draw(st.sampled_from("+-*/"))
    assume(op != "/" or b != 0)
    exact = {"+": a + b, "-": a - b, "*": a * b, "/": a / b if b else a}[op]
    # Cancellation is no fault of the comparison: differences are zero or not much smaller than their terms.
    assume(op not in "+-" or exact == 0 or abs(exact) > max(abs(a), abs(b)) / 10_000)
    return f"({left} {op} {right})", exact


@given(decimal_formulas(), decimal_formulas(), st.sampled_from([">", ">=", "<", "<=", "==", "!="]), st.booleans())
@example(("(0.100 + 0.200)", Fraction(3, 10)), ("0.300", Fraction(3, 10)), ">", False)
@example(("(0.525 / 0.350)", Fraction(3, 2)), ("1.500", Fraction(3, 2)), ">", False)
@example(("((0.100 + 0.200) - 0.300)", Fraction(0)), ("(1.000 - 1.000)", Fraction(0)), ">", False)
def test_decimal_figures_compare_as_in_exact_arithmetic(
    one: tuple[str, Fraction], other: tuple[str, Fraction], op: str, same: bool
) -> None:
    (left, a), (right, b) = one, other
    if same:  # the exact value as a decimal, where it is one
        assume(a * 10**9 == int(a * 10**9) and abs(a) < 10**6)
        right, b = f"({float(a)!r})" if a >= 0 else f"(-{float(-a)!r})", a
    assume(a == b or abs(a - b) > Fraction(1, 10**8) * max(abs(a), abs(b)))
    exact = {">": a > b, ">=": a >= b, "<": a < b, "<=": a <= b, "==": a == b, "!=": a != b}[op]
    assert truth(parse(f"{left} {op} {right}"), lambda name: None) is Truth.of(exact)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.1 + 0.2 > 0.3", False),
        ("0.1 + 0.2 - 0.3 > 0", False),
        ("0.3 - 0.2 - 0.1 < 0", False),
        ("0.525 / 0.35 > 1.5", False),
        ("1.1 * 1.1 != 1.21", False),
        ("0.1 + 0.2 == 0.3", True),
        ("0.1 + 0.2 >= 0.3 and 0.1 + 0.2 <= 0.3", True),
        ("1000000000 < 1000000002", True),  # two parts in 10⁹ are a difference
        ("1.000000002 > 1", True),
        ("-0.525 / 0.35 < -1.5", False),
    ],
)
def test_rounding_decides_no_comparison(text: str, expected: bool) -> None:
    assert truth(parse(text), lambda name: None) is Truth.of(expected)


def test_a_divisor_that_is_zero_but_for_rounding_is_zero() -> None:
    assert number(parse("1 / (0.1 + 0.2 - 0.3)"), lambda name: None) == UNBOUNDED


@given(st.floats(-1e100, 1e100), st.floats(-1e100, 1e100), st.sampled_from("+-*/"))
def test_points_calculate_as_numbers(a: float, b: float, op: str) -> None:
    assume(op != "/" or b != 0)
    assume(op not in "+-" or not are_equal(abs(a), abs(b)))
    plain = {"+": a + b, "-": a - b, "*": a * b, "/": a / b if b else 0}[op]
    found = OPERATIONS[op](Interval.point(a), Interval.point(b))
    if math.isfinite(plain):
        assert found == Interval.point(plain)
    else:  # it overflowed: a true bound on its near side, none on the other
        assert found.lo <= plain <= found.hi
        assert not found.is_point


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("debt / revenue", Interval(2, 10)),
        ("debt - cash", Interval(-INF, 99)),
        ("missing * 2", UNBOUNDED),
        ("debt / missing", UNBOUNDED),
        ("debt / zero", UNBOUNDED),
        ("zero * missing", Interval(0, 0)),
        ("max(debt, missing)", Interval(40, INF)),
        ("min(debt, 50)", Interval(40, 50)),
        ("abs(loss)", Interval(0, 3)),
        ("-loss + 1", Interval(-1, 4)),
        ("1 / cash", Interval(0, 1)),
        ("ln(cash)", Interval(0, INF)),
        ("exp(-ln(revenue))", Interval(pytest.approx(1 / 20), pytest.approx(1 / 10))),
        ("ln(loss)", UNBOUNDED),  # its argument may be 0 or less
        ("ln(loss - 5)", UNBOUNDED),
        ("ln(missing)", UNBOUNDED),
        ("exp(missing)", Interval(0, INF)),
        ("exp(1000)", Interval(1.7976931348623157e308, INF)),
        ("one_if(debt > revenue)", Interval(1, 1)),
        ("one_if(debt > 50)", Interval(0, 1)),
        ("one_if(debt < revenue)", Interval(0, 0)),
        ("2 * one_if(not debt > 50 or loss < 5)", Interval(2, 2)),
        ("one_if(missing > 0 and debt < revenue)", Interval(0, 0)),
    ],
)
def test_formulas(text: str, expected: Interval) -> None:
    values = {"debt": Interval(40, 100), "revenue": Interval(10, 20), "cash": Interval(1, INF),
              "missing": Missing(-INF, INF), "zero": Interval(0, 0), "loss": Interval(-3, 2)}
    assert number(parse(text), lambda name: values[name.field]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x > 5", Truth.UNKNOWN),
        ("x > 3 or t", Truth.TRUE),
        ("x > 3 and nothing", Truth.UNKNOWN),
        ("x > 9 and nothing", Truth.FALSE),
        ("not nothing", Truth.UNKNOWN),
        ("w == 'a'", Truth.TRUE),
        ("w != 'a'", Truth.FALSE),
        ("w == nothing", Truth.UNKNOWN),
        ("t == false", Truth.FALSE),
        ("other == 'acme'", Truth.FALSE),
        ("'acme' != other", Truth.TRUE),
        ("other == 'beta'", Truth.UNKNOWN),
        ("other == other", Truth.UNKNOWN),
        ("known(x) and known(w) and not known(nothing)", Truth.TRUE),
        ("known(gap) or known(other)", Truth.FALSE),
        ("t != 1", Truth.UNKNOWN),  # of different types: the loader refuses it, and the result is unknown
        ("3 < x < 9", Truth.TRUE),
    ],
)
def test_conditions(text: str, expected: Truth) -> None:
    values: dict[str, Value | NoneOf] = {
        "x": Interval(4, 6), "t": True, "w": "a", "nothing": None, "gap": Missing(0, INF), "other": NoneOf(frozenset({"acme"}))
    }

    def look(name: Name) -> Value | NoneOf:
        return values[name.field]

    assert truth(parse(text), look) is expected


@pytest.mark.parametrize(
    ("value", "is_open", "finite"),
    [
        (Interval(1.0, 2.0), False, (1.0, 2.0)),
        (Interval(1.0, INF), True, (1.0, None)),
        (Interval(-INF, 2.0), True, (None, 2.0)),
        (Interval(-INF, INF), True, (None, None)),
        (Interval.point(0.0), False, (0.0, 0.0)),
    ],
)
def test_an_interval_is_open_where_an_end_is_unbounded(
    value: Interval, is_open: bool, finite: tuple[float | None, float | None]
) -> None:
    assert value.is_open is is_open
    assert value.finite() == finite
