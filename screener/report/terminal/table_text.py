"""Reports of sentences and tables for the terminal."""

from screener.report.terminal.text_layout import Line, paragraph, render_lines, truncate
from screener.report.terminal.text_table import table_lines
from screener.report.views.table_page import TablePage


def table_page_text(page: TablePage, *, width: int = 80, colour: bool = False) -> str:
    """Returns the whole report in lines of at most `width` cells."""
    width = max(width, 40)
    lines: list[Line] = [[(truncate(page.heading, width), "bold")]]
    for line in page.lines:
        lines += paragraph(line, width)
    for table in page.tables:
        lines += [(), [(truncate(table.title, width), "bold")]]
        if table.note:
            lines += paragraph(table.note, width, style="muted")
        body = [[(cell.text, cell.css_class) for cell in row] for row in table.rows]
        lines += table_lines(table.headers, body, table.numeric, width)
    return render_lines(lines, colour, width)
