"""Writes reports that consist of tables, in the format of `--format`, for several commands."""

from typing import TYPE_CHECKING

from screener.cli.output import TextOutput
from screener.text import Language

if TYPE_CHECKING:
    from screener.report.views.table_page import TablePage


def write_tables(page: "TablePage", form: str, out: TextOutput, language: Language, day: str | None = None) -> None:
    """Writes a report of tables as text, Markdown, HTML or PDF, dated by `day`. Raises OutputError."""
    if form == "md":
        from screener.report.formats.tables_markdown import table_page_markdown

        out.write_document(table_page_markdown(page))
        return
    if form in ("html", "pdf"):
        from screener.report.pages.html_pages import page as html_page

        html = html_page("tables.html.jinja", language, view=page)
        if form == "pdf":
            from screener.report.pages.pdf_printer import print_one_page

            out.write_document(print_one_page(html, day))
        else:
            out.write_document(html)
        return
    from screener.report.terminal.table_text import table_page_text

    out.write_text(table_page_text(page, width=out.width, colour=out.colour))
