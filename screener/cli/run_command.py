"""`screener run`: profiles in, reports out."""

import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from screener.cli.output import (
    print_document,
    print_problems,
    print_text,
    printable,
    stdout_is_unread,
    terminal_width,
    wants_colour,
)
from screener.cli.progress import bar
from screener.cli.shared_options import RuleSelection, language_option, rule_options, what_if_options
from screener.io.paths import TABLES, is_table
from screener.profile.loader import find_profiles
from screener.vocabulary import Verdict

if TYPE_CHECKING:
    from screener.runs.batch import BatchRun

FORMATS = ("html", "json", "md", "csv", "parquet", "pdf")


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


def _reports(_: click.Context, __: click.Parameter, value: str | None) -> int | None:
    """How many reports of a table: None where nothing is said, -1 for all."""
    if value is None or value == "all":
        return None if value is None else -1
    if not (value.isascii() and value.isdecimal()):
        raise click.BadParameter(f"'{value}' is neither a number nor 'all'")
    return int(value)


def _refuse(profiles: tuple[str, ...], map_path: str | None, out: str, formats: tuple[str, ...], more: bool) -> None:
    """What can't be done with a table. Raises UsageError."""
    if len(profiles) > 1 or not is_table(profiles[0]):
        raise click.UsageError("a table is screened alone: name one file, " + ", ".join(TABLES))
    if map_path is None:
        hint = f"screener import table {profiles[0]} --guess proposes a map"
        raise click.UsageError(f"say with --map what the columns of {profiles[0]} are; {hint}")
    if more:
        raise click.UsageError(
            "--fact, --as-of, --with, --resume, --db and --scheduler are about profiles; screener import table makes them"
        )
    if out == "-":
        raise click.UsageError("a table is screened into a folder; screener market writes one table of results")


@click.command()
@click.argument("profiles", nargs=-1, required=True, metavar="PROFILE|DIR|TABLE|-...")
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
    help="Any of html, json, md, csv, parquet, pdf, separated by commas; pdf needs Chromium.",
)
@click.option("--templates", metavar="DIR", help="A house's own look: templates that stand before the built-in ones.")
@language_option
@click.option(
    "--fail-on",
    type=click.Choice([verdict.value for verdict in Verdict if not verdict.is_favourable]),
    help="Exit with 1 if a verdict is this or worse; the choices start with the worst. Clear and watch are favourable.",
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
@click.option("--map", "map_path", metavar="FILE", help="What the columns of a table are (docs/importing.md).")
@click.option(
    "--reports",
    callback=_reports,
    metavar="N|all",
    help="Of a table: how many of the riskiest companies have reports; all are in results.csv.  [default: 100]",
)
@click.option(
    "--db",
    "database",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Keep the results in this SQLite file, too; see `screener history`.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS|local",
    help="Screen on the workers of this Dask scheduler, or of one on this machine; see docs/scale.md.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("-v", "--verbose", is_flag=True, help="Print all findings.")
@click.pass_context
def run(
    ctx: click.Context,
    profiles: tuple[str, ...],
    selection: RuleSelection,
    context: tuple[str, ...],
    out: str,
    formats: tuple[str, ...],
    templates: str | None,
    language: Any,
    fail_on: str | None,
    show: bool,
    stamp: bool,
    jobs: int | None,
    limit: float,
    resume: bool,
    map_path: str | None,
    reports: int | None,
    database: Path | None,
    scheduler: str | None,
    quiet: bool,
    verbose: bool,
) -> None:
    """Screen profiles and write their reports.

    PROFILE is a JSON or YAML file, a folder of them, a .jsonl file with one on each line, or '-'
    for standard input. TABLE is CSV, TSV, Excel, Parquet or
    ARFF: all its companies go into results.csv, the riskiest have reports.

    \b
    Examples:
      screener run fixtures/oracle.json
      screener run fixtures/ --out reports --format html,json,csv
      screener run mine.yaml --rules my-rules/ --set leverage-versus-revenue.most=2
      screener run mine.json --format json --out - | jq .verdict
      screener run fixtures/oracle.json --fact total_debt=60e9
      screener run fixtures/ --quiet --fail-on avoid
      screener run fixtures/ --format html,csv --resume -j 2
      screener run universe.csv --map columns.yaml --reports 20
    """
    if map_path is not None or any(map(is_table, profiles)):
        _refuse(
            profiles,
            map_path,
            out,
            formats,
            bool(selection.facts or selection.as_of or context or resume or database or scheduler),
        )
        from screener.cli.run_table import run_table
        from screener.report.rendering import RenderOptions, template_cache_folder

        assert map_path is not None
        wanted = RenderOptions(
            formats,
            language,
            _now() if stamp else None,
            Path(templates) if templates is not None else None,
            None,
            template_cache_folder() if {"html", "pdf"} & set(formats) else None,
        )
        found = run_table(selection.screener(profiles), profiles[0], map_path, out, wanted, reports, jobs, quiet)
        if show and "html" in formats:
            click.launch(str(Path(out) / "index.html"))
        ctx.exit(_exit_code(found.summary.verdicts, bool(found.summary.dropped), fail_on))
    if reports is not None:
        raise click.UsageError("--reports is about a table; name one, with --map")
    paths = find_profiles(profiles)
    if selection.facts and len(paths) > 1:
        raise click.UsageError(f"--fact is about one company; here are {len(paths)} profiles, so name one")
    screener = selection.screener(paths)
    if not quiet and selection.config is None and (house := selection.settings_file(paths)) is not None:
        shown = house.relative_to(Path.cwd()) if house.is_relative_to(Path.cwd()) else house
        click.echo(printable(f"the rules are as {shown} changes them; --config none leaves it out"), err=True)
    others = screener.context(find_profiles(context))
    from screener.report.rendering import RenderOptions, TerminalOptions, template_cache_folder
    from screener.report.report_writer import ReportWriter
    from screener.runs.batch import MANY, BatchRun
    from screener.runs.signals import stoppable
    from screener.runs.task import Task

    to_stdout = out == "-"
    if to_stdout and len(formats) != 1:
        raise click.UsageError("--out - takes one --format, such as json")
    if to_stdout and "pdf" in formats and (len(paths) > 1 or sys.stdout.isatty()):
        raise click.UsageError("--out - takes the PDF of one company, and not to a terminal")
    if to_stdout and "parquet" in formats:
        raise click.UsageError("--format parquet writes two files, so it needs a folder: name one with --out")
    if to_stdout and resume:
        raise click.UsageError("--resume looks at the reports in a folder; name one with --out")
    if scheduler and (to_stdout or "-" in paths):
        raise click.UsageError("--scheduler needs files and a folder that the workers see: no '-'")
    several = len(paths) > 1
    told = None if several or quiet or to_stdout else TerminalOptions(terminal_width(), wants_colour(), verbose, out)
    wanted = RenderOptions(
        formats,
        language,
        _now() if stamp else None,
        Path(templates) if templates is not None else None,
        told,
        template_cache_folder() if {"html", "pdf"} & set(formats) else None,
        database is not None,
    )
    delivery = ReportWriter(None if to_stdout else Path(out), wanted, print_document)
    task = Task(screener, tuple(others), wanted)
    with (
        stoppable(several) as stop,
        BatchRun(
            task,
            paths,
            delivery,
            jobs=jobs,
            limit=limit or None,
            resume=resume,
            database=database,
            scheduler=scheduler,
            stopped=lambda: bool(stop.asked) or stdout_is_unread(),
        ) as batch,
    ):
        for outcome in bar(batch.run(), len(paths), quiet or len(paths) < MANY, failed=lambda o: o.made is None):
            print_problems(outcome.problems)
        if not stop.asked:
            batch.finish()
        if not quiet and not to_stdout and delivery.count and not stop.asked:
            print_text(delivery.terminal_summary(batch.shelf, terminal_width(), wants_colour(), several))
    if not quiet or stop.asked or batch.failures:
        for line in _afterwards(batch, stop.asked):
            click.echo(line, err=True)
    main = delivery.main_report(several)
    if show and main is not None and not stop.asked:
        click.launch(str(main))
    ctx.exit(128 + stop.asked if stop.asked else _exit_code(batch.verdicts, bool(batch.failures), fail_on))


def _afterwards(batch: "BatchRun", stopped: int) -> Iterator[str]:
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
    return 1 if fail_on and any(Verdict(v) <= fail_on for v in verdicts) else 0


def _now() -> str:
    import datetime

    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
