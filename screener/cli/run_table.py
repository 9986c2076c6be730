"""`screener run TABLE --map MAP`: all companies of a table into one table of results, the riskiest with reports."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from screener.cli.market_command import counts, progress
from screener.cli.output import print_problems, print_text, terminal_width, wants_colour
from screener.cli.progress import bar
from screener.errors import ScreenerError

if TYPE_CHECKING:
    from screener.market.table_reports import Found
    from screener.report.rendering import RenderOptions
    from screener.screening import Screener

REPORTS = 100  # of the riskiest companies, where nothing else is said
SHOWN = 10  # of them on the terminal


def run_table(
    screener: "Screener",
    path: str,
    map_path: str,
    out: str,
    wanted: "RenderOptions",
    reports: int | None,
    jobs: int | None,
    quiet: bool,
) -> "Found":
    """Screens a table, writes results and reports, and says what was found."""
    from screener.importers.table.company_table import read_table
    from screener.market.market_run import cores
    from screener.market.table_reports import RESULTS
    from screener.market.table_reports import run_table as run
    from screener.report.report_writer import ReportWriter

    table = read_table(path, map_path, screener.rulebook.catalogue)
    delivery = ReportWriter(Path(out), wanted, lambda _: None)
    most = None if reports == -1 else REPORTS if reports is None else reports

    def reporting(profiles: Iterable[Any]) -> Iterator[Any]:
        many = len(table) if most is None else min(most, len(table))
        return bar(iter(profiles), many, hidden=quiet or many < SHOWN, what="Reports")

    with closing(delivery.renderer), progress(len(table) + table.dropped, quiet) as screening:
        found = run(screener, table, delivery, most, jobs or cores(), screening, reporting)
    print_problems(ScreenerError(found.summary.problems) if found.summary.problems else ())
    if not quiet:
        from screener.report.terminal import company_text as terminal

        lines = [*counts(found.summary), f"results: {Path(out) / RESULTS}"]
        shown = found.rows[:SHOWN]
        if shown:
            rest = found.summary.companies - len(shown)
            where = delivery.main_report(several=True)
            lines += [
                "",
                terminal.companies_text(
                    shown,
                    wanted.language,
                    width=terminal_width(),
                    colour=wants_colour(),
                    where=None if where is None else str(where),
                    rest=rest,
                ),
            ]
        print_text("\n".join(lines))
    return found
