"""Screens one company in a separate process, so that a crash of the C engine can be reported. Uses a fork and a pipe,
to avoid slow imports."""

import os
import pickle
import signal
import sys
from collections.abc import Callable
from typing import TypeVar

from screener.io.processes import limit_growth
from screener.runs.task import WorkerDeath

T = TypeVar("T")


def can_fork() -> bool:
    """Returns whether this process may be forked: on POSIX, unless it has threads, whose locks would be copied as well."""
    threading = sys.modules.get("threading")
    return hasattr(os, "fork") and sys.platform != "darwin" and (threading is None or threading.active_count() == 1)


def run_in_fork(function: Callable[[str], T], item: str, limit: float | None) -> T | WorkerDeath:
    """Returns what `function` returns for `item`, or how the process that called it died. `limit` is in seconds."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent reports the interruption
            os.close(reader)
            limit_growth()
            with os.fdopen(writer, "wb") as pipe:
                pickle.dump(function(item), pipe, pickle.HIGHEST_PROTOCOL)
            getattr(function, "close", lambda: None)()
        finally:
            os._exit(0)
    os.close(writer)
    answered = False
    try:
        answer = _read_all(reader, limit)
        answered = answer is not None
    finally:
        os.close(reader)
        if not answered:
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    if answer is None:
        return WorkerDeath(0, limit)
    if not answer or os.WIFSIGNALED(status):
        return WorkerDeath(os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0)
    return pickle.loads(answer)  # type: ignore[no-any-return]


def _read_all(pipe: int, limit: float | None) -> bytes | None:
    """Reads a pipe to its end; returns None if nothing arrives for `limit` seconds."""
    import select

    parts: list[bytes] = []
    while True:
        if not select.select([pipe], [], [], limit)[0]:
            return None
        part = os.read(pipe, 1 << 20)
        if not part:
            return b"".join(parts)
        parts.append(part)
