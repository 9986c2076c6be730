"""`screener rules coverage`: outcomes that no example or profile has produced."""

import json
from pathlib import Path

from commands import FIXTURES, ROOT, screener

RULE = (ROOT / "rules/ai-era/cost-exceeds-revenue.yaml").read_text("utf-8").replace("rule: cost-exceeds-revenue", "rule: mine")


def rows(*words: str) -> dict[str, list[str]]:
    done = screener("rules", "coverage", *words, "--format", "json")
    assert done.code in (0, 1)
    return {r["rule"]: r["never"] for r in json.loads(done.out)["rules"]}


def test_the_built_in_rules_have_no_gap() -> None:
    for pack in ("ai-era", "classic", "distress", "distress-us"):
        found = rows("--pack", pack)
        assert len(found) > 20
        assert {r: n for r, n in found.items() if n} == {}


def test_gaps_are_found_and_profiles_fill_them(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    head, examples = RULE.split("examples:\n")
    file.write_text(head + "examples:\n" + "".join(e + "\n" for e in examples.splitlines() if "boundary" in e), "utf-8")
    words = ["-k", "mine", "--rules", str(file)]
    assert rows(*words) == {"mine": ["fired", "unknown"]}
    done = screener("rules", "coverage", *words)
    assert (done.code, done.out.splitlines()[-3:]) == (0, ["never fired: mine", "never unknown: mine", "never clear: none"])
    assert screener("rules", "coverage", *words, "--fail-on", "gap").code == 1
    assert screener("rules", "coverage", *words, "--exit-code").code == 1, "its deprecated name"
    loss = {"name": "Loss", "sector": "software", "figures": {"total_costs": 5, "revenue": 1}}
    (tmp_path / "loss.json").write_text(json.dumps(loss))
    assert rows(str(tmp_path / "loss.json"), *words) == {"mine": ["unknown"]}
    assert rows(str(tmp_path / "loss.json"), str(FIXTURES / "oracle.json"), *words) == {"mine": []}
    assert screener("rules", "coverage", str(tmp_path / "loss.json"), str(FIXTURES / "oracle.json"), *words, "--fail-on", "gap").code == 0


def test_a_bad_profile_is_reported_and_the_others_count(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{")
    done = screener("rules", "coverage", str(tmp_path / "bad.json"), str(FIXTURES / "oracle.json"), "-k", "circular")
    assert done.code == 3
    assert "bad.json:1:" in done.err
    assert "1 profile" in done.out
