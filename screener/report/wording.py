"""The fixed texts of reports in one language, read from `strings.LANGUAGE.yaml` beside the templates."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

import yaml

from screener.errors import OutputError, Problem
from screener.io.document import text_digest
from screener.io.package_data import TEMPLATES_FOLDER
from screener.io.value_cache import cached_value, keep_value
from screener.report.number_format import tidy
from screener.text import Language, did_you_mean

MAX_TEXTS = 5000  # greatest number of texts in one file


class Wording:
    """The texts of one language by dotted key, such as `verdict.avoid`; templates use them as `table`."""

    def __init__(self, language: Language, table: dict[str, str]) -> None:
        self.language, self.table = language, table

    def __call__(self, key: str, **values: object) -> str:
        """Returns the text of a key, with its placeholders filled in. Raises KeyError."""
        text = self.table[key]
        return text.format(**values) if values else text

    def plural(self, key: str, n: int, **values: object) -> str:
        """Returns the text of a key for the number `n`: `KEY.one` for 1, else `KEY.other`."""
        return self(f"{key}.{'one' if n == 1 else 'other'}", n=f"{n:,}", **values)

    def enumerate(self, items: Iterable[str]) -> str:
        """Returns texts as a list within a sentence: `a, b, c`."""
        return self("enumeration").join(items)

    def series(self, items: Iterable[str]) -> str:
        """Returns texts that may contain commas as a list: `a; b; c`."""
        return self("semicolon").join(items)

    def label(self, group: str, key: str) -> str:
        """Returns the text for a word of a vocabulary (`kind`, `severity` …); the word itself if there is no text."""
        return self.table.get(f"{group}.{key}") or tidy(key, 40)


def load_wording(language: Language, templates: Path = TEMPLATES_FOLDER) -> Wording:
    """Returns the texts of a language: the built-in ones, replaced by those in a folder of custom templates.

    Raises OutputError if the folder's file is not a mapping of texts, or has an unknown key or placeholder.
    """
    return built_in_wording(language) if templates == TEMPLATES_FOLDER else _custom_wording(language, templates)


@lru_cache(maxsize=2)
def built_in_wording(language: Language) -> Wording:
    """Returns the built-in texts of a language."""
    text = (TEMPLATES_FOLDER / f"strings.{language}.yaml").read_text("utf-8")
    key, table = text_digest(text), dict[str, str]()
    data = cached_value("wording", key)  # parsing the file takes ten times as long
    if data is None:
        data = _parsed_yaml(text)
        keep_value("wording", key, data)
    _flatten(data, "", table)
    return Wording(language, table)


@lru_cache(maxsize=4)
def _custom_wording(language: Language, templates: Path) -> Wording:
    from screener.report.pages.template_files import template_files

    built_in, name, custom = built_in_wording(language).table, f"strings.{language}.yaml", dict[str, str]()
    file = str(templates / name)
    try:
        _flatten(_parsed_yaml(template_files(templates)[name]), "", custom)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = str(getattr(error, "problem", None) or "is not YAML")
        where = (mark.line + 1, mark.column + 1) if mark else (None, None)
        raise OutputError(Problem(what, "quote texts that hold a colon", file, *where)) from error
    except (ValueError, RecursionError) as error:
        raise OutputError(Problem(str(error), "write key: text, as strings.en.yaml does", file)) from error
    problems = [problem for key, text in custom.items() if (problem := _text_problem(key, text, built_in, file))]
    if problems:
        raise OutputError(problems)
    return Wording(language, {**built_in, **custom})


def _text_problem(key: str, text: str, built_in: dict[str, str], file: str) -> Problem | None:
    if key not in built_in:
        hint = did_you_mean(key, built_in, "see strings.en.yaml")
        return Problem(f"there is no text '{tidy(key, 80)}'", hint, file, path=key)
    known = _placeholders(built_in[key])
    unknown = sorted(_placeholders(text) - known)
    if not unknown:
        return None
    names = ", ".join(f"{{{name}}}" for name in sorted(known)) or "none"
    return Problem(f"unknown placeholder {{{unknown[0]}}}", f"known here: {names}", file, path=key)


def _placeholders(text: str) -> set[str]:
    """Returns the names in braces, with their conversion and format; `…` if the braces do not match."""
    try:
        fields = [field for field in Formatter().parse(text) if field[1] is not None]
    except ValueError:
        return {"…"}
    return {f"{name}!{conversion}:{spec}" if spec or conversion else str(name) for _, name, spec, conversion in fields}


def _parsed_yaml(text: str) -> object:
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(text, loader)


def _flatten(data: object, prefix: str, table: dict[str, str]) -> None:
    if not isinstance(data, dict):
        raise ValueError(f"'{prefix.rstrip('.')}' should be a mapping of texts")
    for key, value in data.items():
        if isinstance(value, str):
            table[f"{prefix}{key}"] = value
        else:
            _flatten(value, f"{prefix}{key}.", table)
        if len(table) > MAX_TEXTS:
            raise ValueError(f"holds more than {MAX_TEXTS} texts")
