"""A table of companies as the peers of others: every row is screened on columns, and its measures are kept."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from screener.explain.peer_population import PeerPopulation
from screener.market.market_run import BatchScreener, map_in_threads, open_table
from screener.market.measured_rows import MeasuredRow, measured_rows
from screener.screening import Screener
from screener.text import clean


def peers_of_table(
    screener: Screener,
    path: str,
    map_path: str | None,
    *,
    jobs: int = 2,
    reading: Callable[[int], None] = lambda rows: None,
    progress: Callable[[int], None] = lambda rows: None,
) -> PeerPopulation:
    """Returns the companies of a table as peers, each with its score, key figures and ratios. Reads the table in
    batches.

    `reading` and `progress` are called with the number of rows read, and screened, since their last call. Raises DocumentError.
    """
    source = open_table(screener, path, map_path, reading)
    judge = BatchScreener(screener)
    digest = _digest_of_files(path, map_path)
    population = PeerPopulation(screener.rulebook.catalogue, clean(Path(path).name), digest)

    def work(raw: Any) -> tuple[int, list[MeasuredRow]]:
        batch = source.read(raw)
        return len(batch.rows) + batch.dropped, list(
            measured_rows(screener, judge.columns.empty_company, batch, judge.judge(batch))
        )

    for rows, found in map_in_threads(work, source.batches(), jobs):
        for row in found:
            population.add_row(*row)
        progress(rows)
    return population


def _digest_of_files(*paths: str | None) -> str:
    digest = hashlib.sha256()
    for path in filter(None, paths):
        with Path(path).open("rb") as file:
            while part := file.read(1 << 20):
                digest.update(part)
        digest.update(b"\0")
    return digest.hexdigest()
