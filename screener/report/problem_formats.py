"""Problems as text with their source line, as JSON, and as SARIF 2.1.0 for editors and code hosts."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from screener import __version__
from screener.errors import Problem
from screener.report.terminal.text_layout import cell_width
from screener.text import clean

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
DOCUMENTATION = "docs/checks.md"
MAX_SOURCE_LENGTH = 160  # greatest length of a source line


def problem_text(problem: Problem, texts: Mapping[str, str]) -> str:
    """Returns `path:line:column: what; what to do`, then the source line with a caret below the place."""
    message = _without_control_characters(str(problem) + (f" [{problem.code}]" if problem.code else ""))
    lines = texts.get(problem.file or "", "").splitlines()
    if problem.line is None or not 0 < problem.line <= len(lines):
        return message
    line, at = lines[problem.line - 1], (problem.column or 1) - 1
    start = max(0, at - MAX_SOURCE_LENGTH // 2) if len(line) > MAX_SOURCE_LENGTH else 0
    shown, before = line[start : start + MAX_SOURCE_LENGTH], line[start:at]
    number = str(problem.line)
    source = f" {number} | {_without_control_characters(shown)}"
    caret = f" {' ' * len(number)} | {' ' * cell_width(before)}^"
    return "\n".join(row.rstrip() for row in (message, source, caret))


def _without_control_characters(line: str) -> str:
    """Returns a line that can't control a terminal; each character keeps its place."""
    return "".join(" " if c == "\t" else c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)


def problems_json(problems: Iterable[Problem]) -> str:
    """Returns a JSON list with an object for each problem."""
    fields = ("file", "line", "column", "level", "code", "path", "what", "hint")
    rows = [{field: getattr(problem, field) for field in fields} for problem in problems]
    return json.dumps(rows, ensure_ascii=False, indent=1)


def problems_sarif(problems: Iterable[Problem]) -> str:
    """Returns a log in SARIF 2.1.0 (OASIS, 2020) with one run."""
    found = list(problems)
    codes = sorted({p.code or "problem" for p in found})
    rules = [
        {
            "id": code,
            "shortDescription": {"text": code.replace("-", " ")},
            "help": {"text": f"{DOCUMENTATION} describes {code}."},
        }
        for code in codes
    ]
    driver = {"name": "screener", "version": __version__, "rules": rules}
    results = [_sarif_result(p, codes) for p in found]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1)


def _sarif_result(problem: Problem, codes: list[str]) -> dict[str, Any]:
    code = problem.code or "problem"
    text = clean(problem.what + (f"; {problem.hint}" if problem.hint else ""))
    place = {"ruleId": code, "ruleIndex": codes.index(code)}
    result: dict[str, Any] = {**place, "level": problem.level, "message": {"text": text}}
    if problem.file:
        location: dict[str, Any] = {"artifactLocation": {"uri": _file_uri(problem.file)}}
        if problem.line is not None:
            location["region"] = {"startLine": problem.line, "startColumn": problem.column or 1}
        result["locations"] = [{"physicalLocation": location}]
    return result


def _file_uri(path: str) -> str:
    from urllib.parse import quote

    return quote(path.replace("\\", "/"))
