"""The reports of a run: the data kept of each company, and the folder that they are written to."""

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
    """The data of each company of a run that is kept until all are rendered."""

    def rows(self) -> "Iterator[IndexRow]":
        """Yields the rows of the index, worst first."""
        ...

    def tally(self) -> "VerdictCounts":
        """Returns the number of companies by verdict."""
        ...

    def table_rows(self, name: str) -> Iterator[bytes]:
        """Yields the parts that a format with a shared file rendered, in the order of the profiles."""
        ...


class RunReports(NamedTuple):
    """All reports of a run, for the files that cover several companies."""

    collected: CollectedReports
    several: bool = True  # whether the run has more than one profile
    failures: Sequence[tuple[str, str]] = ()  # file and message of failures; of many, the first
    more_failures: int = 0  # number of further failures
    reported: int | None = None  # companies with an individual report; None: all
    all_results: str = ""  # the file with all companies, if not all have a report
    earlier: "Callable[[Sequence[str]], Mapping[str, EarlierStanding]] | None" = None
    """Returns the results of the previous run for companies, by id; None if no previous run is known."""


class ReportFolder(NamedTuple):
    """A folder of reports; incomplete files are in `staging`, on the same disk, or (None) in the folder itself.

    `policy` says which existing files may be replaced (None: those that screener wrote).
    """

    path: Path
    staging: Path | None = None
    policy: ReplacePolicy | None = None

    def write(self, name: str, content: str | bytes) -> None:
        """Writes a complete file. Raises OutputError."""
        write_in_folder(self.path, name, content, self.staging, self.policy)

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Opens a file that is moved to its place once it is complete. Raises OutputError."""
        return open_in_folder(self.path, name, self.staging, self.policy)
