"""`screener rules diff`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from screener.cli.output import print_problems, print_text
from screener.cli.shared_options import language_option
from screener.errors import ScreenerError
from screener.profile.loader import find_profiles

if TYPE_CHECKING:
    from screener.screening import Screener


@click.command()
@click.argument("old")
@click.argument("new")
@click.argument("profiles", nargs=-1, metavar="[PROFILE|DIR]...")
@click.option(
    "--pack",
    "packs",
    multiple=True,
    metavar="NAME|DIR",
    help="Where OLD or NEW is a rule file: the packs that it is added to, instead of ai-era. Repeatable.",
)
@click.option("--with", "context", multiple=True, metavar="FILE|DIR", help="Whole profiles of others as context.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--exit-code", is_flag=True, help="Exit with 1 if a company is judged otherwise.")
@language_option
@click.pass_context
def diff(
    ctx: click.Context,
    old: str,
    new: str,
    profiles: tuple[str, ...],
    packs: tuple[str, ...],
    context: tuple[str, ...],
    form: str,
    exit_code: bool,
    language: Any,
) -> None:
    """What two versions of a rule set say and decide differently, company by company, and which change is the cause.

    OLD and NEW are each a pack (its name or folder), a rule file or folder of them (added to --pack), or a screener.yaml.
    A change is called the cause where the outcome is another one once this change alone is taken back.

    \b
    Examples:
      screener rules diff ai-era classic fixtures/
      screener rules diff ai-era my-rules/ fixtures/oracle.json
      screener rules diff ai-era examples/desk/screener.yaml fixtures/ --format json
    """
    from screener.rule_testing.impact import RulebookComparison
    from screener.rule_testing.impact_text import changes_text, company_impact_text, impact_data, summary_text

    comparison = RulebookComparison(_screener(old, packs), _screener(new, packs))
    if form == "text":
        print_text(changes_text(comparison))
    paths = find_profiles(profiles) if profiles else []
    others = comparison.new.context(find_profiles(context)) if context else []
    shifts, failed = [], 0
    for _, profile in comparison.new.profiles(paths):
        if isinstance(profile, ScreenerError):
            print_problems(profile)
            failed += 1
        elif shift := comparison.shift(profile, others):
            shifts.append(shift)
            if form == "text":
                print_text("\n" + company_impact_text(shift, language))
    if form == "json":
        print_text(json.dumps(impact_data(comparison, shifts, len(paths) - failed), ensure_ascii=False, indent=1))
    elif paths:
        print_text("\n" + summary_text(len(paths) - failed, shifts))
    ctx.exit(3 if failed else 1 if exit_code and shifts else 0)


def _screener(named: str, packs: tuple[str, ...]) -> "Screener":
    """What one side names."""
    from screener.rules.packs import PACK_FILE, built_in_packs, installed_packs
    from screener.rules.settings import SETTINGS_FILE
    from screener.screening import Screener

    path = Path(named)
    if path.name == SETTINGS_FILE:
        return Screener.load(config=path)
    if (path / PACK_FILE).is_file() or named in built_in_packs() or named in installed_packs() or not path.exists():
        return Screener.load(packs=[named])
    return Screener.load([named], packs=packs or None)
