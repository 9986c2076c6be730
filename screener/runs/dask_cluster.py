"""Machines beside this one: Dask carries parts of the profiles to its workers, which write the reports themselves.

Profiles and reports lie in folders that all machines see under the same names. Each part is screened by a process of its own
beside the worker, so that a crash of the C engine or a company that takes too long is told as it is on one machine. A
worker that dies loses nothing: Dask gives its part to another one, which writes the same bytes again.
"""

import logging
import pickle
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from screener import __version__
from screener.errors import Problem, ScreenerError
from screener.facts.neighbours import Components, companies_named
from screener.runs.task import ProfileOutcome, ScreeningTask, WorkerDeath
from screener.runs.worker_pool import WorkerPool

LARGEST, SMALLEST = 500, 8  # companies of a part
PARTS = 8  # for each thread of the workers, where there are enough companies: the last ones done wait for little
AHEAD = 2  # parts under way for each thread
TICK = 0.05  # seconds between looks at what is done
_CONNECT = 60  # seconds until a scheduler must answer

Item = tuple[int, str]
"""A profile: its place among all, and its path."""


class ClusterPart(NamedTuple):
    """Profiles that go to a worker together, and the parts of the context that they need."""

    items: tuple[Item, ...]
    roots: frozenset[str] = frozenset()


class DaskCluster:
    """Workers of Dask, at the address of a scheduler or (`local`) on this machine.

    Raises ScreenerError where there is no Dask, no scheduler, or no worker that can screen.
    """

    def __init__(self, task: ScreeningTask, address: str, jobs: int, limit: float | None) -> None:
        try:
            import distributed

            dask: Any = distributed
        except ImportError:
            raise _cannot("Dask is not installed", "pip install 'risk-screener[dask]'", "--scheduler") from None
        self.task, self.limit, self.address = task, limit, address
        self.blob = zlib.compress(pickle.dumps(task.with_context(())), 1)
        self.local: Any = None
        at: Any = address
        if address == "local":
            at = self.local = dask.LocalCluster(
                n_workers=jobs, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL
            )
        try:
            self.client: Any = dask.Client(at, timeout=_CONNECT, set_as_default=False)
            self.client.wait_for_workers(1, timeout=_CONNECT)
        except (OSError, ValueError, TimeoutError) as error:
            self.close()
            hint = "start `dask scheduler` and `dask worker`, or say --scheduler local"
            raise _cannot(f"no scheduler with a worker answers: {str(error)[:200]}", hint, address) from error

    def each(
        self, items: Iterable[tuple[str, ProfileOutcome | None]], count: int, stopped: Callable[[], bool]
    ) -> Iterator[tuple[int, str, ProfileOutcome | WorkerDeath]]:
        """Every profile with its place and what became of it, as they are done; those that are known at once."""
        threads = sum(self.client.nthreads().values()) or 1
        size = min(LARGEST, max(SMALLEST, count // (PARTS * threads)))
        known: list[tuple[int, str, ProfileOutcome]] = []
        parts = self._parts(self._unknown(items, known), size)
        running: dict[Any, ClusterPart] = {}
        again: list[ClusterPart] = []
        more = True
        try:
            while not stopped():
                while (again or more) and len(running) < AHEAD * threads:
                    part = again.pop() if again else next(parts, None)
                    if part is None:
                        more = False
                    else:
                        running[self._submit(part)] = part
                yield from known
                known.clear()
                done = [future for future in running if future.done()]
                for future in done:
                    yield from self._answers(future, running.pop(future), again)
                if not (running or more or again):
                    return
                if not done:
                    time.sleep(TICK)
        finally:
            self.client.cancel(list(running))
            self.close()

    def close(self) -> None:
        """Lets the workers go; ends those that were started here."""
        for started in (getattr(self, "client", None), self.local):
            if started is not None:
                started.close(timeout=5)

    @staticmethod
    def _unknown(
        items: Iterable[tuple[str, ProfileOutcome | None]], known: list[tuple[int, str, ProfileOutcome]]
    ) -> Iterator[Item]:
        for place, (path, outcome) in enumerate(items):
            if outcome is None:
                yield place, path
            else:
                known.append((place, path, outcome))

    def _parts(self, items: Iterator[Item], size: int) -> Iterator[ClusterPart]:
        """Parts of at most `size` profiles; with a context, those that need the same parts of it stay together."""
        if not self.task.context:
            while chunk := tuple(islice(items, size)):
                yield ClusterPart(chunk)
            return
        yield from group_by_context(self._with_roots(items, size), size)

    def _with_roots(self, items: Iterator[Item], size: int) -> Iterator[tuple[Item, frozenset[str]]]:
        """Each profile, with the parts of the context that it speaks of: workers read them."""
        chunks = iter(lambda: tuple(islice(items, size)), ())
        here = str(Path.cwd())
        for chunk, names in self._mapped(chunks, lambda c: (_names, self.blob, [path for _, path in c], here)):
            for item, ids in zip(chunk, names, strict=True):
                yield item, self.task.near.roots(ids)

    def _mapped(self, chunks: Iterator[Any], call: Callable[[Any], tuple[Any, ...]]) -> Iterator[tuple[Any, Any]]:
        """Each chunk with what a worker says of it; a few under way at the same time."""
        waiting: list[tuple[Any, Any]] = []
        for chunk in chunks:
            waiting.append((chunk, self.client.submit(*call(chunk), pure=False)))
            if len(waiting) > 8:
                first, future = waiting.pop(0)
                yield first, self._result(future)
        for chunk, future in waiting:
            yield chunk, self._result(future)

    def _submit(self, part: ClusterPart) -> Any:
        context = zlib.compress(pickle.dumps(self.task.near.within(part.roots)), 1)
        paths = [path for _, path in part.items]
        return self.client.submit(
            _screen, self.blob, context, paths, str(Path.cwd()), self.limit, __version__, pure=False
        )

    def _result(self, future: Any) -> Any:
        try:
            return future.result()
        except ScreenerError:
            raise
        except Exception as error:  # whatever went wrong over there
            hint = f"install risk-screener {__version__} on all workers, with the profiles under the same path"
            raise _cannot(
                f"the workers can't screen: {type(error).__name__}: {str(error)[:300]}", hint, self.address
            ) from error

    def _answers(
        self, future: Any, part: ClusterPart, again: list[ClusterPart]
    ) -> Iterator[tuple[int, str, ProfileOutcome | WorkerDeath]]:
        """What became of a part. One that several workers died of is halved, until it is one company."""
        from distributed import KilledWorker

        if future.status == "error" and isinstance(future.exception(), KilledWorker):
            if len(part.items) == 1:
                yield (*part.items[0], WorkerDeath(9))
            else:
                half = len(part.items) // 2
                again += [part._replace(items=part.items[half:]), part._replace(items=part.items[:half])]
            return
        for (place, path), answer in zip(part.items, self._result(future), strict=True):
            yield place, path, answer


def group_by_context(items: Iterable[tuple[Item, frozenset[str]]], size: int) -> Iterator[ClusterPart]:
    """Profiles in parts of at most `size`, those that need the same context side by side.

    A connected part of the relation graph is a unit, several small ones share a part. One that is larger than `size` is split:
    each piece then carries the context that its own profiles need, which is what costs memory, never a different result.
    """
    parts = Components()
    found = list(items)
    for _, roots in found:
        parts.join(sorted(roots))
    groups: dict[str | int, list[tuple[Item, frozenset[str]]]] = {}
    for item, roots in found:
        groups.setdefault(parts.of(min(roots)) if roots else -1, []).append((item, roots))
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
    return ClusterPart(tuple(item for item, _ in gathered), frozenset(root for _, roots in gathered for root in roots))


# What runs on a worker


@lru_cache(maxsize=2)
def _task(blob: bytes) -> ScreeningTask:
    return pickle.loads(zlib.decompress(blob))  # type: ignore[no-any-return]  # from the one who asked, through Dask


def _screen(
    blob: bytes, context: bytes, paths: Sequence[str], folder: str, limit: float | None, version: str
) -> list[ProfileOutcome | WorkerDeath]:
    """The outcomes of some profiles, their reports written."""
    if version != __version__:
        raise _cannot(f"a worker has screener {__version__}, not {version}", "install the same on all", "--scheduler")
    task = _task(blob).with_context(pickle.loads(zlib.decompress(context)))
    pool = WorkerPool(task, 1, limit, folder)
    return [answer for _, _, answer in pool.each((path, None) for path in paths)]


def _names(blob: bytes, paths: Sequence[str], folder: str) -> list[frozenset[str]]:
    """The companies that each profile speaks of; none where it can't be read."""
    screener = _task(blob).screener
    found = []
    for path in paths:
        try:
            found.append(companies_named(screener.profile(str(Path(folder) / path)), screener.rulebook.catalogue))
        except ScreenerError:
            found.append(frozenset())
    return found


def _cannot(what: str, hint: str, where: str) -> ScreenerError:
    return ScreenerError(Problem(what, hint, where))
