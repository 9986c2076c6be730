"""Hostile texts in profiles, rules and file names are nothing but text in every output."""

import csv
import io
import json
import re
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pytest
from commands import Done, screener

EVIL = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}<img>\"'`&{%x%}"
    "\x1b[31m\x07\u202e\u2066\u200b\r\n=cmd|' /C calc'!A0"
)
FORMULA = "=HYPERLINK(\"http://evil.test\",\"x\")"
PROFILE = {
    "id": "evil",
    "name": {"en": EVIL, "zh": FORMULA},
    "ticker": FORMULA,
    "aliases": [EVIL],
    "summary": EVIL,
    "sector": "software",
    "as_of": "2026-02-06",
    "sources": {
        "s": {"title": EVIL, "kind": "filed", "publisher": FORMULA, "date": "2025-12-31", "url": "javascript:alert(3)"},
        "</script>": {"title": "@SUM(A1)", "kind": "reported", "url": "https://evil.test/\"onmouseover=\"alert(4)"},
    },
    "figures": {
        "revenue": [{"value": 1e9, "source": "s", "quote": EVIL, "note": EVIL}, {"value": 5e9, "source": "</script>"}],
        "total_debt": {"value": 9e9, "source": "</script>", "quote": FORMULA},
        "net_income": {"value": -1e9, "source": "s"},
    },
    "customers": [{"party": "p", "dominant": True, "commitment": 8e9, "source": "s", "quote": EVIL}],
    "suppliers": [{"party": "q", "what": EVIL, "critical": True, "note": FORMULA}],
    "flows": [
        {"from": "evil", "to": "p", "what": "invests", "amount": 1e9, "quote": EVIL},
        {"from": "p", "to": "q", "what": "buys", "note": EVIL},
        {"from": "q", "to": "evil", "what": "buys", "source": "</script>"},
    ],
    "products": [{"what": EVIL}],
    "parties": {"p": {"name": EVIL, "figures": {"net_income": -5e9}}, "q": {"name": "+1+1"}},
}
RULE = """
rule: hostile
flag: red
severity: critical
category: leverage
title: {en: EVIL, zh: EVIL}
when:
  - company: 'total_debt > 1'
headline: {en: EVIL, zh: EVIL}
says: {en: EVIL, zh: EVIL}
why: {en: EVIL, zh: EVIL}
clears: {en: EVIL, zh: EVIL}
false_alarms: {en: EVIL, zh: EVIL}
references: [EVIL, "javascript:alert(5)", "https://evil.test/<b>"]
"""
STEERING = {"Cc", "Cs"}
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a folder with all outputs for the hostile profile, in both languages."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "evil.json").write_text(json.dumps(PROFILE), "utf-8")
    quoted = json.dumps(EVIL.replace("{", "(").replace("}", ")"))
    (folder / "rule.yaml").write_text(RULE.replace("EVIL", quoted), "utf-8")
    (folder / "bad.json").write_text(json.dumps({"name": "B", EVIL: 1, "figures": {EVIL: 1}, "sector": EVIL}), "utf-8")
    for language in ("en", "zh"):
        words = ("run", *map(str, (folder / "evil.json", folder / "bad.json")), "--rules", str(folder / "rule.yaml"),
                 "--lang", language, "--format", "html,json,md,csv", "--out", str(folder / language), "--verbose")
        done = screener(*words)
        assert done.code == 3, done.err  # bad.json
        (folder / language / "terminal.txt").write_text(done.out, "utf-8")
        (folder / language / "errors.txt").write_text(done.err, "utf-8")
        assert (folder / language / "evil.html").is_file(), done.err
    return folder


def steering(text: str) -> set[str]:
    """Returns the characters of a text that could control a terminal or reverse a line."""
    return {c for c in text if unicodedata.category(c) in STEERING and c != "\n"} | set(BIDI.findall(text))


class Page(HTMLParser):
    """The tags of a page, and the attributes that could run or fetch something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.suspect: list[tuple[str, str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            value = value or ""
            runs = name.startswith("on") or re.match(r"\s*(javascript|vbscript|data:text)", value, re.IGNORECASE)
            if runs or (name in ("src", "srcset", "action", "formaction", "data") and not value.startswith("data:image/")):
                self.suspect.append((tag, name, value))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["evil.html", "index.html"])
def test_pages(outputs: Path, language: str, name: str) -> None:
    text = (outputs / language / name).read_text("utf-8")
    page = Page(text)
    assert page.suspect == []
    assert page.tags.count("script") == 1  # the page's own script, whose hash is in the policy
    assert "img" not in page.tags
    assert "49<img" not in text.replace("&lt;", "<")  # Jinja did not calculate 7*7
    assert steering(text) == set()
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text  # it is present as text


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["terminal.txt", "errors.txt", "evil.md", "evil.json"])
def test_texts(outputs: Path, language: str, name: str) -> None:
    text = (outputs / language / name).read_text("utf-8")
    assert text.strip()
    if name != "evil.json":  # where everything is escaped instead
        assert steering(text) == set()
    assert "\x1b" not in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_memo(outputs: Path, language: str) -> None:
    text = (outputs / language / "evil.md").read_text("utf-8")
    assert re.findall(r"(?<!\\)<", text) == []
    assert "](javascript:" not in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_table(outputs: Path, language: str) -> None:
    rows = list(csv.reader(io.StringIO((outputs / language / "findings.csv").read_text("utf-8-sig"))))
    assert len({len(row) for row in rows}) == 1
    number = re.compile(r"-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?")
    for row in rows:
        for cell in row:
            assert not cell or cell[0] not in "=+-@\t\r" or number.fullmatch(cell), cell


def test_result_reads_back(outputs: Path) -> None:
    result = json.loads((outputs / "en" / "evil.json").read_text("utf-8"))
    assert result["company"]["id"] == "evil"
    assert "hostile" in [f["rule"] for f in result["findings"] if f["outcome"] == "fired"]


@pytest.mark.parametrize(
    "words",
    [
        ("explain", "evil.json", "leverage-versus-revenue"),
        ("explain", "evil.json", "hostile", "--rules", "rule.yaml"),
        ("profile", "check", "evil.json"),
        ("rules", "list", "--rules", "rule.yaml"),
        ("rules", "show", "hostile", "--rules", "rule.yaml"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_commands(outputs: Path, language: str, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(outputs)
    done = screener(*words, "--lang", language)
    assert (done.code, done.err) == (0, "")
    assert steering(done.out) == set()


@pytest.mark.parametrize(
    "words",
    [
        ("run", "\x1b[31m\u202e.json"),
        ("run", "evil.json", "--rules", "\x1b[31m\n\u202e"),
        ("run", "evil.json", "--disable", "\x1b[31m\n\u202e"),
        ("run", "evil.json", "--set", "\x1b[31m\n\u202e.x=1"),
        ("explain", "evil.json", "\x1b[31m\n\u202e"),
        ("rules", "show", "\x1b[31m\n\u202e"),
        ("run", "\udcff\udcfe.json"),
    ],
    ids=repr,
)
def test_errors(outputs: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(outputs)
    done: Done = screener(*words)
    assert done.code in (2, 3)  # wrong usage, or a profile that can't be read
    assert steering(done.err) == set()
    assert len(done.errors) == 1
