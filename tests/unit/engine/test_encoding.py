"""The encoding of facts and tests for the C library: nothing missing, nothing confused, numbers exact."""

import hashlib
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.engine.durable.encoding import (
    BEYOND,
    MOST_TEXT,
    FieldKeys,
    add_property_texts,
    dump,
    encode_text,
    fixed,
    is_known,
    is_missing,
    is_open,
    number_test,
    truth_test,
    word_test,
)
from screener.expression.interval import INF, Interval, Missing, Truth, compare


def properties(name: str, value: Any) -> dict[str, Any]:
    """Returns the properties of a field, as read from JSON."""
    texts: dict[str, str] = {}
    add_property_texts(texts, FieldKeys.of(name), value)
    return {key: json.loads(text) for key, text in texts.items()}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Interval(1.0, 2.5), {"lo:x": 1.0, "hi:x": 2.5}),
        (Interval(-INF, 3.0), {"lo:x": -BEYOND, "hi:x": 3.0}),
        (Interval(3.0, INF), {"lo:x": 3.0, "hi:x": BEYOND}),
        (Interval(-1e19, 1e19), {"lo:x": -BEYOND, "hi:x": BEYOND}),
        (Missing(0.0, INF), {"lo:x": 0.0, "hi:x": BEYOND}),
        (True, {"is:x": "yes"}),
        (False, {"is:x": "no"}),
        (None, {"is:x": "?"}),
        ("?", {"is:x": "=?"}),
        ("borrow", {"is:x": "=borrow"}),
    ],
)
def test_a_field_becomes_properties(value: Any, expected: dict[str, Any]) -> None:
    assert properties("x", value) == expected
    assert is_open(value) is (value is None or (isinstance(value, Interval) and value.lo != value.hi))


def test_a_text_that_the_library_could_not_compare_is_its_digest() -> None:
    longest = "a" * MOST_TEXT
    assert encode_text(longest) == "=" + longest
    assert encode_text(longest + "a") == "#" + hashlib.sha256((longest + "a").encode()).hexdigest()
    assert encode_text("甲" * (MOST_TEXT // 3)) == "=" + "甲" * (MOST_TEXT // 3)  # three bytes each
    assert encode_text("甲" * (MOST_TEXT // 3) + "a")[0] == "#"
    for surrogate in ("\ud800", "\udbff", "\udfff"):
        assert encode_text(surrogate) == "#" + hashlib.sha256(surrogate.encode("utf-8", "surrogatepass")).hexdigest()
    assert encode_text("\ud7ff\ue000") == "=\ud7ff\ue000"


def holds(test: Any, fact: dict[str, Any]) -> bool:
    """Returns whether a test holds for a fact, as the C library decides it."""
    ((key, value),) = test.items()
    if key in ("$and", "$or"):
        return (all if key == "$and" else any)(holds(inner, fact) for inner in value)
    if not key.startswith("$"):
        return fact.get(key) == value
    ((name, limit),) = value.items()
    found = fact.get(name)
    return {
        "$gt": lambda: found > limit, "$gte": lambda: found >= limit, "$lt": lambda: found < limit, "$lte": lambda: found <= limit,
        "$neq": lambda: found != limit,
    }[key]()


NUMBERS = st.sampled_from((-2.0, -1.0, 0.0, 1.0, 1.0000000001, 1.5, 2.0, -INF, INF))


@given(ends=st.tuples(NUMBERS, NUMBERS), op=st.sampled_from((">", ">=", "<", "<=", "==", "!=")), limit=st.sampled_from((-1.0, 0.0, 1.0, 1.5)))
def test_a_comparison_with_a_constant_is_that_of_intervals(ends: tuple[float, float], op: str, limit: float) -> None:
    value = Interval(min(ends), max(ends))
    if value.lo == INF or value.hi == -INF:
        return
    fact, expected = properties("x", value), compare(op, value, Interval.point(limit))
    assert holds(number_test("x", op, limit, "strict"), fact) is (expected is Truth.TRUE)
    assert holds(number_test("x", op, limit, "possible"), fact) is (expected is not Truth.FALSE)


@pytest.mark.parametrize(("value", "certain", "possible"), [(True, True, True), (False, False, False), (None, False, True)])
def test_a_truth_value_is_tested_in_both_forms(value: bool | None, certain: bool, possible: bool) -> None:
    fact = properties("x", value)
    assert holds(truth_test("x", True, "strict"), fact) is certain
    assert holds(truth_test("x", True, "possible"), fact) is possible
    assert holds(truth_test("x", False, "strict"), fact) is not possible
    assert holds(truth_test("x", False, "possible"), fact) is not certain
    assert holds(is_known("x"), fact) is (value is not None)
    assert holds(is_missing("x"), fact) is (value is None)


@pytest.mark.parametrize(("value", "certain", "possible"), [("a", True, True), ("b", False, False), (None, False, True)])
def test_a_word_is_tested_in_both_forms(value: str | None, certain: bool, possible: bool) -> None:
    fact = properties("x", value)
    assert holds(word_test("x", "==", "a", "strict"), fact) is certain
    assert holds(word_test("x", "==", "a", "possible"), fact) is possible
    assert holds(word_test("x", "!=", "a", "strict"), fact) is not possible
    assert holds(word_test("x", "!=", "a", "possible"), fact) is not certain


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_written_in_fixed_notation_and_exactly(value: float) -> None:
    text = fixed(value)
    assert "e" not in text
    assert "." in text
    assert math.copysign(1, float(text)) == math.copysign(1, value)
    assert float(text) == value


def test_json_of_any_depth_is_read_back() -> None:
    value = {"a": [1.5, {"b": ["x\n\"", 2]}, []], "c": {}}
    assert json.loads(dump(value)) == value
    assert dump([1e-7, 1e22]) == "[0.0000001,10000000000000000000000.0]"
