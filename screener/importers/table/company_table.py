"""A table of companies: typed columns for whoever works on columns, and profiles row by row."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from screener.errors import DocumentError, Problem
from screener.importers.table.cell_values import BadCell, NumberNotation, cell_text, read_column
from screener.importers.table.column_map import ROW_FIELDS, RowText, TableColumn, TableMap, headers_of, read_map
from screener.importers.table.sheet_reader import ReadOptions, TableSheet, read_sheet
from screener.io.document import Document
from screener.profile.catalogue import Catalogue
from screener.profile.claims import Source, read_date, read_period
from screener.profile.loader import read_profile
from screener.profile.model import Profile
from screener.text import clean, did_you_mean, is_slug, shorten, slug

MOST_PROBLEMS = 100  # of a table that are told one by one


@dataclass(frozen=True)
class CompanyTable:
    """The good rows of a table.

    `frame` is a pandas DataFrame of figures and metrics in the catalogue's units: a column NAME or prior(NAME) (or
    NAME@PERIOD) each, floats with NaN for what is missing, objects with None for truth values and words.
    `meta` holds id, name, ticker, sector, currency, as_of and period as texts or None; `raw` the cells as they were read.
    All three have the row's number as index. `problems` says what is wrong with the rows that are not here (`dropped`).
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

    def __len__(self) -> int:
        return len(self.frame)

    def rows(self, start: int, stop: int) -> "CompanyTable":
        """Some of the rows, by their place."""
        return replace(self, frame=self.frame[start:stop], meta=self.meta[start:stop], raw=self.raw[start:stop])

    def of(self, ids: Sequence[str]) -> "CompanyTable":
        """The rows with these ids, in their order."""
        rows = pd.Series(self.meta.index, index=self.meta["id"])[list(ids)]
        return replace(self, frame=self.frame.loc[rows], meta=self.meta.loc[rows], raw=self.raw.loc[rows])

    def profiles(self) -> Iterator[Profile]:
        """Each row as a profile."""
        for row, data in self.documents():
            document = Document(f"{self.path}: row {row}", json.dumps(data, ensure_ascii=False), data)
            yield read_profile(document, self.catalogue)

    def documents(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Each row's number and its profile as a JSON document."""
        whole: dict[str, Any] = {"sources": {key: _plain(source) for key, source in self.map.sources.items()}}
        if not whole["sources"]:
            whole["sources"]["table"] = {"title": Path(self.path).name, "kind": "reported"}
        for key in ("fiscal_year_end", "fiscal_year_named"):
            if (stated := getattr(self.map, key)) is not None:
                whole[key] = stated
        places = [self.frame.columns.get_loc(column.key) for column in self.columns]
        heads = self.meta.to_dict("records")
        for row, head, cells in zip(
            self.frame.index, heads, self.frame.itertuples(index=False, name=None), strict=True
        ):
            period = head.pop("period", None)
            data: dict[str, Any] = {**{k: v for k, v in head.items() if v is not None}, **whole}
            for column, place in zip(self.columns, places, strict=True):
                if (value := cells[place]) is not None and value == value:
                    claim = {"value": value, "source": column.source, "note": f"row {row}, column {column.header}"}
                    if when := column.period or (self._before(period) if column.prior else period):
                        claim["period"] = when
                    data.setdefault(column.home, {}).setdefault(column.name, []).append(claim)
            yield int(row), data

    def _before(self, period: str | None) -> str | None:
        """The period of the same length before."""
        if period is None:
            return None
        for prefix in ("FY", ""):
            if period.startswith(prefix) and (year := period[len(prefix) :]).isdigit():
                return f"{prefix}{int(year) - 1}"
        found = read_period(period, self.map.calendar)
        if found.start is None:
            return f"{_year_before(found.end)}"
        end = found.start - timedelta(1)
        return f"{_year_before(found.start) if found.is_year else end - timedelta(found.days - 1)}/{end}"


def _plain(source: Source) -> dict[str, Any]:
    """A source as it stands in a profile."""
    title = source.title.en if source.title.en == source.title.zh else {"en": source.title.en, "zh": source.title.zh}
    return {"title": title, **source.model_dump(mode="json", exclude_none=True, exclude={"title"})}


def _year_before(day: Any) -> Any:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)


def read_table(
    path: str, map_path: str, catalogue: Catalogue, sheet: str | None = None, several_periods: bool = False
) -> CompanyTable:
    """The table in a file, as its map says. Raises DocumentError for a file or map that can't be used at all.

    What is wrong with single rows is in `problems` of the table: those rows are left out, all others stay. With
    `several_periods` an id may stand on several rows of different periods.
    """
    table, columns, document = read_map(map_path, catalogue)
    texts = frozenset(meta.column for _, meta in table.metas() if meta.column)
    how = ReadOptions(
        table.missing, texts, sheet or table.sheet, table.delimiter, table.decimal, table.thousands, table.encoding
    )
    found = read_sheet(path, how)
    _check_headers(path, found, table, columns, document)
    return _TableReader(path, found, table, columns, catalogue, several_periods).table()


def _check_headers(
    path: str, sheet: TableSheet, table: TableMap, columns: tuple[TableColumn, ...], document: Document
) -> None:
    known = [str(c) for c in sheet.frame.columns]
    problems = []
    for header, loc in headers_of(table, columns).items():
        if header not in known:
            hint = did_you_mean(header, known, "its columns are " + shorten(", ".join(map(clean, known)), 200))
            what = f"{Path(path).name} has no column '{clean(header)}'"
            problems.append(document.problem(loc, what, hint, key=loc[0] == "columns"))
        elif any(name.startswith(f"{header} (column ") for name in known):
            problems.append(document.problem(loc, f"{Path(path).name} has two columns '{clean(header)}'", "rename one"))
    if problems:
        raise DocumentError(problems)


class _TableReader:
    def __init__(
        self,
        path: str,
        sheet: TableSheet,
        table: TableMap,
        columns: tuple[TableColumn, ...],
        catalogue: Catalogue,
        several_periods: bool = False,
    ) -> None:
        self.several_periods = several_periods
        self.path, self.raw, self.map, self.columns, self.catalogue = path, sheet.frame, table, columns, catalogue
        self.problems = list(sheet.problems)
        self.bad_rows: set[int] = set()
        self.skipped = len(sheet.problems)

    def bad(self, column: str, cell: BadCell) -> None:
        self.bad_rows.add(cell.row)
        place = f"row {cell.row}, column '{clean(column)}'" if column else f"row {cell.row}"
        self.problems.append(Problem(cell.what, cell.hint, self.path, path=place))

    def table(self) -> CompanyTable:
        notation = NumberNotation(self.map.decimal, self.map.thousands)
        values = {}
        for column in self.columns:
            cells = self.raw[column.header]
            if column.missing:
                cells = cells.where(~cells.isin(column.missing))
            if column.presence:
                values[column.key] = cells.notna().astype(object)
                continue
            values[column.key], wrong = read_column(column, cells, notation)
            for cell in wrong:
                self.bad(column.header, cell)
        frame = pd.DataFrame(values, index=self.raw.index)
        meta = self._meta()
        good = ~self.raw.index.isin(self.bad_rows)
        self._same_ids(meta[good])
        good = ~self.raw.index.isin(self.bad_rows)
        problems = sorted(self.problems, key=lambda p: int(p.path[4:].partition(",")[0]))
        if len(problems) > MOST_PROBLEMS:
            more = f"{len(problems) - MOST_PROBLEMS:,} further cells or rows can't be read"
            problems = [*problems[:MOST_PROBLEMS], Problem(more, "mend those above first", self.path)]
        return CompanyTable(
            path=self.path,
            map=self.map,
            columns=self.columns,
            catalogue=self.catalogue,
            frame=frame[good],
            meta=meta[good],
            raw=self.raw[good],
            problems=tuple(problems),
            dropped=len(self.bad_rows) + self.skipped,
        )

    def _meta(self) -> Any:
        checks: Mapping[str, Callable[[str], tuple[str, str]]] = {
            "id": lambda s: ("", "") if is_slug(s) else (f"'{s}' is not a slug", f"write '{slug(s)}'"),
            "sector": self._sector,
            "currency": _currency,
            "as_of": _day,
            "period": self._period,
        }
        found: dict[str, list[str | None]] = {name: [None] * len(self.raw) for name in ROW_FIELDS}
        for name, meta in self.map.metas():
            column = meta.column or ""
            said = self._said(meta)
            seen: dict[str, tuple[str, str]] = {}
            for i, (row, text) in enumerate(zip(self.raw.index, said, strict=True)):
                if text is None:
                    continue
                text = slug(text) if name == "id" else text
                if name in checks and text not in seen:
                    seen[text] = checks[name](text)
                if (wrong := seen.get(text, ("", "")))[0]:
                    self.bad(column, BadCell(row, *wrong))
                found[name][i] = text
        for i, row in enumerate(self.raw.index):
            if not found["name"][i]:
                self.bad(self.map.name.column or "", BadCell(row, "the name is missing", "every row needs a name"))
            elif found["id"][i] is None:
                found["id"][i] = slug(found["name"][i] or "")
                if not found["id"][i]:
                    hint = "map a column to `id`, or write id: 'company-{row}'"
                    self.bad(self.map.name.column or "", BadCell(row, "the name gives no id", hint))
        return pd.DataFrame(found, index=self.raw.index, dtype=object)

    def _said(self, meta: RowText) -> list[str | None]:
        if meta.column is None:
            assert meta.text is not None
            return [meta.text.replace("{row}", str(row)) for row in self.raw.index]
        cells = self.raw[meta.column]
        said = [cell_text(c) if here else None for c, here in zip(cells, cells.notna(), strict=True)]
        return [None if s is None or s in ("", "?") else meta.words.get(s, s) for s in said]

    def _same_ids(self, meta: Any) -> None:
        first: dict[Any, int] = {}
        periods = meta["period"] if self.several_periods else [None] * len(meta)
        for row, own_id, period in zip(meta.index, meta["id"], periods, strict=True):
            own = own_id if period is None else (own_id, period)
            if own in first:
                column = self.map.id.column if self.map.id else self.map.name.column
                what = f"the id '{own_id}' is also that of row {first[own]}"
                self.bad(column or "", BadCell(row, what, "map a column to `id` that tells the companies apart"))
            first.setdefault(own, row)

    def _sector(self, text: str) -> tuple[str, str]:
        if text in self.catalogue.sectors:
            return "", ""
        hint = did_you_mean(text, self.catalogue.sectors, f"translate it in the map: words: {{'{text}': SECTOR}}")
        return f"unknown sector '{shorten(text, 40)}'", hint

    def _period(self, text: str) -> tuple[str, str]:
        try:
            read_period(text, self.map.calendar)
        except ValueError as error:
            what, _, hint = str(error).partition("; ")
            return what, hint
        return "", ""


def _currency(text: str) -> tuple[str, str]:
    good = len(text) == 3 and text.isascii() and text.isalpha() and text.isupper()
    return ("", "") if good else (f"'{shorten(text, 40)}' is no currency", "write three capital letters, such as USD")


def _day(text: str) -> tuple[str, str]:
    try:
        read_date(text)
    except ValueError as error:
        what, _, hint = str(error).partition("; ")
        return what, hint
    return "", ""
