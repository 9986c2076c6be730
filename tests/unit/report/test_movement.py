"""The change of each company since the previous run: in points, in words, on the index."""

from pathlib import Path

import pytest

from screener.report.views.index_row import count_verdicts
from screener.report.views.index_view import IndexPage, index_view
from screener.report.views.movement import EarlierStanding, movement_text, points_moved
from screener.report.wording import load_wording
from screener.runs.store.database import ResultDatabase, RunIdentity
from screener.screening import Screener
from screener.text import Language
from tests.scenarios.commands import screener
from tests.unit.report import sample
from tests.unit.report.formats import row


@pytest.mark.parametrize(
    ("verdict", "score", "before", "points", "text"),
    [
        ("avoid", 70.0, EarlierStanding("avoid", 57.7), 12.3, "+12.3"),
        ("avoid", 70.0, EarlierStanding("caution", 75.0), -5.0, "−5.0, was Caution"),
        ("avoid", 70.0, EarlierStanding("avoid", 70.0), 0.0, "0"),
        ("avoid", 70.0, EarlierStanding("insufficient-data", 5.0), None, "was Not enough data"),
        ("insufficient-data", 70.0, EarlierStanding("insufficient-data", 5.0), None, ""),
        ("avoid", 70.0, None, None, ""),
    ],
)
def test_points_and_verdict_before(
    verdict: str, score: float, before: EarlierStanding | None, points: float | None, text: str
) -> None:
    assert points_moved(verdict, score, before) == points
    assert movement_text(verdict, score, before, load_wording("en")) == text


@pytest.mark.parametrize(("language", "new"), [("en", "new"), ("zh", "新增")])
def test_the_index_has_changes_where_a_run_before_is_known(language: Language, new: str) -> None:
    rows = [row(sample.oracle(), language), row(sample.empty(), language)._replace(id="other")]
    earlier = {rows[0].id: EarlierStanding(rows[0].verdict_word, rows[0].score_value - 3)}
    wording = load_wording(language)
    with_changes = index_view(IndexPage(rows, count_verdicts(rows), earlier=earlier), wording)
    assert with_changes.has_changes
    assert [(entry.change, entry.change_value) for entry in with_changes.entries] == [("+3.0", 3.0), (new, 0.0)]
    first_run = index_view(IndexPage(rows, count_verdicts(rows), earlier={}), wording)
    assert not first_run.has_changes
    assert {entry.change for entry in first_run.entries} == {""}


def test_a_run_compares_with_the_run_before_in_the_database(tmp_path: Path) -> None:
    """Neither with the first run nor with itself."""
    profiles = {"one": 5, "two": 7}
    for name, debt in profiles.items():
        (tmp_path / f"{name}.json").write_text(_profile(name, debt), "utf-8")
    pages = []
    for debt in (1, 9):
        (tmp_path / "one.json").write_text(_profile("one", debt), "utf-8")
        assert run(tmp_path, "one.json", "two.json") == 0
        pages.append((tmp_path / "out/index.html").read_text("utf-8"))
    assert "Change since the last run" not in pages[0]
    assert "Change since the last run" in pages[1]


def run(folder: Path, *names: str) -> int:
    paths = [str(folder / name) for name in names]
    return screener("run", *paths, "--db", str(folder / "r.sqlite"), "--out", str(folder / "out"), "-q", "--force").code


def _profile(name: str, debt: int) -> str:
    return f'{{"id": "{name}", "name": "{name}", "currency": "USD", "sector": "software", "as_of": "2026-02-06", "figures": {{"revenue": 10, "total_debt": {debt}}}}}'


def test_of_runs_of_one_company_the_last_before_counts(tmp_path: Path) -> None:
    profile = tmp_path / "one.json"
    for debt in (1, 30):
        profile.write_text(_profile("one", debt), "utf-8")
        assert run(tmp_path, "one.json") == 0
    database = ResultDatabase(tmp_path / "r.sqlite", RunIdentity(Screener.load().rulebook, "other"))
    found = database.earlier_standings(["one", "nobody"])
    stored = database._sqlite.execute("select r.verdict, r.score from result r order by r.id desc limit 1").fetchone()
    database.close()
    assert found == {"one": EarlierStanding(*stored)}
