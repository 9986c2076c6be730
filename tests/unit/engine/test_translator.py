"""How much of a condition the C library evaluates, and what is left to Python: its limits are kept, and fully used."""

import json
from typing import Any

import pytest

from screener.engine.durable.ruleset import TranslatedRuleset, node_count
from screener.engine.durable.translator import Translator
from screener.rules.compiler import Program
from tests.fuzz.world import program

EITHER = "(amount > {i} or part > 0.{i})"  # one `or`, two ways
PAIRS = "(amount > {i} and part > 0.{i} or amount > 1{i} and part > 0.1{i})"  # an `or` and two `and`, two ways
ONE_PAIR = "(amount > {i} or part > 0.{i} and amount > 1{i})"  # an `or` and one `and`, two ways


def compiled(condition: str, form: str) -> tuple[dict[str, Any], int]:
    """Returns the patterns of the C library for a condition on a client, and the number of parts left to Python."""
    made = program([{"rule": "r0", "when": [{"client as c": condition}]}])
    ruleset = rulesets(made)[form]
    ((name, rule),) = ruleset.compiled_rules.items()
    return rules_of(ruleset)[name], len(rule.residual)


def rulesets(made: Program) -> dict[str, TranslatedRuleset]:
    """Returns the ruleset of the rule `r0` in each form."""
    translated = Translator(made).translate(("r0",), frozenset({"r0"}))
    return {"strict": translated.strict.main, "possible": translated.possible.main}


def rules_of(ruleset: TranslatedRuleset) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(f"{{{ruleset.text}}}")
    return found


def joined(*shapes: str) -> str:
    return " and ".join(shape.format(i=i) for i, shape in enumerate(shapes, 1))


@pytest.mark.parametrize("form", ["strict", "possible"])
@pytest.mark.parametrize(
    ("condition", "left"),
    [
        (joined(*[EITHER] * 3), 0),  # 2 · 2 · 2 ways
        (joined(*[EITHER] * 4), 1),
        (joined(*[EITHER] * 5), 2),
        (joined(PAIRS, PAIRS, ONE_PAIR), 0),  # 3 + 3 + 2 levels
        (joined(PAIRS, PAIRS, PAIRS), 1),
        (joined(PAIRS, PAIRS, PAIRS, ONE_PAIR), 1),  # later parts that fit are included
        (" and ".join(f"amount > {i}" for i in range(24)), 0),
        (" and ".join(f"amount > {i}" for i in range(25)), 1),
        ("amount > amount * part", 1),  # the C library compares with constants only
        ("amount > 1 and true", 0),
    ],
)
def test_what_is_beyond_a_bound_is_left_to_python(form: str, condition: str, left: int) -> None:
    patterns, residual = compiled(condition, form)
    assert residual == left
    assert levels(patterns) - 2 <= 8  # of them the `and` of the company's pattern and that of the client's


def levels(condition: Any) -> int:
    """Returns the number of `and` and `or` in a condition."""
    if isinstance(condition, list):
        return sum(map(levels, condition))
    return sum((key in ("$and", "$or")) + levels(value) for key, value in condition.items()) if isinstance(condition, dict) else 0


def test_a_condition_that_never_holds_makes_no_rule() -> None:
    made = program([{"rule": "r0", "when": [{"client as c": "amount > 1 and false"}]}])
    assert [rules_of(ruleset) for ruleset in rulesets(made).values()] == [{}, {}]


@pytest.mark.parametrize(
    ("condition", "join"),
    [
        ("party == company.id", {"is:party": {"@": "is:id"}}),
        ("company.id == party", {"is:party": {"@": "is:id"}}),
        ("party == a.party", {"is:party": {"a": "is:party"}}),
        ("z.what == what", {"is:what": {"z": "is:what"}}),
    ],
)
def test_equal_words_and_companies_are_joined(condition: str, join: dict[str, Any]) -> None:
    made = program([{"rule": "r0", "when": [{"client as a": "sure"}, {"client as z": "sure"}, {"source as s": condition}]}])
    ruleset = rulesets(made)["strict"]
    rules = list(rules_of(ruleset).values())
    assert not any(rule.residual for rule in ruleset.compiled_rules.values())
    assert [join in patterns["all"][-1]["s"]["$and"] for patterns in rules] == [True]


@pytest.mark.parametrize(("joins", "left"), [(12, 0), (13, 1)])
def test_a_join_takes_the_room_of_two_tests(joins: int, left: int) -> None:
    clients = [f"c{i}" for i in range(5)]
    same = [f"{field} == {name}.{field}" for field in ("party", "of", "what") for name in clients]
    when = [*({f"client as {name}": "true"} for name in clients), {"source as s": " and ".join(same[:joins])}]
    made = program([{"rule": "r0", "when": when}])
    ruleset = rulesets(made)["strict"]
    (strict,) = ruleset.compiled_rules.values()
    assert len(strict.residual) == left


@pytest.mark.parametrize("kind", ["client", "source", "flow", "spare"])
def test_members_of_every_list_are_joined(kind: str) -> None:
    made = program([{"rule": "r0", "when": [{"client as a": "sure"}, {f"{kind} as m": "party == a.party"}]}])
    ruleset = rulesets(made)["strict"]
    assert not any(rule.residual for rule in ruleset.compiled_rules.values())
    joins = list(map(str, rules_of(ruleset).values()))
    assert joins
    assert all("{'is:party': {'a': 'is:party'}}" in join for join in joins)


@pytest.mark.parametrize(
    ("condition", "nodes"),
    [
        ({"x": 1}, 1),
        ({"$and": [{"x": 1}, {"y": 1}]}, 2),
        ({"$or": [{"x": 1}, {"y": 1}]}, 3),
        ({"$or": [{"x": 1}, {"y": 1}, {"z": 1}]}, 4),
        ({"$or": [{"x": 1}, {"$or": [{"y": 1}, {"$and": [{"z": 1}, {"x": 2}]}]}]}, 6),
    ],
)
def test_the_nodes_of_a_condition_are_its_tests_and_one_for_each_or(condition: dict[str, Any], nodes: int) -> None:
    assert node_count(condition) == nodes
