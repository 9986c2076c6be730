"""Links between the documents lead to files and headings that exist, and so do the pages that messages and code name."""

import re
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted({p for pattern in ("*.md", "docs/**/*.md", "examples/**/*.md", "fixtures/*.md", "seeds/*.md") for p in ROOT.glob(pattern)})
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")
MENTION = re.compile(r"(?<![\w/.-])(?:docs/[\w./-]+?\.md|CONTRIBUTING\.md|SECURITY\.md|CHANGELOG\.md)\b")


@cache
def headings(page: Path) -> frozenset[str]:
    """Returns the anchors of a page, as code hosts derive them from its headings."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in found)


def broken(page: Path) -> list[str]:
    """Returns the links of a page whose target does not exist."""
    found = []
    for groups in LINK.findall(CODE.sub("", page.read_text("utf-8"))):
        link = "".join(groups)
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.is_file() or not target.is_relative_to(ROOT) or (anchor and anchor not in headings(target)):
            found.append(link)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert broken(page) == []


def test_a_broken_link_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text("# A *title*: one\n[a](page.md#a-title-one) [b](#none) [c](gone.md) `[d](code.md)` [e](https://example.com) [f](/etc/hosts)")
    assert broken(page) == ["#none", "gone.md", "/etc/hosts"]


def test_pages_that_texts_name_exist() -> None:
    texts = [*PAGES, ROOT / "Makefile", ROOT / "pyproject.toml", ROOT / "mkdocs.yml"]
    for folder, suffixes in (("screener", ("py",)), ("rules", ("yaml",)), ("templates", ("jinja", "yaml")), ("tests", ("py",)), ("tools", ("py",))):
        texts += [p for suffix in suffixes for p in (ROOT / folder).rglob(f"*.{suffix}")]
    texts.remove(ROOT / "docs/rules/README.md")
    named = {(str(p.relative_to(ROOT)), name) for p in texts for name in MENTION.findall(p.read_text("utf-8"))}
    assert len(named) > 30
    assert sorted((text, name) for text, name in named if not (ROOT / name).is_file()) == []


def test_every_page_is_in_the_navigation_of_the_site() -> None:
    listed = set(re.findall(r": (\S+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.MULTILINE))
    pages = {str(p.relative_to(ROOT)) for p in PAGES if not re.match(r"docs/(rules|adr)/(?!README)", str(p.relative_to(ROOT)))}
    assert listed == pages


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/glossary.md"])
def test_files_that_the_documents_for_developers_name_exist(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    named = re.findall(r"`((?:screener|tests|rules|templates|docs|tools|bench|seeds|fixtures)/[\w./-]*\w)/?`", text)
    assert [name for name in named if name not in ("rules/NAME", "screener/result/1") and not (ROOT / name).exists()] == []


def test_the_readme_names_every_package() -> None:
    table = (ROOT / "README.md").read_text("utf-8").partition("## Architecture")[2]
    modules = {p.name for p in (ROOT / "screener").iterdir() if (p / "__init__.py").is_file() or p.suffix == ".py"}
    named = {name.removeprefix("screener/") for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`([^`]+)`", row)}
    assert named == modules - {"__init__.py", "__main__.py"}


BLOCK = re.compile(r"(?:[-*] |\d+\. |\|)")
CONTINUES = re.compile(r"(?:\s*(?:[-*] |\d+\. )|\||#|<| {2,}|\s*$)")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_lists_and_tables_follow_an_empty_line(page: Path) -> None:
    """Otherwise MkDocs shows them as running text, unlike code hosts."""
    lines = re.sub(r"^```.*?^```", "\n", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL).splitlines()
    assert [line for above, line in pairwise(lines) if BLOCK.match(line) and not CONTINUES.match(above)] == []
