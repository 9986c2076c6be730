"""Limits on bytes and elements of a company page, which do not depend on the machine. `bench/report.py` measures times."""

import gzip
import re
from pathlib import Path

import pytest

from bench.report import COMPANY_BUDGETS, INDEX_NODES
from bench.universe import profiles
from screener.io.document import Document
from screener.profile.loader import read_profile
from screener.report.pages.html_pages import company_page, index_page
from screener.report.views.index_row import count_verdicts
from screener.report.views.index_view import ROWS_PER_PAGE, IndexPage
from screener.result.detail import Detail
from screener.screening import Screener
from screener.text import LANGUAGES
from tests.unit.report.formats import row

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


def test_a_full_page_of_the_index_keeps_its_budget(screener: Screener) -> None:
    catalogue = screener.rulebook.catalogue
    made_up = (
        read_profile(Document("made-up.json", "{}", data), catalogue) for data in profiles(catalogue, ROWS_PER_PAGE)
    )
    rows = [row(screener.assess(profile, detail=Detail.OUTCOMES)) for profile in made_up]
    text = index_page(IndexPage(rows, count_verdicts(rows)))
    assert len(rows) == ROWS_PER_PAGE
    assert len(_ELEMENT.findall(text)) <= INDEX_NODES
