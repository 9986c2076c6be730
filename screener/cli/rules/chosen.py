"""Which rules a command is about."""

from pathlib import Path

from screener import data
from screener.pipeline import Screener
from screener.rulebook.load import rule_files
from screener.rulebook.rule import Rule


def own_paths(paths: tuple[str, ...]) -> list[str]:
    """The paths that are not the built-in rules themselves: those are always loaded."""
    return [p for p in paths if data.RULES.resolve() not in (Path(p).resolve(), *Path(p).resolve().parents)]


def chosen(screener: Screener, own: list[str]) -> list[Rule]:
    """The rules of the given files; all of them where none is given."""
    files = {str(f) for f in rule_files(own)}
    return [r for r in screener.rulebook.rules.values() if not own or r.file in files]
