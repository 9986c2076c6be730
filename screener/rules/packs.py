"""Rule packs: folders with a `pack.yaml`. Built-in ones, those of installed Python packages, and any folder by its path.

A Python package offers packs by entry points of the group `screener.packs`: name = "module" (the folder of that module
holds pack.yaml), or name = "module:attribute" (the path of the folder).
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Literal, NamedTuple

from screener.errors import Problem, RulesError
from screener.io import package_data as data
from screener.io.paths import file_exists, folder_exists, real_path
from screener.text import clean, did_you_mean

DEFAULT_PACKS = ("core", "classic", "ai-era")
"""The packs that judge where none is named, in the order in which reports list them."""

ENTRY_POINT_GROUP = "screener.packs"
PACK_FILE = "pack.yaml"
EVIDENCE_FILE = "evidence.yaml"

PackOrigin = Literal["built-in", "installed", "folder"]
"""Whose a pack is: it comes with screener, with a Python package, or lies in a folder."""


class PackLocation(NamedTuple):
    """The location of a pack. `name` is the name by which it was requested; its `pack.yaml` may state another one."""

    name: str
    folder: Path
    origin: PackOrigin


def built_in_packs() -> dict[str, PackLocation]:
    """The packs that come with screener."""
    return {
        p.parent.name: PackLocation(p.parent.name, p.parent, "built-in")
        for p in sorted(data.RULES_FOLDER.glob(f"*/{PACK_FILE}"))
    }


def installed_packs() -> dict[str, Callable[[], PackLocation]]:
    """The packs that other Python packages offer; each is looked up, and its package imported, only when called for."""
    from importlib.metadata import EntryPoint, entry_points

    def place(entry: EntryPoint) -> PackLocation:
        try:
            found = entry.load()
            folder = Path(found.__path__[0]) if isinstance(found, ModuleType) else Path(found)
            if not (folder / PACK_FILE).is_file():
                raise FileNotFoundError(f"no {PACK_FILE} in its folder")
        except Exception as error:  # whatever somebody else's package does wrong
            what = f"the installed pack '{entry.name}' can't be loaded: {clean(str(error))}"
            raise RulesError(Problem(what, "install its package again, or leave it out")) from error
        return PackLocation(entry.name, folder, "installed")

    return {e.name: lambda e=e: place(e) for e in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda e: e.name)}  # type: ignore[misc]


def check_pack_names(locations: Sequence[PackLocation], names: Sequence[str]) -> None:
    """Checks that the `names` of packs differ from each other and from the built-in packs. Raises RulesError."""
    built_in, folders = built_in_packs(), dict[str, Path]()
    for location, name in zip(locations, names, strict=True):
        if name in built_in and location.origin != "built-in":
            what, hint = f"calls itself '{clean(name)}', the name of a built-in pack", "choose another `name`"
        elif name in folders:
            what, hint = f"calls itself '{clean(name)}', as {folders[name]} does", "give one of the two another `name`"
        else:
            folders[name] = location.folder / PACK_FILE
            continue
        raise RulesError(Problem(what, hint, str(location.folder / PACK_FILE), code="pack-name"))


def find_pack(name: str) -> PackLocation:
    """The pack of a name, or in a folder. Raises RulesError where there is none, with the nearest name."""
    own = built_in_packs()
    if name in own:
        return own[name]
    others = installed_packs()
    if name in others:
        return others[name]()
    if file_exists(Path(name) / PACK_FILE):
        resolved = real_path(name)
        if resolved.name in own and real_path(own[resolved.name].folder) == resolved:
            return own[resolved.name]
        return PackLocation(Path(name).name, Path(name), "folder")
    known = [*own, *others]
    if folder_exists(name):
        raise RulesError(Problem(f"holds no {PACK_FILE}", "see docs/packs.md, or give it to --rules", name))
    hint = did_you_mean(name, known, "known are " + ", ".join(known))
    raise RulesError(Problem(f"there is no pack '{clean(name)}'", hint, code="bad-option"))
