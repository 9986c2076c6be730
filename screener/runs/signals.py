"""Ctrl-C and SIGTERM: a run ends between two companies, so that nothing is half done; a second one ends it anyhow."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class StopSignal:
    """Which signal asked for the end; 0 for none."""

    asked = 0


@contextmanager
def stoppable(wanted: bool = True) -> Iterator[StopSignal]:
    """Signals within are noted rather than raised, where that is `wanted` and possible (in the main thread)."""
    stop = StopSignal()
    if not wanted or threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def ask(number: int, _: FrameType | None) -> None:
        if stop.asked:
            raise KeyboardInterrupt
        stop.asked = number

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
