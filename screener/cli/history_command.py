"""`screener history`: the results of one company over the runs in a database."""

from pathlib import Path

import click

from screener.cli.output import TextOutput
from screener.cli.shared_options import format_option, language_option, output_option
from screener.cli.table_output import write_tables
from screener.report.wording import load_wording
from screener.text import Language


@click.command()
@click.argument("company", required=False)
@click.option(
    "--db",
    "database",
    default="results.sqlite",
    show_default=True,
    metavar="FILE",
    help="The file that `screener run --db FILE` wrote.",
)
@click.option("--last", type=click.IntRange(1), metavar="N", help="Only the latest N results that differ.")
@format_option("text", "json", "md", "html")
@output_option
@language_option
def history(
    *, company: str | None, database: str, last: int | None, form: str, out: TextOutput, language: Language
) -> None:
    """Show score and flags of COMPANY (its id) over the runs in a database, and what changed from one to the next.

    Consecutive runs with the same result are shown as one. Without COMPANY: all companies in the database, with the
    latest verdict and score of each, and what changed since the previous result.

    \b
    Examples:
      screener run fixtures/ --db results.sqlite
      screener history --db results.sqlite
      screener history oracle --db results.sqlite
      screener history oracle --db results.sqlite --format html -o history.html
    """
    if company is None:
        if last is not None:
            raise click.UsageError("--last counts the results of one company: name it before --last")
        _write_list(Path(database), form, out, language)
        return
    from screener.runs.store import history_text
    from screener.runs.store.history import company_history as company_history

    found = company_history(Path(database), company, last)
    if form == "json":
        out.write_json(history_text.history_data(found), "history")
    elif form == "md":
        out.write_document(history_text.history_markdown(found, language))
    elif form == "html":
        from screener.runs.store.history_page import HistoryTables

        write_tables(HistoryTables(found, load_wording(language)).page(), form, out, language)
    else:
        out.write_text(history_text.history_text(found, language, out.width, out.colour))


def _write_list(database: Path, form: str, out: TextOutput, language: Language) -> None:
    """Writes the list of all companies in the database."""
    from screener.runs.store.company_list import company_list_data, company_list_page, stored_companies

    companies = stored_companies(database)
    if form == "json":
        out.write_json(company_list_data(companies), "companies")
    else:
        write_tables(company_list_page(companies, load_wording(language)), form, out, language)
