"""Handles amounts in another currency than their row's, and rows with several: a claim has no currency of its own."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from screener.importers.table.cell_values import BadCell
from screener.importers.table.column_map import TableColumn
from screener.text import clean

MarkedColumns = Sequence[tuple[TableColumn, Mapping[int, tuple[str, ...]]]]
"""Columns of money, with the currencies in single cells, by row."""


def without_other_currencies(
    frame: Any, own: Any, marked: MarkedColumns, report: Callable[[str, BadCell], None]
) -> Iterator[str]:
    """Sets amounts in another currency than their row's to unknown in `frame`; yields notes on whole columns.

    `own` are the currencies of the rows (None: not given). `report` is called with the header and the invalid cell.
    """
    for column, cells in marked:
        odd = own.notna() & (own != column.currency) if column.currency else pd.Series(False, index=own.index)
        if odd.any():
            rows = frame.index[odd & frame[column.key].notna()]
            if len(rows):
                where = f"row {rows[0]}" if len(rows) == 1 else f"{len(rows):,} rows, the first of them row {rows[0]},"
                yield f"column '{clean(column.header)}' is in {column.currency}: unknown on {where} in another currency"
            frame.loc[odd, column.key] = np.nan
        for row, currencies in cells.items():
            if own[row] is not None and own[row] not in currencies and not odd[row]:
                hint = f"the row is in {own[row]}: convert it, or leave the cell empty"
                report(column.header, BadCell(row, f"is in {' or '.join(currencies)}", hint))
                frame.loc[row, column.key] = np.nan
    _without_mixtures(frame, own, marked, report)


def _without_mixtures(frame: Any, own: Any, marked: MarkedColumns, report: Callable[[str, BadCell], None]) -> None:
    """Sets the amounts of a row without a currency to unknown if its columns or cells name several currencies."""
    currency_sets = [frozenset((column.currency,)) for column, _ in marked if column.currency]
    currency_sets += [frozenset(currencies) for _, cells in marked for currencies in set(cells.values())]
    if not currency_sets or frozenset.intersection(*currency_sets):
        return
    named: dict[int, list[tuple[TableColumn, frozenset[str]]]] = {}
    for column, cells in marked:
        if column.currency:
            given = frame.index[own.isna() & frame[column.key].notna()]
            cells = {**dict.fromkeys(given, (column.currency,)), **cells}
        for row, currencies in cells.items():
            if own[row] is None:
                named.setdefault(row, []).append((column, frozenset(currencies)))
    for row, found in named.items():
        if not frozenset.intersection(*(currencies for _, currencies in found)):
            names = ", ".join(sorted(set().union(*(currencies for _, currencies in found))))
            report(
                "",
                BadCell(
                    row,
                    f"has amounts in several currencies ({names})",
                    "give the row's currency (currency: in the map)",
                ),
            )
            for column, _ in found:
                frame.loc[row, column.key] = np.nan
