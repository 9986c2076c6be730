"""Stores the results of all runs in one SQLite file. A result that several runs found is stored once.

Several runs may write to one file. docs/scale.md describes the tables.
"""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

from screener import __version__
from screener.errors import DocumentError, OutputError, Problem
from screener.io.read_files import note_read
from screener.report.database_record import ResultRecord
from screener.report.views.movement import EarlierStanding
from screener.rules.rulebook import Rulebook
from screener.runs.sqlite_file import FileState, SqliteFile, SqliteSchema, sqlite_faults

DIGEST_LENGTH = 16  # number of characters of a profile's digest that are stored with a result
WRITE_INTERVAL = 0.25  # seconds
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
_ADDED_TABLES = """
create table if not exists figure (
  result integer not null references result, figure text not null, party text not null, about text not null,
  title_en text not null, title_zh text not null, low real, high real, word text, unit text not null, currency text,
  primary key (result, figure, party, about)
) without rowid;
create view if not exists figures as
  select s.run, r.company, r.name_en as name, g.figure, g.party, g.about, g.title_en as title, g.low, g.high, g.word,
    g.unit, g.currency
  from screened s join result r on r.id = s.result join figure g on g.result = r.id;
"""
"""Tables that files written by an earlier version lack: results there have no figures."""
_SCHEMA = SqliteSchema(_TABLES, version=1, application=0x53435231)  # the letters SCR1


class RunIdentity(NamedTuple):
    """The inputs of a run other than the profiles: the rules, and a digest of rules, settings and options."""

    rulebook: Rulebook
    digest: str


class ResultDatabase:
    """Writes the results of one run to a file. Raises OutputError, or DocumentError if the file is not a database of
    results.

    With `resume`, continues the last run in the file if that has the same identity and was not finished. `waiting` is
    called if another process has locked the file.
    """

    def __init__(
        self, file: Path, identity: RunIdentity, resume: bool = False, waiting: Callable[[], None] = lambda: None
    ) -> None:
        self.file, self.identity = file, identity
        self._queue: list[tuple[str, str, ResultRecord | None]] = []
        with self._faults():
            self._sqlite = open_result_database(file, create=True, waiting=waiting)
            self._sqlite.add_tables(_ADDED_TABLES)
            self.run = (resume and self._unfinished_run()) or self._new_run()

    def _unfinished_run(self) -> int | None:
        query = "select id, judged, finished from run order by id desc limit 1"
        found = self._sqlite.execute(query).fetchone()
        return found[0] if found and found[1] == self.identity.digest and found[2] is None else None

    def _new_run(self) -> int:
        book = self.identity.rulebook
        with self._sqlite.transaction():
            values = (_now(), __version__, book.name, book.version, book.digest, self.identity.digest)
            columns = "started, screener, pack, pack_version, pack_digest, judged"
            run = self._sqlite.execute(f"insert into run ({columns}) values (?, ?, ?, ?, ?, ?)", values).lastrowid
            self._sqlite.executemany(
                "insert or ignore into rule values (?, ?, ?, ?, ?, ?, ?)",
                (
                    (book.digest, r.id, r.flag, r.severity, r.category, r.title.en, r.title.zh)
                    for r in book.rules.values()
                ),
            )
        assert run is not None
        return run

    def has(self, company: str, profile_digest: str) -> bool:
        """Returns whether the result of this profile under the same rules is stored."""
        return self._result_id(company, profile_digest) is not None

    def _result_id(self, company: str, profile_digest: str) -> int | None:
        query = "select id from result where company = ? and profile_digest = ? and judged = ?"
        key = (company, profile_digest[:DIGEST_LENGTH], self.identity.digest)
        found = self._sqlite.execute(query, key).fetchone()
        return found[0] if found else None

    def add(self, record: ResultRecord) -> None:
        """Stores a result of this run. Storing it again changes nothing."""
        self._enqueue(record.company, record.profile_digest, record)

    def add_stored(self, company: str, profile_digest: str) -> None:
        """Adds a result that is stored already to this run."""
        self._enqueue(company, profile_digest, None)

    def earlier_standings(self, companies: Sequence[str]) -> dict[str, EarlierStanding]:
        """Returns verdict and score in the last earlier run of each company that such a run screened, by its id."""
        query = (
            "select r.verdict, r.score from screened s join result r on r.id = s.result"
            " where s.company = ? and s.run < ? order by s.run desc limit 1"
        )
        with self._faults():
            found = {company: self._sqlite.execute(query, (company, self.run)).fetchone() for company in companies}
        return {company: EarlierStanding(*row) for company, row in found.items() if row}

    def _enqueue(self, company: str, profile_digest: str, record: ResultRecord | None) -> None:
        self._queue.append((company, profile_digest, record))
        if self._sqlite.since_commit() > WRITE_INTERVAL:
            self.write()

    def write(self) -> None:
        """Writes the results added so far in one short transaction, so that other writers need not wait for long."""
        with self._faults(), self._sqlite.transaction():
            for company, digest, record in self._queue:
                result = self._result_id(company, digest)
                if result is None and record is not None:
                    result = self._insert(record)
                values = (self.run, company, result)
                self._sqlite.execute("insert or replace into screened values (?, ?, ?)", values)
        self._queue.clear()

    def _insert(self, record: ResultRecord) -> int | None:
        values = (record.company, record.profile_digest, self.identity.digest, *record[1:-3])
        result = self._sqlite.execute(
            "insert into result (company, profile_digest, judged, name_en, name_zh, as_of, verdict, score,"
            " score_low, score_high, decided, total) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            values,
        ).lastrowid
        rows = ((result, *finding) for finding in record.findings)
        self._sqlite.executemany("insert into finding values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        figures = ((result, *figure) for figure in record.figures)
        self._sqlite.executemany("insert into figure values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", figures)
        return result

    def finish(self) -> None:
        """Marks this run as finished."""
        self.write()
        with self._faults():
            self._sqlite.execute("update run set finished = ? where id = ?", (_now(), self.run))

    def close(self) -> None:
        """Writes the added results, and closes the file. A run that added nothing is not recorded."""
        with suppress(sqlite3.Error, OutputError):
            self.write()
            nothing = "delete from run where id = ? and not exists (select * from screened where run = ?)"
            self._sqlite.execute(nothing, (self.run, self.run))
        self._sqlite.close()

    def _faults(self) -> AbstractContextManager[None]:
        return sqlite_faults(self.file, "can't be written", "choose another file with --db")


def open_result_database(file: Path, create: bool = False, waiting: Callable[[], None] = lambda: None) -> SqliteFile:
    """Opens the database in a file; with `create`, creates it if there is none.

    Raises DocumentError if the file is not a database of results or was written by a later version, and sqlite3.Error.
    """
    if not file.is_file() and (not create or file.exists()):
        what = "there is no such file or folder" if not file.exists() else "is no file"
        raise DocumentError(Problem(what, "name a file that `screener run --db` wrote", str(file)))
    note_read(file)
    sqlite = SqliteFile(file, _SCHEMA, waiting, only_read=not create)
    try:
        state = sqlite.state()
        if state is FileState.EMPTY and create:
            sqlite.create()
        elif state is FileState.LATER:
            raise DocumentError(Problem("was written by a later screener", "use that one, or a new file", str(file)))
        elif state is not FileState.CURRENT:
            hint = "name a file that `screener run --db` wrote"
            raise DocumentError(Problem("is not a database of results", hint, str(file)))
    except BaseException:
        sqlite.close()
        raise
    return sqlite


def _now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
