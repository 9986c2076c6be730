"""Every control can be reached and used with the keyboard, and the focused element is marked."""

import pytest
from window import Visit, becomes

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
)
def test_tab_reaches_everything_in_order(visit: Visit, name: str, width: int) -> None:
    """Each element is outlined when it has the focus."""
    page = visit(name, width=width).page
    assert page.evaluate(SCROLLS) == []
    usable = page.evaluate(USABLE)
    page.evaluate(LISTEN)
    for _ in usable:
        page.keyboard.press("Tab")
    becomes(page, lambda: [at for at, _, _ in page.evaluate("walked")], usable)
    assert [html for _, outlined, html in page.evaluate("walked") if not outlined] == []


def test_a_flag_opens_and_closes_with_the_keyboard(visit: Visit) -> None:
    page = visit("en/oracle").page
    summary = page.locator("details.flag:not([open]) > summary").first
    flag = page.locator(f"#{summary.locator('..').get_attribute('id')}")
    summary.focus()
    page.keyboard.press("Enter")
    becomes(page, lambda: flag.get_attribute("open"), "")
    page.keyboard.press("Space")
    becomes(page, lambda: flag.get_attribute("open"), None)


def test_a_wide_drawing_scrolls_with_the_keyboard(visit: Visit) -> None:
    page = visit("en/thirty", width=390).page
    scroll = page.locator(".scroll:has(svg.money)")
    scroll.focus()
    page.keyboard.press("ArrowRight")
    becomes(page, lambda: scroll.evaluate("e => e.scrollLeft > 0"), True)


def test_sorting_and_filtering_with_the_keyboard(visit: Visit) -> None:
    page = visit("en/index").page
    page.locator("[type=search]").focus()
    page.keyboard.type("oracle")
    becomes(page, page.locator(".list tbody tr:visible").count, 1)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    becomes(page, page.locator(".filters [type=checkbox]").first.is_checked, False)
    page.locator(".list th button").first.focus()
    page.keyboard.press("Enter")
    becomes(page, lambda: page.locator(".list th").first.get_attribute("aria-sort"), "ascending")
