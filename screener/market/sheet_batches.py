"""Tables that `intake` has read: on columns where each figure has one claim, else company by company through the engine."""

from collections.abc import Container, Iterator
from typing import Any, NamedTuple

import pyarrow as pa

from screener.engine.columns.company_columns import CompanyColumns
from screener.errors import Problem
from screener.importers.table.company_table import CompanyTable
from screener.market.parquet_reader import ROWS, RowBatch
from screener.profile.model import Profile
from screener.screening import Screener


def table_columns(table: CompanyTable) -> CompanyColumns:
    """The table's companies as columns; what is claimed of a period of its own is left out."""
    meta, frame = table.meta, table.frame
    columns: dict[str, Any] = {name: frame[name].to_numpy() for name in frame.columns if "@" not in name}
    return CompanyColumns.of(meta["id"].tolist(), meta["sector"].tolist(), columns, table.catalogue)


def is_plain(screener: Screener, table: CompanyTable) -> bool:
    """Whether nothing has to be settled between claims, and no flag of a single company is waived."""
    dated = table.map.as_of is not None or any("@" in name for name in table.frame.columns)
    return not dated and not screener.rulebook.waivers


class ProfileBatch(NamedTuple):
    """Companies of a batch whose claims must be settled first."""

    profiles: tuple[Profile, ...]
    rows: Any
    problems: tuple[Problem, ...] = ()
    dropped: int = 0


class TableBatches:
    """The companies of a table that `intake` has read, in batches: as columns, or as profiles where it is not `plain`."""

    def __init__(self, table: CompanyTable, plain: bool) -> None:
        self.path, self.rows, self.table = table.path, len(table) + table.dropped, table
        self.universe = table_columns(table) if plain else None

    @property
    def is_plain(self) -> bool:
        """Whether batches come as columns."""
        return self.universe is not None

    def only(self, names: Container[str]) -> "TableBatches":
        """The same table: it is read already."""
        return self

    def batches(self) -> Iterator[int]:
        """The places at which batches start; one at least, which tells of what is wrong."""
        yield from range(0, max(len(self.table), 1), ROWS if self.universe is not None else 100)

    def read(self, start: int) -> "RowBatch | ProfileBatch":
        """The rows from there on."""
        table = self.table
        told = (table.problems, table.dropped) if start == 0 else ((), 0)
        if self.universe is None:
            part = table.rows(start, start + 100)
            return ProfileBatch(tuple(part.profiles()), part.frame.index, *told)
        stop = start + ROWS
        names = pa.array(table.meta["name"].iloc[start:stop], pa.string())
        return RowBatch(self.universe.slice_rows(start, stop), names, table.frame.index[start:stop], *told)
