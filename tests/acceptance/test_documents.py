"""The documents are correct: the schema, the fixtures, and every command and program in them."""

import json
import re
import shlex
from inspect import signature
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
from altered import NAMES
from commands import FIXTURES, ROOT, built_in, screener
from document_commands import (
    DOCUMENTS,
    NAMED_FIXTURES,
    commands_in,
    every_command,
    help_examples,
    make_workspace,
    run_documented,
)

import screener as package
from screener.cli import group
from screener.profile.loader import load_profile

PROFILES = [*FIXTURES.glob("*.json"), *FIXTURES.glob("later/*.json")]


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return json.loads((ROOT / "docs/schema/profile.json").read_text("utf-8"))


# The schema


def test_the_schema_is_up_to_date(schema: dict[str, Any]) -> None:
    done = screener("profile", "schema")
    assert (done.code, done.err) == (0, "")
    assert done.out == (ROOT / "docs/schema/profile.json").read_text("utf-8"), "make docs"
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("path", PROFILES, ids=lambda p: p.stem)
def test_fixtures_fit_the_schema(path: Path, schema: dict[str, Any]) -> None:
    data = json.loads(path.read_text("utf-8"))
    assert [e.message for e in jsonschema.Draft202012Validator(schema).iter_errors(data)] == []
    assert (path.parent / data["$schema"]).resolve() == ROOT / "docs/schema/profile.json"


BAD: list[dict[str, Any]] = [
    {},
    {"name": 5},
    {"name": "A", "figurs": {}},
    {"name": "A", "figures": {"revenu": 5}},
    {"name": "A", "figures": {"revenue": "5"}},
    {"name": "A", "figures": {"revenue": True}},
    {"name": "A", "figures": {"total_debt": -5}},
    {"name": "A", "figures": {"revenue": {"valu": 5}}},
    {"name": "A", "customers": {"party": "b"}},
    {"name": "A", "customers": [{"partner": "b"}]},
    {"name": "A", "customers": [{"party": "B Corp"}]},
    {"name": "A", "customers": [{"share_of_revenue": 40}]},
    {"name": "A", "flows": [{"from": "a"}]},
    {"name": "A", "plans": [{"what": "borow"}]},
    {"name": "A", "sector": "softwar"},
    {"name": "A", "currency": "usd"},
    {"name": "A", "id": "A B"},
    {"name": "A", "incomplete": ["customer"]},
    {"name": "A", "sources": {"s": {"title": "T", "kind": "file"}}},
    {"name": "A", "parties": {"b": {"flows": []}}},
]
GOOD: list[dict[str, Any]] = [
    {"name": "A"},
    {"name": {"en": "A", "zh": "甲"}, "id": "a", "figures": {"revenue": 5, "cash": None, "total_debt": [{"low": 1}, {"high": 9}]}},
    {"name": "A", "customers": [], "incomplete": ["suppliers"], "suppliers": [{"party": "b", "alternatives": [{"party": "c"}]}]},
    {"name": "A", "as_of": "2026-02-06", "sources": {"s": {"title": "T", "kind": "filed", "date": None}}},
    {**dict.fromkeys(("$schema", "id", "ticker", "aliases", "as_of", "currency", "fiscal_year_end", "sector", "summary")),
     **dict.fromkeys(("sources", "figures", "incomplete", "customers", "flows", "parties")), "name": "A"},
    {"name": "A", "parties": {"b": {"name": None, "figures": None, "sector": None, "currency": None, "customers": None}}},
    {"name": "A", "parties": {"b": {"name": "B", "figures": {"net_income": {"high": -5e9, "quote": "a loss"}}}}},
]


@pytest.mark.parametrize("data", BAD, ids=json.dumps)
def test_what_the_loader_refuses_the_schema_refuses(data: dict[str, Any], schema: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(data))
    assert screener("profile", "check", str(tmp_path / "a.json")).code == 3
    assert not jsonschema.Draft202012Validator(schema).is_valid(data)


@pytest.mark.parametrize("data", GOOD, ids=json.dumps)
def test_what_the_loader_takes_the_schema_takes(data: dict[str, Any], schema: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(data))
    done = screener("profile", "check", str(tmp_path / "a.json"))
    assert (done.code, done.err) == (0, "")
    assert [e.message for e in jsonschema.Draft202012Validator(schema).iter_errors(data)] == []


# The fixtures


def _claims(data: Any) -> list[dict[str, Any]]:
    """Returns everything in a profile that has a value: claims of figures and fields of relations."""
    if isinstance(data, list):
        return [c for item in data for c in _claims(item)]
    if isinstance(data, dict):
        here = [data] if {"value", "low", "high"} & set(data) else []
        return here + [c for value in data.values() for c in _claims(value)]
    return []


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_has_a_source(name: str) -> None:
    profile = load_profile(str(FIXTURES / f"{name}.json"), built_in().rulebook.catalogue)
    for subject in (profile.subject, *profile.parties.values()):
        for figure, claims in subject.figures.items():
            assert claims, figure
            assert all(c.source in profile.sources for c in claims), figure
        for list_name, members in subject.relations.items():
            assert all(c.source in profile.sources for m in members for c in m.fields.values()), list_name
    assert profile.as_of is not None


@pytest.mark.parametrize("name", NAMES)
def test_what_is_reported_is_quoted(name: str) -> None:
    """A figure from the article has a quote; a filed one needs none."""
    data = json.loads((FIXTURES / f"{name}.json").read_text("utf-8"))
    kinds = {key: source["kind"] for key, source in data["sources"].items()}
    figures = [data.get("figures", {}), *(p.get("figures", {}) for p in data.get("parties", {}).values())]
    for claim in _claims(figures):
        if kinds[claim["source"]] == "reported":
            assert set(claim["quote"]) == {"en", "zh"}, claim


# The documents


COMMANDS = [(p.relative_to(ROOT), c) for p in DOCUMENTS for c in commands_in(p)]
ONCE = list({c: (p, c) for p, c in reversed(COMMANDS)}.values())  # a command in several documents runs once
HELPS = [(p, c) for p, c in help_examples() if c not in {c for _, c in COMMANDS}]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_workspace(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def few_companies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The workspace with only the fixtures that the documents name, since the number of companies does not matter."""
    make_workspace(tmp_path, NAMED_FIXTURES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_there_are_commands_in_the_readme() -> None:
    assert len([c for p, c in COMMANDS if p.name == "README.md"]) >= 8


@pytest.mark.parametrize(("document", "command"), ONCE, ids=lambda v: str(v))
def test_commands_of_the_documents(document: Path, command: str, few_companies: Path) -> None:
    run_documented(command)


@pytest.mark.parametrize("name", [n for n, c in every_command(group, "screener") if not isinstance(c, click.Group)])
def test_every_help_has_an_example(name: str) -> None:
    assert name == "screener version" or name in {page for page, _ in help_examples()}


@pytest.mark.parametrize(("page", "command"), HELPS, ids=lambda v: str(v))
def test_examples_in_the_help(page: str, command: str, few_companies: Path) -> None:
    if command == "screener rules test --verbose":
        command += " my-rules/"  # examples of a whole pack take long, and tests/rules runs them
    run_documented(re.sub(r"\s*\|.*", "", command))


@pytest.mark.parametrize(("document", "least"), [("README.md", 1), ("docs/python.md", 6)])
def test_the_python_programs_of_the_documents(document: str, least: int, workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each example prints what the comments after it state, in order."""
    programs = re.findall(r"^```python\n(.*?)^```", (ROOT / document).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert len(programs) >= least
    names: dict[str, Any] = {}
    for program in programs:
        exec(program, names)
        expected = re.findall(r"^(?:.*\S  )?# (.*)$", program, re.MULTILINE)
        assert expected
        assert capsys.readouterr().out.splitlines() == expected, program


def test_the_python_page_names_the_whole_interface() -> None:
    page = (ROOT / "docs/python.md").read_text("utf-8")
    assert [name for name in package.__all__ if not re.search(rf"\b{name}\b", page)] == []
    parameters = {*signature(package.screen).parameters, *signature(package.Screener.load).parameters} - {"profile"}
    attributes = [name for name in dir(package.Result) if not name.startswith("_")]
    assert [name for name in (*parameters, *attributes) if not re.search(rf"`{name}\b", page)] == []


def test_the_profile_of_the_readme(workspace: Path) -> None:
    done = screener("profile", "check", "mine.yaml")
    assert (done.code, done.err) == (0, "")


def test_the_profile_of_the_format(tmp_path: Path) -> None:
    """The example at the head of docs/profiles.md is a valid profile."""
    text = (ROOT / "docs/profiles.md").read_text("utf-8")
    (example,) = re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    (tmp_path / "example.yaml").write_text(example, "utf-8")
    done = screener("run", str(tmp_path / "example.yaml"), "--out", str(tmp_path / "out"))
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize("document", ["README.md", "docs/packs.md"])
def test_the_output_in_the_documents(document: str, workspace: Path) -> None:
    found = re.findall(r"^```\n\$ (screener .*?)\n(.*?)^```", (ROOT / document).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found
    for command, shown in found:
        done = screener(*shlex.split(command)[1:])
        assert _lines(done.out) == _lines(shown)


def _lines(text: str) -> list[str]:
    return [re.sub(r"digest [0-9a-f]{16}", "digest", line.rstrip()) for line in text.rstrip().splitlines()]
