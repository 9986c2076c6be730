"""The profiles that the arguments of a command name."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from screener.cli.output import ProblemPrinter
from screener.errors import Problem, ProfileError, ScreenerError
from screener.io.processes import collect_garbage_rarely

if TYPE_CHECKING:
    from screener.profile.model import Profile
    from screener.screening import Screener


def read_profiles(screener: "Screener", paths: Iterable[str]) -> "Iterator[tuple[str, Profile | ScreenerError]]":
    """Reads profiles like `Screener.profiles`, and turns the garbage collector on from the second profile: it is off at
    start-up (see `screener.__main__`)."""
    for number, found in enumerate(screener.profiles(paths), 1):
        if number == 2:
            collect_garbage_rarely()
        yield found


def readable_profiles(screener: "Screener", paths: Sequence[str]) -> tuple[list["Profile"], bool]:
    """Returns the readable profiles, and whether others could not be read; prints the problems of those. Raises
    ProfileError if none is readable."""
    found: list[Profile] = []
    failed = False
    with ProblemPrinter() as problems:
        for _, profile in screener.profiles(paths):
            if isinstance(profile, ScreenerError):
                problems.print(profile)
                failed = True
            else:
                found.append(profile)
    if not found:
        raise ProfileError(Problem("no profile could be read", "correct those above"))
    return found, failed
