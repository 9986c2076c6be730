"""Detects saved files: the state of files, and a generator that waits for the next save."""

import gc
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from screener.io.paths import real_path

FileStamp = tuple[str, int, int, int]
"""A file, and attributes that change when it is saved."""
POLL = 0.2  # seconds between two checks of the files if the system does not report changes


def file_stamps(paths: Iterable[str | Path]) -> frozenset[FileStamp]:
    """Returns the present state of files, including missing ones; it differs after each save."""
    return frozenset(_stamp(Path(path)) for path in paths)


def _stamp(path: Path) -> FileStamp:
    try:
        found = path.stat()
    except OSError:
        return str(path), 0, 0, 0
    return str(path), found.st_mtime_ns, found.st_size, found.st_ino


def saves(
    before: frozenset[FileStamp], stamps: Callable[[], frozenset[FileStamp]], folders: Iterable[str | Path] = ()
) -> Iterator[None]:
    """Yields once for each save since the state `before`, without end; `stamps` reads the state again each time.

    The folders of these files are watched, and `folders`, in which new files may appear.
    """
    watched = {str(real_path(name).parent) for name, *_ in before} | {str(real_path(f)) for f in folders}
    gc.collect()  # while no result is awaited
    for _ in _changes_in(watched):
        if (now := stamps()) != before:
            before = now
            yield
            gc.collect()


def _changes_in(folders: set[str]) -> Iterator[object]:
    """Yields whenever something in these folders may have changed: at once if the system reports it, else at intervals."""
    from watchfiles import watch

    try:
        yield from watch(
            *folders,
            watch_filter=None,
            step=15,
            debounce=100,
            rust_timeout=1000,
            yield_on_timeout=True,
            recursive=False,
            ignore_permission_denied=True,
        )
    except (OSError, RuntimeError):  # the system's limit of watches is reached
        while True:
            time.sleep(POLL)
            yield None
