"""The profiles that the arguments of a command name."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from screener.cli.output import print_problems
from screener.errors import Problem, ProfileError, ScreenerError

if TYPE_CHECKING:
    from screener.profile.model import Profile
    from screener.screening import Screener


def readable_profiles(screener: "Screener", paths: Sequence[str]) -> tuple[list["Profile"], bool]:
    """Returns the readable profiles, and whether others could not be read; prints the problems of those. Raises
    ProfileError if none is readable."""
    found: list[Profile] = []
    failed = False
    for _, profile in screener.profiles(paths):
        if isinstance(profile, ScreenerError):
            print_problems(profile.problems)
            failed = True
        else:
            found.append(profile)
    if not found:
        raise ProfileError(Problem("no profile could be read", "correct those above"))
    return found, failed
