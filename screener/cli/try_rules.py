"""`screener try`: the loop in which a rule is written."""

import time

import click

from screener.cli.output import print_notice, print_problems, print_text, terminal_width, wants_colour
from screener.cli.shared_options import (
    RuleSelection,
    context_option,
    language_option,
    rule_options,
    what_if_options,
)
from screener.errors import ScreenerError
from screener.io.file_stamps import saves
from screener.rule_testing.trial import Trial, TrialResult
from screener.text import Language

DEFERRED = {"no-example", "no-reason", "no-reference", "no-text", "life-cycle"}
"""Warnings that can wait while a rule is being written."""


@click.command("try")
@click.argument("rule_files", metavar="RULES")
@click.argument("profiles", nargs=-1, required=True, metavar="PROFILE|DIR...")
@click.option("-w", "--watch", is_flag=True, help="Try again whenever one of these files is saved, until Ctrl-C.")
@rule_options
@what_if_options
@context_option
@click.option("-v", "--verbose", is_flag=True, help="Name every company, however many there are.")
@language_option
@click.pass_context
def try_rules(
    ctx: click.Context,
    *,
    rule_files: str,
    profiles: tuple[str, ...],
    watch: bool,
    selection: RuleSelection,
    context: tuple[str, ...],
    verbose: bool,
    language: Language,
) -> None:
    """Try the rules of a file on companies: who fires, who is unknown and why, who is clear.

    RULES is a rule file or a folder of them. Only its rules are shown, with the values of its metrics and the results of its
    examples; rules that they depend on come from the packs. With --watch a mistake is reported and the next save is awaited.

    \b
    Examples:
      screener try my-rule.yaml fixtures/*.json
      screener try my-rule.yaml fixtures/ --watch
      screener try rules/classic/slow-repayment.yaml fixtures/ --set slow-repayment.least=0.1
      screener try my-rule.yaml fixtures/oracle.json --fact total_debt=60e9
    """
    if watch and "-" in (rule_files, *profiles):
        raise click.UsageError("--watch needs files; '-' is read only once")
    trial = Trial(
        (rule_files,),
        profiles,
        packs=selection.packs,
        context=context,
        beside=selection.rules,
        settings=selection.settings,
        disabled=selection.disabled,
        config=selection.settings_file(profiles),
        facts=selection.facts,
        as_of=selection.as_of,
    )
    trial.look()

    def show() -> int:
        begun = time.perf_counter()
        try:
            found = trial.attempt()
        except ScreenerError as error:
            print_problems(error)
            return 3
        text, code = _summary(found, language, verbose, begun)
        if text:
            print_text(text, raise_if_unread=watch)
        return code

    stamps = trial.stamps()
    code = show()
    if not watch:
        ctx.exit(code)
    print_notice(f"watching {len(stamps)} file{'s' * (len(stamps) != 1)}; Ctrl-C ends it")
    for _ in saves(stamps, trial.stamps):
        print_text("\n", raise_if_unread=True)
        show()


def _summary(found: TrialResult, language: Language, verbose: bool, begun: float) -> tuple[str, int]:
    """The results of one try as text, and the exit code; problems are printed to standard error."""
    from screener.report.problem_formats import problem_text
    from screener.report.terminal.trial_text import trial_counts, trial_text

    deferred = [p for p in found.checked.problems if p.code in DEFERRED and p.level == "warning"]
    for problem in found.checked.problems:
        if problem not in deferred:
            print_notice(problem_text(problem, found.checked.texts))
    if not found.tried and not found.metrics and found.checked.errors:
        return "", 3
    for error in found.failed:
        print_problems(error)
    text = trial_text(
        found.tried,
        found.metrics,
        found.results,
        language,
        width=terminal_width(),
        colour=wants_colour(),
        verbose=verbose,
    )
    if deferred:
        text += f"{len(deferred)} warning{'s' * (len(deferred) != 1)} of `screener rules check` can wait\n"
    text += trial_counts(found.tried, found.results, language, time.perf_counter() - begun)
    return text, 3 if found.failed or found.checked.errors else 0
