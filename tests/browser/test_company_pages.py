"""Company pages: complete without scripts and on paper, with drawings whose texts can be read."""

import pytest
from window import Visit, becomes

HIDDEN = """() => [...document.querySelectorAll("details > :not(summary)")].filter((e) => e.textContent.trim()
    && !e.closest(".drawn") && !e.checkVisibility({contentVisibilityAuto: true})).map((e) => e.outerHTML.slice(0, 80))"""
SECTIONS = ["Why", "Figures", "Not known", "Who pays whom", "What would change the verdict", "Flags", "Rules",
            "Sources that disagree", "Method and sources"]


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("name", ["en/oracle", "zh/only-a-name"])
def test_paper_shows_what_is_folded(visit: Visit, name: str, scripts: bool) -> None:
    """Printed pages show all collapsed parts except tables that repeat the numbers of a drawing."""
    page = visit(name, scripts=scripts).page
    assert page.evaluate(HIDDEN)
    page.emulate_media(media="print")
    becomes(page, lambda: page.evaluate(HIDDEN), [])  # the parts that the renderer skips are known after the next frame


def test_printing_leaves_the_page_as_it_was(visit: Visit) -> None:
    page = visit("en/oracle").page
    before = page.locator("details[open]").count()
    assert page.pdf(format="A4").startswith(b"%PDF")
    becomes(page, page.locator("details[open]").count, before)


def test_a_company_reads_without_scripts(visit: Visit) -> None:
    page = visit("en/oracle", scripts=False).page
    shown = [h.strip() for h in page.locator("h2").all_text_contents()]
    assert [next(t for t in SECTIONS if h.startswith(t)) for h in shown] == SECTIONS
    bodies = page.locator("details.flag > .body:visible")
    assert bodies.count() == 0
    page.locator("details.flag:not([open]) > summary").first.click()
    becomes(page, bodies.count, 1)


def test_an_index_reads_without_scripts(visit: Visit) -> None:
    page = visit("en/index", scripts=False).page
    assert not page.locator("form").is_visible()
    assert page.locator(".list tbody tr").count() == 9
    page.locator(".list a", has_text="Oracle").click()
    becomes(page, page.locator("h1").inner_text, "Oracle")


def test_a_link_to_a_flag_opens_it(visit: Visit) -> None:
    page = visit("en/oracle").page
    link = page.locator(".why a").first
    flag = page.locator(str(link.get_attribute("href")))
    assert flag.get_attribute("open") is None
    link.click()
    becomes(page, lambda: flag.get_attribute("open"), "")
    page.goto(f"{page.url.partition('#')[0]}#f-profitable")
    becomes(page, lambda: page.locator("#f-profitable").get_attribute("open"), "")


def test_no_text_of_a_drawing_lies_on_another(visit: Visit) -> None:
    """Labels of the drawing of payments do not overlap, for three flows and for thirty, in both languages."""
    for name in ("en/oracle", "zh/nvidia", "en/openai", "en/thirty", "zh/thirty"):
        texts = visit(name).page.evaluate(
            """() => [...document.querySelectorAll("svg.money text")].map((t) => {
                const r = t.getBBox(); return [t.textContent, r.x, r.y, r.width, r.height]; })"""
        )
        assert texts
        for i, (one, x, y, w, h) in enumerate(texts):
            for other, x2, y2, w2, h2 in texts[i + 1 :]:
                across, down = min(x + w, x2 + w2) - max(x, x2), min(y + h, y2 + h2) - max(y, y2)
                assert across <= 2 or down <= 4, f"{name}: {one!r} on {other!r}"


ON_ARROWS = """() => [...document.querySelectorAll("svg.money path:is(.loop, .pays).line")].flatMap((p) =>
    [...document.querySelectorAll("svg.money text")].filter((t) => {
        const r = t.getBBox(), inside = (q) => q.x > r.x && q.x < r.x + r.width && q.y > r.y + 3 && q.y < r.y + r.height - 3;
        return [...Array(101).keys()].some((k) => inside(p.getPointAtLength(p.getTotalLength() * k / 100)));
    }).map((t) => t.textContent))"""


@pytest.mark.parametrize("name", ["en/oracle", "zh/nvidia", "en/openai", "en/portfolio", "zh/portfolio", "en/shock"])
def test_no_arrow_runs_through_a_text(visit: Visit, name: str) -> None:
    """In drawings of few companies; in columns, labels are placed on their arrows by design."""
    page = visit(name).page
    assert page.locator("svg.money path.line").count()
    assert page.evaluate(ON_ARROWS) == []


FIXTURES = [
    "oracle",
    "nvidia",
    "openai",
    "microsoft",
    "adobe",
    "cerebras",
    "groq",
    "legal-documents",
    "medical-imaging",
]
IN_VIEW = """(selector) => [...document.querySelectorAll(selector)].map((e) => {
    const r = e.getBoundingClientRect();
    return [r.height > 0 && r.top + scrollY >= 0 && r.bottom + scrollY <= 800 && r.left >= 0 && r.right <= 1280, e.textContent.trim()]; })"""
NUMBERS = """() => [...document.querySelectorAll(".why tbody tr")].map((r) => /[0-9]/.test(r.querySelector(".v").textContent))"""
WIDER = """() => [...document.querySelectorAll("body *")].filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0
    && getComputedStyle(e).display !== "inline" && !e.closest("svg") && !e.closest(".away"))
    .map((e) => [e.tagName, e.className, e.scrollWidth, e.clientWidth, e.textContent.trim().slice(0, 60)])"""


@pytest.mark.parametrize("name", [*(f"en/{name}" for name in FIXTURES), "zh/oracle", "zh/nvidia"])
def test_the_first_screen_decides(visit: Visit, name: str) -> None:
    """Checks what is visible without scrolling, within 1280 by 800 pixels: the verdict, the score with its range and certainty;
    the three main reasons, each with its number if its flag has one; the weakest source and the basis of the verdict; three
    inputs to look up with the resulting score; five key figures, or all if there are fewer."""
    opened = visit(name)
    opened.resize(1280, 800)
    page = opened.page

    def within(selector: str, least: int) -> list[str]:
        found = [text for inside, text in page.evaluate(IN_VIEW, selector) if inside]
        assert len(found) >= min(least, page.locator(selector).count()), f"{selector}: {len(found)}"
        return found

    for selector in ("h1", ".word", ".score b", ".card svg.scale", ".sure", ".stack", ".key", ".hinge"):
        assert page.locator(selector).count(), selector
        assert within(selector, 1), selector
    reasons = within(".why tbody tr", 3)[:3]
    assert reasons
    assert all(reasons)
    numbers = page.evaluate(NUMBERS)
    assert any(numbers[:3]) or not any(numbers), "no number beside the first three reasons"
    within(".why .kind", 1)
    assert all(any(c.isdigit() for c in text) for text in within(".unk tbody tr", 3)[:3])
    within(".figs tbody tr, .ratios tbody tr", 5)


def test_a_folded_page_is_short(visit: Visit) -> None:
    opened = visit("en/oracle")
    opened.resize(1280, 800)
    assert opened.page.evaluate("document.documentElement.scrollHeight") <= 3 * 800


@pytest.mark.parametrize("name", ["en/oracle", "zh/oracle", "en/openai", "en/thirty", "zh/thirty", "en/only-a-name"])
def test_nothing_is_wider_than_its_box_on_paper(visit: Visit, name: str) -> None:
    """On A4 with the margins and the scale of the PDF."""
    opened = visit(name)
    opened.resize(810)
    opened.page.emulate_media(media="print")
    becomes(opened.page, lambda: opened.page.evaluate(WIDER), [])
