"""Handling of Ctrl-C, SIGTERM and the end of a terminal: a run ends between two companies, so that nothing is left
incomplete; a second signal ends it at once."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class StopSignal:
    """The signal that requested the end of a run; 0 if none did."""

    number = 0


def _handled() -> Iterator[int]:
    yield from (signal.SIGINT, signal.SIGTERM)
    hangup = getattr(signal, "SIGHUP", None)  # Windows has none
    if hangup is not None and signal.getsignal(hangup) != signal.SIG_IGN:  # `nohup` ignores it
        yield hangup


@contextmanager
def stoppable(enabled: bool = True) -> Iterator[StopSignal]:
    """Records signals in this context instead of raising them, if `enabled` and possible (in the main thread)."""
    stop = StopSignal()
    if not enabled or threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def record(number: int, _: FrameType | None) -> None:
        if stop.number:
            raise KeyboardInterrupt
        stop.number = number

    before = {number: signal.signal(number, record) for number in _handled()}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
