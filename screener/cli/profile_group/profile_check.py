"""`screener profile check` and `screener profile schema`."""

import json
from typing import Any

import click

from screener.cli.output import print_problems, print_text
from screener.cli.shared_options import language_option
from screener.errors import ScreenerError
from screener.profile.loader import find_profiles
from screener.screening import Screener


@click.command()
@click.argument("profiles", nargs=-1, required=True, metavar="PROFILE|DIR|-...")
@click.option("--rules", "rules", multiple=True, metavar="FILE|DIR", help="Rule files that add figures or kinds.")
@language_option
@click.pass_context
def check(ctx: click.Context, profiles: tuple[str, ...], rules: tuple[str, ...], language: Any) -> None:
    """Check profiles: all that is wrong, or which claim holds for each figure, what was ignored, and why.

    \b
    Examples:
      screener profile check fixtures/oracle.json
      screener profile check fixtures/
    """
    from screener.report.terminal.claims_text import claims_text

    paths = find_profiles(profiles)
    screener = Screener.load(rules)
    bad = 0
    for path, found in screener.profiles(paths):
        if isinstance(found, ScreenerError):
            print_problems(found)
            bad += 1
        else:
            print_text(claims_text(screener.world(found), language, path))
    ctx.exit(3 if bad else 0)


@click.command()
@click.option("--rules", "rules", multiple=True, metavar="FILE|DIR", help="Rule files that add figures or kinds.")
def schema(rules: tuple[str, ...]) -> None:
    """Print the JSON Schema of profiles, for editors.

    \b
    Example:
      screener profile schema > profile.json
    """
    from screener.profile.json_schema import profile_schema

    catalogue = Screener.load(rules).rulebook.catalogue
    print_text(json.dumps(profile_schema(catalogue), ensure_ascii=False, indent=1))
