"""A page in a browser that records forbidden behaviour: errors, dialogs, requests.

No test here depends on the speed of the machine. A page may react to an input after a frame or after several seconds: tests wait
with `becomes`, which gives up only after PATIENCE. Playwright's `wait_for_function` cannot be used: from the second attempt on it
evaluates its expression inside the page, which the pages' Content-Security-Policy forbids.
`SCREENER_BROWSER_SLOWDOWN=20` makes the processor 20 times slower for every page, to test this.
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
    """A Playwright page, and a record of its forbidden behaviour."""

    page: Any
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def faults(self) -> list[str]:
        """Returns all errors, dialogs and requests so far."""
        return self.errors + self.dialogs + self.requests

    def resize(self, width: int, height: int = 900) -> None:
        """Sets the size of the window, and waits until the page has it."""
        self.page.set_viewport_size({"width": width, "height": height})
        becomes(self.page, lambda: self.page.evaluate("innerWidth"), width)


Visit = Callable[..., OpenPage]


def becomes(page: Any, read: Callable[[], Value], expected: Value) -> None:
    """Fails unless `read` returns `expected` before PATIENCE is over."""
    deadline = time.monotonic() + PATIENCE
    while (value := read()) != expected and time.monotonic() < deadline:
        page.wait_for_timeout(50)  # milliseconds, in which Playwright handles the page's events
    assert value == expected


class Browser:
    """Chromium with two tabs, for pages with scripts and without: a new tab takes five times as long as a page in an old one."""

    def __init__(self, program: str) -> None:
        from playwright.sync_api import sync_playwright

        self._playwright = sync_playwright().start()
        options = ["--disable-gpu", "--disable-quic"]
        self._chromium = self._playwright.chromium.launch(executable_path=program, args=options, timeout=PATIENCE * 1000)
        self._tabs: dict[bool, Any] = {}
        self._opened: dict[bool, OpenPage] = {}

    def close(self) -> None:
        """Ends the browser and Playwright's event loop, which would disturb other tests."""
        self._chromium.close()
        self._playwright.stop()

    def context(self, *, scripts: bool = True, width: int = 1280) -> Any:
        """Returns a separate browser context with its own cookies, for pages of a server."""
        context = self._chromium.new_context(java_script_enabled=scripts, viewport={"width": width, "height": 900})
        context.set_default_timeout(PATIENCE * 1000)
        return context

    def open(self, path: Path, *, width: int, scheme: str, scripts: bool) -> OpenPage:
        """Opens the page at `path` in place of the previous one."""
        tab = self._tabs.get(scripts) or self._new_tab(scripts)
        tab.goto("about:blank")
        tab.emulate_media(media="screen", color_scheme=scheme, reduced_motion="reduce")
        self._opened[scripts] = OpenPage(tab)
        self._opened[scripts].resize(width)
        tab.goto(path.as_uri())
        return self._opened[scripts]

    def _new_tab(self, scripts: bool) -> Any:
        context = self._chromium.new_context(java_script_enabled=scripts)
        context.set_default_timeout(PATIENCE * 1000)
        tab = self._tabs[scripts] = context.new_page()

        def opened() -> OpenPage:
            return self._opened[scripts]

        def dismiss(dialog: Any) -> None:
            opened().dialogs.append(f"dialog: {dialog.message}")
            dialog.dismiss()

        tab.on("console", lambda m: opened().errors.append(m.text) if m.type in ("error", "warning") else None)
        tab.on("pageerror", lambda e: opened().errors.append(str(e)))
        tab.on("dialog", dismiss)
        tab.on("request", lambda r: None if r.is_navigation_request() else opened().requests.append(r.url))
        if SLOWDOWN > 1:
            context.new_cdp_session(tab).send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
        return tab


@contextmanager
def visiting(
    browser: Browser, path: Path, *, width: int = 1280, scheme: str = "light", scripts: bool = True
) -> Iterator[OpenPage]:
    """Opens the page at `path`; fails at the end if it showed forbidden behaviour."""
    opened = browser.open(path, width=width, scheme=scheme, scripts=scripts)
    yield opened
    opened.page.evaluate("0")  # by now all events of the page are reported
    assert opened.faults() == []
