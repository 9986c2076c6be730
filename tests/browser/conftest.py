"""Pages in a real browser: Chromium by Playwright, accessibility by axe-core.

Where one of them is not found the tests are skipped and say how to get it; with SCREENER_BROWSER=required (as in .ci/run) that
is a failure.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from window import Visit, visiting

from screener.io.package_data import TEMPLATES_FOLDER
from tests.waiting import PATIENCE

ROOT = TEMPLATES_FOLDER.parent
AXE = ROOT / "node_modules/axe-core/axe.min.js"
HOW = {
    "chromium": "no chromium found: apt-get install chromium (or set CHROMIUM to its path)",
    "axe-core": "no axe-core found: make browser (which asks npm for it)",
    "playwright": "no playwright found: pip install playwright",
}


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
        options = ["--disable-gpu", "--disable-quic"]
        browser = playwright.chromium.launch(executable_path=program, args=options, timeout=PATIENCE * 1000)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Any, site: Path) -> Iterator[Visit]:
    """Opens a page of the site as (`en/oracle`, width, scheme, scripts); it must have done nothing wrong when the test ends."""
    with ExitStack() as stack:
        yield lambda name, **how: stack.enter_context(visiting(chromium, site / f"{name}.html", **how))
