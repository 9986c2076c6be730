"""The journal of a folder of reports records what a run has done so far. It is intact after a kill at any moment, and
--resume continues from it.

It is an SQLite file in `.screener/` of the folder. A report is recorded after it is written, so that no record lacks
its report; what was not recorded is screened again and gives the same bytes. The records also contain the rows of
tables and index, so that a run keeps none of them in memory.
"""

import json
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

from screener.errors import OutputError
from screener.explain.peer_population import PeerRecord
from screener.io.atomic import UNFINISHED, content_digest
from screener.report.rendering import RenderedReport
from screener.report.views.index_row import IndexRow, VerdictCounts, WorstFlag, index_order
from screener.report.views.view_models import Badge, NumberText
from screener.runs.sqlite_file import FileState, SqliteFile, SqliteSchema, sqlite_faults
from screener.runs.task import JOURNAL_FOLDER
from screener.text import Text
from screener.vocabulary import Verdict

COMMIT_INTERVAL = 0.25  # seconds
_TABLES = """
create table run (id integer primary key, identity text not null, finished integer not null default 0);
create table done (
  path blob primary key, run integer not null, position integer not null, identity text not null, digest text not null,
  company text not null, word text not null, rank integer not null, score real not null, high real not null,
  name text not null, row text not null, files text not null, checksum text not null
) without rowid;
create table measured (
  path blob primary key, identity text not null, digest text not null, record text not null, checksum text not null
) without rowid;
create table part (path blob not null, form text not null, rows blob not null, primary key (path, form)) without rowid;
create index worst on done (run, rank, score, high, name, company);
create unique index once on done (run, company);
create index in_order on done (run, position);
"""
_RECORD = (
    "path, identity, digest, company, word, rank, score, high, name, row, files"  # columns that the checksum covers
)
_SCHEMA = SqliteSchema(_TABLES, version=4, application=0x5343524A)  # the letters SCRJ


class Journal:
    """The journal of a folder, which the caller has locked. Raises OutputError if it can't be written.

    `identity` is a digest of everything that determines a report apart from its profile; reports with another identity
    are not reused.
    """

    def __init__(self, out: Path, identity: str) -> None:
        self.out, self.identity = out, identity
        self.folder = out / JOURNAL_FOLDER
        self.file = self.folder / "journal.sqlite"
        self.before_commit: Callable[[], None] = lambda: (
            None
        )  # writes pending reports to disk before they are recorded here
        self.damaged: Path | None = None  # the new path of a damaged journal of an earlier run
        with self._faults():
            self.folder.mkdir(mode=0o700, exist_ok=True)
            self._remove_unfinished()  # left by a run that was killed
            self._sqlite = self._open()
            with self._sqlite.transaction():
                run = self._sqlite.execute("insert into run (identity) values (?)", (identity,)).lastrowid
            assert run is not None
            self.run = run

    def _open(self) -> SqliteFile:
        sqlite = SqliteFile(self.file, _SCHEMA)
        state = sqlite.state()
        if state is FileState.CURRENT and sqlite.is_whole():
            return sqlite
        if state is not FileState.EMPTY:
            sqlite.close()
            self._set_aside()
            sqlite = SqliteFile(self.file, _SCHEMA)
        sqlite.create()
        return sqlite

    def _set_aside(self) -> None:
        """Moves a damaged journal aside for a new one: everything that it records can be done again."""
        self.damaged = self.file.with_suffix(".damaged")
        self.file.replace(self.damaged)
        for suffix in ("-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)

    def reusable_row(self, path: str, digest: str, compared: str = "") -> IndexRow | None:
        """Returns the row of a profile, if it was screened with the same identity and its reports exist unchanged.

        `compared` is a digest of what the report says about peers.
        """
        key = os.fsencode(path)
        query = f"select {_RECORD}, checksum from done where path = ? and digest = ? and identity = ?"
        try:
            found = self._sqlite.execute(query, (key, digest, self.identity + compared)).fetchone()
            parts = self._sqlite.execute("select form, rows from part where path = ? order by form", (key,))
            if found is None or found[-1] != _checksum(found[:-1], parts):
                return None
            row, files = found[-3:-1]
            return _read_row(row) if all(map(self._is_unchanged, json.loads(files))) else None
        except (sqlite3.DatabaseError, ValueError, TypeError, LookupError):  # damaged: screened again
            return None

    def measured(self, path: str, digest: str) -> PeerRecord | None:
        """Returns the values of a profile for comparisons, if it was measured with the same identity."""
        query = "select record, checksum from measured where path = ? and digest = ? and identity = ?"
        try:
            found = self._sqlite.execute(query, (os.fsencode(path), digest, self.identity)).fetchone()
            return _read_record(found[0]) if found and found[1] == _text_checksum(found[0]) else None
        except (sqlite3.DatabaseError, ValueError, TypeError, LookupError):  # damaged: measured again
            return None

    def add_measured(self, path: str, digest: str, record: PeerRecord) -> None:
        """Records the values of a profile that comparisons need."""
        text = json.dumps(record._replace(name=(record.name.en, record.name.zh)))  # type: ignore[arg-type]
        values = (os.fsencode(path), self.identity, digest, text, _text_checksum(text))
        with self._faults():
            self._sqlite.begin()
            self._sqlite.execute("insert or replace into measured values (?, ?, ?, ?, ?)", values)
        self._commit_at_intervals()

    def _is_unchanged(self, written: Sequence[Any]) -> bool:
        name, size, modified, digest = written
        if not isinstance(name, str) or Path(name).name != name:
            return False
        path = self.out / name
        try:
            found = path.stat()
            if found.st_size != size:
                return False
            return bool(found.st_mtime_ns == modified) or content_digest(path.read_bytes()) == digest
        except OSError:
            return False

    def owner(self, company: str) -> tuple[str, int] | None:
        """Returns the profile of this run with an id, and its position."""
        query = "select path, position from done where run = ? and company = ?"
        found = self._sqlite.execute(query, (self.run, company)).fetchone()
        return (os.fsdecode(found[0]), found[1]) if found else None

    def remove(self, path: str) -> None:
        """Removes the record of a profile."""
        self._sqlite.begin()
        self._sqlite.execute("delete from done where path = ?", (os.fsencode(path),))

    def add(self, path: str, position: int, digest: str, report: RenderedReport, compared: str = "") -> None:
        """Records the report, already written, of the profile at this position."""
        key = os.fsencode(path)
        rank, score, high, name, company = index_order(report.row)
        name = name.encode("utf-8", "replace").decode()
        order = (str(report.row.verdict_word), int(rank), score + 0.0, high + 0.0, name)  # SQLite has no negative zero
        record = (
            key,
            self.identity + compared,
            digest,
            company,
            *order,
            json.dumps(report.row),
            json.dumps(report.written_files),
        )
        parts = sorted((form, zlib.compress(rows, 1)) for form, rows in report.table_rows)
        values = (*record, _checksum(record, parts), self.run, position)
        columns, marks = f"{_RECORD}, checksum, run, position", ", ".join("?" * len(values))
        with self._faults():
            self._sqlite.begin()
            self._sqlite.execute("delete from part where path = ?", (key,))
            self._sqlite.execute(f"insert or replace into done ({columns}) values ({marks})", values)
            self._sqlite.executemany("insert into part values (?, ?, ?)", ((key, *part) for part in parts))
        self._commit_at_intervals()

    def add_reused(self, path: str, position: int) -> None:
        """Adds a record of an earlier run to this one."""
        with self._faults():
            self._sqlite.begin()
            values = (self.run, position, os.fsencode(path))
            self._sqlite.execute("update done set run = ?, position = ? where path = ?", values)
        self._commit_at_intervals()

    def rows(self) -> Iterator[IndexRow]:
        """Yields the companies of this run, worst first."""
        query = "select row from done where run = ? order by rank, score, high, name, company"
        return (_read_row(text) for (text,) in self._sqlite.execute(query, (self.run,)))

    def tally(self) -> VerdictCounts:
        """Returns the number of companies of this run by verdict."""
        query = "select word, count(*), min(row) from done where run = ? group by word"
        rows = self._sqlite.execute(query, (self.run,))
        return {word: (_read_row(text).verdict, count) for word, count, text in rows}

    def table_rows(self, form: str) -> Iterator[bytes]:
        """Yields the parts of a table, in the order of the profiles."""
        query = "select rows from done join part using (path) where run = ? and form = ? order by position"
        return (zlib.decompress(rows) for (rows,) in self._sqlite.execute(query, (self.run, form)))

    def commit(self) -> None:
        """Commits the records so far."""
        self.before_commit()
        with self._faults():
            self._sqlite.commit()

    def finish(self) -> None:
        """Marks this run as finished."""
        with self._faults(), self._sqlite.transaction():
            self._sqlite.execute("update run set finished = 1 where id = ?", (self.run,))

    def close(self) -> None:
        """Commits the records, for --resume, and closes the file."""
        with suppress(sqlite3.Error, OutputError):
            self.commit()
        self._sqlite.close()
        self._remove_unfinished()

    def _remove_unfinished(self) -> None:
        for left in self.folder.glob(f"{UNFINISHED}*"):
            left.unlink(missing_ok=True)

    def _commit_at_intervals(self) -> None:
        if self._sqlite.since_commit() > COMMIT_INTERVAL:
            self.commit()

    def _faults(self) -> AbstractContextManager[None]:
        return sqlite_faults(self.file, "the journal can't be written", "choose another folder with --out")


def _checksum(record: Iterable[object], parts: Iterable[tuple[str, bytes]]) -> str:
    """Returns a digest that reveals a changed or damaged record."""
    return content_digest(repr((tuple(record), tuple(parts))).encode("utf-8", "surrogatepass"))


def _text_checksum(text: str) -> str:
    return content_digest(text.encode("utf-8", "surrogatepass"))


def _read_record(text: str) -> PeerRecord:
    id_, name, ticker, sector, values, verdict, ties, critical = json.loads(text)
    return PeerRecord(
        id=id_,
        name=Text(*name),
        ticker=ticker,
        sector=sector,
        values=tuple((key, value) for key, value in values),
        verdict=Verdict(verdict),
        ties=tuple((party, how) for party, how in ties),
        critical=critical,
    )


def _read_row(text: str) -> IndexRow:
    row = IndexRow(*json.loads(text))
    figure = NumberText(*row.figure) if row.figure is not None else None
    worst = row.worst_flag
    return row._replace(
        verdict=Badge(*row.verdict),
        worst_flag=WorstFlag(*worst)._replace(badge=Badge(*worst[0])) if worst is not None else None,
        figure=figure,
        rule_states=_triples(row.rule_states),
        dependencies=_triples(row.dependencies),
    )


def _triples(rows: Iterable[Sequence[str]]) -> tuple[tuple[str, str, str], ...]:
    return tuple((a, b, c) for a, b, c in rows)
