"""`screener explain`: one rule on one company."""

from typing import Any

import click

from screener.cli.output import print_text, terminal_width, wants_colour
from screener.cli.shared_options import RuleSelection, language_option, rule_options, what_if_options
from screener.errors import Problem, RulesError
from screener.profile.loader import find_profiles
from screener.text import clean, did_you_mean


@click.command()
@click.argument("profile")
@click.argument("rule")
@rule_options
@what_if_options
@click.option("--with", "context", multiple=True, metavar="FILE|DIR", help="Whole profiles of others as context.")
@language_option
def explain(profile: str, rule: str, selection: RuleSelection, context: tuple[str, ...], language: Any) -> None:
    """Why RULE fired for PROFILE, why not, or what is missing.

    \b
    Examples:
      screener explain fixtures/oracle.json circular-financing
      screener explain fixtures/adobe.json loss-making --lang zh
    """
    path, *more = find_profiles([profile])
    if more:
        raise click.UsageError(f"{clean(profile)} holds {len(more) + 1} profiles; name one, such as {path}")
    screener = selection.screener([path])
    known = screener.rulebook.rules
    if rule not in known:
        hint = did_you_mean(rule, known, "see screener rules list")
        raise RulesError(Problem(f"there is no rule '{clean(rule)}'", hint))
    others = screener.context(find_profiles(context))
    result = screener.assess(screener.profile(path), others)
    from screener.report.terminal.finding_text import finding_text as explained

    print_text(explained(result, rule, language, width=terminal_width(), colour=wants_colour()))
