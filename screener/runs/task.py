"""What is done for one company, wherever it is done: in this process, in another one, on another machine."""

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

JOURNAL_FOLDER = ".screener"  # in a folder of reports: the journal, and files that are not whole yet


class MeasuredCompany(NamedTuple):
    """A company that was screened to compare others with it; `packed` is its result with the profile's digest, or empty."""

    record: PeerRecord
    packed: bytes


class ProfileOutcome(NamedTuple):
    """The report of one profile, or what is wrong with it."""

    path: str
    digest: str  # of the profile's text; "" where it could not be read
    report: RenderedReport | None
    problems: tuple[Problem, ...] = ()
    reused: bool = False  # from an earlier run with the same identity
    crashed: bool = False  # screening it failed, or ended its process
    measured: MeasuredCompany | None = None  # in place of a report, in the pass before
    compared: str = ""  # a digest of what its report says of peers


class WorkerDeath(NamedTuple):
    """How a process ended without an answer."""

    signal: int  # 0 where there was none
    limit: float | None = None  # seconds, where it was ended for taking longer


class ScreeningTask:
    """Screens a profile and renders its reports. Can be sent to other processes.

    With `folder`, it writes the reports itself, to that folder. With `peers`, it compares each company with them; `kept` are
    packed results of this process by path, which need not be screened again. When `measuring`, it makes no reports, but
    measures each company for such comparisons.
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
        self.shared_renderer: ReportRenderer | None = None  # used instead of a renderer of its own
        self._renderer: tuple[int, ReportRenderer] | None = None  # and the process that it belongs to

    def __reduce__(self) -> tuple[Any, ...]:
        rebuild = partial(ScreeningTask, folder=self.folder, peers=self.peers, measuring=self.measuring)
        return rebuild, (self.screener, self.context, self.options)

    def with_context(self, context: tuple[Profile, ...]) -> "ScreeningTask":
        """The same task with another context."""
        return ScreeningTask(
            self.screener, context, self.options, folder=self.folder, peers=self.peers, measuring=self.measuring
        )

    def writing_to(self, folder: ReportFolder) -> "ScreeningTask":
        """The same task, which writes its reports itself."""
        return ScreeningTask(
            self.screener, self.context, self.options, folder=folder, peers=self.peers, measuring=self.measuring
        )

    def to_measure(self) -> "ScreeningTask":
        """A task that measures the companies of this one."""
        return ScreeningTask(self.screener, self.context, self.options, measuring=True)

    def __call__(self, path: str) -> ProfileOutcome:
        """The outcome of the profile at a path; raises nothing, so that no profile affects another one."""
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
        """The result of the profile at a path, not yet compared with others, and the digest of the profile's text."""
        profile = self.screener.profile(path)
        around = self.neighbourhood.around(profile)
        return self.screener.assess(profile, around, detail=self.options.detail), profile.digest

    def compared_digest(self, record: PeerRecord | None) -> str:
        """A digest of what a report says of peers, where that depends on the other companies of the run; else ""."""
        if record is None or self.peers is None or self.peers.table is not None:
            return ""
        return self._digest_of_comparison(self.peers.compare(record))

    def _digest_of_comparison(self, comparison: PeerComparison | None) -> str:
        if self.peers is None or self.peers.table is not None:
            return ""
        return hashlib.sha256(repr(comparison).encode("utf-8", "surrogatepass")).hexdigest()

    def _own_renderer(self) -> ReportRenderer:
        """The renderer of this process: not the one of the process from which it was forked, unless that is shared."""
        if self.shared_renderer is not None:
            return self.shared_renderer
        if self._renderer is None or self._renderer[0] != os.getpid():
            self._renderer = os.getpid(), ReportRenderer(self.options)
        return self._renderer[1]

    def close(self) -> None:
        """Ends the processes that the renderer has started."""
        if self.shared_renderer is not None:
            self.shared_renderer.close()
        elif self._renderer is not None and self._renderer[0] == os.getpid():
            self._renderer[1].close()


def _safely(path: str, work: Callable[[str], ProfileOutcome]) -> ProfileOutcome:
    """What `work` gives for the profile at a path; an outcome with the reason where it fails."""
    try:
        return work(path)
    except ScreenerError as error:
        return ProfileOutcome(path, "", None, error.problems)
    except MemoryError:
        hint = "shorten its lists, or lower -j (docs/security.md)"
        problem = Problem("needs more memory than it may take", hint, path)
    except Exception as error:  # an unforeseen fault loses this company only
        what = f"can't be screened: {_fault_in_a_line(error)}"
        problem = Problem(what, "report this as a fault, with the profile", path)
    return ProfileOutcome(path, "", None, (problem,), crashed=True)


def outcome_of_death(path: str, death: WorkerDeath) -> ProfileOutcome:
    """The outcome of a profile whose process ended while it was screened."""
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
    """An unforeseen error: what, and where in the code."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    text = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}{place}" + (f": {text}" if text else "")
