"""The output of `screener run`: at most 25 lines of 80 cells for every fixture, on a terminal or piped."""

import re
from pathlib import Path

import pytest
from commands import FIXTURES, built_in, process, screener

from screener.report.terminal.company_text import company_text
from screener.report.terminal.text_layout import cell_width
from screener.report.views.result_view import ResultView
from screener.text import LANGUAGES

PROFILES = sorted([*FIXTURES.glob("*.json"), *FIXTURES.glob("later/*.json")])


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.stem)
def test_every_fixture_fits(profile: Path) -> None:
    result = built_in().assess(built_in().profile(str(profile)))
    for language in LANGUAGES:
        lines = company_text(ResultView.of(result, language).context, report=f"reports/{result.company.id}.html").splitlines()
        assert len(lines) <= 25
        assert max(map(cell_width, lines)) <= 80
        assert re.search(r"\d+/\d+", lines[1]), "coverage beside the verdict"
        assert any(line.startswith("› ") for line in lines), "reasons"
        assert lines[-1].endswith(f"reports/{result.company.id}.html")


def test_verbose_shows_every_flag(here: Path) -> None:
    few, all_of_it = (screener("run", str(FIXTURES / "oracle.json"), *more).out for more in ((), ("--verbose",)))
    assert " more: " in few
    assert " more: " not in all_of_it
    assert "Planned borrowing adds to leverage" in all_of_it
    assert len(all_of_it.splitlines()) > 25


@pytest.mark.parametrize(("columns", "widest"), [("60", 60), ("100", 100), ("500", 120), ("x", 120), ("", 120)])
def test_the_width_that_is_asked_for(columns: str, widest: int, here: Path) -> None:
    out = process("run", str(FIXTURES / "oracle.json"), "--lang", "zh", cwd=here, env={"COLUMNS": columns}).out
    assert widest - 12 <= max(map(cell_width, out.splitlines())) <= widest
    assert "\x1b" not in out, "no colour through a pipe"
