"""Compares the time of one report in a new process with the time that importing its dependencies takes.

Whole processes are measured in turn, so that the ratio is reliable on a busy machine.

    python bench/start_up.py [RUNS]
"""

import compileall
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
IMPORTS = (
    "import click, pydantic, jinja2, yaml, networkx, durable_rules_engine\nclass M(pydantic.BaseModel):\n    x: int"
)
LAZILY = "import os, sys; sys.setdlopenflags(sys.getdlopenflags() & ~os.RTLD_NOW | os.RTLD_LAZY)\n"


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def measure(runs: int) -> dict[str, float]:
    """Returns the medians in milliseconds and the median of the ratios."""
    compileall.compile_dir(ROOT / "screener", quiet=1)  # as in a package installed by pip
    with tempfile.TemporaryDirectory() as out:
        report = [sys.executable, "-m", "screener", "run", str(ROOT / "fixtures/oracle.json"), "--out", out]
        imports = [sys.executable, "-c", LAZILY + IMPORTS]
        start = [sys.executable, "-m", "screener", "--help"]
        bare = [sys.executable, "-c", "pass"]
        rows = [[seconds(c) for c in (report, imports, start, bare)] for _ in range(runs + 1)][1:]
    whole, needed, helped, nothing = (1e3 * statistics.median(column) for column in zip(*rows, strict=True))
    ratio = statistics.median(row[0] / row[1] for row in rows)
    return {"report": whole, "imports": needed, "ratio": ratio, "help": helped - nothing}


def main(runs: int) -> None:
    found = measure(runs)
    print(f"one report      {found['report']:6.0f} ms   median of {runs}")
    print(f"its imports     {found['imports']:6.0f} ms")
    print(f"ratio           {found['ratio']:6.2f}      goal 1.50")
    print(f"--help          {found['help']:6.0f} ms   beyond Python's own start, goal 100")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
