"""A lock on a folder of reports, since two runs that write to one folder would mix their reports."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from screener.errors import OutputError, Problem

PATIENCE = 5.0  # seconds to wait for another run to end
_RETRY = 0.05  # seconds between attempts
_locked: set[int] = set()  # descriptors of this process, which its forked children must close


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Locks an existing folder until the end of the block, or of this process. Leaves no file behind.

    Does nothing if the system or the file system does not support such
    locks. Raises OutputError if another process has the lock.
    """
    handle = _locked_descriptor(folder)
    try:
        yield
    finally:
        if handle is not None:
            _locked.discard(handle)
            os.close(handle)


def _locked_descriptor(folder: Path) -> int | None:
    try:
        import fcntl

        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    except (ImportError, OSError):  # not POSIX, or a folder that can be written but not read
        return None
    until = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _locked.add(handle)
            return handle
        except BlockingIOError:
            if time.monotonic() > until:
                os.close(handle)
                what = "another run is writing its reports there"
                hint = "wait until it is done, or choose another --out"
                raise OutputError(Problem(what, hint, str(folder))) from None
            time.sleep(_RETRY)
        except OSError:  # a file system without locks
            os.close(handle)
            return None


def _release_in_child() -> None:
    """Closes the descriptors in a forked child; else the lock would last until the child ends rather than its parent."""
    for handle in _locked:
        with suppress(OSError):
            os.close(handle)
    _locked.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_release_in_child)
