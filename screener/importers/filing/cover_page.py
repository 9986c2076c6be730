"""Reads the cover of a report without tags: the company's name, the form, and the end of the period."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from screener.importers.filing.text_blocks import TextBlock

COVER_BLOCKS = 150
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?:jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?\.?|july?\.?|aug(?:ust|\.)?|sept?(?:ember|\.)?"
    r"|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?)"
)
"""Matches a month in English, in full or abbreviated."""
_DATE = re.compile(
    rf"\b(?P<month>{MONTH})\s*(?P<day>\d{{1,2}})\s*,?\s+(?P<year>(?:19|20)\d\d)\b"
    rf"|\b(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month2>{MONTH})\s*,?\s+(?P<year2>(?:19|20)\d\d)\b"
    r"|\b(?P<year3>(?:19|20)\d\d)-(?P<month3>\d\d)-(?P<day3>\d\d)\b"
    r"|\b(?P<month4>\d{1,2})/(?P<day4>\d{1,2})/(?P<year4>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_FORM = re.compile(
    r"\bform\s+(?P<form>10\s*-?\s*k(?:405|sb|t)?|10\s*-?\s*q(?:sb)?|20\s*-?\s*f|40\s*-?\s*f|6\s*-?\s*k|8\s*-?\s*k)\b(?P<amended>\s*(?P<slash>/)?\s*a\b)?",
    re.IGNORECASE,
)
_AMENDMENT = re.compile(r"\W*amendment (?:no|number)\b\.?\s*\w+\W*(?:to\b.*)?\Z", re.IGNORECASE)
_LONGEST_AMENDMENT = 60
_PERIOD = re.compile(
    r"(?:fiscal|financial|calendar)?\s*(?:year|quarter(?:ly)?|period|months)s?\s+(?:period\s+)?end(?:ed|ing)\b"
    rf"|\bperiod\s+from:?\s+{MONTH}\s*\d{{1,2}},?\s+\d{{4}},?\s+(?:to|through)\b",
    re.IGNORECASE,
)
_EXACT_NAME = re.compile(
    r"exact\s+name\s+of\s+(?:the\s+)?(?:registrant|company|issuer)|name of (?:small business )?issuer", re.IGNORECASE
)
_NOT_A_NAME = re.compile(
    r"commission|file n|form \d|securities|washington|exchange act|pursuant|date of event|\bor\b$|_{3,}|^\W*$|^\d[\d-]*$",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"\b(?:date|dated|on|this|as of)\b", re.IGNORECASE)


class CoverPage(NamedTuple):
    """The data on the cover; None for what cannot be read."""

    name: str | None
    form: str | None
    period_end: date | None


def read_cover(blocks: Sequence[TextBlock]) -> CoverPage:
    """Reads the cover from the first blocks of a report."""
    first = blocks[:COVER_BLOCKS]
    return CoverPage(_name(first), _form(first), _period_end(first))


def _form(blocks: Sequence[TextBlock]) -> str | None:
    for block in blocks:
        if found := _FORM.search(block.text):
            form = re.sub(r"\s", "", found["form"]).upper()
            form = form if "-" in form else re.sub(r"^(\d+)", r"\1-", form)
            amended = found["slash"] or (found["amended"] and len(block.text) < 40) or _is_amended(blocks)
            return form + ("/A" if amended else "")
    return None


def _is_amended(blocks: Sequence[TextBlock]) -> bool:
    """Whether a line of the cover says that the report is an amendment."""
    return any(_AMENDMENT.match(block.text) for block in blocks if len(block.text) < _LONGEST_AMENDMENT)


def _period_end(blocks: Sequence[TextBlock]) -> date | None:
    for at, block in enumerate(blocks):
        for found in _PERIOD.finditer(block.text):
            following = " ".join([block.text[found.end() :], *(b.text for b in blocks[at + 1 : at + 4])])
            if day := next(dates(following[:120]), None):
                return day
    return None


def _name(blocks: Sequence[TextBlock]) -> str | None:
    for at, block in enumerate(blocks):
        found = _EXACT_NAME.search(block.text)
        if not found:
            continue
        before = block.text[: found.start()].rstrip(" (|")
        for text in (before, *(b.text for b in reversed(blocks[max(0, at - 4) : at]))):
            text = text.strip(" |_-")
            if 2 < len(text) < 90 and not _NOT_A_NAME.search(text):
                return text
    return None


def month_number(name: str) -> int:
    """Returns the number of a month from its name in English, in full or abbreviated."""
    return _MONTHS.index(name.lower()[:3]) + 1


def dates(text: str) -> Iterator[date]:
    """Yields the dates in a text, in words (January 26, 2025; 26 Jan. 2025) or as 2025-01-26 or 1/26/2025."""
    for found in _DATE.finditer(text):
        year, month, day = next(
            (found[f"year{n}"], found[f"month{n}"], found[f"day{n}"]) for n in ("", "2", "3", "4") if found[f"year{n}"]
        )
        try:
            yield date(int(year), int(month) if month.isdigit() else month_number(month), int(day))
        except ValueError:
            continue


def signed_on(blocks: Sequence[TextBlock], period_end: date) -> date | None:
    """Returns the day on which a report was signed: the latest date near signatures in its last part; None if none is found.

    Only dates up to a year after the end of the period count.
    """
    found = [
        day
        for block in blocks[-max(80, len(blocks) // 8) :]
        if len(block.text) < 200 and _SIGNED.search(block.text)
        for day in dates(block.text)
        if 0 < (day - period_end).days <= 366
    ]
    return max(found, default=None)
