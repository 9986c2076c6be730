"""Makes a failing case smaller: `python -m tests.fuzz.reduce FILE`. Each try runs in a separate process, so that crashes count."""

import copy
import importlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from screener.errors import EngineError


def fails(case: dict[str, Any], module: str) -> bool:
    """Returns whether a case still fails, by a difference or a crash (an invalid case does not count)."""
    child = os.fork()
    if not child:
        try:
            os._exit(3 if importlib.import_module(module).differences(case) else 0)
        except EngineError:
            os._exit(3)
        except BaseException:
            os._exit(0)
    status = os.waitpid(child, 0)[1]
    return os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 3


def smaller(data: Any) -> Iterator[Any]:
    """Yields the same data with one thing left out."""
    if isinstance(data, dict):
        for key in data:
            yield {k: v for k, v in data.items() if k != key}
        for key, value in data.items():
            for less in smaller(value):
                yield {**data, key: less}
    elif isinstance(data, list):
        for i in range(len(data)):
            yield data[:i] + data[i + 1 :]
        for i, value in enumerate(data):
            for less in smaller(value):
                yield [*data[:i], less, *data[i + 1 :]]
    elif isinstance(data, str) and len(data) > 4 and " " in data:
        for word in (" and ", " or "):
            if word in data:
                yield from (part.strip("()") for part in data.split(word))
        yield "true"


def reduce(case: dict[str, Any], module: str = "tests.fuzz.worker") -> dict[str, Any]:
    """Returns the smallest failing case that leaving out one thing at a time can reach."""
    importlib.import_module(module)
    changed = True
    while changed:
        changed = False
        for less in smaller(copy.deepcopy(case)):
            if fails(less, module):
                case, changed = less, True
                print(len(json.dumps(case)), file=sys.stderr)
                break
    return case


if __name__ == "__main__":
    found = reduce(json.loads(Path(sys.argv[1]).read_text("utf-8")), *sys.argv[2:])
    print(json.dumps(found, ensure_ascii=False, indent=1))
