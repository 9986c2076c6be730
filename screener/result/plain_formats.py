"""The JSON form of plain values: texts, numbers, truth values, texts in two languages, intervals."""

import math
from collections.abc import Callable
from types import NoneType
from typing import Any, NamedTuple

from screener.errors import Problem
from screener.expression.interval import INF, Interval
from screener.text import Text

Schema = dict[str, Any]


class Mismatch(Exception):
    """A value is not of the expected type."""


class ValueFormat(NamedTuple):
    """The JSON form of a type."""

    expected: str  # in words, for messages
    schema: Schema
    read: Callable[[Any, str, list[Problem]], Any]
    """Reads a value at a path; raises Mismatch, or adds the problems found inside it."""


def shared_definitions() -> Schema:
    """The schemas of texts in two languages and of numbers, to which those of records refer."""
    text = {"type": "string"}
    side = {"type": ["number", "null"]}
    interval = {
        "type": "object",
        "properties": {"low": side, "high": side},
        "required": ["low", "high"],
        "additionalProperties": False,
    }
    return {
        "text": {"type": "object", "properties": {"en": text, "zh": text}, "required": ["en", "zh"]},
        "number": {
            "description": "a number that is known exactly, or an interval; null is an open side",
            "anyOf": [{"type": "number"}, interval],
        },
    }


def _plain(expected: str, schema: Schema, read: Callable[[Any], Any]) -> ValueFormat:
    return ValueFormat(expected, schema, lambda data, _path, _problems: read(data))


def _exactly(kind: type) -> Callable[[Any], Any]:
    def read(data: Any) -> Any:
        if type(data) is not kind:
            raise Mismatch
        return data

    return read


def _read_float(data: Any) -> float:
    if not _is_number(data):
        raise Mismatch
    return data  # type: ignore[no-any-return]


def _read_text(data: Any) -> Text:
    if not isinstance(data, dict) or not all(isinstance(data.get(language), str) for language in ("en", "zh")):
        raise Mismatch
    return Text(data["en"], data["zh"])


def _read_interval(data: Any) -> Interval:
    if _is_number(data):
        return Interval.point(data)
    if isinstance(data, dict) and data.keys() == {"low", "high"}:
        low, high = data["low"], data["high"]
        if all(side is None or _is_number(side) for side in (low, high)):
            found = Interval(-INF if low is None else low, INF if high is None else high)
            if found.lo <= found.hi:
                return found
    raise Mismatch


def _is_number(data: Any) -> bool:
    try:
        return type(data) in (int, float) and math.isfinite(float(data))
    except OverflowError:
        return False


PLAIN_FORMATS = {
    str: _plain("a text", {"type": "string"}, _exactly(str)),
    int: _plain("a whole number", {"type": "integer"}, _exactly(int)),
    float: _plain("a number", {"type": "number"}, _read_float),
    bool: _plain("true or false", {"type": "boolean"}, _exactly(bool)),
    NoneType: _plain("null", {"type": "null"}, _exactly(NoneType)),
    Text: _plain("{en, zh}", {"$ref": "#/$defs/text"}, _read_text),
    Interval: _plain("a number or {low, high}", {"$ref": "#/$defs/number"}, _read_interval),
}
