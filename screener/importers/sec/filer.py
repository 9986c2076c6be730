"""Defines a filer: its companyfacts, and what the SEC's submissions add (ticker, sector from its industry code)."""

from typing import Any, NamedTuple

from screener.errors import DocumentError
from screener.importers.sec.edgar import Edgar
from screener.importers.sec.industry_codes import sector_of
from screener.io.document import Document, parse_documents, read_documents


class Filer(NamedTuple):
    """A companyfacts document, keys for the head of the profile, and remarks for the user."""

    facts: Document
    head: dict[str, Any]
    remarks: tuple[str, ...] = ()


def filer_from_file(path: str) -> Filer:
    """Reads a filer from a file (or '-'). Raises DocumentError."""
    return Filer(read_documents(path)[0], {})


def fetch_filer(edgar: Edgar, cik: int) -> Filer:
    """Fetches the filer with a number (CIK) from the SEC. Raises DocumentError."""
    facts = edgar.companyfacts(cik)
    old, head, remarks = facts.old, {}, list[str]()
    try:
        about = edgar.submissions(cik)
        head, old = header_from_submissions(about.data), old or about.old
    except DocumentError as error:
        remarks.append(f"ticker and sector are unknown: {error}")
    if old:
        remarks.append(f"the SEC could not be reached: this is its document of {old}")
    return Filer(parse_documents(facts.text, facts.url)[0], head, tuple(remarks))


def header_from_submissions(submissions: Any) -> dict[str, Any]:
    """Returns the keys that a submissions document adds to the head of a profile."""
    if not isinstance(submissions, dict):
        return {}
    tickers, sector = submissions.get("tickers"), sector_of(submissions.get("sic"))
    first = tickers[0] if isinstance(tickers, list) and tickers else None
    return {**({"ticker": first} if isinstance(first, str) else {}), **({"sector": sector} if sector else {})}
