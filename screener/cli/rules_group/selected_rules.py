"""Selection of the rules that a command works on."""

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
    """Returns the rules in the given files; all rules if no file is given."""
    files = set(selected_names(paths))
    return [r for r in screener.rulebook.rules.values() if not paths or r.file in files]
