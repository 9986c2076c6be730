"""Splits a submission to the SEC in SGML into its header and its documents."""

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

_HEADER_END = re.compile(rb"</(?:SEC|IMS)-HEADER>|<DOCUMENT>", re.IGNORECASE)
_DOCUMENT = re.compile(rb"<DOCUMENT>(.*?)(?=</DOCUMENT>|<DOCUMENT>|\Z)", re.IGNORECASE | re.DOTALL)
_TEXT = re.compile(rb"<TEXT>(.*?)(?=</TEXT>|\Z)", re.IGNORECASE | re.DOTALL)
_KEY = re.compile(r"^\s*<?(?P<key>[A-Z][A-Z0-9 &()/-]{2,60}?)(?::|>)[ \t]*(?P<value>\S.*?)\s*$", re.MULTILINE)
_TYPE = re.compile(rb"<TYPE>\s*([^\s<]+)", re.IGNORECASE)
_WRAPPER = re.compile(rb"\A\s*<(XBRL|XML|PDF)>\s*|\s*</(?:XBRL|XML|PDF)>\s*\Z", re.IGNORECASE)
_EXHIBITS = {"40-F": ("EX-13", "EX-99"), "20-F": ("EX-13", "EX-15", "EX-99")}
"""Exhibits that may hold the statements of foreign reports. Others have them in EX-13, the annual report to shareholders."""
_OTHERS_EXHIBITS = ("EX-13",)
_AUDITED = re.compile(rb"\bwe\s+have\s+audited\b", re.IGNORECASE)
_ENCODED = re.compile(rb"\A\s*(?:<PDF>\s*)?begin [0-7]{3} ", re.IGNORECASE)


class SubmissionPart(NamedTuple):
    """One document of a submission."""

    form: str
    raw: bytes


class Submission(NamedTuple):
    """The header of a submission (empty if there is none) and its documents."""

    header: Mapping[str, str]
    parts: tuple[SubmissionPart, ...]

    def day(self, key: str) -> date | None:
        """Returns a day of the header (19931231); None if it is absent or invalid."""
        value = self.header.get(key, "")
        try:
            return date(int(value[:4]), int(value[4:6]), int(value[6:8]))
        except ValueError:
            return None

    @property
    def industry_code(self) -> str | None:
        """The Standard Industrial Classification code: 3674 in `SEMICONDUCTORS & RELATED DEVICES [3674]`."""
        found = re.search(r"\d{3,4}", self.header.get("STANDARD INDUSTRIAL CLASSIFICATION", ""))
        return found[0] if found else None

    @property
    def report_parts(self) -> tuple[SubmissionPart, ...]:
        """The report itself, and exhibits that may hold its statements; encoded files are left out.

        A 20-F with an auditor's report contains its statements itself: its exhibits hold those of other companies.
        """
        first, *rest = self.parts or (SubmissionPart("", b""),)
        form = first.form.partition("/")[0]
        wanted = (
            _OTHERS_EXHIBITS if form == "20-F" and _AUDITED.search(first.raw) else _EXHIBITS.get(form, _OTHERS_EXHIBITS)
        )
        return (first, *(part for part in rest if part.form.startswith(wanted) and not _ENCODED.match(part.raw)))

    @property
    def schedule(self) -> SubmissionPart | None:
        """The financial data schedule; the first one if there are several."""
        return next((part for part in self.parts if part.form.startswith("EX-27")), None)


def read_submission(raw: bytes) -> Submission:
    """Reads a submission; parts of it may be missing."""
    end = _HEADER_END.search(raw)
    header: dict[str, str] = {}
    for found in _KEY.finditer(raw[: end.start() if end else 0].decode("latin-1")):
        header.setdefault(found["key"].strip(), found["value"])
    parts = []
    for found_document in _DOCUMENT.finditer(raw):
        body = found_document[1]
        kind, text = _TYPE.search(body[:4096]), _TEXT.search(body)
        content = text[1] if text else body
        parts.append(SubmissionPart(kind[1].decode("latin-1").upper() if kind else "", _WRAPPER.sub(b"", content)))
    return Submission(header, tuple(parts))
