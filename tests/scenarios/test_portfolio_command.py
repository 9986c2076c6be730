"""`screener portfolio`: holdings beside the profiles, a digest for a scheduler, and watching a folder."""

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from commands import FIXTURES, ROOT, screener

from tests.waiting import PATIENCE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "fund"
    folder.mkdir()
    for name in ("nvidia", "openai", "oracle"):
        shutil.copy(FIXTURES / f"{name}.json", folder)
    (folder / "holdings.csv").write_text("company,exposure,currency\noracle,1e6,USD\nnvidia,3e6,USD\n", "utf-8")
    return folder


def with_debt(folder: Path, debt: float) -> None:
    """Replaces Nvidia's profile by one with another debt."""
    file = folder / "nvidia.json"
    data = json.loads(file.read_text("utf-8"))
    data["figures"]["total_debt"][0]["value"] = debt
    beside = file.with_suffix(".new")
    beside.write_text(json.dumps(data), "utf-8")
    beside.replace(file)


def run(*words: object) -> tuple[int, str]:
    done = screener("portfolio", *map(str, words), "--pack", "ai-era")
    return done.code, done.out + done.err


def test_holdings_beside_the_profiles_are_used(folder: Path) -> None:
    assert run(folder) == run(folder / "holdings.csv") == run(folder, "--holdings", folder / "holdings.csv")
    assert "Exposure: USD 4 m." in run(folder)[1]
    shutil.copy(folder / "holdings.csv", folder / "others.csv")
    code, text = run(folder / "holdings.csv", folder / "others.csv")
    assert code == 2
    assert "several files of holdings" in text


def test_a_digest_for_a_scheduler(folder: Path, tmp_path: Path) -> None:
    db = tmp_path / "results.sqlite"
    code, text = run(folder, "--db", db, "--since", "last")
    assert code == 0
    assert "No earlier run is stored" in text
    assert run(folder, "--db", db, "--since", "last")[0] == 0
    with_debt(folder, 400e9)
    code, text = run(folder, "--db", db, "--since", "last")
    assert code == 1
    assert "1 company got worse" in text
    assert "Debt 8.46 bn → 400 bn" in text
    with_debt(folder, 8.463e9)
    assert run(folder, "--db", db, "--since", "last")[0] == 0


@pytest.mark.parametrize("words", [["--since", "last"], ["--watch", "--format", "json"], ["--watch", "--out", "x"], ["--format", "xlsx"]])
def test_options_that_do_not_go_together(words: list[str], folder: Path) -> None:
    assert run(folder, *words)[0] == 2


@pytest.mark.slow
def test_a_watched_folder(folder: Path) -> None:
    words = [sys.executable, "-m", "screener", "portfolio", "--watch", str(folder), "--pack", "ai-era"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", env=env)
    lines: queue.Queue[str] = queue.Queue()
    assert process.stdout is not None
    threading.Thread(target=lambda: [lines.put(line) for line in process.stdout or ()], daemon=True).start()

    def until(text: str) -> None:
        while text not in lines.get(timeout=PATIENCE):
            pass

    try:
        until("watching 4 files")
        with_debt(folder, 400e9)
        until("1 company got worse")
        (folder / "broken.json").write_text("{", "utf-8")
        until("broken.json")
        (folder / "broken.json").unlink()
        until("Nothing changed")
        (folder / "new.json").write_text('{"name": "Newcomer"}', "utf-8")
        until("1 company is new: Newcomer")
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) in (0, 130)
