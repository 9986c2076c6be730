"""The rule files that a command is about: how they are called, and the packs that they belong to."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from screener.errors import DocumentError
from screener.io import package_data as data
from screener.io.document import read_documents
from screener.rules.packs import DEFAULT_PACK, PACK_FILE, built_in_packs
from screener.rules.rulebook_loader import find_rule_files, is_built_in, message_name


class RuleFileSelection(NamedTuple):
    """Rule files: their names in messages, those that no pack holds, and the packs to load."""

    names: list[str]
    own: list[str]
    packs: list[str]


def select_rule_files(paths: Sequence[str], packs: Sequence[str] = ()) -> RuleFileSelection:
    """What paths stand for; `packs` are those that were named. Raises DocumentError or RulesError as `rule_files`."""
    together = packs_of_files(paths, packs)
    return RuleFileSelection(message_names(paths), files_outside_packs(paths, together), together)


def _files(paths: Sequence[str]) -> list[Path]:
    """The rule files of paths; of the folder of all built-in packs those of each pack."""
    each = [[str(p.folder) for p in built_in_packs().values()] if _is_shelf(path) else [path] for path in paths]
    return find_rule_files(folder for folders in each for folder in folders)


def _is_shelf(path: str) -> bool:
    return path != "-" and Path(path).resolve() == data.RULES_FOLDER.resolve()


def message_names(paths: Sequence[str]) -> list[str]:
    """The rule files of paths by their names in messages."""
    return [message_name(f) for f in _files(paths)]


def files_outside_packs(paths: Sequence[str], packs: Sequence[str] = (DEFAULT_PACK,)) -> list[str]:
    """The rule files that are not among those of the packs: those are loaded anyway."""
    return [str(f) for f in _files(paths) if not is_built_in(f, packs)]


def packs_of_files(paths: Sequence[str], packs: Sequence[str] = ()) -> list[str]:
    """The packs that rule files belong to: those named, those in whose folders they lie, and what these need.

    Files that lie in no pack are added to the default one, unless others are named.
    """
    found, loose = list(packs), not paths
    for file in _files(paths):
        folder = next((f for f in file.parents if (f / PACK_FILE).is_file()), None)
        loose = loose or folder is None
        found += [*_needs(folder / PACK_FILE), _reachable(folder)] if folder else []
    return list(dict.fromkeys([*([DEFAULT_PACK] if loose and not packs else []), *found]))


def _reachable(folder: Path) -> str:
    """What names the pack of a folder: not the name of a built-in one that lies elsewhere."""
    if folder.resolve() in {p.folder.resolve() for p in built_in_packs().values()}:
        return folder.resolve().name
    return str(folder) if folder.is_absolute() else f"{os.curdir}{os.sep}{folder}"


def _needs(pack: Path) -> list[str]:
    """The packs that a pack says it needs; what is wrong with the file is told where it is read."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        needs = read_documents(pack)[0].data.get("needs") or ()
        names = [Requirement(need).name for need in needs if isinstance(need, str)]
    except (DocumentError, InvalidRequirement, AttributeError, TypeError):
        return []
    return [name for name in names if name != "screener"]
