"""The task of screening one company, in this process, in another one, or on another machine."""

import hashlib
import os
import traceback
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any, NamedTuple

from screener.errors import Problem, ScreenerError
from screener.explain.peer_population import PeerPopulation, PeerRecord, peer_record
from screener.facts.neighbours import Neighbourhood
from screener.profile.model import Profile
from screener.report.rendering import RenderedReport, RenderOptions, ReportRenderer
from screener.report.report_writer import write_files
from screener.report.run_reports import ReportFolder
from screener.result.model import ResultDocument
from screener.result.peer_records import PeerComparison
from screener.runs.result_packing import ResultPacker
from screener.screening import Screener

JOURNAL_FOLDER = ".screener"  # subfolder of a folder of reports for the journal and incomplete files


class MeasuredCompany(NamedTuple):
    """A company that was screened to be compared with others; `packed` is its result with the profile's digest, or
    empty."""

    record: PeerRecord
    packed: bytes


class ProfileOutcome(NamedTuple):
    """The report of one profile, or its errors."""

    path: str
    digest: str  # of the profile's text; "" if it could not be read
    report: RenderedReport | None
    problems: tuple[Problem, ...] = ()
    reused: bool = False  # from an earlier run with the same identity
    crashed: bool = False  # screening it failed or ended its process
    measured: MeasuredCompany | None = None  # in the first pass, instead of a report
    compared: str = ""  # a digest of what its report says about peers


class WorkerDeath(NamedTuple):
    """How a process that gave no answer ended."""

    signal: int  # 0 if there was none
    limit: float | None = None  # seconds, if it was ended for taking longer


class ScreeningTask:
    """Screens a profile and renders its reports. Can be sent to other processes.

    With `folder`, it writes the reports to that folder itself. With `peers`, it compares each company with them. `kept`
    are packed results by path, in this process, of companies that need not be screened again. When `measuring`, it
    makes no reports but measures each company for such comparisons.
    """

    def __init__(
        self,
        screener: Screener,
        context: tuple[Profile, ...],
        options: RenderOptions,
        *,
        folder: ReportFolder | None = None,
        peers: PeerPopulation | None = None,
        measuring: bool = False,
    ) -> None:
        self.screener, self.context, self.options, self.folder = screener, context, options, folder
        self.peers, self.measuring = peers, measuring
        self.kept: Mapping[str, bytes] = {}
        self.neighbourhood = Neighbourhood(context, screener.rulebook.catalogue)
        self.shared_renderer: ReportRenderer | None = None  # used instead of creating a renderer
        self._renderer: tuple[int, ReportRenderer] | None = None  # and the id of the process that it belongs to

    def __reduce__(self) -> tuple[Any, ...]:
        rebuild = partial(ScreeningTask, folder=self.folder, peers=self.peers, measuring=self.measuring)
        return rebuild, (self.screener, self.context, self.options)

    def with_context(self, context: tuple[Profile, ...]) -> "ScreeningTask":
        """Returns the same task with another context."""
        return ScreeningTask(
            self.screener, context, self.options, folder=self.folder, peers=self.peers, measuring=self.measuring
        )

    def writing_to(self, folder: ReportFolder) -> "ScreeningTask":
        """Returns the same task, which writes its reports itself."""
        return ScreeningTask(
            self.screener, self.context, self.options, folder=folder, peers=self.peers, measuring=self.measuring
        )

    def to_measure(self) -> "ScreeningTask":
        """Returns a task that measures the companies of this one."""
        return ScreeningTask(self.screener, self.context, self.options, measuring=True)

    def __call__(self, path: str) -> ProfileOutcome:
        """Returns the outcome of the profile at a path. Raises nothing, so that no profile affects another one."""
        return _safely(path, self._measure if self.measuring else self._report)

    def _measure(self, path: str) -> ProfileOutcome:
        result, digest = found = self._screen(path)
        packed = self._packer.pack(*found)
        return ProfileOutcome(path, digest, None, measured=MeasuredCompany(peer_record(result), packed))

    def _report(self, path: str) -> ProfileOutcome:
        packed = self.kept.get(path)
        result, digest = self._packer.unpack(packed) if packed else self._screen(path)
        compared = ""
        if self.peers is not None:
            comparison = self.peers.compare(peer_record(result))
            result = result._replace(peers=comparison)
            compared = self._digest_of_comparison(comparison)
        report = self._own_renderer().render(result)
        if self.folder is not None:
            report = write_files(report, self.folder)
        return ProfileOutcome(path, digest, report, compared=compared)

    @cached_property
    def _packer(self) -> ResultPacker:
        return ResultPacker(self.screener.program)

    def _screen(self, path: str) -> tuple[ResultDocument, str]:
        """Returns the result of the profile at a path, not yet compared with others, and the digest of the profile's
        text."""
        profile = self.screener.profile(path)
        around = self.neighbourhood.around(profile)
        return self.screener.assess(profile, around, detail=self.options.detail), profile.digest

    def compared_digest(self, record: PeerRecord | None) -> str:
        """Returns a digest of what a report says about peers, if that depends on the other companies of the run; else
        ""."""
        if record is None or self.peers is None or self.peers.table is not None:
            return ""
        return self._digest_of_comparison(self.peers.compare(record))

    def _digest_of_comparison(self, comparison: PeerComparison | None) -> str:
        if self.peers is None or self.peers.table is not None:
            return ""
        return hashlib.sha256(repr(comparison).encode("utf-8", "surrogatepass")).hexdigest()

    def _own_renderer(self) -> ReportRenderer:
        """Returns the renderer of this process: not that of the process from which it was forked, unless that is
        shared."""
        if self.shared_renderer is not None:
            return self.shared_renderer
        if self._renderer is None or self._renderer[0] != os.getpid():
            self._renderer = os.getpid(), ReportRenderer(self.options)
        return self._renderer[1]

    def close(self) -> None:
        """Ends the processes that the renderer started."""
        if self.shared_renderer is not None:
            self.shared_renderer.close()
        elif self._renderer is not None and self._renderer[0] == os.getpid():
            self._renderer[1].close()


def _safely(path: str, work: Callable[[str], ProfileOutcome]) -> ProfileOutcome:
    """Returns what `work` returns for the profile at a path, or an outcome with the error."""
    try:
        return work(path)
    except ScreenerError as error:
        return ProfileOutcome(path, "", None, error.problems)
    except MemoryError:
        hint = "shorten its lists, or lower -j (docs/security.md)"
        problem = Problem("needs more memory than it may take", hint, path)
    except Exception as error:  # an unexpected error affects this company only
        what = f"can't be screened: {_fault_in_a_line(error)}"
        problem = Problem(what, "report this as a fault, with the profile", path)
    return ProfileOutcome(path, "", None, (problem,), crashed=True)


def outcome_of_death(path: str, death: WorkerDeath) -> ProfileOutcome:
    """Returns the outcome of a profile whose process ended while it was screened."""
    if death.limit is not None:
        what = f"took longer than {death.limit:g} s and was given up"
        hint = "raise --time-limit, or shorten its lists"
    elif death.signal == 9:
        what = "the process that screened it was killed (SIGKILL), usually because memory ran out"
        hint = "free memory or lower -j, and run it again"
    else:
        what = f"the rule engine crashed while it was screened ({_signal_name(death.signal)})"
        hint = "report this as a fault, with the profile"
    return ProfileOutcome(path, "", None, (Problem(what, hint, path, code="lost"),), crashed=True)


def _signal_name(number: int) -> str:
    import signal

    try:
        return signal.Signals(number).name if number else "the process ended"
    except ValueError:
        return f"signal {number}"


def _fault_in_a_line(error: Exception) -> str:
    """Returns a line about an unexpected error: the error and its place in the code."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    text = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}{place}" + (f": {text}" if text else "")
