"""Behaviour of the C layer of durable_rules that screener relies on, each case in a separate process."""

import itertools
import json
import math
import signal
import sys
from typing import Any

import pytest

from tests.unit.engine.c_layer import isolated


def kind(name: str, *conditions: Any) -> Any:
    return {"$and": [{"kind": name}, *conditions]} if conditions else {"kind": name}


def company(**fields: Any) -> dict[str, Any]:
    return {"kind": "company", **fields}


def customer(**fields: Any) -> dict[str, Any]:
    return {"kind": "customer", **fields}


def matches(cases: list[tuple[Any, list[Any]]]) -> list[int]:
    """Returns the number of matches for each (patterns, facts); a crash of the process fails with the signal's name."""
    requests = [(json.dumps(p), [f if isinstance(f, str) else json.dumps(f) for f in facts]) for p, facts in cases]
    return list(isolated("count_matches", requests))


def test_a_crash_is_a_failure() -> None:
    with pytest.raises(AssertionError, match=f"ended with {-signal.SIGSEGV}"):
        isolated("crash", signal.SIGSEGV)
    assert isolated("count_matches", []) == []  # and the next case gets a new process


ONE = [{"a": kind("company")}, {"b": kind("customer", {"co": {"a": "cid"}})}]
TWO = [{"a": kind("company")}, {"b": kind("customer", {"co": {"a": "cid"}}, {"cur": {"a": "cur"}})}]
OR = {"$or": [{"$gt": {"share": 0.1}}, {"$nex": {"share": 1}}]}
JOIN_THEN_OR = [{"a": kind("company")}, {"b": kind("customer", {"co": {"a": "cid"}}, OR)}]
NOT = [{"a": kind("company")}, {"b$not": kind("customer", {"co": {"a": "cid"}}, {"$gt": {"share": 0.1}})}]


@pytest.mark.parametrize(
    ("patterns", "facts", "expected"),
    [
        (ONE, [company(cid="x"), customer(co="x")], 1),
        (ONE, [company(cid="x"), customer(co="y")], 0),
        (ONE, [company(cid="x"), customer()], 0),
        (ONE, [company(), customer(co="x")], 0),
        (TWO, [company(cid="x", cur="u"), customer(co="x", cur="u")], 1),
        (TWO, [company(cid="x", cur="u"), customer(co="x", cur="e")], 0),
        (JOIN_THEN_OR, [company(cid="x"), customer(co="x", share=0.2)], 1),
        (JOIN_THEN_OR, [company(cid="x"), customer(co="x")], 1),
        (JOIN_THEN_OR, [company(cid="x"), customer(co="x", share=0.05)], 0),
        (JOIN_THEN_OR, [company(cid="x"), customer(co="y", share=0.2)], 0),
    ],
)
def test_joins_by_equality_in_any_order(patterns: Any, facts: list[Any], expected: int) -> None:
    orders = list(itertools.permutations(facts))
    assert matches([(patterns, list(order)) for order in orders]) == [expected] * len(orders)


def test_a_negation_with_its_facts_first() -> None:
    cases = [
        (NOT, [customer(co="x", share=0.2), company(cid="x")]),
        (NOT, [customer(co="x", share=0.05), company(cid="x")]),
        (NOT, [customer(co="y", share=0.2), company(cid="x")]),
        (NOT, [company(cid="x")]),
    ]
    assert matches(cases) == [0, 1, 1, 1]


def test_a_loop_of_three_facts() -> None:
    def flow(what: str, source: str, target: str) -> dict[str, str]:
        return {"kind": "flow", "what": what, "src": source, "dst": target}

    patterns = [
        {"a": kind("flow", {"what": "invests"})},
        {"b": kind("flow", {"src": {"a": "dst"}}, {"what": "commits"})},
        {"c": kind("flow", {"src": {"b": "dst"}}, {"dst": {"a": "src"}}, {"what": "buys"})},
    ]
    ring = [flow("invests", "n", "o"), flow("commits", "o", "r"), flow("buys", "r", "n")]
    broken = [*ring[:2], flow("buys", "r", "z")]
    orders = list(itertools.permutations(range(3)))
    assert matches([(patterns, [ring[i] for i in order]) for order in orders]) == [1] * 6
    assert matches([(patterns, [broken[i] for i in order]) for order in orders]) == [0] * 6


def test_a_fact_binds_only_one_pattern_of_a_match() -> None:
    pair = [{"a": kind("customer")}, {"b": kind("customer")}]
    assert matches([(pair, [customer(co="x")]), (pair, [customer(co="x"), customer(co="y")])]) == [0, 2]


@pytest.mark.parametrize("value", [0.30000000000000004, 1.6132404181184668, 57.4e9, 123456789012345680.0, 1e24, 1e-20, -0.5])
def test_numbers_in_fixed_notation_are_exact(value: float) -> None:
    from screener.engine.durable.encoding import fixed

    cases = []
    for other in (math.nextafter(value, -math.inf), value, math.nextafter(value, math.inf)):
        for op in ("$gt", "$gte", "$lt", "$lte"):
            cases.append(([{"a": kind("company", {op: {"x": "@"}})}], other, op))
    requests = [(json.dumps(p).replace('"@"', fixed(value)), [f'{{"kind":"company","x":{fixed(other)}}}']) for p, other, _ in cases]
    found = isolated("count_matches", requests)
    truth = {"$gt": float.__gt__, "$gte": float.__ge__, "$lt": float.__lt__, "$lte": float.__le__}
    assert found == [int(truth[op](other, value)) for _, other, op in cases]


def test_text_of_all_kinds_joins() -> None:
    words = ["甲骨文", 'a "quoted" \\ word', "emoji 🏦", "tab\tand\nline", "x" * 5000]
    cases = [(ONE, [company(cid=w), customer(co=w)]) for w in words]
    assert matches(cases) == [1] * len(words)


def test_a_session_goes_on_with_facts_concluded_meanwhile() -> None:
    from screener.engine.durable.c_library import load_c_library

    c = load_c_library()
    rules = {
        "first": {"all": [{"a": kind("company", {"$gt": {"debt": 1.0}})}]},
        "second": {"all": [{"a": kind("company")}, {"f": kind("flag", {"of": {"a": "of"}})}]},
    }
    handle = c.create_ruleset("chained", json.dumps(rules))
    seen = []
    for fact in (company(of="x", debt=2.0, id="1", sid="s"), {"kind": "flag", "of": "x", "id": "2", "sid": "s"}):
        _, offset = c.assert_facts(handle, json.dumps([fact]))
        action = c.start_action_for_state(handle, offset)
        message = action and action[1]
        while message:
            seen.append(next(iter(json.loads(message))))
            message = c.complete_and_start_action(handle, offset)
    c.delete_state(handle, "s")
    assert seen == ["first", "second"]


def test_an_engine_that_is_not_installed_is_an_error_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    from screener.engine.durable.c_library import load_c_library
    from screener.errors import EngineError

    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    flags = sys.getdlopenflags()
    with pytest.raises(EngineError, match=r"durable_rules can't be loaded: .*; install risk-screener\[durable\]"):
        load_c_library()
    assert sys.getdlopenflags() == flags


class FailingLibrary:
    """Replaces the C library; asserting facts raises an error."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def assert_facts(self, handle: int, facts: str) -> Any:
        raise self.error


class ErrorOfTheLibrary(Exception):
    __module__ = "durable.engine"


@pytest.mark.parametrize(
    ("error", "is_the_engines"),
    [
        (Exception("could not assert"), True),  # the error of the C layer itself
        (ErrorOfTheLibrary("not handled"), True),
        (KeyError("a fault of this program"), False),
        (MemoryError("no memory"), False),
    ],
)
def test_what_the_library_raises_is_an_error_of_the_engine(error: Exception, is_the_engines: bool) -> None:
    from screener.engine.durable.c_library import matches_of_session
    from screener.errors import EngineError

    session = matches_of_session(FailingLibrary(error), 1, None, [], list)  # type: ignore[arg-type]
    with pytest.raises(EngineError if is_the_engines else type(error)) as raised:
        next(session)
    assert (f"the rule engine failed: {error}" in str(raised.value)) is is_the_engines
