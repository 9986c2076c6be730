"""How records are read from JSON and described by a JSON Schema, both derived from their fields.

A record is a named tuple. The annotation of a field gives its type; `Annotated` adds a description (a text), the words of a
closed list (`OneOf`), the range of a number (`Between`) or the form of a text (`Matching`).
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from screener.errors import Problem
from screener.result.plain_formats import PLAIN_FORMATS, Mismatch, Schema, ValueFormat
from screener.text import clean, shorten
from screener.vocabulary import OrderedWord


class OneOf(NamedTuple):
    """The words that a text may be."""

    words: tuple[str, ...]


class Between(NamedTuple):
    """The least and the greatest value of a number."""

    least: float
    greatest: float


class Matching(NamedTuple):
    """The regular expression that a text matches, and the same in words."""

    pattern: str
    meaning: str


class RecordField(NamedTuple):
    """A field of a record; `required`: a document must have it."""

    name: str
    annotation: Any
    required: bool


@lru_cache(maxsize=128)
def record_fields(record: type) -> tuple[RecordField, ...]:
    """The fields of a record."""
    hints, defaults = get_type_hints(record, include_extras=True), record._field_defaults  # type: ignore[attr-defined]
    return tuple(RecordField(n, hints[n], n not in defaults) for n in record._fields)  # type: ignore[attr-defined]


def records_in(annotation: Any, found: dict[type, None] | None = None) -> Iterator[type]:
    """All records within a type, each once."""
    found = {} if found is None else found
    if is_record(annotation):
        if annotation not in found:
            found[annotation] = None
            yield annotation
            for field in record_fields(annotation):
                yield from records_in(field.annotation, found)
    else:
        for inner in get_args(annotation):
            yield from records_in(inner, found)


def is_record(annotation: Any) -> bool:
    """Whether a type is a record."""
    return isinstance(annotation, type) and issubclass(annotation, tuple) and hasattr(annotation, "_fields")


def read_record(record: type, data: Any, path: str, problems: list[Problem]) -> Any:
    """A record from the JSON object at a path; None, with further problems, where it can't be one."""
    return _read_or_report(_format(record), data, path, problems)


def record_schema(record: type) -> Schema:
    """The JSON Schema of an object that holds a record; other records are referred to by name."""
    properties = {}
    for field in record_fields(record):
        notes = [m for m in getattr(field.annotation, "__metadata__", ()) if isinstance(m, str)]
        about = {"description": notes[0]} if notes else {}
        properties[field.name] = {**about, **_format(field.annotation).schema}
    required = [field.name for field in record_fields(record) if field.required]
    # Python 3.13 removes the indentation of docstrings, earlier versions do not.
    described = " ".join((record.__doc__ or "").split())
    return {"description": described, "type": "object", "properties": properties, "required": required}


@lru_cache(maxsize=512)
def _format(annotation: Any) -> ValueFormat:
    if annotation in PLAIN_FORMATS:
        return PLAIN_FORMATS[annotation]
    if is_record(annotation):
        return ValueFormat("an object", {"$ref": f"#/$defs/{annotation.__name__}"}, _record_reader(annotation))
    arguments, origin = get_args(annotation), get_origin(annotation)
    if origin is Annotated:
        found = _format(arguments[0])
        for limit in arguments[1:]:
            found = _limited(found, limit)
        return found
    if origin is tuple:
        return _list_of(arguments[0]) if arguments[-1] is ... else _fixed_list(arguments)
    if origin is Literal:
        return _one_of(arguments)
    if isinstance(annotation, type) and issubclass(annotation, OrderedWord):
        return _one_of(tuple(annotation))
    return _union([_format(argument) for argument in arguments])


def _limited(base: ValueFormat, limit: Any) -> ValueFormat:
    """A type with what `Annotated` adds to it."""
    if isinstance(limit, OneOf):
        return _one_of(limit.words)
    if isinstance(limit, Between):
        least, greatest = limit
        schema = {**base.schema, "minimum": least, "maximum": greatest}
        expected = f"a number from {least:g} to {greatest:g}"
        return _checked(base, expected, schema, lambda value: least <= value <= greatest)
    if isinstance(limit, Matching):
        schema = {**base.schema, "pattern": limit.pattern}
        return _checked(base, limit.meaning, schema, lambda value: re.fullmatch(limit.pattern, value) is not None)
    return base


def _checked(base: ValueFormat, expected: str, schema: Schema, is_valid: Callable[[Any], bool]) -> ValueFormat:
    def read(data: Any, path: str, problems: list[Problem]) -> Any:
        value = base.read(data, path, problems)
        if not is_valid(value):
            raise Mismatch
        return value

    return ValueFormat(expected, schema, read)


def _one_of(words: Sequence[str]) -> ValueFormat:
    members = {str(word): word for word in words}

    def read(data: Any, _path: str, _problems: list[Problem]) -> str:
        if not isinstance(data, str) or data not in members:
            raise Mismatch
        return members[data]

    return ValueFormat("one of " + ", ".join(filter(None, members)), {"enum": list(members)}, read)


def _record_reader(record: type) -> Callable[[Any, str, list[Problem]], Any]:
    def read(data: Any, path: str, problems: list[Problem]) -> Any:
        if not isinstance(data, dict):
            raise Mismatch
        before, values = len(problems), {}
        for name, annotation, required in record_fields(record):
            inner = f"{path}.{name}" if path else name
            if name in data:
                values[name] = _read_or_report(_format(annotation), data[name], inner, problems)
            elif required:
                problems.append(Problem("is missing", "screen the profile again", path=inner))
        return record(**values) if len(problems) == before else None

    return read


def _list_of(annotation: Any) -> ValueFormat:
    inner = _format(annotation)

    def read(data: Any, path: str, problems: list[Problem]) -> tuple[Any, ...]:
        if not isinstance(data, list):
            raise Mismatch
        return tuple(_read_or_report(inner, value, f"{path}[{i}]", problems) for i, value in enumerate(data))

    return ValueFormat("a list", {"type": "array", "items": inner.schema}, read)


def _fixed_list(annotations: Sequence[Any]) -> ValueFormat:
    formats = [_format(annotation) for annotation in annotations]

    def read(data: Any, path: str, problems: list[Problem]) -> tuple[Any, ...]:
        if not isinstance(data, list) or len(data) != len(formats):
            raise Mismatch
        members = enumerate(zip(formats, data, strict=True))
        return tuple(_read_or_report(inner, value, f"{path}[{i}]", problems) for i, (inner, value) in members)

    items = [inner.schema for inner in formats]
    return ValueFormat("a list", {"type": "array", "prefixItems": items, "items": False, "minItems": len(items)}, read)


def _union(formats: Sequence[ValueFormat]) -> ValueFormat:
    def read(data: Any, path: str, problems: list[Problem]) -> Any:
        for one in formats:
            try:
                return one.read(data, path, problems)
            except Mismatch:
                continue
        raise Mismatch

    plain = [f.schema["type"] for f in formats if f.schema.keys() == {"type"}]
    others = [f.schema for f in formats if f.schema.keys() != {"type"}]
    if not others:
        schema: Schema = {"type": plain}
    elif len(others) == 1 and plain == ["null"] and "enum" in others[0]:
        schema = {"enum": [*others[0]["enum"], None]}
    else:
        schema = {"anyOf": [*others, *([{"type": plain[0] if len(plain) == 1 else plain}] if plain else [])]}
    return ValueFormat(formats[0].expected, schema, read)


def _read_or_report(expected: ValueFormat, data: Any, path: str, problems: list[Problem]) -> Any:
    """A value; None, with a problem, where it is not as expected."""
    try:
        return expected.read(data, path, problems)
    except Mismatch:
        found = clean(shorten(json.dumps(data, ensure_ascii=False, default=str), 60))
        hint = "it was changed by hand, or is of another program"
        problems.append(Problem(f"expected {expected.expected}, got {found}", hint, path=path))
        return None
