"""Runs on several machines: Dask distributes parts of the profiles to its workers, which write the reports themselves.

Profiles and reports are in folders that all machines see under the same names. Each part is screened by a separate
process beside the worker, so that a crash of the C engine or a company that takes too long is reported as on a single
machine. If a worker dies, Dask gives its part to another one, which writes the same bytes again.
"""

import pickle
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from screener import __version__
from screener.errors import Problem, ScreenerError, UnavailableError
from screener.facts.neighbours import Components, names_used
from screener.runs.task import ProfileOutcome, ScreeningTask, WorkerDeath
from screener.runs.worker_pool import WorkerPool

LARGEST, SMALLEST = 500, 8  # greatest number of companies in a part
PARTS = (
    8  # parts for each thread of the workers, if there are enough companies, so that threads end at about the same time
)
QUEUED = 2  # parts submitted at a time for each thread
TICK = 0.05  # seconds between checks for completed parts
_CONNECT = 60  # seconds until a scheduler must answer

Item = tuple[int, str]
"""A profile: its position among all, and its path."""
Answer = ProfileOutcome | WorkerDeath


class ClusterPart(NamedTuple):
    """Profiles that are sent to a worker together, and the parts of the context that they need."""

    items: tuple[Item, ...]
    roots: frozenset[str] = frozenset()


class DaskCluster:
    """Dask workers, at the address of a scheduler or (`local`) in this process.

    Raises UnavailableError if Dask is not installed, or there is no scheduler or no worker that can screen.
    """

    def __init__(self, task: ScreeningTask, address: str, jobs: int, limit: float | None) -> None:
        try:
            import distributed

            dask: Any = distributed
        except ImportError:
            hint = "pip install 'risk-screener[dask]'"
            raise _unavailable("Dask is not installed", hint, "--scheduler") from None
        self.task, self.limit, self.address = task, limit, address
        self.blob = zlib.compress(pickle.dumps(task.with_context(())), 1)
        self._local: Any = None
        try:
            self._local = _workers_in_this_process(jobs) if address == "local" else None
            scheduler: Any = address if self._local is None else self._local
            self._client: Any = dask.Client(scheduler, timeout=_CONNECT, set_as_default=False)
            self._client.wait_for_workers(1, timeout=_CONNECT)
        except Exception as error:  # any error that Dask raises when it can't start or connect
            self.close()
            hint = "start `dask scheduler` and `dask worker`, or use --scheduler local"
            what = f"no scheduler with a worker answers: {str(error)[:200] or type(error).__name__}"
            raise _unavailable(what, hint, address) from error

    def map(
        self, known: Iterable[tuple[str, ProfileOutcome | None]], count: int, stopped: Callable[[], bool]
    ) -> Iterator[tuple[int, str, Answer]]:
        """Yields position, path and answer of each profile as they are completed; known outcomes come first."""
        threads = sum(self._client.nthreads().values()) or 1
        size = min(LARGEST, max(SMALLEST, count // (PARTS * threads)))
        reused: list[tuple[int, str, ProfileOutcome]] = []
        parts = self._parts(_unknown(known, reused), size)
        running: dict[Any, ClusterPart] = {}
        again: list[ClusterPart] = []
        more = True
        try:
            while not stopped():
                while (again or more) and len(running) < QUEUED * threads:
                    part = again.pop() if again else next(parts, None)
                    if part is None:
                        more = False
                    else:
                        running[self._submit(part)] = part
                yield from reused
                reused.clear()
                done = [future for future in running if future.done()]
                for future in done:
                    yield from self._answers(future, running.pop(future), again)
                if not (running or more or again):
                    return
                if not done:
                    time.sleep(TICK)
        finally:
            self._client.cancel(list(running))
            self.close()

    def close(self) -> None:
        """Disconnects from the workers, and ends those in this process."""
        for started in (getattr(self, "_client", None), self._local):
            if started is not None:
                started.close(timeout=5)

    def _parts(self, items: Iterator[Item], size: int) -> Iterator[ClusterPart]:
        """Yields parts of at most `size` profiles; with a context, profiles that need the same parts of it stay
        together."""
        if not self.task.context:
            while chunk := tuple(islice(items, size)):
                yield ClusterPart(chunk)
            return
        yield from group_by_context(self._with_roots(items, size), size)

    def _with_roots(self, items: Iterator[Item], size: int) -> Iterator[tuple[Item, frozenset[str]]]:
        """Yields each profile with the parts of the context that it refers to, which workers determine."""
        chunks = iter(lambda: tuple(islice(items, size)), ())
        folder = str(Path.cwd())

        def companies(chunk: tuple[Item, ...]) -> Any:
            paths = [path for _, path in chunk]
            return self._client.submit(_companies_named, self.blob, paths, folder, pure=False)

        waiting: list[tuple[tuple[Item, ...], Any]] = []
        for chunk in chunks:
            waiting.append((chunk, companies(chunk)))
            if len(waiting) > 8:
                yield from self._rooted(*waiting.pop(0))
        for chunk, future in waiting:
            yield from self._rooted(chunk, future)

    def _rooted(self, chunk: tuple[Item, ...], future: Any) -> Iterator[tuple[Item, frozenset[str]]]:
        for item, ids in zip(chunk, self._result(future), strict=True):
            yield item, self.task.neighbourhood.roots(ids)

    def _submit(self, part: ClusterPart) -> Any:
        context = zlib.compress(pickle.dumps(self.task.neighbourhood.within(part.roots)), 1)
        paths, folder = [path for _, path in part.items], str(Path.cwd())
        return self._client.submit(_screen, self.blob, context, paths, folder, self.limit, __version__, pure=False)

    def _result(self, future: Any) -> Any:
        try:
            return future.result()
        except ScreenerError:
            raise
        except Exception as error:  # any error on the worker
            hint = f"install risk-screener {__version__} on all workers, with the profiles under the same path"
            what = f"the workers can't screen: {type(error).__name__}: {str(error)[:300]}"
            raise _unavailable(what, hint, self.address) from error

    def _answers(self, future: Any, part: ClusterPart, again: list[ClusterPart]) -> Iterator[tuple[int, str, Answer]]:
        """Returns the answers of a part. A part of which several workers died is halved repeatedly, down to one
        company."""
        from distributed import KilledWorker

        if future.status == "error" and isinstance(future.exception(), KilledWorker):
            if len(part.items) == 1:
                yield (*part.items[0], WorkerDeath(9))
            else:
                half = len(part.items) // 2
                again += [part._replace(items=part.items[half:]), part._replace(items=part.items[:half])]
            return
        for (position, path), answer in zip(part.items, self._result(future), strict=True):
            yield position, path, answer


def _workers_in_this_process(jobs: int) -> Any:
    """Starts a scheduler and workers as threads of this process, without listening on a port.

    Threads are enough, since they only wait for the processes that screen.
    """
    import logging

    import distributed

    dask: Any = distributed

    class SchedulerWithoutHttp(distributed.Scheduler):
        def start_http_server(self, *_: Any, **__: Any) -> None:
            """Does nothing: no HTTP server is needed."""

    class WorkerWithoutHttp(distributed.Worker):
        def start_http_server(self, *_: Any, **__: Any) -> None:
            """Does nothing: no HTTP server is needed."""

    options = {"protocol": "inproc", "dashboard": False}
    worker = {"cls": WorkerWithoutHttp, "options": {**options, "nthreads": 1, "memory_limit": 0}}
    scheduler = {"cls": SchedulerWithoutHttp, "options": options}
    workers = dict.fromkeys(range(jobs), worker)
    return dask.SpecCluster(workers=workers, scheduler=scheduler, silence_logs=logging.CRITICAL)


def _unknown(
    known: Iterable[tuple[str, ProfileOutcome | None]], reused: list[tuple[int, str, ProfileOutcome]]
) -> Iterator[Item]:
    """Yields the profiles that have no outcome yet; the others are added to `reused`."""
    for position, (path, outcome) in enumerate(known):
        if outcome is None:
            yield position, path
        else:
            reused.append((position, path, outcome))


def group_by_context(items: Iterable[tuple[Item, frozenset[str]]], size: int) -> Iterator[ClusterPart]:
    """Groups profiles into parts of at most `size`, and keeps profiles that need the same context together.

    A connected component of the relation graph is a unit; several small ones share a part. One that is larger than
    `size` is split: each piece then has the context that its own profiles need, which costs memory and never changes a
    result.
    """
    components = Components()
    found = list(items)
    for _, roots in found:
        components.join(sorted(roots))
    groups: dict[str | int, list[tuple[Item, frozenset[str]]]] = {}
    for item, roots in found:
        groups.setdefault(components.of(min(roots)) if roots else -1, []).append((item, roots))
    gathered: list[tuple[Item, frozenset[str]]] = []
    for group in groups.values():
        if gathered and len(gathered) + len(group) > size:
            yield _part(gathered)
            gathered = []
        gathered += group
        while len(gathered) > size:
            yield _part(gathered[:size])
            gathered = gathered[size:]
    if gathered:
        yield _part(gathered)


def _part(gathered: Sequence[tuple[Item, frozenset[str]]]) -> ClusterPart:
    items = tuple(item for item, _ in gathered)
    return ClusterPart(items, frozenset(root for _, roots in gathered for root in roots))


# The functions below run on a worker.


@lru_cache(maxsize=2)
def _task(blob: bytes) -> ScreeningTask:
    return pickle.loads(zlib.decompress(blob))  # type: ignore[no-any-return]  # from the run, through Dask


def _screen(
    blob: bytes, context: bytes, paths: Sequence[str], folder: str, limit: float | None, version: str
) -> list[Answer]:
    """Screens profiles, writes their reports, and returns the outcomes."""
    if version != __version__:
        what = f"a worker has screener {__version__}, not {version}"
        raise _unavailable(what, "install the same version on all", "--scheduler")
    task = _task(blob).with_context(pickle.loads(zlib.decompress(context)))
    pool = WorkerPool(task, 1, limit, folder)
    return [answer for _, _, answer in pool.map((path, None) for path in paths)]


def _companies_named(blob: bytes, paths: Sequence[str], folder: str) -> list[frozenset[str]]:
    """Returns the companies that each profile names; none if it can't be read."""
    screener = _task(blob).screener
    found = []
    for path in paths:
        try:
            profile = screener.profile(str(Path(folder) / path))
            found.append(names_used(profile, screener.rulebook.catalogue))
        except ScreenerError:
            found.append(frozenset())
    return found


def _unavailable(what: str, hint: str, where: str) -> UnavailableError:
    return UnavailableError(Problem(what, hint, where))
