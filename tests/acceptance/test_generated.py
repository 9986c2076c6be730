"""Generated files are equal to the output of their commands; `make docs` writes them again."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from commands import ROOT, screener

PACKS = sorted(p.parent.name for p in (ROOT / "rules").glob("*/pack.yaml"))
CHOSEN = [word for pack in PACKS for word in ("--pack", pack)]
PAGES = ROOT / "docs/rules"
HEADINGS = ["What it says", "Why it matters", "Condition", "Parameters", "What clears it", "False alarms", "Examples", "References", "Used by"]


def test_pages_and_pictures_of_the_rules_are_current() -> None:
    done = screener("rules", "docs", *CHOSEN, "--out", str(PAGES), "--check")
    assert (done.code, done.err) == (0, ""), "make docs"
    assert f"docs $(PACKS:%=--pack %) --out {PAGES.relative_to(ROOT)}" in (ROOT / "Makefile").read_text("utf-8")


def test_every_rule_has_a_page_with_the_fixed_headings() -> None:
    rules = [line.split(":")[1].strip() for pack in PACKS for f in (ROOT / "rules" / pack).glob("*.yaml")
             for line in f.read_text("utf-8").splitlines() if line.startswith("rule:")]
    index = (PAGES / "README.md").read_text("utf-8")
    assert len(rules) > 140
    assert {p.stem for p in PAGES.glob("*.md")} == {*rules, "README"}
    for rule in rules:
        assert f"[{rule}]({rule}.md)" in index
        page = (PAGES / f"{rule}.md").read_text("utf-8")
        assert re.findall(r"^## (.+)$", page, re.MULTILINE) == HEADINGS


def test_links_lead_somewhere() -> None:
    for page in PAGES.glob("*.md"):
        for target in re.findall(r"\]\(([^)]+)\)", page.read_text("utf-8")):
            assert (PAGES / target).is_file(), f"{page.name}: {target}"


def test_pictures_are_drawings_of_all_rules() -> None:
    for pack in PACKS:
        root = ET.parse(PAGES / f"graph-{pack}.svg").getroot()
        titles = " ".join(t.text or "" for t in root.iter("{http://www.w3.org/2000/svg}title"))
        texts = [f.read_text("utf-8") for f in sorted((ROOT / "rules" / pack).glob("*.yaml"))]
        rules = re.findall(r"^rule: (\S+)", "\n".join(texts), re.MULTILINE)
        assert len(rules) > 20
        assert [r for r in rules if f"({r})" not in titles] == []


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert screener("rules", "docs", "--out", "pages").code == 0
    return tmp_path / "pages"


def test_only_what_changed_is_written(pages: Path) -> None:
    (pages / "own.md").write_text("mine")
    (pages / "gone.md").write_text((pages / "profitable.md").read_text("utf-8"))
    (pages / "profitable.md").write_text((pages / "price-collapse.md").read_text("utf-8"))
    before = (pages / "price-collapse.md").stat().st_mtime_ns
    done = screener("rules", "docs", "--out", "pages", "--check")
    assert done.code == 1
    assert sorted(done.errors) == [f"pages/{n}.md: is not current; run screener rules docs" for n in ("gone", "profitable")]
    assert (pages / "gone.md").exists()
    done = screener("rules", "docs", "--out", "pages")
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith("2 of them changed or removed\n")
    assert (pages / "price-collapse.md").stat().st_mtime_ns == before
    assert (pages / "own.md").read_text() == "mine"
    assert not (pages / "gone.md").exists()
    assert screener("rules", "docs", "--out", "pages", "--check").code == 0
