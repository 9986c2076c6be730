"""Reads a table of companies: as typed columns, and row by row as profiles."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from screener.errors import DocumentError, Problem
from screener.importers.table.claim_periods import claim_period
from screener.importers.table.column_map import Shape, TableColumn, TableMap, headers_of, headers_of_file
from screener.importers.table.map_reader import read_map
from screener.importers.table.panel import Panel
from screener.importers.table.row_reader import RowReader
from screener.importers.table.sheet_reader import read_sheet
from screener.importers.table.table_shapes import actual_rows, as_rows, filtered_rows, named_rows
from screener.importers.table.table_sheet import ReadOptions, TableSheet
from screener.importers.table.transposed_table import transposed
from screener.io.document import Document
from screener.profile.catalogue import Catalogue
from screener.profile.claims import Source
from screener.profile.loader import read_profile
from screener.profile.model import Profile
from screener.text import clean, did_you_mean


@dataclass(frozen=True)
class CompanyTable:
    """The valid rows of a table, one for each company; of a panel the latest of each company.

    `frame` is a pandas DataFrame of figures and metrics in the catalogue's units, with columns NAME, prior(NAME) or
    NAME@PERIOD: floats with NaN for missing values, objects with None for truth values and words. `meta` holds id, name,
    ticker, sector, currency, as_of and period as texts or None; `raw` the cells as they were read. All three have row numbers
    as index. `problems` describes invalid cells and rows, `dropped` is the number of rows left out, and `notes` describe
    decisions about the whole table. `panel` has the rows of all periods if companies have several; `places` are the positions
    of this table's rows in it.
    """

    path: str
    map: TableMap
    columns: tuple[TableColumn, ...]
    catalogue: Catalogue
    frame: Any
    meta: Any
    raw: Any
    problems: tuple[Problem, ...]
    dropped: int
    panel: Panel | None = None
    places: Any = None
    notes: tuple[str, ...] = ()
    place: Callable[[int, str], tuple[int, str]] = lambda row, header: (row, header)

    def __len__(self) -> int:
        return len(self.frame)

    def rows(self, start: int, stop: int) -> "CompanyTable":
        """Returns a range of rows by position."""
        return self.select(np.arange(len(self))[start:stop])

    def of(self, ids: Sequence[str]) -> "CompanyTable":
        """Returns the rows with these ids, in the order of `ids`."""
        return self.select(pd.Series(np.arange(len(self)), index=self.meta["id"])[list(ids)].to_numpy())

    def select(self, places: Any) -> "CompanyTable":
        """Returns the rows at these positions."""
        return replace(
            self,
            frame=self.frame.iloc[places],
            meta=self.meta.iloc[places],
            raw=self.raw.iloc[places],
            places=None if self.places is None else self.places[places],
        )

    def without_cells(self) -> "CompanyTable":
        """Returns the table without `raw`, which takes as much memory as everything else."""
        panel = self.panel and self.panel._replace(raw=self.panel.raw.iloc[:, :0])
        return replace(self, raw=self.raw.iloc[:, :0].copy(), panel=panel)

    def each_year(self) -> "CompanyTable":
        """Returns the table with all rows of a panel, each with the company's earlier rows as history; ids are repeated."""
        if self.panel is None:
            return self
        panel = self.panel
        return replace(self, frame=panel.frame, meta=panel.meta, raw=panel.raw, places=np.arange(len(panel.frame)))

    def profiles(self) -> Iterator[Profile]:
        """Yields each row as a profile, with claims from the company's earlier rows."""
        for row, data in self.documents():
            document = Document(f"{self.path}: row {row}", json.dumps(data, ensure_ascii=False), data)
            yield read_profile(document, self.catalogue)

    def documents(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yields each row's number and its profile as a JSON document."""
        whole: dict[str, Any] = {"sources": {key: _plain(source) for key, source in self.map.sources.items()}}
        if not whole["sources"]:
            whole["sources"]["table"] = {"title": Path(self.path).name, "kind": "reported"}
        for key in ("fiscal_year_end", "fiscal_year_named"):
            if (stated := getattr(self.map, key)) is not None:
                whole[key] = stated
        frame, meta = (self.frame, self.meta) if self.panel is None else (self.panel.frame, self.panel.meta)
        columns = [frame[column.key].to_numpy() for column in self.columns]
        places = range(len(self)) if self.panel is None else self.places
        heads = self.meta.drop(columns="period").to_dict("records")
        for place, head in zip(places, heads, strict=True):
            data: dict[str, Any] = {**{k: v for k, v in head.items() if v is not None}, **whole}
            for at in [place] if self.panel is None else [place, *self.panel.earlier(place)]:
                row, period = frame.index[at], meta["period"].iat[at]
                for column, cells in zip(self.columns, columns, strict=True):
                    if (value := cells[at]) is not None and value == value:
                        value = value if isinstance(value, bool | str) else float(value)
                        where = column.source_note(self.place, int(row))
                        claim = {"value": value, "source": column.source, "note": where}
                        if (when := claim_period(column, period, self.map.calendar)) is not None:
                            claim["period"] = when
                        data.setdefault(column.home, {}).setdefault(column.name, []).append(claim)
            yield int(frame.index[place]), data


def _plain(source: Source) -> dict[str, Any]:
    """Returns a source as a profile states it."""
    title = source.title.en if source.title.en == source.title.zh else {"en": source.title.en, "zh": source.title.zh}
    return {"title": title, **source.model_dump(mode="json", exclude_none=True, exclude={"title"})}


def read_table(
    path: str,
    map_path: str,
    catalogue: Catalogue,
    sheet: str | None = None,
    several_periods: bool = False,
    progress: Callable[[int], None] = lambda rows: None,
) -> CompanyTable:
    """Reads the table in a file by its map. Raises DocumentError if the file or the map cannot be used at all.

    Errors in single cells and rows are in `problems` of the table: an invalid figure is unknown, a row with an invalid id,
    name or currency is left out. Rows with one id and several periods are one company, whose latest row is used; with
    `several_periods` each of them is a row of the table, with the earlier ones as history. `progress` is called with the
    number of rows of a workbook that were read since its last call.
    """
    table, columns, document = read_map(map_path, catalogue)
    texts = frozenset(meta.column for _, meta in table.metas() if meta.column)
    how = ReadOptions(
        missing=table.missing,
        texts=texts,
        sheet=sheet or table.sheet,
        delimiter=table.delimiter,
        decimal=table.decimal,
        thousands=table.thousands,
        encoding=table.encoding,
        header=table.header,
        wanted=headers_of_file(table, columns),
        progress=progress,
        heads=texts.union(
            table.filters, [table.item] if table.item else [], [table.label.column] if table.label else []
        ),
        as_texts=table.shape is Shape.COMPANIES_ACROSS,  # since such columns mix texts and numbers
        every_sheet=sheet is None and table.sheet is None and any(meta.sheet for _, meta in table.metas()),
    )
    names = frozenset(header for header, loc in headers_of(table, columns).items() if loc[0] == "columns")
    whole, table = transposed(read_sheet(path, how), table, names, path)
    selected = actual_rows(filtered_rows(named_rows(whole, table), table, path), table)
    found, table = as_rows(selected, table, names, path)
    _check_headers(path, found, table, columns, document)
    made = table_of_sheet(path, found, table, columns, catalogue)
    return made.each_year() if several_periods else made


def table_of_sheet(
    path: str, sheet: TableSheet, table: TableMap, columns: tuple[TableColumn, ...], catalogue: Catalogue
) -> CompanyTable:
    """Reads companies from a sheet with a row for each company, or for each company and period."""
    rows = RowReader(path, sheet, table, columns, catalogue).read()
    return CompanyTable(path=path, map=table, columns=columns, catalogue=catalogue, **rows._asdict())


def _check_headers(
    path: str, sheet: TableSheet, table: TableMap, columns: tuple[TableColumn, ...], document: Document
) -> None:
    known, problems = sheet.headers, []
    for header, loc in headers_of(table, columns).items():
        if header not in known:
            hint = did_you_mean(header, known, sheet.columns_hint)
            what = f"{Path(path).name} has no column '{clean(header)}'"
            problems.append(document.problem(loc, what, hint, key=loc[0] == "columns"))
        elif any(name.startswith(f"{header} (column ") for name in known):
            problems.append(document.problem(loc, f"{Path(path).name} has two columns '{clean(header)}'", "rename one"))
    if problems:
        raise DocumentError(problems)
