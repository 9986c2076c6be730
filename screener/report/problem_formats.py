"""Problems as text with the line they stand in, as JSON, and as SARIF 2.1.0 for editors and code hosts."""

import json
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from screener import __version__
from screener.errors import Problem
from screener.text import clean

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
DOCUMENTATION = "docs/checks.md"
MOST_SHOWN = 160  # characters of a source line


def problem_text(problem: Problem, texts: Mapping[str, str]) -> str:
    """`path:line:column: what; what to do`, then the source line with a caret under the place."""
    message = str(problem) + (f" [{problem.code}]" if problem.code else "")
    lines = texts.get(problem.file or "", "").splitlines()
    if problem.line is None or not 0 < problem.line <= len(lines):
        return message
    line, at = lines[problem.line - 1], (problem.column or 1) - 1
    start = max(0, at - MOST_SHOWN // 2) if len(line) > MOST_SHOWN else 0
    cut, before = line[start : start + MOST_SHOWN], line[start:at]
    number = str(problem.line)
    rows = [
        message,
        f" {number} | {_without_control_characters(cut)}",
        f" {' ' * len(number)} | {' ' * sum(map(_cell_width, before))}^",
    ]
    return "\n".join(row.rstrip() for row in rows)


def _without_control_characters(line: str) -> str:
    """A line that steers no terminal; each character keeps its place."""
    return "".join(" " if c == "\t" else c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)


def _cell_width(character: str) -> int:
    """Columns of a terminal that a character takes."""
    return 0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1


def problems_json(problems: Iterable[Problem]) -> str:
    """A list of objects, one a problem."""
    rows = [{"file": p.file, "line": p.line, "column": p.column, "level": p.level, "code": p.code, "path": p.path,
             "what": p.what, "hint": p.hint} for p in problems]  # fmt: skip
    return json.dumps(rows, ensure_ascii=False, indent=1)


def problems_sarif(problems: Iterable[Problem]) -> str:
    """A log in SARIF 2.1.0 (OASIS, 2020) with one run."""
    given = list(problems)
    codes = sorted({p.code or "problem" for p in given})
    rules = [{"id": code, "shortDescription": {"text": code.replace("-", " ")},
              "help": {"text": f"{DOCUMENTATION} says what {code} means."}} for code in codes]  # fmt: skip
    driver = {"name": "screener", "version": __version__, "rules": rules}
    results = [_sarif_result(p, codes) for p in given]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1)


def _sarif_result(problem: Problem, codes: list[str]) -> dict[str, Any]:
    code = problem.code or "problem"
    text = clean(problem.what + (f"; {problem.hint}" if problem.hint else ""))
    result: dict[str, Any] = {"ruleId": code, "ruleIndex": codes.index(code), "level": problem.level,
                              "message": {"text": text}}  # fmt: skip
    if problem.file:
        where: dict[str, Any] = {"artifactLocation": {"uri": _file_uri(problem.file)}}
        if problem.line is not None:
            where["region"] = {"startLine": problem.line, "startColumn": problem.column or 1}
        result["locations"] = [{"physicalLocation": where}]
    return result


def _file_uri(path: str) -> str:
    from urllib.parse import quote

    return quote(path.replace("\\", "/"))
