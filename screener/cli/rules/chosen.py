"""Which rules a command is about."""

from collections.abc import Sequence

from screener.pipeline import Screener
from screener.rulebook.load import is_built_in, rule_files, shown
from screener.rulebook.rule import Rule


def own_paths(paths: Sequence[str]) -> list[str]:
    """The rule files that are not among the built-in ones: those are always loaded."""
    return [str(f) for f in rule_files(paths) if not is_built_in(f)]


def named(paths: Sequence[str]) -> list[str]:
    """The rule files of paths by their names in messages."""
    return [shown(f) for f in rule_files(paths)]


def chosen(screener: Screener, paths: Sequence[str]) -> list[Rule]:
    """The rules of the given files; all of them where none is given."""
    files = set(named(paths))
    return [r for r in screener.rulebook.rules.values() if not paths or r.file in files]
