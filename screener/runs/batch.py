"""A run over profiles: who does the work, what is kept of an earlier run, and what is written in which order."""

import gc
import hashlib
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from screener import __version__
from screener.errors import Problem, ScreenerError
from screener.report.rendering import RenderedReport
from screener.report.report_writer import MAX_FAILURES_LISTED, ReportsInMemory, ReportWriter
from screener.report.run_reports import CollectedReports, RunReports
from screener.runs.forked import can_fork, run_in_fork
from screener.runs.task import ProfileOutcome, ScreeningTask, WorkerDeath, outcome_of_death

POOLED_FROM = 20  # from this many profiles on there is a pool, a journal, and progress is shown
TIME_LIMIT = 60.0  # seconds that one company may take


class BatchRun:
    """Profiles at `paths`, screened by `jobs` processes (None: as many as are useful) and delivered in their order."""

    def __init__(
        self,
        task: ScreeningTask,
        paths: Sequence[str],
        delivery: ReportWriter,
        *,
        jobs: int | None = None,
        limit: float | None = TIME_LIMIT,
        resume: bool = False,
        database: Path | None = None,
        scheduler: str | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self.task, self.paths, self.delivery = task, paths, delivery
        self.jobs, self.limit, self.resume, self.stopped = jobs, limit, resume, stopped
        self.scheduler = scheduler
        self.several = len(paths) > 1
        self.failed: list[tuple[int, str, str]] = []
        self.failures = self.crashed = self.kept = 0
        self.verdicts: Collection[str] = ()  # those that occur, at the end
        self.held = ReportsInMemory()
        self.seen: dict[str, tuple[str, int]] = {}
        self.journal: Any = None  # a Journal
        self.database: Any = None  # a Database
        if database is not None:
            from screener.runs.store.database import ResultDatabase, RunIdentity

            self.database = ResultDatabase(database, RunIdentity(task.screener.rulebook, self._judged()), resume)
        if delivery.out is not None and (resume or scheduler or len(paths) >= POOLED_FROM):
            from screener.runs.journal import Journal

            self.journal = Journal(delivery.out, self._asked())
            delivery.staging = self.journal.folder
            if self.database is not None:
                self.journal.first = self.database.write

    @property
    def shelf(self) -> CollectedReports:
        """Where the rows of companies wait."""
        return self.journal or self.held

    def run(self) -> Iterator[ProfileOutcome]:
        """Each profile in turn: what became of it, its reports written."""
        if self.several:  # one report needs no garbage collector (see __main__), many do
            gc.freeze()
            gc.enable()
        for place, outcome in self._outcomes():
            for done in self._deliver(place, outcome):
                if done.made is None:
                    self._fail(place, done)
                yield done

    def finish(self) -> None:
        """Writes what speaks of all companies."""
        if self.database is not None:
            self.database.write()
        if self.journal is not None:
            self.journal.commit()
        self.verdicts = self.shelf.tally().keys()
        failures = [f[1:] for f in sorted(self.failed)]
        more_failures = self.failures - len(failures)
        self.delivery.finish(RunReports(self.shelf, self.several, failures, more_failures))
        if self.journal is not None:
            self.journal.finish()
        if self.database is not None:
            self.database.finish()

    def __enter__(self) -> "BatchRun":
        return self

    def __exit__(self, *_: object) -> None:
        """Keeps what is done so far, for --resume."""
        self.delivery.renderer.close()
        self.task.close()
        if self.journal is not None:
            self.journal.close()
        if self.database is not None:
            self.database.close()

    def _outcomes(self) -> Iterator[tuple[int, ProfileOutcome]]:
        """The place of each path and what becomes of it, by whoever does the work."""
        jobs = self.jobs or (_cores() if len(self.paths) >= POOLED_FROM else 1)
        if not self.several or not self._isolates():  # nobody else renders meanwhile
            self.task.lent = self.delivery.renderer
        if self.scheduler is not None:
            from screener.runs.dask_cluster import DaskCluster

            there = ScreeningTask(self.task.screener, self.task.context, self.task.wanted, self._place())
            cluster = DaskCluster(there, self.scheduler, self.jobs or _cores(), self.limit)
            for place, path, answer in cluster.each(self._known(), len(self.paths), self.stopped):
                yield place, outcome_of_death(path, answer) if isinstance(answer, WorkerDeath) else answer
        elif "-" in self.paths or not self._isolates():
            for place, (path, known) in enumerate(self._known()):
                if self.stopped():
                    return
                yield place, self.task(path) if known is None else known
        elif not self.several:
            for place, (path, known) in enumerate(self._known()):
                answer = run_in_fork(self.task, path, self.limit) if known is None else known
                yield place, outcome_of_death(path, answer) if isinstance(answer, WorkerDeath) else answer
        else:
            from screener.runs.worker_pool import WorkerPool

            pool = WorkerPool(self.task, min(jobs, len(self.paths)), self.limit)
            for place, path, answer in pool.each(self._known(), self.stopped):
                yield place, outcome_of_death(path, answer) if isinstance(answer, WorkerDeath) else answer

    def _place(self) -> Path:
        """The folder of reports as other machines see it."""
        assert self.delivery.out is not None
        return self.delivery.out.resolve()

    def _isolates(self) -> bool:
        """Whether companies go to processes of their own: always where that costs next to nothing, else where it is asked."""
        if not self.several:
            return can_fork()
        return hasattr(os, "fork") or self.jobs is not None or len(self.paths) >= POOLED_FROM

    def _known(self) -> Iterator[tuple[str, ProfileOutcome | None]]:
        """Each path, with its outcome where an earlier run was asked the same."""
        for path in self.paths:
            yield path, self._earlier(path) if self.resume and self.journal is not None else None

    def _earlier(self, path: str) -> ProfileOutcome | None:
        assert self.journal is not None
        try:
            digest = self.task.screener.digest(path)
        except ScreenerError:
            return None
        found = self.journal.find(path, digest)
        if found is None or (self.database is not None and not self.database.has(found.id, digest)):
            return None
        return ProfileOutcome(path, digest, RenderedReport(found, (), ()), kept=True)

    def _deliver(self, place: int, outcome: ProfileOutcome) -> Iterator[ProfileOutcome]:
        """Writes and notes what was made. Of two profiles with one id the first counts, whichever is done first."""
        made = outcome.made
        if made is None:
            yield outcome
            return
        other = self._owner(made.company_id)
        if other is not None:
            path, at = other
            if at < place:
                if made.written_files:  # another machine wrote over the reports of the other
                    self._keep(at, self.task(path))
                yield _twin(outcome.path, made.company_id, path)
                return
            self.journal.drop(path)
            self.delivery.count -= 1
            yield _twin(path, made.company_id, outcome.path)
            outcome = self.task(outcome.path)
        self._keep(place, outcome)
        yield outcome

    def _keep(self, place: int, outcome: ProfileOutcome) -> None:
        made = outcome.made
        if made is None:
            return
        if outcome.kept:
            self.kept += 1
            self.delivery.count_company(made.row)
            if self.database is not None:
                self.database.keep_on(made.company_id, outcome.digest)
            self.journal.keep_on(outcome.path, place)
            return
        made = self.delivery.write(made)
        if self.database is not None:
            self.database.keep(made.database_record)
        if self.journal is not None:
            self.journal.keep(outcome.path, place, outcome.digest, made)
        else:
            self.held.add(made)
            self.seen[made.company_id] = outcome.path, place

    def _owner(self, company: str) -> tuple[str, int] | None:
        return self.journal.owner(company) if self.journal is not None else self.seen.get(company)

    def _fail(self, place: int, outcome: ProfileOutcome) -> None:
        self.failures += 1
        self.crashed += outcome.crashed
        if len(self.failed) < MAX_FAILURES_LISTED:
            self.failed.append((place, outcome.path, "\n".join(map(str, outcome.problems))))

    def _judged(self) -> str:
        """What decides the result of a profile, beside the profile: rules, what is assumed, context, this program."""
        screener = self.task.screener
        parts: list[object] = [__version__, _code(), screener.rulebook.digest, *screener.facts, screener.as_of, "with"]
        parts += [profile.digest for profile in self.task.context]
        return _digest(parts)

    def _asked(self) -> str:
        """What decides the reports of a profile, beside the profile."""
        wanted = self.task.wanted
        parts: list[object] = [self._judged(), wanted.output_identity]
        if wanted.templates is not None:
            from screener.report.pages.template_files import template_files

            parts += sorted(template_files(wanted.templates).items())
        return _digest(parts)


def _twin(path: str, company: str, other: str) -> ProfileOutcome:
    """The outcome of a profile whose id is that of one before it."""
    problem = Problem(f"the id '{company}' is also that of {other}", "give one of the two another `id`", path)
    return ProfileOutcome(path, "", None, (problem,))


def _digest(parts: list[object]) -> str:
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _code() -> str:
    """When the code was last changed: what a checkout made must not outlive an edit."""
    from screener.io.package_data import TEMPLATES_FOLDER

    package = Path(__file__).parent.parent
    files = [*package.rglob("*.py"), *TEMPLATES_FOLDER.iterdir()]
    return str(max(p.stat().st_mtime_ns for p in files))
