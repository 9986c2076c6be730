"""A report of sentences and tables as Markdown."""

from screener.report.formats.markdown_format import markdown_escape, markdown_table
from screener.report.views.table_page import TablePage


def table_page_markdown(page: TablePage) -> str:
    """Returns the whole report; no text in it is interpreted as markup."""
    lines = [f"# {markdown_escape(page.heading)}", ""]
    for line in page.lines:
        lines += [markdown_escape(line), ""]
    for table in page.tables:
        lines += [f"## {markdown_escape(table.title)}", "", *([markdown_escape(table.note), ""] if table.note else [])]
        if table.rows:
            rows = [[cell.text for cell in row] for row in table.rows]
            lines += [*markdown_table(table.headers, table.numeric, rows), ""]
    return "\n".join(lines)
