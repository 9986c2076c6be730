"""The parser accepts a small part of Python's grammar; errors state what to write instead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.errors import ExpressionError
from screener.expression.interval import Interval
from screener.expression.interval_ops import truth
from screener.expression.parser import parse
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
    children,
    names_in,
    negation_normal_form,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b * 2", Binary("+", Name("", "a"), Binary("*", Name("", "b"), Number(2)))),
        ("-x - -1.5", Binary("-", Negative(Name("", "x")), Number(-1.5))),
        ("c.share >= params.most", Compare(">=", Name("c", "share"), Name("params", "most"))),
        ("what == 'borrow' and not true", And((Compare("==", Name("", "what"), Word("borrow")), Not(Bool(True))))),
        ("0.1 < x <= 5", And((Compare("<", Number(0.1), Name("", "x")), Compare("<=", Name("", "x"), Number(5))))),
        ("max(a, 1) > 2", Compare(">", Call("max", (Name("", "a"), Number(1))), Number(2))),
        ("a or b and c", Or((Name("", "a"), And((Name("", "b"), Name("", "c")))))),
        ("from == 'from'", Compare("==", Name("", "from"), Word("from"))),  # a keyword of Python, a field here
        ("x.class != x.from", Compare("!=", Name("x", "class"), Name("x", "from"))),
        ("a\n  > 1", Compare(">", Name("", "a"), Number(1))),
    ],
)
def test_reads(text: str, expected: Expression) -> None:
    assert without_places(parse(text)) == expected


@pytest.mark.parametrize(
    ("text", "column", "what", "hint"),
    [
        ("share > 30%", 11, "can't be read", "0.30 for 30 %"),
        ("share % 2", 1, "% is not an operator", "0.30 for 30 %"),
        ("a && b", 3, "can't be read", "write 'and'"),
        ("a || b", 3, "can't be read", "write 'or'"),
        ("a & b", 1, "& and | are not operators", "write 'and' and 'or'"),
        ("a = 1", 3, "can't be read", "write == to compare"),
        ("!a", 1, "can't be read", "write 'not'"),
        ("a in (1, 2)", 3, "only > >= < <= == != compare", "with 'or'"),
        ("revenue == null", 12, "there is no null", "known(x)"),
        ("None", 1, "there is no null", "known(x)"),
        ("min(a) + avg(b)", 10, "there is no function 'avg'", "abs, count"),
        ("a > 1e999", 5, "too large", "finite"),
        ("'甲' == w and null", 14, "there is no null", "known(x)"),  # columns count characters, not bytes
        ("  null", 3, "there is no null", "known(x)"),
        ("a.b.c > 1", 1, "'a.b.c' is not allowed", "docs/writing-rules.md"),
        ("a if b else c", 1, "is not a condition", "two rules"),
        ("__import__('os')", 1, "there is no function '__import__'", "known are"),
        ("(lambda: 1)()", 1, "not allowed", "docs/writing-rules.md"),
        ("x[0]", 1, "not allowed", "docs/writing-rules.md"),
        ("", 1, "is empty", "write a condition"),
        ("a <> b", 3, "can't be read", "write !="),
        ("a => 1", 3, "can't be read", "write >="),
        ("a AND b", 3, "can't be read", "small letters"),
        ("revenue > 10bn", 11, "can't be read", "10e9 for 10bn"),
        ("revenue > 10亿", 11, "can't be read", "10e8 for 10亿"),
        ("revenue > $10", 11, "can't be read", "number alone"),
        ("revenue > 1,000", 1, "comma", "1e6"),
        ("a between 1 and 2", 3, "can't be read", "1 <= x <= 2"),
        ("date within 24 months", 6, "can't be read", "write months_ago <= 24"),
        ("date < 24 months ago", 11, "can't be read", "write months_ago <= 24"),
        ("a is null", 3, "'is' compares nothing", "unknown by itself"),
        ("a > > b", 5, "can't be read", "docs/writing-rules.md"),  # Python's own position if no hint has a better one
        ("  a > 5 7", 9, "can't be read", "docs/writing-rules.md"),
        ("(a > 1", 1, "can't be read", "close the bracket"),
        ("a > 1)", 6, "can't be read", "no bracket is open"),
        ("a > 1 and", 7, "can't be read", "missing behind it"),
        ("total debt > 1", 7, "can't be read", "_ for spaces"),
        ("债 == 'x' and a ** 2 > 1", 16, "no powers", "x * x"),
        ("a and not b c > 1", 13, "can't be read", "_ for spaces"),  # `and` and `not` are not names
        ("{company.a} > 1", 1, "braces", "without { }"),
        ("a == 'it's'", 11, "can't be read", "close the quote"),
        ("-" * 900 + "1", 1, "nested deeper", "split"),
        ("1 + " * 300 + "1", 1, "too long", "split it into metrics"),
    ],
)
def test_refuses(text: str, column: int, what: str, hint: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    (problem,) = caught.value.problems
    assert what in problem.what
    assert hint in problem.hint
    assert problem.column == column


LEAVES = st.one_of(
    st.sampled_from([Bool(True), Bool(False)]),
    st.sampled_from("pqr").map(lambda n: Name("", n)),
    st.builds(Compare, st.sampled_from([">", ">=", "<", "<=", "==", "!="]),
              st.sampled_from("xy").map(lambda n: Name("", n)), st.integers(-2, 2).map(float).map(Number)),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=3).map(lambda i: And(tuple(i))),
        st.lists(inner, min_size=2, max_size=3).map(lambda i: Or(tuple(i))),
    ),
    max_leaves=8,
)
VALUES = st.fixed_dictionaries({
    **dict.fromkeys("pqr", st.sampled_from([True, False, None])),
    **dict.fromkeys("xy", st.tuples(st.integers(-3, 3), st.integers(0, 3)).map(lambda t: Interval(t[0], t[0] + t[1]))),
})


@given(CONDITIONS, VALUES)
def test_normal_form_means_the_same(node: Expression, values: dict[str, object]) -> None:
    def look(name: Name) -> object:
        return values[name.field]

    made = negation_normal_form(node)
    assert truth(made, look) is truth(node, look)  # type: ignore[arg-type]
    assert truth(negation_normal_form(node, negated=True), look) is truth(node, look).negate()  # type: ignore[arg-type]


@given(CONDITIONS)
def test_normal_form_negates_only_truth_values(node: Expression) -> None:
    def check(part: Expression) -> None:
        assert not isinstance(part, Not) or isinstance(part.item, Name)
        nested = [c for c in children(part) if type(c) is type(part)]
        assert not (isinstance(part, And | Or) and nested)
        for child in children(part):
            check(child)

    check(negation_normal_form(node))


@given(CONDITIONS)
def test_what_is_shown_reads_back_as_the_same(node: Expression) -> None:
    shown = format_expression(negation_normal_form(node))
    assert format_expression(negation_normal_form(parse(shown))) == shown
    assert sorted(map(str, names_in(parse(shown)))) == sorted(map(str, names_in(negation_normal_form(node))))


@pytest.mark.parametrize(
    "text", ["a - (b - c)", "a - b + c", "(a + b) * c", "-(a + b) > 1", "a / (b * c)", "not (a and b)"]
)
def test_parentheses_are_kept_where_they_matter(text: str) -> None:
    assert without_places(parse(format_expression(parse(text)))) == without_places(parse(text))


def without_places(node: Expression) -> Expression:
    """Returns the same expression with every position set to 0."""
    match node:
        case Number(value):
            return Number(value)
        case Word(value):
            return Word(value)
        case Bool(value):
            return Bool(value)
        case Name(scope, field):
            return Name(scope, field)
        case Negative(item):
            return Negative(without_places(item))
        case Not(item):
            return Not(without_places(item))
        case Binary(op, left, right):
            return Binary(op, without_places(left), without_places(right))
        case Compare(op, left, right):
            return Compare(op, without_places(left), without_places(right))
        case Call(function, items):
            return Call(function, tuple(map(without_places, items)))
        case And(items):
            return And(tuple(map(without_places, items)))
        case Or(items):
            return Or(tuple(map(without_places, items)))
