"""Pages in a real browser: Chromium by Playwright, accessibility by axe-core.

Where one of them is not found the tests are skipped and say how to get it; with SCREENER_BROWSER=required (as in .ci/run) that
is a failure.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from screener.data import TEMPLATES

ROOT = TEMPLATES.parent
AXE = ROOT / "node_modules/axe-core/axe.min.js"
HOW = {
    "chromium": "no chromium found: apt-get install chromium (or set CHROMIUM to its path)",
    "axe-core": "no axe-core found: make browser (which asks npm for it)",
    "playwright": "no playwright found: pip install playwright",
}
Visit = Callable[..., "Seen"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of them are slow, and share a worker with its browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.xdist_group("browser"))


def missing(what: str) -> None:
    """Skips, or fails where nothing may be skipped."""
    if os.environ.get("SCREENER_BROWSER") == "required":
        pytest.fail(HOW[what], pytrace=False)
    pytest.skip(HOW[what])


@pytest.fixture(scope="session")
def program() -> str:
    """Where Chromium is."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        missing("chromium")
    if find_spec("playwright") is None:
        missing("playwright")
    return str(path)


@pytest.fixture(scope="session")
def site(program: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every kind of page, by language."""
    from tools.gallery import gallery

    return gallery(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="session")
def axe(program: str) -> str:
    """The source of axe-core."""
    if not AXE.is_file():
        missing("axe-core")
    return AXE.read_text("utf-8")


@pytest.fixture(scope="module")
def chromium(program: str) -> Iterator[Any]:
    """A browser; one a module, for Playwright's event loop must not live on in other tests."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--disable-gpu", "--disable-quic"])
        yield browser
        browser.close()


@dataclass
class Seen:
    """A page and what it did that it should not: errors, dialogs, requests."""

    page: Any
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def faults(self) -> list[str]:
        """All that it did."""
        return self.errors + self.dialogs + self.requests


@pytest.fixture
def visit(chromium: Any, site: Path) -> Iterator[Visit]:
    """Opens a page of the site as (`en/oracle`, width, scheme, scripts); it must have done nothing wrong when the test ends."""
    with ExitStack() as stack:
        yield lambda name, **how: stack.enter_context(visiting(chromium, site / f"{name}.html", **how))


@contextmanager
def visiting(
    chromium: Any, path: Path, width: int = 1280, scheme: str = "light", scripts: bool = True
) -> Iterator[Seen]:
    """A page in a context of its own."""
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts, reduced_motion="reduce"
    )  # fmt: skip
    context.set_default_timeout(15_000)
    page = context.new_page()
    seen = Seen(page)

    def hear(dialog: Any) -> None:
        seen.dialogs.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("console", lambda m: seen.errors.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: seen.errors.append(str(e)))
    page.on("dialog", hear)
    page.on("request", lambda r: None if r.is_navigation_request() else seen.requests.append(r.url))
    page.goto(path.as_uri())
    yield seen
    context.close()
    assert seen.faults() == []
