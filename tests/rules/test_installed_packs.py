"""A pack offered by a Python package through an entry point, and the life cycle of its rules."""

import json
import os
from pathlib import Path

import pytest
from commands import FIXTURES, ROOT, Done, process

RULE = (ROOT / "rules/ai-era/cost-exceeds-revenue.yaml").read_text("utf-8")


@pytest.fixture
def run(tmp_path: Path) -> object:
    """Runs commands in a process with the package `house-rules` 1.1.0 installed, and one whose pack is broken."""
    pack = tmp_path / "site/house_rules/pack"
    pack.mkdir(parents=True)
    (pack.parent / "__init__.py").write_text("from pathlib import Path\nPACK = Path(__file__).parent / 'pack'\n", "utf-8")
    (pack / "pack.yaml").write_text("name: house\nversion: 1.1.0\ntitle: {en: House rules, zh: 本行规则}\nneeds: [ai-era>=1.0]\n", "utf-8")
    lines = {
        "stays": "status: stable\n",
        "new-one": "status: preview\nsince: 1.1.0\n",
        "old-one": "status: deprecated\nreplaced_by: stays\n",
    }
    for i, (name, more) in enumerate(lines.items()):
        text = RULE.replace("rule: cost-exceeds-revenue", f"rule: {name}").replace("value: 1.5", f"value: 1.{i + 1}")
        (pack / f"{name}.yaml").write_text(text.replace("flag: red\n", "flag: red\n" + more), "utf-8")
    info = tmp_path / "site/house_rules-1.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: house-rules\nVersion: 1.1.0\n", "utf-8")
    (info / "entry_points.txt").write_text("[screener.packs]\nhouse = house_rules:PACK\nbroken = no_such_module\n", "utf-8")
    path = os.pathsep.join([str(tmp_path / "site"), str(ROOT)])

    def called(*words: str) -> Done:
        return process(*words, env={"PYTHONPATH": path, "COLUMNS": "200"}, cwd=tmp_path)

    return called


@pytest.mark.slow
def test_an_installed_pack(run: object, tmp_path: Path) -> None:
    assert callable(run)
    done = run("rules", "packs")
    assert done.code == 3
    assert "the installed pack 'broken' can't be loaded" in done.err
    rows = {line.split()[0]: line for line in done.out.splitlines() if line[:1].strip()}  # a long title continues indented
    assert rows["house"].split()[1:5] == ["1.1.0", "3", "rules", "installed"]
    assert set(rows) == {"ai-era", "classic", "core", "distress", "distress-us", "distress-us-private", "house"}

    done = run("rules", "list", "--pack", "house")
    assert done.code == 3
    assert "needs the pack 'ai-era'; add --pack ai-era" in done.err
    done = run("rules", "list", "--pack", "ai-era", "--pack", "house")
    assert done.code == 0
    assert "new-one" in done.out
    assert done.out.count("(preview)") == 1
    assert done.out.count("(deprecated, replaced by stays)") == 1
    assert "75 rules; ai-era + house 1.0.0 + 1.1.0, digest " in done.out
    listed = json.loads(run("rules", "list", "--pack", "ai-era", "--pack", "house", "--format", "json").out)
    assert {r["rule"]: (r["status"], r["since"], r["replaced_by"]) for r in listed if r["rule"].endswith("-one")} == {
        "new-one": ("preview", "1.1.0", None), "old-one": ("deprecated", None, "stays")}

    shown = run("rules", "show", "old-one", "--pack", "ai-era", "--pack", "house").out
    assert "status deprecated, replaced by stays" in shown
    shown = run("rules", "show", "stays", "--pack", "ai-era", "--pack", "house").out
    assert "replaces old-one" in shown

    results = {}
    for more in ((), ("--preview",)):
        words = ("run", str(FIXTURES / "openai.json"), "--pack", "ai-era", "--pack", "house", "--format", "json", "--out", "-", *more)
        results[more] = json.loads(run(*words).out)
    findings = {f["rule"]: f for f in results[()]["findings"]}
    assert results[()]["pack"]["name"] == "ai-era + house"
    assert results[()]["pack"]["digest"] != results[("--preview",)]["pack"]["digest"]
    assert (findings["new-one"]["outcome"], findings["new-one"]["scored"]) == ("fired", False)
    assert (findings["old-one"]["replaced_by"], findings["old-one"]["scored"]) == ("stays", True)
    counted = {f["rule"]: f for f in results[("--preview",)]["findings"]}
    assert counted["new-one"]["scored"]
    report = run("run", str(FIXTURES / "openai.json"), "--pack", "ai-era", "--pack", "house", "--out", "out")
    assert report.code == 0
    page = (tmp_path / "out/openai.html").read_text("utf-8")
    assert "Replaced by the rule stays." in page
    assert results[()]["pack"]["digest"][:16] in page
