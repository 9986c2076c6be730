"""`screener run`: profiles in, reports out."""

import sys
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from screener.cli.options import (
    Judging,
    complain,
    gone_reader,
    language_option,
    rule_options,
    say,
    say_document,
    terminal_width,
    wants_colour,
    what_if_options,
)
from screener.model.load import find
from screener.verdict.judge import WORDS

if TYPE_CHECKING:
    from screener.batch.run import Batch
    from screener.batch.task import Outcome

FORMATS = ("html", "json", "md", "csv", "pdf")


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
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help="Processes that work at the same time; of many profiles as many as there are cores.",
)
@click.option(
    "--time-limit",
    "limit",
    type=click.FloatRange(0),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="What one company may take; it is then reported as failed. 0: no limit.",
)
@click.option(
    "--resume",
    is_flag=True,
    help="Keep the reports that an earlier run wrote to the same folder of the same profiles, asked the same.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("-v", "--verbose", is_flag=True, help="Print all findings.")
@click.pass_context
def run(ctx: click.Context, profiles: tuple[str, ...], judging: Judging, context: tuple[str, ...], out: str,
        formats: tuple[str, ...], templates: str | None, language: Any, fail_on: str | None, show: bool, stamp: bool,
        jobs: int | None, limit: float, resume: bool, quiet: bool, verbose: bool) -> None:  # fmt: skip
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
      screener run fixtures/ --format html,csv --resume -j 2
    """
    paths = find(profiles)
    if judging.facts and len(paths) > 1:
        raise click.UsageError(f"--fact is about one company; here are {len(paths)} profiles, so name one")
    screener = judging.screener(paths)
    others = screener.context(find(context))
    from screener.batch.run import MANY, Batch
    from screener.batch.stop import stoppable
    from screener.batch.task import Task
    from screener.report.deliver import Delivery
    from screener.report.made import Told, Wanted, template_cache

    to_stdout = out == "-"
    if to_stdout and len(formats) != 1:
        raise click.UsageError("--out - takes one --format, such as json")
    if to_stdout and "pdf" in formats and (len(paths) > 1 or sys.stdout.isatty()):
        raise click.UsageError("--out - takes the PDF of one company, and not to a terminal")
    if to_stdout and resume:
        raise click.UsageError("--resume looks at the reports in a folder; name one with --out")
    several = len(paths) > 1
    told = None if several or quiet or to_stdout else Told(terminal_width(), wants_colour(), verbose, out)
    wanted = Wanted(formats, language, _now() if stamp else None, Path(templates) if templates is not None else None,
                    told, template_cache() if {"html", "pdf"} & set(formats) else None)  # fmt: skip
    delivery = Delivery(None if to_stdout else Path(out), wanted, say_document)
    task = Task(screener, tuple(others), wanted)
    with (
        stoppable(several) as stop,
        Batch(task, paths, delivery, jobs=jobs, limit=limit or None, resume=resume,
              stopped=lambda: bool(stop.asked) or gone_reader()) as batch,
    ):  # fmt: skip
        for outcome in _progress(batch.run(), len(paths), quiet or len(paths) < MANY):
            complain(outcome.problems)
        if not stop.asked:
            batch.finish()
        if not quiet and not to_stdout and delivery.count and not stop.asked:
            say(delivery.summary(batch.shelf, terminal_width(), wants_colour(), several))
    if not quiet or stop.asked or batch.failures:
        for line in _afterwards(batch, stop.asked):
            click.echo(line, err=True)
    main = delivery.main(several)
    if show and main is not None and not stop.asked:
        click.launch(str(main))
    ctx.exit(128 + stop.asked if stop.asked else _exit_code(batch.verdicts, bool(batch.failures), fail_on))


def _afterwards(batch: "Batch", stopped: int) -> Iterator[str]:
    """What is said of a run at its end, beside its results."""
    several = len(batch.paths)
    if batch.kept:
        yield f"{batch.kept:,} of {several:,} profiles and what judges them are as they were; their reports were kept"
    if batch.failures and batch.several:
        rest = "the others have their reports" if batch.delivery.count else "there is no report"
        what = "screened" if batch.lost else "read"
        yield f"{batch.failures:,} of {several:,} profiles could not be {what}; " + ("" if stopped else rest)
    if stopped:
        goes_on = "; --resume goes on from there" if batch.journal is not None else ""
        yield f"stopped: {batch.delivery.count:,} of {several:,} profiles are done{goes_on}"


def _exit_code(verdicts: Collection[str], failed: bool, fail_on: str | None) -> int:
    if failed:
        return 3
    return 1 if fail_on and any(WORDS.index(v) <= WORDS.index(fail_on) for v in verdicts) else 0


def _now() -> str:
    import datetime

    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")


def _progress(items: Iterator["Outcome"], total: int, hidden: bool) -> Iterator["Outcome"]:
    """The items, with a bar that shows how far they are, on a terminal."""
    if hidden or not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Screening"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
               TimeRemainingColumn(), TextColumn("{task.fields[failed]}"))  # fmt: skip
    # without a thread of its own, which forked processes would stumble over
    bar = Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False)
    failed, shown, start = 0, 0.0, time.monotonic()
    with bar:
        at = bar.add_task("", total=total, rate="", failed="")
        for n, outcome in enumerate(items, 1):
            failed += outcome.made is None
            now = time.monotonic()
            if now - shown > 0.1:
                shown = now
                rate = f"{n / max(now - start, 1e-9):,.0f}/s"
                bar.update(at, completed=n, rate=rate, failed=f"[red]{failed:,} failed" if failed else "")
                bar.refresh()
            yield outcome
