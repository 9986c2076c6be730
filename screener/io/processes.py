"""Processes of this program: how many are useful, and how a Python process is started that takes no code from strangers."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

_BOOTSTRAP = """
import importlib, json, sys
here, others = json.loads(sys.argv.pop(1))
first = next((i for i, p in enumerate(sys.path) if p.endswith(("site-packages", "dist-packages"))), len(sys.path))
sys.path.insert(first, here)
sys.path += [p for p in others if p not in sys.path]
module, function = sys.argv.pop(1).split(":")
getattr(importlib.import_module(module), function)()
"""


def available_cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def isolated_python(function: str, arguments: Sequence[str] = ()) -> list[str]:
    """The command of a Python process that calls `function`, named "module:function", with `arguments` in sys.argv[1:].

    It is isolated (`-I`): neither the current folder nor the environment adds to what it imports. The standard library comes
    first on its path, then this package, then installed packages, then what else is on the path of this process.
    """
    package = str(Path(__file__).resolve().parents[2])
    others = [path for path in sys.path if Path(path).is_absolute() and Path(path) != Path.cwd()]
    return [sys.executable, "-I", "-c", _BOOTSTRAP, json.dumps([package, others]), function, *arguments]
