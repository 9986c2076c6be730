"""Many companies: the same bytes for any number of processes, no loss if one dies, and resumption."""

import faulthandler
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from commands import FIXTURES, ROOT, Done, interrupted, screener

from screener.cli.signals import stoppable
from screener.runs.execution import Execution
from screener.screening import Screener
from tests.waiting import PATIENCE

ALL = "html,json,csv,md,parquet"
COMPANIES = 20  # the number of profiles from which a pool is started


@pytest.fixture
def market(here: Path) -> Path:
    """Writes twenty companies, one of which has two files, and a broken file."""
    folder = here / "market"
    folder.mkdir()
    for n in range(COMPANIES):
        figures = {"revenue": 1e9, "total_debt": n * 2e8, "cash": 1e8, "net_income": (n % 3 - 1) * 5e7}
        profile = {"name": f"=Company {n}, \"甲\"", "id": f"c{n}", "as_of": "2026-02-06", "figures": figures}
        (folder / f"{n:02}.json").write_text(json.dumps(profile), "utf-8")
    shutil.copy(folder / "03.json", folder / "twice.json")
    (folder / "broken.json").write_text("{", "utf-8")
    (here / "small").mkdir()
    (here / "small" / "pack.yaml").write_text('name: small\nversion: "1"\ntitle: {en: Small, zh: 小}\n', "utf-8")
    shutil.copy(ROOT / "rules/ai-era/leverage-versus-revenue.yaml", here / "small")
    return folder


def run(*words: str) -> Done:
    """Screens the market with a pack of one rule."""
    return screener("run", "market", "--pack", "small", *words)


def written(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}


def deadly(monkeypatch: pytest.MonkeyPatch, company: str, *, number: int = 0, seconds: float = 0) -> None:
    """Lets the screening of this company kill its process, or take time."""
    assess = Screener.assess

    def instead(self: Screener, profile: Any, *context: Any, **options: Any) -> Any:
        if profile.id == company:
            if number:
                faulthandler.disable()
                os.kill(os.getpid(), number)
            time.sleep(seconds)
        return assess(self, profile, *context, **options)

    monkeypatch.setattr(Screener, "assess", instead)


def test_the_same_bytes_however_many_work(market: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pooled = run("--out", "two", "--format", ALL, "-j", "2")
    monkeypatch.setattr(Execution, "isolates", lambda *_: False)
    alone = run("--out", "one", "--format", ALL)
    assert (pooled.code, pooled.err) == (3, alone.err)
    assert pooled.out.replace("two", "one") == alone.out
    assert written(Path("two")) == written(Path("one"))
    assert len(written(Path("one"))) == COMPANIES * 3 + 5
    assert "the id 'c3' is also that of market/03.json" in pooled.err
    streamed = run("--out", "-", "--format", "csv")
    assert streamed.out == Path("one/findings.csv").read_text("utf-8-sig")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="signals of POSIX")
def test_a_crash_loses_one_company_and_says_which(market: Path) -> None:
    whole = run("--out", "whole", "-q", "--peers", "none")
    with pytest.MonkeyPatch.context() as patch:
        deadly(patch, "c7", number=signal.SIGSEGV)
        done = run("--out", "out", "-q", "--peers", "none")
    message = "market/07.json: the rule engine crashed while it was screened (SIGSEGV); report this as a fault, with the profile"
    assert message in done.errors
    assert done.errors[-1] == "3 of 22 profiles could not be screened; the others have their reports"
    assert whole.errors[-1] == "2 of 22 profiles could not be read; the others have their reports"
    expected, found = written(Path("whole")), written(Path("out"))
    assert expected.keys() - found.keys() == {"c7.html"}
    assert all(found[name] == expected[name] for name in found if name != "index.html")
    assert "SIGSEGV" in found["index.html"].decode()
    again = run("--out", "out", "--resume", "--peers", "none")
    assert written(Path("out")) == expected
    assert "19 of 22 profiles are unchanged, as are the rules and options; their reports were kept" in again.errors


@pytest.mark.skipif(not hasattr(os, "fork"), reason="signals of POSIX")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")  # its threads are harmless here
def test_one_company_alone(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("run", "fixtures/groq.json", "--out", "out", "-q")
    assert screener(*words, forks=True) == Done(0, "", "")
    shutil.rmtree("out")
    deadly(monkeypatch, "groq", number=signal.SIGSEGV)
    assert screener(*words, forks=True) == Done(
        3, "", "fixtures/groq.json: the rule engine crashed while it was screened (SIGSEGV); report this as a fault, with the profile\n"
    )
    deadly(monkeypatch, "groq", seconds=PATIENCE)
    assert screener(*words, "--time-limit", "0.3", forks=True) == Done(
        3, "", "fixtures/groq.json: took longer than 0.3 s and was given up; raise --time-limit, or shorten its lists\n"
    )
    assert not Path("out").exists()


def test_resume_does_again_what_is_not_as_it_was(market: Path) -> None:
    def kept(*words: str) -> str:
        done = run("--out", "out", "--format", "html,csv", "--resume", *words)
        return next((line.split(" of")[0] for line in done.errors if " were kept" in line), "none")

    assert kept() == "none"
    first = written(Path("out"))
    assert kept() == "20"
    assert written(Path("out")) == first
    (market / "00.json").write_text((market / "00.json").read_text("utf-8") + " ", "utf-8")
    Path("out/c1.html").unlink()
    Path("out/c2.html").write_bytes(first["c2.html"][:2000])
    Path("out/c3.html").touch()
    assert kept() == "17"
    assert written(Path("out")) != first  # the digest of a profile is in its report
    Path("out/c0.html").write_bytes(first["c0.html"])
    (market / "00.json").write_text((market / "00.json").read_text("utf-8")[:-1], "utf-8")
    assert kept() == "19"
    assert written(Path("out")) == first
    for words in (["--lang", "zh"], ["--set", "leverage-versus-revenue.most=2"], ["--as-of", "2026-01-01"], ["--with", "fixtures/groq.json"]):
        assert kept(*words) == "none"
        assert kept(*words) == "20"
    assert kept() == "none"
    assert written(Path("out")) == first


def test_a_damaged_journal_costs_time_only(market: Path) -> None:
    words = ("--out", "out", "--resume", "-q")
    first = run(*words)
    before = written(Path("out"))
    journal = Path("out/.screener/journal.sqlite")
    for damage in (b"", b"no database", journal.read_bytes()[:5000] + b"\0" * 5000):
        journal.write_bytes(damage)
        done = run(*words)
        message = f"{journal}: was damaged; it is set aside as journal.damaged\n" if damage else ""
        assert (done.code, done.out, done.err) == (first.code, first.out, message + first.err)
        assert written(Path("out")) == before
    assert "were kept" in "\n".join(run("--out", "out", "--resume").errors)


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize(("number", "code"), [
    (signal.SIGINT, 130), (signal.SIGHUP, 129), pytest.param(signal.SIGTERM, 143, marks=pytest.mark.slow), pytest.param(signal.SIGKILL, -9, marks=pytest.mark.slow),
])
def test_a_run_that_is_ended_goes_on_from_there(number: int, code: int, market: Path) -> None:
    words = ("run", "market", "--pack", "small", "--peers", "none", "--out", "out", "-j", "2")
    done = interrupted(number, lambda: len(list(Path("out").glob("*.html"))) >= 3, "c10", *words)
    assert (done.code, done.out) == (code, "")
    pages = written(Path("out"))
    assert all(page.rstrip().endswith(b"</html>") for page in pages.values())
    if number != signal.SIGKILL:
        assert done.errors[-1] == f"stopped: {len(pages)} of 22 profiles are done; --resume continues from there"
        assert not list(Path("out/.screener").glob(".screener-*"))
    again = run("--peers", "none", "--out", "out", "--resume")
    assert again.code == 3
    run("--peers", "none", "--out", "whole", "-q")
    assert written(Path("out")) == written(Path("whole"))
    assert not list(Path("out/.screener").glob(".screener-*"))


def overwrite_pages(database: Path, kind: bytes) -> int:
    """Overwrites the content of every page of a kind in a database; returns how many there were."""
    content, size, count = bytearray(database.read_bytes()), 4096, 0
    for start in range(size, len(content), size):
        if content[start : start + 1] == kind:
            content[start + 8 : start + size] = b"\xff" * (size - 8)
            count += 1
    database.write_bytes(content)
    return count


@pytest.mark.parametrize("options", [("--resume",), ()])
def test_damaged_pages_of_the_journal_are_set_aside(options: tuple[str, ...], market: Path) -> None:
    """Inner pages, which are read only in the course of the run."""
    run("--out", "whole", "-q")
    run("--out", "out", "-q")
    journal = Path("out/.screener/journal.sqlite")
    assert overwrite_pages(journal, b"\x0a") + overwrite_pages(journal, b"\x0d") > 3
    done = run("--out", "out", *options)
    assert done.code == 3
    assert done.errors[0] == "out/.screener/journal.sqlite: was damaged; it is set aside as journal.damaged"
    assert not any("were kept" in line for line in done.errors)
    assert Path("out/.screener/journal.damaged").is_file()
    assert written(Path("out")) == written(Path("whole"))
    assert any("20 of 22 profiles are unchanged" in line for line in run("--out", "out", "--resume").errors)


@pytest.mark.parametrize(
    "change",
    [
        "update done set word = 'clear', rank = 5, row = replace(row, 'caution', 'clear')",
        "update done set files = replace(files, '.html', '.htm')",
        "update part set rows = x'00ff'",
    ],
)
def test_a_changed_record_of_the_journal_is_screened_again(change: str, market: Path) -> None:
    formats = ("--format", "html,csv")
    run("--out", "whole", "-q", *formats)
    run("--out", "out", "-q", *formats)
    with closing(sqlite3.connect("out/.screener/journal.sqlite")) as db:
        assert db.execute(change).rowcount
        db.commit()
    done = run("--out", "out", "--resume", *formats)
    assert not any("were kept" in line for line in done.errors)
    assert written(Path("out")) == written(Path("whole"))


def test_a_reader_that_has_enough_ends_the_run_unfinished(market: Path) -> None:
    """As with `| head`: companies that were not screened are not reported as such, and the exit code is that of a broken pipe."""
    words = ["run", "market", "--format", "json", "--out", "-", "--db", "results.sqlite", "--fail-on", "avoid"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen([sys.executable, "-m", "screener", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    assert running.stdout
    assert running.stderr
    running.stdout.read(100)
    running.stdout.close()
    messages = running.stderr.read().decode().splitlines()
    assert running.wait() == 128 + signal.SIGPIPE
    assert re.fullmatch(r"stopped: \d+ of 22 profiles are done; nobody reads standard output any more", messages[-1])
    with closing(sqlite3.connect("results.sqlite")) as db:
        assert db.execute("select finished from run").fetchall() == [(None,)]


def test_two_runs_do_not_write_to_one_folder(market: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For any number of profiles in each run."""
    pytest.importorskip("fcntl")
    monkeypatch.setattr("screener.io.folder_lock.PATIENCE", 0.1)
    Path("out").mkdir()
    code = "import fcntl, os, sys; fcntl.flock(os.open('out', os.O_RDONLY), fcntl.LOCK_EX); print(); sys.stdin.read()"
    other = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert other.stdout
    other.stdout.readline()
    message = "out: another run is writing its reports there; wait until it is done, or choose another --out\n"
    assert run("--out", "out", "-q") == Done(3, "", message)
    assert screener("run", str(FIXTURES / "groq.json"), "--out", "out", "-q") == Done(3, "", message)
    other.communicate()
    assert screener("run", str(FIXTURES / "groq.json"), "--out", "out", "-q") == Done(0, "", "")
    assert sorted(p.name for p in Path("out").iterdir()) == ["groq.html"]


@pytest.mark.parametrize("words", [("run", "--out", "out"), ("profile", "check"), ("portfolio",), ("report", "--out", "out")], ids=lambda words: words[0])
def test_many_problems_are_counted(words: tuple[str, ...], here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a line for each: the first ones say what is wrong, and the rest of the output stays in sight."""
    monkeypatch.setattr("screener.cli.output.MOST_PROBLEMS", 4)
    (here / "bad.jsonl").write_text('{"figures": {}}\n' * 7)
    done = screener(*words, "bad.jsonl")
    assert done.code == 3
    listed = [line for line in done.errors if line.startswith("bad.jsonl")]
    assert (len(listed), "there are 3 further problems; correct those above first" in done.errors) == (4, True), done.err


def test_no_problems_are_counted_if_all_are_printed(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screener.cli.output.MOST_PROBLEMS", 7)
    (here / "bad.jsonl").write_text('{"figures": {}}\n' * 7)
    assert "further problems" not in screener("profile", "check", "bad.jsonl").err


def test_a_run_under_nohup_goes_on(here: Path) -> None:
    """A signal that is ignored from the start stays ignored."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stoppable() as stop:
            os.kill(os.getpid(), signal.SIGHUP)
            assert stop.number == 0
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_long_name_is_cut_in_a_list_of_claims(here: Path) -> None:
    name = "n" * 100_000
    (here / "long.json").write_text(json.dumps({"name": name, "parties": {"p": {"name": name, "figures": {"revenue": 1}}}}))
    done = screener("profile", "check", "long.json")
    assert (done.code, len(done.out) < 5_000) == (0, True)
