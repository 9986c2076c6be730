"""The rows of one batch of a Parquet file as columns of companies; rows that can't be read are left out and reported."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from screener.engine.columns.column_values import IntervalColumn, SymbolColumn
from screener.engine.columns.company_columns import CompanyColumns, no_symbols
from screener.errors import Problem
from screener.importers.table.cell_values import BadCell
from screener.importers.table.column_map import RowText, TableColumn, TableMap
from screener.importers.table.company_table import CompanyTable
from screener.importers.table.head_cells import NO_ID, NO_NAME, NOTHING, currency_of_cell, sector_of_cell
from screener.importers.table.number_notation import NumberNotation
from screener.importers.table.row_reader import RowReader
from screener.importers.table.table_sheet import TableSheet
from screener.market.arrow_cells import CellReader
from screener.profile.catalogue import Catalogue
from screener.profile.model import Profile
from screener.text import clean, slug

_SLUG = r"\A[a-z0-9]+(?:-[a-z0-9]+)*\z"
_CLEAN = r"\A[!-~]+(?: [!-~]+)*\z"  # texts that `clean` certainly does not change


class RowBatch(NamedTuple):
    """The usable rows of a batch, and the problems of the others."""

    universe: CompanyColumns
    names: Any  # an Arrow array of texts
    rows: Any  # numbers of the rows in the file, from 1
    problems: tuple[Problem, ...] = ()
    dropped: int = 0
    profiles: Mapping[
        int, Profile
    ] = {}  # by place: companies whose claims must be reconciled, which are screened individually


class RawBatch(NamedTuple):
    """A batch as it is in the file; `first` is the number of its first row."""

    first: int
    cells: Any


class BatchReader(CellReader):
    """Reads the rows of one batch; `batch` returns the good ones. An instance is used once."""

    def __init__(
        self,
        raw: RawBatch,
        *,
        path: str,
        table_map: TableMap,
        columns: tuple[TableColumn, ...],
        catalogue: Catalogue,
        notation: NumberNotation,
    ) -> None:
        super().__init__(raw.cells, raw.first, notation, path)
        self.table_map, self.columns, self.catalogue = table_map, columns, catalogue

    def unreadable(self, header: str, cells: list[BadCell]) -> None:
        """Records values that can't be read; they are unknown, and their rows are kept."""
        self.report(header, cells)

    def batch(self) -> RowBatch:
        """Returns the good rows and the problems of the others. Raises ArrowException for columns that can't be
        converted."""
        values: dict[tuple[str, int], IntervalColumn | SymbolColumn] = {}
        for column in self.columns:
            values[column.name, int(column.prior)] = self.column(column)
        ids, names = self._ids()
        sector = self.table_map.sector
        codes = None if sector is None else sector.codes
        sectors = self._symbols(sector, partial(sector_of_cell, codes=codes, known=self.catalogue.sectors))
        currencies = self._symbols(self.table_map.currency, currency_of_cell)
        problems = tuple(problem for _, problem in sorted(self.problems, key=lambda p: p[0]))
        universe = CompanyColumns(ids, sectors, values, currencies)
        single = self.good & self._only_earlier(values)
        profiles = {}
        if single.any():
            places = np.cumsum(self.good) - 1
            profiles = dict(zip(places[single].tolist(), self._profiles(single), strict=True))
        if self.good.all():
            return RowBatch(universe, names, self.numbers, problems, profiles=profiles)
        return RowBatch(
            universe.select(self.good),
            names.filter(pa.array(self.good)),
            self.numbers[self.good],
            problems,
            int((~self.good).sum()),
            profiles,
        )

    def _only_earlier(self, values: Mapping[tuple[str, int], IntervalColumn | SymbolColumn]) -> Any:
        """Returns a mask of the rows with a figure for the previous period only: whether it is used depends on the
        other figures."""
        found = np.zeros(len(self.numbers), np.bool_)
        for (name, back), value in values.items():
            if back:
                now = values.get((name, 0))
                found |= _claimed(value) if now is None else _claimed(value) & ~_claimed(now)
        return found

    def _profiles(self, rows: Any) -> Iterator[Profile]:
        """Yields some of the rows as profiles."""
        cells = self.cells.filter(pa.array(rows)).to_pandas()
        cells.index = pd.Index(self.numbers[rows])
        found = RowReader(self.path, TableSheet(cells), self.table_map, self.columns, self.catalogue).read()
        table = CompanyTable(
            path=self.path, map=self.table_map, columns=self.columns, catalogue=self.catalogue, **found._asdict()
        )
        return table.profiles()

    def _symbols(self, meta: RowText | None, check: Callable[[str], str]) -> SymbolColumn:
        """Returns the words of a head column. `check` raises ValueError with the problem of a word and what to do."""
        if meta is None:
            return no_symbols(len(self.numbers))
        if meta.column is None:
            return self._symbol_codes(meta, np.zeros(len(self.numbers), np.int64), [meta.text], check)
        cells = self.cells.column(meta.column)
        if not pa.types.is_dictionary(cells.type):
            cells = pc.cast(cells, pa.string()).dictionary_encode()
        codes = np.asarray(pc.fill_null(cells.indices, -1))
        return self._symbol_codes(meta, codes, cells.dictionary.to_pylist(), check)

    def _symbol_codes(
        self, meta: RowText, codes: Any, dictionary: list[str | None], check: Callable[[str], str]
    ) -> SymbolColumn:
        texts = [None if s is None or clean(s) in NOTHING else meta.words.get(clean(s), clean(s)) for s in dictionary]
        for code, text in enumerate(texts):
            try:
                texts[code] = None if text is None else check(text)
            except ValueError as error:
                what, _, hint = str(error).partition("; ")
                self.report(meta.column or "", [BadCell(row, what, hint) for row in self.numbers[codes == code]])
                texts[code] = None
        return SymbolColumn.of_codes(codes, texts)

    def _head_texts(self, meta: RowText) -> Any:
        """Returns the texts of a head column as an Arrow array, cleaned and with its translations applied."""
        if meta.column is None:
            return pa.array([(meta.text or "").replace("{row}", str(row)) for row in self.numbers])
        cells = self.cells.column(meta.column)
        if pa.types.is_dictionary(cells.type):
            cells = cells.dictionary_decode()
        cells = pc.cast(cells, pa.string())
        if meta.words or not _all(pc.match_substring_regex(cells, _CLEAN)):
            cleaned = (None if s is None else clean(s) for s in cells.to_pylist())
            cells = pa.array([None if s in (None, *NOTHING) else meta.words.get(s, s) for s in cleaned], pa.string())
        return cells

    def _ids(self) -> tuple[Any, Any]:
        table = self.table_map
        names = self._head_texts(table.name)
        ids = names if table.id is None or table.id == table.name else self._head_texts(table.id)
        if names.null_count:
            self.bad(table.name.column or "", [BadCell(row, *NO_NAME) for row in self.numbers[_mask(names.is_null())]])
        if not (_all(pc.match_substring_regex(ids, _SLUG)) and _all(pc.less_equal(pc.binary_length(ids), 80))):
            pairs = zip(ids.to_pylist(), names.to_pylist(), strict=True)
            ids = pa.array([slug(own or name or "") for own, name in pairs], pa.string())
            nothing = _mask(pc.and_(pc.equal(ids, ""), names.is_valid()))
            self.bad((table.id or table.name).column or "", [BadCell(row, *NO_ID) for row in self.numbers[nothing]])
        return ids.to_numpy(zero_copy_only=False), names


def _claimed(value: IntervalColumn | SymbolColumn) -> Any:
    return value.codes >= 0 if isinstance(value, SymbolColumn) else value.claimed


def _all(truths: Any) -> bool:
    return not truths.null_count and pc.all(truths).as_py() is not False


def _mask(truths: Any) -> Any:
    return truths.to_numpy(zero_copy_only=False)
