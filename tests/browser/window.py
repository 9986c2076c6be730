"""A page in a browser, and a record of what it must not do: errors, dialogs, requests.

No test here depends on the speed of the machine. What a page does in answer to an input may come a frame or several seconds later:
tests wait for it with `becomes`, which gives up only after PATIENCE. Playwright's `wait_for_function` can't be used: it evaluates
its expression inside the page at every attempt but the first, which the pages' Content-Security-Policy forbids.
`SCREENER_BROWSER_SLOWDOWN=20` makes the processor 20 times slower for every page, to try this.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from tests.waiting import PATIENCE

SLOWDOWN = float(os.environ.get("SCREENER_BROWSER_SLOWDOWN", "1"))

Value = TypeVar("Value")


@dataclass
class OpenPage:
    """A Playwright page, and what it did that it must not do."""

    page: Any
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def faults(self) -> list[str]:
        """All errors, dialogs and requests so far."""
        return self.errors + self.dialogs + self.requests

    def resize(self, width: int, height: int = 900) -> None:
        """Sets the size of the window, and waits until the page has it."""
        self.page.set_viewport_size({"width": width, "height": height})
        becomes(self.page, lambda: self.page.evaluate("innerWidth"), width)


Visit = Callable[..., OpenPage]


def becomes(page: Any, read: Callable[[], Value], expected: Value) -> None:
    """Fails unless `read` returns `expected` now or before PATIENCE is over."""
    deadline = time.monotonic() + PATIENCE
    while (value := read()) != expected and time.monotonic() < deadline:
        page.wait_for_timeout(50)  # milliseconds, in which Playwright handles the page's events
    assert value == expected


@contextmanager
def visiting(
    chromium: Any, path: Path, *, width: int = 1280, scheme: str = "light", scripts: bool = True
) -> Iterator[OpenPage]:
    """Opens the page at `path` in a browser context of its own; fails at the end if it did what it must not do."""
    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        java_script_enabled=scripts,
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE * 1000)
    page = context.new_page()
    opened = OpenPage(page)

    def dismiss(dialog: Any) -> None:
        opened.dialogs.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("console", lambda m: opened.errors.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: opened.errors.append(str(e)))
    page.on("dialog", dismiss)
    page.on("request", lambda r: None if r.is_navigation_request() else opened.requests.append(r.url))
    if SLOWDOWN > 1:
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    page.goto(path.as_uri())
    yield opened
    context.close()
    assert opened.faults() == []
