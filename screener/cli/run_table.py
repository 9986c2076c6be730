"""`screener run TABLE --map MAP`: screens all companies of a table into one table of results, and writes reports of the
riskiest."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from screener.cli.market_command import summary_text
from screener.cli.output import print_notice, print_problems, print_text, terminal_width, wants_colour
from screener.cli.peer_options import check_peers, peers_of_table_run
from screener.cli.progress import progress_bar, with_progress
from screener.cli.report_options import ReportOptions
from screener.cli.shared_options import RuleSelection, named_files
from screener.errors import ScreenerError
from screener.io.paths import SHOWN_SUFFIXES, is_folder, is_table

if TYPE_CHECKING:
    from screener.cli.run_command import ProfileRunOptions
    from screener.profile.model import Profile

REPORTS = 100  # number of the riskiest companies that get reports if --reports is not given
SHOWN = 10  # number of them shown on the terminal


def check_table(
    profiles: Sequence[str],
    map_path: str | None,
    selection: RuleSelection,
    reports: ReportOptions,
    options: "ProfileRunOptions",
) -> str:
    """Returns the path of the table's map. Raises UsageError if the table can't be screened with these options."""
    if len(profiles) > 1 or not is_table(profiles[0]):
        raise click.UsageError("a table is screened alone: name one file, " + SHOWN_SUFFIXES)
    is_folder(profiles[0])  # raises an error if the file does not exist
    if map_path is None:
        hint = f"screener import table {profiles[0]} --guess proposes a map"
        raise click.UsageError(f"name with --map which columns {profiles[0]} has; {hint}")
    for_profiles = (selection.facts, selection.as_of, options.context, options.resume, options.database)
    if any(for_profiles) or options.scheduler:
        names = "--fact, --as-of, --with, --resume, --db and --scheduler"
        raise click.UsageError(f"{names} are for profiles, which screener import table makes from a table")
    if reports.to_stream:
        raise click.UsageError("a table is screened into a folder; screener market writes one table of results")
    reports.check_out(several=True)
    return map_path


def run_table(
    path: str,
    map_path: str,
    selection: RuleSelection,
    reports: ReportOptions,
    options: "ProfileRunOptions",
    *,
    count: int | None,
) -> int:
    """Screens a table, writes results and reports, prints a summary, and returns the exit code.

    `count` is the number of companies that get reports: None for the default, -1 for all.
    """
    check_peers([path], options)
    screener = selection.screener([path])
    peers = peers_of_table_run(screener, path, reports, options)
    from screener.importers.table.company_table import read_table
    from screener.io.processes import available_cores
    from screener.market.table_reports import RESULTS, screen_into_folder

    with progress_bar(None, reports.quiet, "Reading") as read:
        table = read_table(path, map_path, screener.rulebook.catalogue, progress=lambda rows: read(rows, 0))
    for note in () if reports.quiet else table.notes:
        print_notice(f"{path}: {note}")
    most = None if count == -1 else REPORTS if count is None else count
    report_total = len(table) if most is None else min(most, len(table))

    def reporting(profiles: Iterable["Profile"]) -> Iterator["Profile"]:
        return with_progress(profiles, report_total, reports.quiet or report_total < SHOWN, "Reports")

    with (
        reports.delivery(
            reports.render_options(several=True),
            named_files([path, map_path, selection, options.peers, options.peers_map]),
        ) as delivery,
        closing(delivery.renderer),
        progress_bar(len(table) + table.dropped, reports.quiet) as advance,
    ):
        found = screen_into_folder(
            screener,
            table,
            delivery,
            most,
            jobs=options.jobs or available_cores(),
            screening=lambda rows: advance(rows, 0),
            reporting=reporting,
            peers=peers,
        )
    print_problems(ScreenerError(found.summary.problems) if found.summary.problems else ())
    main = delivery.main_report(several=True)
    if not reports.quiet:
        summary = summary_text(found.summary, screener.rulebook, reports.language)
        lines = [f"{summary}results: {Path(reports.out) / RESULTS}"]
        shown = found.rows[:SHOWN]
        if shown:
            from screener.report.terminal.company_text import companies_text

            overview = companies_text(
                shown,
                reports.language,
                width=terminal_width(),
                colour=wants_colour(),
                report=None if main is None else str(main),
                more=found.summary.companies - len(shown),
            )
            lines += ["", overview]
        print_text("\n".join(lines))
    if "html" in reports.formats:
        reports.open_in_browser(main)
    return reports.exit_code(found.summary.verdicts, bool(found.summary.dropped or found.summary.problems))
