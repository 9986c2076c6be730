"""`screener history`: one company over the runs that a database keeps."""

import json
from pathlib import Path
from typing import Any

import click

from screener.cli.output import print_document, print_text, terminal_width, wants_colour
from screener.cli.shared_options import language_option


@click.command()
@click.argument("company")
@click.option(
    "--db",
    "database",
    default="results.sqlite",
    show_default=True,
    metavar="FILE",
    help="What `screener run --db FILE` wrote.",
)
@click.option("--last", type=click.IntRange(1), metavar="N", help="Only the latest N that differ.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@language_option
def history(company: str, database: str, last: int | None, form: str, language: Any) -> None:
    """Score and flags of COMPANY (its id) over the runs in a database, and what changed from one to the next.

    Runs one after the other that found the very same are shown as one.

    \b
    Examples:
      screener run fixtures/ --db results.sqlite
      screener history oracle --db results.sqlite
      screener history oracle --db results.sqlite --format json
    """
    from screener.runs.store import history_text as show
    from screener.runs.store.history import history as found

    held = found(Path(database), company, last)
    if form == "json":
        print_document(json.dumps(show.to_dict(held), ensure_ascii=False, indent=1))
    else:
        print_text(show.text(held, language, terminal_width(), wants_colour()))
