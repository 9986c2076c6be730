"""Everything that can be used can be reached and used with the keyboard, and it is seen where one is."""

import pytest
from window import Visit

USABLE = """() => [...document.querySelectorAll('a[href], button, input, summary, select, [tabindex="0"]')]
    .filter((e) => e.checkVisibility()).map((e, i) => { e.dataset.at = i; return String(i); })"""
LISTEN = """() => { window.walked = []; addEventListener("focusin", ({target: e}) => { const s = getComputedStyle(e);
    walked.push([e.dataset.at ?? null, parseFloat(s.outlineWidth) > 0 && s.outlineStyle !== "none", e.outerHTML.slice(0, 200)]); }); }"""
SCROLLS = """() => [...document.querySelectorAll("main *")].filter((e) => /auto|scroll/.test(getComputedStyle(e).overflowX)
    && e.scrollWidth > e.clientWidth + 1 && e.tabIndex < 0 && e.tagName !== "INPUT").map((e) => e.outerHTML.slice(0, 100))"""


@pytest.mark.parametrize(
    ("name", "width"),
    [("en/oracle", 1280), ("zh/nvidia", 390), ("en/only-a-name", 390), ("en/index", 1280), ("zh/index", 390),
     ("en/validation", 390), ("en/thirty", 390)],
)  # fmt: skip
def test_tab_reaches_everything_in_order(visit: Visit, name: str, width: int) -> None:
    """And each place is seen when it has the focus."""
    page = visit(name, width=width).page
    assert page.evaluate(SCROLLS) == []
    usable = page.evaluate(USABLE)
    page.evaluate(LISTEN)
    for _ in usable:
        page.keyboard.press("Tab")
    walked = page.evaluate("walked")
    assert [at for at, _, _ in walked] == usable
    assert [html for _, seen, html in walked if not seen] == []


def test_a_flag_opens_and_closes_with_the_keyboard(visit: Visit) -> None:
    page = visit("en/oracle").page
    summary = page.locator("details.flag:not([open]) > summary").first
    flag = page.locator(f"#{summary.locator('..').get_attribute('id')}")
    summary.focus()
    page.keyboard.press("Enter")
    assert flag.get_attribute("open") is not None
    page.keyboard.press("Space")
    assert flag.get_attribute("open") is None


def test_a_wide_drawing_scrolls_with_the_keyboard(visit: Visit) -> None:
    page = visit("en/thirty", width=390).page
    scroll = page.locator(".scroll:has(svg.money)")
    scroll.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.scroll:has(svg.money)').scrollLeft > 0")


def test_sorting_and_filtering_with_the_keyboard(visit: Visit) -> None:
    page = visit("en/index").page
    page.locator("[type=search]").focus()
    page.keyboard.type("oracle")
    assert page.locator(".list tbody tr:visible").count() == 1
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert not page.locator(".filters [type=checkbox]").first.is_checked()
    page.locator(".list th button").first.focus()
    page.keyboard.press("Enter")
    assert page.locator(".list th").first.get_attribute("aria-sort") == "ascending"
