"""Reads the rows of a sheet by its map: typed figures, properties of companies, periods; and collects invalid cells."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from screener.errors import Problem
from screener.importers.table.cell_units import in_units, units_of
from screener.importers.table.cell_values import BadCell, read_column, without_missing
from screener.importers.table.column_map import ROW_FIELDS, TableColumn, TableMap
from screener.importers.table.head_cells import NO_ID, NO_NAME
from screener.importers.table.number_notation import NumberNotation
from screener.importers.table.panel import Panel, panel_order
from screener.importers.table.row_currencies import without_other_currencies
from screener.importers.table.row_heads import RowHeads
from screener.importers.table.table_extent import summary_rows
from screener.importers.table.table_sheet import TableSheet
from screener.importers.table.transposed_table import unknown_units_note
from screener.profile.catalogue import Catalogue, Figure
from screener.profile.claims import Period, read_period
from screener.text import clean, shorten, slug
from screener.units import NUMERIC

MOST_PROBLEMS = 100  # number of problems of a table that are reported one by one
_ANY_NUMBER = Figure.model_construct(unit="number", domain=(None, None), over="any", words=())


class ReadRows(NamedTuple):
    """The result of reading a sheet, with the same fields as CompanyTable."""

    frame: Any
    meta: Any
    raw: Any
    problems: tuple[Problem, ...]
    dropped: int
    panel: Panel | None
    places: Any
    notes: tuple[str, ...] = ()
    place: Callable[[int, str], tuple[int, str]] = lambda row, header: (row, header)


class RowReader:
    """Reads a sheet by its map.

    An invalid cell makes its figure unknown; only an invalid id, name or currency drops the row.
    """

    def __init__(
        self, path: str, sheet: TableSheet, table: TableMap, columns: tuple[TableColumn, ...], catalogue: Catalogue
    ) -> None:
        self.path, self.sheet, self.map, self.columns, self.catalogue = path, sheet, table, columns, catalogue
        self.raw = sheet.frame
        self.problems = list(sheet.problems)
        self.notes: list[str] = list(sheet.notes)
        self.notes += ignored_notes(table)
        self.units, unknown = units_of(self.raw[table.unit]) if table.unit else ({}, [])
        self.notes += [unknown_units_note(unknown)] if unknown else []
        self.bad_rows: set[int] = set()
        self.skipped = len(sheet.problems)

    def read(self) -> ReadRows:
        """Reads all rows."""
        notation = NumberNotation(self.map.decimal, self.map.thousands)
        values: dict[str, Any] = {}
        currencies: list[tuple[TableColumn, Mapping[int, tuple[str, ...]]]] = []
        for column in self.columns:
            if not column.in_file:
                continue
            cells = without_missing(column, self._cells_of(column.header, column), notation)
            if column.presence:
                values[column.key] = cells.notna().astype(object)
                continue
            found = read_column(column, cells, notation, self.map.missing)
            values[column.key] = found.values
            for cell in found.bad:
                self._report(column.header, cell)
            if column.typed.unit == "money":
                currencies.append((column, found.currencies))
        meta = self._meta()
        for column in self.columns:
            if column.formula is not None:
                values[column.key] = self._computed(column, values, notation)
            elif column.constant is not None:
                values[column.key] = self._constant(column, meta["period"])
        frame = pd.DataFrame({column.key: values[column.key] for column in self.columns}, index=self.raw.index)
        self._without_period(frame, meta)
        for note in without_other_currencies(frame, meta["currency"], currencies, self._report):
            self.note(note)
        good = ~self.raw.index.isin(self.bad_rows | self._summaries(frame, meta))
        frame, meta, raw = frame[good], meta[good], self.raw[good]
        order = panel_order(meta["id"].tolist(), meta["period"].tolist(), self.map.calendar)
        named_by = (self.map.id.column if self.map.id else self.map.name.column) or ""
        for place, twin in order.repeated:
            self._drop(named_by, self._repeated(meta, place, twin))
        panel = places = None
        if len(order.latest) == len(frame) - len(order.repeated):
            frame, meta, raw = (part.iloc[order.latest] for part in (frame, meta, raw))
        else:
            panel = self._of_one_currency(Panel(frame, meta, raw, order.previous, order.latest))
            places = panel.latest
            frame, meta, raw = (part.iloc[places] for part in (frame, meta, raw))
        return ReadRows(
            frame=frame,
            meta=meta,
            raw=raw,
            problems=self._sorted_problems(),
            dropped=len(self.bad_rows) + self.skipped,
            panel=panel,
            places=places,
            notes=tuple(self.notes),
            place=self.sheet.place,
        )

    def _summaries(self, frame: Any, meta: Any) -> set[int]:
        """Returns the rows at the end with totals and averages of the rows above."""
        numbers = [column.key for column in self.columns if column.in_file and frame[column.key].dtype.kind == "f"]
        places = summary_rows(meta["name"].tolist(), frame[numbers].to_numpy()) if numbers else []
        for place in places:
            self.note(
                f"row {frame.index[place]}, '{shorten(meta['name'].iat[place], 40)}', sums up the rows above: left out"
            )
        return {int(frame.index[place]) for place in places}

    def _computed(self, column: TableColumn, values: Mapping[str, Any], notation: NumberNotation) -> Any:
        """Returns the values of a formula; values outside the figure's domain are reported and unknown."""
        assert column.formula is not None

        def cells_of(name: str) -> Any:
            key = column._replace(name=name).key
            if key in values and values[key].dtype.kind == "f":
                return values[key].to_numpy()
            plain = column._replace(header=name, typed=_ANY_NUMBER, formula=None, negate=False)
            found = read_column(plain, self._cells_of(name, column), notation, self.map.missing)
            for cell in found.bad:
                self._report(name, cell)
            return found.values.to_numpy()

        computed = pd.Series(column.formula.values(cells_of), index=self.raw.index, dtype="float64")
        plain = column._replace(factor=1.0, log=None)
        found = read_column(plain, computed, notation)
        for cell in found.bad:
            self._report(column.header, cell)
        return found.values

    def _cells_of(self, header: str, column: TableColumn) -> Any:
        """Returns the cells of a column of the file, with units attached to amounts if the table has a column of units."""
        cells = self.raw[header]
        if not self.units or column.typed.unit != "money" or column.presence:
            return cells
        return in_units(cells, self.raw[self.map.unit], self.units, amounts=column.formula is None)

    def _constant(self, column: TableColumn, periods: Any) -> Any:
        """Returns the values that the map states for all rows, or for those of a period."""
        constant = column.constant
        if isinstance(constant, Mapping):
            times = {read_period(period, self.map.calendar): value for period, value in constant.items()}
            own = [None if p is None else read_period(p, self.map.calendar) for p in periods]
            cells = [next((v for time, v in times.items() if p is not None and _is_within(p, time)), None) for p in own]
        else:
            cells = [constant] * len(self.raw)
        numeric = column.typed.unit in NUMERIC
        return pd.Series(cells, index=self.raw.index, dtype="float64" if numeric else object)

    def _report(self, column: str, cell: BadCell) -> None:
        row, header = self.sheet.place(cell.row, column)
        place = f"row {row}, column '{clean(header)}'" if header else f"row {row}"
        self.problems.append(Problem(cell.what, cell.hint, self.path, path=place))

    def _drop(self, column: str, cell: BadCell) -> None:
        self.bad_rows.add(cell.row)
        self._report(column, cell)

    def _sorted_problems(self) -> tuple[Problem, ...]:
        problems = sorted(self.problems, key=lambda p: int(p.path[4:].partition(",")[0]))
        if len(problems) > MOST_PROBLEMS:
            more = f"{len(problems) - MOST_PROBLEMS:,} further cells or rows can't be read"
            problems = [*problems[:MOST_PROBLEMS], Problem(more, "correct those above first", self.path)]
        return tuple(problems)

    def _without_period(self, frame: Any, meta: Any) -> None:
        """Removes values for the period before a row's own period if that is unknown."""
        undated = meta["period"].isna()
        for column in self.columns:
            if column.prior and undated.any():
                frame[column.key] = frame[column.key].mask(
                    undated, None if frame[column.key].dtype == object else np.nan
                )

    def note(self, text: str) -> None:
        """Adds a note about the table that is not an error in a cell."""
        self.notes.append(text)

    def _repeated(self, meta: Any, place: int, twin: int) -> BadCell:
        own, period = meta["id"].iat[place], meta["period"].iat[place]
        row, header = self.sheet.place(int(meta.index[twin]), "")
        also = f"the id '{own}' is also that of " + (f"column '{clean(header)}'" if header else f"row {row}")
        if period is None and self.map.period is not None:
            return BadCell(int(meta.index[place]), f"{also}, and the row has no period", "give its period")
        of = f", for {period}" if self.map.period is not None and self.map.period.column else ""
        hint = "map a column to `id` that tells the companies apart" + ("" if of else ", or one to `period`")
        return BadCell(int(meta.index[place]), f"{also}{of}", hint)

    def _of_one_currency(self, panel: Panel) -> Panel:
        """Removes rows in another currency than the latest row of their company."""
        currencies, previous = panel.meta["currency"].tolist(), panel.previous.copy()
        for latest in panel.latest.tolist():
            kept = latest
            for place in panel.earlier(latest):
                if currencies[place] == currencies[latest]:
                    previous[kept], kept = place, place
                    continue
                what = f"is in {currencies[place]}, the company's latest row in {currencies[latest]}"
                self._drop(
                    "", BadCell(int(panel.meta.index[place]), what, "give the figures of all years in one currency")
                )
            previous[kept] = -1
        return panel._replace(previous=previous)

    def _meta(self) -> Any:
        heads = RowHeads(self.sheet, self.map, self.catalogue)
        found: dict[str, list[str | None]] = {name: [None] * len(self.raw) for name in ROW_FIELDS}
        for name, meta in self.map.metas():
            for i, (text, wrong) in enumerate(heads.texts(name, meta)):
                found[name][i] = text
                if wrong is not None:
                    bad = BadCell(int(self.raw.index[i]), *wrong)
                    (self._drop if name in ("id", "currency") else self._report)(meta.column or "", bad)
        name_column = self.map.name.column or ""
        for i, row in enumerate(self.raw.index):
            if not found["name"][i]:
                self._drop(name_column, BadCell(row, *NO_NAME))
            elif found["id"][i] is None:
                found["id"][i] = slug(found["name"][i] or "")
                if not found["id"][i]:
                    self._drop(name_column, BadCell(row, *NO_ID))
        return pd.DataFrame(found, index=self.raw.index, dtype=object)


def ignored_notes(table: TableMap) -> tuple[str, ...]:
    """Returns a note on the columns of a map whose metrics no pack in use defines."""
    names = ", ".join(dict.fromkeys(table.ignored))
    return (f"no pack in use has {names}: left out",) if names else ()


def _is_within(period: Period, time: Period) -> bool:
    """Whether a period equals, or lies within, a period for which a value is stated."""
    return period.same(time) or (
        time.start is not None and time.start <= (period.start or period.end) <= period.end <= time.end
    )
