"""`screener portfolio`: several companies by exposure, what they depend on together, and what moved since the last run."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from screener.cli.output import TextOutput, print_notice, print_problems, print_text
from screener.cli.profile_arguments import readable_profiles
from screener.cli.shared_options import (
    RuleSelection,
    engine_option,
    format_option,
    language_option,
    output_option,
    read_day,
    rule_options,
)
from screener.cli.table_output import write_tables
from screener.errors import ScreenerError
from screener.text import Language, counted

if TYPE_CHECKING:
    from screener.io.file_stamps import FileStamp
    from screener.portfolio.movements import MovementsSince
    from screener.portfolio.portfolio import Portfolio
    from screener.result.model import ResultDocument


def _since(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    return value if value is None or value == "last" else read_day(value).isoformat()


@click.command()
@click.argument("profiles", nargs=-1, required=True, metavar="PROFILE|DIR|HOLDINGS...")
@click.option(
    "--holdings",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The exposure to each company: a table with the columns company and exposure (or weight), or YAML. "
    "[default: holdings.csv or portfolio.yaml in the folder; else equal]",
)
@click.option(
    "--db",
    "database",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Show what changed since the last run in this SQLite file, and store this run there.",
)
@click.option(
    "--since",
    metavar="last|DATE",
    callback=_since,
    help="Print only what changed since the last run in --db, or the last before a day; exit with 1 if a company got worse.",
)
@click.option(
    "-w",
    "--watch",
    is_flag=True,
    help="Screen again whenever a profile or the holdings are saved, and print what changed, until Ctrl-C.",
)
@rule_options
@engine_option
@format_option("text", "html", "json", "md", "xlsx")
@output_option
@language_option
@click.pass_context
def portfolio(
    ctx: click.Context,
    *,
    profiles: tuple[str, ...],
    holdings: Path | None,
    database: Path | None,
    since: str | None,
    watch: bool,
    selection: RuleSelection,
    form: str,
    out: TextOutput,
    language: Language,
) -> None:
    """Screen several companies as one portfolio.

    Each company is screened with the others as context. The report shows the exposure by verdict, the counterparties
    and loops of payments that companies share with the exposure behind them, the red flags that they have in common,
    the concentration, and with --db what changed since the last run. HOLDINGS is a file of exposures in the folder of
    the profiles. See docs/portfolio.md.

    \b
    Examples:
      screener portfolio fixtures/
      screener portfolio fixtures/ --holdings holdings.csv --format html -o portfolio.html
      screener portfolio fixtures/ --holdings holdings.csv --format xlsx -o portfolio.xlsx
      screener portfolio fixtures/ --holdings holdings.csv --db results.sqlite
      screener portfolio fixtures/ --db results.sqlite --since last || mail -s worse me@example.org
      screener portfolio fixtures/ --watch
    """
    if since is not None and database is None:
        raise click.UsageError("--since compares with stored results; name their file with --db")
    if watch and (since is not None or form != "text" or out.path is not None or "-" in profiles):
        raise click.UsageError(
            "--watch prints to the terminal what moved; it goes without --since, --format, --out and '-'"
        )
    view = _PortfolioView(_Sources(profiles, holdings), selection, database, since)
    stamps = view.sources.stamps() if watch else frozenset()
    found = view.screen()
    _write(view, found, form, out, language)
    if not watch:
        ctx.exit(3 if found.failed else 1 if since and found.is_worse else 0)
    print_notice(f"watching {counted(len(stamps), 'file')}; Ctrl-C ends it")
    _watch(view, found, stamps, out, language)


class _Sources(NamedTuple):
    """The arguments: profiles, and the file of holdings, which may be an argument or be in a folder that is one."""

    arguments: tuple[str, ...]
    holdings: Path | None

    def paths(self) -> list[str]:
        """Returns the files of the profiles. Raises ProfileError or DocumentError."""
        from screener.portfolio.holdings import HOLDINGS_NAMES, is_holdings
        from screener.profile.loader import find_profiles

        named = [argument for argument in self.arguments if not is_holdings(Path(argument))]
        beside = [str(Path(argument).parent) for argument in self.arguments]
        found = find_profiles(named or beside)
        return [path for path in found if Path(path).stem not in HOLDINGS_NAMES or not is_holdings(Path(path))]

    def holdings_file(self) -> Path | None:
        """Returns the file of holdings, if there is one."""
        from screener.portfolio.holdings import find_holdings, is_holdings

        if self.holdings is not None:
            return self.holdings
        named = [path for path in map(Path, self.arguments) if is_holdings(path)]
        within = [found for path in map(Path, self.arguments) if path.is_dir() and (found := find_holdings(path))]
        if len(named or within) > 1:
            raise click.UsageError("there are several files of holdings; name one with --holdings")
        return next(iter(named or within), None)

    def stamps(self) -> "frozenset[FileStamp]":
        """Returns the present state of all files, so that changes can be detected."""
        from screener.io.file_stamps import file_stamps

        try:
            paths = self.paths()
        except ScreenerError:
            paths = []
        file = self.holdings_file()
        return file_stamps([*paths, *([file] if file else [])])


class _ScreenedPortfolio(NamedTuple):
    """A portfolio with the results behind it, the movements, and whether profiles could not be read."""

    built: "Portfolio"
    results: "list[ResultDocument]"
    moved: "MovementsSince | None"
    failed: bool

    @property
    def is_worse(self) -> bool:
        return self.moved is not None and any(movement.is_worse for movement in self.moved.movements)


class _PortfolioView(NamedTuple):
    """What a run of the command screens, and what it compares the results with."""

    sources: _Sources
    selection: RuleSelection
    database: Path | None
    since: str | None

    def screen(self, before: "_ScreenedPortfolio | None" = None, since: str = "") -> _ScreenedPortfolio:
        """Screens all companies. Movements are relative to `before`, else to the results in the database."""
        from screener.portfolio.holdings import equal_holdings, read_holdings
        from screener.portfolio.movements import movements_between, movements_since, store_results
        from screener.portfolio.portfolio import build_portfolio
        from screener.portfolio.screening_set import screen_together

        paths = self.sources.paths()
        screener = self.selection.screener(paths)
        loaded, failed = readable_profiles(screener, paths)
        file, database = self.sources.holdings_file(), self.database
        holdings = read_holdings(file, loaded) if file else equal_holdings(loaded)
        results = list(screen_together(screener, loaded).values())
        moved = movements_between(before.results, results, since) if before else None
        if database is not None:
            stored = movements_since(database, results, None if self.since == "last" else self.since)
            moved = moved or stored
            store_results(
                database, screener, loaded, results, lambda: print_notice(f"{database}: waiting for another process")
            )
        return _ScreenedPortfolio(build_portfolio(results, holdings), results, moved, failed)


def _write(view: _PortfolioView, found: _ScreenedPortfolio, form: str, out: TextOutput, language: Language) -> None:
    if form == "json":
        moved = _plain(found.moved.movements) if found.moved else None
        out.write_json({**_plain(found.built), "movements": moved}, "portfolio")
    elif form == "xlsx":
        from screener.portfolio.portfolio_workbook import portfolio_workbook

        out.write_workbook(portfolio_workbook(found.built, found.moved, language))
    else:
        from screener.portfolio.portfolio_page import PortfolioTables
        from screener.report.wording import load_wording

        tables = PortfolioTables(found.built, load_wording(language))
        page = tables.digest(found.moved) if view.since and found.moved else tables.page(found.moved)
        write_tables(page, form, out, language)


def _watch(
    view: _PortfolioView,
    found: _ScreenedPortfolio,
    stamps: "frozenset[FileStamp]",
    out: TextOutput,
    language: Language,
) -> None:
    """Prints the movements after each save of a file. An error in a file is reported, and the next save is awaited."""
    from screener.io.file_stamps import saves
    from screener.portfolio.portfolio_page import PortfolioTables
    from screener.report.terminal.table_text import table_page_text
    from screener.report.wording import load_wording

    since = time.strftime("%H:%M:%S")
    for _ in saves(stamps, view.sources.stamps, [path for path in view.sources.arguments if Path(path).is_dir()]):
        print_text("\n", raise_if_unread=True)
        try:
            now = view.screen(found, since)
        except ScreenerError as error:
            print_problems(error)
            continue
        assert now.moved is not None
        digest = PortfolioTables(now.built, load_wording(language)).digest(now.moved)
        print_text(table_page_text(digest, width=out.width, colour=out.colour), raise_if_unread=True)
        found, since = now, time.strftime("%H:%M:%S")


def _plain(value: object) -> "dict[str, object]":
    from screener.result.model import plain

    found: dict[str, object] = plain(value)
    return found
