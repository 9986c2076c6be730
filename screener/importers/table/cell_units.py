"""Applies units outside of number cells: in a column of units (USD m, %, 万元), or in a header such as "Acme (EUR m)".

Such a unit takes precedence over the map's unit for an item, and a unit within the cell over both.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from screener.importers.table.cell_kinds import ShownNumber
from screener.importers.table.cell_text import cell_text
from screener.importers.table.header import unit_of
from screener.importers.table.number_cells import CellNumber
from screener.importers.table.unit_words import RATIO_SCALES, SCALES, TIMES

CURRENCY_COLUMN = "(currency)"
"""The header of an added column with the currency of each row, if only the units of its numbers name it."""
UNIT_HEADS = frozenset(
    (
        *("unit", "units", "uom", "unit of measure", "units of measure", "measurement unit"),
        *("einheit", "einheiten", "unité", "unités", "unidad", "unidades", "unità", "eenheid", "单位", "單位", "単位"),
    )
)
"""Headers of columns of units, in lower case."""
_PLAIN = frozenset(("x", "#", "times", "ratio", "number", "no", "count", "pure", "倍", "个"))
_COUNTED = re.compile(
    r"\b(?:shares?|persons?|people|employees|staff|heads?|headcount|ftes?|units?|stk)\b|[股人名]", re.IGNORECASE
)
_TIMES = {"years": "years", "year": "years", "yrs": "years", "months": "months", "month": "months"}


class CellUnit(NamedTuple):
    """A unit: a scale (in the words of maps), a currency, years or months; `amounts`: it applies to amounts of money only."""

    scale: str | None = None
    currency: str | None = None
    time: str | None = None
    amounts: bool = False

    def of(self, number: CellNumber, unit: str) -> CellNumber:
        """Returns a number with this unit applied, for a figure in the catalogue's `unit`.

        Raises ValueError with the error and a hint.
        """
        if unit == "money" and self.currency is not None and not number.currencies:
            number = number._replace(currencies=(self.currency,))
        if number.absolute or (self.amounts and unit != "money"):
            return number
        if self.time is not None and (times := TIMES.get((self.time, unit))) is not None:
            return CellNumber(number.value * times, absolute=True)
        if self.scale is None:
            return number
        factor = SCALES[self.scale]
        if self.scale in RATIO_SCALES:
            if unit in ("money", "count"):
                what = f"'{number.value:.10g}' is in {self.scale.replace('-', ' ')} by its unit"
                raise ValueError(f"{what}; correct the unit, or map the item to a ratio")
            return number._replace(value=number.value / (1 / factor), absolute=True)
        if unit in ("money", "number") or (unit == "count" and self.currency is None):
            return number._replace(value=number.value * factor, absolute=True)
        return number


class TextInUnit(str):
    """A text cell with a unit from elsewhere in the table."""

    beside: CellUnit


class NumberInUnit(ShownNumber):
    """A number cell with a unit from elsewhere in the table."""

    beside: CellUnit


def read_unit(text: str) -> CellUnit | None:
    """Returns the unit that a text names; None if it names no known unit."""
    name = " ".join(re.sub(r"[()\[\]（）¥:]", " ", text.lower()).split())
    if name in _PLAIN:
        return CellUnit()
    if name in _TIMES:
        return CellUnit(time=_TIMES[name])
    scale, currency = unit_of(name, alone=True)
    if scale or currency:
        return CellUnit(scale, currency)
    counted = _COUNTED.sub(" ", name).strip()
    if counted == name:
        return None
    return read_unit(counted) if counted else CellUnit()


def units_of(cells: Iterable[Any]) -> tuple[dict[str, CellUnit], list[str]]:
    """Returns the units for the texts of a column of units, and the texts that are no known units, each once and in order."""
    texts = dict.fromkeys(cell_text(cell).strip() for cell in cells if cell is not None and cell == cell)
    found = {text: read_unit(text) for text in texts if text}
    return {k: v for k, v in found.items() if v is not None}, [k for k, v in found.items() if v is None]


def known_unit(cell: Any, known: Mapping[str, CellUnit]) -> CellUnit | None:
    """Returns the unit for a cell of a column of units, from the result of `units_of`; None if it is unknown."""
    return None if cell is None or cell != cell else known.get(cell_text(cell).strip())


def unit_column(frame: Any, excluded: Iterable[str] = ()) -> str | None:
    """Returns the header of a column of units, or None: by its name, or an unnamed column with nothing but units."""
    headers = [str(header) for header in frame.columns if str(header) not in set(excluded)]
    for header in headers:
        if header.strip().lower() in UNIT_HEADS:
            return header
    for header in headers:
        if header.startswith("column ") and len(cells := list(frame[header].dropna())) > 1:
            known, unknown = units_of(cells)
            if known and not unknown and all(isinstance(cell, str) for cell in cells):
                return header
    return None


def in_unit(cell: Any, unit: CellUnit | None) -> Any:
    """Attaches a unit to a text or number; other cells are returned unchanged."""
    if unit is None:
        return cell
    if type(cell) is str:
        text = TextInUnit(cell)
        text.beside = unit
        return text
    if not isinstance(cell, int | float | np.number) or isinstance(cell, bool | np.bool_) or cell != cell:
        return cell
    number = NumberInUnit(cell)
    for name, value in vars(cell).items() if isinstance(cell, ShownNumber) else ():
        setattr(number, name, value)
    number.beside = unit
    shown = getattr(cell, "shown_in", 1.0)
    if unit.scale not in (None, *RATIO_SCALES) and shown == SCALES[unit.scale or ""]:
        number.scale_is_shown = True  # a format of millions already shows 1,200,000,000 as 1,200 beside "USD m"
    return number


def in_units(cells: Any, units: Any, known: Mapping[str, CellUnit], amounts: bool = False) -> Any:
    """Attaches the units of a column to a series of cells; `amounts`: they apply to amounts of money only."""
    cell_units = (known_unit(u, known) for u in units)
    found = [in_unit(c, u and u._replace(amounts=amounts)) for c, u in zip(cells, cell_units, strict=True)]
    return pd.Series(found, index=cells.index, dtype=object)


def currency_beside(units: Any) -> list[str | None]:
    """Returns the currency in each cell of a column of units; None where there is none."""
    known, _ = units_of(units)
    return [unit.currency if (unit := known_unit(cell, known)) else None for cell in units]


def with_currencies(frame: Any, heads: Sequence[str]) -> tuple[Any, bool]:
    """Adds a column with the currency of each company, if the units of its numbers name exactly one.

    Also returns whether any company has one. `heads` are the columns that identify companies.
    """
    keys = list(zip(*(frame[head] for head in heads), strict=True)) if heads else [()] * len(frame)
    named: dict[tuple[Any, ...], set[str]] = {}
    for key, cells in zip(keys, frame.to_numpy(object), strict=True):
        units = (getattr(cell, "beside", None) for cell in cells)
        named.setdefault(key, set()).update(unit.currency for unit in units if unit is not None and unit.currency)
    if not any(named.values()):
        return frame, False
    stated = [next(iter(named[key])) if len(named[key]) == 1 else None for key in keys]
    return frame.assign(**{CURRENCY_COLUMN: pd.Series(stated, index=frame.index, dtype=object)}), True
