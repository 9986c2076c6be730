"""Pages from views: the only place that knows Jinja.

Everything is escaped; templates get named tuples of final strings, and no page asks for anything from anywhere: style
and script are inside, allowed by their hashes.
"""

import base64
import hashlib
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from screener.data import TEMPLATES
from screener.report.context import safe_url
from screener.report.view import Row, company_view, index_view, worst_first
from screener.report.words import words
from screener.text import Language
from screener.verdict.result import Result

ROWS_A_PAGE = 100

__all__ = ["ROWS_A_PAGE", "company_page", "index_page", "index_pages", "page", "policy", "safe_url"]


def company_page(
    result: Result,
    language: Language = "en",
    generated_at: str | None = None,
    *,
    templates: Path = TEMPLATES,
    cache: Path | None = None,
) -> str:
    """The report of one company as a self-contained HTML document.

    `templates`: a directory whose files stand before the built-in ones; a directory of one's own runs in Jinja's sandbox.
    `cache`: an existing directory of the user's for compiled templates. Raises jinja2.TemplateError where a template is wrong.
    """
    said = words(language, templates)
    view = company_view(result, said)
    return _render(
        "company.html.jinja", templates, cache, view=view, t=said.table, generated=_stamp(said, generated_at)
    )


def index_page(
    rows: Sequence[Row],
    language: Language = "en",
    generated_at: str | None = None,
    *,
    failed: Sequence[tuple[str, str]] = (),
    pages: Sequence[str] = (),
    page: int = 0,
    everyone: Sequence[Row] = (),
    templates: Path = TEMPLATES,
    cache: Path | None = None,
) -> str:
    """The index of a run, with the rows as they come; at most ROWS_A_PAGE of them keep the page quick (`index_pages`).

    `failed`: files that could not be read, each with its message. `pages`, `page`, `everyone`: see `index_view`.
    """
    said = words(language, templates)
    view = index_view(rows, said, failed, pages, page, everyone)
    return _render("index.html.jinja", templates, cache, view=view, t=said.table, generated=_stamp(said, generated_at))


def index_pages(
    rows: Sequence[Row],
    language: Language = "en",
    generated_at: str | None = None,
    *,
    failed: Sequence[tuple[str, str]] = (),
    templates: Path = TEMPLATES,
    cache: Path | None = None,
) -> list[tuple[str, str]]:
    """The whole index, worst first: (file name, page) for `index.html`, `index-2.html` …; failed files on the first."""
    ordered = worst_first(rows)
    parts = [ordered[i : i + ROWS_A_PAGE] for i in range(0, len(ordered), ROWS_A_PAGE)] or [[]]
    names = ["index.html", *(f"index-{n}.html" for n in range(2, len(parts) + 1))]
    shown = names if len(names) > 1 else ()
    return [
        (name, index_page(part, language, generated_at, failed=failed if n == 0 else (), pages=shown, page=n,
                          everyone=ordered, templates=templates, cache=cache))
        for n, (name, part) in enumerate(zip(names, parts, strict=True))
    ]  # fmt: skip


def page(name: str, language: Language, templates: Path = TEMPLATES, **values: Any) -> str:
    """Any other page of the same look, from its template."""
    return _render(name, templates, None, t=words(language, templates).table, **values)


def policy(style: str, script: str) -> str:
    """The content security policy of a page: nothing but this style and this script."""
    return (
        f"default-src 'none'; style-src 'sha256-{_hash(style)}'; script-src 'sha256-{_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _stamp(said: Any, generated_at: str | None) -> str:
    return said("method.generated", at=generated_at) if generated_at else ""


def _render(name: str, templates: Path, cache: Path | None, **values: Any) -> str:
    environment = _environment(templates, cache)
    style, script = _assets(templates, name == "index.html.jinja")
    return environment.get_template(name).render(
        style=Markup(style), script=Markup(script), policy=policy(style, script), **values
    )


class _Compiled(FileSystemBytecodeCache):
    """Compiled templates in a folder; one that can't be used costs time, not the report."""

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


@lru_cache(maxsize=4)
def _environment(templates: Path, cache: Path | None) -> Environment:
    own = templates.resolve() != TEMPLATES.resolve()
    options: dict[str, Any] = {
        "loader": FileSystemLoader([templates, TEMPLATES]),
        "autoescape": True,
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "auto_reload": False,
    }
    if cache is not None and not own:
        options["bytecode_cache"] = _Compiled(str(cache))
    if own:
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        environment: Environment = ImmutableSandboxedEnvironment(**options)
    else:
        environment = Environment(**options)
    environment.filters["safe_url"] = safe_url
    return environment


@lru_cache(maxsize=8)
def _assets(templates: Path, index: bool) -> tuple[str, str]:
    """Style and script of a page; the index adds its own to the common ones."""

    def read(name: str) -> str:
        path = templates / name
        return (path if path.is_file() else TEMPLATES / name).read_text("utf-8").strip()

    style = read("report.css") + "\n" + read("index.css" if index else "company.css")
    return style, read("report.js") + ("\n" + read("index.js") if index else "")
