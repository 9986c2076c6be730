"""Pages are safe for any profile, accessible, small, and the same every time."""

import base64
import gzip
import hashlib
import re
import subprocess
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from jinja2.exceptions import SecurityError
from page import Page

from screener.io.package_data import TEMPLATES_FOLDER
from screener.report.pages import html_pages as html
from screener.report.pages.page_renderer import PageRenderer
from screener.report.run_reports import RunReports
from screener.report.views.index_row import IndexRow
from screener.report.views.view_context import ViewContext
from screener.report.wording import load_wording
from screener.text import LANGUAGES, Language, Text
from tests.unit.report import sample
from tests.unit.report.formats import Collected, row

Failures = Sequence[tuple[str, str]]
RESULTS = {"oracle": sample.oracle(), "empty": sample.empty(), "hostile": sample.hostile()}
EVERY = [(name, language) for name in RESULTS for language in LANGUAGES]


def index(language: Language) -> str:
    failures = [("<b>broken.json", sample.BAD), ("javascript:alert(1)", "$.figures: unknown")]
    ((_, text),) = index_pages([row(r, language) for r in RESULTS.values()], language, failures)
    return text


def index_pages(rows: list[IndexRow], language: Language, failures: Failures = ()) -> list[tuple[str, str]]:
    run = RunReports(Collected(rows), failures=failures)
    return list(PageRenderer(language).index_pages(run))


@pytest.fixture(params=[*EVERY, ("index", "en"), ("index", "zh")], ids="-".join)
def text(request: pytest.FixtureRequest) -> str:
    name, language = request.param
    return index(language) if name == "index" else html.company_page(RESULTS[name], language)


def test_every_element_is_closed_and_only_our_script_runs(text: str) -> None:
    page = Page(text)
    assert len(page.all("script")) == 1
    assert len(page.all("style")) == 1
    assert not page.all("img")
    assert not page.all("iframe")
    assert not any(name.startswith("on") for e in page.elements for name in e.attributes)


def test_hostile_text_is_shown_as_text() -> None:
    page = Page(html.company_page(RESULTS["hostile"]))
    assert "<script>alert(1)</script>" in page.root.content
    assert "{{ 7*7 }}" in page.root.content
    assert not re.search("[\u202e\u202c\x1b\x00]", page.root.content)


def test_links_lead_to_flags_or_to_the_web_only(text: str) -> None:
    page = Page(text)
    ids = {e.attributes["id"] for e in page.elements if "id" in e.attributes}
    for link in page.all("a"):
        href = link.attributes["href"] or ""
        if href.startswith("#"):
            assert href[1:] in ids
        else:
            assert html.safe_url(href) or re.fullmatch(r"[a-z0-9-]+\.html(#f-[a-z0-9-]+)?", href)


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://www.sec.gov/x?a=1&b=2#c", True),
        ("HTTP://example.org", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        (" https://example.org", False),
        ("java\tscript:alert(1)", False),
        ("https://", False),
        ("//example.org", False),
        ("/etc/passwd", False),
        ("data:text/html,x", False),
        ("https://exa\u202emple.org", False),
        ("https://[::1", False),
        ("https://example.org/" + "a" * 2000, False),
        (None, False),
        ("", False),
    ],
)
def test_safe_url(url: str | None, safe: bool) -> None:
    assert html.safe_url(url) == (url if safe else None)


def test_policy_allows_exactly_the_style_and_script_that_are_there(text: str) -> None:
    page = Page(text)
    policy = next(e.attributes["content"] for e in page.all("meta") if e.attributes.get("http-equiv"))
    assert policy is not None
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        body = re.search(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert body
        digest = base64.b64encode(hashlib.sha256(body[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_no_style_attribute_and_no_colour_outside_the_style(text: str) -> None:
    for e in Page(text).elements:
        assert not {"style", "fill", "stroke", "color", "bgcolor"} & set(e.attributes)


def test_headings_go_down_one_at_a_time(text: str) -> None:
    levels = [int(e.tag[1]) for e in Page(text).elements if re.fullmatch("h[1-6]", e.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_tables_and_charts_can_be_read_without_seeing_them(text: str) -> None:
    page = Page(text)
    for header in page.all("th"):
        assert header.attributes.get("scope") in ("row", "col", "rowgroup")
    for chart in [e for e in page.all("svg") if e.attributes.get("aria-hidden") != "true"]:
        assert chart.attributes["role"] == "img"
        assert chart.children[0].tag == "title"
        assert chart.children[0].content.strip()
        assert chart.children[1].tag == "desc"
        assert chart.children[1].content.strip()
    for scroll in [e for e in page.elements if e.attributes.get("class") == "scroll"]:
        assert scroll.attributes["tabindex"] == "0"
        assert scroll.attributes["aria-label"]
    ids = [e.attributes["id"] for e in page.elements if "id" in e.attributes]
    assert len(ids) == len(set(ids))


def test_each_row_has_as_many_cells_as_its_table_has_columns(text: str) -> None:
    for table in Page(text).all("table"):
        spanned = 0
        widths = set()
        for line in table.all("tr"):
            cells = [c for c in line.children if c.tag in ("td", "th")]
            widths.add(len(cells) + (1 if spanned else 0))
            spanned = max(spanned - 1, 0)
            for c in cells:
                spanned = max(spanned, int(c.attributes.get("rowspan") or 1) - 1)
        assert len(widths) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_in_its_language(language: Language) -> None:
    page = html.company_page(RESULTS["oracle"], language)
    assert f'<html lang="{"zh-Hans" if language == "zh" else "en"}">' in page
    assert ("高杠杆押注单一亏损客户" in page) == (language == "zh")
    assert ("Levered on one loss-making customer" in page) == (language == "en")
    quotes = Page(page).all("q")
    assert quotes
    assert all(q.attributes.get("lang") == (None if language == "zh" else "zh") for q in quotes)


def test_a_translated_quote_is_in_the_language_of_the_view() -> None:
    passage = Text("Oracle buys Nvidia's cards", "甲骨文买英伟达的卡")
    for language in LANGUAGES:
        context = ViewContext(RESULTS["oracle"], load_wording(language))
        shown = context.source_view("article", "reported", passage, passage)
        assert (shown.quote, shown.note) == (passage.get(language), passage.get(language))
        assert not shown.quote_language
        assert context.source_view("article", "reported", passage.zh, None).quote == passage.zh


def test_the_sections_stand_in_the_order_of_the_design() -> None:
    shown = [e.content.strip() for e in Page(html.company_page(RESULTS["oracle"])).all("h2")]
    titles = ["Why", "Figures", "Not known", "Who pays whom", "Flags", "Rules", "Sources that disagree",
              "Claims that do not count", "Method and sources"]
    assert [next(t for t in titles if s.startswith(t)) for s in shown] == titles


def test_flags_are_folded_and_keep_their_evidence() -> None:
    page = Page(html.company_page(RESULTS["oracle"]))
    flags = {e.attributes["id"]: e for e in page.all("details") if e.attributes.get("class") == "flag"}
    assert not [i for i, e in flags.items() if "open" in e.attributes]
    content = flags["f-commitment-versus-revenue"].content
    for shown in (
        "300\u00a0bn",
        "57.4\u00a0bn",
        "FY2025",
        "filed",
        "§6",
        "甲骨文对 OpenAI",
        "max(customers.commitment) / revenue",
        "Holds if > 1×",
    ):
        assert shown in content


def test_a_company_of_which_nothing_is_known_says_so() -> None:
    text = Page(html.company_page(RESULTS["empty"])).root.content
    for shown in ("Not enough data", "0–99", "too little is known for one number", "that is not a pass", "undated",
                  "The profile states no figure."):
        assert shown in text
    for absent in ("Who pays whom", "Sources that disagree", "What would change the verdict"):
        assert absent not in text


def test_generated_at_appears_only_when_given() -> None:
    assert "generated 2026-02-06" in html.company_page(RESULTS["oracle"], generated_at="2026-02-06")
    assert "generated" not in html.company_page(RESULTS["oracle"])


def test_same_result_same_bytes_in_another_process() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import sample; from screener.report.pages.html_pages import company_page\n"
        "import hashlib; print(hashlib.sha256(company_page(sample.hostile()).encode()).hexdigest())"
    )
    here = str(Path(__file__).parent)
    runs = {
        subprocess.run(
            [sys.executable, "-c", code, here], env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(TEMPLATES_FOLDER.parent)},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert runs == {hashlib.sha256(html.company_page(RESULTS["hostile"]).encode()).hexdigest() + "\n"}


def test_budgets() -> None:
    page = html.company_page(RESULTS["oracle"]).encode()
    assert len(page) <= 100_000
    assert len(gzip.compress(page)) <= 20_000
    assert len(Page(page.decode()).elements) <= 1500
    for text, most in ((page.decode(), 12_000), (index("en"), 8_000)):  # bytes of style
        style, script = (re.search(f"<{t}>(.*?)</{t}>", text, re.DOTALL) for t in ("style", "script"))
        assert style
        assert script
        assert len(style[1].encode()) <= most
        assert len(script[1].encode()) <= 3_000
        assert not re.search(r"(src|href)=.?(https?:)?//(?!www\.sec\.gov)|url\(|@import", text)


def test_an_index_of_a_hundred_companies_stays_light() -> None:
    oracle = row(sample.oracle())
    pages = index_pages([oracle._replace(href=f"c{n}.html") for n in range(230)], "en")
    assert [name for name, _ in pages] == ["index.html", "index-2.html", "index-3.html"]
    first = Page(pages[0][1])
    assert len(first.elements) <= 8000
    assert "230 companies" in first.root.content
    assert [e.attributes.get("href") for e in first.all("nav")[0].all("a")] == ["index-2.html", "index-3.html"]


def test_failed_files_are_listed_on_the_first_page_only() -> None:
    pages = index_pages([row(sample.oracle())] * 101, "en", [("bad.json", "no name")])
    assert ["bad.json" in text for _, text in pages] == [True, False]


def test_an_index_of_nothing_is_a_page(tmp_path: Path) -> None:
    ((_, text),) = index_pages([], "en", [("bad.json", "no name")])
    assert "No company was screened." in Page(text).root.content


def own_templates(folder: Path, body: str) -> str:
    (folder / "company.html.jinja").write_text(body, "utf-8")
    return html.company_page(RESULTS["oracle"], templates=folder)


def test_templates_of_ones_own_stand_before_the_built_in_ones(tmp_path: Path) -> None:
    assert own_templates(
        tmp_path, "{% from 'shared.html.jinja' import badge %}{{ view.name }} {{ badge(view.verdict) }}"
    ) == ('Oracle Corporation <span class="i pill critical">Avoid</span>')


def test_templates_of_ones_own_run_in_a_sandbox(tmp_path: Path) -> None:
    with pytest.raises(SecurityError):
        own_templates(tmp_path, "{{ view.name.__class__.__mro__ }}")


def test_a_template_that_names_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UndefinedError):
        own_templates(tmp_path, "{{ view.nome }}")


def test_a_cache_of_compiled_templates_gives_the_same_page(tmp_path: Path) -> None:
    plain = html.company_page(RESULTS["oracle"])
    assert html.company_page(RESULTS["oracle"], cache=tmp_path) == plain
    assert list(tmp_path.iterdir())


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    nowhere = tmp_path / "file"
    nowhere.write_text("not a folder", "utf-8")
    assert html.company_page(RESULTS["oracle"], cache=nowhere) == html.company_page(RESULTS["oracle"])


def test_nothing_else_imports_jinja() -> None:
    code = "import sys; import screener.report.views.index_view, screener.report.terminal.company_text, screener.report.formats.registry, screener.report.terminal.finding_text\n"
    code += "print([m for m in ('jinja2', 'rich', 'numpy', 'pandas', 'networkx', 'click') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=TEMPLATES_FOLDER.parent)
    assert run.stdout == "[]\n"
