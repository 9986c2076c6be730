"""What a page of a company may weigh: bytes and elements, which do not depend on the machine. `bench/report.py` has the times."""

import gzip
import re
from pathlib import Path

import pytest

from bench.report import COMPANY_BUDGETS
from screener.report.pages.html_pages import company_page
from screener.screening import Screener
from screener.text import LANGUAGES

FIXTURES = sorted((Path(__file__).resolve().parents[3] / "fixtures").glob("*.json"))
_ELEMENT = re.compile(r"<[a-z]")
_IMPLIED = re.compile(r"<table[^>]*>\s*<tr")  # the parser adds a tbody


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.load()


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_pages_of_companies_keep_their_budgets(screener: Screener, path: Path) -> None:
    result = screener.assess(screener.profile(str(path)))
    for language in LANGUAGES:
        text = company_page(result, language)
        data, style = text.encode(), re.search("<style>(.*?)</style>", text, re.DOTALL)
        assert style
        body = text.replace(style[1], "")
        measured = {
            "raw": len(data),
            "gzipped": len(gzip.compress(data)),
            "css": len(style[1].encode()),
            "nodes": len(_ELEMENT.findall(body)) + len(_IMPLIED.findall(body)),
        }
        assert {name: n for name, n in measured.items() if n > COMPANY_BUDGETS[name]} == {}
