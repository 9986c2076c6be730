"""A run over profiles: reuses outcomes of an earlier run, screens the other profiles, writes reports in order, and
records progress."""

from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from screener.errors import Problem, ScreenerError
from screener.report.rendering import RenderedReport
from screener.report.report_writer import MAX_FAILURES_LISTED, ReportsInMemory, ReportWriter
from screener.report.run_reports import CollectedReports, ReportFolder, RunReports
from screener.runs.execution import POOLED_FROM, Execution
from screener.runs.run_identity import report_identity, result_identity
from screener.runs.run_peers import FirstPass
from screener.runs.task import MeasuredCompany, ProfileOutcome, ScreeningTask

if TYPE_CHECKING:  # SQLite is imported only where it is used
    from screener.runs.journal import Journal
    from screener.runs.store.database import ResultDatabase


class BatchRun:
    """Screens the profiles at `paths` as `execution` says, and passes reports to `writer` in the order of the paths.

    `resume` keeps the reports of an earlier run that are still valid. `database` is a file that also stores the
    results; `waiting` is called if another process has locked it. A context manager: its end closes everything and
    records what was done, for `resume`.
    """

    def __init__(
        self,
        task: ScreeningTask,
        paths: Sequence[str],
        writer: ReportWriter,
        execution: Execution,
        *,
        resume: bool = False,
        database: Path | None = None,
        waiting: Callable[[], None] = lambda: None,
    ) -> None:
        self.task, self.paths, self.writer, self.execution, self.resume = task, paths, writer, execution, resume
        self.several = len(paths) > 1
        self.failures = self.crashes = self.reused = 0
        self.verdicts: Collection[str] = ()  # the verdicts that occur, complete at the end
        self.journal: Journal | None = None
        self.database: ResultDatabase | None = None
        self._in_memory = ReportsInMemory()  # used if there is no journal
        self._owners: dict[str, tuple[str, int]] = {}
        self._failed: list[tuple[int, str, str]] = []  # position, path, outcome with the error
        self._unmeasured: dict[str, ProfileOutcome] = {}  # profiles that could not be screened in the first pass
        if database is not None:
            self.database = _open_database(database, task, resume, waiting)
        if writer.out is not None and (resume or execution.scheduler or len(paths) >= POOLED_FROM):
            self.journal = _open_journal(writer.out, task)
            writer.staging = self.journal.folder
            if self.database is not None:
                self.journal.before_commit = self.database.write

    @property
    def collected(self) -> CollectedReports:
        """Returns the data of each report that tables and index need."""
        return self.journal or self._in_memory

    @property
    def is_complete(self) -> bool:
        """Returns whether every profile has its outcome."""
        return self.writer.count + self.failures == len(self.paths)

    def compare_with_each_other(self) -> Iterator[ProfileOutcome]:
        """Makes a first pass before `run`: screens all profiles to compare each with the others, and yields the outcome
        of each."""
        first = FirstPass(self.task, self.paths, self.execution)
        yield from first.outcomes(self._measured, self._folder(), self.journal)
        self._unmeasured = first.failed

    def run(self) -> Iterator[ProfileOutcome]:
        """Screens the profiles, and yields the outcome of each once its reports are written."""
        if not self.several or not self.execution.isolates(self.paths):  # only this process renders
            self.task.shared_renderer = self.writer.renderer
        known = ((path, self._known(path)) for path in self.paths)
        for position, outcome in self.execution.outcomes(self.task, self.paths, known, self._folder()):
            for accepted in self._accept(position, outcome):
                if accepted.report is None:
                    self._record_failure(position, accepted)
                yield accepted

    def finish(self) -> None:
        """Writes the index and the tables of all companies, and records that the run is finished."""
        if self.database is not None:
            self.database.write()
        if self.journal is not None:
            self.journal.commit()
        self.verdicts = self.collected.tally().keys()
        failed = [(path, problems) for _, path, problems in sorted(self._failed)]
        self.writer.finish(
            RunReports(
                self.collected,
                self.several,
                failed,
                self.failures - len(failed),
                earlier=self.database.earlier_standings if self.database is not None else None,
            )
        )
        if self.journal is not None:
            self.journal.finish()
        if self.database is not None:
            self.database.finish()

    def __enter__(self) -> "BatchRun":
        return self

    def __exit__(self, *_: object) -> None:
        """Closes everything, and records what was done so far for --resume."""
        self.writer.renderer.close()
        self.task.close()
        if self.journal is not None:
            self.journal.close()
        if self.database is not None:
            self.database.close()

    def _folder(self) -> ReportFolder | None:
        return ReportFolder(self.writer.out, policy=self.writer.policy) if self.writer.out is not None else None

    def _measured(self, path: str) -> MeasuredCompany | None:
        """Returns the measures of a profile from an earlier run, if they are still valid."""
        digest = self._digest_to_resume(path)
        record = self.journal.measured(path, digest) if self.journal is not None and digest else None
        return None if record is None else MeasuredCompany(record, b"")

    def _known(self, path: str) -> ProfileOutcome | None:
        return self._unmeasured.get(path) or self._reusable(path)

    def _reusable(self, path: str) -> ProfileOutcome | None:
        """Returns the outcome of a profile in an earlier run, if it is still valid."""
        digest = self._digest_to_resume(path)
        if self.journal is None or not digest:
            return None
        compared = self.task.compared_digest(self.journal.measured(path, digest))
        row = self.journal.reusable_row(path, digest, compared)
        if row is None or (self.database is not None and not self.database.has(row.id, digest)):
            return None
        return ProfileOutcome(path, digest, RenderedReport(row, (), ()), reused=True)

    def _digest_to_resume(self, path: str) -> str:
        """Returns the digest of a profile if this run continues an earlier one; "" if the profile can't be read."""
        try:
            return self.task.screener.digest(path) if self.resume else ""
        except ScreenerError:
            return ""

    def _accept(self, position: int, outcome: ProfileOutcome) -> Iterator[ProfileOutcome]:
        """Writes and records a report. If two profiles have the same id, the first by position is used, whichever is
        screened first."""
        report = outcome.report
        if report is None:
            yield outcome
            return
        owner = self._owner(report.company_id)
        if owner is not None:
            path, owner_position = owner
            if owner_position < position:
                if report.written_files:  # a Dask worker has replaced the reports of the other profile
                    self.writer.count -= 1
                    self._record(owner_position, self.task(path))
                yield _duplicate(outcome.path, report.company_id, path)
                return
            assert self.journal is not None  # only a Dask scheduler gives outcomes out of order
            self.journal.remove(path)
            self.writer.count -= 1
            yield _duplicate(path, report.company_id, outcome.path)
            outcome = self.task(outcome.path)
        self._record(position, outcome)
        yield outcome

    def _record(self, position: int, outcome: ProfileOutcome) -> None:
        report = outcome.report
        if report is None:
            return
        if outcome.reused:
            assert self.journal is not None
            self.reused += 1
            self.writer.count_company(report.row)
            if self.database is not None:
                self.database.add_stored(report.company_id, outcome.digest)
            self.journal.add_reused(outcome.path, position)
            return
        report = self.writer.write(report)
        if self.database is not None and report.database_record is not None:
            self.database.add(report.database_record)
        if self.journal is not None:
            self.journal.add(outcome.path, position, outcome.digest, report, outcome.compared)
        else:
            self._in_memory.add(report)
            self._owners[report.company_id] = outcome.path, position

    def _owner(self, company: str) -> tuple[str, int] | None:
        return self.journal.owner(company) if self.journal is not None else self._owners.get(company)

    def _record_failure(self, position: int, outcome: ProfileOutcome) -> None:
        self.failures += 1
        self.crashes += outcome.crashed
        if len(self._failed) < MAX_FAILURES_LISTED:
            self._failed.append((position, outcome.path, "\n".join(map(str, outcome.problems))))


def _open_database(file: Path, task: ScreeningTask, resume: bool, waiting: Callable[[], None]) -> "ResultDatabase":
    from screener.runs.store.database import ResultDatabase, RunIdentity

    return ResultDatabase(
        file, RunIdentity(task.screener.rulebook, result_identity(task.screener, task.context)), resume, waiting
    )


def _open_journal(folder: Path, task: ScreeningTask) -> "Journal":
    from screener.runs.journal import Journal

    return Journal(folder, report_identity(task, task.options))


def _duplicate(path: str, company: str, other: str) -> ProfileOutcome:
    """Returns the outcome of a profile whose id an earlier profile has."""
    problem = Problem(f"the id '{company}' is also that of {other}", "give one of the two another `id`", path)
    return ProfileOutcome(path, "", None, (problem,))
