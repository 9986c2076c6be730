"""Screens a table of companies into a folder: a table with one row per company, and full reports of the riskiest."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from screener.explain.peer_population import PeerPopulation, peer_record
from screener.importers.table.company_table import CompanyTable
from screener.io.atomic import open_in_folder
from screener.market.market_run import MarketSummary, screen_table
from screener.market.result_tables import COMPANY_SCHEMA
from screener.market.sheet_batches import TableBatches
from screener.market.table_writer import TableWriter
from screener.report.report_writer import ReportsInMemory, ReportWriter
from screener.report.run_reports import RunReports
from screener.report.views.index_row import IndexRow, VerdictCounts, index_order_of, verdict_counts
from screener.screening import Screener

RESULTS = "results.csv"


class TableRunResult(NamedTuple):
    """The result of screening a table: the counts of all companies, and the rows of those with reports, worst first."""

    summary: MarketSummary
    rows: tuple[IndexRow, ...]


class RiskiestCompanies:
    """Collects the ids of the `count` riskiest companies (None: of all), in the order of the index, from batches of
    results."""

    def __init__(self, most: int | None) -> None:
        self.most = most
        self._placed: list[Any] = []

    def __call__(self, companies: Any) -> None:
        """Adds a batch of results."""
        columns = (companies[name].to_pylist() for name in ("verdict", "score", "score_high", "name", "company"))
        self._placed.extend(index_order_of(*row) for row in zip(*columns, strict=True))
        if self.most is not None and len(self._placed) > 2 * self.most:
            self._placed = sorted(self._placed)[: self.most]

    def ids(self) -> list[str]:
        """Returns the ids of these companies, the riskiest first."""
        return [place[-1] for place in sorted(self._placed)[: self.most]]


class _Shelf(ReportsInMemory):
    """The rows of the companies that have reports, and the verdicts of all companies."""

    def __init__(self, tally: VerdictCounts) -> None:
        super().__init__()
        self._tally = tally

    def tally(self) -> VerdictCounts:
        """Returns the number of companies by verdict."""
        return self._tally


def screen_into_folder(
    screener: Screener,
    table: CompanyTable,
    delivery: ReportWriter,
    reports: int | None,
    *,
    jobs: int,
    screening: Callable[[int], None],
    reporting: Callable[[Iterable[Any]], Iterable[Any]],
    peers: PeerPopulation | None = None,
) -> TableRunResult:
    """Screens all companies of a table on columns and writes RESULTS, then reports of the riskiest `reports` (None: of all).

    Reports come from the engine, company by company, like those of profiles. `screening` and `reporting` show progress.
    `peers` are the companies to compare with; an empty population is filled with those of the table.
    Raises OutputError or DocumentError.
    """
    assert delivery.out is not None
    riskiest = RiskiestCompanies(reports)
    sheet = TableBatches(screener, table)
    file = open_in_folder(delivery.out, RESULTS, policy=delivery.policy)
    results = TableWriter(file, COMPANY_SCHEMA, "csv", encoding=delivery.options.csv_encoding)
    own = peers if peers is not None and not len(peers) else None
    found = screen_table(screener, sheet, results, jobs=jobs, progress=screening, written=riskiest, peers=own)
    shelf = _Shelf(verdict_counts(found.verdicts, delivery.options.language))
    ids = riskiest.ids()
    for profile in reporting(table.of(ids).profiles()):
        result = screener.assess(profile, detail=delivery.options.detail)
        if peers is not None:
            result = result._replace(peers=peers.compare(peer_record(result)))
        made = delivery.renderer.render(result)
        delivery.write(made)
        shelf.add(made)
    failed = [(f"{p.file}: {p.path}", f"{p.what}; {p.hint}") for p in found.problems]
    left = max(found.dropped - len(failed), 0)
    delivery.finish(RunReports(shelf, failures=failed, more_failures=left, reported=len(ids), all_results=RESULTS))
    return TableRunResult(found, tuple(shelf.rows()))
