"""The type of a file, recognised from its first bytes: a report, figures in another form, or something else."""

import re
import sys
from enum import Enum
from pathlib import Path

from screener import limits
from screener.errors import DocumentError, Problem
from screener.io.paths import unreadable
from screener.io.read_files import note_read

SNIFFED = 64 * 2**10  # number of bytes that are examined


class FileKind(Enum):
    """The type of a file; the value is its name in messages."""

    SUBMISSION = "a submission to the SEC (SGML)"
    INLINE_XBRL = "a report in inline XBRL"
    HTML = "a report in HTML"
    TEXT = "a plain text"
    COMPANYFACTS = "a companyfacts document of the SEC"
    JSON = "a JSON document"
    PROFILE = "a profile"
    XBRL_INSTANCE = "an XBRL instance without its report"
    PDF = "a PDF file"
    ARCHIVE = "a ZIP archive or an Excel file"
    PICTURE = "a picture"
    BINARY = "binary data"


REPORTS = frozenset((FileKind.SUBMISSION, FileKind.INLINE_XBRL, FileKind.HTML))
"""Kinds that are certainly reports; a plain text may be something else."""

_MAGIC = (
    (b"%PDF", FileKind.PDF),
    (b"PK\x03\x04", FileKind.ARCHIVE),
    (b"\x89PNG", FileKind.PICTURE),
    (b"\xff\xd8\xff", FileKind.PICTURE),
    (b"GIF8", FileKind.PICTURE),
)
_SUBMISSION = re.compile(
    rb"<(?:SEC|IMS)-(?:DOCUMENT|HEADER)>|^<(?:DOCUMENT|SUBMISSION)>|-----BEGIN PRIVACY-ENHANCED", re.M
)
_INLINE = re.compile(rb"http://www\.xbrl\.org/20\d\d/inlineXBRL(?=[\"'])")
_INSTANCE = re.compile(rb"<(?:\w+:)?xbrl[\s>]")
_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body|div|p|table|font|title|center|h\d|pre)\b", re.IGNORECASE)
_PROFILE = re.compile(rb"\s*(?:#|-{3}\s|[\w$]+\s*:)")
_COVER = re.compile(
    r"\bform\s+(?:10-?k|10-?q|20-?f|40-?f|6-?k|8-?k)\b|securities and exchange commission|annual report|quarterly report",
    re.IGNORECASE,
)


OTHER_STARTS = (b"<", b"%", b"P", b"\x89", b"\xff")
"""First bytes of reports, PDF files, archives and pictures. Of these, only P may also begin a YAML document."""


def read_bytes(path: str) -> bytes:
    """Returns the bytes of a file, or of standard input for '-'. Raises DocumentError if it can't be read, is empty or
    too large."""
    try:
        if path == "-":
            raw = sys.stdin.buffer.read(limits.FILING_BYTES + 1) if sys.stdin else b""
        else:
            note_read(path)
            with Path(path).open("rb") as file:
                raw = file.read(limits.FILING_BYTES + 1)
    except OSError as error:
        raise unreadable(error, path) from error
    if len(raw) > limits.FILING_BYTES:
        what = f"is larger than {limits.FILING_BYTES >> 20} MiB"
        raise DocumentError(Problem(what, "give the report itself, without exhibits and pictures", path))
    if not raw.strip():
        raise DocumentError(Problem("the file is empty", "download it again", path))
    return raw


def file_kind(raw: bytes) -> FileKind:
    """Returns the type of a file with these (first) bytes."""
    for magic, kind in _MAGIC:
        if raw.startswith(magic):
            return kind
    head = raw[:SNIFFED]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "replace").encode()
    if b"\x00" in head:
        return FileKind.BINARY
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] in (b"{", b"["):
        return _json_kind(start)
    if _SUBMISSION.search(head):
        return FileKind.SUBMISSION
    if _INLINE.search(head):
        return FileKind.INLINE_XBRL
    if _INSTANCE.search(head):
        return FileKind.XBRL_INSTANCE
    if _MARKUP.search(head):
        return FileKind.HTML
    return FileKind.TEXT


def _json_kind(head: bytes) -> FileKind:
    if b'"facts"' in head and b'"cik"' in head:
        return FileKind.COMPANYFACTS
    return FileKind.PROFILE if b'"figures"' in head or b'"$schema"' in head else FileKind.JSON


def looks_like_a_report(head: bytes) -> bool:
    """Returns whether the first bytes of a file are those of a report, or of a text that begins like one."""
    kind = file_kind(head)
    if kind is FileKind.TEXT:
        return _COVER.search(head[:SNIFFED].decode("latin-1")) is not None and not _PROFILE.match(head)
    return kind in REPORTS


def not_a_document(raw: bytes, name: str) -> Problem | None:
    """Returns the problem to report for a file that is not JSON or YAML; None if it may be one of them."""
    kind = file_kind(raw[:SNIFFED])
    if looks_like_a_report(raw[:SNIFFED]):
        shown = FileKind.TEXT.value + " of a report" if kind is FileKind.TEXT else kind.value
        hint = f"make a profile of it: screener import filing {name} -o profile.json"
    elif kind in (FileKind.PDF, FileKind.PICTURE, FileKind.XBRL_INSTANCE):
        shown, hint = kind.value, "give a JSON or YAML file; screener import filing reads reports (.htm, .txt)"
    elif kind is FileKind.ARCHIVE:
        shown, hint = kind.value, "a table goes into screener import table, or run TABLE --map MAP"
    else:
        return None
    return Problem(f"is {shown}, not a JSON or YAML document", hint, name, code="unreadable")
