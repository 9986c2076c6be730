"""A pool whose processes may die: every item has one result, in order, and the item that killed a process is named."""

import faulthandler
import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from screener import limits
from screener.io.file_text import read_text
from screener.io.processes import GARBAGE_AFTER
from screener.runs.forked import run_in_fork
from screener.runs.task import WorkerDeath
from screener.runs.worker_pool import WorkerPool
from tests.waiting import PATIENCE

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="signals of POSIX")


def work(item: str) -> str:
    what, _, number = item.partition(" ")
    if what == "sleep":
        time.sleep(float(number))
    elif what == "hang":
        Path(number).write_text(str(os.getpid()))
        time.sleep(PATIENCE)
    elif what == "signal":
        faulthandler.disable()
        os.kill(os.getpid(), int(number))
    elif what == "take":
        try:
            return f"{len(bytearray(int(number)))} bytes"
        except MemoryError:
            return "refused"
    elif what == "leave":
        os._exit(int(number))
    return f"{item}!"


@pytest.fixture(autouse=True)
def _nobody_is_left() -> Iterator[None]:
    yield
    assert multiprocessing.active_children() == []


def answers(items: list[str], jobs: int, limit: float | None = None) -> list[object]:
    found = list(WorkerPool(work, jobs, limit).map((item, None) for item in items))
    assert [(place, item) for place, item, _ in found] == list(enumerate(items))
    return [answer for _, _, answer in found]


@pytest.mark.parametrize("jobs", [1, 3])
def test_answers_come_in_order(jobs: int) -> None:
    items = [f"sleep {0.02 if i % 7 == 0 else 0}" for i in range(40)]
    assert answers(items, jobs) == [f"{item}!" for item in items]


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_who_killed_its_process_is_found_and_the_others_are_done(jobs: int, number: int) -> None:
    deadly = f"signal {int(number)}"
    items = [deadly if i in (0, 5, 6, 19) else f"say {i}" for i in range(20)]
    assert answers(items, jobs) == [WorkerDeath(number) if item == deadly else f"{item}!" for item in items]


def test_workers_look_for_garbage_rarely() -> None:
    found = [answer for *_, answer in WorkerPool(collector_state, 1).map([("a", None)])]
    assert found == [(True, GARBAGE_AFTER)]


def collector_state(_: str) -> tuple[bool, int]:
    return gc.isenabled(), gc.get_threshold()[0]


def test_a_process_that_leaves_without_a_word_has_died() -> None:
    assert answers(["say 1", "leave 0", "leave 3", "say 2"], 2) == ["say 1!", WorkerDeath(0), WorkerDeath(0), "say 2!"]


def hangs(file: Path) -> bool:
    """Returns whether the process that works on `hang FILE` exists."""
    try:
        os.kill(int(file.read_text()), 0)
    except (FileNotFoundError, ValueError, ProcessLookupError):
        return False
    return True


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_takes_too_long_is_given_up(jobs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a simulated clock that runs only while all processes hang, so that no other item takes time."""
    files = [tmp_path / str(i) for i in range(jobs)]
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += all(map(hangs, files))
        return now

    monkeypatch.setattr("screener.runs.worker_pool.time", SimpleNamespace(monotonic=clock))
    hanging = [f"hang {file}" for file in files]
    items = ["say 1", *hanging, *(f"say {i}" for i in range(9))]
    assert answers(items, jobs, limit=0.3) == [WorkerDeath(0, 0.3) if item in hanging else f"{item}!" for item in items]


def test_the_limit_is_in_seconds(tmp_path: Path) -> None:
    assert answers([f"hang {tmp_path / 'a'}"], 1, limit=0.05) == [WorkerDeath(0, 0.05)]


def test_a_worker_that_is_killed_from_outside_loses_at_most_what_it_worked_on() -> None:
    pool = WorkerPool(work, 2)
    found = []
    for n, item, answer in pool.map((f"sleep 0.0{i % 3}", None) for i in range(60)):
        found.append(answer)
        if n == 10:
            os.kill(pool.workers[0].process.pid, signal.SIGKILL)
        assert answer in (f"{item}!", WorkerDeath(signal.SIGKILL))
    assert len(found) == 60
    assert found.count(WorkerDeath(signal.SIGKILL)) <= 1


def test_what_is_known_needs_no_process() -> None:
    pool = WorkerPool(work, 2)
    found = []
    for answer in pool.map((str(i), "known") for i in range(2000)):
        found.append(answer)
        assert not pool.workers
    assert found == [(i, str(i), "known") for i in range(2000)]


def test_known_and_unknown_keep_their_order() -> None:
    items = [(f"say {i}", None if i % 3 else "known") for i in range(50)]
    assert list(WorkerPool(work, 2).map(iter(items))) == [
        (n, item, known or f"{item}!") for n, (item, known) in enumerate(items)
    ]


def test_it_stops_when_asked_and_while_a_process_hangs(tmp_path: Path) -> None:
    done: list[object] = []
    file = tmp_path / "hangs"
    for answer in WorkerPool(work, 2).map([("say 1", None), (f"hang {file}", None)], lambda: bool(done) and hangs(file)):
        done.append(answer)
    assert done == [(0, "say 1", "say 1!")]


def test_profiles_are_not_read_far_ahead() -> None:
    read_profiles = []

    def items() -> Iterator[tuple[str, None]]:
        for i in range(5000):
            read_profiles.append(i)
            yield f"say {i}", None

    for n, _ in enumerate(WorkerPool(work, 2).map(items())):
        assert len(read_profiles) - n <= 2 * 256 + 1


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_one_alone(tmp_path: Path) -> None:
    assert run_in_fork(work, "say 1", PATIENCE) == "say 1!"
    assert run_in_fork(work, f"signal {int(signal.SIGSEGV)}", PATIENCE) == WorkerDeath(signal.SIGSEGV)
    assert run_in_fork(work, "leave 0", None) == WorkerDeath(0)
    assert run_in_fork(work, f"hang {tmp_path / 'hangs'}", 0.2) == WorkerDeath(0, 0.2)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the size of a process on Linux")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_process_may_grow_by_so_much_only(tmp_path: Path) -> None:
    """A profile that takes all memory would end other programs."""
    little, much = 2**20, 2 * limits.WORKER_BYTES
    assert answers([f"take {little}", f"take {much}", f"take {little}"], 1) == [f"{little} bytes", "refused", f"{little} bytes"]
    assert run_in_fork(work, f"take {much}", PATIENCE) == "refused"
    program = WorkerPool(work, 1, PATIENCE, str(tmp_path))
    assert [a for _, _, a in program.map([(f"take {much}", None)])] == ["refused"]


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the size of a process on Linux")
def test_the_limit_is_lifted_for_a_browser() -> None:
    code = "import resource; from screener.io.processes import *; limit_growth(2**20); lift_growth_limit(); bytearray(2**24)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_programs_of_their_own(tmp_path: Path) -> None:
    """As workers of Dask need them: with a working folder, and with the task sent to them."""
    (tmp_path / "here.txt").write_text("text")
    found = list(WorkerPool(read_text, 2, PATIENCE, str(tmp_path)).map([("here.txt", None)]))
    assert found == [(0, "here.txt", "text")]
    assert [a for _, _, a in WorkerPool(int, 1, PATIENCE, str(tmp_path)).map([("x", None)])] == [WorkerDeath(0)]
