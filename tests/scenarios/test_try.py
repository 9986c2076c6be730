"""`screener try --watch` in a separate process: it reports each save, survives mistakes, and ends cleanly."""

import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from commands import FIXTURES, ROOT

from tests.waiting import PATIENCE

MOST = 0.6  # processor time from save to print, by that of the start; the time on a clock is measured by bench/try_loop.py
RULE = ROOT / "examples/my-rules/capital-intensity.yaml"
SIZE = 8192  # bytes of a file that is overwritten; it ends with empty lines
LAST = "2 rules, 9 companies: "


class Loop:
    """`screener try --watch` on all fixtures, with its output line by line."""

    started = 0.0  # CPU seconds until the rules were tried once

    def __init__(self, rule: Path) -> None:
        words = [sys.executable, "-m", "screener", "try", "--watch", rule.name, str(FIXTURES)]
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env,
                                        cwd=rule.parent, encoding="utf-8")
        self.lines: dict[str, queue.Queue[str | None]] = {">": queue.Queue(), "!": queue.Queue()}
        for mark, stream in ((">", self.process.stdout), ("!", self.process.stderr)):
            threading.Thread(target=self._read, args=(mark, stream), daemon=True).start()

    def _read(self, mark: str, stream: Iterator[str]) -> None:
        for line in stream:
            self.lines[mark].put(line.rstrip("\n"))
        self.lines[mark].put(None)  # the process has ended

    def until(self, mark: str, begins: str) -> list[str]:
        """Returns the next lines of standard output (>) or standard error (!) up to one with this beginning.

        Fails if there is no such line: the process ended, or printed nothing for PATIENCE.
        """
        lines: list[str] = []
        while not lines or not lines[-1].startswith(begins):
            try:
                line = self.lines[mark].get(timeout=PATIENCE)
            except queue.Empty:
                line = None
            if line is None:
                (other,) = (stream for name, stream in self.lines.items() if name != mark)
                raise AssertionError(f"no line begins with {begins!r}: {lines}; unread of the other stream: {list(other.queue)}")
            lines.append(line)
        return lines

    @property
    def spent(self) -> float:
        """Returns the CPU seconds that the process has used."""
        return sum(psutil.Process(self.process.pid).cpu_times()[:2])


def overwrite(file: Path, text: str) -> None:
    """Writes in place and at once, so that no reader sees an empty or partial file."""
    with file.open("r+b") as opened:
        opened.write(text.encode().ljust(SIZE, b"\n"))


def replace(file: Path, text: str) -> None:
    """Writes a file beside it, and renames that."""
    beside = file.with_suffix(".new")
    beside.write_text(text, "utf-8")
    beside.replace(file)


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[Loop]:
    shutil.copy(RULE, tmp_path / "rule.yaml")
    found = Loop(tmp_path / "rule.yaml")
    try:
        found.until(">", LAST)
        found.started = found.spent
        assert found.until("!", "watching") == ["watching 10 files; Ctrl-C ends it"]
        yield found
    finally:
        found.process.kill()
        found.process.wait()


def test_each_save_is_reported_within_a_moment(loop: Loop, tmp_path: Path) -> None:
    rule, text, took = tmp_path / "rule.yaml", RULE.read_text("utf-8"), []
    for number in range(5):
        before = loop.spent
        overwrite(rule, f"{text}# save {number}\n")
        loop.until(">", LAST)
        took.append(loop.spent - before)
    assert min(took) < MOST * loop.started, (took, loop.started)

    overwrite(rule, text.replace("value: 1.0", "value: 1.1"))
    lines = loop.until(">", LAST)
    assert lines[-1].startswith(f"{LAST}0 fired, 14 unknown, 4 clear in ")
    assert "            fires: expected fired, got clear" in lines

    overwrite(rule, text.replace("value: 1.0", "value: [1.0"))  # a mistake, and the loop goes on
    lines = loop.until("!", "    |")
    assert lines[0].startswith("rule.yaml:32:12: is not YAML: did not find expected ',' or ']'; close the quote or bracket")
    assert lines[1:] == [" 32 |     value: [1.0", "    |            ^"]

    replace(rule, text)  # as most editors save
    assert loop.until(">", LAST)[-1].startswith(f"{LAST}1 fired, 15 unknown, 2 clear in ")

    rule.unlink()
    assert loop.until("!", "rule.yaml: ")[-1] == "rule.yaml: there is no such file or folder; check the path"
    replace(rule, text)
    assert loop.until(">", LAST)[-1].startswith(f"{LAST}1 fired, 15 unknown, 2 clear in ")

    loop.process.send_signal(signal.SIGINT)
    assert loop.until("!", "stopped") == ["", "stopped"]
    assert loop.process.wait(PATIENCE) == 130


def test_it_ends_with_who_reads_it(tmp_path: Path) -> None:
    rule = tmp_path / "rule.yaml"
    shutil.copy(RULE, rule)
    reader, writer = os.pipe()
    words = [sys.executable, "-m", "screener", "try", "--watch", str(rule), str(FIXTURES)]
    with subprocess.Popen(words, stdout=writer, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}) as process:
        try:
            assert process.stderr
            assert process.stderr.readline().startswith(b"watching")
            os.close(writer)
            os.close(reader)
            rule.write_text(RULE.read_text("utf-8"), "utf-8")
            assert process.wait(PATIENCE) == 0
            assert process.stderr.read() == b""
        finally:
            process.kill()
