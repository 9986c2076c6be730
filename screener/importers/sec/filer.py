"""One filer: its companyfacts, and what the SEC knows of it beside (ticker, and the sector that its industry code means)."""

from typing import Any, NamedTuple

from screener.errors import DocumentError
from screener.importers.sec.edgar import Edgar
from screener.importers.sec.industry_codes import sector_of
from screener.io.document import Document, parse_documents, read_documents


class Filer(NamedTuple):
    """A companyfacts document, what its profile's head says beside, and what whoever asked should know."""

    facts: Document
    head: dict[str, Any]
    remarks: tuple[str, ...] = ()


def filer_from_file(path: str) -> Filer:
    """The filer in a file (or '-'). Raises DocumentError."""
    return Filer(read_documents(path)[0], {})


def fetch_filer(edgar: Edgar, cik: int) -> Filer:
    """The filer with a number, asked for. Raises DocumentError."""
    facts = edgar.companyfacts(cik)
    old, head, remarks = facts.old, {}, list[str]()
    try:
        about = edgar.submissions(cik)
        head, old = header_from_submissions(about.data), old or about.old
    except DocumentError as error:
        remarks.append(f"ticker and sector are unknown: {error}")
    if old:
        remarks.append(f"the SEC could not be asked: this is what it said on {old}")
    return Filer(parse_documents(facts.text, facts.url)[0], head, tuple(remarks))


def header_from_submissions(submissions: Any) -> dict[str, Any]:
    """What a submissions document adds to the head of a profile."""
    if not isinstance(submissions, dict):
        return {}
    tickers, sector = submissions.get("tickers"), sector_of(submissions.get("sic"))
    first = tickers[0] if isinstance(tickers, list) and tickers else None
    return {**({"ticker": first} if isinstance(first, str) else {}), **({"sector": sector} if sector else {})}
