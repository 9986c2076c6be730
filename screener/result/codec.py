"""Results read back from their JSON: `from_dict`, the other way round of `result.to_dict`."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any, get_args, get_origin

from screener.errors import Problem, ResultError, ScreenerError
from screener.expression.interval import INF, Interval
from screener.io.document import read_text
from screener.result.model import SCHEMA, ResultDocument
from screener.result.record_shape import CLOSED, PATTERNS, RANGES, choices, fields, is_record, simple, vocabulary_words
from screener.text import Text, clean, shorten

FAMILY, _, VERSION = SCHEMA.rpartition("/")
MOST_BYTES = 1 << 30  # of a file: a result takes some 0.2 MB, and a file may hold many
MOST_PROBLEMS = 10


class _Wrong(Exception):
    """A place in the document that is not as it should be."""


def from_dict(data: Any) -> ResultDocument:
    """The result of a document in the form of `to_dict`; fields that this version does not know are passed over.

    Raises ResultError: not a result, another version of the schema, or what is wrong in it, by its path.
    """
    if not isinstance(data, dict) or not isinstance(data.get("schema"), str):
        hint = "screener run … --format json writes one"
        if isinstance(data, dict) and ("name" in data or "figures" in data):
            hint = "it looks like a profile: screener run screens it"
        raise ResultError(Problem("is not a result of screener", hint))
    family, _, version = data["schema"].rpartition("/")
    if family != FAMILY:
        raise ResultError(
            Problem(f"is not a result: its schema is '{clean(shorten(data['schema'], 60))}'", f"expected {SCHEMA}")
        )
    if version != VERSION:
        newer = version.isdigit() and int(version) > int(VERSION)
        hint = "install a newer screener" if newer else f"screen the profile again to get {SCHEMA}"
        raise ResultError(Problem(f"is in schema version {clean(version[:20])}; this screener reads {VERSION}", hint))
    reader = _ResultReader()
    result = reader.record(ResultDocument, data, "")
    for i, loop in enumerate(result.loops if result else ()):
        if not 0 <= loop.weakest < len(loop.members):
            reader.problems.append(
                Problem("names no link of the loop", "screen the profile again", path=f"loops[{i}].weakest")
            )
    if result is None or reader.problems:
        raise ResultError(reader.problems[:MOST_PROBLEMS])
    return result  # type: ignore[no-any-return]


def read_results(path: str) -> Iterator[ResultDocument | ScreenerError]:
    """The results in a file or on standard input ('-'), one after the other: each read, or what is wrong with it."""
    try:
        text = read_text(path, MOST_BYTES)
    except ScreenerError as error:
        yield error
    else:
        yield from results_in(text, path)


def results_in(text: str, path: str) -> Iterator[ResultDocument | ResultError]:
    """The results in a text; `path` is where it is from, for messages."""
    decoder, at, number = json.JSONDecoder(parse_constant=_refuse), _after_space(text, 0), 0
    if at == len(text):
        yield ResultError(Problem("is empty", "screener run … --format json writes results", path))
    while at < len(text):
        number += 1
        try:
            data, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            yield _not_json(text, error, path, number)
            return
        at = _after_space(text, end)
        where = path if number == 1 and at == len(text) else f"{path} ({_nth(number)} result)"
        try:
            yield from_dict(data)
        except ResultError as error:
            yield ResultError(p.located(file=where) for p in error.problems)


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


_SPACE = re.compile(r"[ \t\r\n\ufeff]*")


def _refuse(name: str) -> float:
    raise ValueError(f"{name} is not a number")


def _not_json(text: str, error: Exception, path: str, number: int) -> ResultError:
    if not isinstance(error, json.JSONDecodeError):
        what = "is nested too deep" if isinstance(error, RecursionError) else str(error)
        return ResultError(Problem(what, "screener run … --format json writes results", path))
    cut = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated")
    what = "ends in the middle of a result" if cut else f"is not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
    hint = "it was cut off: screen the profile again" if cut else "screener run … --format json writes results"
    if number > 1:
        what = f"{what} ({_nth(number)} of the file)"
    return ResultError(Problem(what, hint, path, error.lineno, error.colno))


def _nth(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number % 100 not in (11, 12, 13) else "th"
    return f"{number}{ending}"


class _ResultReader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def record(self, kind: type, data: Any, path: str) -> Any:
        """A named tuple from an object; None, with problems, where it can't be one."""
        if not isinstance(data, dict):
            return self.bad(path, kind, data)
        values: dict[str, Any] = {}
        before = len(self.problems)
        for name, typed, required in fields(kind):
            at = f"{path}.{name}" if path else name
            if name in data:
                values[name] = self.value(typed, data[name], at, f"{kind.__name__}.{name}")
            elif required:
                self.problems.append(Problem("is missing", "screen the profile again", path=at))
        return kind(**values) if len(self.problems) == before else None

    def value(self, typed: Any, data: Any, path: str, place: str = "") -> Any:
        """A value of a type."""
        for kind in choices(typed):
            try:
                return self._one(kind, data, path, place)
            except _Wrong:
                continue
        return self.bad(path, choices(typed)[0], data, place)

    def _one(self, kind: Any, data: Any, path: str, place: str) -> Any:
        if kind is type(None):
            if data is None:
                return None
        elif kind is Text:
            if isinstance(data, dict) and all(isinstance(data.get(k), str) for k in ("en", "zh")):
                return Text(data["en"], data["zh"])
        elif kind is Interval:
            return _interval(data)
        elif is_record(kind):
            if isinstance(data, dict):
                return self.record(kind, data, path)
        elif get_origin(kind) is tuple:
            return self._list(kind, data, path)
        elif kind is bool or kind is int:
            if type(data) is kind:
                return data
        elif kind is float:
            if _is_number(data) and _within(data, place):
                return data
        elif words := vocabulary_words(kind):
            for word in words:
                if word == data:
                    return word
        elif isinstance(data, str) and _allowed(data, place):
            return data
        raise _Wrong

    def _list(self, kind: Any, data: Any, path: str) -> tuple[Any, ...]:
        inner = get_args(kind)
        if not isinstance(data, list) or (inner[-1] is not ... and len(data) != len(inner)):
            raise _Wrong
        kinds = [inner[0]] * len(data) if inner[-1] is ... else inner
        return tuple(self.value(k, v, f"{path}[{i}]") for i, (k, v) in enumerate(zip(kinds, data, strict=True)))

    def bad(self, path: str, kind: Any, data: Any, place: str = "") -> None:
        """Notes a problem."""
        shown = clean(shorten(json.dumps(data, ensure_ascii=False, default=str), 60))
        expected = simple(kind)
        if place in CLOSED:
            expected = "one of " + ", ".join(filter(None, CLOSED[place]))
        elif place in RANGES:
            expected = "a number from {:g} to {:g}".format(*RANGES[place])
        elif place in PATTERNS:
            expected = "lower-case letters and digits in groups joined by hyphens"
        self.problems.append(
            Problem(f"expected {expected}, got {shown}", "it was changed by hand, or is of another program", path=path)
        )


def _interval(data: Any) -> Interval:
    if _is_number(data):
        return Interval.point(data)
    if isinstance(data, dict) and data.keys() == {"low", "high"}:
        low, high = data["low"], data["high"]
        if all(v is None or _is_number(v) for v in (low, high)):
            found = Interval(-INF if low is None else low, INF if high is None else high)
            if found.lo <= found.hi:
                return found
    raise _Wrong


def _is_number(data: Any) -> bool:
    try:
        return type(data) in (int, float) and math.isfinite(float(data))
    except OverflowError:
        return False


def _within(data: float, place: str) -> bool:
    least, most = RANGES.get(place, (-INF, INF))
    return least <= data <= most


def _allowed(data: str, place: str) -> bool:
    if place in CLOSED:
        return data in CLOSED[place]
    return place not in PATTERNS or re.fullmatch(PATTERNS[place], data) is not None
