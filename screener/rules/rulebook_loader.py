"""Loads rulebooks from files: the built-in catalogue, packs, then the user's rule files and settings."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from screener.errors import DocumentError, Problem, RulesError
from screener.io import package_data as data
from screener.io.file_text import read_text
from screener.io.paths import SETTINGS_FILE, file_exists, files_in, is_folder, real_path, shown_path
from screener.rules import rulebook_cache as cache
from screener.rules.packs import DEFAULT_PACKS, EVIDENCE_FILE, PACK_FILE, PackLocation, check_pack_names, find_pack
from screener.rules.rulebook import FileText, LoadedParts, Overrides, Rulebook, RuleOrigin
from screener.rules.settings import Settings, read_settings

RULE_FILE_SUFFIXES = (".yaml", ".yml")
CATALOGUE_PARTS = ("figures", "kinds", "sectors", "categories", "metrics")


def load_rulebook(
    rules: Iterable[str] = (),
    *,
    settings: Sequence[str] = (),
    disabled: Sequence[str] = (),
    packs: Sequence[str] | None = None,
    config: Path | None = None,
    preview: bool = False,
    any_name: bool = False,
) -> Rulebook:
    """The rulebook of packs with rule files and changes.

    `packs` are names or folders (None: what `config` names, else the default ones; empty: the catalogue alone), `rules` rule
    files or folders to add, `settings` RULE.PARAM=VALUE or RULE.PARAM.SECTOR=VALUE, `config` a `screener.yaml`. A pack in a
    folder may not call itself by the name of a built-in one, unless `any_name` is set, to compare versions of one pack.
    A rulebook that was assembled before, from the very same texts, comes from the cache.
    Raises RulesError or DocumentError with all problems.
    """
    problems: list[Problem] = []
    chosen = read_settings(config) if config else Settings.model_construct()
    rule_files = [*settings_rule_files(chosen, config), *rules]
    pack_names = list(packs) if packs is not None else settings_packs(chosen, config)
    files = read_rulebook_files(rule_files, problems, pack_names, config)
    if problems:
        raise RulesError(problems)
    overrides = Overrides(settings, disabled, preview)
    digest = _digest(files, overrides)
    names_and_texts = "\0".join([digest, *(file.name for file in files)])  # messages name files as they were given
    key = hashlib.sha256(names_and_texts.encode("utf-8", "surrogatepass")).hexdigest()
    book = cache.read_cached(key)
    if book is None:
        from screener.rules.assembler import assemble_rulebook

        book = assemble_rulebook(files, overrides, list(dict.fromkeys(Path(p).stem for p in rule_files)), digest[:16])
        cache.write_cached(key, book)
    locations = _pack_locations(pack_names)
    if not any_name:
        check_pack_names(locations, [pack.name for pack in book.packs])
    loaded = LoadedParts(key, book.rules, book.catalogue, book.metrics)
    return replace(book, origins=tuple(_origins(book, locations, rule_files, config)), loaded=loaded)


def _pack_locations(packs: Sequence[str]) -> list[PackLocation]:
    """The locations of packs, each folder once."""
    return list({location.folder: location for location in map(find_pack, packs)}.values())


def _origins(
    book: Rulebook, locations: Sequence[PackLocation], rule_files: Sequence[str], config: Path | None
) -> Iterator[RuleOrigin]:
    """Where the packs, the added rule files and the settings of a rulebook come from."""
    for pack, location in zip(book.packs, locations, strict=True):
        path = None if location.origin == "built-in" else shown_path(location.folder)
        yield RuleOrigin("pack", pack.name, location.origin, path)
    for path in dict.fromkeys(rule_files):
        yield RuleOrigin("rules", Path(path).stem, "file", shown_path(Path(path)))
    if config is not None:
        yield RuleOrigin("settings", config.name, "file", shown_path(config))


def find_rule_files(paths: Iterable[str]) -> list[Path]:
    """The rule files that paths name: files, or all .yaml under folders.

    Raises DocumentError where there is no such path, RulesError where a folder holds no rule file.
    """
    found: list[Path] = []
    for path in paths:
        if path != "-" and is_folder(path):
            inside = sorted(
                p
                for p in files_in(path, RULE_FILE_SUFFIXES, deep=True)
                if p.name not in (PACK_FILE, SETTINGS_FILE, EVIDENCE_FILE)
            )
            if not inside:
                what, hint = "holds no rule files", "put .yaml files there; see docs/writing-rules.md"
                raise RulesError(Problem(what, hint, path))
            found.extend(inside)
        else:
            found.append(Path(path))
    return list(dict.fromkeys(found))


def settings_packs(settings: Settings, config: Path | None) -> list[str]:
    """The packs that settings name, else the default ones; a folder is looked for beside the settings."""
    return [_beside_settings(pack, config) for pack in settings.packs] or list(DEFAULT_PACKS)


def settings_rule_files(settings: Settings, config: Path | None) -> list[str]:
    """The rule files that settings add."""
    return [str(config.parent / path) for path in settings.rules] if config else []


def _beside_settings(pack: str, config: Path | None) -> str:
    beside = config.parent / pack if config else Path(pack)
    return str(beside) if file_exists(beside / PACK_FILE) else pack


def read_rulebook_files(
    rules: Iterable[str], problems: list[Problem], packs: Sequence[str] = DEFAULT_PACKS, config: Path | None = None
) -> list[FileText]:
    """The texts of the catalogue, packs, rule files and settings; adds to `problems` what can't be read."""
    paths = [*pack_files(packs), *(("rules", path) for path in find_rule_files(rules))]
    if config:
        paths.append(("settings", config))
    found: list[FileText] = []
    for part, path in paths:
        try:
            text = read_text(path)
            found.append(FileText(part, message_name(path), text))
        except DocumentError as error:
            problems.extend(error.problems)
    return found


def message_name(path: Path) -> str:
    """The name of a file in messages: a built-in one by its place below rules/, any other as it was given."""
    text, built_in = str(path), f"{data.RULES_FOLDER}{os.sep}"
    if text.startswith(built_in) and ".." not in text:  # as nearly all are, and several times as quick
        return f"rules{os.sep}" + text.removeprefix(built_in)
    place = path if path.is_relative_to(data.RULES_FOLDER) and ".." not in path.parts else real_path(path)
    return (
        str(Path("rules") / place.relative_to(data.RULES_FOLDER))
        if place.is_relative_to(data.RULES_FOLDER)
        else str(path)
    )


def path_of(name: str) -> Path:
    """The file that `message_name` names: a built-in one, unless there is one of that name here."""
    own = Path(name)
    return own if own.is_file() or own.parts[:1] != ("rules",) else data.RULES_FOLDER.joinpath(*own.parts[1:])


def pack_files(packs: Sequence[str]) -> list[tuple[str, Path]]:
    """The files of the catalogue, the verdict table and the packs, each with what it is for."""
    if not (data.RULES_FOLDER / "catalog").is_dir():
        what = "the built-in rules are missing"
        raise RulesError(Problem(what, "install risk-screener again", str(data.RULES_FOLDER)))
    found = [(part, data.RULES_FOLDER / "catalog" / f"{part}.yaml") for part in CATALOGUE_PARTS]
    found.append(("verdict", data.RULES_FOLDER / "verdict.yaml"))
    for location in _pack_locations(packs):
        found.append(("pack", location.folder / PACK_FILE))
        if (location.folder / EVIDENCE_FILE).is_file():
            found.append(("evidence", location.folder / EVIDENCE_FILE))
        found.extend(("rules", path) for path in find_rule_files([str(location.folder)]))
    return found


def _digest(files: Sequence[FileText], overrides: Overrides) -> str:
    """The digest of a rulebook: the texts of its files and the changes of the command line, but not the paths."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.part}\0{Path(file.name).name}\0{file.text}\0".encode("utf-8", "surrogatepass"))
    changes = [*overrides.settings, "|", *sorted(overrides.disabled), *(["preview"] if overrides.preview else [])]
    digest.update("\0".join(changes).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
