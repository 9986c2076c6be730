"""`screener run`: profiles in, reports out."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from screener.cli.options import (
    Judging,
    complain,
    language_option,
    rule_options,
    say,
    say_document,
    terminal_width,
    wants_colour,
    what_if_options,
)
from screener.errors import ScreenerError
from screener.model.load import find
from screener.pipeline import Screened
from screener.verdict.judge import WORDS

FORMATS = ("html", "json", "md", "csv", "pdf")
MANY = 20  # from this many profiles on, progress is shown


def _formats(_: click.Context, __: click.Parameter, value: str) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(v.strip() for v in value.split(",") if v.strip()))
    for form in wanted:
        if form not in FORMATS:
            raise click.BadParameter(f"'{form}' is none of {', '.join(FORMATS)}")
    if not wanted:
        raise click.BadParameter(f"name at least one of {', '.join(FORMATS)}")
    return wanted


def _folder(_: click.Context, __: click.Parameter, value: str) -> str:
    if not value:
        raise click.BadParameter("the name of the folder is empty")
    return value


@click.command()
@click.argument("profiles", nargs=-1, required=True, metavar="PROFILE|DIR|-...")
@rule_options
@what_if_options
@click.option(
    "--with",
    "context",
    multiple=True,
    metavar="FILE|DIR",
    help="Whole profiles of others as context: what they say counts, nothing is reported of them.",
)
@click.option(
    "--out",
    default="reports",
    show_default=True,
    callback=_folder,
    metavar="DIR|-",
    help="Where reports go; '-' writes one format to standard output.",
)
@click.option(
    "--format",
    "formats",
    default="html",
    show_default=True,
    callback=_formats,
    metavar="LIST",
    help="Any of html, json, md, csv, pdf, separated by commas; pdf needs Chromium.",
)
@click.option("--templates", metavar="DIR", help="A house's own look: templates that stand before the built-in ones.")
@language_option
@click.option(
    "--fail-on",
    type=click.Choice([w for w in WORDS if w != "clear"]),
    help="Exit with 1 if a verdict is this or worse (avoid is worst, then caution, insufficient-data, watch).",
)
@click.option("--open", "show", is_flag=True, help="Open the report in the browser.")
@click.option(
    "--stamp", is_flag=True, help="Write into the report when it was made (else the same input gives the same bytes)."
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("-v", "--verbose", is_flag=True, help="Print all findings.")
@click.pass_context
def run(ctx: click.Context, profiles: tuple[str, ...], judging: Judging, context: tuple[str, ...], out: str,
        formats: tuple[str, ...], templates: str | None, language: Any, fail_on: str | None, show: bool, stamp: bool, quiet: bool,
        verbose: bool) -> None:  # fmt: skip
    """Screen profiles and write their reports.

    PROFILE is a JSON or YAML file, a folder of them, or '-' for standard input.

    \b
    Examples:
      screener run fixtures/oracle.json
      screener run fixtures/ --out reports --format html,json,csv
      screener run mine.yaml --rules my-rules/ --set leverage-versus-revenue.most=2
      screener run mine.json --format json --out - | jq .verdict
      screener run fixtures/oracle.json --fact total_debt=60e9
      screener run fixtures/ --quiet --fail-on avoid
    """
    paths = find(profiles)
    if judging.facts and len(paths) > 1:
        raise click.UsageError(f"--fact is about one company; here are {len(paths)} profiles, so name one")
    screener = judging.screener(paths)
    others = screener.context(find(context))
    from screener.report.deliver import Delivery

    to_stdout = out == "-"
    if to_stdout and len(formats) != 1:
        raise click.UsageError("--out - takes one --format, such as json")
    if to_stdout and "pdf" in formats and (len(paths) > 1 or sys.stdout.isatty()):
        raise click.UsageError("--out - takes the PDF of one company, and not to a terminal")
    house = Path(templates) if templates is not None else None
    delivery = Delivery(None if to_stdout else Path(out), formats, language, _now() if stamp else None, house)
    failed: list[tuple[str, ScreenerError]] = []
    for screened in _progress(screener.screen_all(paths, others), len(paths), quiet):
        if screened.result is not None:
            delivery.add(screened.result)
        elif screened.error is not None:
            complain(screened.error)
            failed.append((screened.path, screened.error))
    delivery.finish([(path, str(error)) for path, error in failed], several=len(paths) > 1)
    if to_stdout and delivery.printed:
        say_document(delivery.printed)
    elif not quiet and delivery.rows:
        say(delivery.summary(terminal_width(), wants_colour(), verbose))
    if failed and len(paths) > 1:
        rest = "the others have their reports" if delivery.rows else "there is no report"
        click.echo(f"{len(failed)} of {len(paths)} profiles could not be read; {rest}", err=True)
    if show and delivery.main is not None:
        click.launch(str(delivery.main))
    ctx.exit(_exit_code(delivery.verdicts, bool(failed), fail_on))


def _exit_code(verdicts: Sequence[str], failed: bool, fail_on: str | None) -> int:
    if failed:
        return 3
    return 1 if fail_on and any(WORDS.index(v) <= WORDS.index(fail_on) for v in verdicts) else 0


def _now() -> str:
    import datetime

    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")


def _progress(items: Iterable[Screened], total: int, quiet: bool) -> Iterator[Screened]:
    if quiet or total < MANY or not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(items, total=total, description="Screening", console=Console(stderr=True), transient=True)
