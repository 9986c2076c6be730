"""`screener try`: the loop in which a rule is written."""

import gc
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from screener.cli.output import print_problems, print_text, printable, terminal_width, wants_colour
from screener.cli.shared_options import RuleSelection, language_option, rule_options, what_if_options
from screener.errors import ScreenerError
from screener.rule_testing.trial import FileStamp, Trial, TrialResult

LATER = {"no-example", "no-reason", "no-reference", "no-text", "life-cycle"}
"""Warnings that can wait while a rule is being written."""
POLL = 0.2  # seconds between two looks at the files, where the system does not tell of changes


@click.command("try")
@click.argument("rule_files", metavar="RULES")
@click.argument("profiles", nargs=-1, required=True, metavar="PROFILE|DIR...")
@click.option("-w", "--watch", is_flag=True, help="Try again at each save of one of these files, until Ctrl-C.")
@rule_options
@what_if_options
@click.option("--with", "context", multiple=True, metavar="FILE|DIR", help="Whole profiles of others as context.")
@click.option("-v", "--verbose", is_flag=True, help="Name every company, however many there are.")
@language_option
@click.pass_context
def try_rules(
    ctx: click.Context,
    rule_files: str,
    profiles: tuple[str, ...],
    watch: bool,
    selection: RuleSelection,
    context: tuple[str, ...],
    verbose: bool,
    language: Any,
) -> None:
    """Try the rules of a file on companies: who fires, who is unknown and why, who is clear.

    RULES is a rule file or a folder of them. Only its rules are shown, with the values of its metrics and what became of
    its examples; rules that they rest on come from the packs. With --watch a mistake is shown and the loop goes on.

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
        selection.packs,
        context,
        selection.rules,
        selection.settings,
        selection.disabled,
        selection.settings_file(profiles),
        selection.facts,
        selection.as_of,
    )
    trial.look()

    def show() -> int:
        begun = time.perf_counter()
        try:
            found = trial.attempt()
        except ScreenerError as error:
            print_problems(error)
            return 3
        said, code = _told(found, language, verbose, begun)
        if said:
            print_text(said, ends=watch)
        return code

    seen = trial.stamps()
    code = show()
    if not watch:
        ctx.exit(code)
    click.echo(f"watching {len(seen)} file{'s' * (len(seen) != 1)}; Ctrl-C ends it", err=True)
    for _ in _saves(trial, seen):
        print_text("\n", ends=True)
        show()


def _told(found: TrialResult, language: Any, verbose: bool, begun: float) -> tuple[str, int]:
    """What came of one try, and the exit code that it stands for; what is wrong is told on standard error."""
    from screener.report.problem_formats import problem_text
    from screener.report.terminal.trial_text import trial_counts, trial_text

    later = [p for p in found.checked.problems if p.code in LATER and p.level == "warning"]
    for problem in found.checked.problems:
        if problem not in later:
            click.echo(printable(problem_text(problem, found.checked.texts)), err=True)
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
    if later:
        text += f"{len(later)} warning{'s' * (len(later) != 1)} of `screener rules check` can wait\n"
    text += trial_counts(found.tried, found.results, language, time.perf_counter() - begun)
    return text, 3 if found.failed or found.checked.errors else 0


def _saves(trial: Trial, seen: frozenset[FileStamp]) -> Iterator[None]:
    """Once for each save of a file that the trial reads."""
    folders = {str(Path(name).resolve().parent) for name, *_ in seen}
    gc.collect()  # while nobody waits
    for _ in _stirs(folders):
        if (now := trial.stamps()) != seen:
            seen = now
            yield
            gc.collect()


def _stirs(folders: set[str]) -> Iterator[object]:
    """Whenever something in these folders may have changed: at once where the system tells, else when a second is over."""
    from watchfiles import watch

    try:
        yield from watch(
            *folders,
            watch_filter=None,
            step=15,
            debounce=100,
            rust_timeout=1000,
            yield_on_timeout=True,
            recursive=False,
            ignore_permission_denied=True,
        )
    except (OSError, RuntimeError):  # the system has no watches left
        while True:
            time.sleep(POLL)
            yield None
