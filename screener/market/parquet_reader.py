"""Companies of a Parquet file in batches, as columns: what `intake` reads cell by cell, typed columns give at once.

Without a map the columns of the file are the names of the catalogue: `id`, `name`, `sector`, `currency`, figures, metrics,
and prior(NAME).
"""

from collections.abc import Callable, Container, Iterator, Mapping
from copy import copy
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from screener.engine.columns.column_values import IntervalColumn, SymbolColumn
from screener.engine.columns.company_columns import CompanyColumns, no_symbols
from screener.errors import DocumentError, Problem
from screener.importers.table.cell_values import BadCell
from screener.importers.table.column_map import ROW_FIELDS, RowText, TableColumn, TableMap, headers_of
from screener.importers.table.company_table import CompanyTable
from screener.importers.table.map_reader import read_map
from screener.importers.table.number_cells import NumberNotation
from screener.importers.table.row_reader import RowReader, currency_of_cell, ignored_notes
from screener.importers.table.sheet_reader import TableSheet
from screener.io.paths import unreadable
from screener.market.arrow_cells import CellReader
from screener.profile.catalogue import Catalogue
from screener.profile.claims import read_period
from screener.profile.model import Profile
from screener.text import clean, did_you_mean, shorten, slug
from screener.units import NUMERIC

_SLUG = r"\A[a-z0-9]+(?:-[a-z0-9]+)*\z"
_CLEAN = r"\A[!-~]+(?: [!-~]+)*\z"  # what `clean` leaves as it is, for sure
ANY_YEAR = "2000"
"""The year of a table that names none: which one it is does not matter where there is no other date."""
ROWS = 16_384  # of a batch: its columns stay in the processor's cache


class RowBatch(NamedTuple):
    """The good rows of a batch; what is wrong with those that are not here."""

    universe: CompanyColumns
    names: Any  # texts, an array of Arrow
    rows: Any  # numbers of the rows in the file, from 1
    problems: tuple[Problem, ...] = ()
    dropped: int = 0
    profiles: Mapping[
        int, Profile
    ] = {}  # by place: companies whose claims must be reconciled, and who are screened singly


class RawBatch(NamedTuple):
    """A batch as it stands in the file; `first` is the number of its first row."""

    first: int
    cells: Any


class ParquetTable:
    """A Parquet file with what its columns are. Raises DocumentError where it can't be used at all."""

    def __init__(self, path: str, catalogue: Catalogue, map_path: str | None = None) -> None:
        self.path, self.catalogue = path, catalogue
        try:
            with Path(path).open("rb"):  # whose errors say more than those of Arrow
                schema = pq.read_schema(path)
            self.rows: int = pq.read_metadata(path).num_rows
        except OSError as error:
            raise unreadable(error, path) from error
        except (pa.ArrowException, ValueError) as error:
            raise _unusable(error, path) from error
        self.headers = [str(name) for name in schema.names]
        if map_path is None:
            self.map, self.columns = _by_name(self.headers, catalogue, path)
        else:
            self.map, self.columns, document = read_map(map_path, catalogue)
            problems = [
                document.problem(
                    loc,
                    f"{Path(path).name} has no column '{clean(header)}'",
                    did_you_mean(header, self.headers),
                    key=loc[0] == "columns",
                )
                for header, loc in headers_of(self.map, self.columns).items()
                if header not in self.headers
            ]
            if problems:
                raise DocumentError(problems)
        self.notation = NumberNotation(self.map.decimal, self.map.thousands)
        texts = {c.header for c in self.columns if c.typed.unit not in NUMERIC}
        texts |= {m.column for m in (self.map.sector, self.map.currency) if m is not None and m.column}
        self.takes_lists, self.notes = True, ignored_notes(self.map)
        numbers = {c.header for c in self.columns if c.typed.unit in NUMERIC}
        self.texts_of_numbers = [f.name for f in schema if f.name in numbers and not _is_number(f.type)]
        self.encoded = [f.name for f in schema if f.name in texts and pa.types.is_string(f.type)]

    @property
    def takes_batches(self) -> bool:
        """Whether rows can be read batch by batch: each is one company, of one known year, with no day to be judged on."""
        period, table = self.map.period, self.map
        one_year = period is None or (period.text is not None and _is_year(period.text, table))
        own = any(c.currency or c.period or c.log or not c.in_file for c in self.columns) or bool(table.filters)
        dated = table.as_of is not None or any(source.date for source in table.sources.values())
        return (
            one_year
            and not dated
            and not own
            and not self.texts_of_numbers
            and not any(column.period for column in self.columns)
        )

    def batches(self) -> Iterator[RawBatch]:
        """The file's rows, some at a time."""
        wanted = [h for h in headers_of(self.map, self.columns) if h in self.headers]
        first = 1
        for cells in self._cells(wanted):
            yield RawBatch(first, cells)
            first += len(cells)

    def _cells(self, wanted: list[str]) -> Iterator[Any]:
        """The columns of the file, in batches of Arrow. Raises DocumentError where a page of it is damaged."""
        try:
            with pq.ParquetFile(self.path, read_dictionary=self.encoded, pre_buffer=False) as file:
                yield from file.iter_batches(ROWS, columns=wanted)
        except OSError as error:
            raise unreadable(error, self.path) from error
        except (pa.ArrowException, ValueError) as error:
            raise _unusable(error, self.path) from error

    def only(self, names: Container[str]) -> "ParquetTable":
        """The same file with no other figures and metrics than these."""
        narrow = copy(self)
        narrow.columns = tuple(column for column in self.columns if column.name in names)
        return narrow

    def read(self, raw: RawBatch) -> RowBatch:
        """The good rows of a batch, as columns. Raises DocumentError for columns of which no value can be made."""
        try:
            return _ParquetReader(self, raw).batch()
        except (pa.ArrowException, UnicodeDecodeError) as error:
            raise _unusable(error, self.path) from error


def _is_number(kind: pa.DataType) -> bool:
    number = (pa.types.is_floating, pa.types.is_integer, pa.types.is_decimal, pa.types.is_null)
    return any(is_kind(kind) for is_kind in number)


def _claimed(value: IntervalColumn | SymbolColumn) -> Any:
    return value.codes >= 0 if isinstance(value, SymbolColumn) else value.claimed


def _is_year(said: str, table: TableMap) -> bool:
    try:
        return read_period(said, table.calendar).is_year
    except ValueError:
        return False


def _unusable(error: Exception, path: str) -> DocumentError:
    what = (str(error).splitlines() or ["?"])[0]
    return DocumentError(Problem(f"can't be read as Parquet: {clean(what)}", "check the file", path))


def _by_name(headers: list[str], catalogue: Catalogue, path: str) -> tuple[TableMap, tuple[TableColumn, ...]]:
    """The map of a table whose columns are called as the catalogue calls them."""
    columns, problems = [], []
    for header in headers:
        said = header[6:-1] if header.startswith("prior(") and header.endswith(")") else header
        name = catalogue.aliases.get(said, said)
        if header in ROW_FIELDS:
            continue
        if (figure := catalogue.claimable.get(name)) is None:
            hint = did_you_mean(said, [*catalogue.claimable, *ROW_FIELDS], "say with --map what its columns are")
            problems.append(Problem(f"its column '{clean(header)}' is no figure or metric", hint, path))
        else:
            home = "metrics" if name in catalogue.metrics else "figures"
            columns.append(
                TableColumn(
                    header=header,
                    name=name,
                    typed=figure,
                    home=home,
                    factor=1.0,
                    words={},
                    period=None,
                    prior=said != header,
                    source="table",
                )
            )
    if "id" not in headers and "name" not in headers:
        problems.append(Problem("has neither a column `id` nor `name`", "say with --map what its columns are", path))
    if problems:
        raise DocumentError(problems)
    given: dict[str, Any] = {head: {"column": head} for head in ROW_FIELDS if head in headers}
    given["name"] = {"column": "name" if "name" in headers else "id"}
    given["columns"] = {c.header: c.name for c in columns}
    given.setdefault("period", {"text": ANY_YEAR})
    return TableMap.model_validate(given), tuple(columns)


class _ParquetReader(CellReader):
    def __init__(self, file: ParquetTable, raw: RawBatch) -> None:
        super().__init__(raw.cells, raw.first, file.notation, file.path)
        self.file = file

    def unreadable(self, header: str, cells: list[BadCell]) -> None:
        """A value that can't be read is unknown."""
        self.report(header, cells)

    def batch(self) -> RowBatch:
        values: dict[tuple[str, int], IntervalColumn | SymbolColumn] = {}
        for column in self.file.columns:
            values[column.name, int(column.prior)] = self.column(column)
        ids, names = self._ids()
        sectors = self._symbols(self.file.map.sector, self._checked_sector)
        currencies = self._symbols(self.file.map.currency, currency_of_cell)
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
        """The rows on which a figure is given for the period before only: which one counts, the others decide."""
        found = np.zeros(len(self.numbers), np.bool_)
        for (name, back), value in values.items():
            if back:
                now = values.get((name, 0))
                found |= _claimed(value) if now is None else _claimed(value) & ~_claimed(now)
        return found

    def _profiles(self, rows: Any) -> Iterator[Profile]:
        """Some of the rows as profiles."""
        cells = self.cells.filter(pa.array(rows)).to_pandas()
        cells.index = pd.Index(self.numbers[rows])
        file = self.file
        found = RowReader(self.path, TableSheet(cells), file.map, file.columns, file.catalogue).read()
        table = CompanyTable(
            path=self.path, map=file.map, columns=file.columns, catalogue=file.catalogue, **found._asdict()
        )
        return table.profiles()

    def _symbols(self, meta: RowText | None, check: Callable[[str], str]) -> SymbolColumn:
        """The words of a head column; `check` raises ValueError with what is wrong with one; and what to do."""
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
        self, meta: RowText, codes: Any, said: list[str | None], check: Callable[[str], str]
    ) -> SymbolColumn:
        texts = [None if s is None or clean(s) in ("", "?") else meta.words.get(clean(s), clean(s)) for s in said]
        for code, text in enumerate(texts):
            try:
                texts[code] = None if text is None else check(text)
            except ValueError as error:
                what, _, hint = str(error).partition("; ")
                self.report(meta.column or "", [BadCell(row, what, hint) for row in self.numbers[codes == code]])
                texts[code] = None
        words = tuple(dict.fromkeys(text for text in texts if text is not None))
        to = np.array([*(-1 if text is None else words.index(text) for text in texts), -1])
        return SymbolColumn(to[codes], words)

    def _checked_sector(self, text: str) -> str:
        known = self.file.catalogue.sectors
        if text in known:
            return text
        hint = did_you_mean(text, known, f"translate it in the map: words: {{'{text}': SECTOR}}")
        raise ValueError(f"unknown sector '{shorten(text, 40)}'; {hint}")

    def _said(self, meta: RowText) -> Any:
        """Texts of a head column as an array of Arrow, cleaned and with its translations applied."""
        if meta.column is None:
            return pa.array([(meta.text or "").replace("{row}", str(row)) for row in self.numbers])
        cells = self.cells.column(meta.column)
        if pa.types.is_dictionary(cells.type):
            cells = cells.dictionary_decode()
        cells = pc.cast(cells, pa.string())
        if meta.words or not _all(pc.match_substring_regex(cells, _CLEAN)):
            said = (None if s is None else clean(s) for s in cells.to_pylist())
            cells = pa.array([None if s in (None, "", "?") else meta.words.get(s, s) for s in said], pa.string())
        return cells

    def _ids(self) -> tuple[Any, Any]:
        """Ids, which are slugs, and names."""
        table = self.file.map
        names = self._said(table.name)
        said = names if table.id is None or table.id == table.name else self._said(table.id)
        if names.null_count:
            self.bad(
                table.name.column or "",
                [
                    BadCell(row, "the name is missing", "every row needs a name")
                    for row in self.numbers[_mask(names.is_null())]
                ],
            )
        if not (_all(pc.match_substring_regex(said, _SLUG)) and _all(pc.less_equal(pc.binary_length(said), 80))):
            pairs = zip(said.to_pylist(), names.to_pylist(), strict=True)
            said = pa.array([slug(own or name or "") for own, name in pairs], pa.string())
            hint = "map a column to `id`, or write id: 'company-{row}'"
            nothing = _mask(pc.and_(pc.equal(said, ""), names.is_valid()))
            self.bad(
                (table.id or table.name).column or "",
                [BadCell(row, "the name gives no id", hint) for row in self.numbers[nothing]],
            )
        return said.to_numpy(zero_copy_only=False), names


def _all(truths: Any) -> bool:
    """Whether all are true, and none is missing."""
    return not truths.null_count and pc.all(truths).as_py() is not False


def _mask(truths: Any) -> Any:
    return truths.to_numpy(zero_copy_only=False)
