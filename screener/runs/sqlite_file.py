"""Opens, creates, checks and locks SQLite files, for the journal of a run and the database of results.

They are in WAL mode, so that others can read meanwhile, and a kill at any moment leaves what was committed.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import Enum, auto
from pathlib import Path
from typing import NamedTuple

from screener.errors import OutputError, Problem

PATIENCE = 30.0  # seconds to wait for another writer
_MAGIC = b"SQLite format 3\0"  # https://www.sqlite.org/fileformat.html, section 1.3
_NOTICE_AFTER = 1.0  # seconds of waiting before it is reported


class SqliteSchema(NamedTuple):
    """The tables of a file, and the header fields that identify the program and its version."""

    tables: str  # statements, separated by semicolons at the ends of lines
    version: int  # `user_version`
    application: int  # `application_id`


class FileState(Enum):
    """The state of a database file."""

    EMPTY = auto()
    CURRENT = auto()
    LATER = auto()  # written by a later version
    FOREIGN = auto()  # not a database, or one of another program


class SqliteFile:
    """A connection to a file; `waiting` is called once if another process has locked it. Raises sqlite3.Error.

    With `only_read`, a file without write permission can be read.
    """

    def __init__(
        self, file: Path, schema: SqliteSchema, waiting: Callable[[], None] = lambda: None, only_read: bool = False
    ) -> None:
        self.file, self.schema, self._waiting = file, schema, waiting
        is_fixed = only_read and _is_fixed(file)
        name = f"{file.absolute().as_uri()}?immutable=1" if is_fixed else file
        self._connection = sqlite3.connect(name, timeout=_NOTICE_AFTER, isolation_level=None, uri=is_fixed)
        self._in_transaction = False
        self._committed = time.monotonic()

    def state(self) -> FileState:
        """Returns the state of the file, from its header."""
        if not _may_be_sqlite(self.file):
            return FileState.FOREIGN
        try:
            self._connection.execute("begin")  # another process may be creating the tables: all is read of one moment
            (tables,) = self._patiently("select count(*) from sqlite_master").fetchone()
            (application,) = self._connection.execute("pragma application_id").fetchone()
            (version,) = self._connection.execute("pragma user_version").fetchone()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            return FileState.FOREIGN
        finally:
            if self._connection.in_transaction:
                self._connection.rollback()
        if (application, version, tables) == (0, 0, 0):
            return FileState.EMPTY
        if application != self.schema.application:
            return FileState.FOREIGN
        if version > self.schema.version:
            return FileState.LATER
        self._connection.execute("pragma synchronous = normal")
        return FileState.CURRENT

    def create(self) -> None:
        """Creates the tables in an empty file, once even if several processes try at the same time."""
        self._patiently("pragma journal_mode = wal")
        self._connection.execute("pragma synchronous = normal")
        with self.transaction():
            if self._connection.execute("pragma user_version").fetchone()[0] == 0:
                for statement in self.schema.tables.split(";\n"):
                    if statement.strip():
                        self._connection.execute(statement)
                self._connection.execute(f"pragma application_id = {self.schema.application}")
                self._connection.execute(f"pragma user_version = {self.schema.version}")

    def add_tables(self, tables: str) -> None:
        """Creates tables that a file of an earlier version lacks, by statements with `if not exists`, separated as in
        the schema."""
        for statement in tables.split(";\n"):
            if statement.strip():
                self._patiently(statement)

    def is_whole(self) -> bool:
        """Returns whether all pages of the file are readable and consistent."""
        try:
            return self._connection.execute("pragma quick_check(1)").fetchall() == [("ok",)]
        except sqlite3.DatabaseError:
            return False

    def execute(self, statement: str, values: Sequence[object] | Mapping[str, object] = ()) -> sqlite3.Cursor:
        """Runs a statement."""
        return self._connection.execute(statement, values)

    def executemany(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Runs a statement for each row of values."""
        self._connection.executemany(statement, rows)

    def begin(self) -> None:
        """Begins a transaction, unless one has begun."""
        if not self._in_transaction:
            self._patiently("begin immediate")
            self._in_transaction = True

    def commit(self) -> None:
        """Commits the changes since `begin`."""
        if self._in_transaction:
            self._patiently("commit")
            self._in_transaction = False
        self._committed = time.monotonic()

    def since_commit(self) -> float:
        """Returns the seconds since the last commit."""
        return time.monotonic() - self._committed

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Provides a transaction that is committed at the end of the block, and rolled back if the block fails."""
        self.begin()
        try:
            yield
            self.commit()
        finally:
            if self._in_transaction:
                self._in_transaction = False
                self._connection.rollback()

    def close(self) -> None:
        """Closes the file; uncommitted changes are rolled back."""
        self._connection.close()

    def _patiently(self, statement: str) -> sqlite3.Cursor:
        """Runs a statement that may have to wait for another process."""
        try:
            return self._connection.execute(statement)
        except sqlite3.OperationalError as error:
            if not any(word in str(error) for word in ("locked", "busy")):
                raise
        self._waiting()
        self._connection.execute(f"pragma busy_timeout = {round(PATIENCE * 1000)}")
        return self._connection.execute(statement)


def _may_be_sqlite(file: Path) -> bool:
    """Returns whether a file is empty or has the header of SQLite, which itself accepts a file of a few bytes as an
    empty database."""
    try:
        with file.open("rb") as content:
            return content.read(len(_MAGIC)) in (b"", _MAGIC)
    except OSError:  # the error of SQLite is more specific
        return True


def _is_fixed(file: Path) -> bool:
    """Returns whether this user can't write the file or files beside it, which SQLite needs even for reading, and
    nobody else is writing it."""
    may_write = os.access(file, os.W_OK) and os.access(file.absolute().parent, os.W_OK)
    return not may_write and not file.with_name(f"{file.name}-wal").exists()


@contextmanager
def sqlite_faults(file: Path, what: str, hint: str) -> Iterator[None]:
    """Converts errors of SQLite and of the file system to an OutputError that says `what` can't be done and why."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        reason = str(getattr(error, "strerror", None) or error).lower()
        raise OutputError(Problem(f"{what}: {reason}", hint, str(file))) from error
