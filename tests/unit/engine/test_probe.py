"""Further behaviour of the C layer of durable_rules that the engine relies on, in addition to test_c_layer.py.

Each case runs in a separate process. For a known fault, the test checks that the workaround is effective, not that the fault
exists: a release that fixes it should pass as well.
"""

import json
import math
from typing import Any

import pytest

from screener.engine.durable.encoding import BEYOND, dump, fixed
from screener.engine.durable.ruleset import MOST_TESTS
from tests.unit.engine.c_layer import isolated


def run(rules: dict[str, list[Any]], *batches: list[dict[str, Any]], repeat: int = 1) -> tuple[list[str], list[int]]:
    """Returns the matches of one session in their order, and the memory in use halfway and at the end."""
    number = 0
    texts = []
    for batch in ([{"kind": "sentinel"}, *batches[0]], *batches[1:]):
        facts = []
        for fact in batch:
            facts.append({"id": str(number), "sid": "s", **fact})
            number += 1
        texts.append(dump(facts))
    whole = dump({"sentinel": {"all": [{"m": {"kind": "sentinel"}}]}, **{k: {"all": v} for k, v in rules.items()}})
    found, peak = isolated("run_sessions", whole, [texts], repeat, True)
    return [next(iter(json.loads(m))) for m in found if not m.startswith('{"sentinel"')], peak


def test_joins_and_negations_with_facts_of_an_earlier_batch() -> None:
    """`id` and `sid` of an earlier batch point to freed memory (copyMessage in state.c); other fields are kept."""
    rules = {
        "found": [{"a": {"kind": "client"}}, {"f": {"$and": [{"kind": "flag"}, {"of": {"a": "number"}}]}}],
        "none": [{"f": {"kind": "flag"}}, {"a": {"$and": [{"kind": "client"}, {"x": {"f": "x"}}]}},
                 {"b$not": {"$and": [{"kind": "helper"}, {"of": {"f": "of"}}, {"k": {"a": "number"}}]}}],
    }
    helpers = [{"kind": "helper", "of": "3", "k": str(i)} for i in range(30)]
    clients = [{"kind": "client", "number": str(i), "x": "1"} for i in range(40)]
    found, _ = run(
        rules, helpers + clients, [{"kind": "flag", "of": "3", "x": "1"}, {"kind": "flag", "of": "5", "x": "2"}]
    )
    assert sorted(found) == ["found"] * 2 + ["none"] * 10


def test_two_joins_at_once_need_both() -> None:
    rules = {"r": [{"a": {"kind": "a"}}, {"b": {"$and": [{"kind": "b"}, {"x": {"a": "x"}}, {"y": {"a": "y"}}]}}]}
    facts = [{"kind": "a", "x": str(i), "y": str(j)} for i in range(4) for j in range(4)]
    found, _ = run(rules, facts + [{"kind": "b", "x": str(i), "y": "1"} for i in range(6)])
    assert len(found) == 4


def test_a_test_that_holds_in_two_ways_matches_at_least_once() -> None:
    either = {"$or": [{"$gt": {"x": 1.0}}, {"$lt": {"x": 9.0}}]}
    nested = {"$or": [{"$and": [{"$gt": {"x": 1.0}}, {"$neq": {"w": "?"}}]}, {"$and": [{"w": "a"}, either]}]}
    for conditions, expected in (
        ([either], True),
        ([either, either], True),
        ([nested], True),
        ([nested, {"w": "b"}], False),
    ):
        rules = {"r": [{"a": {"$and": [{"kind": "a"}, *conditions]}}]}
        assert bool(run(rules, [{"kind": "a", "x": 5.0, "w": "a"}])[0]) is expected


def test_unequal_is_about_a_field_that_is_there() -> None:
    rules = {"r": [{"a": {"$and": [{"kind": "a"}, {"$neq": {"is:w": "=no"}}]}}]}
    facts = [{"kind": "a", "is:w": w} for w in ("=no", "=yes", "?", "=not")]
    assert len(run(rules, facts)[0]) == 3


@pytest.mark.parametrize("value", [5e-324, 2.2250738585072014e-308, 1e-300, 1e30, BEYOND, -BEYOND, 0.0])
def test_the_smallest_and_the_largest_numbers_are_exact(value: float) -> None:
    below, above = math.nextafter(value, -math.inf), math.nextafter(value, math.inf)
    rules = {op[1:]: [{"a": {"$and": [{"kind": "a"}, {op: {"x": value}}]}}] for op in ("$gt", "$gte", "$lt", "$lte")}
    found = [sorted(run(rules, [{"kind": "a", "x": x}])[0]) for x in (below, value, above)]
    assert found == [["lt", "lte"], ["gte", "lte"], ["gt", "gte"]]
    assert float(fixed(value)) == value


def test_as_many_tests_as_a_group_holds_may_match_at_once() -> None:
    rules = {f"r{i}": [{"a": {"$and": [{"kind": "a"}, {"$gt": {f"x{i}": float(i)}}]}}] for i in range(MOST_TESTS)}
    fact = {"kind": "a", **{f"x{i}": i + 1.0 for i in range(MOST_TESTS)}}
    assert len(run(rules, [fact])[0]) == MOST_TESTS


def test_fourteen_facts_in_a_match() -> None:
    """The subject, twelve patterns and the negated one of a helper rule."""
    patterns = [{f"p{i}": {"$and": [{"kind": "a"}, {"x": str(i)}]}} for i in range(14)]
    facts = [{"kind": "a", "x": str(i)} for i in range(14)]
    assert run({"r": patterns}, facts)[0] == ["r"]
    assert run({"r": patterns}, facts[:-1])[0] == []


def test_no_fact_is_lost_among_many() -> None:
    """Facts are identified by a hash of 32 bits of their id; plain numbers have no collisions."""
    rules = {"r": [{"a": {"$and": [{"kind": "a"}, {"$gt": {"x": 0.0}}]}}]}
    assert len(run(rules, [{"kind": "a", "x": 1.0} for _ in range(20_000)])[0]) == 20_000


def test_sessions_leave_nothing_behind() -> None:
    rules = {"r": [{"a": {"kind": "a"}}, {"b": {"$and": [{"kind": "b"}, {"x": {"a": "x"}}]}}, {"c$not": {"kind": "c"}}]}
    facts = [{"kind": k, "x": str(i)} for i in range(10) for k in "ab"]
    found, (half, end) = run(rules, facts, [{"kind": "b", "x": "3"}], repeat=3000)
    assert found == ["r"] * 11
    assert end - half < 2000  # kB


def test_a_session_may_end_before_its_matches_are_read() -> None:
    """An error in between must not leave a state behind for the next session."""
    whole = dump({"sentinel": {"all": [{"m": {"kind": "sentinel"}}]}, "r": {"all": [{"a": {"kind": "a"}}]}})
    batch = dump([{"id": str(i), "sid": "s", "kind": "a" if i else "sentinel"} for i in range(5)])
    isolated("run_sessions", whole, [[batch]], 50, False)
