"""`screener rules check`."""

import click

from screener.cli.options import complain, say
from screener.cli.rules.chosen import chosen, own_paths
from screener.errors import RulesError, ScreenerError
from screener.pipeline import Screener


@click.command()
@click.argument("paths", nargs=-1, metavar="[FILE|DIR]...")
@click.pass_context
def check(ctx: click.Context, paths: tuple[str, ...]) -> None:
    """Check rule files: all that is wrong, as path:line:column; without a path the built-in rules.

    \b
    Examples:
      screener rules check my-rules/
      screener rules check one-rule.yaml
    """
    own = own_paths(paths)
    try:
        screener = Screener.load(own)
        _ = screener.engine
    except ScreenerError as error:
        complain(error)
        errors = sum(p.level == "error" for p in error.problems)
        click.echo(f"{errors} error{'s' if errors != 1 else ''}", err=True)
        ctx.exit(3)
    if screener.rulebook.warnings:
        complain(RulesError(screener.rulebook.warnings))
    checked = chosen(screener, own)
    files = len({r.file for r in checked})
    say(f"{len(checked)} rule{'s' if len(checked) != 1 else ''} in {files} file{'s' if files != 1 else ''}: no errors")
