"""`screener run`: screens profiles or a table, and writes reports."""

import math
from dataclasses import dataclass
from pathlib import Path

import click

from screener.cli.report_options import ReportOptions, report_options
from screener.cli.shared_options import (
    RuleSelection,
    context_option,
    engine_option,
    gather_options,
    rule_options,
    what_if_options,
)
from screener.io.paths import is_table
from screener.text import clean, shorten, whole_number


@dataclass(frozen=True)
class ProfileRunOptions:
    """Options of `run` that apply to profiles only."""

    context: tuple[str, ...]
    jobs: int | None
    time_limit: float
    resume: bool
    database: Path | None
    scheduler: str | None
    peers: str | None = None
    peers_map: str | None = None


def _report_count(_: click.Context, __: click.Parameter, value: str | None) -> int | None:
    """Returns how many reports of a table are written: None for the default, -1 for all."""
    if value is None or value == "all":
        return None if value is None else -1
    number = whole_number(value)
    if number is None:
        raise click.BadParameter(f"'{clean(shorten(value, 40))}' is neither a number nor 'all'")
    return number


def _seconds(_: click.Context, __: click.Parameter, value: float) -> float:
    if math.isnan(value):
        raise click.BadParameter("'nan' is not a number of seconds")
    return value


@click.command()
@click.argument("profiles", nargs=-1, required=True, metavar="PROFILE|DIR|TABLE|-...")
@rule_options
@what_if_options
@engine_option
@context_option
@report_options
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help="Worker processes.  [default: one per core for many profiles]",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(0, 86_400),
    callback=_seconds,
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="The most time that one company may take; it is then reported as failed. 0: no limit.",
)
@click.option(
    "--resume",
    is_flag=True,
    help="Keep the reports that an earlier run wrote to the same folder, where profile, rules and options are unchanged.",
)
@click.option("--map", "map_path", metavar="FILE", help="Which columns a table has (docs/importing.md).")
@click.option(
    "--reports",
    "report_count",
    callback=_report_count,
    metavar="N|all",
    help="For a table: how many of the companies with the highest risk get reports; all are in results.csv.  [default: 100]",
)
@click.option(
    "--db",
    "database",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Also store the results in this SQLite file; see `screener history`.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS|local",
    help="Screen on the workers of this Dask scheduler, or of one on this machine; see docs/scale.md.",
)
@click.option(
    "--peers",
    metavar="TABLE|run|none",
    help="Compare each company with those of a table, or with the others of this run.  [default: run, for up to 1,000 "
    "profiles whose reports show it]",
)
@click.option("--peers-map", metavar="FILE", help="Which columns the table of --peers has (docs/importing.md).")
@click.option(
    "--counterfactuals",
    is_flag=True,
    help="Add to each JSON result what its verdict depends on, as `screener explain PROFILE` prints it; takes longer.",
)
@gather_options(ProfileRunOptions, "options")
@click.pass_context
def run(
    ctx: click.Context,
    *,
    profiles: tuple[str, ...],
    selection: RuleSelection,
    reports: ReportOptions,
    options: ProfileRunOptions,
    map_path: str | None,
    report_count: int | None,
) -> None:
    """Screen profiles and write their reports.

    PROFILE is a JSON or YAML file, a folder of them, a .jsonl file with one on each line, or '-' for standard input.
    TABLE is CSV, TSV, Excel, OpenDocument, Parquet or ARFF: all its companies go into results.csv, those with the
    highest risk get reports.

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
      screener run mine.json --peers universe.csv --peers-map columns.yaml
    """
    if map_path is not None or any(map(is_table, profiles)):
        from screener.cli.run_table import check_table, run_table

        map_path = check_table(profiles, map_path, selection, reports, options)
        ctx.exit(run_table(profiles[0], map_path, selection, reports, options, count=report_count))
    if report_count is not None:
        raise click.UsageError("--reports is for a table; name one, with --map")
    from screener.cli.run_profiles import run_profiles

    ctx.exit(run_profiles(profiles, selection, reports, options))
