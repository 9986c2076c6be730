"""Which rules a command is about."""

from collections.abc import Sequence

import click

from screener.rules.rule import Rule
from screener.rules.rule_files import selected_names
from screener.screening import Screener

added_to_option = click.option(
    "--pack",
    "packs",
    multiple=True,
    metavar="NAME|DIR",
    help="A pack that the files are added to, instead of the default packs; files in the folder of a pack belong to that pack. "
    "Repeatable.",
)


def chosen(screener: Screener, paths: Sequence[str]) -> list[Rule]:
    """The rules of the given files; all of them where none is given."""
    files = set(selected_names(paths))
    return [r for r in screener.rulebook.rules.values() if not paths or r.file in files]
