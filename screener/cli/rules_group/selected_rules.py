"""Selection of the rules that a command works on."""

from collections.abc import Sequence

from screener.cli.shared_options import packs_option
from screener.rules.rule import Rule
from screener.rules.rule_files import selected_names
from screener.screening import Screener

added_to_option = packs_option(
    "A pack that the files are added to, instead of the default packs; files in the folder of a pack belong to that pack. "
    "Repeatable.",
)


def chosen(screener: Screener, paths: Sequence[str]) -> list[Rule]:
    """Returns the rules in the given files; all rules if no file is given."""
    files = set(selected_names(paths))
    return [r for r in screener.rulebook.rules.values() if not paths or r.file in files]
