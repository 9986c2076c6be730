"""Results as JSON documents: reading them (`to_dict` in `model` writes them), and their JSON Schema."""

import json
import re
from collections.abc import Iterator
from typing import Any

from screener.errors import Problem, ResultError, ScreenerError
from screener.io.file_text import read_text
from screener.result.model import SCHEMA, ResultDocument
from screener.result.plain_formats import shared_definitions
from screener.result.record_format import read_record, record_schema, records_in
from screener.result.verdict_records import Score
from screener.text import clean, shorten, whole_number

FAMILY, _, VERSION = SCHEMA.rpartition("/")
MAX_BYTES = 1 << 30  # of a file: a result takes some 0.2 MB, and a file may hold many
MAX_PROBLEMS = 10
_WRITE_HINT = "screener run … --format json writes results"
_WHITE_SPACE = re.compile(r"[ \t\r\n\ufeff]*")


def from_dict(data: Any) -> ResultDocument:
    """The result of a document in the form of `to_dict`; fields that this version does not know are ignored.

    Raises ResultError: not a result, another version of the schema, or the fields that are wrong, by their paths.
    """
    if not isinstance(data, dict) or not isinstance(data.get("schema"), str):
        is_profile = isinstance(data, dict) and ("name" in data or "figures" in data)
        hint = "it looks like a profile: screener run screens it" if is_profile else _WRITE_HINT
        raise ResultError(Problem("is not a result of screener", hint))
    family, _, version = data["schema"].rpartition("/")
    if family != FAMILY:
        what = f"is not a result: its schema is '{clean(shorten(data['schema'], 60))}'"
        raise ResultError(Problem(what, f"expected {SCHEMA}"))
    if version != VERSION:
        is_newer = (whole_number(version) or 0) > int(VERSION)
        hint = "install a newer screener" if is_newer else f"screen the profile again to get {SCHEMA}"
        raise ResultError(Problem(f"is in schema version {clean(version[:20])}; this screener reads {VERSION}", hint))
    problems: list[Problem] = []
    result: ResultDocument | None = read_record(ResultDocument, _with_score(data), "", problems)
    for i, loop in enumerate(result.loops if result else ()):
        if not 0 <= loop.weakest < len(loop.members):
            what = "is not the index of a member of the loop"
            problems.append(Problem(what, "screen the profile again", path=f"loops[{i}].weakest"))
    if result is not None:
        problems += _score_problems(result.score)
    if result is None or problems:
        raise ResultError(problems[:MAX_PROBLEMS])
    return result


def _score_problems(score: Score) -> Iterator[Problem]:
    """What contradicts itself in a score: its range, its value within the range, the bands of the verdicts."""
    hint = "it was changed after it was written: screen the profile again"
    if not score.low <= score.high:
        yield Problem(f"is {score.low:g}, above the highest score {score.high:g}", hint, path="score.low")
    elif not score.low <= score.value <= score.high:
        what = f"is {score.value:g}, outside its range {score.low:g} to {score.high:g}"
        yield Problem(what, hint, path="score.value")
    if not score.caution_from <= score.avoid_from:
        what = f"is {score.caution_from:g}, above {score.avoid_from:g}, from which the verdict is avoid"
        yield Problem(what, hint, path="score.caution_from")


def _with_score(data: dict[str, Any]) -> dict[str, Any]:
    """A document with the score that was withheld in JSON: the end of its waterfall."""
    score, steps = data.get("score"), data.get("waterfall")
    if not isinstance(score, dict) or "value" not in score or score["value"] is not None or not isinstance(steps, list):
        return data
    last = steps[-1] if steps else {"end": 0.0}
    return {**data, "score": {**score, "value": last.get("end") if isinstance(last, dict) else None}}


def result_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a result. It allows other fields, since a later version may add some."""
    definitions = {record.__name__: record_schema(record) for record in records_in(ResultDocument)}
    document = definitions.pop(ResultDocument.__name__)
    value = definitions[Score.__name__]["properties"]["value"]
    value["type"] = [value["type"], "null"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA,
        "title": "Result of screening one company",
        **document,
        "properties": {"schema": {"const": SCHEMA}, **document["properties"]},
        "required": ["schema", *document["required"]],
        "$defs": {**shared_definitions(), **definitions},
    }


def read_results(path: str) -> Iterator[ResultDocument | ScreenerError]:
    """The results in a file or on standard input ('-'), one after the other: each result, or why it can't be read."""
    try:
        text = read_text(path, MAX_BYTES)
    except ScreenerError as error:
        yield error
    else:
        yield from results_in(text, path)


def results_in(text: str, path: str) -> Iterator[ResultDocument | ResultError]:
    """The results in a text; `path` is the file it is from, for messages."""
    decoder, at, number = json.JSONDecoder(parse_constant=_refuse_constant), _skip_white_space(text, 0), 0
    if at == len(text):
        yield ResultError(Problem("is empty", _WRITE_HINT, path))
    while at < len(text):
        number += 1
        try:
            data, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            yield _json_error(text, error, path, number)
            return
        at = _skip_white_space(text, end)
        where = path if number == 1 and at == len(text) else f"{path} ({_ordinal(number)} result)"
        try:
            yield from_dict(data)
        except ResultError as error:
            yield ResultError(p.located(file=where) for p in error.problems)


_LITERALS = ("null", "true", "false", "-1")


def _skip_white_space(text: str, at: int) -> int:
    found = _WHITE_SPACE.match(text, at)
    return found.end() if found else at


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number")


def _json_error(text: str, error: Exception, path: str, number: int) -> ResultError:
    """Why a text is not JSON; `number` counts the results from 1."""
    if not isinstance(error, json.JSONDecodeError):
        what = "is nested too deep" if isinstance(error, RecursionError) else str(error)
        return ResultError(Problem(what, _WRITE_HINT, path))
    rest = text[error.pos :].strip()  # at most the beginning of a literal, where the text is cut off inside one
    if any(literal.startswith(rest) for literal in _LITERALS) or error.msg.startswith("Unterminated"):
        what, hint = "ends in the middle of a result", "it was cut off: screen the profile again"
    else:
        what, hint = f"is not JSON: {error.msg[:1].lower()}{error.msg[1:]}", _WRITE_HINT
    if number > 1:
        what = f"{what} ({_ordinal(number)} of the file)"
    return ResultError(Problem(what, hint, path, error.lineno, error.colno))


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number % 100 not in (11, 12, 13) else "th"
    return f"{number}{ending}"
