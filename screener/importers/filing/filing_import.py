"""Files in, a profile out."""

from collections.abc import Sequence

from screener.importers.filing.filing_profile import FilingOptions, profile_of_reports, read_filing_tables
from screener.importers.filing.report_document import ReportDocument, read_report
from screener.importers.sec.filer_profile import Imported
from screener.io.document import read_documents
from screener.io.file_kind import FileKind, file_kind, read_bytes
from screener.profile.catalogue import Catalogue


def import_filing(
    files: Sequence[str],
    catalogue: Catalogue,
    options: FilingOptions,
    downloaded: Sequence[ReportDocument] = (),
) -> Imported:
    """The profile of the company whose reports (or companyfacts documents) are in these files, or were downloaded.

    Raises DocumentError.
    """
    reports, companyfacts = list(downloaded), []
    for file in dict.fromkeys(files):
        if file_kind(read_bytes(file)[:65536]) is FileKind.COMPANYFACTS:
            companyfacts.extend(read_documents(file)[:1])
        else:
            reports.append(read_report(file))
    return profile_of_reports(reports, companyfacts, read_filing_tables(), catalogue, options)
