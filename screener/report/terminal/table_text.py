"""Reports of sentences and tables for the terminal."""

from collections.abc import Sequence

from screener.report.terminal.text_layout import Line, Span, cell_width, pad_to, paragraph, render_lines, truncate, wrap
from screener.report.views.table_page import ReportTable, TablePage

_GAP = "  "
_NARROWEST = 8  # cells that a column with text keeps where the terminal is narrow


def table_page_text(page: TablePage, *, width: int = 80, colour: bool = False) -> str:
    """The whole report in lines of at most `width` cells."""
    width = max(width, 40)
    lines: list[Line] = [[(truncate(page.heading, width), "bold")]]
    for line in page.lines:
        lines += paragraph(line, width)
    for table in page.tables:
        lines += [(), [(truncate(table.title, width), "bold")]]
        if table.note:
            lines += paragraph(table.note, width, style="muted")
        lines += _table_lines(table, width)
    return render_lines(lines, colour, width)


def _table_lines(table: ReportTable, width: int) -> list[Line]:
    if not table.rows:
        return []
    columns = [[head, *(row[n].text for row in table.rows)] for n, head in enumerate(table.headers)]
    widths = _fitted([max(map(cell_width, column)) for column in columns], table.numeric, width)
    head: list[Span] = [(text, "muted") for text in table.headers]
    body = [[(cell.text, cell.css_class) for cell in row] for row in table.rows]
    return [line for cells in (head, *body) for line in _row_lines(cells, widths, table.numeric)]


def _fitted(widths: list[int], numeric: Sequence[bool], width: int) -> list[int]:
    """Column widths that together fit: the widest text column gives way first."""
    while sum(widths) + len(_GAP) * (len(widths) - 1) > width:
        n = max((n for n, is_number in enumerate(numeric) if not is_number), key=lambda n: widths[n], default=None)
        if n is None or widths[n] <= _NARROWEST:
            break
        widths[n] -= 1
    return widths


def _row_lines(cells: Sequence[Span], widths: Sequence[int], numeric: Sequence[bool]) -> list[Line]:
    """A row; texts that are wider than their column continue on further lines."""
    columns = [wrap(text, width) for (text, _), width in zip(cells, widths, strict=True)]
    lines: list[Line] = []
    for n in range(max(map(len, columns))):
        parts: list[Span] = []
        for column, (_, style), width, is_number in zip(columns, cells, widths, numeric, strict=True):
            text = column[n] if n < len(column) else ""
            parts += [
                (" " * (width - cell_width(text)) + text if is_number else pad_to(text, width), style),
                (_GAP, ""),
            ]
        lines.append(parts[:-1])
    return lines
