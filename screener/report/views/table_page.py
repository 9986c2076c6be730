"""A report that consists of sentences and tables: the same for the terminal and the page."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from screener.report.charts.shapes import Chart
from screener.report.views.view_models import Badge
from screener.report.wording import Wording


class TableCell(NamedTuple):
    """A cell: its text, the colour class of a verdict or severity, its link, and whether it is drawn as a badge."""

    text: str
    css_class: str = ""
    href: str = ""
    is_badge: bool = False


Cell = TableCell | str
"""A cell, or the text of one that is plain."""


class ReportTable(NamedTuple):
    """A table; `numeric` says which columns are aligned to the right. Without rows, `note` says why."""

    title: str
    note: str
    headers: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[TableCell, ...], ...]


class TablePage(NamedTuple):
    """A heading, sentences below it, an optional drawing (on pages only), and tables."""

    label: str
    heading: str
    lines: tuple[str, ...]
    tables: tuple[ReportTable, ...]
    chart: Chart | None = None
    chart_note: str = ""


def translated_table(
    wording: Wording,
    title: str,
    heads: Iterable[str],
    numeric: tuple[bool, ...],
    rows: Iterable[Sequence[Cell]],
    note: str = "",
) -> ReportTable:
    """Returns a table whose title, note and headers are keys of the wording."""
    headers = tuple(wording(head) for head in heads)
    cells = tuple(tuple(TableCell(cell) if isinstance(cell, str) else cell for cell in row) for row in rows)
    return ReportTable(wording(title), wording(note) if note else "", headers, numeric, cells)


def badge_cell(badge: Badge) -> TableCell:
    """Returns the cell of a verdict or flag."""
    return TableCell(badge.label, badge.css_class, is_badge=True)
