"""Finds the end of a table: further tables below and beside it, repeated headers, footnotes, rows of totals."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from screener.importers.table.text_dialect import is_heading

FOOTNOTES_FROM = 3  # least number of columns; in narrower tables footnotes cannot be told from data
_AVERAGES = frozenset(
    {"average", "avg", "mean", "median", "min", "max", "minimum", "maximum"}
    | {"durchschnitt", "mittelwert", "moyenne", "médiane", "平均", "平均值", "中位数", "最大值", "最小值"}
)
_TOTALS = frozenset(
    (
        "total",
        "totals",
        "grand total",
        "sum",
        "all companies",
        "summe",
        "gesamt",
        "somme",
        "合计",
        "总计",
        "合計",
        "総計",
        "小计",
    )
)
_ROUNDING = 1e-3  # relative difference of a printed total from the sum


def only_table(frame: Any) -> tuple[Any, list[str]]:
    """Returns the part of a frame that belongs to the table in its first row, and notes on what was left out.

    The index of the frame has the numbers of rows; blank rows are missing from it.
    """
    notes: list[str] = []
    for part in (_beside, _below, _footnotes):
        frame, note = part(frame)
        notes += [note] if note else []
    return frame, notes


def _beside(frame: Any) -> tuple[Any, str]:
    """Removes a second table on the right, which repeats headers after an empty column."""
    names = [str(name) for name in frame.columns]
    for place in range(1, len(names) - 1):
        empty = names[place] == f"column {place + 1}" and frame.iloc[:, place].isna().all()
        if empty and any(names[place + 1] == f"{name} (column {place + 2})" for name in names[:place]):
            return frame.iloc[:, :place], f"column {place + 1} is empty: the table to the right of it was not read"
    return frame, ""


def _below(frame: Any) -> tuple[Any, str]:
    """Removes repeated headers, and a second table that begins with other headers after a blank row."""
    same = _equal_to_headers(frame)
    if not same.any():
        return frame, ""
    filled = frame.notna().sum(axis=1).to_numpy()
    rows = frame.index.to_numpy()
    repeated = (same == filled) & (same > 1)
    for place in np.flatnonzero((same > 0) & ~repeated):
        cells = frame.iloc[place].dropna()
        starts = place > 0 and rows[place] > rows[place - 1] + 1
        if starts and len(cells) > 1 and cells.iloc[0] == cells.index[0] and all(map(is_heading, cells)):
            kept = frame.iloc[:place][~repeated[:place]]
            return kept, f"in row {rows[place]} another table begins: what stands from there on was not read"
    if not repeated.any():
        return frame, ""
    return frame[~repeated], f"the headers stand again in {_rows(rows[repeated])}: left out"


def _equal_to_headers(frame: Any) -> Any:
    """Returns how many cells of each row equal their header; a header of digits also equals the number."""
    if len(frame.columns) > len(frame):  # with thousands of columns, a loop over pandas columns takes seconds
        cells = frame.to_numpy(object)
        texts = np.array([str(name) for name in frame.columns], object)
        numbers = np.array([float(name) if name.isdecimal() else None for name in texts], object)
        return ((cells == texts) | ((cells == numbers) & (numbers != None))).sum(axis=1)  # noqa: E711
    same = np.zeros(len(frame), np.int64)
    for name in map(str, frame.columns):
        cells = frame[name]
        expected: object = name if cells.dtype == object else float(name) if name.isdecimal() else None  # a year
        if expected is not None:
            same += (cells == expected).to_numpy(np.int64)
            if cells.dtype == object and name.isdecimal():
                same += (cells == float(name)).to_numpy(np.int64)
    return same


def _footnotes(frame: Any) -> tuple[Any, str]:
    """Removes the rows at the end in which only one cell is filled."""
    if len(frame.columns) < FOOTNOTES_FROM:
        return frame, ""
    filled = frame.notna().sum(axis=1).to_numpy()
    last = len(filled)
    while last > 1 and filled[last - 1] == 1:
        last -= 1
    if last == len(filled) or filled[:last].max() == 1:
        return frame, ""
    return frame.iloc[:last], f"from row {frame.index[last]} on only one cell is filled: taken as footnotes"


def is_summary_name(name: str | None) -> bool:
    """Whether the name of a row may be that of a total or an average."""
    return (name or "").strip(" :").lower() in _AVERAGES | _TOTALS


def summary_rows(names: Sequence[str | None], values: Any) -> list[int]:
    """Returns the positions of rows at the end of a table that are totals or averages of the rows above.

    `values` are the numbers of the rows, NaN for missing ones. A row counts as a total only if it is the sum of the rows
    above.
    """
    found: list[int] = []
    for place in range(len(names) - 1, 1, -1):
        name = (names[place] or "").strip(" :").lower()
        if name in _AVERAGES or (name in _TOTALS and _is_sum(values, place)):
            found.append(place)
        elif name not in _TOTALS:
            break
    return sorted(found)


def _is_sum(values: Any, place: int) -> bool:
    """Whether most numbers of a row are the sums of those above."""
    own, above = values[place], np.nansum(values[:place], axis=0)
    given = ~np.isnan(own)
    near = np.abs(own - above) <= _ROUNDING * np.maximum(np.abs(own), np.abs(above))
    return bool(given.any()) and 2 * int((near & given).sum()) > int(given.sum())


def _rows(numbers: Any) -> str:
    first = f"row {numbers[0]}"
    return first if len(numbers) == 1 else f"{first} and {len(numbers) - 1:,} more"
