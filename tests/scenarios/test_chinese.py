"""Reports in Chinese contain no English but names, symbols and texts that the profiles give in English."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from commands import FIXTURES, screener

PROFILES = sorted(FIXTURES.glob("*.json"))
NAMES = {"AI", "API", "Active", "Directory", "Azure", "Studio", "BBB", "ChatGPT", "Copilot", "Maia", "MaaS", "Office", "Windows"}
NAMES |= {"OpenAI", "Cerebras", "Groq", "Adobe", "Meta", "Mistral", "Llama", "Piotroski", "Altman", "Zmijewski", "Beneish", "Springate", "Ohlson", "Montier",
          "FDIC", "OCC", "CCC", "CUDA"}
SYMBOLS = {"EBITDA", "FFO", "FY", "USD", "F", "Q", "HHI", "Z", "EBIT", "GPU", "H", "K"}
IDENTIFIERS = {"screener", "core", "classic", "ai", "era"}  # of packs
STATED = {"Legal", "document", "Medical", "imaging", "Paying", "users", "Compute", "models"}  # names of products in the profiles


def english_words(text: str) -> set[str]:
    text = re.sub(r"\b[0-9a-f]{16}\b", "", re.sub(r"“[^”]*”|[A-Za-z]+…", "", text))
    return set(re.findall(r"[A-Za-z]+", re.sub(r"^(?:报告|screener).*$", "", text, flags=re.MULTILINE)))


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.stem)
@pytest.mark.parametrize("words", [("--format", "md", "--out", "-"), ("--verbose",)], ids=["markdown", "terminal"])
def test_no_english_word_stands_in_a_chinese_report(profile: Path, words: tuple[str, ...], here: Path) -> None:
    ticker = json.loads(profile.read_text("utf-8")).get("ticker") or ""
    shown = english_words(screener("run", str(profile), "--lang", "zh", *words).out)
    assert shown - NAMES - SYMBOLS - IDENTIFIERS - STATED - {ticker} == set()


class _Shown(HTMLParser):
    """Collects the text of a page without quotes, formulas, ids in `code`, and parts in another language."""

    EMPTY = frozenset({"meta", "br", "input", "link", "hr", "col"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.EMPTY:
            language = dict(attrs).get("lang") or "zh"
            hidden = tag in ("style", "script", "q", "code", "textarea") or not language.startswith("zh")
            self.open.append((tag, hidden or bool(self.open and self.open[-1][1])))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not (self.open and self.open[-1][1]):
            self.texts.append(data)


def page_words(page: str) -> set[str]:
    """Returns the English words of a page, without those of references, versions and ids."""
    shown = _Shown()
    shown.feed(page)
    lines = [t for t in shown.texts if not t.startswith(("参考资料", "screener", "Oracle · ", "1000亿融资告吹"))]
    return set(re.findall(r"[A-Za-z]{3,}", re.sub(r"\b[a-z]+(-[a-z]+)+\b", "", "\n".join(lines))))


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.stem)
def test_no_english_word_stands_in_a_chinese_page(profile: Path, here: Path) -> None:
    ticker = json.loads(profile.read_text("utf-8")).get("ticker") or ""
    done = screener("run", str(profile), "--lang", "zh", "--format", "html", "--out", "-")
    sources = {w for s in json.loads(profile.read_text("utf-8")).get("sources", {}).values() for w in re.findall("[A-Za-z]+", str(s))}
    assert page_words(done.out) - NAMES - SYMBOLS - STATED - {*ticker.split(), *sources, "core", "classic", "era"} == set()


def test_words_of_closed_lists_are_chinese_where_relations_come_and_go(tmp_path: Path, here: Path) -> None:
    """Kinds of plans and events, and the names of companies as in the profile, are in Chinese."""
    profile = json.loads((FIXTURES / "oracle.json").read_text("utf-8"))
    bare = tmp_path / "bare.json"
    bare.write_text(json.dumps({**profile, "plans": [], "suppliers": [], "events": []}), "utf-8")
    shown = screener("compare", str(FIXTURES / "oracle.json"), str(bare), "--lang", "zh", "--format", "md").out
    assert "举债 (计划 举债" in shown
    assert "borrow" not in shown
    assert "Nvidia" not in shown
