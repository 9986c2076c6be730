"""The reports of a run together: what is kept of each company, and the folder that they are written to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Protocol

from screener.io.atomic import open_in_folder, write_in_folder
from screener.io.replacing import ReplacePolicy

if TYPE_CHECKING:
    from screener.report.views.index_row import IndexRow, VerdictCounts
    from screener.report.views.movement import EarlierStanding


class CollectedReports(Protocol):
    """What is kept of each company of a run until all are rendered."""

    def rows(self) -> "Iterator[IndexRow]":
        """The rows of the index, worst first."""
        ...

    def tally(self) -> "VerdictCounts":
        """How many companies have each verdict."""
        ...

    def table_rows(self, name: str) -> Iterator[bytes]:
        """What a format with a shared file rendered of each company, in the order of the profiles."""
        ...


class RunReports(NamedTuple):
    """All reports of a run, for the files that cover several companies."""

    collected: CollectedReports
    several: bool = True  # whether the run is of more than one profile
    failures: Sequence[tuple[str, str]] = ()  # file and message; of many, the first
    more_failures: int = 0  # beyond those
    reported: int | None = None  # companies with a report of their own; None: all
    all_results: str = ""  # the file with all companies, where not all have a report
    earlier: "Callable[[Sequence[str]], Mapping[str, EarlierStanding]] | None" = None
    """What the run before found of companies, by their ids; None where no run is known."""


class ReportFolder(NamedTuple):
    """A folder of reports; unfinished files wait in `staging`, on the same disk, or (None) beside their place.

    `policy` says which existing files may be replaced (None: those that screener wrote).
    """

    path: Path
    staging: Path | None = None
    policy: ReplacePolicy | None = None

    def write(self, name: str, content: str | bytes) -> None:
        """Writes a whole file. Raises OutputError."""
        write_in_folder(self.path, name, content, self.staging, self.policy)

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """A file that takes its place once it is whole. Raises OutputError."""
        return open_in_folder(self.path, name, self.staging, self.policy)
