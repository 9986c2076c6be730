"""Imports report files as a profile."""

from collections.abc import Sequence

from screener.importers.filing.filing_profile import profile_of_reports
from screener.importers.filing.filing_tables import read_filing_tables
from screener.importers.filing.markup import decode
from screener.importers.filing.report_document import ReportDocument, report_from_bytes
from screener.importers.filing_options import FilingOptions
from screener.importers.sec.filer_profile import Imported
from screener.io.document import parse_documents
from screener.io.file_kind import FileKind, file_kind, read_bytes
from screener.profile.catalogue import Catalogue


def import_filing(
    files: Sequence[str], catalogue: Catalogue, options: FilingOptions, downloaded: Sequence[ReportDocument] = ()
) -> Imported:
    """Returns the profile of the company whose reports or companyfacts documents are in the files or were downloaded.

    Raises DocumentError.
    """
    reports, companyfacts = list(downloaded), []
    for file in dict.fromkeys(files):
        raw = read_bytes(file)
        if file_kind(raw) is FileKind.COMPANYFACTS:
            companyfacts.extend(
                parse_documents(decode(raw), "-" if file == "-" else f"{file.removesuffix('.json')}.json")[:1]
            )
        else:
            reports.append(report_from_bytes(raw, file))
    return profile_of_reports(reports, companyfacts, read_filing_tables(), catalogue, options)
