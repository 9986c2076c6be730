"""The fixed words of the report in one language, read from `strings.LANGUAGE.yaml` beside the templates."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

import yaml

from screener.errors import OutputError, Problem
from screener.io.package_data import TEMPLATES_FOLDER
from screener.report.number_format import tidy
from screener.text import Language, did_you_mean

MOST_WORDS = 5000  # texts in one file


class Wording:
    """Keys are dotted (`verdict.avoid`); `table` holds all of them for the templates."""

    def __init__(self, language: Language, table: dict[str, str]) -> None:
        self.language, self.table = language, table

    def __call__(self, key: str, **values: object) -> str:
        """The words of `key`, with `{name}` filled in. KeyError where there are none."""
        text = self.table[key]
        return text.format(**values) if values else text

    def plural(self, key: str, n: int, **values: object) -> str:
        """The words of `key` for `n` things: `key.one` for 1, else `key.other`."""
        return self(f"{key}.{'one' if n == 1 else 'other'}", n=f"{n:,}", **values)

    def enumerate(self, items: Iterable[str]) -> str:
        """Texts as a list within a sentence: `a, b, c`."""
        return self("enumeration").join(items)

    def label(self, group: str, key: str) -> str:
        """The word for a name of a closed list (`kind`, `severity` …), or the name itself where there is none."""
        return self.table.get(f"{group}.{key}") or tidy(key, 40)


def load_wording(language: Language, templates: Path = TEMPLATES_FOLDER) -> Wording:
    """The words of a language: the built-in ones, and before them those of a directory of templates.

    Raises OutputError where its file is no mapping of texts, or has a key or a place that the built-in one has not.
    """
    return built_in_wording(language) if templates == TEMPLATES_FOLDER else _custom_wording(language, templates)


@lru_cache(maxsize=2)
def built_in_wording(language: Language) -> Wording:
    """The built-in words of a language."""
    table: dict[str, str] = {}
    _flatten(_parsed_yaml((TEMPLATES_FOLDER / f"strings.{language}.yaml").read_text("utf-8")), "", table)
    return Wording(language, table)


@lru_cache(maxsize=4)
def _custom_wording(language: Language, templates: Path) -> Wording:
    from screener.report.pages.template_files import template_files

    base, name, own = built_in_wording(language).table, f"strings.{language}.yaml", dict[str, str]()
    file = str(templates / name)
    try:
        _flatten(_parsed_yaml(template_files(templates)[name]), "", own)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = str(getattr(error, "problem", None) or "is not YAML")
        where = (mark.line + 1, mark.column + 1) if mark else (None, None)
        raise OutputError(Problem(what, "quote texts that hold a colon", file, *where)) from error
    except (ValueError, RecursionError) as error:
        raise OutputError(Problem(str(error), "write key: text, as strings.en.yaml does", file)) from error
    problems = [Problem(f"there are no words '{tidy(k, 80)}'", did_you_mean(k, base, "see strings.en.yaml"), file, path=k)
                for k in own if k not in base]  # fmt: skip
    for key, text in own.items():
        strange = sorted(_placeholders(text) - _placeholders(base.get(key, text)))
        if strange:
            known = ", ".join(f"{{{p}}}" for p in sorted(_placeholders(base[key]))) or "none"
            problems.append(Problem(f"nothing fills in {{{strange[0]}}}", f"known here: {known}", file, path=key))
    if problems:
        raise OutputError(problems)
    return Wording(language, {**base, **own})


def _placeholders(text: str) -> set[str]:
    """What stands in braces; a lone brace stands for itself there."""
    try:
        return {name if not (spec or change) else f"{name}!{change}:{spec}"
                for _, name, spec, change in Formatter().parse(text) if name is not None}  # fmt: skip
    except ValueError:
        return {"…"}


def _parsed_yaml(text: str) -> object:
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(text, loader)


def _flatten(data: object, prefix: str, table: dict[str, str]) -> None:
    if not isinstance(data, dict):
        raise ValueError(f"'{prefix.rstrip('.')}' should be a mapping of words")
    for key, value in data.items():
        if isinstance(value, str):
            table[f"{prefix}{key}"] = value
        else:
            _flatten(value, f"{prefix}{key}.", table)
        if len(table) > MOST_WORDS:
            raise ValueError(f"holds more than {MOST_WORDS} texts")
