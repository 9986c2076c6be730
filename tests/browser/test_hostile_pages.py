"""A hostile profile is shown as text only, and its page remains readable."""

import re

import pytest
from window import Visit

MARKED = """() => [...document.querySelectorAll("script, img, iframe, object, embed, form, [onload], [onerror], [onmouseover]")]
    .map((e) => e.outerHTML.slice(0, 60))"""
CLASHES = """() => { const seen = [...document.querySelectorAll("h1, h2, h3, .word, .score, .reasons li, .card, .flag > summary")]
    .map((e) => [e, e.getBoundingClientRect()]); const found = [];
    for (const [a, r] of seen) for (const [b, q] of seen)
        if (a !== b && !a.contains(b) && !b.contains(a) && Math.min(r.right, q.right) - Math.max(r.left, q.left) > 2
            && Math.min(r.bottom, q.bottom) - Math.max(r.top, q.top) > 2) found.push(a.outerHTML.slice(0, 80));
    return found; }"""


@pytest.mark.parametrize("name", ["en/hostile", "zh/hostile", "en/hundred/index"])
def test_nothing_of_it_runs(visit: Visit, name: str) -> None:
    """Every visit fails on a dialog, a request or an error."""
    page = visit(name).page
    marked = page.evaluate(MARKED)
    assert len(marked) == (2 if "index" in name else 1)  # the page's own script, and the filter of the index
    assert page.evaluate("[...document.links].filter((a) => !/^(https?|file):/.test(a.protocol)).length") == 0
    page.locator("body").hover()
    assert not re.search("[\u202e\u2066\x07]", page.content())


@pytest.mark.parametrize("width", [390, 1280])
def test_it_stays_readable(visit: Visit, width: int) -> None:
    page = visit("en/hostile", width=width).page
    assert page.evaluate("document.querySelector('h1').textContent.length") <= 121
    assert page.evaluate("document.querySelector('h1').offsetHeight") < (300 if width > 500 else 600)
    assert page.evaluate(CLASHES) == []
    assert page.evaluate("document.querySelectorAll('svg.money .line').length") <= 40
    assert page.evaluate("document.querySelectorAll('*').length") < 5000
