"""Compares the companies of a run with each other: all are screened and measured first, then compared and reported.

Results of the first pass are kept packed, up to MAX_KEPT bytes in total; beyond that, companies are screened again,
which gives the same result.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from screener.explain.peer_population import PeerPopulation, PeerRecord
from screener.report.run_reports import ReportFolder
from screener.runs.execution import Execution
from screener.runs.task import MeasuredCompany, ProfileOutcome, ScreeningTask

if TYPE_CHECKING:
    from screener.runs.journal import Journal

MAX_KEPT = 128 << 20  # greatest size of all packed results, in bytes


class FirstPass:
    """The first pass of a run. Once it is complete, the task has all companies as `peers`; `failed` are those without a result."""

    def __init__(self, task: ScreeningTask, paths: Sequence[str], execution: Execution) -> None:
        self.task, self.paths, self.execution = task, paths, execution
        self.failed: dict[str, ProfileOutcome] = {}
        self._records: list[tuple[int, PeerRecord]] = []  # each with the position of its profile
        self._kept: dict[str, bytes] = {}
        self._size = 0

    def outcomes(
        self, known: Callable[[str], MeasuredCompany | None], folder: ReportFolder | None, journal: "Journal | None"
    ) -> Iterator[ProfileOutcome]:
        """Screens the companies that are not `known` from an earlier run, and yields the outcome of each."""
        found = ((path, _known_outcome(path, known(path))) for path in self.paths)
        done = 0
        for position, outcome in self.execution.outcomes(self.task.to_measure(), self.paths, found, folder):
            done += 1
            self._add(position, outcome)
            if journal is not None and outcome.measured is not None and not outcome.reused:
                journal.add_measured(outcome.path, outcome.digest, outcome.measured.record)
            yield outcome
        if done == len(self.paths):
            self.task.peers, self.task.kept = self._population(), self._kept

    def _add(self, position: int, outcome: ProfileOutcome) -> None:
        if outcome.measured is None:
            self.failed[outcome.path] = outcome
            return
        record, packed = outcome.measured
        self._records.append((position, record))
        self._size += len(packed)
        if packed and self._size <= MAX_KEPT:
            self._kept[outcome.path] = packed

    def _population(self) -> PeerPopulation:
        """Returns the companies in the order of the profiles; if two have the same id, the first is used."""
        population = PeerPopulation(self.task.screener.rulebook.catalogue)
        for _, record in sorted(self._records, key=lambda r: r[0]):
            population.add(record)
        return population


def _known_outcome(path: str, measured: MeasuredCompany | None) -> ProfileOutcome | None:
    return None if measured is None else ProfileOutcome(path, "", None, measured=measured, reused=True)
