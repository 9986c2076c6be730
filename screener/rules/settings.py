"""`screener.yaml`: the settings of a team for the profiles beside and below it, searched upward from the profiles."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from screener.errors import DocumentError, Problem, RulesError
from screener.io.document import parse_documents
from screener.io.file_text import read_text
from screener.io.paths import SETTINGS_FILE, real_path
from screener.profile.catalogue import Bilingual
from screener.profile.claims import IsoDay
from screener.profile.strict_model import ListOf, Strict, validate

_MISSPELT = tuple(
    f"{stem}{suffix}"
    for stem in ("screener", "Screener", "SCREENER", ".screener")
    for suffix in (".yml", ".yaml", ".YML", ".YAML", ".yaml.txt", ".yml.txt")
    if f"{stem}{suffix}" != SETTINGS_FILE
)
"""Other spellings, in which a settings file would be overlooked."""

Scalar = float | bool | str


class ParameterChoice(Strict):
    """A parameter's value with the reason for it."""

    value: Scalar = Field(description="The value of the parameter.")
    why: Bilingual | None = Field(None, description="The reason for the value, which is shown with the threshold.")


def _choice(value: Any) -> Any:
    return value if isinstance(value, dict) else {"value": value}


Chosen = Annotated[ParameterChoice, BeforeValidator(_choice)]


class Waiver(Strict):
    """A flag of one company that somebody accepts until a day: it stays visible, marked, out of the score."""

    rule: str = Field(description="The rule whose flag is accepted.")
    company: str = Field(description="The id of the company.")
    until: IsoDay = Field(description="The last day of the waiver, such as 2026-12-31.")
    reason: str = Field(min_length=1, description="Why the flag is accepted.")
    by: str = Field(min_length=1, description="The person who accepted the flag.")


class Settings(Strict):
    """The whole file."""

    packs: ListOf[str] = Field(
        default=(),
        description="Rule packs that replace the default ones, by name or by folder (relative to this file).",
    )
    rules: ListOf[str] = Field(default=(), description="Additional rule files or folders (relative to this file).")
    params: dict[str, dict[str, Chosen]] = Field(
        default={}, description="Parameters in the form RULE: {PARAM: VALUE}; a value may be {value, why}."
    )
    sector_params: dict[str, dict[str, dict[str, Chosen]]] = Field(
        default={}, description="Parameters by sector, in the form SECTOR: {RULE: {PARAM: VALUE}}."
    )
    disable: ListOf[str] = Field(default=(), description="Rules that are not used.")
    fiscal_year_named: Literal["start", "end"] = Field(
        default="end", description="Whether FY2025 starts or ends in 2025 in profiles that do not state it."
    )
    preview: bool = Field(default=False, description="Whether preview rules count in the score and the verdict.")
    waivers: ListOf[Waiver] = Field(
        default=(),
        description="Flags that are accepted until a day: they are shown and marked, but do not count in the score.",
    )


def read_settings(path: Path) -> Settings:
    """The settings in a file. Raises DocumentError or RulesError with all problems."""
    problems: list[Problem] = []
    text = read_text(path)
    documents = parse_documents(text, str(path))
    if len(documents) != 1:
        raise DocumentError(Problem(f"holds {len(documents)} documents; settings are one", "join them", str(path)))
    found = validate(Settings, documents[0].data or {}, documents[0], [], problems)
    if found is None:
        raise RulesError(problems)
    return found


def find_settings(paths: Iterable[str]) -> Path | None:
    """The settings that hold for profiles: the nearest `screener.yaml` in their folder or above it.

    Raises RulesError where it is not the same for all of them, can't be a file of settings, or is called by another spelling.
    """
    found: dict[Path | None, str] = {}
    for folder in dict.fromkeys(_folder(path) for path in paths):
        above = (_settings_in(p) for p in (folder, *folder.parents))
        found.setdefault(next(filter(None, above), None), str(folder))
    if len(found) > 1:
        shown = ", ".join(str(f) if f else f"none for {folder}" for f, folder in found.items())
        what = f"the profiles lie under different settings: {shown}"
        raise RulesError(Problem(what, "screen them apart, or name one with --config, or --config none"))
    return next(iter(found), None)


def _settings_in(folder: Path) -> Path | None:
    """The settings file of a folder. Raises RulesError if a file there is probably meant as one but cannot be used."""
    file = folder / SETTINGS_FILE
    if os.path.lexists(file):
        if file.is_file():
            return file
        what = "is a link to nothing" if file.is_symlink() and not file.exists() else "is not a file"
        raise RulesError(Problem(what, "put settings there, or remove it; --config none ignores it", str(file)))
    for name in _MISSPELT:
        if os.path.lexists(folder / name):
            hint = f"call it {SETTINGS_FILE} if it holds settings, else by another name; --config none ignores it"
            raise RulesError(Problem("settings under this name are not read", hint, str(folder / name)))
    return None


def _folder(path: str) -> Path:
    """The folder in which a profile lies; that of standard input is the current one."""
    here = Path.cwd() if path == "-" else real_path(path)
    return here if path == "-" or here.is_dir() else here.parent
