"""Conditions on figures as functions agree with the evaluator, and flags of the company are matched without a search."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.engine.durable.engine import DurableEngine
from screener.engine.figure_conditions import figure_condition
from screener.engine.rule_context import RuleContext
from screener.engine.search import SearchEngine
from tests.fuzz.world import program, show, world

NUMBERS = [0.0, 1.0, -1.0, 5.0, 0.1 + 0.2, 0.3, 5.0 * (1 + 1e-9), 5.0 * (1 - 1e-9), math.nextafter(5.0, 6), 1e15, -1e15]
FIGURES = st.fixed_dictionaries(
    {},
    optional={
        "debt": st.sampled_from([n for n in NUMBERS if n >= 0]) | st.just({"low": 5}) | st.just({"high": 5}),
        "income": st.sampled_from(NUMBERS) | st.just({"low": -1, "high": 5}),
        "stage": st.sampled_from(["a", "b"]),
        "listed": st.booleans(),
    },
)
LEAVES = [
    *[f"{name} {op} {limit!r}" for name in ("debt", "income") for op in (">", ">=", "<", "<=", "==", "!=")
      for limit in (0.0, 5.0, 0.3, -1.0, 1e6)],
    "5 < debt", "stage == 'a'", "stage != 'b'", "listed", "not listed", "listed == true", "listed != true", "true", "false",
]
CONDITIONS = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})")
    | inner.map(lambda text: f"not ({text})"),
    max_leaves=5,
)


@given(CONDITIONS, FIGURES)
def test_a_function_gives_what_the_evaluator_gives(text: str, figures: dict[str, Any]) -> None:
    compiled = program([{"rule": "r0", "when": [{"company": text}]}])
    of = world(compiled, {"figures": figures})
    rule, company = compiled.rules["r0"], of.companies[of.main]
    (pattern,) = compiled.alternatives["r0"][0].items
    function = figure_condition(rule, pattern.condition)
    assert function is not None
    assert function(company) is RuleContext(compiled, of).holds(rule, pattern.condition, company, {})


@pytest.mark.parametrize("text", ["debt > income", "debt > 2 * income", "company.id == 'main'", "abs(income) > 5"])
def test_what_reads_more_than_one_figure_at_a_time_is_left_to_the_evaluator(text: str) -> None:
    compiled = program([{"rule": "r0", "when": [{"company": text}]}])
    (pattern,) = compiled.alternatives["r0"][0].items
    assert figure_condition(compiled.rules["r0"], pattern.condition) is None


FIRST = {"rule": "first", "when": [{"company": "debt > 5"}]}
BY_LIST = {"rule": "by-list", "when": [{"client as c": "amount > 5"}]}
ON_FLAGS = [
    {"rule": "twice", "when": [{"flag": "first"}, {"flag": "first"}]},
    {"rule": "both", "when": [{"flag": "by-list"}, {"flag": "first"}, {"company": "income > 0"}]},
    {"rule": "after", "when": [{"flag": "both"}]},
    {"rule": "joined", "when": [{"flag": "after"}, {"client as c": "sure"}]},
    {"rule": "guarded", "when": [{"flag": "first"}], "applies": "income > 0"},
    {"rule": "on-guarded", "when": [{"flag": "guarded"}]},
    {"rule": "neither", "when": [{"company": "income > 0"}, {"not flag": "guarded"}]},
]


@pytest.mark.parametrize("debt", [6, 5, {"low": 4}, None])
@pytest.mark.parametrize("income", [1, 0, None])
@pytest.mark.parametrize("clients", [[{"amount": 6, "sure": True}], [{"amount": 6}, {"amount": 7}], [{}], [], None])
def test_flags_of_the_company_lead_to_the_same_outcomes_in_both_engines(debt: Any, income: Any, clients: Any) -> None:
    compiled = program([FIRST, BY_LIST, *ON_FLAGS])
    figures = {"debt": debt, "income": income}
    data = {"figures": {name: value for name, value in figures.items() if value is not None}, "clients": clients}
    of = world(compiled, {name: value for name, value in data.items() if value is not None})
    engine = DurableEngine(compiled)
    try:
        assert show(engine.run(of), compiled, of) == show(SearchEngine(compiled).run(of), compiled, of)
    finally:
        engine.close()
