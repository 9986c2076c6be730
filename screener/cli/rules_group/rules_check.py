"""`screener rules check`."""

import click

from screener.cli.output import TextOutput, print_notice, print_problems
from screener.cli.rules_group.selected_rules import added_to_option
from screener.cli.shared_options import format_option, output_option
from screener.errors import ScreenerError
from screener.rules.assembler import RulebookParts
from screener.rules.lint.checks import CheckReport, check_rule_files
from screener.rules.rule_files import select_rule_files
from screener.text import counted


@click.command()
@click.argument("paths", nargs=-1, metavar="[FILE|DIR]...")
@added_to_option
@format_option("text", "json", "sarif")
@output_option
@click.pass_context
def check(ctx: click.Context, *, paths: tuple[str, ...], packs: tuple[str, ...], form: str, out: TextOutput) -> None:
    """Check rule files, and report all problems as path:line:column; without a path the built-in rules.

    In text, problems are printed to standard error; --out writes everything to a file. Exit code 3 if there is an error;
    warnings alone are 0. docs/checks.md lists what is checked.

    \b
    Examples:
      screener rules check my-rules/
      screener rules check one-rule.yaml
      screener rules check my-rules/ --format sarif > rules.sarif
      screener rules check my-rules/ --pack ai-era --pack classic
    """
    from screener.report.problem_formats import problem_text, problems_json, problems_sarif

    selection = select_rule_files(paths, packs)
    found = check_rule_files(selection.names, selection.added, packs=selection.packs)
    if form == "text":
        _report(out, found, [problem_text(problem, found.texts) for problem in found.problems])
    else:
        out.write_document(problems_json(found.problems) if form == "json" else problems_sarif(found.problems))
    refused = _engine_error(found.parts) if found.parts and not found.errors else None
    if refused:
        print_problems(refused)
    ctx.exit(3 if found.errors or refused else 0)


def _report(out: TextOutput, found: CheckReport, problems: list[str]) -> None:
    """Writes problems and a summary in text."""
    warnings = len(found.problems) - found.errors
    also = f", {counted(warnings, 'warning')}" if warnings else ""
    summary = f"{counted(found.rules, 'rule')} in {counted(found.files, 'file')}: no errors{also}"
    if found.errors:
        summary = counted(found.errors, "error") + also
    if out.path is not None:
        out.write_text("\n".join([*problems, summary]))
        return
    for problem in problems:
        print_notice(problem)
    if found.errors:
        print_notice(summary)
    else:
        out.write_text(summary)


def _engine_error(found: RulebookParts) -> ScreenerError | None:
    """Returns why the engine refuses rules that are valid individually; None if it accepts them."""
    from screener.engine.selection import SelectedEngine
    from screener.rules.compiler import compile_rules

    try:
        SelectedEngine(compile_rules(found.rules, found.catalogue, found.metrics)).close()
    except ScreenerError as error:
        return error
    return None
