"""Validates documents with pydantic models; errors name the place, what was expected and the nearest known name."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from screener import limits
from screener.errors import Problem
from screener.io.document import Document, ValuePath
from screener.text import did_you_mean, nearest_name, shorten
from screener.units import CURRENCY_PATTERN, numeral_hint


class Strict(BaseModel):
    """Base of all models that are read from files: frozen, and unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True, arbitrary_types_allowed=True)

    elsewhere: ClassVar[Mapping[str, str]] = {}  # keys that are often misplaced here, and where they belong


M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")
ListOf = Annotated[tuple[T, ...], Field(strict=False)]
"""A list in a document; strict models would accept a tuple only."""


def validate(model: type[M], data: Any, document: Document, loc: ValuePath, problems: list[Problem]) -> M | None:
    """Returns `data` as a `model`; on errors None, after adding all problems with their places in `document`."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems.extend(_problems(model, error, data, document, loc))
        return None


def _problems(
    model: type[BaseModel], error: ValidationError, data: Any, document: Document, loc: ValuePath
) -> Iterator[Problem]:
    seen: set[tuple[tuple[str | int, ...], str]] = set()
    every = error.errors(include_url=False)
    faults = every[: limits.PROBLEMS]
    meant = {
        (*f["loc"][:-1], nearest_name(str(f["loc"][-1]), _known_keys(model, f["loc"])))
        for f in faults
        if f["type"] == "extra_forbidden"
    }
    for fault in _joined([f for f in faults if f["type"] != "missing" or f["loc"] not in meant]):
        inner = _real(fault["loc"], data)
        what, hint, key = _words(model, fault, data, inner)
        inner = (*inner, *fault.get("ctx", {}).get("at", ()))
        if (inner, what) in seen or (fault["type"].endswith("_type") and any(i == inner for i, _ in seen)):
            continue
        seen.add((inner, what))
        yield document.problem((*loc, *inner), what, hint, key=key, code=_CODES.get(fault["type"], _OTHER))
    if len(every) > len(faults):
        more = f"has {len(every) - len(faults):,} further faults"
        yield document.problem(loc, more, "correct those above first", code=_OTHER)


def _joined(faults: list[Any]) -> Iterator[Any]:
    """Combines all missing keys of one mapping into one fault."""
    lacking: dict[tuple[str | int, ...], list[str]] = {}
    for fault in faults:
        if fault["type"] == "missing":
            lacking.setdefault(fault["loc"][:-1], []).append(str(fault["loc"][-1]))
    for fault in faults:
        many = lacking.get(fault["loc"][:-1], []) if fault["type"] == "missing" else []
        if len(many) < 2:
            yield fault
        elif many[0] == fault["loc"][-1]:
            yield {**fault, "loc": fault["loc"][:-1], "ctx": {"many": many}}


_CODES = {
    "extra_forbidden": "unknown-key",
    "missing": "missing-key",
    "literal_error": "unknown-word",
    "enum": "unknown-word",
    **dict.fromkeys(
        (
            "value_error",
            "too_short",
            "too_long",
            "string_pattern_mismatch",
            "misplaced",
            "less_than",
            "less_than_equal",
            "greater_than",
            "greater_than_equal",
        ),
        "bad-value",
    ),
}
_OTHER = "wrong-type"
_MEANT = {
    "percent": "fraction",
    "%": "fraction",
    "pct": "fraction",
    "share": "fraction",
    "ratio": "multiple",
    "x": "multiple",
    "times": "multiple",
    "usd": "money",
    "eur": "money",
    "cny": "money",
    "dollars": "money",
    "currency": "money",
    "bool": "truth",
    "boolean": "truth",
    "string": "text",
    "int": "count",
    "float": "number",
    "month": "months",
    "year": "years",
    "hour": "hours",
    "draft": "preview",
    "beta": "preview",
    "obsolete": "deprecated",
    "warning": "low",
    "minor": "low",
    "major": "high",
    "severe": "high",
    "blocker": "critical",
    "低": "low",
    "中": "medium",
    "高": "high",
    "严重": "critical",
    "弱": "weak",
    "强": "strong",
    "红": "red",
    "绿": "green",
}
"""Words of other tools and languages, with the word of this format for each."""


def _real(loc: tuple[str | int, ...], data: Any) -> tuple[str | int, ...]:
    """Returns the part of pydantic's path that exists in the data (the path also names union members and models)."""
    path: list[str | int] = []
    for step in loc:
        known: Any = data if isinstance(data, dict) else dict(enumerate(data)) if isinstance(data, list) else {}
        if step in known:
            data = known[step]
        elif step != loc[-1] or not isinstance(data, dict) or not isinstance(step, str):
            continue
        path.append(step)
    return tuple(path)


_SCALARS = {
    "string_type": ("a text", "put it in quotes"),
    "float_type": ("a number", "write it without quotes or units"),
    "int_type": ("a number", "write it without quotes or units"),
    "bool_type": ("true or false", "write it without quotes"),
}
"""For pydantic's types of error on simple values: what was expected, and how to write it."""


def _words(model: type[BaseModel], fault: Any, data: Any, inner: tuple[str | int, ...]) -> tuple[str, str, bool]:
    kind, given = fault["type"], shorten(repr(_beginning(fault.get("input"))), 60)
    match kind:
        case "extra_forbidden":
            models, key = _models_at(model, fault["loc"]), str(inner[-1])
            known = _known_keys(model, fault["loc"])
            hints = [m.elsewhere[key] for m in models if issubclass(m, Strict) and key in m.elsewhere]
            hint = hints[0] if hints else did_you_mean(key, known, "known are " + ", ".join(known))
            return f"unknown key '{key}'", hint, True
        case "missing" if "ctx" in fault:
            return (
                f"{', '.join(fault['ctx']['many'])} are missing",
                "add them; docs/writing-rules.md says what they are",
                False,
            )
        case "missing":
            return "is missing", "add it", False
        case "literal_error" | "enum":
            expected = fault["ctx"]["expected"]
            words = [w.strip(" '") for w in expected.replace(" or ", ", ").split(",")]
            given_word = str(fault.get("input")).lower()
            meant = _MEANT.get(given_word, given_word)
            hint = f"write {meant}" if meant in words else did_you_mean(given_word, words, "choose one of them")
            return f"expected {expected}, got {given}", hint, False
        case "value_error":
            message, _, hint = str(fault["ctx"]["error"]).partition("; ")
            return message, hint, False
        case "misplaced":
            return fault["ctx"]["what"], fault["ctx"]["hint"], False
        case "model_type" | "dict_type":
            keys = _needed(_models_at(model, (*fault["loc"], ""), exact=True), fault.get("input"))
            hint = f"write {keys}" if keys else _described(model, fault) or "write key: value pairs"
            return f"expected a mapping, got {given}", hint, False
        case "list_type" | "tuple_type":
            return f"expected a list, got {given}", _described(model, fault) or "put it in [ ]", False
        case "string_type" | "float_type" | "int_type" | "bool_type":
            expected, hint = _SCALARS[kind]
            if kind in ("float_type", "int_type") and isinstance(fault.get("input"), str):
                hint = numeral_hint(fault["input"]) or hint
            return f"expected {expected}, got {given}", hint, False
        case "too_long":
            return f"has more than {fault['ctx']['max_length']:,} members", "leave some out", False
        case "less_than" | "less_than_equal" | "greater_than" | "greater_than_equal":
            (bound,) = fault["ctx"].values()
            return f"{given} is out of bounds", f"it must be {fault['type'].replace('_', ' ')} {bound:g}", False
        case "too_short":
            return "is empty", "add at least one member", False
        case "string_pattern_mismatch":
            return f"{given} can't be read", _pattern_hint(model, fault), False
    return (
        f"{fault['msg'][0].lower()}{fault['msg'][1:]}, got {given}",
        "see docs/writing-rules.md and docs/profiles.md",
        False,
    )


def _beginning(data: Any, depth: int = 3) -> Any:
    """Returns the first part of data that may be very large."""
    if isinstance(data, str):
        return data[:100]
    if isinstance(data, dict):
        return {k: _beginning(v, depth - 1) for k, v in islice(data.items(), 20)} if depth else {}
    if isinstance(data, list):
        return [_beginning(v, depth - 1) for v in data[:20]] if depth else []
    return data


def _known_keys(model: type[BaseModel], loc: tuple[str | int, ...]) -> list[str]:
    """Returns the keys that are allowed in the model at the parent of `loc`."""
    return sorted({f.alias or n for o in _models_at(model, loc) for n, f in o.model_fields.items()})


def _needed(models: list[type[BaseModel]], given: Any) -> str:
    """Says how to write a mapping of which only the first value was given: {value: 1.5, unit: …}."""
    if len(models) != 1 or given is None or isinstance(given, dict | list):
        return ""
    first, *others = [f.alias or n for n, f in models[0].model_fields.items() if f.is_required()] or [""]
    return f"{{{first}: {shorten(str(given), 40)}{''.join(f', {k}: …' for k in others)}}}" if first else ""


def _pattern_hint(model: type[BaseModel], fault: Any) -> str:
    """Returns how to write a text that does not match the pattern of its field."""
    if fault["ctx"]["pattern"] == CURRENCY_PATTERN:
        return "write three capital letters, such as USD"
    fields = (m.model_fields.get(str(fault["loc"][-1])) for m in _models_at(model, fault["loc"]))
    return next(
        (f"write {field.description}" for field in fields if field), "see docs/writing-rules.md and docs/profiles.md"
    )


def _described(model: type[BaseModel], fault: Any) -> str:
    """Returns the description of a field if it says how to write a list."""
    field = model.model_fields.get(str(fault["loc"][0])) if fault["loc"] else None
    return f"write {field.description}" if field and (field.description or "").startswith("a list of ") else ""


def _models_at(model: type[BaseModel], loc: tuple[str | int, ...], exact: bool = False) -> list[type[BaseModel]]:
    """Returns the models at the parent of `loc`, through fields, lists, mappings and unions.

    If not `exact`, the nearest models above are returned when there are none.
    """
    options: list[Any] = [model]
    for step in loc[:-1]:
        below: list[Any] = []
        for option in options:
            if isinstance(option, type) and issubclass(option, BaseModel):
                field = next((f for n, f in option.model_fields.items() if step in (n, f.alias)), None)
                below.extend(_models(field.annotation) if field else [option])
        options = below if exact else below or options
    return options


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [m for a in getattr(annotation, "__args__", ()) for m in _models(a)]
