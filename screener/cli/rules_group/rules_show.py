"""`screener rules show`."""

from typing import TYPE_CHECKING

import click

from screener.cli.output import TextOutput
from screener.cli.shared_options import (
    RuleSelection,
    format_option,
    language_option,
    output_option,
    rule_options,
)
from screener.errors import Problem, RulesError
from screener.text import Language, clean, did_you_mean

if TYPE_CHECKING:
    from screener.rules.rulebook import Rulebook


@click.command()
@click.argument("rule")
@rule_options
@format_option("text", "md", "json")
@output_option
@language_option
def show(*, rule: str, selection: RuleSelection, form: str, out: TextOutput, language: Language) -> None:
    """Show one rule: its texts, condition in words, parameters and examples, and the rules that build on it.

    A rule of another built-in pack is found too.

    \b
    Examples:
      screener rules show leverage-versus-revenue
      screener rules show altman-z-distress --lang zh
      screener rules show leverage-versus-revenue --format md
    """
    book = rulebook_with(rule, selection)
    from screener.report.rule_docs.rule_pages import rule_page
    from screener.report.terminal.rule_text import rule_text
    from screener.report.views.rule_view import rule_view
    from screener.report.wording import load_wording

    wording = load_wording(language)
    found = rule_view(book.rules[rule], book, wording)
    if form == "text":
        out.write_text(rule_text(found, wording, out.width, out.colour))
    elif form == "md":
        out.write_document(rule_page(found, wording))
    else:
        from screener.result.model import plain

        out.write_json(plain(found), "rule-page")


def rulebook_with(rule: str, selection: RuleSelection) -> "Rulebook":
    """Returns the rulebook in force if it has the rule, else that of another built-in pack. Raises RulesError."""
    from screener.rules.packs import built_in_packs
    from screener.rules.rulebook_loader import load_rulebook

    book = selection.rulebook()
    known = set(book.rules)
    if rule not in known and not selection.packs:
        for pack in built_in_packs():
            other = load_rulebook(packs=[pack])
            if rule in other.rules:
                return other
            known |= set(other.rules)
    if rule not in known:
        hint = did_you_mean(rule, known, "see screener rules list")
        raise RulesError(Problem(f"there is no rule '{clean(rule)}'", hint, code="bad-option"))
    return book
