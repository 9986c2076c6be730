"""The interface of output formats of results. The formats are listed in `screener.report.formats.registry`."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from screener.result.detail import Detail

if TYPE_CHECKING:
    from screener.report.pages.page_renderer import PageRenderer
    from screener.report.rendering import RenderOptions
    from screener.report.run_reports import ReportFolder, RunReports
    from screener.report.views.result_view import ResultView


class OutputFormat(ABC):
    """An output format. An instance is used for all companies of a run, within one process."""

    name: ClassVar[str]  # the name in --format
    suffix: ClassVar[str] = ""  # suffix of the file of a company
    overview: ClassVar[str] = ""  # name of the first file about all companies, if there is one
    shared: ClassVar[bool] = False  # whether all companies share that file and have no individual ones
    binary: ClassVar[bool] = False  # whether it is binary: not for a terminal, and one company at a time
    detail: ClassVar[Detail] = Detail.REPORT  # the detail of the results that it shows
    needs_folder: ClassVar[bool] = False  # whether it writes several files and therefore can't go to standard output

    def __init__(self, options: "RenderOptions", pages: "PageRenderer") -> None:
        self.options, self.pages = options, pages

    def check(self) -> None:
        """Raises OutputError if the format can't be written on this machine."""
        return

    @abstractmethod
    def render(self, view: "ResultView") -> bytes:
        """Returns the content of the file of a company; for a format with a shared file, the company's part of it."""

    def stream(self, content: bytes, first: bool) -> bytes:
        """Returns what is written to standard output for a rendered company; `first`: it is the first of the run."""
        return content if self.binary else content.rstrip(b"\n") + b"\n"

    def write_overview(self, run: "RunReports", folder: "ReportFolder") -> None:
        """Writes the files about all companies, if the format has any. Raises OutputError."""
        return

    def close(self) -> None:
        """Ends the processes that the format started."""
        return


def utf8(text: str) -> bytes:
    """Returns text as UTF-8; halves of surrogate pairs become question marks."""
    return text.encode("utf-8", "replace")
