"""Processes of this program: their number, memory limits, garbage collection, and isolated Python processes."""

import gc
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from screener import limits

_BOOTSTRAP = """
import importlib, json, sys
here, others = json.loads(sys.argv.pop(1))
first = next((i for i, p in enumerate(sys.path) if p.endswith(("site-packages", "dist-packages"))), len(sys.path))
sys.path.insert(first, here)
sys.path += [p for p in others if p not in sys.path]
module, function = sys.argv.pop(1).split(":")
getattr(importlib.import_module(module), function)()
"""

GARBAGE_AFTER = 50_000  # objects: the results of a few companies, most of which Python frees without the collector


def collect_garbage_rarely() -> None:
    """Switches the garbage collector on, for work on many companies.

    Existing objects are excluded from collection. With Python's default thresholds, a twelfth of the time of a run was
    spent on traversing the result under construction.
    """
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER, 10, 10)
    gc.enable()


def available_cores() -> int:
    """Returns the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def isolated_python(function: str, arguments: Sequence[str] = ()) -> list[str]:
    """Returns the command of a Python process that calls `function`, named "module:function", with `arguments` in
    sys.argv[1:].

    The process is isolated (`-I`): neither the current folder nor the environment affects its imports. Its path has the
    standard library first, then this package, installed packages, and the rest of the path of this process.
    """
    package = str(Path(__file__).resolve().parents[2])
    others = [path for path in sys.path if Path(path).is_absolute() and Path(path) != Path.cwd()]
    return [sys.executable, "-I", "-c", _BOOTSTRAP, json.dumps([package, others]), function, *arguments]


def limit_growth(most: int = limits.WORKER_BYTES) -> None:
    """Limits the growth of this process to `most` bytes of address space, beyond which Python raises MemoryError.

    Does nothing if the system does not report the present size or has no such limit. `lift_growth_limit` removes the
    limit in a child.
    """
    with suppress(ImportError, OSError, ValueError):
        import resource

        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        wanted = pages * resource.getpagesize() + most
        resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def lift_growth_limit() -> None:
    """Removes the limit that `limit_growth` set in the parent, since browsers reserve far more address space than they
    use."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
