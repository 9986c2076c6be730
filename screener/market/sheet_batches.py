"""Screens tables of any format in batches: on columns if each figure has one claim, else company by company through the
engine."""

from collections.abc import Container, Iterator

import numpy as np
import pyarrow as pa

from screener.engine.columns.company_columns import CompanyColumns
from screener.importers.table.company_table import CompanyTable
from screener.market.claim_columns import ClaimColumns, claim_columns
from screener.market.parquet_batch import RowBatch
from screener.market.parquet_reader import ROWS
from screener.screening import Screener

SLOW_ROWS = 256
"""Number of rows in a batch if companies are screened one by one; the progress bar moves after each batch."""


def table_columns(table: CompanyTable) -> CompanyColumns:
    """Returns the table's companies as columns, whether or not their claims must be reconciled."""
    return claim_columns(table).columns


def screenable_columns(screener: Screener, table: CompanyTable) -> ClaimColumns:
    """Returns the table's companies as columns; no row is plain if there are waivers for single companies."""
    found = claim_columns(table)
    return found._replace(plain=np.zeros(len(table), np.bool_)) if screener.rulebook.waivers else found


class TableBatches:
    """The companies of a table that has been read, in batches."""

    def __init__(self, screener: Screener, table: CompanyTable) -> None:
        self.path, self.rows = table.path, len(table) + table.dropped
        self.table = table.without_cells()
        self.notes = table.notes
        self.claims = screenable_columns(screener, table)
        dated = table.map.as_of is not None or any(column.period for column in table.columns)
        self.takes_lists = table.panel is None and not dated and not screener.rulebook.waivers
        self.size = ROWS if self.claims.plain.all() else SLOW_ROWS

    def only(self, names: Container[str]) -> "TableBatches":
        """Returns the same table: it has been read already."""
        return self

    def batches(self) -> Iterator[int]:
        """Yields the places at which batches start; at least one, which reports the problems."""
        yield from range(0, max(len(self.table), 1), self.size)

    def read(self, start: int) -> RowBatch:
        """Returns the batch of rows from a place on."""
        table, stop = self.table, start + self.size
        reported = (table.problems, table.dropped) if start == 0 else ((), 0)
        names = pa.array(table.meta["name"].iloc[start:stop], pa.string())
        part = table.rows(start, stop)
        single = np.flatnonzero(~self.claims.plain[start:stop])
        profiles = dict(zip(single.tolist(), part.select(single).profiles(), strict=True))
        return RowBatch(
            self.claims.columns.slice_rows(start, stop),
            names,
            table.frame.index[start:stop],
            *reported,
            profiles=profiles,
        )
