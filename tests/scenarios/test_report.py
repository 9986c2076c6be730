"""`screener report` on stored results: the same bytes as from the profiles, and errors for each file."""

import json
from pathlib import Path

import pytest
from commands import FIXTURES, screener

ALL = sorted(str(p) for p in FIXTURES.glob("*.json"))
ORACLE, GROQ = str(FIXTURES / "oracle.json"), str(FIXTURES / "groq.json")


def files(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


@pytest.fixture
def results(here: Path) -> Path:
    """Returns a folder with two results."""
    assert screener("run", ORACLE, GROQ, "--format", "json", "--out", "results").code == 0
    return here / "results"


def test_the_same_bytes_as_run(here: Path) -> None:
    for language, formats in (("en", "html,md,csv,json"), ("zh", "html,md,csv")):
        words = ("--format", formats, "--lang", language, "--quiet")
        assert screener("run", *ALL, *words, "--out", f"ran-{language}").code == 0
        assert screener("report", "ran-en", *words, "--out", f"told-{language}").code == 0
        assert files(here / f"told-{language}") == files(here / f"ran-{language}")


def test_through_a_pipe(results: Path) -> None:
    text = screener("run", ORACLE, GROQ, "--format", "json", "--out", "-").out
    for form in ("md", "html", "json", "csv"):
        piped = screener("report", "-", "--format", form, "--out", "-", stdin=text)
        assert piped == screener("run", ORACLE, GROQ, "--format", form, "--out", "-")


def test_the_summary_is_the_same(results: Path) -> None:
    output = screener("report", "results/oracle.json", "--out", "a").out
    assert output == screener("run", ORACLE, "--out", "a").out
    assert screener("report", "results", "--out", "a").out == screener("run", GROQ, ORACLE, "--out", "a").out


def test_a_bad_result_stops_no_other(results: Path, here: Path) -> None:
    (results / "bad.json").write_text('{"name": "Groq"}')
    (results / "torn.json").write_bytes((results / "groq.json").read_bytes()[:5000])
    done = screener("report", "results", "--out", "out")
    assert done.code == 3
    assert done.errors == [
        "results/bad.json: is not a result of screener; it looks like a profile: screener run screens it",
        done.errors[1],
        "2 of 4 results could not be read; the others have their reports",
    ]
    assert done.errors[1].startswith("results/torn.json:")
    assert sorted(files(here / "out")) == ["groq.html", "index.html", "oracle.html"]
    assert "results/bad.json" in (here / "out" / "index.html").read_text("utf-8")


def test_two_results_of_one_company(results: Path) -> None:
    (results / "again.json").write_bytes((results / "groq.json").read_bytes())
    done = screener("report", "results", "--out", "out", "--quiet")
    assert done.code == 3
    assert "'groq' has a result in results/again.json already" in done.err


def test_nothing_there(here: Path) -> None:
    (here / "empty").mkdir()
    assert screener("report", "empty").err == "empty: has no results; screener run … --format json writes them\n"
    assert screener("report").code == 2
    assert screener("report", "nowhere.json").code == 3


def test_fail_on_counts_stored_verdicts(results: Path) -> None:
    assert screener("report", "results", "--fail-on", "avoid", "--quiet").code == 1


def test_the_schema_is_printed() -> None:
    assert json.loads(screener("report", "--schema").out)["$id"] == "screener/result/1"
