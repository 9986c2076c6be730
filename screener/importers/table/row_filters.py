"""Selects rows of a table by the filters of a map: `filters: {Country: [US, CA], Assets: {at_least: 10}}`."""

from typing import Any

import pandas as pd
from pydantic import model_validator

from screener.importers.table.cell_text import cell_text
from screener.importers.table.number_cells import cell_number
from screener.importers.table.number_notation import NumberNotation
from screener.profile.strict_model import Strict


class RowFilter(Strict):
    """A condition on a column; rows that meet it are kept."""

    one_of: tuple[str, ...] | None = None
    none_of: tuple[str, ...] = ()
    at_least: float | None = None
    at_most: float | None = None

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        """Accepts a text, a number or a list of them in place of `one_of`."""
        if isinstance(value, dict):
            return {k: _texts(v) if k in ("one_of", "none_of") else v for k, v in value.items()}
        return {"one_of": _texts(value)}

    def accepts(self, cell: Any, notation: NumberNotation) -> bool:
        """Whether a row with this cell is kept; with bounds, only numbers are."""
        text = "" if cell is None or cell != cell else cell_text(cell)
        if (self.one_of is not None and text not in self.one_of) or text in self.none_of:
            return False
        if self.at_least is None and self.at_most is None:
            return True
        try:
            number = cell_number(cell, notation, "number").value
        except ValueError:
            return False
        return (self.at_least is None or number >= self.at_least) and (self.at_most is None or number <= self.at_most)

    def mask(self, cells: Any, notation: NumberNotation) -> Any:
        """Returns which rows of a column are kept."""
        codes, values = pd.factorize(cells.astype(object), use_na_sentinel=False)
        accepted = pd.Series([self.accepts(value, notation) for value in values], dtype=bool).to_numpy()
        return accepted[codes]


def _texts(value: Any) -> tuple[str, ...]:
    many = value if isinstance(value, list | tuple) else [value]
    return tuple(str(v).lower() if isinstance(v, bool) else cell_text(v) for v in many)
