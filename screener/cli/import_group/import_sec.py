"""`screener import sec`: makes profiles from figures filed with the SEC."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from screener.cli.import_group.sec_options import basis_option, sec_download_options, sector_option, years_option
from screener.cli.output import print_notice, print_problems
from screener.cli.progress import stage_facts, with_progress
from screener.cli.shared_options import as_of_option, chosen_sector, force_option, gather_options, quiet_option
from screener.errors import ScreenerError
from screener.importers.filing_options import FilingOptions
from screener.io.replacing import ReplacePolicy
from screener.text import clean

STANDARD_OUTPUT = "/dev/stdout"

if TYPE_CHECKING:
    from screener.importers.sec.filer import Filer
    from screener.importers.sec.filer_profile import Imported
    from screener.profile.catalogue import Catalogue


@dataclass(frozen=True)
class FilerSource:
    """The filers to import, and the source of their filings."""

    files: tuple[str, ...]
    dataset: bool
    ciks: tuple[int, ...]
    tickers: tuple[str, ...]
    contact: str | None
    refresh: bool
    server: str | None

    @property
    def count(self) -> int:
        """Returns the number of filers named."""
        return len(self.files) + len(self.ciks) + len(self.tickers)

    def filers(self) -> "Iterator[Callable[[], Filer]]":
        """Yields for each filer a function that obtains its filings."""
        from screener.importers.sec.filer import fetch_filer, filer_from_file

        yield from (partial(filer_from_file, file) for file in self.files)
        if self.ciks or self.tickers:
            from screener.importers.sec.edgar import Edgar
            from screener.io.package_data import cache_folder

            with Edgar(self.contact, cache_folder(), self.server, self.refresh) as edgar:
                yield from (partial(fetch_filer, edgar, cik) for cik in self.ciks)
                yield from (lambda t=ticker: fetch_filer(edgar, edgar.cik_of(t)) for ticker in self.tickers)


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE|-]...")
@click.option(
    "--dataset",
    is_flag=True,
    help="FILE is a folder, a zip file or the tables (num.txt, sub.txt) of the SEC's Financial Statement Data Sets, or of those "
    "with notes: a profile of each filer.",
)
@click.option(
    "--cik",
    "ciks",
    multiple=True,
    type=click.IntRange(1, 9_999_999_999),
    metavar="N",
    help="Download the filings of the filer with this number. Repeatable.",
)
@click.option(
    "--ticker",
    "tickers",
    multiple=True,
    metavar="T",
    help="Download the filings of the filer with this ticker. Repeatable.",
)
@as_of_option("Only what was filed by this day.")
@click.option(
    "-o",
    "--out",
    metavar="FILE|DIR",
    help="A file for one profile; a folder, a .jsonl file or a pipe for several.  [default: standard output]",
)
@basis_option
@years_option
@sector_option
@sec_download_options
@force_option
@quiet_option
@gather_options(FilerSource, "source")
@gather_options(FilingOptions, "options")
@click.pass_context
def sec(
    ctx: click.Context, *, source: FilerSource, options: FilingOptions, out: str | None, force: bool, quiet: bool
) -> None:
    """Make profiles from the figures that companies have filed with the SEC.

    FILE is a companyfacts document (https://data.sec.gov/api/xbrl/companyfacts/CIK##########.json). With --cik or
    --ticker it is downloaded, which needs --contact; downloads are kept for a day. Every figure has its tag, form, accession
    number, day and link. See docs/importing.md.

    \b
    Examples:
      screener import sec CIK0001045810.json --as-of 2026-02-06 -o nvidia.json
      screener import sec CIK0001045810.json --basis ttm --sector semiconductors | screener run -
      screener import sec --ticker NVDA --ticker SNOW --contact 'Jane Doe jane@example.com' -o profiles/
      screener import sec --dataset num.txt sub.txt -o quarter.jsonl
      screener import sec --dataset 2024q4.zip 2025q1.zip --basis ttm -o profiles/
    """
    if not source.count:
        raise click.UsageError("name a FILE, or --cik or --ticker")
    from screener.cli.import_group.destination import write_profiles
    from screener.rules.rulebook_loader import load_rulebook

    catalogue = load_rulebook(packs=[]).catalogue
    options = replace(options, sector=chosen_sector(options.sector, catalogue))
    policy = ReplacePolicy(force, source.files)
    if source.dataset:
        ctx.exit(_import_dataset(source, options, catalogue, out, policy, quiet))
    failed: list[ScreenerError] = []

    def profiles() -> Iterator[dict[str, Any]]:
        for imported in _import(source, options, catalogue):
            if isinstance(imported, ScreenerError):
                print_problems(imported)
                failed.append(imported)
                continue
            if not quiet:
                for line in (imported.summary, *(f"  {remark}" for remark in imported.remarks)):
                    print_notice(line)
            yield imported.document

    write_profiles(profiles(), out, several=source.count > 1, policy=policy)
    ctx.exit(3 if failed else 0)


def _import(
    source: FilerSource, options: FilingOptions, catalogue: "Catalogue"
) -> "Iterator[Imported | ScreenerError]":
    """Yields each filer's profile, or the error that prevents it. An error of one filer does not affect the others."""
    from screener.importers.sec.companyfacts import filed_facts
    from screener.importers.sec.filer_profile import profile_document
    from screener.importers.sec.tags import read_forms, read_tags

    tags, forms = read_tags(), read_forms()
    basis, years, as_of = options.basis, options.years, options.as_of
    head = {"sector": options.sector} if options.sector else {}
    for obtain in source.filers():
        try:
            filer = obtain()
            company = filed_facts(filer.facts, tags.wanted(), forms, as_of)
            imported = profile_document(company, tags, catalogue, basis, years, as_of, {**filer.head, **head})
            yield imported._replace(remarks=(*filer.remarks, *imported.remarks))
        except ScreenerError as error:
            yield error


def _import_dataset(
    source: FilerSource,
    options: FilingOptions,
    catalogue: "Catalogue",
    out: str | None,
    policy: ReplacePolicy,
    quiet: bool,
) -> int:
    """Writes a profile of each filer in data sets, and returns the exit code: 3 if rows could not be read."""
    if source.ciks or source.tickers or not source.files:
        raise click.UsageError("--dataset takes the tables of a data set as FILE, and no --cik or --ticker")
    from screener.cli.import_group.destination import write_profiles
    from screener.importers.dataset.dataset_profiles import DatasetImport

    filers = DatasetImport(source.files, catalogue, options)
    with ExitStack() as stack:
        documents = stage_facts(stack, filers, quiet)
        listed = with_progress(documents, filers.filers, quiet, "Writing")
        count = write_profiles(listed, out or STANDARD_OUTPUT, several=True, policy=policy)
    if filers.problems:
        print_problems(ScreenerError(filers.problems))
    if not quiet:
        print_notice(f"{count:,} profiles of {filers.filers:,} filers in {', '.join(map(clean, source.files))}")
    return 3 if filers.problems else 0
