"""Selects the rule files of a command, with their names in messages and the packs to which they belong."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from screener.errors import DocumentError
from screener.io import package_data as data
from screener.io.document import read_documents
from screener.io.paths import real_path
from screener.rules.packs import DEFAULT_PACKS, PACK_FILE, built_in_packs
from screener.rules.rulebook_loader import find_rule_files, message_name, pack_files


class RuleFileSelection(NamedTuple):
    """Rule files by their names in messages, the packs to load, and the files that these packs do not hold."""

    names: list[str]
    added: list[str]
    packs: list[str]


def select_rule_files(paths: Sequence[str], packs: Sequence[str] = ()) -> RuleFileSelection:
    """The rule files of paths. `packs` are those that the user named.

    Raises DocumentError or RulesError as `find_rule_files` does.
    """
    files = _rule_files(paths)
    packs = _packs_of(files, packs)
    own = {real_path(path) for _, path in pack_files(packs)}
    return RuleFileSelection(list(map(message_name, files)), [str(f) for f in files if real_path(f) not in own], packs)


def selected_names(paths: Sequence[str]) -> list[str]:
    """The rule files of paths by their names in messages."""
    return list(map(message_name, _rule_files(paths)))


def _rule_files(paths: Sequence[str]) -> list[Path]:
    """The rule files of paths; of the folder of all built-in packs, those of each pack."""
    found: list[str] = []
    for path in paths:
        all_packs = path != "-" and real_path(path) == real_path(data.RULES_FOLDER)
        found += [str(pack.folder) for pack in built_in_packs().values()] if all_packs else [path]
    return find_rule_files(found)


def _packs_of(files: Sequence[Path], packs: Sequence[str]) -> list[str]:
    """The packs that rule files belong to: those named, those in whose folders they lie, and what these need.

    Files that lie in no pack are added to the default ones, unless others are named.
    """
    folders = dict.fromkeys(next((f for f in file.parents if (f / PACK_FILE).is_file()), None) for file in files)
    found = [] if packs or (files and None not in folders) else list(DEFAULT_PACKS)
    found += packs
    for folder in filter(None, folders):
        found += [*_needed_packs(folder / PACK_FILE), _pack_argument(folder)]
    return list(dict.fromkeys(found))


def _pack_argument(folder: Path) -> str:
    """The argument for the pack in a folder: the name of a built-in pack, otherwise a path."""
    if real_path(folder) in {real_path(p.folder) for p in built_in_packs().values()}:
        return real_path(folder).name
    return str(folder) if folder.is_absolute() else f"{os.curdir}{os.sep}{folder}"


def _needed_packs(pack: Path) -> list[str]:
    """The packs that a pack requires; errors in its file are reported when it is read."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        needs = read_documents(pack)[0].data.get("needs") or ()
        names = [Requirement(need).name for need in needs if isinstance(need, str)]
    except (DocumentError, InvalidRequirement, AttributeError, TypeError):
        return []
    return [name for name in names if name != "screener"]
