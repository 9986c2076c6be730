"""Fills in names of companies that a table states only once for several rows, as pivot tables and merged cells do."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from screener.importers.table.cell_text import cell_text

_LEAST_SHARE = 1 / 3
"""Least share of rows without a name; if there are fewer, their names are simply missing."""


def with_names_repeated(frame: Any, naming: Sequence[str], others: Iterable[str], within: str) -> tuple[Any, str]:
    """Returns the frame with the names of companies in all of their rows, and a note if any were added.

    `naming` are the columns that name a company; `others` are further text columns (sector, currency), which are filled in if
    they are empty in every row without a name. `within` is the column of periods or items, which each such row must have.
    """
    named = frame[list(naming)].notna().any(axis=1).to_numpy() if naming else np.ones(len(frame), np.bool_)
    blank = ~named & frame[within].notna().to_numpy()
    if named.all() or not named[0] or not blank.any() or blank.sum() < _LEAST_SHARE * len(frame):
        return frame, ""
    keys = [tuple(cell_text(cell) for cell in row) for row in frame[list(naming)].to_numpy(object)]
    if any(named[i] and named[i - 1] and keys[i] == keys[i - 1] for i in range(1, len(keys))):
        return frame, ""
    empty = [name for name in others if frame[name][blank].isna().all()]
    source = np.maximum.accumulate(np.where(named, np.arange(len(frame)), 0))
    places = np.where(blank, source, np.arange(len(frame)))
    filled = frame.copy()
    for name in (*naming, *empty):
        filled[name] = frame[name].to_numpy()[places]
    first = frame.index[np.flatnonzero(blank)[0]]
    return filled, f"{int(blank.sum()):,} rows without a name are of the company above them, the first is row {first}"
