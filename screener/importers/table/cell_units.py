"""Units that stand beside numbers instead of in them: a column of units (USD m, %, 万元), or "Acme (EUR m)" over a company.

Such a unit holds before what the map says of an item, and a cell that has a unit of its own holds before both.
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
"""The header of a column with the currency of each row, where only the units of its numbers name it."""
UNIT_HEADS = frozenset(
    (
        *("unit", "units", "uom", "unit of measure", "units of measure", "measurement unit"),
        *("einheit", "einheiten", "unité", "unités", "unidad", "unidades", "unità", "eenheid", "单位", "單位", "単位"),
    )
)
"""Headers over units, in small letters."""
_PLAIN = frozenset(("x", "#", "times", "ratio", "number", "no", "count", "pure", "倍", "个"))
_COUNTED = re.compile(
    r"\b(?:shares?|persons?|people|employees|staff|heads?|headcount|ftes?|units?|stk)\b|[股人名]", re.IGNORECASE
)
_TIMES = {"years": "years", "year": "years", "yrs": "years", "months": "months", "month": "months"}


class CellUnit(NamedTuple):
    """A unit: a scale of the map's words, a currency, years or months; `amounts`: it is said of amounts of money only."""

    scale: str | None = None
    currency: str | None = None
    time: str | None = None
    amounts: bool = False

    def of(self, number: CellNumber, unit: str) -> CellNumber:
        """A number in this unit, for a figure in the catalogue's `unit`. Raises ValueError with what is wrong; and what to do."""
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
    """A text of a cell beside which a unit stands."""

    beside: CellUnit


class NumberInUnit(ShownNumber):
    """A number of a cell beside which a unit stands."""

    beside: CellUnit


def read_unit(text: str) -> CellUnit | None:
    """The unit that a text names; None where it names none that is known."""
    said = " ".join(re.sub(r"[()\[\]（）¥:]", " ", text.lower()).split())
    if said in _PLAIN:
        return CellUnit()
    if said in _TIMES:
        return CellUnit(time=_TIMES[said])
    scale, currency = unit_of(said, alone=True)
    if scale or currency:
        return CellUnit(scale, currency)
    counted = _COUNTED.sub(" ", said).strip()
    if counted == said:
        return None
    return read_unit(counted) if counted else CellUnit()


def units_of(cells: Iterable[Any]) -> tuple[dict[str, CellUnit], list[str]]:
    """What the texts of a column of units mean, and those that mean nothing known, each once in their order."""
    texts = dict.fromkeys(cell_text(cell).strip() for cell in cells if cell is not None and cell == cell)
    found = {text: read_unit(text) for text in texts if text}
    return {k: v for k, v in found.items() if v is not None}, [k for k, v in found.items() if v is None]


def known_unit(cell: Any, known: Mapping[str, CellUnit]) -> CellUnit | None:
    """What a cell of a column of units means, by what its texts mean (units_of); None where nothing known."""
    return None if cell is None or cell != cell else known.get(cell_text(cell).strip())


def unit_column(frame: Any, taken: Iterable[str] = ()) -> str | None:
    """The header of a column of units: by its name, or since all its cells are units and it has no name."""
    headers = [str(header) for header in frame.columns if str(header) not in set(taken)]
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
    """A cell with the unit that stands beside it; texts and numbers only, all else is as it is."""
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
        number.scale_is_shown = True  # 1,200,000,000 with a format of millions stands as 1,200 beside "USD m"
    return number


def in_units(cells: Any, units: Any, known: Mapping[str, CellUnit], amounts: bool = False) -> Any:
    """The series of cells with the units of a column beside them; `amounts`: they are said of amounts of money only."""
    said = (known_unit(u, known) for u in units)
    found = [in_unit(c, u and u._replace(amounts=amounts)) for c, u in zip(cells, said, strict=True)]
    return pd.Series(found, index=cells.index, dtype=object)


def currency_beside(units: Any) -> list[str | None]:
    """The currency that each cell of a column of units names."""
    known, _ = units_of(units)
    return [unit.currency if (unit := known_unit(cell, known)) else None for cell in units]


def with_currencies(frame: Any, heads: Sequence[str]) -> tuple[Any, bool]:
    """The frame with the currency of each company, where the units beside its numbers name one and no other; whether any does.

    `heads` are the columns that tell companies apart.
    """
    keys = list(zip(*(frame[head] for head in heads), strict=True)) if heads else [()] * len(frame)
    named: dict[tuple[Any, ...], set[str]] = {}
    for key, cells in zip(keys, frame.to_numpy(object), strict=True):
        units = (getattr(cell, "beside", None) for cell in cells)
        named.setdefault(key, set()).update(unit.currency for unit in units if unit is not None and unit.currency)
    if not any(named.values()):
        return frame, False
    said = [next(iter(named[key])) if len(named[key]) == 1 else None for key in keys]
    return frame.assign(**{CURRENCY_COLUMN: pd.Series(said, index=frame.index, dtype=object)}), True
