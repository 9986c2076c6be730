"""Memory of this process."""

import re
import resource
import sys
from pathlib import Path


def peak_megabytes() -> float:
    """Returns the peak resident memory of this process in MB; without /proc it may include that of the parent process."""
    status = Path("/proc/self/status")
    if status.exists() and (found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text("ascii"))):
        return int(found[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


def megabytes() -> float:
    """Returns the current resident memory of this process in MB, or its peak where /proc is missing."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return peak_megabytes()
    return int(statm.read_text("ascii").split()[1]) * resource.getpagesize() / 1024**2
