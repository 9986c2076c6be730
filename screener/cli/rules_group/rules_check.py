"""`screener rules check`."""

import click

from screener.cli.output import print_problems, print_text, printable
from screener.cli.rules_group.selected_rules import pack_option
from screener.errors import ScreenerError
from screener.rules.assembler import RulebookParts
from screener.rules.rule_files import select_rule_files


@click.command()
@click.argument("paths", nargs=-1, metavar="[FILE|DIR]...")
@pack_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    show_default=True,
    help="How to print what is found.",
)
@click.pass_context
def check(ctx: click.Context, paths: tuple[str, ...], packs: tuple[str, ...], form: str) -> None:
    """Check rule files: all that is wrong, as path:line:column; without a path the built-in rules.

    Exit code 3 if there is an error; warnings alone are 0. docs/checks.md lists what is checked.

    \b
    Examples:
      screener rules check my-rules/
      screener rules check one-rule.yaml
      screener rules check my-rules/ --format sarif > rules.sarif
      screener rules check my-rules/ --pack ai-era --pack classic
    """
    from screener.report.problem_formats import problem_text, problems_json, problems_sarif
    from screener.rules.lint.checks import check_rule_files as find

    meant = select_rule_files(paths, packs)
    found = find(meant.names, meant.own, packs=meant.packs)
    if form != "text":
        print_text(problems_json(found.problems) if form == "json" else problems_sarif(found.problems))
    else:
        for problem in found.problems:
            click.echo(printable(problem_text(problem, found.texts)), err=True)
    if not found.errors and found.gathered and (refused := _refused(found.gathered)):
        print_problems(refused)
        ctx.exit(3)
    if form == "text":
        warnings = len(found.problems) - found.errors
        also = f", {_count(warnings, 'warning')}" if warnings else ""
        if found.errors:
            click.echo(_count(found.errors, "error") + also, err=True)
        else:
            print_text(f"{_count(found.rules, 'rule')} in {_count(found.files, 'file')}: no errors{also}")
    ctx.exit(3 if found.errors else 0)


def _refused(found: RulebookParts) -> ScreenerError | None:
    """What the engine has against rules that are right one by one."""
    from screener.engine.durable.engine import DurableEngine
    from screener.rules.compiler import compile_rules

    try:
        DurableEngine(compile_rules(found.rules, found.catalogue, found.metrics)).close()
    except ScreenerError as error:
        return error
    return None


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number != 1 else ''}"
