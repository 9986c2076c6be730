"""Faulty rule files: each file in broken/ states the expected problems and places; the built-in packs have none."""

import json
import re
from functools import cache
from pathlib import Path

import pytest
from commands import ROOT, screener
from jsonschema import validate

from screener.errors import Problem
from screener.report.problem_formats import problem_text, problems_sarif
from screener.rules.lint.checks import CheckReport, check_rule_files
from screener.rules.rule_files import select_rule_files

BROKEN = sorted(Path(__file__).with_name("broken").glob("*.yaml"))
EXPECTED = re.compile(r"^# expect: ([0-9]+):([0-9]+) (error|warning) ([a-z-]+): (.+)$", re.MULTILINE)
_TEXT = {"type": "object", "required": ["text"], "additionalProperties": False, "properties": {"text": {"type": "string"}}}
_INDEX = {"type": "integer", "minimum": 1}
SARIF = {
    "required": ["version", "runs"], "additionalProperties": False,
    "properties": {"$schema": {"format": "uri"}, "version": {"enum": ["2.1.0"]}, "runs": {"items": {
        "required": ["tool"], "additionalProperties": False,
        "properties": {
            "tool": {"required": ["driver"], "additionalProperties": False, "properties": {"driver": {
                "required": ["name"], "additionalProperties": False,
                "properties": {"name": {"type": "string"}, "version": {"type": "string"}, "rules": {
                    "uniqueItems": True, "items": {
                        "required": ["id"], "additionalProperties": False,
                        "properties": {"id": {"type": "string"}, "shortDescription": _TEXT, "help": _TEXT}}}}}}},
            "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
            "results": {"items": {
                "required": ["message"], "additionalProperties": False,
                "properties": {
                    "ruleId": {"type": "string"}, "ruleIndex": {"type": "integer", "minimum": -1}, "message": _TEXT,
                    "level": {"enum": ["none", "note", "warning", "error"]},
                    "locations": {"items": {"additionalProperties": False, "properties": {"physicalLocation": {
                        "additionalProperties": False, "required": ["artifactLocation"],
                        "properties": {
                            "artifactLocation": {"additionalProperties": False, "properties": {
                                "uri": {"type": "string", "format": "uri-reference", "pattern": "^[^ ]+$"}}},
                            "region": {"additionalProperties": False,
                                       "properties": {"startLine": _INDEX, "startColumn": _INDEX}}}}}}}}}}}}}},
}
"""Requirements of the schema of SARIF 2.1.0 (OASIS, errata 01) for the objects in the output."""
CODES = re.findall(r"^\| `([a-z-]+)` \|", (ROOT / "docs/checks.md").read_text("utf-8"), re.MULTILINE)


@cache
def found_in(file: Path) -> CheckReport:
    return check_rule_files([str(file)], [str(file)])


def described(problem: Problem) -> tuple[object, ...]:
    what = problem.what.replace(f"{Path(__file__).parent.relative_to(ROOT)}/", "")
    return problem.line, problem.column, problem.level, problem.code, what


def test_there_are_forty() -> None:
    assert len(BROKEN) >= 40


@pytest.mark.parametrize("file", BROKEN, ids=lambda f: f.stem)
def test_exactly_what_is_wrong_is_found(file: Path) -> None:
    expected = [(int(a), int(b), *rest) for a, b, *rest in EXPECTED.findall(file.read_text("utf-8"))]
    assert expected, "a file without an expectation"
    assert [described(p) for p in found_in(file).problems] == expected


@pytest.mark.parametrize("file", BROKEN, ids=lambda f: f.stem)
def test_each_has_a_hint_and_a_code_that_is_explained(file: Path) -> None:
    for problem in found_in(file).problems:
        assert problem.hint
        assert problem.code in CODES, problem.code


PACKS = [ROOT / "rules" / name for name in ("ai-era", "classic", "distress", "distress-us", "distress-us-private")]


@pytest.mark.parametrize("folder", [*PACKS, ROOT / "examples/my-rules"], ids=lambda f: f.name)
def test_nothing_is_invented_on_the_good_packs(folder: Path) -> None:
    selection = select_rule_files([str(folder)])
    found = check_rule_files(selection.names, selection.added, packs=selection.packs)
    assert found.problems == ()
    assert found.rules > 1


def test_all_files_at_once() -> None:
    """Problems in one file do not hide those in others."""
    paths = [f for f in BROKEN if f.stem in ("unclosed-quote", "kind-typo", "percent-sign", "metric-faults", "not-a-rule")]
    found = check_rule_files([str(f) for f in paths], [str(f) for f in paths])
    assert {Path(p.file or "").stem for p in found.problems} == {f.stem for f in paths}


def test_what_cannot_be_read_makes_nothing_else_unknown(tmp_path: Path) -> None:
    good = BROKEN[0].with_name("circle.yaml").read_text("utf-8").split("---")[0]
    (tmp_path / "a.yaml").write_text(good, "utf-8")  # depends on far-too-much-debt
    (tmp_path / "b.yaml").write_text("rule: far-too-much-debt\nflag: 'red\n", "utf-8")
    files = [str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")]
    assert [(Path(p.file or "").name, p.code) for p in check_rule_files(files, files).problems] == [("b.yaml", "bad-yaml")]


def test_the_caret_stands_under_the_place() -> None:
    problem = Problem("x is wrong", "correct it", "f.yaml", 2, 5, code="syntax")
    lines = problem_text(problem, {"f.yaml": "a\n债务：'b'\n"}).splitlines()
    assert lines == ["f.yaml:2:5: x is wrong; correct it [syntax]", " 2 | 债务：'b'", "   |       " + " ^"]


@pytest.mark.slow
def test_sarif_is_what_its_schema_asks_for() -> None:
    """Checks the parts of the schema of SARIF 2.1.0 (OASIS, 2020) that apply to the output."""
    problems = [p for f in BROKEN for p in found_in(f).problems] + [Problem("nowhere")]
    log = json.loads(problems_sarif(problems))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    validate(log, SARIF)
    (run,) = log["runs"]
    assert set(run) <= {"tool", "results", "columnKind"}
    assert run["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    driver = run["tool"]["driver"]
    assert isinstance(driver["name"], str)
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(ids) == len(set(ids)) > 20
    assert len(run["results"]) == len(problems)
    for result, problem in zip(run["results"], problems, strict=True):
        assert result["message"]["text"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert ids[result["ruleIndex"]] == result["ruleId"]
        for location in result.get("locations", ()):
            physical = location["physicalLocation"]
            assert " " not in physical["artifactLocation"]["uri"]
            assert (physical["region"]["startLine"], physical["region"]["startColumn"]) == (problem.line, problem.column)
            assert physical["region"]["startLine"] >= 1
            assert physical["region"]["startColumn"] >= 1


@pytest.mark.parametrize(("name", "code"), [("percent-sign", 3), ("unused-param", 0)])
def test_exit_codes_and_formats(name: str, code: int) -> None:
    file = str(BROKEN[0].with_name(f"{name}.yaml"))
    assert screener("rules", "check", file).code == code
    (one,) = json.loads(screener("rules", "check", file, "--format", "json").out)
    assert {"file", "line", "column", "level", "code", "what", "hint"} <= set(one)
    assert json.loads(screener("rules", "check", file, "--format", "sarif").out)["version"] == "2.1.0"


def test_standard_input() -> None:
    text = BROKEN[0].with_name("percent-sign.yaml").read_text("utf-8")
    done = screener("rules", "check", "-", stdin=text)
    assert done.code == 3
    assert done.err.startswith("-:8:37: ")
    good = BROKEN[0].with_name("unused-param.yaml").read_text("utf-8")
    assert screener("rules", "check", "-", stdin=good).out == "1 rule in 1 file: no errors, 1 warning\n"


def test_the_folder_of_all_built_in_packs() -> None:
    done = screener("rules", "check", str(ROOT / "rules"))
    assert (done.code, done.err) == (0, "")
    assert int(done.out.split()[0]) > 140


def test_a_file_of_the_built_in_pack() -> None:
    done = screener("rules", "check", str(ROOT / "rules/ai-era/platform-tax.yaml"))
    assert (done.code, done.out) == (0, "1 rule in 1 file: no errors\n")
