"""`screener try`: shows the outcomes of a rule while it is being written."""

import time
from pathlib import Path
from typing import Any

import click

from screener.cli.output import TextOutput, print_notice, print_problems, print_text
from screener.cli.shared_options import (
    RuleSelection,
    context_option,
    format_option,
    language_option,
    output_option,
    rule_options,
    what_if_options,
)
from screener.errors import Problem, ScreenerError
from screener.io.file_stamps import saves
from screener.io.paths import is_folder
from screener.result.model import plain
from screener.rule_testing.trial import Trial, TrialResult
from screener.text import Language, clean, counted

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
@format_option("text", "json")
@output_option
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
    form: str,
    out: TextOutput,
    language: Language,
) -> None:
    """Try the rules of a file on companies, and show for each rule where it fires, is clear, or is unknown and why.

    RULES is a rule file or a folder of them. Only its rules are shown, with the values of its metrics and the results of its
    examples; rules that they depend on come from the packs. With --watch, errors are reported and the command waits for
    the next save.

    \b
    Examples:
      screener try my-rule.yaml fixtures/*.json
      screener try my-rule.yaml fixtures/ --watch
      screener try rules/classic/slow-repayment.yaml fixtures/ --set slow-repayment.least=0.1
      screener try my-rule.yaml fixtures/oracle.json --fact total_debt=60e9
    """
    if _is_profile(rule_files):
        raise click.UsageError(f"{clean(rule_files)} is a profile: name the rule file first, then the profiles")
    if watch and "-" in (rule_files, *profiles):
        raise click.UsageError("--watch needs files; '-' is read only once")
    if watch and (form != "text" or out.path is not None):
        raise click.UsageError("--watch prints to the terminal; it goes without --format and --out")
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
        code = 3 if found.failed or found.checked.errors else 0
        _print_problems(found)
        if form == "json":
            out.write_json(_data(found), "trial")
        elif found.tried or found.metrics or not found.checked.errors:
            text = _summary(found, language, verbose, begun, out)
            if watch:
                print_text(text, raise_if_unread=True)
            else:
                out.write_text(text)
        return code

    stamps = trial.stamps()
    code = show()
    if not watch:
        ctx.exit(code)
    print_notice(f"watching {counted(len(stamps), 'file')}; Ctrl-C ends it")
    for _ in saves(stamps, trial.stamps):
        print_text("\n", raise_if_unread=True)
        show()


def _is_profile(path: str) -> bool:
    """Returns whether a file contains a profile instead of rules. Read errors are left to the reader of rules."""
    from screener.io.document import read_documents

    try:
        documents = [] if path == "-" or is_folder(path) else read_documents(Path(path))
    except ScreenerError:
        return False
    data = documents[0].data if documents else None
    return isinstance(data, dict) and "name" in data and "rule" not in data


def _deferred(found: TrialResult) -> list[Problem]:
    """Returns the warnings that can wait while a rule is being written."""
    return [p for p in found.checked.problems if p.code in DEFERRED and p.level == "warning"]


def _print_problems(found: TrialResult) -> None:
    """Prints the problems of rule files and profiles to standard error."""
    from screener.report.problem_formats import problem_text

    deferred = _deferred(found)
    for problem in found.checked.problems:
        if problem not in deferred:
            print_notice(problem_text(problem, found.checked.texts))
    for error in found.failed:
        print_problems(error)


def _summary(found: TrialResult, language: Language, verbose: bool, begun: float, out: TextOutput) -> str:
    from screener.report.terminal.trial_text import trial_counts, trial_text

    tried, results = found.tried, found.results
    text = trial_text(tried, found.metrics, results, language, width=out.width, colour=out.colour, verbose=verbose)
    if deferred := _deferred(found):
        text += f"{counted(len(deferred), 'warning')} of `screener rules check` can wait\n"
    seconds = time.perf_counter() - begun if out.path is None else None  # files have the same bytes each time
    return text + trial_counts(tried, results, language, seconds)


def _data(found: TrialResult) -> dict[str, Any]:
    """Returns the results of one try as data for JSON: each rule with its failed examples and its outcome for each
    company."""
    findings = {r.company.id: {f.rule: f for f in r.findings} for r in found.results}
    return {
        "rules": [
            {
                "rule": tried.rule.id,
                "examples": tried.examples,
                "failed": [{"example": n, "expected": wanted, "got": got} for n, wanted, got in tried.failed],
                "outcomes": {company: by_rule[tried.rule.id].outcome for company, by_rule in findings.items()},
            }
            for tried in found.tried
        ],
        "metrics": [
            {"metric": m.name, "values": dict(zip(findings, map(plain, m.values), strict=True))} for m in found.metrics
        ],
    }
