"""`screener rules diff`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from screener.cli.output import TextOutput, print_problems
from screener.cli.profile_arguments import read_profiles
from screener.cli.shared_options import (
    context_option,
    fail_on_option,
    format_option,
    language_option,
    output_option,
    packs_option,
)
from screener.errors import ScreenerError
from screener.profile.loader import find_profiles
from screener.text import Language

if TYPE_CHECKING:
    from screener.screening import Screener


@click.command()
@click.argument("old")
@click.argument("new")
@click.argument("profiles", nargs=-1, metavar="[PROFILE|DIR]...")
@packs_option(
    "Where OLD or NEW is a rule file: a pack that it is added to, instead of the default packs. Repeatable.",
)
@context_option
@format_option("text", "json")
@output_option
@fail_on_option("change", help_text="Exit with 1 if the result of a company differs.")
@language_option
@click.pass_context
def diff(
    ctx: click.Context,
    *,
    old: str,
    new: str,
    profiles: tuple[str, ...],
    packs: tuple[str, ...],
    context: tuple[str, ...],
    form: str,
    out: TextOutput,
    fail_on: str | None,
    language: Language,
) -> None:
    """Show how two rule sets differ, which outcomes differ for each company, and which change is the cause.

    OLD and NEW are each a pack (its name or folder), a rule file or folder of them (added to --pack), or a screener.yaml.
    A change is the cause of a different outcome if undoing this change alone restores the earlier outcome.

    \b
    Examples:
      screener rules diff ai-era classic fixtures/
      screener rules diff ai-era my-rules/ fixtures/oracle.json
      screener rules diff ai-era examples/team-settings/screener.yaml fixtures/ --format json
    """
    from screener.rule_testing.impact import RulebookComparison
    from screener.rule_testing.impact_text import changes_text, company_impact_text, impact_data, summary_text

    comparison = RulebookComparison(_screener(old, packs), _screener(new, packs))
    paths = find_profiles(profiles) if profiles else []
    others = comparison.new.context(find_profiles(context)) if context else []
    shifts, failed = [], 0
    for _, profile in read_profiles(comparison.new, paths):
        if isinstance(profile, ScreenerError):
            print_problems(profile)
            failed += 1
        elif shift := comparison.shift(profile, others):
            shifts.append(shift)
    screened = len(paths) - failed
    if form == "json":
        out.write_json(impact_data(comparison, shifts, screened), "rules-diff")
    else:
        parts = [changes_text(comparison), *(company_impact_text(shift, language) for shift in shifts)]
        out.write_text("\n\n".join([*parts, summary_text(screened, shifts)] if paths else parts))
    ctx.exit(3 if failed else 1 if fail_on and shifts else 0)


def _screener(named: str, packs: tuple[str, ...]) -> "Screener":
    """Returns a screener with the rules that OLD or NEW names."""
    from screener.io.paths import SETTINGS_FILE
    from screener.rules.packs import PACK_FILE, built_in_packs, installed_packs
    from screener.rules.rulebook_loader import load_rulebook
    from screener.screening import Screener

    path = Path(named)
    if path.name == SETTINGS_FILE:
        return Screener.load(config=path)
    if (path / PACK_FILE).is_file() or named in built_in_packs() or named in installed_packs() or not path.exists():
        return Screener(load_rulebook(packs=[named], any_name=True))
    return Screener.load([named], packs=packs or None)
