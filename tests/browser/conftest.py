"""Fixtures for pages in a real browser: Chromium with Playwright, accessibility checks with axe-core.

If one of them is missing, the tests are skipped and state how to install it; with SCREENER_BROWSER=required (as in .ci/run) they
fail.
"""

import fcntl
import os
import shutil
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

import pytest
from window import Browser, Visit, visiting

from screener.io.package_data import TEMPLATES_FOLDER

BROWSER = pytest.StashKey[Browser]()
ROOT = TEMPLATES_FOLDER.parent
AXE = ROOT / "node_modules/axe-core/axe.min.js"
HOW = {
    "chromium": "no chromium found: apt-get install chromium (or set CHROMIUM to its path)",
    "axe-core": "no axe-core found: make browser (which asks npm for it)",
    "playwright": "no playwright found: pip install playwright",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks all tests of this folder as slow."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.slow)


def missing(what: str) -> None:
    """Skips the test, or fails it if no test may be skipped."""
    if os.environ.get("SCREENER_BROWSER") == "required":
        pytest.fail(HOW[what], pytrace=False)
    pytest.skip(HOW[what])


@pytest.fixture(scope="session")
def program() -> str:
    """Returns the path of Chromium."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        missing("chromium")
    if find_spec("playwright") is None:
        missing("playwright")
    return str(path)


@pytest.fixture(scope="session")
def site(program: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a folder with every kind of page, by language; one test process makes it for all."""
    from tools.gallery import gallery

    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder, made = shared / "pages", shared / "pages.made"
    with (shared / "pages.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(folder, ignore_errors=True)  # of a process that was ended
            folder.mkdir()
            gallery(folder)
            made.touch()
    return folder


@pytest.fixture(scope="session")
def axe(program: str) -> str:
    """Returns the source of axe-core."""
    if not AXE.is_file():
        missing("axe-core")
    return AXE.read_text("utf-8")


@pytest.fixture(scope="module")
def browser(program: str, request: pytest.FixtureRequest) -> Browser:
    """The browser of all tests in this folder; `pytest_runtest_teardown` closes it."""
    running = request.config.stash.get(BROWSER, None) or Browser(program)
    request.config.stash[BROWSER] = running
    return running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, None, None]:
    """Closes the browser after the last test here, since Playwright's event loop would disturb later tests."""
    yield
    last = nextitem is None or Path(__file__).parent not in nextitem.path.parents
    if last and (running := item.config.stash.get(BROWSER, None)):
        del item.config.stash[BROWSER]
        running.close()


@pytest.fixture
def visit(browser: Browser, site: Path) -> Iterator[Visit]:
    """Opens a page of the site as (`en/oracle`, width, scheme, scripts); it must have done nothing wrong when the test ends."""
    with ExitStack() as stack:
        yield lambda name, **how: stack.enter_context(visiting(browser, site / f"{name}.html", **how))
