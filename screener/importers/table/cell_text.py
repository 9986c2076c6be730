"""Converts cells to texts."""

from datetime import date, datetime
from typing import Any

import numpy as np

from screener.text import clean, shorten


def cell_text(cell: Any) -> str:
    """Returns a cell as text: a day as YYYY-MM-DD, a whole number without a decimal point."""
    if type(cell) is str:
        return clean(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float | np.floating) and float(cell).is_integer():
        return str(cell) if getattr(cell, "digits", 0) else str(int(cell))  # keeps leading zeros
    return clean(str(cell))


def short_text(cell: Any) -> str:
    """Returns a cell as text, short enough for a message."""
    return shorten(cell_text(cell), 40)
