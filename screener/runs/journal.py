"""What a run has done so far, on disk: it survives a kill at any moment, and the next run goes on from it (--resume).

SQLite in `.screener/` of the folder of reports. A report is written whole first and noted then, so that a note never
speaks of a report that is not there; what was not noted is done again and gives the same bytes. The notes hold the rows
of tables and index, too: a run holds none of them in memory.
"""

import json
import os
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from screener.errors import OutputError, Problem
from screener.io.atomic import UNFINISHED, content_digest
from screener.report.rendering import RenderedReport
from screener.report.views.index_view import IndexRow, VerdictCounts, index_order
from screener.report.views.view_models import Badge, NumberText
from screener.runs.task import JOURNAL_FOLDER

SCHEMA = 1
EVERY = 0.25  # seconds between commits
WAIT = 5.0  # seconds for another run to end
_TABLES = """
create table run (id integer primary key, asked text not null, finished integer not null default 0);
create table done (
  path blob primary key, run integer not null, place integer not null, asked text not null, digest text not null,
  company text not null, word text not null, rank integer not null, score real not null, high real not null,
  name text not null, row text not null, files text not null
) without rowid;
create table part (path blob not null, form text not null, rows blob not null, primary key (path, form)) without rowid;
create index worst on done (run, rank, score, high, name, company);
create unique index once on done (run, company);
create index in_order on done (run, place);
"""


class Journal:
    """The journal of a folder of reports; one run at a time holds it. Raises OutputError where that can't be."""

    def __init__(self, out: Path, asked: str) -> None:
        self.out, self.asked = out, asked
        self.folder = out / JOURNAL_FOLDER
        self.file = self.folder / "journal.sqlite"
        self.first: Callable[[], None] = lambda: None  # what must be on disk before it is noted here
        self._uncommitted = False
        self._committed = time.monotonic()
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            self._lock = _locked(self.folder / "lock", out)
            for left in self.folder.glob(f"{UNFINISHED}*"):  # by a run that was killed
                left.unlink()
            self.db = self._open()
            self.run = self._start()
        except (OSError, sqlite3.Error) as error:
            raise _failed(self.file, error) from error

    def _open(self) -> sqlite3.Connection:
        db: sqlite3.Connection | None = None
        try:
            db = _connect(self.file)
            if db.execute("pragma user_version").fetchone()[0] == SCHEMA:
                db.execute("select count(*) from run").fetchone()
                return db
            if not db.execute("select count(*) from sqlite_master").fetchone()[0]:
                return _filled(db)
        except sqlite3.DatabaseError as error:  # not a database, or damaged: it is a cache of what can be done again
            if isinstance(error, sqlite3.OperationalError):
                raise
        if db is not None:
            db.close()
        for name in ("journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm"):
            (self.folder / name).unlink(missing_ok=True)
        return _filled(_connect(self.file))

    def _start(self) -> int:
        self._begin()
        found = self.db.execute("insert into run (asked) values (?)", (self.asked,)).lastrowid
        self.commit()
        assert found is not None
        return found

    def find(self, path: str, digest: str) -> IndexRow | None:
        """The row of this profile, if an earlier run was asked the same and its reports are still there, whole."""
        query = "select row, files from done where path = ? and digest = ? and asked = ?"
        try:
            found = self.db.execute(query, (os.fsencode(path), digest, self.asked)).fetchone()
            if found is None:
                return None
            return _row(found[0]) if all(map(self._is_whole, json.loads(found[1]))) else None
        except (sqlite3.DatabaseError, ValueError, TypeError, LookupError, AssertionError):  # damaged: done again
            return None

    def _is_whole(self, noted: Sequence[Any]) -> bool:
        name, size, changed, digest = noted
        assert isinstance(name, str)
        path = self.out / name
        try:
            found = path.stat()
            if found.st_size != size or Path(name).name != name:
                return False
            return bool(found.st_mtime_ns == changed) or content_digest(path.read_bytes()) == digest
        except OSError:
            return False

    def owner(self, company: str) -> tuple[str, int] | None:
        """The profile of this run that has this id, and its place."""
        query = "select path, place from done where run = ? and company = ?"
        found = self.db.execute(query, (self.run, company)).fetchone()
        return (os.fsdecode(found[0]), found[1]) if found else None

    def drop(self, path: str) -> None:
        """Forgets a profile."""
        self._begin()
        self.db.execute("delete from done where path = ?", (os.fsencode(path),))

    def keep(self, path: str, at: int, digest: str, made: RenderedReport) -> None:
        """Notes what was made and written of the profile that is the `at`-th of this run."""
        row, key = made.row, os.fsencode(path)
        rank, score, high, name, company = index_order(row)
        self._begin()
        try:
            self.db.execute("delete from part where path = ?", (key,))
            self.db.execute(
                "insert or replace into done values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    key,
                    self.run,
                    at,
                    self.asked,
                    digest,
                    company,
                    row.verdict_word,
                    rank,
                    score,
                    high,
                    name.encode("utf-8", "replace").decode(),
                    json.dumps(row),
                    json.dumps(made.written_files),
                ),
            )
            for form, rows in made.table_rows:
                self.db.execute("insert into part values (?, ?, ?)", (key, form, zlib.compress(rows, 1)))
        except sqlite3.Error as error:
            raise _failed(self.file, error) from error
        self._commit_in_time()

    def keep_on(self, path: str, at: int) -> None:
        """Takes over into this run what an earlier one made of a profile."""
        self._begin()
        try:
            self.db.execute("update done set run = ?, place = ? where path = ?", (self.run, at, os.fsencode(path)))
        except sqlite3.Error as error:
            raise _failed(self.file, error) from error
        self._commit_in_time()

    def rows(self) -> Iterator[IndexRow]:
        """The companies of this run, worst first."""
        query = "select row from done where run = ? order by rank, score, high, name, company"
        return (_row(text) for (text,) in self.db.execute(query, (self.run,)))

    def tally(self) -> VerdictCounts:
        """How many have each verdict."""
        query = "select word, count(*), min(row) from done where run = ? group by word"
        return {word: (_row(text).verdict, count) for word, count, text in self.db.execute(query, (self.run,))}

    def table_rows(self, form: str) -> Iterator[bytes]:
        """The parts of a table, in the order of the profiles."""
        query = "select rows from done join part using (path) where run = ? and form = ? order by place"
        return (zlib.decompress(rows) for (rows,) in self.db.execute(query, (self.run, form)))

    def finish(self) -> None:
        """Notes that this run is through."""
        self._begin()
        self.db.execute("update run set finished = 1 where id = ?", (self.run,))
        self.commit()

    def close(self) -> None:
        """Keeps what is noted, and lets others at the folder."""
        with suppress(sqlite3.Error, OutputError):
            self.commit()
        self.db.close()
        for left in self.folder.glob(f"{UNFINISHED}*"):
            left.unlink(missing_ok=True)
        os.close(self._lock)

    def _begin(self) -> None:
        if not self._uncommitted:
            self.db.execute("begin")
            self._uncommitted = True

    def _commit_in_time(self) -> None:
        if time.monotonic() - self._committed > EVERY:
            self.commit()

    def commit(self) -> None:
        """Puts on disk what is noted so far."""
        if self._uncommitted:
            self.first()
            try:
                self.db.execute("commit")
            except sqlite3.Error as error:
                raise _failed(self.file, error) from error
            self._uncommitted = False
        self._committed = time.monotonic()


def _connect(file: Path) -> sqlite3.Connection:
    db = sqlite3.connect(file, isolation_level=None)
    db.execute("pragma journal_mode = wal")
    db.execute("pragma synchronous = normal")
    return db


def _filled(db: sqlite3.Connection) -> sqlite3.Connection:
    db.executescript(f"begin; {_TABLES} pragma user_version = {SCHEMA}; commit;")
    return db


def _row(text: str) -> IndexRow:
    values = json.loads(text)
    row = IndexRow(*values)
    figure = NumberText(*row.figure) if row.figure is not None else None
    return row._replace(
        verdict=Badge(*row.verdict),
        figure=figure,
        rule_states=_threes(row.rule_states),
        dependencies=_threes(row.dependencies),
    )


def _locked(path: Path, out: Path) -> int:
    """An open file that is locked until this process ends; children don't inherit the lock."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        import fcntl
    except ImportError:  # not POSIX: two runs may then disturb each other's index
        return handle
    until = time.monotonic() + WAIT
    while True:
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return handle
        except OSError:
            if time.monotonic() > until:
                os.close(handle)
                what = "another run is writing its reports there"
                raise OutputError(Problem(what, "wait until it is done, or choose another --out", str(out))) from None
            time.sleep(0.05)


def _failed(file: Path, error: Exception) -> OutputError:
    reason = str(getattr(error, "strerror", None) or error).lower()
    return OutputError(
        Problem(f"the journal can't be written: {reason}", "choose another folder with --out", str(file))
    )


def _threes(rows: Iterable[Sequence[str]]) -> tuple[tuple[str, str, str], ...]:
    return tuple((a, b, c) for a, b, c in rows)
