"""A pool of worker processes that may die. It gives, in order, an answer for every item, or how the process working on
it ended.

`concurrent.futures` abandons all work when one process dies, and can't end a process that hangs; this pool therefore
uses plain processes with a pipe each. A worker processes its items in order: the first without an answer is the one
during which it died.
"""

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
from typing import Any, Generic, TypeVar

from screener.io.processes import collect_garbage_rarely, isolated_python, limit_growth
from screener.runs.task import WorkerDeath

T = TypeVar("T")
QUEUE_LENGTH = 4  # items queued for a worker, so that it is never idle
WINDOW = 256  # items submitted at a time for each worker: answers wait for those of earlier items
GRACE = 5.0  # seconds that an idle process has to end
TICK = 0.1  # seconds between checks of the time limit


class WorkerPool(Generic[T]):
    """Processes that call `function`, started when first needed; `limit` is the time that one item may take, in
    seconds.

    They are forks of this process if possible. With `folder`, they are separate programs that work there, which is
    needed if this process has threads or may not have children of `multiprocessing`.
    """

    def __init__(
        self, function: Callable[[str], T], jobs: int, limit: float | None = None, folder: str | None = None
    ) -> None:
        self.function, self.jobs, self.limit, self.folder = function, jobs, limit, folder
        can_fork = "fork" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"
        self.forks = can_fork and folder is None
        self.workers: list[_Worker[T]] = []

    def map(
        self, items: Iterable[tuple[str, T | None]], stopped: Callable[[], bool] = lambda: False
    ) -> Iterator[tuple[int, str, T | WorkerDeath]]:
        """Yields position, item and answer, in order; items whose answer is known already need no process.

        Ends early if `stopped` returns true. At the end no process is left.
        """
        coming = iter(items)
        answers: dict[int, tuple[str, T | WorkerDeath]] = {}  # waiting for answers of earlier items
        requeued: deque[tuple[int, str]] = deque()  # given to a worker that died during another item
        yielded = submitted = 0
        more = True
        try:
            while True:
                while yielded in answers:
                    yield (yielded, *answers.pop(yielded))
                    yielded += 1
                if stopped() or (yielded == submitted and not more):
                    return
                while (requeued or (more and submitted - yielded < WINDOW * self.jobs)) and self._has_capacity():
                    if requeued:
                        self._least_busy().send(*requeued.popleft())
                        continue
                    item, known = next(coming, (None, None))
                    if item is None:
                        more = False
                    else:
                        if known is None:
                            self._least_busy().send(submitted, item)
                        else:
                            answers[submitted] = item, known
                        submitted += 1
                if yielded not in answers and self.workers:
                    for position, item, answer in self._receive(requeued):
                        answers[position] = item, answer
        finally:
            self.close()

    def close(self) -> None:
        """Ends all processes: idle ones can clean up, the others are killed."""
        for worker in self.workers:
            worker.pipe.close()
        until = time.monotonic() + GRACE
        for worker in self.workers:
            if not worker.queue:
                worker.process.join(max(until - time.monotonic(), 0))
            worker.end()
        self.workers = []

    def _has_capacity(self) -> bool:
        return len(self.workers) < self.jobs or any(len(w.queue) < QUEUE_LENGTH for w in self.workers)

    def _least_busy(self) -> "_Worker[T]":
        """Returns the worker with the shortest queue, or a new worker if all are busy and more are allowed."""
        found = min(self.workers, key=lambda w: len(w.queue), default=None)
        if found is None or (found.queue and len(self.workers) < self.jobs):
            found = _Worker(self)
            self.workers.append(found)
        return found

    def _receive(self, requeued: "deque[tuple[int, str]]") -> Iterator[tuple[int, str, T | WorkerDeath]]:
        """Yields answers that have arrived, and deaths of workers. The remaining items of a dead worker are added to
        `requeued`."""
        ready = set(wait([w.pipe for w in self.workers], TICK))
        for worker in list(self.workers):
            found = worker.receive() if worker.pipe in ready else worker.end_if_late(self.limit)
            if found is not None:
                yield found
            if worker.dead:
                requeued.extendleft(reversed(worker.queue))
                self.workers.remove(worker)


class _Worker(Generic[T]):
    def __init__(self, pool: WorkerPool[T]) -> None:
        self.process: Any
        if pool.forks or os.name != "posix":
            context: Any = multiprocessing.get_context("fork" if pool.forks else "spawn")
            self.pipe, theirs = context.Pipe()
            inherited = [w.pipe for w in pool.workers] + [self.pipe] if pool.forks else []
            self.process = context.Process(target=_serve, args=(pool.function, theirs, inherited), daemon=True)
            self.process.start()
        else:
            self.pipe, theirs = multiprocessing.Pipe()
            self.process = _Program(theirs, pool.folder)
            with suppress(OSError):
                self.pipe.send(pool.function)
        theirs.close()
        self.queue: deque[tuple[int, str]] = deque()
        self.since = 0.0
        self.dead = False

    def send(self, position: int, item: str) -> None:
        if not self.queue:
            self.since = time.monotonic()
        self.queue.append((position, item))
        with suppress(OSError):  # if it is dead, which is noticed when its answer is read
            self.pipe.send(item)

    def receive(self) -> tuple[int, str, T | WorkerDeath] | None:
        """Returns the next answer, or the item during which the worker died; None if it had no item."""
        try:
            answer = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join(GRACE)  # it closes its end of the pipe shortly before it ends
            self.end()
            return (*self.queue.popleft(), WorkerDeath(max(-(self.process.exitcode or 0), 0))) if self.queue else None
        self.since = time.monotonic()
        return (*self.queue.popleft(), answer)

    def end_if_late(self, limit: float | None) -> tuple[int, str, WorkerDeath] | None:
        """Ends the worker if its item takes longer than the limit."""
        if limit is None or not self.queue or time.monotonic() - self.since <= limit:
            return None
        self.end()
        return (*self.queue.popleft(), WorkerDeath(0, limit))

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()
        self.dead = True


def _serve(function: Callable[[str], object], pipe: Connection, inherited: list[Connection]) -> None:
    """The loop of a worker process: processes items until the other end of the pipe is closed."""
    for other in inherited:  # else they would stay open after the parent has ended
        other.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    collect_garbage_rarely()
    limit_growth()
    with suppress(EOFError, OSError):
        while True:
            pipe.send(function(pipe.recv()))
    getattr(function, "close", lambda: None)()


class _Program:
    """A process that is started as a separate program, with the interface of `multiprocessing.Process`."""

    def __init__(self, pipe: Connection, folder: str | None) -> None:
        number = pipe.fileno()
        command = isolated_python("screener.runs.worker_pool:serve", [str(number)])
        self._process = subprocess.Popen(command, pass_fds=(number,), cwd=folder, stdin=subprocess.DEVNULL)

    @property
    def exitcode(self) -> int | None:
        return self._process.returncode

    def kill(self) -> None:
        self._process.kill()

    def join(self, timeout: float | None = None) -> None:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout)


def serve() -> None:
    """The main function of a `_Program`: sys.argv has the number of the pipe, which first delivers the function to
    call."""
    pipe: Connection = Connection(int(sys.argv[1]))
    with suppress(EOFError):
        _serve(pipe.recv(), pipe, [])
