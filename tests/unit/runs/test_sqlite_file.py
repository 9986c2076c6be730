"""The state of a database file while another process creates its tables."""

import threading
from pathlib import Path
from typing import Any

import pytest

from screener.runs.sqlite_file import FileState, SqliteFile, SqliteSchema

SCHEMA = SqliteSchema("create table one (a text);", version=1, application=7)


@pytest.mark.parametrize("moment", [1, 2, 3])
def test_tables_that_another_process_creates_meanwhile(moment: int, tmp_path: Path) -> None:
    """The header is read of one moment: the file is empty or a database of the program, never one of another program."""
    path = tmp_path / "results.sqlite"
    file = SqliteFile(path, SCHEMA)
    other = threading.Thread(target=lambda: SqliteFile(path, SCHEMA).create())
    connection, count = file._connection, 0

    class Paused:
        """The connection, which lets the other one go on after a number of reads."""

        def execute(self, statement: str, *values: Any) -> Any:
            nonlocal count
            if statement.startswith(("pragma", "select")):
                count += 1
                if count == moment:
                    other.start()
                    other.join(1)  # until it is done, or waits for this connection
            return connection.execute(statement, *values)

        def __getattr__(self, name: str) -> Any:
            return getattr(connection, name)

    file._connection = Paused()  # type: ignore[assignment]
    assert file.state() in (FileState.EMPTY, FileState.CURRENT)
    other.join()
    assert SqliteFile(path, SCHEMA).state() is FileState.CURRENT
