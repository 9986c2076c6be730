"""Pydantic models from documents, with errors that name the place, what was expected and the nearest known name."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from screener import limits
from screener.document import Document, Loc
from screener.errors import Problem
from screener.text import did_you_mean, nearest, shorten


class Strict(BaseModel):
    """Base of all models read from files: frozen, and nothing unknown passes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)


M = TypeVar("M", bound=BaseModel)


def validate(model: type[M], data: Any, document: Document, loc: Loc, problems: list[Problem]) -> M | None:
    """`data` as a `model`; None after adding all problems, each with its place in `document`."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems.extend(_problems(model, error, data, document, loc))
        return None


def _problems(
    model: type[BaseModel], error: ValidationError, data: Any, document: Document, loc: Loc
) -> Iterator[Problem]:
    seen: set[tuple[tuple[str | int, ...], str]] = set()
    every = error.errors(include_url=False)
    faults = every[: limits.PROBLEMS]
    meant = {(*f["loc"][:-1], nearest(str(f["loc"][-1]), _known_keys(model, f["loc"])))
             for f in faults if f["type"] == "extra_forbidden"}  # fmt: skip
    for fault in faults:
        if fault["type"] == "missing" and fault["loc"] in meant:
            continue  # it is there under a wrong name
        inner = _real(fault["loc"], data)
        what, hint, key = _words(model, fault, data, inner)
        inner = (*inner, *fault.get("ctx", {}).get("at", ()))
        if (inner, what) in seen or (fault["type"].endswith("_type") and any(i == inner for i, _ in seen)):
            continue
        seen.add((inner, what))
        yield document.problem((*loc, *inner), what, hint, key=key, code=_CODES.get(fault["type"], _OTHER))
    if len(every) > len(faults):
        more = f"has {len(every) - len(faults):,} further faults"
        yield document.problem(loc, more, "mend those above first", code=_OTHER)


_CODES = {"extra_forbidden": "unknown-key", "missing": "missing-key", "literal_error": "unknown-word",
          **dict.fromkeys(("value_error", "too_short", "too_long", "string_pattern_mismatch", "misplaced"),
                          "bad-value")}  # fmt: skip
_OTHER = "wrong-type"


def _real(loc: tuple[str | int, ...], data: Any) -> tuple[str | int, ...]:
    """The part of pydantic's path that exists in the data (it also names union members and models)."""
    path: list[str | int] = []
    for step in loc:
        known: Any = data if isinstance(data, dict) else dict(enumerate(data)) if isinstance(data, list) else {}
        if step in known:
            data = known[step]
        elif step != loc[-1] or not isinstance(data, dict) or not isinstance(step, str):
            continue
        path.append(step)
    return tuple(path)


def _words(model: type[BaseModel], fault: Any, data: Any, inner: tuple[str | int, ...]) -> tuple[str, str, bool]:
    kind, given = fault["type"], shorten(repr(_beginning(fault.get("input"))), 60)
    match kind:
        case "extra_forbidden":
            known = _known_keys(model, fault["loc"])
            return (
                f"unknown key '{inner[-1]}'",
                did_you_mean(str(inner[-1]), known, "known are " + ", ".join(known)),
                True,
            )
        case "missing":
            return "is missing", "add it", False
        case "literal_error":
            expected = fault["ctx"]["expected"]
            words = [w.strip(" '") for w in expected.replace(" or ", ", ").split(",")]
            return f"expected {expected}, got {given}", did_you_mean(str(fault.get("input")), words), False
        case "value_error":
            message, _, hint = str(fault["ctx"]["error"]).partition("; ")
            return message, hint, False
        case "misplaced":
            return fault["ctx"]["what"], fault["ctx"]["hint"], False
        case "model_type" | "dict_type":
            return f"expected a mapping, got {given}", "write key: value pairs", False
        case "list_type" | "tuple_type":
            return f"expected a list, got {given}", "put it in [ ]", False
        case "string_type":
            return f"expected a text, got {given}", "put it in quotes", False
        case "float_type" | "int_type":
            return f"expected a number, got {given}", "write it without quotes or units", False
        case "bool_type":
            return f"expected true or false, got {given}", "write it without quotes", False
        case "too_long":
            return f"has more than {fault['ctx']['max_length']:,} members", "leave some out", False
        case "too_short":
            return "is empty", "add at least one member", False
        case "string_pattern_mismatch":
            field = model.model_fields[str(fault["loc"][-1])]
            return f"{given} can't be read", f"write {field.description}", False
    return f"{fault['msg'][0].lower()}{fault['msg'][1:]}, got {given}", "", False


def _beginning(data: Any, depth: int = 3) -> Any:
    """The first part of what may be very large."""
    if isinstance(data, str):
        return data[:100]
    if isinstance(data, dict):
        return {k: _beginning(v, depth - 1) for k, v in islice(data.items(), 20)} if depth else {}
    if isinstance(data, list):
        return [_beginning(v, depth - 1) for v in data[:20]] if depth else []
    return data


def _known_keys(model: type[BaseModel], loc: tuple[str | int, ...]) -> list[str]:
    """The keys that the model at the parent of `loc` knows; follows fields, lists, mappings and unions."""
    options: list[Any] = [model]
    for step in loc[:-1]:
        below: list[Any] = []
        for option in options:
            if isinstance(option, type) and issubclass(option, BaseModel):
                field = next((f for n, f in option.model_fields.items() if step in (n, f.alias)), None)
                below.extend(_models(field.annotation) if field else [option])
        options = below or options
    return sorted({f.alias or n for o in options for n, f in o.model_fields.items()})


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [m for a in getattr(annotation, "__args__", ()) for m in _models(a)]
