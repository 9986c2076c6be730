"""`screener rules coverage`."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from screener.cli.output import print_problems, print_text, terminal_width
from screener.cli.shared_options import RuleSelection, rule_options
from screener.errors import ScreenerError
from screener.profile.loader import find_profiles

if TYPE_CHECKING:
    from screener.result.model import ResultDocument


@click.command()
@click.argument("profiles", nargs=-1, metavar="[PROFILE|DIR]...")
@click.option("-k", "pattern", metavar="PATTERN", default="", help="Only rules with this in their id.")
@rule_options
@click.option("--with", "context", multiple=True, metavar="FILE|DIR", help="Whole profiles of others as context.")
@click.option("-v", "--verbose", is_flag=True, help="A row for every rule, not only for those with a gap.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--exit-code", is_flag=True, help="Exit with 1 if a rule has a gap.")
@click.pass_context
def coverage(
    ctx: click.Context,
    profiles: tuple[str, ...],
    pattern: str,
    selection: RuleSelection,
    context: tuple[str, ...],
    verbose: bool,
    form: str,
    exit_code: bool,
) -> None:
    """Which rules no profile and no example has ever fired, left clear, or left unknown.

    Examples are those in the rules; profiles are named. A data rule is not asked for unknown.

    \b
    Examples:
      screener rules coverage fixtures/
      screener rules coverage fixtures/ --pack classic --verbose
      screener rules coverage --rules my-rules/ --exit-code
    """
    from screener.rule_testing.rule_coverage import coverage_data, coverage_text
    from screener.rule_testing.rule_coverage import measure_coverage as measured

    screener = selection.screener(profiles)
    others = screener.context(find_profiles(context)) if context else []
    failed: list[ScreenerError] = []

    def results() -> "Iterator[ResultDocument]":
        for _, profile in screener.profiles(find_profiles(profiles)):
            try:
                if isinstance(profile, ScreenerError):
                    raise profile
                yield screener.assess(profile, others)
            except ScreenerError as error:
                print_problems(error)
                failed.append(error)

    found = measured(screener, [r for r in screener.rulebook.rules.values() if pattern in r.id], results())
    print_text(
        json.dumps(coverage_data(found), ensure_ascii=False, indent=1)
        if form == "json"
        else coverage_text(found, verbose, terminal_width())
    )
    ctx.exit(3 if failed else 1 if exit_code and found.gaps else 0)
