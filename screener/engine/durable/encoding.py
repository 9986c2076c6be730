"""The encoding of facts and tests in the JSON of the C library, in which no property is ever missing.

A number is encoded by its two ends (`lo:name`, `hi:name`; an unbounded one is BEYOND), any other value as `is:name`,
UNKNOWN if it is missing; `id:name` is the company that a field names. Names of fields have no colon, so no field can be
mistaken for another.
"""

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any, Literal, NamedTuple

from screener.expression.interval import Interval, lower, upper
from screener.expression.interval_ops import Value

Json = Any
Form = Literal["strict", "possible"]
OPPOSITE: dict[Form, Form] = {"strict": "possible", "possible": "strict"}
LOW, HIGH, IS, WHO = "lo:", "hi:", "is:", "id:"
UNKNOWN, YES, NO = "?", "yes", "no"
MOST_CONSTANT = 1e17  # comparisons with larger constants are evaluated in Python
BEYOND = 1e18
MOST_TEXT = 60_000  # bytes; the C library compares lengths of 16 bits
_UNKNOWN_TEXT, _YES_TEXT, _NO_TEXT = (encode_basestring(word) for word in (UNKNOWN, YES, NO))


def add_property_texts(texts: dict[str, str], field: "FieldKeys", value: Value) -> bool:
    """Adds the properties of a field with their values in JSON, and returns whether the value `is_open`."""
    if isinstance(value, str):
        texts[field.word] = _word_text(value)
        return False
    if isinstance(value, Interval):
        lo, hi = value.lo, value.hi
        texts[field.low] = _number_text(lo)
        texts[field.high] = texts[field.low] if lo == hi else _number_text(hi)
        return lo != hi
    texts[field.word] = _UNKNOWN_TEXT if value is None else _YES_TEXT if value else _NO_TEXT
    return value is None


@lru_cache(maxsize=4096)
def _word_text(value: str) -> str:
    return encode_basestring(encode_text(value))


def _number_text(value: float) -> str:
    return fixed(max(min(value, BEYOND), -BEYOND))


class FieldKeys(NamedTuple):
    """The names of the properties that may encode a field."""

    name: str
    low: str
    high: str
    word: str

    @classmethod
    def of(cls, name: str) -> "FieldKeys":
        """Returns the names for a field."""
        return cls(name, LOW + name, HIGH + name, IS + name)


def is_open(value: Value) -> bool:
    """Returns whether the strict and the possible form of a test of a value may differ: it is missing or a range."""
    return value.lo != value.hi if isinstance(value, Interval) else value is None


def in_json(flat: Mapping[str, Json]) -> dict[str, str]:
    """Returns properties with their values in JSON."""
    return {key: dump(value) for key, value in flat.items()}


def encode_text(value: str) -> str:
    """Encodes a text so that it can't be mistaken for UNKNOWN; as its digest if it is too long for the C library to
    compare."""
    if len(value) <= MOST_TEXT and value.isascii():
        return "=" + value
    raw = value.encode("utf-8", "surrogatepass")
    if len(raw) > MOST_TEXT or any("\ud800" <= c <= "\udfff" for c in value):
        return "#" + hashlib.sha256(raw).hexdigest()
    return "=" + value


def truth_test(name: str, wanted: bool, form: Form) -> Json:
    """Returns the test that a truth value is, or may be, `wanted`."""
    if form == "strict":
        return {IS + name: YES if wanted else NO}
    return {"$neq": {IS + name: NO if wanted else YES}}


def word_test(name: str, op: str, value: str, form: Form) -> Json:
    """Returns the test that a text is, or may be, equal (`==`) or unequal (`!=`) to a constant."""
    same, key = {IS + name: encode_text(value)}, IS + name
    if op == "==":
        return same if form == "strict" else {"$or": [same, {key: UNKNOWN}]}
    return {"$and": [{"$neq": same}, is_known(name)]} if form == "strict" else {"$neq": same}


def is_known(name: str) -> Json:
    """Returns the test that a field is not missing."""
    return {"$neq": {IS + name: UNKNOWN}}


def is_missing(name: str) -> Json:
    """Returns the test that a field is missing."""
    return {IS + name: UNKNOWN}


def number_test(name: str, op: str, value: float, form: Form) -> Json:
    """Returns the test that a comparison of a number with a constant holds, or may hold; numbers from `lower` to
    `upper` of the constant are equal to it."""
    near, far = (LOW + name, HIGH + name) if form == "strict" else (HIGH + name, LOW + name)
    least, most = lower(value), upper(value)
    match op:
        case ">":
            return {"$gt": {near: most}}
        case ">=":
            return {"$gte": {near: least}}
        case "<":
            return {"$lt": {far: least}}
        case "<=":
            return {"$lte": {far: most}}
        case "==":
            return {"$and": [{"$gte": {near: least}}, {"$lte": {far: most}}]}
    return {"$or": [{"$gt": {near: most}}, {"$lt": {far: least}}]}


def dump(value: Json) -> str:
    """Returns JSON with numbers in fixed notation, the only one that the C parser reads."""
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{encode_basestring(k)}:{dump(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(dump, value)) + "]"
    return fixed(value) if isinstance(value, float) else str(value)


def fixed(value: float) -> str:
    """Returns a float exactly, in fixed notation."""
    text = repr(value)
    if "e" in text:
        text = format(Decimal(text), "f")
    return text if "." in text else text + ".0"
