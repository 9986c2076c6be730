"""Makes HTML pages from views. This is the only module that uses Jinja.

Everything is escaped; templates get named tuples of final texts. A page loads nothing: it contains style and script,
which its content security policy allows by their hashes.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, FunctionLoader, StrictUndefined
from jinja2.bccache import Bucket
from jinja2.utils import missing
from markupsafe import Markup

from screener.io.package_data import TEMPLATES_FOLDER
from screener.io.paths import real_path
from screener.report.pages.template_files import CUSTOM_STYLE, built_in_files, template_files
from screener.report.views.company_view import CompanyView
from screener.report.views.display_text import safe_url
from screener.report.views.index_view import IndexPage, index_view
from screener.report.views.result_view import ResultView
from screener.report.wording import Wording, load_wording
from screener.result.model import ResultDocument
from screener.text import Language, clean, did_you_mean

if TYPE_CHECKING:
    from screener.result.comparison import ResultComparison

_SCRIPT_COMMENT = re.compile(r"^\s*//.*\n", re.MULTILINE)
TEMPLATE_VARIABLES = ("view", "t", "generated", "style", "script", "policy")  # for every template
MAX_PAGE_LENGTH = 20_000_000  # greatest length of the output of a custom template


def company_page(
    result: ResultDocument,
    language: Language = "en",
    generated_at: str | None = None,
    *,
    templates: Path = TEMPLATES_FOLDER,
    cache: Path | None = None,
) -> str:
    """Returns the report of one company as a self-contained HTML document.

    `templates` is a folder whose files take precedence over the built-in ones; they are rendered in Jinja's sandbox,
    which should run in a separate process (`screener.report.pages.template_sandbox`). `cache` is an existing folder for
    compiled templates that belongs to the user. Raises jinja2.TemplateError, or any error in a template.
    """
    view = ResultView(result, load_wording(language, templates))
    return company_view_page(view.company, view.wording, generated_at, templates=templates, cache=cache)


def company_view_page(
    view: CompanyView,
    wording: Wording,
    generated_at: str | None = None,
    *,
    templates: Path = TEMPLATES_FOLDER,
    cache: Path | None = None,
) -> str:
    """Returns the page of a view that is built already, in the language of its wording."""
    generated = _stamp(wording, generated_at)
    return _render("company.html.jinja", templates, cache, view=view, t=wording.table, generated=generated)


def notebook_card(result: ResultDocument, language: Language = "en") -> str:
    """Returns the card of a company for a notebook: a fragment of HTML with inline styles, light and dark."""
    view = ResultView(result, load_wording(language))
    return (
        jinja_environment(TEMPLATES_FOLDER)
        .get_template("notebook.html.jinja")
        .render(view=view.company, t=view.wording.table)
    )


def index_page(
    page: IndexPage,
    language: Language = "en",
    generated_at: str | None = None,
    *,
    templates: Path = TEMPLATES_FOLDER,
    cache: Path | None = None,
) -> str:
    """Returns a page of the index of a run."""
    wording = load_wording(language, templates)
    view, generated = index_view(page, wording), _stamp(wording, generated_at)
    return _render("index.html.jinja", templates, cache, view=view, t=wording.table, generated=generated)


def comparison_page(
    comparison: "ResultComparison",
    language: Language = "en",
    *,
    templates: Path = TEMPLATES_FOLDER,
    cache: Path | None = None,
) -> str:
    """Returns a page of the changes between two results."""
    from screener.report.views.comparison_view import comparison_view

    wording = load_wording(language, templates)
    view = comparison_view(comparison, wording)
    return _render("comparison.html.jinja", templates, cache, view=view, t=wording.table, generated="")


def page(name: str, language: Language, templates: Path = TEMPLATES_FOLDER, **values: Any) -> str:
    """Returns any other page, from its template."""
    return _render(name, templates, None, t=load_wording(language, templates).table, **values)


@lru_cache(maxsize=16)
def policy(style: str, script: str, served: bool = False) -> str:
    """Returns the content security policy of a page: it allows only this style and this script; for a served page also
    its server."""
    own = "'self'" if served else "'none'"
    return (
        f"default-src 'none'; style-src 'sha256-{_hash(style)}'; script-src 'sha256-{_hash(script)}'; "
        f"img-src data:; base-uri 'none'; form-action {own}" + ("; connect-src 'self'" if served else "")
    )


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _stamp(wording: Wording, generated_at: str | None) -> str:
    return wording("method.generated", at=generated_at) if generated_at else ""


def _render(name: str, templates: Path, cache: Path | None, **values: Any) -> str:
    environment = jinja_environment(templates, cache)
    style, script = _assets(templates, *_OWN_ASSETS.get(name, ("cards.css",)))
    template = environment.get_template(name)
    values = {
        "style": Markup(style),
        "script": Markup(script),
        "policy": policy(style, script, name == SERVED_PAGE),
        **values,
    }
    if not is_custom(templates):
        return template.render(values)
    pieces, length = [], 0
    for piece in template.generate(values):
        pieces.append(piece)
        length += len(piece)
        if length > MAX_PAGE_LENGTH:
            raise PageTooLong(f"the page is longer than {MAX_PAGE_LENGTH:,} characters")
    return "".join(pieces)


class PageTooLong(Exception):
    """Raised if a custom template writes more than MAX_PAGE_LENGTH characters."""


class _TolerantBytecodeCache(FileSystemBytecodeCache):
    """A cache of compiled templates in a folder; if one can't be read or written, the template is compiled."""

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


class SuggestingUndefined(StrictUndefined):
    """A name in a template that does not exist; the message suggests the most similar existing name."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        name, what = str(self._undefined_name), self._undefined_obj
        fields = getattr(what, "_fields", None)
        if fields:
            hint = did_you_mean(name, fields, "docs/templates.md has all of them")
            return f"{type(what).__name__} has no field '{clean(name)}'; {hint}"
        if isinstance(what, dict):
            return f"there is no text '{clean(name)}'; " + did_you_mean(name, map(str, what), "see strings.en.yaml")
        if what is missing:
            known = f"known are {', '.join(TEMPLATE_VARIABLES)}"
            return f"there is no '{clean(name)}'; {did_you_mean(name, TEMPLATE_VARIABLES, known)}"
        return str(super()._undefined_message)


def _template_source(files: Mapping[str, str], name: str) -> tuple[str, str, None] | None:
    """Returns a template's text, and its name for messages; `screener/NAME` is always the built-in one."""
    found = files.get(name) if "/" not in name else built_in_files().get(name.removeprefix("screener/"))
    return (found, name, None) if found is not None and name.endswith(".jinja") else None


def is_custom(templates: Path) -> bool:
    """Returns whether the folder is not that of the built-in templates."""
    return templates != TEMPLATES_FOLDER and real_path(templates) != real_path(TEMPLATES_FOLDER)


@lru_cache(maxsize=4)
def jinja_environment(templates: Path, cache: Path | None = None) -> Environment:
    """Returns the Jinja environment for a folder of templates, which take precedence over the built-in ones."""
    options: dict[str, Any] = {
        "loader": FileSystemLoader(TEMPLATES_FOLDER),
        "autoescape": True,
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "auto_reload": False,
    }
    if is_custom(templates):
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        options |= {
            "loader": FunctionLoader(partial(_template_source, template_files(templates))),
            "undefined": SuggestingUndefined,
        }
        environment: Environment = ImmutableSandboxedEnvironment(**options)
        del environment.globals["lipsum"], environment.filters["random"]  # the same input gives the same bytes
    else:
        if cache is not None:
            options["bytecode_cache"] = _TolerantBytecodeCache(str(cache))
        environment = Environment(**options)
    environment.filters["safe_url"] = safe_url
    return environment


SERVED_PAGE = "serve.html.jinja"
_OWN_ASSETS = {
    "company.html.jinja": ("company.css",),
    "index.html.jinja": ("index.css", "index.js"),
    "tables.html.jinja": ("tables.css",),
    "validation.html.jinja": ("validation.css",),
    SERVED_PAGE: ("tables.css", "serve.css", "serve.js"),
}
"""Style and script of each page in addition to the common ones."""


@lru_cache(maxsize=8)
def _assets(templates: Path, *own: str) -> tuple[str, str]:
    """Returns style and script of a page: the common ones followed by its own."""
    files = template_files(templates) if is_custom(templates) else {}

    def read(name: str) -> str:
        return (files[name] if name in files else (TEMPLATES_FOLDER / name).read_text("utf-8")).strip()

    def joined(suffix: str, *further: str) -> str:
        return "\n".join(map(read, (f"report{suffix}", *(name for name in own if name.endswith(suffix)), *further)))

    style = joined(".css", *((CUSTOM_STYLE,) if CUSTOM_STYLE in files else ()))
    script = joined(".js")
    return style, _SCRIPT_COMMENT.sub("", script)
