"""Stated values of a table that are probably mistakes: `screener.facts.plausibility` on whole columns."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from screener.engine.columns.column_values import BoolArray, FloatArray, IndexArray, IntervalColumn, SymbolColumn
from screener.engine.columns.company_columns import CompanyColumns
from screener.facts.plausibility import FAR_APART, NEAR_SCALE, SCALES, SIZES, usual_values
from screener.profile.catalogue import Catalogue


class SlipColumn(NamedTuple):
    """One kind of slip (probable mistake): the figure (for each row or for all), the reason, and the rows concerned."""

    figure: str | SymbolColumn
    what: str
    exists: BoolArray


def find_slips(table: CompanyColumns, catalogue: Catalogue) -> Iterator[SlipColumn]:
    """Yields the stated values of each company that are probably mistakes; kinds that occur on no row are left out.

    Only single numbers are considered, of the present period and of the one before.
    """
    amounts: dict[str, FloatArray] = {}
    for (name, back), column in table.values.items():
        figure = catalogue.claimable[name]
        if back > 1 or not isinstance(column, IntervalColumn):
            continue
        sizes = _sizes(column)
        if (bounds := usual_values(figure)) is not None:
            yield from _on_any_row(SlipColumn(name, "unusual", (sizes < bounds.lo) | (sizes > bounds.hi)))
        if back == 0 and figure.unit == "money":
            amounts[name] = sizes
        before = table.values.get((name, 1))
        if back == 0 and figure.unit in ("money", "count") and isinstance(before, IntervalColumn):
            yield from _on_any_row(SlipColumn(name, "claims", _differ_by_a_scale(sizes, _sizes(before))))
    yield from _far_apart(amounts)


def _sizes(column: IntervalColumn) -> FloatArray:
    """Returns the number that is stated on each row; NaN for a range or nothing."""
    point = (column.lo == column.hi) & np.isfinite(column.lo) & column.claimed
    return np.where(point, column.lo, np.nan)


def _differ_by_a_scale(used: FloatArray, other: FloatArray) -> BoolArray:
    """Returns the rows on which two amounts of the same sign differ by a factor of about 10³, 10⁶ or 10⁹."""
    same_sign = (used > 0) & (other > 0) | (used < 0) & (other < 0)
    ratio = np.where(same_sign, np.maximum(used / other, other / used), 1.0)
    found = np.zeros(len(used), np.bool_)
    for scale in SCALES:
        found |= (ratio >= scale / NEAR_SCALE) & (ratio <= scale * NEAR_SCALE)
    return found


def _far_apart(amounts: dict[str, FloatArray]) -> Iterator[SlipColumn]:
    """Returns the rows on which the largest amount far exceeds the smallest of those that indicate the size of the
    company."""
    given = [amounts[name] for name in SIZES if name in amounts]
    if not given:
        return
    smallest = np.fmin.reduce([np.where(sizes > 0, sizes, np.nan) for sizes in given])
    names = tuple(sorted(amounts))
    largest: FloatArray = np.zeros(len(smallest))
    codes: IndexArray = np.full(len(smallest), -1)
    for code, name in enumerate(names):
        size = np.abs(np.nan_to_num(amounts[name]))
        mask = (size >= largest) & (size > 0)
        largest, codes = np.where(mask, size, largest), np.where(mask, code, codes)
    yield from _on_any_row(SlipColumn(SymbolColumn(codes, names), "amounts", largest >= FAR_APART * smallest))


def _on_any_row(found: SlipColumn) -> Iterator[SlipColumn]:
    if found.exists.any():
        yield found
