"""`screener import filing`: makes a profile from the reports of a company."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import click

from screener.cli.import_group.sec_options import basis_option, sec_download_options, sector_option, years_option
from screener.cli.output import print_notice
from screener.cli.shared_options import as_of_option, chosen_sector, force_option, gather_options, quiet_option
from screener.importers.filing_options import FilingOptions

if TYPE_CHECKING:
    from screener.importers.filing.report_document import ReportDocument


@dataclass(frozen=True)
class ReportDownload:
    """The report to download, if any, and the options of the download."""

    cik: int | None
    ticker: str | None
    form: str
    accession: str | None
    contact: str | None
    refresh: bool
    server: str | None

    def check(self) -> None:
        """Raises UsageError if the options contradict each other."""
        if self.cik is not None and self.ticker is not None:
            raise click.UsageError("give --cik or --ticker, not both")
        if self.accession is not None:
            from screener.importers.filing.filing_download import ACCESSION

            if self.cik is None and self.ticker is None:
                raise click.UsageError("--accession needs the filer: --cik or --ticker")
            if not ACCESSION.match(self.accession):
                raise click.BadParameter("write it as 0001045810-25-000023", param_hint="--accession")

    def report(self, as_of: date | None) -> "ReportDocument | None":
        """Downloads the report, if one is requested. Raises DocumentError."""
        if self.cik is None and self.ticker is None:
            return None
        from screener.importers.filing.filing_download import download_report
        from screener.importers.sec.edgar import Edgar
        from screener.io.package_data import cache_folder

        with Edgar(self.contact, cache_folder(), self.server, self.refresh) as edgar:
            cik = self.cik if self.cik is not None else edgar.cik_of(str(self.ticker))
            return download_report(edgar, cik, self.form, self.accession, as_of)


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE|-]...")
@click.option(
    "--cik", type=click.IntRange(1, 9_999_999_999), metavar="N", help="Download a report of the filer with this number."
)
@click.option("--ticker", metavar="T", help="Download a report of the filer with this ticker.")
@click.option(
    "--form", default="10-K", show_default=True, metavar="FORM", help="With --cik or --ticker: the latest of this form."
)
@click.option(
    "--accession", metavar="N", help="With --cik or --ticker: the filing of this number, such as 0001045810-25-000023."
)
@sec_download_options
@click.option("-o", "--out", metavar="FILE", help="The file for the profile.  [default: standard output]")
@sector_option
@click.option("--name", metavar="TEXT", help="The company's name, instead of that on the cover.")
@as_of_option("Only what was filed by this day.")
@basis_option
@years_option
@force_option
@quiet_option
@gather_options(ReportDownload, "download")
@gather_options(FilingOptions, "options")
def filing(
    *,
    files: tuple[str, ...],
    out: str | None,
    download: ReportDownload,
    options: FilingOptions,
    force: bool,
    quiet: bool,
) -> None:
    """Make a profile from the reports of one company: 10-K, 10-Q, 20-F, 40-F, ESEF and others, as files.

    FILE is a report in inline XBRL, HTML or plain text, a whole submission (.txt), or a companyfacts document; its type
    is recognised from its content. Nothing is downloaded unless --cik or --ticker requests it, which needs --contact.
    Each claim has its tag, or the sentence that states it and its place. See docs/importing.md.

    \b
    Examples:
      screener import filing 10-k.htm --sector semiconductors -o nvidia.json
      screener import filing 10-k.htm 10-q.htm CIK0001045810.json --basis ttm -o nvidia.json
      screener import filing submission.txt --name 'Acme Corp.' | screener run -
      screener import filing --ticker NVDA --form 10-K --contact 'Jane Doe jane@example.com' -o nvidia.json
    """
    download.check()
    if not files and download.cik is None and download.ticker is None:
        raise click.UsageError("name a FILE, or --cik or --ticker")
    from screener.cli.import_group.destination import write_profiles
    from screener.importers.filing.filing_import import import_filing
    from screener.io.replacing import ReplacePolicy
    from screener.rules.rulebook_loader import load_rulebook

    catalogue = load_rulebook(packs=[]).catalogue
    options = replace(options, sector=chosen_sector(options.sector, catalogue))
    report = download.report(options.as_of)
    imported = import_filing(files, catalogue, options, [report] if report is not None else [])
    if not quiet:
        print_notice(imported.summary)
        for remark in imported.remarks:
            print_notice(f"  {remark}")
    write_profiles([imported.document], out, several=False, policy=ReplacePolicy(force, files))
