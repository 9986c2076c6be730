"""Every page in both languages: no axe-core finding in light, dark and print, nothing wider than the window, no errors."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from window import Browser, OpenPage, Visit, becomes, visiting

from screener.text import LANGUAGES
from tools.gallery import ODD, PAGES, TABLES

RUN = """async (only) => (await axe.run(document, {
    resultTypes: ["violations"], preload: false, ...(only ? {runOnly: only} : {}),
})).violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) + n.any.map((a) => a.message)).join(" | ")}`)"""
COLOURS = ["color-contrast", "link-in-text-block"]  # the only rules that a colour scheme can affect
TOO_WIDE = """() => [document.documentElement.scrollWidth - innerWidth, ...[...document.querySelectorAll("body *")].filter((e) => {
    const r = e.getBoundingClientRect();
    return r.width && r.right > innerWidth + 1 && !e.closest(".scroll, svg, [type=search]") && e.checkVisibility();
}).map((e) => e.outerHTML.slice(0, 120))]"""
SIDEWAYS = """() => [...document.querySelectorAll(".scroll")].filter((e) => e.querySelector("table") && e.scrollWidth > e.clientWidth + 1)
    .map((e) => e.ariaLabel)"""
CUT = """() => [...document.querySelectorAll("body *")].filter((e) => {
    return e.scrollWidth > e.clientWidth + 1 && e.clientWidth && !e.closest("svg") && e.checkVisibility()
        && getComputedStyle(e).display !== "inline";
}).map((e) => `${e.scrollWidth} > ${e.clientWidth}: ${e.outerHTML.slice(0, 120)}`)"""
"""Finds elements that do not fit into their box."""
BROKEN = """() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange(), found = [];
    for (let text; (text = texts.nextNode());) {
        if (text.parentElement.closest("svg, script, .heat thead")) continue;
        for (const word of text.data.matchAll(/(?<!\\S)[A-Za-z]{2,14}(?![^\\s,.;:])/g)) {
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            if (new Set([...range.getClientRects()].map((r) => Math.round(r.top))).size > 1) found.push(`${word[0]} in: ${text.data}`);
        }
    }
    return found;
}"""
"""Finds words of usual length that are broken across lines."""
HEADS_CUT = """() => [...document.querySelectorAll(".heat thead span")].filter((e) => e.scrollHeight > e.clientHeight + 1)
    .map((e) => e.textContent)"""
BLACK = """() => [...document.querySelectorAll("svg :is(rect, circle, path)")].filter((e) => {
    const s = getComputedStyle(e);
    return s.fill === "rgb(0, 0, 0)";
}).map((e) => e.outerHTML.slice(0, 120))"""
CASES = [f"{language}/{name}" for language in LANGUAGES for name in (*PAGES, *TABLES)] + [f"en/{name}" for name in ODD]


def findings(page: Any, axe: str, only: list[str] | None = None) -> list[str]:
    """Returns the findings of axe on the page in its present state, by all rules or some."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    found: list[str] = page.evaluate(RUN, only)
    return found


def emulate(page: Any, medium: str) -> None:
    """Shows the page in `medium` (light, dark or print), and waits until its style sheets apply."""
    scheme, kind = "dark" if medium == "dark" else "light", "print" if medium == "print" else "screen"
    page.emulate_media(color_scheme=scheme, media=kind)
    query = f"matchMedia('{kind}').matches && matchMedia('(prefers-color-scheme: {scheme})').matches"
    becomes(page, lambda: page.evaluate(query), True)


@pytest.fixture(scope="module", params=CASES)
def opened(request: pytest.FixtureRequest, browser: Browser, site: Path) -> Iterator[OpenPage]:
    """Opens a page that several tests share."""
    with visiting(browser, site / f"{request.param}.html") as found:
        yield found


@pytest.mark.parametrize("medium", ["light", "dark", "print"])
def test_axe_finds_nothing(opened: OpenPage, axe: str, medium: str) -> None:
    opened.resize(1280)
    emulate(opened.page, medium)
    assert findings(opened.page, axe, COLOURS if medium == "dark" else None) == []


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wider_than_the_window(opened: OpenPage, width: int) -> None:
    emulate(opened.page, "light")
    opened.resize(width)
    assert opened.page.evaluate(TOO_WIDE) == [0]


@pytest.mark.parametrize("name", ["en/companies", "zh/companies", "en/market", "en/portfolio"])
def test_no_table_scrolls_sideways_on_a_phone(visit: Visit, name: str) -> None:
    page = visit(name, width=390).page
    assert page.locator(".stacked").count()
    assert page.evaluate(SIDEWAYS) == []


def test_charts_beside_each_other_stand_on_one_line(visit: Visit) -> None:
    tops = visit("en/validation").page.evaluate(
        "[...document.querySelectorAll('.curves svg')].map((e) => Math.round(e.getBoundingClientRect().top))"
    )
    assert len(tops) == 3
    assert len(set(tops)) == 1


def test_nothing_is_cut_on_paper(opened: OpenPage) -> None:
    """On A4 with its margins, in the orientation that the page requests."""
    emulate(opened.page, "print")
    opened.resize(1047 if "size:A4 landscape" in opened.page.content() else 718)
    cut = opened.page.evaluate(CUT)
    too_wide = opened.page.evaluate(TOO_WIDE)
    emulate(opened.page, "light")
    assert (cut, too_wide) == ([], [0])


def test_heads_of_tables_are_repeated_on_each_sheet(opened: OpenPage) -> None:
    """Except the table of further flags, which continues one with a header. Media queries see the width of the whole sheet."""
    emulate(opened.page, "print")
    opened.resize(794)
    displays = opened.page.evaluate(
        "[...document.querySelectorAll('thead')].filter((e) => !e.closest('#why .data')).map((e) => getComputedStyle(e).display)"
    )
    emulate(opened.page, "light")
    assert set(displays) <= {"table-header-group"}


def test_no_word_is_broken(opened: OpenPage) -> None:
    """Neither on paper nor on a screen; titles of a heat map are complete on paper."""
    if "hostile" in opened.page.url:
        pytest.skip("long words that leave no room for others are what that page tries")
    broken = []
    for medium, width in (("print", 718), ("light", 1280), ("light", 390)):
        emulate(opened.page, medium)
        opened.resize(1047 if medium == "print" and "size:A4 landscape" in opened.page.content() else width)
        broken += opened.page.evaluate(BROKEN)
        broken += opened.page.evaluate(HEADS_CUT) if medium == "print" else []
    assert broken == []


def test_figures_beyond_the_key_ones_leave_the_summary_on_one_sheet(visit: Visit) -> None:
    """On paper they follow below it in full width, and headers of a continued table are not repeated."""
    page = visit("en/thirty", width=718).page
    page.evaluate("""() => {
        const more = document.createElement("details"), figures = document.querySelector("#figures");
        more.className = "data";
        more.innerHTML = "<summary>more</summary>" + figures.querySelector("table, p").outerHTML;
        figures.append(more);
    }""")
    emulate(page, "print")
    sides = page.evaluate("""() => ["#figures > .data", ".three", "#unknown"].map((s) => {
        const r = document.querySelector(s).getBoundingClientRect();
        return [Math.round(r.left), Math.round(r.width), Math.round(r.top)];
    })""")
    emulate(page, "light")
    (left, width, top), whole, (_, _, above) = sides
    assert [left, width] == whole[:2]
    assert top > above


def test_every_shape_has_a_colour(opened: OpenPage) -> None:
    """A shape whose class has no style would be black."""
    emulate(opened.page, "light")
    assert opened.page.evaluate(BLACK) == []


def test_no_error_no_dialog_no_request(opened: OpenPage) -> None:
    assert opened.faults() == []


def test_axe_would_find_something(visit: Visit, axe: str) -> None:
    """Checks that the check itself can fail."""
    page = visit("en/only-a-name").page
    page.evaluate("document.querySelector('svg title').remove(); document.querySelector('h1').style.color = '#eee'")
    found = [f.partition(":")[0] for f in findings(page, axe)]
    assert {"svg-img-alt", "color-contrast"} <= set(found)
