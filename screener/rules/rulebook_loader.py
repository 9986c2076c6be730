"""Rulebooks from files: the built-in catalogue and pack, then the user's rule files, parameters and what is disabled."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from screener.errors import DocumentError, Problem, RulesError
from screener.io import package_data as data
from screener.io.document import read_text
from screener.io.paths import files_in, is_folder
from screener.rules import rulebook_cache as cache
from screener.rules.packs import DEFAULT_PACK, PACK_FILE, find_pack
from screener.rules.rulebook import FileText, Rulebook
from screener.rules.settings import SETTINGS_FILE, Settings, read_settings

RULE_FILE_SUFFIXES = (".yaml", ".yml")
CATALOGUE_PARTS = ("figures", "kinds", "sectors", "categories", "metrics")


def load_rulebook(
    rules: Iterable[str] = (),
    settings: Sequence[str] = (),
    disabled: Sequence[str] = (),
    packs: Sequence[str] | None = None,
    config: Path | None = None,
    preview: bool = False,
) -> Rulebook:
    """The rulebook of packs (none given: what `config` says, else the default; an empty list: the catalogue alone).

    `rules` are rule files or folders to add, `settings` are RULE.PARAM=VALUE or RULE.PARAM.SECTOR=VALUE, `config` is a
    `screener.yaml`. A rulebook that was put together before, from the very same texts, comes from the cache.
    Raises RulesError or DocumentError with all problems.
    """
    problems: list[Problem] = []
    house = read_settings(config) if config else Settings()
    paths = [*settings_rule_files(house, config), *rules]
    files = read_rulebook_files(
        paths, problems, list(packs) if packs is not None else settings_packs(house, config), config
    )
    if problems:
        raise RulesError(problems)
    digest = _digest(files, settings, disabled, preview)
    names_given = "\0".join([digest, *(file.name for file in files)])  # messages name files as they were given
    known = hashlib.sha256(names_given.encode("utf-8", "surrogatepass")).hexdigest()
    if (found := cache.read_cached(known)) is not None:
        return found
    from screener.rules.assembler import assemble_rulebook

    names = list(dict.fromkeys(Path(p).stem for p in paths))
    book = assemble_rulebook(files, names, settings, disabled, digest[:16], preview)
    cache.write_cached(known, book)
    return book


def find_rule_files(paths: Iterable[str]) -> list[Path]:
    """The rule files that paths name: files, or all .yaml under folders.

    Raises DocumentError where there is no such path, RulesError where a folder holds no rule file.
    """
    found: list[Path] = []
    for path in paths:
        if path != "-" and is_folder(path):
            inside = sorted(
                p for p in files_in(path, RULE_FILE_SUFFIXES, deep=True) if p.name not in (PACK_FILE, SETTINGS_FILE)
            )
            if not inside:
                raise RulesError(
                    Problem("holds no rule files", "put .yaml files there; see docs/writing-rules.md", path)
                )
            found.extend(inside)
        else:
            found.append(Path(path))
    return list(dict.fromkeys(found))


def settings_packs(house: Settings, config: Path | None) -> list[str]:
    """The packs that settings name, else the default."""
    return [_near(p, config) for p in house.packs] or [DEFAULT_PACK]


def settings_rule_files(house: Settings, config: Path | None) -> list[str]:
    """The rule files that settings add."""
    return [str(config.parent / path) for path in house.rules] if config else []


def _near(pack: str, config: Path | None) -> str:
    """A pack that settings name: a folder is looked for beside them."""
    beside = config.parent / pack if config else Path(pack)
    return str(beside) if (beside / PACK_FILE).is_file() else pack


def read_rulebook_files(
    rules: Iterable[str], problems: list[Problem], packs: Sequence[str] = (DEFAULT_PACK,), config: Path | None = None
) -> list[FileText]:
    """The texts of the catalogue, packs, rule files and settings; adds to `problems` what can't be read."""
    return _read(_built_in(packs) + [("rules", p) for p in find_rule_files(rules)]
                 + ([("settings", config)] if config else []), problems)  # fmt: skip


def message_name(path: Path) -> str:
    """The name of a file in messages: a built-in one by its place in the pack, any other as it was given."""
    return _shown(path.resolve() if path.resolve().is_relative_to(data.RULES_FOLDER) else path)


def is_built_in(path: Path, packs: Sequence[str] = (DEFAULT_PACK,)) -> bool:
    """Whether a file is loaded anyway: of the catalogue, the verdict table or the packs."""
    return path.resolve() in {p.resolve() for _, p in _built_in(packs)}


def _built_in(packs: Sequence[str]) -> list[tuple[str, Path]]:
    """The files of the catalogue, the verdict table and the packs, each with what it is for."""
    if not (data.RULES_FOLDER / "catalog").is_dir():
        raise RulesError(
            Problem("the built-in rules are not there", "install risk-screener again", str(data.RULES_FOLDER))
        )
    found = [(part, data.RULES_FOLDER / "catalog" / f"{part}.yaml") for part in CATALOGUE_PARTS]
    found.append(("verdict", data.RULES_FOLDER / "verdict.yaml"))
    for folder in dict.fromkeys(find_pack(name).folder for name in packs):
        found.append(("pack", folder / PACK_FILE))
        found.extend(("rules", path) for path in find_rule_files([str(folder)]))
    return found


def _read(paths: Iterable[tuple[str, Path]], problems: list[Problem]) -> list[FileText]:
    """The texts of all files; adds to `problems` what can't be read."""
    found: list[FileText] = []
    for part, path in paths:
        try:
            found.append(FileText(part, message_name(path), read_text(path)))
        except DocumentError as error:
            problems.extend(error.problems)
    return found


def _digest(files: Sequence[FileText], settings: Sequence[str], disabled: Sequence[str], preview: bool) -> str:
    """What identifies a rulebook: the texts of its files, its parameters and what is disabled; not where files lie."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.part}\0{Path(file.name).name}\0{file.text}\0".encode("utf-8", "surrogatepass"))
    digest.update(
        "\0".join([*settings, "|", *sorted(disabled), *(["preview"] if preview else [])]).encode(
            "utf-8", "surrogatepass"
        )
    )
    return digest.hexdigest()


def _shown(path: Path) -> str:
    """A built-in file by its place in the pack, any other as it was given: no path of a machine in messages of the pack."""
    try:
        return str(Path("rules") / path.relative_to(data.RULES_FOLDER))
    except ValueError:
        return str(path)
