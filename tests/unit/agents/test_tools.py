"""The tools for assistants: their results and refusals, and that they neither write nor change anything."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from screener.agents.tools import AgentTools, summary
from screener.errors import ScreenerError
from screener.one_call import screen

ROOT = Path(__file__).parents[3]


@pytest.fixture
def tools(tmp_path: Path) -> AgentTools:
    folder = tmp_path / "served"
    folder.mkdir()
    for name in ("oracle", "nvidia"):
        shutil.copy(ROOT / f"fixtures/{name}.json", folder)
    (tmp_path / "secret.json").write_text((folder / "oracle.json").read_text("utf-8"), "utf-8")
    (folder / "link.json").symlink_to(tmp_path / "secret.json")
    return AgentTools(folder, ("ai-era",))


def test_an_answer_has_sources_and_what_is_unknown(tools: AgentTools) -> None:
    answer = tools.screen("oracle.json")
    assert answer == summary(screen(ROOT / "fixtures/oracle.json", packs=["ai-era"]).document)
    assert answer["verdict"] == "avoid"
    keys = {source["key"] for source in answer["sources"]}
    assert keys == {key for flag in answer["flags"] for key in flag["sources"]}
    assert answer["unknown_rules"] > 0
    assert answer["look_up_first"]
    json.dumps(answer, allow_nan=False)


def test_the_same_question_has_the_same_answer(tools: AgentTools) -> None:
    data = json.loads((ROOT / "fixtures/oracle.json").read_text("utf-8"))
    assert tools.screen("oracle.json")["flags"] == tools.screen(data)["flags"]
    assert tools.list_rules() == tools.list_rules()


def test_what_if_tells_both_sides_and_what_changes(tools: AgentTools) -> None:
    answer = tools.what_if("oracle.json", ["total_debt=10e9"])
    assert answer["before"]["verdict"] == "avoid"
    changed = {turn["rule"]: (turn["before"], turn["after"]) for turn in answer["changed_rules"]}
    assert changed["leverage-versus-revenue"] == ("fired", "clear")
    assert tools.screen("oracle.json")["score"] == answer["before"]["score"]


def test_explain_gives_the_evidence_and_its_sources(tools: AgentTools) -> None:
    answer = tools.explain("oracle.json", "leverage-versus-revenue")
    used = {e["source"] for e in answer["finding"]["evidence"] if e["source"]}
    assert {source["key"] for source in answer["sources"]} == used
    unknown = tools.explain("nvidia.json", "headline-funding-not-binding")
    assert {entry["key"] for entry in unknown["missing"]} == set(unknown["finding"]["missing"])


def test_rules_are_listed_and_searched(tools: AgentTools) -> None:
    assert len(tools.list_rules()) == len(tools.screener.rulebook.rules)
    found = {rule["rule"] for rule in tools.list_rules("circular")}
    assert found == {rule for rule in tools.screener.rulebook.rules if "circular" in rule}


def test_a_rule_file_is_checked_and_its_examples_run(tools: AgentTools) -> None:
    text = (ROOT / "examples/my-rules/capital-intensity.yaml").read_text("utf-8")
    assert tools.validate_rule(text) == {"valid": True, "rules": 2, "problems": [], "failed_examples": []}
    broken = tools.validate_rule(text.replace("capex", "capx").replace("capital_expenditure", "capital_expenditur"))
    assert not broken["valid"]
    assert all(problem["line"] for problem in broken["problems"])
    assert not tools.validate_rule("rule: [")["valid"]


@pytest.mark.parametrize("path", ["../secret.json", "link.json", "/etc/passwd", "missing.json", "", ".", "a\0b", "x" * 5000])
def test_only_files_of_the_folder_are_read(path: str, tools: AgentTools) -> None:
    with pytest.raises(ScreenerError, match="there is no file"):
        tools.screen(path)


@pytest.mark.parametrize(
    ("call", "arguments", "message"),
    [
        ("screen", ({"name": "X", "figures": {"revenu": 1}},), "did you mean 'revenue'"),
        ("screen", ("oracle.json", ["revenue=a"]), "'a' is not a number"),
        ("screen", ("oracle.json", ["revenue=1"] * 51), "at most 50"),
        ("what_if", ("oracle.json", []), "nothing to assume"),
        ("explain", ("oracle.json", "circular-financin"), "did you mean 'circular-financing'"),
        ("import_filing", ([],), "no file is named"),
        ("import_filing", (["oracle.json"], "softwar"), "did you mean 'software'"),
        ("validate_rule", ("x" * 1_000_001,), "too long"),
    ],
)
def test_what_is_wrong_is_reported(call: str, arguments: tuple[Any, ...], message: str, tools: AgentTools) -> None:
    with pytest.raises(ScreenerError, match=message):
        getattr(tools, call)(*arguments)


def test_nothing_is_written(tools: AgentTools) -> None:
    before = sorted((p.name, p.stat().st_mtime_ns) for p in tools.root.iterdir())
    tools.screen("oracle.json")
    tools.what_if("oracle.json", ["total_debt=10e9"])
    tools.validate_rule((ROOT / "examples/my-rules/capital-intensity.yaml").read_text("utf-8"))
    assert sorted((p.name, p.stat().st_mtime_ns) for p in tools.root.iterdir()) == before
