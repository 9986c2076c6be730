"""How tests wait for other processes: for what they do, never for a time; and how they bound what a computation takes.

No test may depend on the speed of the machine. A test that waits names the event that it waits for; PATIENCE only ends tests whose
event does not come at all.
"""

import subprocess
import time
from collections.abc import Callable
from typing import Any

PATIENCE = 600.0  # seconds until what a test waits for is taken not to happen: reached only by a failure


def wait_until(happened: Callable[[], object], running: "subprocess.Popen[Any] | None" = None) -> None:
    """Returns when `happened` returns something true; fails if the process `running` ends before, or after PATIENCE."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert running is None or running.poll() is None, f"the process ended with {running.returncode}"
        assert time.monotonic() < deadline, "what the test waits for did not happen"
        time.sleep(0.01)
