"""`screener rules coverage`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from screener.cli.output import TextOutput, print_problems
from screener.cli.profile_arguments import read_profiles
from screener.cli.shared_options import (
    RuleSelection,
    context_option,
    fail_on_option,
    format_option,
    output_option,
    rule_options,
)
from screener.errors import ScreenerError
from screener.profile.loader import find_profiles
from screener.result.detail import Detail

if TYPE_CHECKING:
    from screener.result.model import ResultDocument


@click.command()
@click.argument("profiles", nargs=-1, metavar="[PROFILE|DIR]...")
@click.option("-k", "pattern", metavar="PATTERN", default="", help="Only rules with this in their id.")
@rule_options
@context_option
@click.option("-v", "--verbose", is_flag=True, help="A row for every rule, not only for those with a gap.")
@format_option("text", "json")
@output_option
@fail_on_option("gap", help_text="Exit with 1 if a rule has a gap.")
@click.pass_context
def coverage(
    ctx: click.Context,
    *,
    profiles: tuple[str, ...],
    pattern: str,
    selection: RuleSelection,
    context: tuple[str, ...],
    verbose: bool,
    form: str,
    out: TextOutput,
    fail_on: str | None,
) -> None:
    """List the outcomes (fired, clear, unknown) of each rule that occur in no profile and no example.

    The examples are those in the rules; the profiles are those named here. Data rules are never unknown, which is not a gap.

    \b
    Examples:
      screener rules coverage fixtures/
      screener rules coverage fixtures/ --pack classic --verbose
      screener rules coverage --rules my-rules/ --fail-on gap
    """
    from screener.rule_testing.rule_coverage import coverage_data, coverage_text, measure_coverage

    screener = selection.screener(profiles)
    others = screener.context(find_profiles(context)) if context else []
    failed: list[ScreenerError] = []

    def results() -> "Iterator[ResultDocument]":
        for _, profile in read_profiles(screener, find_profiles(profiles)):
            try:
                if isinstance(profile, ScreenerError):
                    raise profile
                yield screener.assess(profile, others, detail=Detail.OUTCOMES)
            except ScreenerError as error:
                print_problems(error)
                failed.append(error)

    found = measure_coverage(screener, [r for r in screener.rulebook.rules.values() if pattern in r.id], results())
    if form == "json":
        out.write_json(coverage_data(found), "coverage")
    else:
        out.write_text(coverage_text(found, verbose, out.width))
    ctx.exit(3 if failed else 1 if fail_on and found.gaps else 0)
