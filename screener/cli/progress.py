"""Progress bars for long work, shown on a terminal."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from screener.importers.dataset.dataset_profiles import DatasetImport

T = TypeVar("T")
MEGABYTE = 1 << 20
_REFRESH = 0.1  # seconds between updates of the bar


@contextmanager
def progress_bar(total: int | None, hidden: bool, what: str = "Screening") -> Iterator[Callable[[int, int], None]]:
    """Shows a progress bar, unless `hidden` or standard error is not a terminal. `total` is None if not known.

    Yields a function that takes the number of items done since its last call, and how many of them failed.
    """
    if hidden or not sys.stderr.isatty():
        yield lambda done, failed: None
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
    # no auto-refresh: its thread would make it unsafe to fork workers
    progress = Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False)
    count, failures, refreshed, start = 0, 0, 0.0, time.monotonic()

    def advance(done: int, failed: int) -> None:
        nonlocal count, failures, refreshed
        count, failures, now = count + done, failures + failed, time.monotonic()
        if now - refreshed > _REFRESH:
            refreshed = now
            rate = f"{count / max(now - start, 1e-9):,.0f}/s"
            progress.update(task, completed=count, rate=rate, failed=f"[red]{failures:,} failed" if failures else "")
            progress.refresh()

    with progress:
        task = progress.add_task("", total=total, rate="", failed="")
        yield advance


def with_progress(
    items: Iterable[T],
    total: int,
    hidden: bool,
    what: str = "Screening",
    is_failure: Callable[[T], bool] = lambda item: False,
) -> Iterator[T]:
    """Yields the items, and shows a bar of how many there have been."""
    with progress_bar(total, hidden, what) as advance:
        for item in items:
            advance(1, is_failure(item))
            yield item


def stage_facts(stack: ExitStack, filers: "DatasetImport", hidden: bool) -> "Iterator[dict[str, Any]]":
    """Reads the facts of data sets, with a bar in megabytes, and returns the profiles, usable while the stack is open."""
    read = 0

    def count(amount: int) -> None:
        nonlocal read
        before, read = read, read + amount
        advance(read // MEGABYTE - before // MEGABYTE, 0)

    with progress_bar(max(filers.bytes // MEGABYTE, 1), hidden, "Reading, MB") as advance:
        return stack.enter_context(filers.staged(count))
