"""Cells of spreadsheets that say more than a text or a number: errors, formulas without a value, formats, merged cells."""

from typing import Any

from screener.importers.table.cell_text import cell_text


class ErrorCell(str):
    """An error value of a spreadsheet: #DIV/0!, #N/A. It stands for nothing."""


class UncomputedCell:
    """A formula of which the file stores no value."""

    HINT = "open the file in a spreadsheet program and save it"

    def __repr__(self) -> str:
        return "a formula without a stored value"


class ShownNumber(float):
    """A number of a spreadsheet whose format says more than the number: a percentage, a currency, a scale."""

    percent: bool = False
    currencies: tuple[str, ...] = ()
    shown_in: float = 1.0  # what one unit of what is shown stands for
    scale_is_shown: bool = False  # whether a letter says so
    digits: int = 0  # at least so many digits are shown, with zeros before them

    def __str__(self) -> str:
        return f"{int(self):0{self.digits}d}" if self.digits and self.is_integer() else super().__str__()


class MergedCell:
    """A number or truth value in a merged cell, in one of its rows below the first: it may be of all of them together."""

    def __init__(self, value: Any, row: int) -> None:
        self.value, self.row = value, row

    def __str__(self) -> str:
        return cell_text(self.value)

    @property
    def wrong(self) -> str:
        """What is wrong with it; and what to do."""
        return f"'{self}' stands in a cell that is merged with row {self.row}; unmerge it and write what is of this row"
