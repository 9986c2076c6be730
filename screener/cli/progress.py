"""How far long work is, on a terminal."""

import sys
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

T = TypeVar("T")


def bar(
    items: Iterator[T], total: int, hidden: bool, what: str = "Screening", failed: Callable[[T], bool] = lambda _: False
) -> Iterator[T]:
    """The items, with a bar that shows how far they are, on a terminal."""
    if hidden or not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[failed]}"),
    )
    # without a thread of its own, which forked processes would stumble over
    shown_bar = Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False)
    lost, shown, start = 0, 0.0, time.monotonic()
    with shown_bar:
        at = shown_bar.add_task("", total=total, rate="", failed="")
        for n, item in enumerate(items, 1):
            lost += failed(item)
            now = time.monotonic()
            if now - shown > 0.1:
                shown = now
                rate = f"{n / max(now - start, 1e-9):,.0f}/s"
                shown_bar.update(at, completed=n, rate=rate, failed=f"[red]{lost:,} failed" if lost else "")
                shown_bar.refresh()
            yield item
