"""Finds the files of data sets and reads their rows: tab-separated text in a folder, in a zip file, or as single files.

https://www.sec.gov/dera/data/financial-statement-data-sets (num.txt, sub.txt, tag.txt, pre.txt), and the data sets with notes
(num.tsv with a hash of the dimensions, which dim.tsv explains).
"""

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from screener.errors import DocumentError, Problem
from screener.io.archives import is_archive, open_archive
from screener.io.paths import folder_exists, unreadable
from screener.io.read_files import note_read
from screener.text import did_you_mean, shorten

LINE_BYTES = 1 << 20  # longest row; the longest texts in data sets have a few kilobytes
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError)
"""Exceptions raised for a truncated or corrupted archive."""
_NOT_UNPACKED = (NotImplementedError, RuntimeError)
"""Exceptions raised for an unsupported compression method or an encrypted archive."""
TABLES = ("num", "sub", "tag", "dim")
SUFFIXES = (".txt", ".tsv")
COLUMNS = {
    "num": ("adsh", "tag", "version", "ddate", "qtrs", "uom", "value"),
    "sub": ("adsh", "cik", "name", "form", "filed"),
    "tag": ("tag", "version", "custom", "datatype"),
    "dim": ("dimhash", "segments"),
}
MOST_PROBLEMS = 20  # number of problems that are reported one by one


class TableFile(NamedTuple):
    """One table of a data set; `inside` is its name within a zip file."""

    path: str
    inside: str | None = None

    @property
    def name(self) -> str:
        """The name for messages."""
        return f"{self.path}/{self.inside}" if self.inside else self.path

    @property
    def size(self) -> int:
        """The size in bytes, unpacked."""
        try:
            if self.inside is None:
                return Path(self.path).stat().st_size
            with open_archive(self.path) as archive:
                return archive.getinfo(self.inside).file_size
        except (OSError, *_DAMAGED) as error:
            raise _not_read(error, self.path) from error

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Opens the table as a stream of bytes. Raises DocumentError."""
        note_read(self.path)
        try:
            if self.inside is None:
                with Path(self.path).open("rb") as file:
                    yield file
            else:
                with open_archive(self.path) as archive, self._part(archive, self.inside) as file:
                    yield io.BufferedReader(file)  # type: ignore[type-var]
        except (OSError, *_DAMAGED) as error:
            raise _not_read(error, self.path) from error

    def _part(self, archive: zipfile.ZipFile, name: str) -> IO[bytes]:
        try:
            return archive.open(name)
        except _NOT_UNPACKED as error:
            raise DocumentError(Problem("can't be unpacked", "unpack it, and name its folder", self.path)) from error


class DatasetFiles(NamedTuple):
    """The tables of one data set: facts and filings, and, if present, tags and dimensions."""

    num: TableFile
    sub: TableFile
    tag: TableFile | None = None
    dim: TableFile | None = None


class DatasetProblems:
    """Collects problems with rows: the first ones in full, the others as a count."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.dropped = 0

    def add(self, problem: Problem) -> None:
        """Adds a problem with one row."""
        self.dropped += 1
        if self.dropped <= MOST_PROBLEMS:
            self.problems.append(problem)

    def summary(self, file: str) -> list[Problem]:
        """Returns the problems, and one more that counts those beyond the limit."""
        if self.dropped > MOST_PROBLEMS:
            more = f"{self.dropped - MOST_PROBLEMS:,} further rows can't be read and were left out"
            return [*self.problems, Problem(more, "correct those above first", file)]
        return list(self.problems)


def find_datasets(paths: Sequence[str]) -> list[DatasetFiles]:
    """Returns the data sets that paths name: folders or zip files with one data set each, or the tables of one.

    Raises DocumentError if a table is missing, given twice, or cannot be recognised by its name or header.
    """
    found: list[DatasetFiles] = []
    single: dict[str, TableFile] = {}
    for path in paths:
        if folder_exists(path):
            found.append(_complete(_tables_in_folder(path), path))
        elif is_archive(path):
            found.append(_complete(_tables_in_zip(path), path))
        else:
            table = TableFile(path)
            kind = _kind(table)
            if kind in single:
                what = f"is a second table '{kind}', beside {single[kind].name}"
                raise DocumentError(Problem(what, "name the folders of several data sets instead", path))
            single[kind] = table
    if single:
        found.append(_complete(single, ", ".join(paths)))
    return found


def _tables_in_folder(path: str) -> dict[str, TableFile]:
    return {
        kind: TableFile(str(file))
        for kind in TABLES
        for suffix in reversed(SUFFIXES)
        if (file := Path(path) / f"{kind}{suffix}").is_file()
    }


def _tables_in_zip(path: str) -> dict[str, TableFile]:
    try:
        with open_archive(path) as archive:
            names = archive.namelist()
    except (OSError, *_DAMAGED) as error:
        raise _not_read(error, path) from error
    by_stem = {Path(name).stem.lower(): name for name in names if Path(name).suffix.lower() in SUFFIXES}
    return {kind: TableFile(path, by_stem[kind]) for kind in TABLES if kind in by_stem}


def _complete(tables: Mapping[str, TableFile], where: str) -> DatasetFiles:
    missing = [kind for kind in ("num", "sub") if kind not in tables]
    if missing:
        what = f"holds no {' and no '.join(f'{kind}.txt' for kind in missing)}"
        hint = "name a folder or zip file of the SEC's Financial Statement Data Sets, or its num.txt and sub.txt"
        raise DocumentError(Problem(what, hint, where))
    return DatasetFiles(**tables)


def _kind(table: TableFile) -> str:
    """Recognises a table by its header. Raises DocumentError if it is not a table of a data set."""
    with table.open() as file:
        header = set(_fields(file.readline(1 << 16)))
    kind = next((kind for kind, columns in COLUMNS.items() if header.issuperset(columns)), None)
    if kind is None:
        hint = "its first line must name the columns of num.txt, sub.txt, tag.txt or dim.tsv, separated by tabs"
        raise DocumentError(Problem("is not a table of a data set", hint, table.path, 1))
    return kind


def _fields(line: bytes) -> list[str]:
    return line.decode("utf-8-sig", "replace").rstrip("\r\n").split("\t")


def rows(
    table: TableFile,
    kind: str,
    optional: Sequence[str],
    problems: DatasetProblems,
    progress: Callable[[int], None] = lambda amount: None,
) -> Iterator[tuple[int, list[str]]]:
    """Yields the line number of each row and its cells: those of COLUMNS, then the optional ones ("" for absent columns).

    `progress` is called with the number of bytes that were read since its last call. A row with another number of cells than
    the header is added to `problems`. Raises DocumentError if a column is missing.
    """
    with table.open() as file:
        header = _fields(file.readline(1 << 16))
        places = []
        for name in COLUMNS[kind]:
            if name not in header:
                hint = did_you_mean(name, header, f"its columns are {shorten(', '.join(header), 200)}")
                raise DocumentError(Problem(f"has no column '{name}'", hint, table.name, 1))
            places.append(header.index(name))
        extra = [header.index(name) if name in header else None for name in optional]
        width, done = len(header), 0
        for line, raw in enumerate(iter(lambda: file.readline(LINE_BYTES + 1), b""), 2):
            if len(raw) > LINE_BYTES:
                what = f"has more than {LINE_BYTES >> 20} MiB"
                raise DocumentError(Problem(what, "the file is damaged: download it again", table.name, line))
            done += len(raw)
            if done >= 1 << 20:
                progress(done)
                done = 0
            cells = raw.decode("utf-8", "replace").rstrip("\r\n").split("\t")
            if len(cells) != width:
                if cells != [""]:
                    what = f"has {len(cells)} cells, not {width}"
                    problems.add(Problem(what, "each row must have a cell for each column", table.name, line))
                continue
            yield line, [*(cells[i] for i in places), *("" if i is None else cells[i] for i in extra)]
        progress(done)


def _not_read(error: Exception, path: str) -> DocumentError:
    if isinstance(error, OSError):
        return unreadable(error, path)
    return DocumentError(Problem("is not a whole zip file", "download it again", path))
