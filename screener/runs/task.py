"""What is done for one company, wherever it is done: in this process, in another, on another machine."""

import os
import traceback
from pathlib import Path
from typing import Any, NamedTuple

from screener.errors import Problem, ScreenerError
from screener.facts.neighbours import Neighbourhood
from screener.profile.model import Profile
from screener.report.rendering import RenderedReport, RenderOptions, ReportRenderer
from screener.report.report_writer import write_files
from screener.report.run_reports import ReportFolder
from screener.screening import Screener

JOURNAL_FOLDER = ".screener"  # of a folder of reports: the journal, and what is half written


class ProfileOutcome(NamedTuple):
    """What became of one profile: what was made of it, or what is wrong."""

    path: str
    digest: str  # of the profile's text; "" where it could not be read
    made: RenderedReport | None
    problems: tuple[Problem, ...] = ()
    kept: bool = False  # of an earlier run that was asked the same
    crashed: bool = False  # the process that screened it ended or was ended


class WorkerDeath(NamedTuple):
    """How a process ended that should have given an answer."""

    signal: int  # 0 where there was none
    limit: float | None = None  # seconds, where it took longer


class ScreeningTask:
    """Judges a profile and makes its reports. Can be sent to other processes."""

    def __init__(
        self, screener: Screener, context: tuple[Profile, ...], wanted: RenderOptions, out: Path | None = None
    ) -> None:
        self.screener, self.context, self.wanted = screener, context, wanted
        self.out = out  # where this task itself writes reports, on another machine
        self.near = Neighbourhood(context, screener.rulebook.catalogue)
        self._press: tuple[int, ReportRenderer] | None = None
        self.lent: ReportRenderer | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return ScreeningTask, (self.screener, self.context, self.wanted, self.out)

    def with_context(self, context: tuple[Profile, ...]) -> "ScreeningTask":
        """The same task with another context."""
        return ScreeningTask(self.screener, context, self.wanted, self.out)

    def __call__(self, path: str) -> ProfileOutcome:
        """Whatever is wrong with one profile stops no other."""
        try:
            profile = self.screener.profile(path)
            made = self._own_press().render(self.screener.assess(profile, self.near.around(profile)))
            if self.out is not None:
                made = write_files(made, ReportFolder(self.out, self.out / JOURNAL_FOLDER))
            return ProfileOutcome(path, profile.digest, made)
        except ScreenerError as error:
            return ProfileOutcome(path, "", None, error.problems)
        except MemoryError:
            problem = Problem("needs more memory than there is", "shorten its lists, or lower -j", path)
        except Exception as error:  # a fault of ours, or of what we rest on, loses this company only
            problem = Problem(f"can't be screened: {_told(error)}", "report this as a fault, with the profile", path)
        return ProfileOutcome(path, "", None, (problem,), crashed=True)

    def _own_press(self) -> ReportRenderer:
        """What renders in this process: not that of the process of which this one is a copy, unless it lent it."""
        if self.lent is not None:
            return self.lent
        if self._press is None or self._press[0] != os.getpid():
            self._press = os.getpid(), ReportRenderer(self.wanted)
        return self._press[1]

    def close(self) -> None:
        """Ends what was started in this process."""
        if self.lent is not None:
            self.lent.close()
        elif self._press is not None and self._press[0] == os.getpid():
            self._press[1].close()


def outcome_of_death(path: str, death: WorkerDeath) -> ProfileOutcome:
    """The outcome of a company with which its process ended."""
    if death.limit is not None:
        what = f"took longer than {death.limit:g} s and was given up"
        hint = "raise --time-limit, or shorten its lists"
    elif death.signal == 9:
        what = "the process that screened it was killed (SIGKILL), as a rule for want of memory"
        hint = "free memory or lower -j, and run it again"
    else:
        what = f"the rule engine crashed over it ({_name(death.signal)})"
        hint = "report this as a fault, with the profile"
    return ProfileOutcome(path, "", None, (Problem(what, hint, path, code="lost"),), crashed=True)


def _name(number: int) -> str:
    import signal

    try:
        return signal.Signals(number).name if number else "the process ended"
    except ValueError:
        return f"signal {number}"


def _told(error: Exception) -> str:
    """An unforeseen error in a line: what, and where in the code."""
    frames = traceback.extract_tb(error.__traceback__)
    at = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    text = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}{at}" + (f": {text}" if text else "")
