"""Defines spreadsheet cells other than plain values: errors, formulas without a value, formatted numbers, merged cells."""

from typing import Any

from screener.importers.table.cell_text import cell_text


class ErrorCell(str):
    """An error value of a spreadsheet, such as #DIV/0! or #N/A. It counts as an empty cell."""


class UncomputedCell:
    """A formula for which the file stores no value."""

    HINT = "open the file in a spreadsheet program and save it"

    def __repr__(self) -> str:
        return "a formula without a stored value"


class ShownNumber(float):
    """A number of a spreadsheet whose format adds information: a percentage, a currency, a scale."""

    percent: bool = False
    currencies: tuple[str, ...] = ()
    shown_in: float = 1.0  # the value of one unit of what is shown, such as 1000 in a format of thousands
    scale_is_shown: bool = False  # whether the format shows a letter for the scale
    digits: int = 0  # least number of digits shown, with leading zeros

    def __str__(self) -> str:
        return f"{int(self):0{self.digits}d}" if self.digits and self.is_integer() else super().__str__()


class MergedCell:
    """A number or truth value in a row of a merged cell below its first: it may belong to all rows of the merged cell."""

    def __init__(self, value: Any, row: int) -> None:
        self.value, self.row = value, row

    def __str__(self) -> str:
        return cell_text(self.value)

    @property
    def wrong(self) -> str:
        """The error, and what to do."""
        return f"'{self}' is in a cell that is merged with row {self.row}; unmerge it and write what is of this row"
