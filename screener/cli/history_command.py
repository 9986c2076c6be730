"""`screener history`: one company over the runs in a database."""

from pathlib import Path

import click

from screener.cli.output import TextOutput
from screener.cli.shared_options import format_option, language_option, output_option
from screener.text import Language


@click.command()
@click.argument("company")
@click.option(
    "--db",
    "database",
    default="results.sqlite",
    show_default=True,
    metavar="FILE",
    help="The file that `screener run --db FILE` wrote.",
)
@click.option("--last", type=click.IntRange(1), metavar="N", help="Only the latest N results that differ.")
@format_option("text", "json", "md")
@output_option
@language_option
def history(*, company: str, database: str, last: int | None, form: str, out: TextOutput, language: Language) -> None:
    """Score and flags of COMPANY (its id) over the runs in a database, and what changed from one to the next.

    Consecutive runs with the same result are shown as one.

    \b
    Examples:
      screener run fixtures/ --db results.sqlite
      screener history oracle --db results.sqlite
      screener history oracle --db results.sqlite --format json
    """
    from screener.runs.store import history_text
    from screener.runs.store.history import company_history as company_history

    found = company_history(Path(database), company, last)
    if form == "json":
        out.write_json(history_text.history_data(found), "history")
    elif form == "md":
        out.write_document(history_text.history_markdown(found, language))
    else:
        out.write_text(history_text.history_text(found, language, out.width, out.colour))
