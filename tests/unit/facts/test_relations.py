"""Loops of payments, facts of lists inside lists, and members that may exist."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.expression.interval import INF, Interval
from screener.expression.interval_ops import NoneOf
from screener.facts.builder import build
from screener.facts.fact import Fact
from screener.facts.loops import Loop, find_loops
from screener.facts.world import UNNAMED, World
from screener.limits import LOOPS
from screener.rules.rulebook import Rulebook
from tests.conftest import ReadProfile


@pytest.fixture
def world(book: Rulebook, read: ReadProfile) -> Any:
    def run(placeholders: dict[str, int] | None = None, **data: Any) -> World:
        return build(read(**data), book.catalogue, book.metrics, placeholders or {})

    return run


def flow(payer: str, payee: str, amount: float | Interval | None = None, binding: bool | None = True) -> Fact:
    value = Interval.point(amount) if isinstance(amount, float | int) else amount or Interval(0, INF)
    ends = {"from": payer, "to": payee}
    return Fact(f"{payer}>{payee}", "flow", payer, {**ends, "amount": value, "binding": binding}, ends)


def rings(*pairs: str) -> list[str]:
    found, finished = find_loops([flow(*pair) for pair in pairs])
    assert finished
    return ["".join(loop.members) for loop in found]


def test_finds_every_simple_loop_once_shortest_first() -> None:
    assert rings("ab", "bc", "ca", "ba", "cd") == ["ab", "abc"]
    assert rings("ba", "ab") == ["ab"]
    assert rings("ab", "bc", "cd") == []
    assert rings("aa", "ab") == []  # a payment to oneself is not a loop
    assert rings("ab", "ab", "ba") == ["ab", "ab"]  # parallel flows form separate loops


def test_does_not_depend_on_the_order_of_flows() -> None:
    pairs = ["ab", "bc", "ca", "cb", "ac", "ba"]
    assert rings(*pairs) == rings(*pairs[::-1]) == ["ab", "ac", "bc", "abc", "acb"]


def test_stops_where_there_are_too_many() -> None:
    everybody = [flow(a, b) for a in "abcdefg" for b in "abcdefg" if a != b]
    found, finished = find_loops(everybody)
    assert len(found) == LOOPS
    assert not finished
    assert find_loops([flow("a", "b")] * 20 + [flow("b", "a")] * 20)[1] is False


@pytest.mark.parametrize(("more", "finished"), [(0, True), (1, False)])
def test_as_many_loops_as_are_listed_are_all_of_them(more: int, finished: bool) -> None:
    others = [f"c{i:03}" for i in range(LOOPS + more)]
    found, found_all = find_loops([f for other in others for f in (flow("hub", other), flow(other, "hub"))])
    assert ([loop.members for loop in found], found_all) == ([(other, "hub") for other in others[:LOOPS]], finished)


@pytest.mark.parametrize(
    ("links", "weakest", "least", "binding"),
    [
        ([(100, True), (5, True)], 1, (5, 5), True),
        ([(100, False), (5, True)], 0, (100, 100), False),  # a non-binding one breaks first
        ([(100, True), (None, True)], 1, (0, 100), True),  # then one of unknown amount
        ([(100, False), (5, None)], 0, (5, 100), False),  # the second may be non-binding, too
        ([(100, True), (5, None)], 1, (5, 5), None),
        ([(100, None), (5, True)], 1, (5, 100), None),  # if the first turns out to be non-binding, it is the weakest
        ([(Interval(5, 10), True), (6, True)], 0, (5, 6), True),
    ],
)
def test_the_weakest_link(links: list[Any], weakest: int, least: tuple[float, float], binding: bool | None) -> None:
    loop = Loop(("a", "b"), tuple(flow("a", "b", *link) for link in links))
    assert loop.weakest == weakest
    assert loop.least == Interval(*least)
    assert loop.binding is binding


@pytest.mark.parametrize(
    ("links", "financing"),
    [
        ([("invests", 5), ("buys", 9)], (5, 5)),
        ([("lends", 5), ("invests", 7)], (7, 7)),
        ([("buys", 5), ("commits", 9)], (0, 0)),  # all pay for something
        ([("invests", None), ("buys", 9)], (0, float("inf"))),
        ([(None, 8), ("lends", 3)], (3, 8)),  # the first may be an investment
    ],
)
def test_the_largest_investment_or_loan_of_a_loop(links: list[Any], financing: tuple[float, float]) -> None:
    flows = [(what, flow("a", "b", amount)) for what, amount in links]
    flows_of_kind = tuple(replace(f, fields={**f.fields, "what": what}) for what, f in flows)
    assert Loop(("a", "b"), flows_of_kind).financing == Interval(*financing)


LINKS = st.tuples(st.integers(0, 9), st.integers(0, 9), st.sampled_from([True, False, None]))


@given(st.lists(LINKS, min_size=2, max_size=4), st.data())
def test_what_the_weakest_link_may_be_only_narrows(links: list[Any], data: st.DataObject) -> None:
    before, after = [], []
    for one, other, binding in links:
        low, high = sorted((one, other))
        before.append(flow("a", "b", Interval(low, high), binding))
        is_binding = data.draw(st.booleans()) if binding is None else binding
        after.append(flow("a", "b", data.draw(st.integers(low, high)), is_binding))
    wide, narrow = Loop((), tuple(before)).least, Loop((), tuple(after))
    assert wide.lo <= narrow.least.lo
    assert narrow.least.hi <= wide.hi
    assert narrow.least == narrow.flows[narrow.weakest].fields["amount"]


def test_every_member_of_a_loop_has_a_fact_of_it(world: Any) -> None:
    found = world(
        flows=[
            {"from": "main", "to": "acme", "amount": 5, "binding": True},
            {"from": "acme", "to": "main", "amount": 7, "binding": False},
            {"from": "acme", "to": "beta", "amount": 9},
        ]
    )
    loops = {company: found.base.of(company, "loop") for company in found.companies}
    assert {c for c, facts in loops.items() if facts} == {"main", "acme"}
    (loop,) = loops["acme"]
    assert loop.fields["size"] == Interval.point(2)
    assert loop.fields["weakest"] == Interval.point(7)
    assert loop.fields["binding"] is False
    assert found.loops_complete


def test_a_flow_is_a_fact_for_each_end(world: Any) -> None:
    found = world(flows=[{"from": "main", "to": "acme", "what": "buys"}])
    (out,), (into,) = found.base.of("main", "flow"), found.base.of("acme", "flow")
    assert (out.fields["direction"], out.fields["party"]) == ("out", "acme")
    assert (into.fields["direction"], into.fields["party"]) == ("in", "main")
    assert len(found.flows) == 1
    assert [(f.of, f.fields["party"], f.fields["direction"]) for f in found.flows] == [("main", "acme", "out")]


@pytest.mark.parametrize(
    ("data", "customers", "loops"),
    [
        ({}, 2, 1),
        ({"customers": [], "flows": []}, 0, 0),
        ({"customers": [{}], "flows": []}, 0, 0),
        ({"customers": [{}], "flows": [], "incomplete": ["customers", "flows"]}, 2, 1),
    ],
)
def test_open_lists_may_have_further_members(world: Any, data: dict[str, Any], customers: int, loops: int) -> None:
    base = world({"customer": 2, "loop": 1}, **data).base
    assert sum(not f.certain for f in base.of("main", "customer")) == customers
    assert sum(not f.certain for f in base.of("main", "loop")) == loops


def test_alternatives_know_their_supplier(world: Any) -> None:
    first = {"party": "acme", "alternatives": [{"party": "x"}]}
    second = {"alternatives": [{"party": "y"}]}  # the supplier is not stated
    found = world({"alternative": 1}, suppliers=[first, second, {"party": "beta"}], incomplete=["suppliers"])
    alternatives = found.base.of("main", "alternative")
    apart = NoneOf(frozenset({"acme", "beta"}))
    assert [(f.fields["party"], f.fields["supplier"], f.apart.get("supplier"), f.certain) for f in alternatives] == [
        ("x", "acme", None, True),
        ("y", None, apart, True),
        (None, "beta", None, False),  # beta's list is absent
        (None, None, apart, False),  # an unlisted supplier is not one of those listed
    ]
    assert [f.companies["supplier"] for f in alternatives] == ["acme", UNNAMED, "beta", UNNAMED]


def test_of_a_company_that_is_only_named_nothing_is_known(world: Any) -> None:
    found = world({"customer": 1, "alternative": 1, "flow": 1}, customers=[{"party": "acme"}])
    acme = found.companies["acme"]
    assert not acme.known
    assert acme.value("revenue") == found.companies[UNNAMED].value("revenue")
    assert [f.certain for kind in ("customer", "alternative", "flow") for f in found.base.of("acme", kind)] == [
        False
    ] * 3


def test_claims_that_disagree_become_facts(world: Any) -> None:
    sources = {"a": {"title": "A", "kind": "filed"}, "b": {"title": "B", "kind": "reported"}}
    claims = [{"value": 57.4e9, "source": "a"}, {"value": 300e9, "source": "b"}]
    (fact,) = world(sources=sources, figures={"revenue": claims}).base.of("main", "conflict")
    assert fact.fields["figure"] == "revenue"
    assert fact.fields["gap"] == Interval.point(pytest.approx(300 / 57.4 - 1))
