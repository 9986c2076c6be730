"""`screener import filing`: reports in, a profile out."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import click

from screener.cli.output import print_notice
from screener.cli.shared_options import as_of_option, force_option, gather_options, quiet_option
from screener.text import clean, did_you_mean


@dataclass(frozen=True)
class FilingSettings:
    """What the user says about the company, and which figures are wanted."""

    name: str | None
    sector: str | None
    basis: Literal["annual", "ttm"]
    years: int
    as_of: date | None


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("-o", "--out", metavar="FILE", help="Where the profile goes.  [default: standard output]")
@click.option(
    "--sector", metavar="NAME", help="The company's sector (rules/catalog/sectors.yaml), which reports seldom state."
)
@click.option("--name", metavar="TEXT", help="The company's name, instead of that on the cover.")
@as_of_option("Only what was filed by this day.")
@click.option(
    "--basis",
    type=click.Choice(["annual", "ttm"]),
    default="annual",
    show_default=True,
    help="Fiscal years; with ttm also the twelve months up to the latest quarter.",
)
@click.option("--years", type=click.IntRange(1, 30), default=5, show_default=True, help="How many years back.")
@force_option
@quiet_option
@gather_options(FilingSettings, "settings")
def filing(*, files: tuple[str, ...], out: str | None, settings: FilingSettings, force: bool, quiet: bool) -> None:
    """Make a profile from the reports of one company: 10-K, 10-Q, 20-F, 40-F, ESEF and others, as files.

    FILE is a report in inline XBRL, HTML or plain text, a whole submission (.txt), or a companyfacts document; what it is
    is found out from its content. Nothing is downloaded. Each claim has its tag, or the sentence that states it and its place.
    See docs/importing.md.

    \b
    Examples:
      screener import filing 10-k.htm --sector semiconductors -o nvidia.json
      screener import filing 10-k.htm 10-q.htm CIK0001045810.json --basis ttm -o nvidia.json
      screener import filing submission.txt --name 'Acme Corp.' | screener run -
    """
    from screener.cli.import_group.destination import write_profiles
    from screener.importers.filing.filing_import import import_filing
    from screener.importers.filing.filing_profile import FilingOptions
    from screener.io.replacing import ReplacePolicy
    from screener.rules.rulebook_loader import load_rulebook

    catalogue = load_rulebook(packs=[]).catalogue
    if settings.sector is not None and settings.sector not in catalogue.sectors:
        hint = did_you_mean(settings.sector, catalogue.sectors, "see rules/catalog/sectors.yaml")
        raise click.BadParameter(f"there is no sector '{clean(settings.sector)}'; {hint}", param_hint="--sector")
    options = FilingOptions(
        name=settings.name,
        sector=settings.sector,
        basis=settings.basis,
        years=settings.years,
        as_of=settings.as_of,
    )
    imported = import_filing(files, catalogue, options)
    if not quiet:
        print_notice(imported.summary)
        for remark in imported.remarks:
            print_notice(f"  {remark}")
    write_profiles([imported.document], out, several=False, policy=ReplacePolicy(force, files))
