"""Checks docs/errors.md, which lists bad inputs with their messages; SCREENER_UPDATE=1 writes the page."""

import json
from pathlib import Path
from typing import Any

import pytest
from commands import ROOT, UPDATE, screener

PAGE = ROOT / "docs/errors.md"
HEAD = """# Error messages for bad inputs

`tests/scenarios/test_errors_page.py` writes this page from real runs. A message states where, what, and what to do next; the exit code is 3
for an error in a file, 2 for an error in a command. All problems of a file are reported at once, up to a hundred.
"""


def profile(**more: Any) -> str:
    return json.dumps({"name": "A", **more})


def rule(**more: Any) -> str:
    base = {"rule": "r", "flag": "red", "severity": "low", "category": "leverage", "title": "t", "when": [{"company": "total_debt > 1"}],
            "says": "s", "why": "w", "clears": "c", "false_alarms": "f"}
    return json.dumps({**base, **more})


RUN, RULES = ("run",), ("run", "good.json", "--rules")
FILES: list[tuple[str, str, bytes | str, tuple[str, ...]]] = [
    ("nothing", "a.json", "", RUN), ("white space", "a.yaml", " \n", RUN), ("a picture", "a.json", b"\x89PNG\r\n\x1a\n\0\xff", RUN),
    ("Latin-1", "a.json", '{"name": "Société"}'.encode("latin-1"), RUN), ("NUL bytes", "a.yaml", b"name: A\0", RUN),
    ("NUL by an escape", "a.json", '{"name": "A\\u0000"}', RUN), ("half a surrogate pair", "a.json", '{"name": "A\\ud800"}', RUN),
    ("broken JSON", "a.json", '{"name": }', RUN), ("broken YAML", "a.yaml", "name: 'A\n", RUN), ("a tab", "a.yaml", "name: A\nfigures:\n\trevenue: 1", RUN),
    ("a key twice", "a.json", '{"name": "A", "name": "B"}', RUN), ("an alias", "a.yaml", "name: &a A\nticker: *a", RUN),
    ("an alias bomb", "a.yaml", "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]", RUN), ("a tag", "a.yaml", "name: !!python/name:os.system A", RUN),
    ("nested too deep", "a.json", '{"name": ' + "[" * 5000 + "]" * 5000 + "}", RUN), ("nested too deep", "a.yaml", "- " * 500 + "x", RUN),
    ("large YAML", "a.yaml", "name: " + "x" * 2_200_000, RUN), ("a list, no profile", "a.json", "[]", RUN),
    ("no name", "a.json", "{}", RUN), ("an unknown key", "a.json", profile(sectr="banks"), RUN),
    ("an unknown figure", "a.json", profile(figures={"revenu": 5}), RUN), ("NaN", "a.json", '{"name": "A", "figures": {"revenue": NaN}}', RUN),
    ("infinity", "a.yaml", "name: A\nfigures: {revenue: .inf}", RUN), ("10 to the 400", "a.json", '{"name": "A", "figures": {"revenue": 1e400}}', RUN),
    ("400 digits", "a.json", '{"name": "A", "figures": {"revenue": 1' + "0" * 400 + "}}", RUN), ("1e308", "a.json", profile(figures={"revenue": 1e308}), RUN),
    ("a percentage as text", "a.json", profile(metrics={"gross_margin": "30 %"}), RUN), ("low above high", "a.json", profile(figures={"revenue": {"low": 2, "high": 1}}), RUN),
    ("outside the domain", "a.json", profile(figures={"total_debt": -5}), RUN), ("a source that is not there", "a.json", profile(figures={"revenue": {"value": 1, "source": "x"}}), RUN),
    ("no day", "a.json", profile(as_of="2026-02-30"), RUN), ("no period", "a.json", profile(figures={"revenue": {"value": 1, "period": "last year"}}), RUN),
    ("an id that leads away", "a.json", profile(id="../../etc/passwd"), RUN),
    ("an id that is too long", "a.json", profile(id="a" * 90), RUN),
    ("1,001 customers", "a.json", profile(customers=[{}] * 1001), RUN), ("1,001 claims", "a.json", profile(figures={"revenue": [1] * 1001}), RUN),
    ("1,001 companies", "a.json", profile(parties={f"p{i}": {} for i in range(1001)}), RUN),
    ("code in a condition", "r.yaml", rule(when=[{"company": "__import__('os').system('id')"}]), RULES),
    ("an attribute", "r.yaml", rule(when=[{"company": "().__class__"}]), RULES), ("a power", "r.yaml", rule(when=[{"company": "9**9**9 > total_debt"}]), RULES),
    ("a long condition", "r.yaml", rule(when=[{"company": "total_debt" + " + total_debt" * 99 + " > 1"}]), RULES),
    ("deeper than 30 levels", "r.yaml", rule(when=[{"company": "-(" * 40 + "total_debt" + ")" * 40 + " > 1"}]), RULES),
    ("a regular expression", "r.yaml", rule(when=[{"company": "match(sector, '(a+)+$')"}]), RULES),
    ("a circle of metrics", "r.yaml", json.dumps({"metrics": {"a": {"formula": "b", "unit": "money", "title": "t"}, "b": {"formula": "a", "unit": "money", "title": "t"}}}), RULES),
    ("a rule on its own absence", "r.yaml", rule(when=[{"not flag": "r"}]), RULES), ("a rule id that is a path", "r.yaml", rule(rule="../r"), RULES),
]
COMMANDS: list[tuple[str, tuple[str, ...]]] = [
    ("no such file", ("run", "gone.json")), ("an empty folder", ("run", "empty")), ("an unknown command", ("rum",)),
    ("an unknown parameter", ("run", "good.json", "--set", "leverage-versus-revenue.mots=1")), ("an unknown rule", ("run", "good.json", "--disable", "leverage")),
    ("an unknown pack", ("run", "good.json", "--pack", "clasic")), ("no templates", ("run", "good.json", "--templates", "empty")),
]


def shown(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("`", "'").strip()


def test_the_page_of_errors(here: Path) -> None:
    (here / "empty").mkdir()
    (here / "good.json").write_text('{"name": "Good"}')
    lines = [HEAD, "| input | message | exit |", "|---|---|---:|"]
    for title, name, content, words in FILES:
        (here / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        lines.append(_line(title, *words, name))
    lines += [_line(title, *words) for title, words in COMMANDS]
    page = "\n".join(lines) + "\n"
    if UPDATE:
        PAGE.write_text(page, "utf-8")
    assert PAGE.read_text("utf-8").splitlines() == page.splitlines(), "if this is meant: SCREENER_UPDATE=1 pytest tests/scenarios"


def _line(title: str, *words: str) -> str:
    done = screener(*words)
    assert done.code in (2, 3), (title, done)
    assert "Traceback" not in done.err
    message = next((line for line in done.errors if line and not line.startswith(("Usage", "Try"))), "") or pytest.fail(title)
    return f"| {title} | {shown(message)} | {done.code} |"
