"""The option `--peers` of `screener run`, which chooses the companies to compare with."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from screener.cli.progress import progress_bar
from screener.cli.report_options import ReportOptions
from screener.explain.peer_population import PeerPopulation
from screener.io.paths import SHOWN_SUFFIXES, is_table
from screener.text import clean

if TYPE_CHECKING:
    from screener.cli.run_command import ProfileRunOptions
    from screener.screening import Screener

EACH_OTHER, NOBODY = "run", "none"
MOST_BY_DEFAULT = 1000  # the number of profiles up to which they are compared with each other by default
SHOWN_IN = frozenset(("html", "json", "pdf", "xlsx"))  # formats that show peers


def check_peers(paths: Sequence[str], options: "ProfileRunOptions") -> None:
    """Raises UsageError if --peers does not fit the other options."""
    peers = options.peers
    if options.peers_map is not None and peers in (None, EACH_OTHER, NOBODY):
        raise click.UsageError("--peers-map says which columns a table has; name the table with --peers")
    if peers == EACH_OTHER and "-" in paths:
        raise click.UsageError("--peers run reads each profile twice: name files instead of '-'")
    if peers not in (None, EACH_OTHER, NOBODY) and not is_table(peers or ""):
        what = f"--peers {peers} is neither a table ({SHOWN_SUFFIXES}) nor run or none"
        raise click.UsageError(what)


def are_peers(paths: Sequence[str], reports: ReportOptions, options: "ProfileRunOptions") -> bool:
    """Returns whether the companies of a run are compared with each other."""
    if options.peers is not None:
        return options.peers == EACH_OTHER
    if reports.to_stream or "-" in paths:
        return False
    return 1 < len(paths) <= MOST_BY_DEFAULT and not SHOWN_IN.isdisjoint(reports.formats)


def peers_of_table_run(
    screener: "Screener", path: str, reports: ReportOptions, options: "ProfileRunOptions"
) -> PeerPopulation | None:
    """Returns the peers of a table's companies: another table, else the table itself, whose companies are added later."""
    if options.peers == NOBODY or (options.peers is None and SHOWN_IN.isdisjoint(reports.formats)):
        return None
    if options.peers in (None, EACH_OTHER):
        return PeerPopulation(screener.rulebook.catalogue, clean(Path(path).name))
    return peers_of_options(screener, reports, options)


def peers_of_options(
    screener: "Screener", reports: ReportOptions, options: "ProfileRunOptions"
) -> PeerPopulation | None:
    """Returns the companies of the table that --peers names; None if it names none. Raises DocumentError."""
    if options.peers in (None, EACH_OTHER, NOBODY):
        return None
    from screener.io.processes import available_cores
    from screener.market.peer_table import peers_of_table

    assert options.peers is not None
    with progress_bar(None, reports.quiet, "Peers") as advance:
        return peers_of_table(
            screener,
            options.peers,
            options.peers_map,
            jobs=options.jobs or available_cores(),
            progress=lambda rows: advance(rows, 0),
        )
