"""A pool whose processes may die: every item has one answer, in order, and the one that killed is named."""

import faulthandler
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from screener.io.document import read_text
from screener.runs.forked import alone
from screener.runs.task import Death
from screener.runs.worker_pool import Pool

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="signals of POSIX")


def work(item: str) -> str:
    what, _, number = item.partition(" ")
    if what == "sleep":
        time.sleep(float(number))
    elif what == "signal":
        faulthandler.disable()
        os.kill(os.getpid(), int(number))
    elif what == "leave":
        os._exit(int(number))
    return f"{item}!"


@pytest.fixture(autouse=True)
def _nobody_is_left() -> Iterator[None]:
    yield
    assert multiprocessing.active_children() == []


def answers(items: list[str], jobs: int, limit: float | None = None) -> list[object]:
    found = list(Pool(work, jobs, limit).each((item, None) for item in items))
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
    assert answers(items, jobs) == [Death(number) if item == deadly else f"{item}!" for item in items]


def test_a_process_that_leaves_without_a_word_has_died() -> None:
    assert answers(["say 1", "leave 0", "leave 3", "say 2"], 2) == ["say 1!", Death(0), Death(0), "say 2!"]


def test_what_takes_too_long_is_given_up() -> None:
    start = time.monotonic()
    items = ["say 1", "sleep 60", *(f"say {i}" for i in range(9)), "sleep 60"]
    found = answers(items, 2, limit=0.3)
    assert found == [Death(0, 0.3) if item == "sleep 60" else f"{item}!" for item in items]
    assert time.monotonic() - start < 20


def test_a_worker_that_is_killed_from_outside_loses_at_most_what_it_worked_on() -> None:
    pool = Pool(work, 2)
    found = []
    for n, item, answer in pool.each((f"sleep 0.0{i % 3}", None) for i in range(60)):
        found.append(answer)
        if n == 10:
            os.kill(pool.workers[0].process.pid, signal.SIGKILL)
        assert answer in (f"{item}!", Death(signal.SIGKILL))
    assert len(found) == 60
    assert found.count(Death(signal.SIGKILL)) <= 1


def test_what_is_known_needs_no_process() -> None:
    pool = Pool(work, 2)
    found = []
    for answer in pool.each((str(i), "known") for i in range(2000)):
        found.append(answer)
        assert not pool.workers
    assert found == [(i, str(i), "known") for i in range(2000)]


def test_known_and_unknown_keep_their_order() -> None:
    items = [(f"say {i}", None if i % 3 else "known") for i in range(50)]
    assert list(Pool(work, 2).each(iter(items))) == [
        (n, item, known or f"{item}!") for n, (item, known) in enumerate(items)
    ]


def test_it_stops_when_asked_and_while_a_process_hangs() -> None:
    start = time.monotonic()
    done = list(Pool(work, 2).each([("say 1", None), ("sleep 60", None)], lambda: time.monotonic() - start > 0.5))
    assert done == [(0, "say 1", "say 1!")]
    assert time.monotonic() - start < 20


def test_profiles_are_not_read_far_ahead() -> None:
    taken = []

    def items() -> Iterator[tuple[str, None]]:
        for i in range(5000):
            taken.append(i)
            yield f"say {i}", None

    for n, _ in enumerate(Pool(work, 2).each(items())):
        assert len(taken) - n <= 2 * 256 + 1


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_one_alone() -> None:
    assert alone(work, "say 1", 30) == "say 1!"
    assert alone(work, f"signal {int(signal.SIGSEGV)}", 30) == Death(signal.SIGSEGV)
    assert alone(work, "leave 0", None) == Death(0)
    assert alone(work, "sleep 60", 0.2) == Death(0, 0.2)


def test_programs_of_their_own(tmp_path: Path) -> None:
    """As a worker of Dask needs them: with a folder to work in, and with what to do sent over."""
    (tmp_path / "here.txt").write_text("text")
    found = list(Pool(read_text, 2, 60, str(tmp_path)).each([("here.txt", None)]))
    assert found == [(0, "here.txt", "text")]
    assert [a for _, _, a in Pool(int, 1, 60, str(tmp_path)).each([("x", None)])] == [Death(0)]
