"""Executes a run: in this process, a fork of it, a pool of worker processes, or the workers of a Dask scheduler."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from screener.io.paths import real_path
from screener.io.processes import available_cores
from screener.report.run_reports import ReportFolder
from screener.runs.forked import can_fork, run_in_fork
from screener.runs.task import JOURNAL_FOLDER, ProfileOutcome, ScreeningTask, WorkerDeath, outcome_of_death

POOLED_FROM = 20  # number of profiles from which several workers and a journal are used and progress is shown
TIME_LIMIT = 60.0  # limit for one company, in seconds

KnownOutcomes = Iterable[tuple[str, ProfileOutcome | None]]
"""Paths of profiles, each with its outcome if that is reused from an earlier run, else None."""
Answers = Iterable[tuple[int, str, ProfileOutcome | WorkerDeath]]


@dataclass(frozen=True)
class Execution:
    """How the profiles of a run are screened.

    `jobs`: the number of worker processes (None: one per core from POOLED_FROM profiles on); `limit`: the seconds that
    one company may take (None: no limit); `scheduler`: the address of a Dask scheduler, or "local"; `stopped`: returns
    whether the run is to end early.
    """

    jobs: int | None = None
    limit: float | None = TIME_LIMIT
    scheduler: str | None = None
    stopped: Callable[[], bool] = lambda: False

    def outcomes(
        self, task: ScreeningTask, paths: Sequence[str], known: KnownOutcomes, folder: ReportFolder | None
    ) -> Iterator[tuple[int, ProfileOutcome]]:
        """Yields the position and the outcome of each profile; `folder` is the folder of the reports, if any.

        They come in order, except from a Dask scheduler.
        """
        for position, path, answer in self._answers(task, paths, known, folder):
            yield position, outcome_of_death(path, answer) if isinstance(answer, WorkerDeath) else answer

    def isolates(self, paths: Sequence[str]) -> bool:
        """Returns whether companies are screened in other processes: if that costs almost nothing, or pays off."""
        if "-" in paths:  # only this process can read its standard input
            return False
        if len(paths) == 1:
            return can_fork()
        return hasattr(os, "fork") or self.jobs is not None or len(paths) >= POOLED_FROM

    def _answers(
        self, task: ScreeningTask, paths: Sequence[str], known: KnownOutcomes, folder: ReportFolder | None
    ) -> Answers:
        count = len(paths)
        if self.scheduler is not None:
            from screener.runs.dask_cluster import DaskCluster

            assert folder is not None
            assert isinstance(task, ScreeningTask)
            jobs, path = self.jobs or available_cores(), real_path(folder.path)
            task = task.writing_to(folder._replace(path=path, staging=path / JOURNAL_FOLDER))
            cluster = DaskCluster(task, self.scheduler, jobs, self.limit)
            return cluster.map(known, count, self.stopped)
        if not self.isolates(paths):
            return self._in_turn(task, known)
        if count == 1:
            return self._in_turn(lambda path: run_in_fork(task, path, self.limit), known)
        from screener.runs.worker_pool import WorkerPool

        jobs = self.jobs or (available_cores() if count >= POOLED_FROM else 1)
        return WorkerPool(task, min(jobs, count), self.limit).map(known, self.stopped)

    def _in_turn(
        self, function: Callable[[str], ProfileOutcome | WorkerDeath], known: KnownOutcomes
    ) -> Iterator[tuple[int, str, ProfileOutcome | WorkerDeath]]:
        for position, (path, outcome) in enumerate(known):
            if self.stopped():
                return
            yield position, path, function(path) if outcome is None else outcome
