"""The JSON Schema of the result document, generated from its named tuples: their docstrings and comments describe it."""

import inspect
import re
from typing import Any, get_args, get_origin

from screener.expression.interval import Interval
from screener.result.model import SCHEMA, ResultDocument
from screener.result.record_shape import CLOSED, PATTERNS, RANGES, choices, fields, is_record, records, vocabulary_words
from screener.text import Text

_COMMENTED = re.compile(r"^    (\w+): .*?  # (.+)$", re.MULTILINE)
_TEXT = {"type": "object", "properties": {"en": {"type": "string"}, "zh": {"type": "string"}}, "required": ["en", "zh"]}
_END = {"type": ["number", "null"]}
_NUMBER = {
    "description": "a number that is exactly known, or an interval; null is an unbounded side",
    "anyOf": [{"type": "number"},
              {"type": "object", "properties": {"low": _END, "high": _END}, "required": ["low", "high"],
               "additionalProperties": False}],
}  # fmt: skip
_PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}


def result_schema() -> dict[str, Any]:
    """The schema (draft 2020-12) of a result document. Fields may be added to a result, so it allows others."""
    shapes = {kind.__name__: _record(kind) for kind in records(ResultDocument)}
    whole = shapes.pop("ResultDocument")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA,
        "title": "Result of screening one company",
        **whole,
        "properties": {"schema": {"const": SCHEMA}, **whole["properties"]},
        "required": ["schema", *whole["required"]],
        "$defs": {"text": _TEXT, "number": _NUMBER, **shapes},
    }


def _record(kind: type) -> dict[str, Any]:
    notes = dict(_COMMENTED.findall(inspect.getsource(kind)))
    properties = {
        f.name: _described(_shape(f.type, f"{kind.__name__}.{f.name}"), notes.get(f.name)) for f in fields(kind)
    }
    required = [f.name for f in fields(kind) if f.required]
    return {"description": kind.__doc__, "type": "object", "properties": properties, "required": required}


def _described(shape: dict[str, Any], note: str | None) -> dict[str, Any]:
    return {"description": note, **shape} if note else shape


def _shape(typed: Any, place: str) -> dict[str, Any]:
    found = [_one(kind, place) for kind in choices(typed)]
    if len(found) == 1:
        return found[0]
    plain = [f["type"] for f in found if f.keys() == {"type"}]
    rest = [f for f in found if f.keys() != {"type"}]
    if not rest:
        return {"type": plain}
    if len(rest) == 1 and plain == ["null"] and "enum" in rest[0]:
        return {"enum": [*rest[0]["enum"], None]}
    return {"anyOf": [*rest, *([{"type": plain[0] if len(plain) == 1 else plain}] if plain else [])]}


def _one(kind: Any, place: str) -> dict[str, Any]:
    if kind is Text:
        return {"$ref": "#/$defs/text"}
    if kind is Interval:
        return {"$ref": "#/$defs/number"}
    if is_record(kind):
        return {"$ref": f"#/$defs/{kind.__name__}"}
    if get_origin(kind) is tuple:
        inner = get_args(kind)
        if inner[-1] is ...:
            return {"type": "array", "items": _shape(inner[0], "")}
        items = [_shape(k, "") for k in inner]
        return {"type": "array", "prefixItems": items, "items": False, "minItems": len(items)}
    if kind is float and place in RANGES:
        least, most = RANGES[place]
        return {"type": "number", "minimum": least, "maximum": most}
    if words := vocabulary_words(kind):
        return {"enum": [word.value for word in words]}
    if kind is str and place in CLOSED:
        return {"enum": list(CLOSED[place])}
    if kind is str and place in PATTERNS:
        return {"type": "string", "pattern": PATTERNS[place]}
    return {"type": _PLAIN[kind]}
