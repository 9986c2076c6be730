"""Waits for other processes by what they do, never for a fixed time, and limits the CPU time of a computation.

No test may depend on the speed of the machine. A test names the event for which it waits; PATIENCE only ends tests whose event
never happens.
"""

import subprocess
import time
from collections.abc import Callable
from typing import Any, TypeVar

Result = TypeVar("Result")
PATIENCE = 600.0  # seconds after which a test stops waiting; reached only by a failure


def wait_until(happened: Callable[[], object], running: "subprocess.Popen[Any] | None" = None) -> None:
    """Waits until `happened` returns a true value; fails if the process `running` ends first, or after PATIENCE."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert running is None or running.poll() is None, f"the process ended with {running.returncode}"
        assert time.monotonic() < deadline, "what the test waits for did not happen"
        time.sleep(0.01)


def within(seconds: float, compute: Callable[[], Result]) -> Result:
    """Returns the result of `compute`; fails if it takes more than `seconds` of CPU time on a processor of usual speed.

    If it takes longer, the speed of this processor is measured at once and the limit is raised in proportion.
    """
    before = time.process_time()
    result = compute()
    elapsed = time.process_time() - before
    if elapsed > seconds:
        slowness = max(_fixed_work() / USUAL, 1.0)
        assert elapsed <= seconds * slowness, f"takes {elapsed:.1f} s of a processor {slowness:.1f} times slower than usual"
    return result


USUAL = 0.015  # seconds that `_fixed_work` takes on a processor of the usual speed


def _fixed_work() -> float:
    """Returns the CPU seconds for a fixed amount of work."""
    before = time.process_time()
    counts: dict[int, int] = {}
    for number in range(200_000):
        counts[number % 1000] = counts.get(number % 1000, 0) + number
    return time.process_time() - before
