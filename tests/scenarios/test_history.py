"""Stored results: in SQLite over several runs, and in Parquet beside the reports."""

import csv
import io
import json
import os
import shutil
import signal
import sqlite3
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from commands import ROOT, Done, interrupted, screener

PROFILE = {"name": {"en": "Groß \x1b[31m", "zh": "甲"}, "id": "gross", "sector": "cloud-infrastructure", "as_of": "2026-02-06", "sources": {"a": {"title": "A", "kind": "filed"}},
           "figures": {"total_debt": {"value": 2e9, "source": "a"}, "revenue": {"value": 1e9, "source": "a"}, "net_income": 1e8}}


def write(folder: Path, count: int = 3, **figures: Any) -> None:
    folder.mkdir(exist_ok=True)
    small = folder.parent / "small"
    small.mkdir(exist_ok=True)
    (small / "pack.yaml").write_text('name: small\nversion: "1"\ntitle: {en: Small, zh: 小}\n', "utf-8")
    for rule in ("leverage-versus-revenue", "profitable", "loss-making"):
        shutil.copy(ROOT / f"rules/ai-era/{rule}.yaml", small)
    for n in range(count):
        own = {**PROFILE["figures"], **(figures if n == 0 else {})}  # type: ignore[dict-item]
        profile = {**PROFILE, "figures": own, "id": "gross" if n == 0 else f"other-{n}"}
        (folder / f"{n:03}.json").write_text(json.dumps(profile), "utf-8")


def run(*words: str) -> Done:
    done = screener("run", "market", "--pack", "small", "--out", "out", "-q", "--db", "results.sqlite", *words)
    assert (done.code, done.err) == (0, "")
    return done


def history(*words: str) -> dict[str, Any]:
    return json.loads(screener("history", "gross", "--db", "results.sqlite", "--format", "json", *words).out)


def test_history_tells_what_changed(here: Path) -> None:
    write(here / "market")
    run()
    run()
    first = history()
    assert first["runs"] == 2
    (only,) = first["screenings"]
    assert (only["run"], only["last_run"], only["finished"], only["since"]) == (1, 2, True, None)
    result = json.loads(screener("run", "market/000.json", "--pack", "small", "--out", "-", "--format", "json").out)
    assert (only["verdict"], only["score"]["value"]) == (result["verdict"]["word"], round(result["score"]["value"], 4))
    fired = {f["rule"] for f in result["findings"] if f["outcome"] == "fired"}
    assert {f["rule"] for f in only["flags"]} == fired >= {"leverage-versus-revenue"}
    assert set(only["unknown"]) == {f["rule"] for f in result["findings"] if f["outcome"] == "unknown"}

    write(here / "market", total_debt={"value": 1e8, "source": "a"})
    run("--resume")
    now, before = history()["screenings"]
    assert (before["run"], before["last_run"], now["run"]) == (1, 2, 3)
    since = now["since"]
    assert (since["profile"], since["rules"], since["otherwise"]) == (True, False, False)
    assert {"rule": "leverage-versus-revenue", "before": "fired", "now": "clear"} in since["flags"]
    assert since["score"] == round(now["score"]["value"] - before["score"]["value"], 4) < 0

    run("--set", "leverage-versus-revenue.most=0.05")
    since = history("--last", "2")["screenings"][0]["since"]
    assert (since["profile"], since["rules"]) == (False, True)
    assert {"rule": "leverage-versus-revenue", "before": "clear", "now": "fired"} in since["flags"]
    run("--disable", "leverage-versus-revenue")
    assert {"rule": "leverage-versus-revenue", "before": "fired", "now": None} in history()["screenings"][0]["since"]["flags"]
    run("--with", "fixtures/groq.json", "--disable", "leverage-versus-revenue")
    since = history()["screenings"][0]["since"]
    assert (since["profile"], since["rules"], since["otherwise"], since["flags"]) == (False, False, True, [])

    for language, words in (("en", ["− Medium      High debt relative to revenue  (now clear)", "+ Medium      High debt relative to revenue",
                                    "was fired", "Runs 1 to 2, the same", "Changed: the profile; score −"][:2]),
                            ("zh", ["债务相对营收偏高", "第 1 至 2 次运行"])):
        output = screener("history", "gross", "--db", "results.sqlite", "--lang", language).out
        assert all(word in output for word in words), output
        assert "\x1b" not in output
        assert max(len(line) for line in output.splitlines()) <= 80


def test_a_result_that_is_the_same_is_kept_once(here: Path) -> None:
    write(here / "market")
    for _ in range(3):
        run()
    db = sqlite3.connect("results.sqlite")
    assert db.execute("select count(*) from result").fetchone() == (3,)
    assert db.execute("select count(*) from screened").fetchone() == (9,)
    assert db.execute("pragma journal_mode").fetchone() == ("wal",)
    assert db.execute("select outcome, severity, title from findings where run = 2 and company = 'gross'"
                      " and rule = 'leverage-versus-revenue'").fetchall() == [("fired", "medium", "High debt relative to revenue")]


@pytest.mark.parametrize(("name", "content", "message"), [
    ("notes.txt", b"my notes", "is not a database of results"), ("empty.db", None, "is not a database of results"),
])
def test_another_file_is_never_written_to(name: str, content: bytes | None, message: str, here: Path) -> None:
    write(here / "market")
    if content is None:
        other = sqlite3.connect(name)
        other.execute("create table mine (x)")
        other.close()
    else:
        Path(name).write_bytes(content)
    before = Path(name).read_bytes()
    done = screener("run", "market", "--pack", "small", "--out", "out", "--db", name)
    assert (done.code, done.out) == (3, "")
    assert done.err == f"{name}: {message}; name a file that `screener run --db` wrote\n"
    assert Path(name).read_bytes() == before


def test_a_locked_database_is_waited_for_and_says_so(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screener.runs.sqlite_file._NOTICE_AFTER", 0.01)
    monkeypatch.setattr("screener.runs.sqlite_file.PATIENCE", 0.05)
    write(here / "market")
    run()
    other = sqlite3.connect("results.sqlite")
    other.execute("begin immediate")
    done = screener("run", "market", "--pack", "small", "--out", "out", "--db", "results.sqlite")
    other.close()
    assert (done.code, done.out) == (3, "")
    assert done.errors == [
        "results.sqlite: another process is writing to it; waiting for it",
        "results.sqlite: can't be written: database is locked; choose another file with --db",
    ]


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
def test_a_pipe_is_no_database(here: Path) -> None:
    write(here / "market")
    os.mkfifo("pipe")
    done = screener("run", "market", "--pack", "small", "--out", "out", "--db", "pipe")
    assert (done.code, done.err) == (3, "pipe: is no file; name a file that `screener run --db` wrote\n")


def test_a_database_of_a_later_version(here: Path) -> None:
    write(here / "market")
    run()
    db = sqlite3.connect("results.sqlite")
    db.execute("pragma user_version = 2")
    db.close()
    for words in (("run", "market", "--pack", "small", "--db", "results.sqlite"), ("history", "gross")):
        done = screener(*words)
        assert (done.code, done.err) == (3, "results.sqlite: was written by a later screener; use that one, or a new file\n")


def test_who_is_not_known(here: Path) -> None:
    write(here / "market")
    run()
    done = screener("history", "gros")
    assert (done.code, done.err) == (3, "results.sqlite: no run screened 'gros'; did you mean 'gross'?\n")
    assert screener("history", "gross", "--db", "none.sqlite").err.startswith("none.sqlite: there is no such file or folder; ")
    assert not Path("none.sqlite").exists()


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_run_that_was_killed_is_one_run_in_the_end(here: Path) -> None:
    write(here / "market", 40)
    words = ["run", "market", "--pack", "small", "--out", "out", "--db", "results.sqlite", "--format", "json", "--peers", "none", "--resume", "-j", "2"]
    interrupted(signal.SIGKILL, lambda: len(list(Path("out").glob("*.json"))) >= 12, "other-20", *words)
    assert screener(*words).code == 0
    db = sqlite3.connect("results.sqlite")
    assert db.execute("select id, finished is not null from run").fetchall() == [(1, 1)]
    assert db.execute("select count(*), count(distinct company) from screened").fetchone() == (40, 40)
    assert db.execute("select count(*) from result").fetchone() == (40,)
    rules = db.execute("select count(*) from rule").fetchone()[0]
    assert db.execute("select count(*) from finding").fetchone() == (40 * rules,)
    assert db.execute("pragma integrity_check").fetchone() == ("ok",)


def test_parquet_says_what_csv_and_json_say(here: Path) -> None:
    write(here / "market")
    (here / "market" / "001.json").write_text('{"name": "=1+1 \\u202e x", "id": "odd"}', "utf-8")
    run("--format", "parquet,csv,json")
    companies, findings = (pq.read_table(f"out/{name}.parquet").to_pylist() for name in ("companies", "findings"))
    rows = list(csv.DictReader(io.StringIO(Path("out/findings.csv").read_text("utf-8-sig"))))
    assert len(rows) == len(findings)
    for row, finding in zip(rows, findings, strict=True):
        assert list(row) == list(finding)
        assert row["outcome"] == finding["outcome"]
        assert row["scored"] == str(finding["scored"]).lower()
        assert row["value_low"] == ("" if finding["value_low"] is None else f"{finding['value_low']:.12g}")
    assert [c["company"] for c in companies] == ["gross", "odd", "other-2"]
    for company in companies:
        result = json.loads(Path(f"out/{company['company']}.json").read_text("utf-8"))
        assert (company["verdict"], company["score_high"]) == (result["verdict"]["word"], round(result["score"]["high"], 4))
        assert company["red"].split() == [f["rule"] for f in result["findings"] if (f["flag"], f["outcome"]) == ("red", "fired")]
        assert company["unknown"] == sum(f["outcome"] == "unknown" for f in result["findings"])
    first = {p.name: p.read_bytes() for p in Path("out").glob("*.parquet")}
    run("--format", "parquet,csv,json", "--resume")
    assert {p.name: p.read_bytes() for p in Path("out").glob("*.parquet")} == first
    alone = screener("run", "market", "--format", "parquet", "--out", "-")
    assert alone.code == 2
    assert "needs a folder" in alone.err
