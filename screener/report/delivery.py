"""What becomes of results: files in a folder or one text, and what the terminal says of them. Holds none of them."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from screener.io.atomic import content_digest, open_in_folder, output_folder, write_in_folder
from screener.report.formats import export
from screener.report.rendering import TABLES, RenderedReport, RenderOptions, ReportRenderer, WrittenFile, main_file
from screener.report.views.index_view import Row, Tally, tally_of, worst_first

MOST_FAILED = 1000  # that the index names
MOST_ROWS = 100  # that the terminal shows


class ResultRows(Protocol):
    """Where rows of companies wait until all are there."""

    def rows(self) -> Iterator[Row]:
        """All of them, worst first."""
        ...

    def tally(self) -> Tally:
        """How many have each verdict."""
        ...

    def table(self, form: str) -> Iterator[bytes]:
        """The parts of a table, in the order of the profiles."""
        ...


class RowsInMemory:
    """A shelf in memory, for a few companies."""

    def __init__(self) -> None:
        self._made: list[tuple[Row, dict[str, bytes]]] = []

    def keep(self, made: RenderedReport) -> None:
        """Keeps what is needed at the end."""
        self._made.append((made.row, dict(made.tables)))

    def rows(self) -> Iterator[Row]:
        """All of them, worst first."""
        return iter(worst_first(row for row, _ in self._made))

    def tally(self) -> Tally:
        """How many have each verdict."""
        return tally_of(row for row, _ in self._made)

    def table(self, form: str) -> Iterator[bytes]:
        """The parts of a table, in the order of the profiles."""
        return (tables[form] for _, tables in self._made)


class Delivery:
    """Takes what was made of results one by one and writes it to `out`, or hands it to `say`.

    `beside` is the folder for what is half written, on the same disk. Raises OutputError as soon as the folder can't be
    written, a template is wrong or no browser is found for PDF: before anything is written.
    """

    def __init__(
        self, out: Path | None, wanted: RenderOptions, say: Callable[[bytes], None], beside: Path | None = None
    ) -> None:
        self.press = ReportRenderer(wanted)
        self.press.check()
        self._fresh = out is not None and not os.path.isdir(out)  # noqa: PTH112 (which never raises)
        self.out = output_folder(out) if out is not None else None
        self.wanted, self.say, self.beside = wanted, say, beside
        self.count = 0
        self.first = ""
        self.told = ""

    def add(self, made: RenderedReport) -> RenderedReport:
        """Writes the reports of one company, unless that is done; what was made, with notes on the files."""
        self.note(made.row)
        self.told = made.told
        if self.out is not None:
            return put(made, self.out, self.beside)
        for name, content in made.files:
            self.say(content if name.endswith(".pdf") else _ended(content))
        for form, rows in made.tables:
            self.say(_ended(export.csv_head().encode() + rows if self.count == 1 and form == "csv" else rows))
        return made

    def note(self, row: Row) -> None:
        """Counts a company whose reports are there."""
        self.count += 1
        self.first = self.first or row.id

    def main(self, several: bool) -> Path | None:
        """The report to look at first."""
        if self.out is None or not self.count:
            return None
        return self.out / main_file(self.wanted, None if several else self.first)

    def finish(self, shelf: ResultRows, failed: Sequence[tuple[str, str]], unlisted: int, several: bool,
               listed: int | None = None, elsewhere: str = "") -> None:  # fmt: skip
        """Writes what speaks of all companies: the index, the table of findings. An empty folder is not left behind.

        `listed` of the companies that the shelf counts have reports (None: all), `elsewhere` is the file that has all.
        """
        if self.out is None:
            return
        if not self.count:
            if self._fresh:
                with suppress(OSError):
                    self.out.rmdir()
            return
        if "csv" in self.wanted.formats:
            with open_in_folder(self.out, TABLES["csv"], self.beside) as file:
                file.write(export.csv_head().encode())
                file.writelines(shelf.table("csv"))
        if "parquet" in self.wanted.formats:
            from screener.report.formats import parquet

            parquet.write(shelf.table("parquet"), self.out, self.beside)
        if "html" in self.wanted.formats and several:
            from screener.report.formats.html import index_pages

            for name, page in index_pages(shelf.rows(), shelf.tally(), self.wanted.language, self.wanted.stamp,
                                          failed=failed, unlisted=unlisted, listed=listed, elsewhere=elsewhere,
                                          render=self.press.index):  # fmt: skip
                write_in_folder(self.out, name, page, self.beside)

    def summary(self, shelf: ResultRows, width: int, colour: bool, several: bool) -> str:
        """What the terminal says: one company in full, several as a table, of many the worst."""
        if not several:
            return self.told
        from itertools import islice

        from screener.report.formats import terminal

        rows = list(islice(shelf.rows(), MOST_ROWS))
        where = str(self.main(several))
        return terminal.overview(
            rows, self.wanted.language, width=width, colour=colour, where=where, rest=self.count - len(rows)
        )


def put(made: RenderedReport, out: Path, beside: Path | None = None) -> RenderedReport:
    """Writes the reports of one company to a folder; what was made, with notes on the files in place of their content."""
    if not made.files:
        return made
    notes = []
    for name, content in made.files:
        write_in_folder(out, name, content, beside)
        found = (out / name).stat()
        notes.append(WrittenFile(name, found.st_size, found.st_mtime_ns, content_digest(content)))
    return made._replace(files=(), notes=tuple(notes))


def _ended(text: bytes) -> bytes:
    return text.rstrip(b"\n") + b"\n"
