"""Which files a command has read, under whatever name it came by them: none of them may become its output."""

import os
import stat
from pathlib import Path

FileIdentity = tuple[int, int]
"""Device and inode: the same for a file by all its names and links."""

_read: set[FileIdentity] | None = None


def record_reads() -> None:
    """Begins to record what is read from now on in this process, as each command does; what was read before is forgotten."""
    global _read
    _read = set()


def note_read(path: str | Path) -> None:
    """Records that a file is read. Nothing is recorded of '-', of devices and pipes, or where `record_reads` was not called."""
    if _read is not None and (found := _regular(path)) is not None:
        _read.add(found)


def was_read(identity: FileIdentity | None) -> bool:
    """Whether a file was recorded."""
    return _read is not None and identity in _read


def _regular(path: str | Path) -> FileIdentity | None:
    try:
        about = os.stat(path)  # noqa: PTH116 (Path("") would be the current folder)
    except (OSError, ValueError):
        return None
    return (about.st_dev, about.st_ino) if stat.S_ISREG(about.st_mode) else None
