"""Results of all runs in one SQLite file: a result once, however many runs found the same.

In WAL mode, so that others may read meanwhile, and a kill at any moment leaves what was committed. Several runs may write
to one file. docs/scale.md has the tables.
"""

import sqlite3
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

from screener import __version__
from screener.errors import DocumentError, OutputError, Problem
from screener.report.database_record import ResultRecord
from screener.rules.rulebook import Rulebook

APPLICATION = 0x53435231  # SCR1: the file says by itself whose it is
SCHEMA = 1
SHORT = 16  # characters of a profile's digest that a result names
EVERY = 0.25  # seconds between writes
PATIENCE = 30.0  # seconds to wait for another writer
_TABLES = """
create table run (
  id integer primary key, started text not null, finished text, screener text not null,
  pack text not null, pack_version text not null, pack_digest text not null, judged text not null
);
create table rule (
  pack_digest text not null, rule text not null, flag text not null, severity text not null, category text not null,
  title_en text not null, title_zh text not null, primary key (pack_digest, rule)
) without rowid;
create table result (
  id integer primary key, company text not null, profile_digest text not null, judged text not null,
  name_en text not null, name_zh text not null, as_of text, verdict text not null, score real not null,
  score_low real not null, score_high real not null, decided integer not null, total integer not null,
  unique (company, profile_digest, judged)
);
create table finding (
  result integer not null references result, rule text not null, outcome text not null, points real not null,
  scored integer not null, waived_until text, headline_en text, headline_zh text, primary key (result, rule)
) without rowid;
create table screened (
  run integer not null references run, company text not null, result integer not null references result,
  primary key (company, run)
) without rowid;
create index screened_by_run on screened (run);
create view findings as
  select s.run, r.company, r.name_en as name, r.as_of, r.verdict, r.score, f.rule, k.flag, f.outcome, k.severity, k.category,
    k.title_en as title, f.headline_en as headline, f.points, f.scored, f.waived_until
  from screened s join run u on u.id = s.run join result r on r.id = s.result join finding f on f.result = r.id
    join rule k on k.pack_digest = u.pack_digest and k.rule = f.rule;
"""


class RunIdentity(NamedTuple):
    """What judges in a run: the rules, and the digest of all that decides a result beside the profile."""

    rulebook: Rulebook
    digest: str


class ResultDatabase:
    """The results of one run on their way into a file. Raises OutputError where it can't be written or is another's."""

    def __init__(self, file: Path, judged: RunIdentity, resume: bool = False) -> None:
        self.file, self.judged = file, judged
        self._waiting: list[tuple[str, str, ResultRecord | None]] = []
        self._written = time.monotonic()
        try:
            self.db = open_result_database(file, create=True)
            self.run = (resume and self._unfinished()) or self._new_run()
        except (sqlite3.Error, OSError) as error:
            raise self._failed(error) from error

    def _unfinished(self) -> int | None:
        """The last run, if it was asked the same and did not come to its end."""
        query = "select id, judged, finished from run order by id desc limit 1"
        found = self.db.execute(query).fetchone()
        return found[0] if found and found[1] == self.judged.digest and found[2] is None else None

    def _new_run(self) -> int:
        book = self.judged.rulebook
        self.db.execute("begin immediate")
        values = (_now(), __version__, book.name, book.version, book.digest, self.judged.digest)
        found = self.db.execute(
            "insert into run (started, screener, pack, pack_version, pack_digest, judged) values (?, ?, ?, ?, ?, ?)",
            values,
        ).lastrowid
        self.db.executemany(
            "insert or ignore into rule values (?, ?, ?, ?, ?, ?, ?)",
            ((book.digest, r.id, r.flag, r.severity, r.category, r.title.en, r.title.zh) for r in book.rules.values()),
        )
        self.db.execute("commit")
        assert found is not None
        return found

    def has(self, company: str, profile_digest: str) -> bool:
        """Whether the result of this profile is there, judged the same."""
        return self._find(company, profile_digest) is not None

    def _find(self, company: str, profile_digest: str) -> int | None:
        query = "select id from result where company = ? and profile_digest = ? and judged = ?"
        found = self.db.execute(query, (company, profile_digest[:SHORT], self.judged.digest)).fetchone()
        return found[0] if found else None

    def keep(self, record: ResultRecord) -> None:
        """Notes a result of this run. The same one again changes nothing."""
        self._note((record.company, record.profile_digest, record))

    def keep_on(self, company: str, profile_digest: str) -> None:
        """Notes that the result that is there is that of this run, too."""
        self._note((company, profile_digest, None))

    def _note(self, what: tuple[str, str, ResultRecord | None]) -> None:
        self._waiting.append(what)
        if time.monotonic() - self._written > EVERY:
            self.write()

    def write(self) -> None:
        """Puts on disk what is noted so far, in one go: nobody else has to wait for long."""
        try:
            self.db.execute("begin immediate")
            for company, digest, record in self._waiting:
                at = self._find(company, digest)
                if at is None and record is not None:
                    at = self._insert(record)
                self.db.execute("insert or replace into screened values (?, ?, ?)", (self.run, company, at))
            self.db.execute("commit")
        except sqlite3.Error as error:
            raise self._failed(error) from error
        self._waiting.clear()
        self._written = time.monotonic()

    def _insert(self, record: ResultRecord) -> int | None:
        values = (record.company, record.profile_digest, self.judged.digest, *record[1:-2])
        at = self.db.execute(
            "insert into result (company, profile_digest, judged, name_en, name_zh, as_of, verdict, score,"
            " score_low, score_high, decided, total) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            values,
        ).lastrowid
        rows = ((at, *finding) for finding in record.findings)
        self.db.executemany("insert into finding values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        return at

    def finish(self) -> None:
        """Notes that this run is through."""
        self.write()
        try:
            self.db.execute("update run set finished = ? where id = ?", (_now(), self.run))
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def close(self) -> None:
        """Keeps what is noted. A run that noted nothing leaves no trace."""
        with suppress(sqlite3.Error, OutputError):
            self.write()
            nothing = "delete from run where id = ? and not exists (select * from screened where run = ?)"
            self.db.execute(nothing, (self.run, self.run))
        self.db.close()

    def _failed(self, error: Exception) -> OutputError:
        reason = str(getattr(error, "strerror", None) or error).lower()
        return OutputError(Problem(f"can't be written: {reason}", "choose another file with --db", str(self.file)))


def open_result_database(file: Path, create: bool = False) -> sqlite3.Connection:
    """The database in a file, made where it may be.

    Raises DocumentError where the file is no database of results, or one of a later version; sqlite3.Error else.
    """
    if not create and not file.is_file():
        raise DocumentError(Problem("there is no such file", "name the file that `screener run --db` wrote", str(file)))
    db = sqlite3.connect(file, timeout=PATIENCE, isolation_level=None)
    try:
        (application,), (schema,) = (
            db.execute(f"pragma {what}").fetchone() for what in ("application_id", "user_version")
        )
        (tables,) = db.execute("select count(*) from sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        db.close()
        if isinstance(error, sqlite3.OperationalError):
            raise
        application, schema, tables = -1, 0, -1
    if create and application == 0 and tables == 0:
        return _filled(db)
    if application != APPLICATION:
        db.close()
        raise DocumentError(Problem("is no database of results", "name one that `screener run --db` wrote", str(file)))
    if schema > SCHEMA:
        db.close()
        raise DocumentError(Problem("was written by a later screener", "use that one, or a new file", str(file)))
    db.execute("pragma synchronous = normal")
    return db


def _filled(db: sqlite3.Connection) -> sqlite3.Connection:
    """An empty database with its tables; of several runs that make it at the same time one does."""
    db.execute("pragma journal_mode = wal")
    db.execute("pragma synchronous = normal")
    db.execute("begin immediate")
    if db.execute("pragma user_version").fetchone()[0] == 0:
        for statement in _statements():
            db.execute(statement)
        db.execute(f"pragma application_id = {APPLICATION}")
        db.execute(f"pragma user_version = {SCHEMA}")
    db.execute("commit")
    return db


def _statements() -> Iterable[str]:
    return (part for part in _TABLES.split(";\n") if part.strip())


def _now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
