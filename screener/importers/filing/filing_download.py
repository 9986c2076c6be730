"""Downloads a report from the SEC: the latest of a form, or the one with an accession number."""

import re
from datetime import date
from typing import Any, NamedTuple

from screener.errors import DocumentError, Problem
from screener.importers.filing.report_document import ReportDocument, report_from_bytes
from screener.importers.sec.edgar import Edgar
from screener.importers.sec.filing_days import filing_day
from screener.text import clean, shorten

ACCESSION = re.compile(r"\d{10}-\d{2}-\d{6}\Z")
_COLUMNS = ("accessionNumber", "form", "filingDate", "primaryDocument")


class ListedFiling(NamedTuple):
    """A filing in a filer's list of submissions."""

    accession: str
    form: str
    filed: str
    document: str


def download_report(edgar: Edgar, cik: int, form: str, accession: str | None, as_of: date | None) -> ReportDocument:
    """Downloads the report with an accession number, or the latest of a form filed by a day. Raises DocumentError."""
    answer = edgar.submissions(cik)
    about = answer.data if isinstance(answer.data, dict) else {}
    listed = _listed(about)
    if accession is None:
        wanted = [f for f in listed if f.form == form and (as_of is None or f.filed <= as_of.isoformat())]
        if not wanted:
            forms = ", ".join(sorted({f.form for f in listed})[:20]) or "none"
            what = f"lists no {clean(shorten(form, 20))}{f' filed by {as_of}' if as_of else ''}"
            hint = f"it lists {clean(shorten(forms, 200))}; an older one needs --accession"
            raise DocumentError(Problem(what, hint, answer.url))
        found = max(wanted, key=lambda f: (f.filed, f.accession))
    else:
        found = next((f for f in listed if f.accession == accession), ListedFiling(accession, "", "", ""))
    raw = edgar.document(cik, found.accession, found.document)
    report = report_from_bytes(raw, found.document or f"{found.accession}.txt")
    report.accession, report.cik = found.accession, report.cik or cik
    report.form = report.form or found.form or None
    if found.filed:
        report.filed, report.filed_exactly = date.fromisoformat(found.filed), True
    report.industry_code = report.industry_code or str(about.get("sic") or "") or None
    return report


def _listed(about: dict[str, Any]) -> list[ListedFiling]:
    """Returns the filings of a submissions document; invalid rows are left out."""
    filings = about.get("filings")
    recent = filings.get("recent") if isinstance(filings, dict) else None
    columns = [recent.get(name) if isinstance(recent, dict) else None for name in _COLUMNS]
    if not all(isinstance(column, list) for column in columns):
        return []
    rows = zip(*(column or [] for column in columns), strict=False)
    return [ListedFiling(*row) for row in rows if _is_sound(row)]


def _is_sound(row: tuple[Any, ...]) -> bool:
    if not all(isinstance(cell, str) for cell in row) or not ACCESSION.match(row[0]):
        return False
    try:
        filing_day(row[2])
    except ValueError:
        return False
    return re.fullmatch(r"[\w.-]*", row[3]) is not None
