"""Worker processes that may die: an answer for every item in its order, or how the process ended that worked on it.

`concurrent.futures` gives up all of its work when one process dies, and can't end a process that hangs; so this talks to
plain `multiprocessing` processes over a pipe each. A worker does its items one after the other: the first without an
answer is the one that it died of.
"""

import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Generic, TypeVar

from screener.runs.task import WorkerDeath

T = TypeVar("T")
AHEAD = 4  # items that a worker has waiting, so that it never waits itself
WINDOW = 256  # items under way for each worker: what is done waits for what came before it
GRACE = 5.0  # seconds for a process that is done
TICK = 0.1  # seconds between looks at the clock


class WorkerPool(Generic[T]):
    """Processes for `work`, started when first needed; `limit` is what one item may take, in seconds.

    They are copies of this process where it can be copied; with `folder` they are programs of their own that work there, as is
    needed where there are threads, or where this process may have no children of `multiprocessing`.
    """

    def __init__(
        self, work: Callable[[str], T], jobs: int, limit: float | None = None, folder: str | None = None
    ) -> None:
        self.work, self.jobs, self.limit, self.folder = work, jobs, limit, folder
        can_fork = "fork" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"
        self.forks = can_fork and folder is None
        self.workers: list[_Worker[T]] = []

    def each(
        self, items: Iterable[tuple[str, T | None]], stopped: Callable[[], bool] = lambda: False
    ) -> Iterator[tuple[int, str, T | WorkerDeath]]:
        """Every item with its place and its answer, in order; those whose answer is known already need no process.

        Ends early where `stopped` says so. At the end no process is left.
        """
        coming = iter(items)
        answers: dict[int, tuple[str, T | WorkerDeath]] = {}  # done, and waiting for what came before
        again: deque[tuple[int, str]] = deque()  # taken by a worker that died of another item
        given = taken = 0
        more = True
        try:
            while True:
                while given in answers:
                    yield (given, *answers.pop(given))
                    given += 1
                if stopped() or (given == taken and not more):
                    return
                while (again or (more and taken - given < WINDOW * self.jobs)) and self._has_room():
                    if again:
                        self._freest().send(*again.popleft())
                        continue
                    item, known = next(coming, (None, None))
                    if item is None:
                        more = False
                    else:
                        if known is None:
                            self._freest().send(taken, item)
                        else:
                            answers[taken] = item, known
                        taken += 1
                if given not in answers and self.workers:
                    for place, item, answer in self._receive(again):
                        answers[place] = item, answer
        finally:
            self.close()

    def close(self) -> None:
        """Ends all processes: those that have nothing to do may put things away, the others end at once."""
        for worker in self.workers:
            worker.pipe.close()
        until = time.monotonic() + GRACE
        for worker in self.workers:
            if not worker.todo:
                worker.process.join(max(until - time.monotonic(), 0))
            worker.end()
        self.workers = []

    def _has_room(self) -> bool:
        return len(self.workers) < self.jobs or any(len(w.todo) < AHEAD for w in self.workers)

    def _freest(self) -> "_Worker[T]":
        """The worker that has least to do; a new one rather than one that is busy."""
        found = min(self.workers, key=lambda w: len(w.todo), default=None)
        if found is None or (found.todo and len(self.workers) < self.jobs):
            found = _Worker(self)
            self.workers.append(found)
        return found

    def _receive(self, again: "deque[tuple[int, str]]") -> Iterator[tuple[int, str, T | WorkerDeath]]:
        """Answers that have come, and deaths. What a dead worker had still to do goes to `again`."""
        spoken = set(wait([w.pipe for w in self.workers], TICK))
        for worker in list(self.workers):
            found = worker.receive() if worker.pipe in spoken else worker.give_up(self.limit)
            if found is not None:
                yield found
            if worker.dead:
                again.extendleft(reversed(worker.todo))
                self.workers.remove(worker)


class _Worker(Generic[T]):
    def __init__(self, pool: WorkerPool[T]) -> None:
        context: Any = multiprocessing.get_context("fork" if pool.forks else "spawn")
        self.pipe, theirs = context.Pipe()
        self.process: Any
        if pool.folder is not None:
            self.process = _Program(theirs, pool.folder)
            with suppress(OSError):
                self.pipe.send(pool.work)
        else:
            ours = [w.pipe for w in pool.workers] + [self.pipe] if pool.forks else []
            self.process = context.Process(target=_serve, args=(pool.work, theirs, ours), daemon=True)
            self.process.start()
        theirs.close()
        self.todo: deque[tuple[int, str]] = deque()
        self.since = 0.0
        self.dead = False

    def send(self, place: int, item: str) -> None:
        if not self.todo:
            self.since = time.monotonic()
        self.todo.append((place, item))
        with suppress(OSError):  # where it is dead, which shows when its answer is read
            self.pipe.send(item)

    def receive(self) -> tuple[int, str, T | WorkerDeath] | None:
        """The next answer, or what it died of; None where it died of nothing that it was given."""
        try:
            answer = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join(GRACE)  # it closes its end of the pipe a moment before it has ended
            self.end()
            return (*self.todo.popleft(), WorkerDeath(max(-(self.process.exitcode or 0), 0))) if self.todo else None
        self.since = time.monotonic()
        return (*self.todo.popleft(), answer)

    def give_up(self, limit: float | None) -> tuple[int, str, WorkerDeath] | None:
        """Ends it if its item takes longer than the limit."""
        if limit is None or not self.todo or time.monotonic() - self.since <= limit:
            return None
        self.end()
        return (*self.todo.popleft(), WorkerDeath(0, limit))

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()
        self.dead = True


def _serve(work: Callable[[str], object], pipe: Connection, ours: list[Connection]) -> None:
    """What a worker does: one item after the other, until nobody is at the other end any more."""
    for inherited in ours:  # else the pipes of a parent that is gone would stay open
        inherited.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.freeze()
    gc.enable()
    with suppress(EOFError, OSError):
        while True:
            pipe.send(work(pipe.recv()))
    getattr(work, "close", lambda: None)()


class _Program:
    """A process that is started as a program; as a `multiprocessing.Process` to those who end it."""

    def __init__(self, pipe: Connection, folder: str) -> None:
        number = pipe.fileno()
        known = {**os.environ, "PYTHONPATH": os.pathsep.join(str(Path(p).resolve()) for p in sys.path if p)}
        command = [sys.executable, "-c", f"from screener.runs.worker_pool import serve; serve({number})"]
        self._process = subprocess.Popen(command, pass_fds=(number,), cwd=folder, env=known, stdin=subprocess.DEVNULL)

    @property
    def exitcode(self) -> int | None:
        return self._process.returncode

    def kill(self) -> None:
        self._process.kill()

    def join(self, timeout: float | None = None) -> None:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout)


def serve(number: int) -> None:
    """What a program does that stands for a process: the pipe has this number, and says first what is to be done."""
    pipe: Connection = Connection(number)
    with suppress(EOFError):
        _serve(pipe.recv(), pipe, [])
