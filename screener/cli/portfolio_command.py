"""`screener portfolio`: several companies by exposure, what they depend on together, and what moved since the last run."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from screener.cli.output import TextOutput, print_notice, print_problems
from screener.cli.shared_options import (
    RuleSelection,
    engine_option,
    format_option,
    language_option,
    output_option,
    quiet_option,
    read_day,
    rule_options,
)
from screener.errors import Problem, ProfileError, ScreenerError
from screener.text import Language

if TYPE_CHECKING:
    from screener.portfolio.holdings import Holdings
    from screener.profile.model import Profile
    from screener.report.views.table_page import TablePage
    from screener.screening import Screener


def _since(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    return value if value is None or value == "last" else read_day(value).isoformat()


@click.command()
@click.argument("profiles", nargs=-1, required=True, metavar="PROFILE|DIR...")
@click.option(
    "--holdings",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The exposure to each company: a table with the columns company and exposure (or weight), or YAML.  [default: equal]",
)
@click.option(
    "--db",
    "database",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Show what moved since the last run in this SQLite file, and store this run there.",
)
@click.option(
    "--since",
    metavar="last|DATE",
    callback=_since,
    help="Print only what moved since the last run in --db, or the last before a day; exit with 1 if a company got worse.",
)
@rule_options
@engine_option
@format_option("text", "html", "json")
@output_option
@language_option
@quiet_option
@click.pass_context
def portfolio(
    ctx: click.Context,
    *,
    profiles: tuple[str, ...],
    holdings: Path | None,
    database: Path | None,
    since: str | None,
    selection: RuleSelection,
    form: str,
    out: TextOutput,
    language: Language,
) -> None:
    """Screen several companies as one portfolio.

    Each company is screened with the others as context. The report has the exposure by verdict, the counterparties and loops of
    payments that companies share with the exposure behind them, the red flags that they have in common, the concentration, and
    with --db what moved since the last run. See docs/portfolio.md.

    \b
    Examples:
      screener portfolio fixtures/
      screener portfolio fixtures/ --holdings holdings.csv --format html -o portfolio.html
      screener portfolio fixtures/ --holdings holdings.csv --db results.sqlite
      screener portfolio fixtures/ --db results.sqlite --since last || mail -s worse me@example.org
    """
    if since is not None and database is None:
        raise click.UsageError("--since compares with stored results; name their file with --db")
    from screener.portfolio.holdings import equal_holdings, read_holdings
    from screener.portfolio.portfolio import build_portfolio
    from screener.portfolio.screening_set import screen_together
    from screener.profile.loader import find_profiles

    paths = find_profiles(profiles)
    screener = selection.screener(paths)
    loaded, failed = readable_profiles(screener, paths)
    given: Holdings = read_holdings(holdings, loaded) if holdings else equal_holdings(loaded)
    results = screen_together(screener, loaded)
    built = build_portfolio(list(results.values()), given)
    moved = None
    if database is not None:
        from screener.portfolio.movements import movements_since, store_results

        documents = list(results.values())
        moved = movements_since(database, documents, None if since == "last" else since)
        store_results(
            database, screener, loaded, documents, lambda: print_notice(f"{database}: waiting for another process")
        )
    if form == "json":
        out.write_json({**_plain(built), "movements": _plain(moved.movements) if moved else None}, "portfolio")
    else:
        from screener.portfolio.portfolio_page import PortfolioTables
        from screener.report.wording import load_wording

        tables = PortfolioTables(built, load_wording(language))
        write_tables(tables.digest(moved) if since and moved else tables.page(moved), form, out, language)
    if failed:
        ctx.exit(3)
    ctx.exit(1 if since and moved and any(m.is_worse for m in moved.movements) else 0)


def readable_profiles(screener: "Screener", paths: Sequence[str]) -> tuple[list["Profile"], bool]:
    """The profiles that can be read, and whether others could not: their problems are printed. Raises ProfileError if none can."""
    found: list[Profile] = []
    failed = False
    for _, profile in screener.profiles(paths):
        if isinstance(profile, ScreenerError):
            print_problems(profile.problems)
            failed = True
        else:
            found.append(profile)
    if not found:
        raise ProfileError(Problem("no profile could be read", "correct those above"))
    return found, failed


def write_tables(page: "TablePage", form: str, out: TextOutput, language: Language) -> None:
    """Writes a report of tables as text or as a page."""
    if form == "html":
        from screener.report.pages.html_pages import page as html_page

        out.write_document(html_page("tables.html.jinja", language, view=page))
        return
    from screener.report.terminal.table_text import table_page_text

    out.write_text(table_page_text(page, width=out.width, colour=out.colour))


def _plain(value: object) -> "dict[str, object]":
    from screener.result.model import plain

    found: dict[str, object] = plain(value)
    return found
