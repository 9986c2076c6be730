"""Hooks for MkDocs: the site has the same layout as the repository, so that every link works in both.

Its pages are the Markdown files of the repository that are meant for readers; a file that one of them links to, such as a
rule file or a picture, is copied. A list or table that Markdown shows as running text is reported like a broken link.
"""

import logging
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("*.md", "docs/**/*.md", "examples/**/*.md", "fixtures/*.md", "seeds/*.md", "cases/*.md")
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")
NOT_A_BLOCK = re.compile(r"<p>(?:(?!</p>).)*\n *(?:[-*] |\d+\. |\|)", re.DOTALL)
log = logging.getLogger("mkdocs.site_hooks")


def on_files(files: Files, config: Any) -> Files:
    """Adds all pages and the files that they link to, at their paths in the repository."""
    theme = [file for file in files if Path(file.abs_src_path or "").is_relative_to(ROOT / "docs") is False]
    pages = {path for pattern in PAGES for path in ROOT.glob(pattern)}
    linked = {target for page in pages for target in _targets(page)}
    return Files([*theme, *(_file(path, config) for path in sorted(pages | linked))])


def _targets(page: Path) -> set[Path]:
    """Returns the files of the repository that a page links to."""
    found = set()
    for groups in LINK.findall(page.read_text("utf-8")):
        target = (page.parent / "".join(groups).partition("#")[0]).resolve()
        if target.is_file() and target.is_relative_to(ROOT):
            found.add(target)
    return found


def _file(path: Path, config: Any) -> File:
    return File.generated(config, path.relative_to(ROOT).as_posix(), abs_src_path=str(path))


def on_page_content(html: str, page: Any, **_: Any) -> None:
    """Reports a list or table that became running text because the empty line before it is missing."""
    if found := NOT_A_BLOCK.search(html):
        log.warning("%s: no list or table without an empty line before it: %s", page.file.src_uri, found.group()[-60:])
