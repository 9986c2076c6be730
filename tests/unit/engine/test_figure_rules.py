"""Rules that compare figures with constants are decided from the places of the figures as the engine `search` decides them."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.engine.durable.figure_rules import MOST_KEPT, FigureRules, figure_rules
from screener.engine.durable.rule_plans import plan_stratum, shared_guards
from screener.engine.durable.translator import Translator, flag_copies
from screener.engine.search import SearchEngine
from screener.expression.interval import Truth, lower, upper
from screener.rules.compiler import Program
from tests.fuzz.world import program, world
from tests.unit.engine.test_figure_conditions import CONDITIONS, FIGURES


def groups_of(made: Program) -> tuple[FigureRules, ...]:
    """Returns the groups of the first stratum of a program."""
    own = Translator(made).translate(made.strata[0], frozenset()).own
    flags, guards = flag_copies(made), shared_guards(made)
    plan = plan_stratum(made, made.strata[0], own, everyone=frozenset(), flags=flags, guards=guards)
    return figure_rules(plan.on_figures)


@given(st.lists(CONDITIONS, min_size=1, max_size=3), st.lists(FIGURES, min_size=2, max_size=8))
def test_rules_are_decided_as_by_the_search(conditions: list[str], companies: list[dict[str, Any]]) -> None:
    made = program([{"rule": f"r{i}", "when": [{"company": text}]} for i, text in enumerate(conditions)])
    groups, search = groups_of(made), SearchEngine(made)
    assert sorted(rule for group in groups for rule in group.rules) == sorted(made.rules)
    for figures in companies:
        of = world(made, {"figures": figures})
        expected = search.run(of)
        for group in groups:
            for rule, decision in zip(group.rules, group.decisions(of.companies[of.main], Truth.TRUE), strict=True):
                assert decision == expected.of(rule, of.main)


AROUND = [math.nextafter(end, to) for end in (lower(5.0), upper(5.0), 5.0) for to in (-math.inf, end, math.inf)]


@pytest.mark.parametrize("op", [">", ">=", "<", "<=", "==", "!="])
def test_numbers_next_to_what_is_equal_to_a_constant_have_decisions_of_their_own(op: str) -> None:
    made = program([{"rule": "r0", "when": [{"company": f"debt {op} 5"}]}])
    ((group,), search) = groups_of(made), SearchEngine(made)
    for low in AROUND:
        for high in (number for number in AROUND if number >= low):
            of = world(made, {"figures": {"debt": {"low": low, "high": high} if low < high else low}})
            (decision,) = group.decisions(of.companies[of.main], Truth.TRUE)
            assert decision == search.run(of).of("r0", of.main), (low, high)


def test_rules_are_grouped_by_figures_and_by_the_companies_that_they_apply_to() -> None:
    made = program(
        [
            {"rule": "much", "when": [{"company": "debt > 5"}]},
            {"rule": "more", "when": [{"company": "debt > 6 or not debt > 1"}]},
            {"rule": "both", "when": [{"company": "debt > 5 and income < 1"}]},
            {"rule": "listed", "when": [{"company": "debt > 5"}], "applies": "listed"},
            {"rule": "computed", "when": [{"company": "debt > 2 * income"}]},
            {"rule": "on-list", "when": [{"client as c": "amount > 5"}]},
            {"rule": "read", "when": [{"company": "debt > 7"}]},
            {"rule": "reading", "when": [{"flag": "read"}]},
        ]
    )
    assert {(group.rules, group.guard) for group in groups_of(made)} == {
        (("more", "much"), None),
        (("both",), None),
        (("listed",), "listed"),
    }


def test_decisions_are_kept_for_a_bounded_number_of_places() -> None:
    made = program([{"rule": "r0", "when": [{"company": " or ".join(f"debt > {i}" for i in range(1, 60))}]}])
    (group,) = groups_of(made)
    of = [world(made, {"figures": {"debt": {"low": low, "high": high}}}) for low, high in [(0.5, 70.0), (0.5, 1.5), (61.0, 70.0)]]
    first = [group.decisions(one.companies[one.main], Truth.TRUE) for one in of]
    group._kept.update(dict.fromkeys(range(MOST_KEPT), first[0]))
    assert [group.decisions(one.companies[one.main], Truth.TRUE) for one in of] == first
    assert group.decisions(of[0].companies[of[0].main], Truth.FALSE) != first[0]
    assert len(group._kept) <= MOST_KEPT
