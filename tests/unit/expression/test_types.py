"""Names and units that conditions and formulas may use."""

import pickle

import pytest

from screener.errors import ExpressionError
from screener.expression.checker import ExpressionChecker, ExpressionType
from screener.expression.parser import parse
from screener.expression.syntax_tree import Name
from screener.units import NUMERIC

TYPES = {
    "debt": ExpressionType("money"), "revenue": ExpressionType("money"), "share": ExpressionType("fraction"), "staff": ExpressionType("count"),
    "runway": ExpressionType("months"), "hours": ExpressionType("hours"), "binding": ExpressionType("truth"), "listed": ExpressionType("truth"),
    "what": ExpressionType("word", ("borrow", "build")), "note": ExpressionType("text"), "party": ExpressionType("company"), "when": ExpressionType("date"),
}


def type_of(name: Name) -> ExpressionType:
    return TYPES[name.field]


def member_of(list_name: str) -> object:
    return type_of


@pytest.mark.parametrize(
    "text",
    [
        "debt > 1e9",
        "debt > 1.5 * revenue",
        "debt / revenue > share",
        "debt + 1 > revenue",
        "share * debt > revenue",
        "debt * revenue > revenue * debt",
        "runway / runway < staff",
        "binding and not listed or true",
        "binding == listed",
        "what == 'borrow' or note == 'anything' or party == 'acme'",
        "note != what",
        "0 < share < 1",
        "min(debt, 5, revenue) > 0",
        "abs(debt - revenue) >= 0",
        "ln(debt) > 20 and exp(-share) < 1",
        "one_if(debt > revenue and not listed) + one_if(what == 'build') >= 1",
    ],
)
def test_conditions_that_fit(text: str) -> None:
    ExpressionChecker(type_of).condition(parse(text))


@pytest.mark.parametrize(
    ("text", "column", "what", "hint"),
    [
        ("debt > share", 1, "'debt' (money) can't be compared with 'share' (a plain number)", "like with like"),
        ("staff > 1 and debt > runway", 15, "'debt' (money) can't be compared with 'runway' (months)", "like"),
        ("debt * debt > debt", 1, "(a mixed unit)", "like with like"),
        ("debt + runway > 1", 1, "'debt + runway' mixes money and months", "units must agree"),
        ("max(hours, runway) > 1", 1, "mixes hours and months", "units must agree"),
        ("debt", 1, "'debt' is a money, not a truth value", "compare it"),
        ("debt + 1", 1, "'debt + 1' is not a condition", "compare it"),
        ("binding > 1", 1, "compares a number with a truth value", "alone"),
        ("what > 'borrow'", 1, "words can't be ordered", "== or !="),
        ("when > '2024-01-01'", 1, "orders dates", "months_ago <= 24"),
        ("what == true", 1, "compares a truth value with a word", "write the truth value alone"),
        ("what == 'borow'", 9, "'borow' is not one of its words", "did you mean 'borrow'?"),
        ("'sell' == what", 1, "'sell' is not one of its words", "known are borrow, build"),
        ("debt + what > 1", 8, "'what' is a word, not a number", "figure or a metric"),
        ("prior(debt) > 1", 1, "prior() is for metrics", "define a metric"),
        ("sum(debt) > 1", 1, "sum() is for metrics", "define a metric"),
        ("known(debt)", 1, "for data rules only", "unknown by itself"),
        ("(debt > 1) + 1 > 2", 2, "'debt > 1' is not a number", "one_if(debt > 1) is 1 where it holds"),
        ("1 + (debt > 1 and listed) > 2", 6, "is not a number", "is 1 where it holds"),
        ("1 + (listed or binding) > 2", 6, "is not a number", "is 1 where it holds"),
        ("1 + (not listed) > 2", 6, "is not a number", "is 1 where it holds"),
        ("debt + 'a' > 1", 8, "''a'' is not a number", "name a number"),
        ("debt + true > 1", 8, "'true' is not a number", "name a number"),
        ("abs(debt, debt) > 1", 1, "abs() takes one number", ""),
        ("min(debt) > 1", 1, "min() takes two to eight numbers", ""),
        ("ln(debt, debt) > 1", 1, "ln() takes one number", ""),
        ("exp(debt) > 1", 1, "exp() of money means nothing", "plain number"),
        ("ln(debt) > revenue", 1, "(a plain number) can't be compared with 'revenue' (money)", "like"),
        ("one_if(debt) > 1", 8, "'debt' is a money, not a truth value", "compare it"),
        ("one_if(listed, listed) > 1", 1, "one_if() takes one condition", "net_income < 0"),
        ("one_if(prior(debt) > 1) > 1", 8, "prior() is for metrics", "define a metric"),
        ("one_if(known(debt)) > 1", 8, "for data rules only", "unknown by itself"),
        ("known(debt) > 1", 1, "a condition, not a number", ""),
    ],
)
def test_conditions_that_do_not_fit(text: str, column: int, what: str, hint: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        ExpressionChecker(type_of).condition(parse(text))
    (problem,) = caught.value.problems
    assert what in problem.what
    assert hint in problem.hint
    assert problem.column == column


def test_data_rules_may_ask_what_is_known() -> None:
    ExpressionChecker(type_of, data_rule=True).condition(parse("not known(debt) and known(what)"))
    with pytest.raises(ExpressionError, match="takes one name"):
        ExpressionChecker(type_of, data_rule=True).condition(parse("known(debt + 1)"))


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("debt / revenue", "multiple"),
        ("debt", "money"),
        ("sum(plans.debt, plans.what == 'borrow')", "money"),
        ("count(plans, plans.binding) / staff", "count"),
        ("max(plans.share)", "fraction"),
        ("sum(plans.share * plans.debt)", "money"),
        ("max(debt, sum(plans.debt))", "money"),
        ("debt - prior(debt)", "money"),
        ("debt / (debt / runway)", "months"),
        ("ln(debt / prior(debt)) + one_if(prior(debt) > debt)", "multiple"),
        ("one_if(max(plans.share) > 0.5 or count(plans) < 2)", "count"),
    ],
)
def test_formulas_give_a_unit(text: str, unit: str) -> None:
    assert ExpressionChecker(type_of, member_of).number(parse(text)) == NUMERIC[unit]  # type: ignore[arg-type]


def test_a_bare_number_takes_any_unit() -> None:
    assert ExpressionChecker(type_of).number(parse("1 + 2 * 3")) is None


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("sum(plans.debt * share)", "sum() takes a list and a condition"),
        ("sum(plans.debt + others.debt)", "sum() takes a list and a condition"),
        ("count(plans + others)", "count() takes a list and a condition"),
        ("sum(plans)", "sum() takes a list and a condition"),
        ("count(plans.debt)", "count() takes a list and a condition"),
        ("sum(plans.debt, binding)", "'binding' is not a field of plans"),
        ("sum(plans.debt, plans.what == 'x', 1)", "takes a list and a condition"),
        ("sum(plans.what)", "'plans.what' is a word"),
        ("prior(debt + 1)", "prior() takes one figure"),
    ],
)
def test_aggregates_that_do_not_fit(text: str, what: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        ExpressionChecker(type_of, member_of).number(parse(text))  # type: ignore[arg-type]
    assert what in caught.value.problems[0].what


def test_units_of_a_catalogue_from_the_cache_are_those_of_the_catalogue() -> None:
    """Its strings are equal to those of the modules, but other objects."""
    for types in (TYPES, pickle.loads(pickle.dumps(TYPES))):
        checker = ExpressionChecker(lambda name, types=types: types[name.field])  # type: ignore[misc]
        checker.condition(parse("binding == listed and what == 'borrow' and party == 'acme' and debt > 1.5 * revenue"))
        for wrong, what in (
            ("party == 'OpenAI Inc'", "is not a company's id"),
            ("what == 'burrow'", "is not one of its words"),
            ("when > 'x'", "orders dates"),
            ("binding == 'yes'", "compares a truth value with a word"),
        ):
            with pytest.raises(ExpressionError, match=what):
                checker.condition(parse(wrong))
