"""Records the files that a command has read, under any name, since none of them may be overwritten by its output."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FileIdentity = tuple[int, int]
"""Device and inode, which are the same for all names of and links to a file."""

_read: set[FileIdentity] | None = None


@contextmanager
def recording_reads() -> Iterator[None]:
    """Records the files read in this process within the block, which is a command; the record is deleted afterwards."""
    global _read
    before, _read = _read, set()
    try:
        yield
    finally:
        _read = before


def note_read(path: str | Path) -> None:
    """Records that a file is read. Ignores '-', devices and pipes, and does nothing outside of `recording_reads`."""
    if _read is not None and (found := _regular(path)) is not None:
        _read.add(found)


def was_read(identity: FileIdentity | None) -> bool:
    """Returns whether a file was recorded."""
    return _read is not None and identity in _read


def _regular(path: str | Path) -> FileIdentity | None:
    try:
        about = os.stat(path)  # noqa: PTH116 (Path("") would be the current folder)
    except (OSError, ValueError):
        return None
    return (about.st_dev, about.st_ino) if stat.S_ISREG(about.st_mode) else None
