"""How facts and tests on them are encoded in the JSON of the C library, so that no property is ever missing.

A number is its two ends (`lo:name`, `hi:name`; an unbounded one is BEYOND), anything else `is:name`, UNKNOWN where it is
missing; `id:name` is the company that a field names. No name of a field has a colon, so that no field can pass for another.
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
MOST_CONSTANT = 1e17  # a comparison with a larger constant is left to Python
BEYOND = 1e18
MOST_TEXT = 60_000  # bytes; the C library compares lengths of 16 bits
_UNKNOWN_TEXT, _YES_TEXT, _NO_TEXT = (encode_basestring(word) for word in (UNKNOWN, YES, NO))


def add_property_texts(texts: dict[str, str], field: "FieldKeys", value: Value) -> bool:
    """Adds the properties of a field, each with its value as it stands in JSON; whether it `is_open`."""
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
    """The names of the properties that a field may become."""

    name: str
    low: str
    high: str
    word: str

    @classmethod
    def of(cls, name: str) -> "FieldKeys":
        """The properties of a field."""
        return cls(name, LOW + name, HIGH + name, IS + name)


def is_open(value: Value) -> bool:
    """Whether the strict and the possible form of a test of a value may differ: it is missing, or a range of numbers."""
    return value.lo != value.hi if isinstance(value, Interval) else value is None


def in_json(flat: Mapping[str, Json]) -> dict[str, str]:
    """Properties, each with its value as it stands in JSON."""
    return {key: dump(value) for key, value in flat.items()}


def encode_text(value: str) -> str:
    """A text so that it can't be taken for UNKNOWN; its digest where the C library could not compare it."""
    if len(value) <= MOST_TEXT and value.isascii():
        return "=" + value
    raw = value.encode("utf-8", "surrogatepass")
    if len(raw) > MOST_TEXT or any("\ud800" <= c <= "\udfff" for c in value):
        return "#" + hashlib.sha256(raw).hexdigest()
    return "=" + value


def truth_test(name: str, wanted: bool, form: Form) -> Json:
    """The test that a truth value is, or may be, `wanted`."""
    if form == "strict":
        return {IS + name: YES if wanted else NO}
    return {"$neq": {IS + name: NO if wanted else YES}}


def word_test(name: str, op: str, value: str, form: Form) -> Json:
    """The test that a text is (`==`) or is not (`!=`) a constant, or may be."""
    same, key = {IS + name: encode_text(value)}, IS + name
    if op == "==":
        return same if form == "strict" else {"$or": [same, {key: UNKNOWN}]}
    return {"$and": [{"$neq": same}, is_known(name)]} if form == "strict" else {"$neq": same}


def is_known(name: str) -> Json:
    """The test that a field is not missing."""
    return {"$neq": {IS + name: UNKNOWN}}


def is_missing(name: str) -> Json:
    """The test that a field is missing."""
    return {IS + name: UNKNOWN}


def number_test(name: str, op: str, value: float, form: Form) -> Json:
    """The test that a number compares so with a constant, or may; those from `lower` to `upper` of it are equal to it."""
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
    """JSON with numbers in fixed notation, which is all that the C parser reads."""
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{encode_basestring(k)}:{dump(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(dump, value)) + "]"
    return fixed(value) if isinstance(value, float) else str(value)


def fixed(value: float) -> str:
    """A float in fixed notation, exactly."""
    text = repr(value)
    if "e" in text:
        text = format(Decimal(text), "f")
    return text if "." in text else text + ".0"
