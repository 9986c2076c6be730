"""The claims of a table as columns: each figure now and in earlier periods; and the rows whose claims must be
reconciled.

On a `plain` row, every figure has a claim of the latest time of that row or none at all. There, columns give the same
values as the reconciliation of claims (`screener.profile.reconcile`); the other rows are screened company by company.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from screener.engine.columns.column_values import IntervalColumn, SymbolColumn
from screener.engine.columns.company_columns import CompanyColumns
from screener.importers.table.claim_periods import counts, period_of_claim
from screener.importers.table.column_map import TableColumn
from screener.importers.table.company_table import CompanyTable
from screener.profile.claims import Period
from screener.units import NUMERIC

MOST_PERIODS = 12  # number of earlier periods that columns cover
_SAME_TIME = timedelta(7)  # as in Period.same


class ClaimColumns(NamedTuple):
    """The claims of a table as columns, and a mask of the rows on which no claims need to be reconciled."""

    columns: CompanyColumns
    plain: Any


def claim_columns(table: CompanyTable) -> ClaimColumns:
    """Returns the claims of each row of a table, including those of earlier rows of a panel."""
    reader: _PanelClaims | _RowClaims
    reader = _RowClaims(table) if table.panel is None else _PanelClaims(table)
    values: dict[tuple[str, int], IntervalColumn | SymbolColumn] = {}
    for name, columns in reader.names.items():
        typed = columns[0].typed
        for back, data in enumerate(reader.values(name)):
            if typed.unit in NUMERIC:
                values[name, back] = IntervalColumn.of(data, data, typed.bounds)
            elif back == 0:
                values[name, back] = SymbolColumn.of(data)
    meta = table.meta
    sectors, currencies = (SymbolColumn.of(meta[head].tolist()) for head in ("sector", "currency"))
    found = CompanyColumns(meta["id"].to_numpy(object), sectors, values, currencies)
    return ClaimColumns(found, reader.plain & _known_by_then(table, reader.latest_end))


def _known_by_then(table: CompanyTable, ends: Any) -> Any:
    """Returns a mask of rows without claims that are published, or whose period ends, after the day of the screening."""
    published = [source.date for source in table.map.sources.values() if source.date]
    days = [None if as_of is None else date.fromisoformat(as_of).toordinal() for as_of in table.meta["as_of"]]
    latest_source = max(published).toordinal() if published else np.inf
    day = np.array([latest_source if number is None else number for number in days], np.float64)
    used = {table.map.sources[c.source].date for c in table.columns if c.source in table.map.sources}
    latest = max((day.toordinal() for day in used if day), default=-np.inf)
    return (ends <= day) & (latest <= day)


def _present(cells: Any) -> Any:
    return pd.notna(cells)


def _blank(like: Any) -> Any:
    """Returns empty cells of the same number."""
    return np.full(len(like), np.nan) if like.dtype.kind == "f" else np.full(len(like), None, object)


class _Claims:
    """The columns of each figure; by row, `plain` and `latest_end` (the end of the latest period as an ordinal day)."""

    def __init__(self, table: CompanyTable) -> None:
        self.table = table
        self.plain = np.ones(len(table), np.bool_)
        self.latest_end = np.full(len(table), -np.inf)
        self.names: dict[str, list[TableColumn]] = {}
        for column in table.columns:
            self.names.setdefault(column.name, []).append(column)

    def period(self, column: TableColumn, text: str | None) -> Period | None:
        """Returns the period of a column's claims on a row; None if it is not known."""
        return period_of_claim(column, text, self.table.map.calendar)


class _RowClaims(_Claims):
    """Claims of a table with one row per company, whose columns may be of several periods."""

    def __init__(self, table: CompanyTable) -> None:
        super().__init__(table)
        self.cells = {column.key: table.frame[column.key].to_numpy() for column in table.columns}
        self.found = {name: [_blank(self.cells[c[0].key])] for name, c in self.names.items()}
        texts = table.meta["period"].to_numpy(object)
        codes, periods = pd.factorize(texts, use_na_sentinel=False)
        for code, period in enumerate(periods):
            self._read(np.flatnonzero(codes == code), period if isinstance(period, str) else None)

    def values(self, name: str) -> Sequence[Any]:
        """Returns the values of a figure now, one period before, and so on."""
        return self.found[name]

    def _read(self, rows: Any, text: str | None) -> None:
        """Reads the rows of one period."""
        dated: list[tuple[TableColumn, Period]] = []
        undated = []
        for column in self.table.columns:
            period = self.period(column, text)
            if period is None:
                undated += [] if column.prior else [column]
            elif counts(column, period):
                dated.append((column, period))
        for column in undated:
            self.found[column.name][0][rows] = self.cells[column.key][rows]
        if not dated:
            return
        if undated:
            stated = np.logical_or.reduce([_present(self.cells[column.key][rows]) for column, _ in dated])
            self.plain[rows[stated]] = False
        dated.sort(key=lambda pair: pair[1].end, reverse=True)
        present = {column.key: _present(self.cells[column.key][rows]) for column, _ in dated}
        here = np.zeros(len(rows), np.bool_)  # there was a claim of a later time
        for end in _times(period.end for _, period in dated):
            at_time = [(c, p) for c, p in dated if end - p.end <= _SAME_TIME and p.end <= end]
            stated = np.logical_or.reduce([present[c.key] for c, _ in at_time])
            chosen = stated & ~here
            here |= stated
            if chosen.any():
                self._take(rows, chosen, at_time, dated, present)

    def _take(
        self,
        rows: Any,
        chosen: Any,
        at_time: list[tuple[TableColumn, Period]],
        dated: list[tuple[TableColumn, Period]],
        present: dict[str, Any],
    ) -> None:
        """Returns the values of the rows whose latest claims are of one time."""
        mine = rows[chosen]
        self.latest_end[mine] = max(period.end.toordinal() for _, period in at_time)
        now: dict[str, tuple[TableColumn, Period]] = {}
        for column, period in at_time:
            if column.name in now:  # two columns of the same time
                self.plain[mine[present[column.key][chosen]]] = False
            now.setdefault(column.name, (column, period))
        for name, columns in self.names.items():
            others = [c for c, _ in dated if c.name == name and (name not in now or c is not now[name][0])]
            stated = np.zeros(int(chosen.sum()), np.bool_)
            for column in others:
                stated |= present[column.key][chosen]
            if name not in now:
                self.plain[mine[stated]] = False
                continue
            column, period = now[name]
            self.plain[mine[stated & ~present[column.key][chosen]]] = False
            cells = self.cells[column.key][mine]
            self._put(name, 0, mine, cells)
            given = _present(cells)
            for back in range(1, MOST_PERIODS):
                before = [(c, p) for c, p in dated if c.name == name and p.precedes(period)]
                if not before or columns[0].typed.unit not in NUMERIC:
                    break
                for other, _ in before[1:]:  # two columns of the same time
                    self.plain[mine[present[other.key][chosen]]] = False
                column, period = before[0]
                cells = np.where(given, self.cells[column.key][mine], np.nan)
                self._put(name, back, mine, cells)
                given = _present(cells)

    def _put(self, name: str, back: int, rows: Any, cells: Any) -> None:
        found = self.found[name]
        while len(found) <= back:
            found.append(_blank(found[0]))
        found[back][rows] = cells


def _times(ends: Iterator[date]) -> list[date]:
    """Returns the ends of periods, the latest first, without those within a few days before another."""
    found: list[date] = []
    for end in sorted(set(ends), reverse=True):
        if not found or found[-1] - end > _SAME_TIME:
            found.append(end)
    return found


class _PanelClaims(_Claims):
    """Claims of a table with several rows per company, whose columns are of the period of their row."""

    def __init__(self, table: CompanyTable) -> None:
        super().__init__(table)
        assert table.panel is not None
        self.panel, self.places = table.panel, table.places
        if any(column.prior or column.period for column in table.columns):
            self.plain = (
                self.panel.previous[self.places] < 0
            )  # the choice between two claims of the same time needs reconciling
        self.before: dict[str, list[Any]] = {}
        self.usable: dict[str, Any] = {}
        self.period_texts = self.panel.meta["period"].to_numpy(object)
        self.chain = [self.places]
        while (self.chain[-1] >= 0).any():
            last = self.chain[-1]
            self.chain.append(np.where(last >= 0, self.panel.previous[last], -1))

    def values(self, name: str) -> Sequence[Any]:
        """Returns the values of a figure now, one period before, and so on; records the rows on which only earlier ones
        are known."""
        columns = self.names[name]
        column = next((c for c in columns if not c.prior and c.period is None), None)
        if column is None:
            self.plain[self._any_stated(columns)] = False
            return [_blank(self.panel.frame[columns[0].key].to_numpy()[self.places])]
        for other in columns:
            if other is not column:
                stated = _present(self.panel.frame[other.key].to_numpy()[self.places])
                self.plain &= ~stated
        cells = self.panel.frame[column.key].to_numpy()
        steps, usable = self._steps(column)
        present = _present(cells) & usable
        now = present[self.places]
        earlier = np.zeros(len(self.places), np.bool_)
        for places in self.chain[1:]:
            earlier |= (places >= 0) & present[places]
        self.plain &= now | ~earlier
        mine = cells[self.places]
        found = [np.where(now, mine, _blank(mine))]
        given = now
        for places in steps if column.typed.unit in NUMERIC else ():
            given = given & (places >= 0) & present[places]
            if not given.any():
                break
            found.append(np.where(given, cells[places], np.nan))
        return found

    def _any_stated(self, columns: Sequence[TableColumn]) -> Any:
        stated = np.zeros(len(self.places), np.bool_)
        for places in self.chain:
            for column in columns:
                stated |= (places >= 0) & _present(self.panel.frame[column.key].to_numpy()[places])
        return stated

    def _steps(self, column: TableColumn) -> tuple[list[Any], Any]:
        """Returns the rows of one, two and more periods before, for a kind of figure, and the rows on which such
        figures count."""
        if column.over not in self.before:
            periods = [self.period(column, text) for text in self.period_texts.tolist()]
            self.usable[column.over] = np.array([counts(column, period) for period in periods], np.bool_)
            ends = np.array([-np.inf if p is None else p.end.toordinal() for p in periods])
            self.latest_end = np.maximum(self.latest_end, ends[self.places])
            before = np.array([self._year_before(place, periods) for place in range(len(periods))], np.int64)
            steps: list[Any] = []
            last = self.places
            while len(steps) < MOST_PERIODS and (last >= 0).any():
                last = np.where(last >= 0, before[last], -1)
                steps.append(last)
            self.before[column.over] = steps
        return self.before[column.over], self.usable[column.over]

    def _year_before(self, place: int, periods: Sequence[Period | None]) -> int:
        """Returns the row of the previous period of the same length."""
        own = periods[place]
        while own is not None and (place := int(self.panel.previous[place])) >= 0:
            other = periods[place]
            if other is not None and other.precedes(own):
                return place
        return -1
