"""`screener import sec`: filings in, a profile out."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import click

from screener.cli.output import print_document, print_problems, printable
from screener.cli.shared_options import day_option
from screener.errors import ScreenerError
from screener.text import clean, did_you_mean

if TYPE_CHECKING:
    from datetime import date

    from screener.importers.sec.filer import Filer
    from screener.importers.sec.filer_profile import Imported
    from screener.profile.catalogue import Catalogue


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE|-]...")
@click.option(
    "--cik",
    "ciks",
    multiple=True,
    type=click.IntRange(1, 9_999_999_999),
    metavar="N",
    help="Ask the SEC for this filer. Repeatable.",
)
@click.option(
    "--ticker", "tickers", multiple=True, metavar="T", help="Ask the SEC for the filer with this ticker. Repeatable."
)
@day_option("Only what was filed by this day; else everything.")
@click.option(
    "-o", "--out", metavar="FILE|DIR", help="Where the profile goes; several go into a folder. Else to standard output."
)
@click.option(
    "--basis",
    type=click.Choice(["annual", "ttm"]),
    default="annual",
    show_default=True,
    help="Fiscal years, or before them the twelve months up to the latest quarter.",
)
@click.option("--years", type=click.IntRange(1, 30), default=5, show_default=True, help="How many years back.")
@click.option(
    "--sector", metavar="NAME", help="The company's sector (rules/catalog/sectors.yaml); a file does not say it."
)
@click.option(
    "--contact",
    envvar="SCREENER_CONTACT",
    metavar="TEXT",
    help="Who asks, with an e-mail address, as the SEC wants it. Or set SCREENER_CONTACT.",
)
@click.option("--refresh", is_flag=True, help="Ask the SEC even if its answer of the last day is kept.")
@click.option(
    "--server", envvar="SCREENER_SEC_SERVER", metavar="URL", help="A copy of the SEC's service to ask instead."
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.pass_context
def sec(
    ctx: click.Context,
    files: tuple[str, ...],
    ciks: tuple[int, ...],
    tickers: tuple[str, ...],
    as_of: Any,
    out: str | None,
    basis: Literal["annual", "ttm"],
    years: int,
    sector: str | None,
    contact: str | None,
    refresh: bool,
    server: str | None,
    quiet: bool,
) -> None:
    """Make a profile from what a company has filed with the SEC.

    FILE is a companyfacts document (https://data.sec.gov/api/xbrl/companyfacts/CIK##########.json). With --cik or
    --ticker it is asked for, which needs --contact; answers are kept for a day. Every figure has its tag, form, accession
    number, day and link. See docs/importing.md.

    \b
    Examples:
      screener import sec CIK0001045810.json --as-of 2026-02-06 -o nvidia.json
      screener import sec CIK0001045810.json --basis ttm --sector semiconductors | screener run -
      screener import sec --ticker NVDA --ticker SNOW --contact 'Jane Doe jane@example.com' -o profiles/
    """
    if not (files or ciks or tickers):
        raise click.UsageError("name a FILE, or --cik or --ticker")
    from screener.cli.import_group import destination as place
    from screener.rules.rulebook_loader import load_rulebook

    catalogue = load_rulebook(packs=[]).catalogue
    if sector is not None and sector not in catalogue.sectors:
        hint = did_you_mean(sector, catalogue.sectors, "see rules/catalog/sectors.yaml")
        raise click.BadParameter(f"there is no sector '{clean(sector)}'; {hint}", param_hint="--sector")
    head = {"sector": sector} if sector else {}
    failed: list[ScreenerError] = []

    def profiles() -> Iterator[dict[str, Any]]:
        for made in _made(
            _filers(files, ciks, tickers, contact, refresh, server), catalogue, basis, years, as_of, head
        ):
            if isinstance(made, ScreenerError):
                print_problems(made)
                failed.append(made)
            else:
                if not quiet:
                    for line in (made.summary, *(f"  {remark}" for remark in made.remarks)):
                        click.echo(printable(line), err=True)
                yield made.document

    printed, _ = place.write(profiles(), out, several=len(files) + len(ciks) + len(tickers) > 1)
    if printed:
        print_document(printed)
    ctx.exit(3 if failed else 0)


def _filers(
    files: tuple[str, ...],
    ciks: tuple[int, ...],
    tickers: tuple[str, ...],
    contact: str | None,
    refresh: bool,
    server: str | None,
) -> "Iterator[Callable[[], Filer]]":
    """How to get each filer."""
    from screener.importers.sec import filer

    yield from (partial(filer.filer_from_file, file) for file in files)
    if ciks or tickers:
        from screener.importers.sec.edgar import Edgar
        from screener.io.package_data import cache_folder

        with Edgar(contact, cache_folder(), server, refresh) as edgar:
            yield from (partial(filer.fetch_filer, edgar, cik) for cik in ciks)
            yield from (lambda t=ticker: filer.fetch_filer(edgar, edgar.cik_of(t)) for ticker in tickers)


def _made(
    filers: "Iterator[Callable[[], Filer]]",
    catalogue: "Catalogue",
    basis: Literal["annual", "ttm"],
    years: int,
    as_of: "date | None",
    head: dict[str, Any],
) -> "Iterator[Imported | ScreenerError]":
    """Each filer's profile, or what is wrong with it: one that can't be had stops no other."""
    from screener.importers.sec.companyfacts import filed_facts
    from screener.importers.sec.filer_profile import profile_document
    from screener.importers.sec.tags import read_forms, read_tags

    tags, forms = read_tags(), read_forms()
    for get in filers:
        try:
            found = get()
            company = filed_facts(found.facts, tags.wanted(), forms, as_of)
            made = profile_document(company, tags, catalogue, basis, years, as_of, {**found.head, **head})
            yield made._replace(remarks=(*found.remarks, *made.remarks))
        except ScreenerError as error:
            yield error
