"""Control of this process's garbage collector, which is off at start-up (see `screener.__main__`)."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from screener.io.processes import collect_garbage_rarely

if TYPE_CHECKING:
    from screener.errors import ScreenerError
    from screener.profile.model import Profile
    from screener.screening import Screener


def read_profiles(screener: "Screener", paths: Iterable[str]) -> "Iterator[tuple[str, Profile | ScreenerError]]":
    """Reads profiles like `Screener.profiles`, and turns the garbage collector on from the second profile."""
    for number, found in enumerate(screener.profiles(paths), 1):
        if number == 2:
            collect_garbage_rarely()
        yield found
