"""Every command keeps within the width of the terminal, and cuts no text that distinguishes lines."""

from pathlib import Path

import pytest
from commands import FIXTURES, process, screener

from screener.report.terminal.text_layout import cell_width

ORACLE, NVIDIA = str(FIXTURES / "oracle.json"), str(FIXTURES / "nvidia.json")
LATER = str(FIXTURES / "later/nvidia-2026-03.json")
POLISH = [str(FIXTURES.parent / "tests/data/polish-sample.arff"), "--map", "polish"]
COMMANDS = {
    "run": ["run", ORACLE],
    "run verbose": ["run", ORACLE, "--verbose", "--lang", "zh"],
    "run folder": ["run", str(FIXTURES)],
    "explain": ["explain", ORACLE],
    "explain rule": ["explain", ORACLE, "levered-on-a-loss-making-customer"],
    "compare": ["compare", NVIDIA, LATER],
    "compare zh": ["compare", NVIDIA, LATER, "--lang", "zh"],
    "rules list": ["rules", "list"],
    "rules show": ["rules", "show", "leverage-versus-revenue"],
    "profile check": ["profile", "check", ORACLE],
    "config": ["config", "--config", str(FIXTURES.parent / "examples/team-settings/screener.yaml")],
    "portfolio": ["portfolio", str(FIXTURES)],
    "shock": ["shock", str(FIXTURES), "--if", "openai: stops paying"],
    "market": ["market", *POLISH, "--pack", "classic", "--out", "out.csv"],
    "validate": ["validate", *POLISH, "--label", "class", "--pack", "distress", "--resamples", "100"],
    "validate zh": ["validate", *POLISH, "--label", "class", "--pack", "distress", "--resamples", "100", "--lang", "zh"],
}


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("name", COMMANDS)
def test_lines_keep_to_the_width(name: str, columns: int, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    done = screener(*COMMANDS[name])
    assert done.out, done.err
    unbroken = [line for line in done.out.splitlines() if cell_width(line) > columns]
    assert [line for line in unbroken if len(line.split()) > 1 and "/" not in line] == []


@pytest.mark.parametrize("name", ["compare", "compare zh", "profile check", "config", "rules list", "rules show", "validate", "validate zh", "run folder"])
def test_nothing_is_cut(name: str, here: Path) -> None:
    done = screener(*COMMANDS[name])  # eighty columns wide
    assert done.out, done.err
    assert "…" not in done.out


def test_a_pipe_has_the_width_of_a_page(here: Path) -> None:
    widest = max(map(cell_width, process("rules", "list", cwd=here, env={"COLUMNS": ""}).out.splitlines()))
    assert 80 < widest <= 120


def test_a_folder_ends_with_totals_packs_and_the_day(here: Path) -> None:
    *_, totals, packs, _ = screener("run", str(FIXTURES), "--as-of", "2026-02-06").out.splitlines()
    assert totals == "9 companies: Avoid 4 · Worth following 5"
    assert packs.startswith("Rules: core ")
    assert packs.endswith(" · as of 6 February 2026")


def test_history_is_ordered_by_the_day_that_is_judged(here: Path) -> None:
    for day in ("2026-03-15", "2026-02-06"):
        screener("run", LATER, "--as-of", day, "--db", "r.sqlite", "-q")
    out = screener("history", "nvidia", "--db", "r.sqlite").out
    assert out.index("as of 15 March 2026") < out.index("as of 6 February 2026")
    assert "Changed: the date of the profile" in out
