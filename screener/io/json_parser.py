"""Parses JSON without duplicate keys, with finite numbers and bounded depth; problems have line and column."""

import json
import math
from typing import Any

from screener import limits
from screener.errors import DocumentError, Problem
from screener.io.syntax_errors import JSON_TOKEN, first_duplicate_key, first_invalid_character
from screener.text import clean, shorten


def parse_json(text: str) -> Any:
    """Returns the data of a JSON text. Raises json.JSONDecodeError, DocumentError, or RecursionError if it is nested
    too deeply."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        data = dict(items)
        if len(data) < len(items):
            key, at = first_duplicate_key(text)
            raise json_fault(text, at, f"duplicate key '{clean(shorten(key, 80))}'", "keep one of the two")
        return data

    def number(written: str) -> float:
        value = float(written)
        if not math.isfinite(value):
            tokens = JSON_TOKEN.finditer(text)  # for example 1e999x
            at = next(m.start() for m in tokens if m[0].startswith(written))
            raise json_fault(text, at, f"{written[:40]} is not a finite number", "leave out what is not known")
        return value

    def integer(written: str) -> float:
        return int(written) if len(written) < limits.DIGITS else number(written)

    data = json.loads(text, object_pairs_hook=pairs, parse_constant=number, parse_float=number, parse_int=integer)
    refuse_deep(data)
    return data


def json_fault(text: str, at: int, what: str, hint: str) -> DocumentError:
    """Returns the error for a position of a JSON text that the parser itself does not report."""
    line = text.count("\n", 0, at) + 1
    return DocumentError(Problem(what, hint, line=line, column=at - text.rfind("\n", 0, at)))


def refuse_not_characters(text: str, is_json: bool) -> None:
    """Refuses NUL and lone surrogates written as escapes: C code would end the text at NUL, and UTF-8 cannot encode
    surrogates."""
    if "\\" in text and (found := first_invalid_character(text, is_json)):
        at, code = found
        what = f"the text has U+{code:04X}, which is not a character"
        raise json_fault(text, at, what, "leave it out")


def refuse_deep(data: Any, depth: int = 0) -> None:
    """Raises RecursionError if lists and mappings are nested deeper than the limit; `depth` is that of `data` itself."""
    if depth > limits.NESTING:
        raise RecursionError
    if isinstance(data, dict):
        data = list(data.values())
    if isinstance(data, list):
        for item in data:
            if isinstance(item, (dict, list)):
                refuse_deep(item, depth + 1)
