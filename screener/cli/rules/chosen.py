"""Which rules a command is about."""

from collections.abc import Sequence
from pathlib import Path

from screener import data
from screener.pipeline import Screener
from screener.rulebook.load import is_built_in, rule_files, shown
from screener.rulebook.packs import built_in
from screener.rulebook.rule import Rule


def _files(paths: Sequence[str]) -> list[Path]:
    """The rule files of paths; of the folder of all built-in packs those of each pack."""
    each = [[str(p.folder) for p in built_in().values()] if _is_shelf(path) else [path] for path in paths]
    return rule_files(folder for folders in each for folder in folders)


def _is_shelf(path: str) -> bool:
    return path != "-" and Path(path).resolve() == data.RULES.resolve()


def own_paths(paths: Sequence[str]) -> list[str]:
    """The rule files that are not among the built-in ones: those are always loaded."""
    return [str(f) for f in _files(paths) if not is_built_in(f)]


def named(paths: Sequence[str]) -> list[str]:
    """The rule files of paths by their names in messages."""
    return [shown(f) for f in _files(paths)]


def chosen(screener: Screener, paths: Sequence[str]) -> list[Rule]:
    """The rules of the given files; all of them where none is given."""
    files = set(named(paths))
    return [r for r in screener.rulebook.rules.values() if not paths or r.file in files]
