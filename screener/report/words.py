"""The fixed words of the report in one language, read from `strings.LANGUAGE.yaml` beside the templates."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from screener.data import TEMPLATES
from screener.report.numbers import tidy
from screener.text import Language


class Words:
    """Keys are dotted (`verdict.avoid`); `table` holds all of them for the templates."""

    def __init__(self, language: Language, table: dict[str, str]) -> None:
        self.language, self.table = language, table

    def __call__(self, key: str, **values: object) -> str:
        """The words of `key`, with `{name}` filled in. KeyError where there are none."""
        text = self.table[key]
        return text.format(**values) if values else text

    def count(self, key: str, n: int, **values: object) -> str:
        """The words of `key` for `n` things: `key.one` for 1, else `key.other`."""
        return self(f"{key}.{'one' if n == 1 else 'other'}", n=f"{n:,}", **values)

    def of(self, group: str, key: str) -> str:
        """The word for a name of a closed list (`kind`, `severity` …), or the name itself where there is none."""
        return self.table.get(f"{group}.{key}") or tidy(key, 40)


def words(language: Language, templates: Path = TEMPLATES) -> Words:
    """The words of a language. A directory without a strings file gets the built-in one.

    Raises OSError where no file can be read and ValueError where it is not a mapping of texts.
    """
    return _words(language, templates)


@lru_cache(maxsize=8)
def _words(language: Language, templates: Path) -> Words:
    path = templates / f"strings.{language}.yaml"
    if not path.is_file():
        path = TEMPLATES / path.name
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    table: dict[str, str] = {}
    _flatten(yaml.load(path.read_text("utf-8"), loader), "", table, path)
    return Words(language, table)


def _flatten(data: object, prefix: str, table: dict[str, str], path: Path) -> None:
    if not isinstance(data, dict):
        raise ValueError(f"{path.name}: '{prefix.rstrip('.')}' should be a mapping of words")
    for key, value in data.items():
        if isinstance(value, str):
            table[f"{prefix}{key}"] = value
        else:
            _flatten(value, f"{prefix}{key}.", table, path)
