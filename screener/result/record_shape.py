"""The shape of a stored result: what its reader checks and its JSON Schema says, both from the named tuples of `result`."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

from screener.expression.interval import Interval
from screener.text import Text
from screener.units import UNITS
from screener.vocabulary import OrderedWord

SLUG = "^[a-z0-9]+(-[a-z0-9]+)*$"

CLOSED: Mapping[str, tuple[str, ...]] = {
    "Distance.op": (">", ">=", "<", "<=", "==", "!="),
    "Distance.holds": ("yes", "no", "unknown"),
    **{f"{name}.unit": UNITS for name in ("Evidence", "Distance", "AppliedParam", "Conflict", "Assumption")},
    "OpenInput.unit": (*UNITS, "list"),
}  # fmt: skip
"""Texts of a closed list, by tuple and field."""

PATTERNS: Mapping[str, str] = {"Company.id": SLUG}
"""Texts of a form: the id of the company names the files of its reports."""

RANGES: Mapping[str, tuple[float, float]] = {
    **{f"Score.{name}": (0, 100) for name in ("value", "low", "high", "caution_from", "avoid_from")},
    **{f"WaterfallStep.{name}": (0, 100) for name in ("start", "end")},
    "Finding.weight": (0, 1), "Score.relief_at_most": (0, 1), "Coverage.at_least": (0, 1),
}  # fmt: skip
"""Least and most of a number."""


class Field(NamedTuple):
    """A field of a named tuple: its type, and whether a document must have it."""

    name: str
    type: Any
    required: bool


@lru_cache(maxsize=64)
def fields(tuple_type: type) -> tuple[Field, ...]:
    """The fields of a named tuple."""
    hints, defaults = get_type_hints(tuple_type), tuple_type._field_defaults  # type: ignore[attr-defined]
    return tuple(Field(n, hints[n], n not in defaults) for n in tuple_type._fields)  # type: ignore[attr-defined]


def is_record(kind: Any) -> bool:
    """Whether a type is a named tuple."""
    return isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields")


def choices(kind: Any) -> tuple[Any, ...]:
    """The types of a union; one of any other."""
    return get_args(kind) if get_origin(kind) not in (None, tuple) and not _is_literal(kind) else (kind,)


def records(kind: Any, seen: dict[type, None] | None = None) -> Iterator[type]:
    """All named tuples within a type, each once."""
    seen = {} if seen is None else seen
    for one in choices(kind):
        if is_record(one):
            if one not in seen:
                seen[one] = None
                yield one
                for field in fields(one):
                    yield from records(field.type, seen)
        elif get_origin(one) is tuple:
            for inner in get_args(one):
                if inner is not ...:
                    yield from records(inner, seen)


def _is_literal(kind: Any) -> bool:
    from typing import Literal

    return get_origin(kind) is Literal


def vocabulary_words(kind: Any) -> tuple[OrderedWord, ...]:
    """The words of a vocabulary, or of the part of one that a literal names; none of any other type."""
    if _is_literal(kind):
        return get_args(kind)
    return tuple(kind) if isinstance(kind, type) and issubclass(kind, OrderedWord) else ()


def simple(kind: Any) -> str:
    """What a type is in words, for messages."""
    names = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", type(None): "null",
             Interval: "a number or {low, high}", Text: "{en, zh}"}  # fmt: skip
    if is_record(kind):
        return "an object"
    if get_origin(kind) is tuple:
        return "a list"
    if words := vocabulary_words(kind):
        return "one of " + ", ".join(words)
    return names[kind]
