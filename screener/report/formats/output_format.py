"""What an output format of results offers. The formats are listed in `screener.report.formats.registry`."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from screener.result.detail import Detail

if TYPE_CHECKING:
    from screener.report.pages.page_renderer import PageRenderer
    from screener.report.rendering import RenderOptions
    from screener.report.run_reports import ReportFolder, RunReports
    from screener.report.views.result_view import ResultView


class OutputFormat(ABC):
    """One way to write results. An instance serves all companies of a run, within one process."""

    name: ClassVar[str]  # as in --format
    suffix: ClassVar[str] = ""  # of the file of a company
    overview: ClassVar[str] = ""  # the first file about all companies, if there is one
    shared: ClassVar[bool] = False  # whether all companies share that file and have none of their own
    binary: ClassVar[bool] = False  # whether it is no text: not for a terminal, and one company at a time
    detail: ClassVar[Detail] = Detail.REPORT  # of the results that it shows
    needs_folder: ClassVar[bool] = False  # whether it writes several files, so that standard output will not do

    def __init__(self, options: "RenderOptions", pages: "PageRenderer") -> None:
        self.options, self.pages = options, pages

    def check(self) -> None:
        """Raises OutputError where the format can't be written on this machine."""
        return

    @abstractmethod
    def render(self, view: "ResultView") -> bytes:
        """The file of a company; of a format with a shared file, the company's part of it."""

    def stream(self, content: bytes, first: bool) -> bytes:
        """What standard output gets of a rendered company; `first` of the run."""
        return content if self.binary else content.rstrip(b"\n") + b"\n"

    def write_overview(self, run: "RunReports", folder: "ReportFolder") -> None:
        """Writes the files about all companies, if the format has any. Raises OutputError."""
        return

    def close(self) -> None:
        """Ends the processes that the format started."""
        return


def utf8(text: str) -> bytes:
    """Text as UTF-8; halves of surrogate pairs become question marks."""
    return text.encode("utf-8", "replace")
