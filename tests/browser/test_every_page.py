"""Every page in both languages: axe-core finds nothing in light, dark and print; nothing is wider than the window; all is quiet."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from window import Seen, Visit, visiting

from screener.text import LANGUAGES
from tools.gallery import ODD, PAGES

RUN = """async (only) => (await axe.run(document, {
    resultTypes: ["violations"], preload: false, ...(only ? {runOnly: only} : {}),
})).violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) + n.any.map((a) => a.message)).join(" | ")}`)"""
COLOURS = ["color-contrast", "link-in-text-block"]  # all that a scheme can change
TOO_WIDE = """() => [document.documentElement.scrollWidth - innerWidth, ...[...document.querySelectorAll("body *")].filter((e) => {
    const r = e.getBoundingClientRect();
    return r.width && r.right > innerWidth + 1 && !e.closest(".scroll, svg, [type=search]") && e.checkVisibility();
}).map((e) => e.outerHTML.slice(0, 120))]"""
CASES = [f"{language}/{name}" for language in LANGUAGES for name in PAGES] + [f"en/{name}" for name in ODD]


def findings(page: Any, axe: str, only: list[str] | None = None) -> list[str]:
    """What axe says of the page as it is, by all its rules or some."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    found: list[str] = page.evaluate(RUN, only)
    return found


@pytest.fixture(scope="module", params=CASES)
def seen(request: pytest.FixtureRequest, chromium: Any, site: Path) -> Iterator[Seen]:
    """A page that several tests look at."""
    with visiting(chromium, site / f"{request.param}.html") as found:
        yield found


@pytest.mark.parametrize("look", ["light", "dark", "print"])
def test_axe_finds_nothing(seen: Seen, axe: str, look: str) -> None:
    page = seen.page
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="dark" if look == "dark" else "light", media="print" if look == "print" else "screen")
    assert findings(page, axe, COLOURS if look == "dark" else None) == []


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wider_than_the_window(seen: Seen, width: int) -> None:
    seen.page.emulate_media(color_scheme="light", media="screen")
    seen.page.set_viewport_size({"width": width, "height": 900})
    assert seen.page.evaluate(TOO_WIDE) == [0]


def test_no_error_no_dialog_no_request(seen: Seen) -> None:
    assert seen.faults() == []


def test_axe_would_find_something(visit: Visit, axe: str) -> None:
    """That the check itself can fail."""
    page = visit("en/only-a-name").page
    page.evaluate("document.querySelector('svg title').remove(); document.querySelector('h1').style.color = '#eee'")
    found = [f.partition(":")[0] for f in findings(page, axe)]
    assert {"svg-img-alt", "color-contrast"} <= set(found)
