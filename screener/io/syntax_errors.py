"""Finds the cause and the place of syntax errors in YAML and JSON."""

import json
import re
from collections.abc import Iterator
from itertools import islice

import yaml

from screener.errors import Problem
from screener.text import INVISIBLE, character_name

JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[-+.\w]+|[{}\[\]:]', re.DOTALL)


"""Tokens of JSON: texts, words and numbers, brackets and punctuation."""

_SUSPECT = re.compile(r"\\(?:[uU]0000|u[dD]|0|x00)")
_NOT_CHARACTER = re.compile("[\x00\ud800-\udfff]")
_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)")
_WIDE = re.compile("[\uff1a\uff0c\u201c\u201d\u2018\u2019\uff08\uff09]")
_MISWRITTEN = (
    (re.compile(r":[ \t]+[^'\"\[{|>#][^#]*:[ \t]"), "put a text that holds ': ' in quotes"),
    (re.compile(r":[ \t]+[%@`&*!]"), "put a text that starts with a sign in quotes"),
)
_INDENTING = (" ", "\t", "\u00a0", "\u200b", "\u2007", "\u202f", "\u3000", "\ufeff")
_LINES_BEFORE = 10  # number of lines that are searched for the cause of an error
_OPEN_QUOTE = re.compile(r"""[:\[{,-][ \t]+(['"])(?:(?!\1).)*$""")
"""An opening quote without a closing one on the same line."""


def yaml_problem(error: yaml.MarkedYAMLError, text: str, name: str) -> Problem:
    """Returns the problem for a YAML syntax error, with a hint on the most likely mistake."""
    what = str(error.problem)
    mark = error.problem_mark or error.context_mark
    if error.context_mark and any(t in what for t in ("end of stream", "expected ',' or", "expected ':'")):
        mark = error.context_mark  # the beginning of a construct that never ends
    if mark is None:
        return Problem(f"is not YAML: {what}", "correct it there", name, code="bad-yaml")
    before = text.splitlines()[: mark.line + 1]
    likely = _likely_mistakes(what, before, mark.line, mark.column)
    line, column, hint = next(likely, (mark.line, mark.column, "correct it there"))
    return Problem(f"is not YAML: {what}", hint, name, line + 1, column + 1, code="bad-yaml")


def _likely_mistakes(what: str, before: list[str], line: int, column: int) -> Iterator[tuple[int, int, str]]:
    """Yields the place of a mistake (line and column from 0) and what to do, the most likely first. `before` ends with
    `line`."""
    row = before[line] if line < len(before) else ""
    if invisible := _invisible_indentation(before):
        at, character = invisible
        yield (
            at,
            before[at].index(character),
            f"{character_name(character)} is not allowed here; write plain spaces, or remove it",
        )
    opened = [(i, m.start(1)) for i, written in enumerate(before) if (m := _OPEN_QUOTE.search(written))]
    if opened and "expected" in what and "expected ':'" not in what:
        yield *opened[-1], "close the quote that opens here"
    if "end of stream" in what or "expected ',' or" in what:
        yield line, column, "close the quote or bracket that opens here"
    if "\t" in row[: len(row) - len(row.lstrip())]:
        yield line, column, "indent with spaces, never with tabs"
    if wide := _WIDE.search(re.sub(r"'[^']*'|\"[^\"]*\"", lambda m: " " * len(m[0]), row)):
        yield line, wide.start(), f"write the English sign instead of '{wide[0]}'"
    if hidden := INVISIBLE.search(row):
        yield line, hidden.start(), f"write a plain space instead of {character_name(hidden[0])}"
    for i in range(max(line - 2, 0), line):  # an invisible character between a key and its value
        if hidden := re.search(f"(?<=\\w:){INVISIBLE.pattern}", before[i]):
            yield i, hidden.start(), f"write a plain space instead of {character_name(hidden[0])}"
    for pattern, hint in _MISWRITTEN:
        if pattern.search(row):
            yield line, column, hint
    if "expected node content" in what:
        yield line, column, "remove the extra comma or bracket here"
    if re.search(r"['\"]$", row[:column]):
        yield line, column, "remove what follows the closing quote"
    if "mapping values are not allowed" in what:
        hint = "indent it as its neighbours are; a text over several lines, or with ': ' in it, goes in quotes"
        yield line, column, hint
    if "block" in what or "expected key" in what:
        yield line, column, "indent it as its neighbours are"


def _invisible_indentation(before: list[str]) -> tuple[int, str] | None:
    """Returns where the last lines that are indented with an invisible character begin, and that character."""
    found = None
    for i in range(len(before) - 1, max(len(before) - 1 - _LINES_BEFORE, -1), -1):
        indentation = before[i][: len(before[i]) - len(before[i].lstrip("".join(_INDENTING)))]
        if hidden := INVISIBLE.search(indentation):
            found = i, hidden[0]
        elif found:
            break
    return found


def first_invalid_character(text: str, is_json: bool) -> tuple[int, int] | None:
    """Returns the position of the first text with an escaped NUL or half of a surrogate pair, and the code point."""
    if not _SUSPECT.search(text):
        return None
    if is_json:
        texts = ((m.start(), json.loads(m[0])) for m in JSON_TOKEN.finditer(text) if m[0][0] == '"' and "\\" in m[0])
    else:
        events = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        texts = ((e.start_mark.index, e.value) for e in events if isinstance(e, yaml.ScalarEvent) and e.start_mark)
    return next(((at, ord(found[0])) for at, value in texts if (found := _NOT_CHARACTER.search(value))), None)


def position_in_scalar(lines: list[str], node: yaml.ScalarNode, offset: int) -> tuple[int, int]:
    """Returns line and column (from 0) of a character of a scalar's value, allowing for folds, block indents and
    escapes."""
    places = _block(lines, node) if node.style in ("|", ">") else _flow(lines, node)
    start = (node.start_mark.line, node.start_mark.column + (node.style in ("'", '"')))
    return next(islice(places, offset, None), start)


def _block(lines: list[str], node: yaml.ScalarNode) -> Iterator[tuple[int, int]]:
    """Yields the place of each character of a literal or folded block."""
    inside = list(range(node.start_mark.line + 1, min(node.end_mark.line + 1, len(lines))))
    indent = next((len(lines[i]) - len(lines[i].lstrip(" ")) for i in inside if lines[i].strip()), 0)
    for i in inside:
        yield from ((i, column) for column in range(indent, len(lines[i])))
        folds_away = node.style == ">" and i + 1 < len(lines) and not lines[i + 1].strip() and lines[i].strip()
        if not folds_away:
            yield i, len(lines[i])


def _flow(lines: list[str], node: yaml.ScalarNode) -> Iterator[tuple[int, int]]:
    """Yields the place of each character of a plain or quoted scalar."""
    row, column, end = node.start_mark.line, node.start_mark.column, node.end_mark.line
    column += node.style in ("'", '"')
    while row <= end and row < len(lines):
        line = lines[row]
        joined = (
            node.style == '"' and row < end and line.endswith("\\")
        )  # a backslash at its end joins it to the next line
        last = len(line) - joined if joined or row == end else len(line.rstrip())
        while column < last:
            yield row, column
            escape = _ESCAPE.match(line, column) if node.style == '"' else None
            column += len(escape[0]) if escape else 2 if node.style == "'" and line.startswith("''", column) else 1
        blank = row + 1 < end and not lines[row + 1].strip()
        if not blank and not joined:
            yield row, len(line)
        row += 1
        column = len(lines[row]) - len(lines[row].lstrip()) if row < len(lines) else 0


def first_duplicate_key(text: str) -> tuple[str, int]:
    """Returns the first key of a JSON text that occurs twice in one object, and its position."""
    objects: list[set[str]] = []
    last = ("", 0)
    for token in JSON_TOKEN.finditer(text):
        if token[0] in "{[":
            objects.append(set())
        elif token[0] in "}]":
            objects.pop()
        elif token[0] == ":":
            if last[0] in objects[-1]:
                return last
            objects[-1].add(last[0])
        elif token[0][0] == '"':
            last = (json.loads(token[0]), token.start())
    return last
