"""Runs the command in a child process if memory is limited (`ulimit -v`), since C libraries end the process when they
get none."""

import math
import os
import signal
import sys
from contextlib import suppress
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any

from screener.cli.output import print_notice

FRUGAL: dict[str, str] = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "ARROW_IO_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}
"""Environment variables that keep libraries from reserving memory for their own threads and pools."""
_NUMPY_NEEDS = 128 << 20  # bytes of address space needed to load numpy
_DEATHS = ("SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGKILL", "SIGSEGV", "SIGTRAP")
_FORWARDED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
_BY_KERNEL = 0x80  # si_code of a signal that the terminal sends to all its processes
_DIE_WITH_PARENT, _ARENAS = 1, -8  # PR_SET_PDEATHSIG of prctl(2), M_ARENA_MAX of mallopt(3)


def run_in_child(completed: int) -> int | None:
    """Forks if the address space is limited. Returns None in the child, and the child's exit code in the parent.

    Also returns None if nothing is limited or the system cannot fork. If a signal of a fault or of the system ended the
    child, that is reported, and the exit code is `completed`, the code for a command that was not completed.
    """
    if not _is_limited() or not hasattr(os, "fork") or not hasattr(signal, "sigwaitinfo"):
        return None
    for name, value in FRUGAL.items():
        os.environ.setdefault(name, value)
    watched = {signal.SIGCHLD, *(getattr(signal, name) for name in _FORWARDED)}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, watched)
    try:
        child = os.fork()
    except OSError:  # there is no memory for another process
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return None
    if child == 0:
        sys.meta_path.insert(0, _MemoryForNumpy())
        _settle_child()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return None
    return _exit_code(_status_of(child, watched), completed)


def _is_limited() -> bool:
    try:
        import resource
    except ImportError:
        return False
    return any(
        resource.getrlimit(kind)[0] != resource.RLIM_INFINITY for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA)
    )


class _MemoryForNumpy(MetaPathFinder):
    """Refuses to load numpy if there is too little memory for it: its library OpenBLAS would retry the allocation
    forever."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        """Returns None, or raises MemoryError if numpy is requested and memory is short."""
        if fullname == "numpy" and _address_space_left() < _NUMPY_NEEDS:
            raise MemoryError


def _address_space_left() -> float:
    """Returns the bytes that this process may still reserve; infinity if that can't be determined."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        most, _ = resource.getrlimit(resource.RLIMIT_AS)
        if most != resource.RLIM_INFINITY:
            pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
            return most - pages * resource.getpagesize()
    return math.inf


def _settle_child() -> None:
    """Makes the child end with its parent, and use one memory arena for all threads."""
    with suppress(Exception):
        import ctypes

        library: Any = ctypes.CDLL(None)
        library.prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        library.mallopt(_ARENAS, 1)


def _status_of(child: int, watched: set[signal.Signals]) -> int:
    """Waits for the child to end, and forwards signals that only this process received. Returns the status of
    waitpid(2)."""
    while True:
        got = signal.sigwaitinfo(watched)
        if got.si_signo != signal.SIGCHLD:
            if got.si_code != _BY_KERNEL:
                os.kill(child, got.si_signo)
            continue
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status


def _exit_code(status: int, completed: int) -> int:
    if not os.WIFSIGNALED(status):
        return os.WEXITSTATUS(status)
    number = os.WTERMSIG(status)
    name = signal.Signals(number).name if number in set(signal.Signals) else str(number)
    if name not in _DEATHS:
        return 128 + number
    print_notice(
        f"there is not enough memory: the process died of {name}; raise the limit (ulimit -v), or screen fewer companies at a time"
    )
    sys.stderr.flush()
    return completed
