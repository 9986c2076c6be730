"""Reads customers and their shares of revenue from printed tables, with a row for each, below a text on customers."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from screener.importers.filing.customer_sentences import LEAST, StatedCustomer, is_a_company, is_of_year
from screener.importers.filing.sentence_rules import StatedSentence
from screener.importers.filing.stated_claims import PlacedSentence
from screener.importers.filing.text_blocks import TextBlock

MOST_ROWS = 25
"""Number of blocks after such a text in which its table may be."""
_LEAD = re.compile(
    r"(?=.*\bcustomers?\b)"
    r"(?=.*(?:\b10 ?%|\bten percent|\b10 percent|concentration|significant|major|percentage))"
    r"(?=.*\b(?:revenues?|sales)\b)"
    r"(?!.*(?:receivable|segment|\bgeograph|\bcountr(?:y|ies)\b|\bregion|\bexpect|\bproducts? (?:line|categor)))",
    re.IGNORECASE | re.DOTALL,
)
_YEARS = re.compile(r"\b(?:19|20)\d\d\b")
_HEADER = re.compile(r"[^|%]*(?:\|[^|%]*)*\Z")
_CELL = re.compile(
    r"(?:(?P<number>\d{1,2}(?:\.\d+)?)|(?P<none>\*+|[—–-]|<\s*10|less than 10|n/a))(?:\s*(?:\|\s*)?%)?", re.IGNORECASE
)
_UNNAMED = re.compile(
    r"(?:customer|distributor|reseller|client)s? (?P<letter>[A-Z]|\d{1,2}|one|two|three|four)\Z", re.IGNORECASE
)
_FOOT = re.compile(r" ?\(?[*†‡]+\)?| ?\(\d{1,2}\)| ?\([a-z]\)")


def table_customers(blocks: Sequence[TextBlock], end: date) -> list[StatedCustomer]:
    """Returns the customers of 10 % of revenue or more in the first such table for the year that ends on a day."""
    for at, block in enumerate(blocks):
        if (
            not block.is_table
            and _LEAD.match(block.text)
            and (found := list(_rows(blocks[at + 1 : at + MOST_ROWS], end)))
        ):
            return sorted(found, key=lambda c: (-c.share, c.name or c.label))
    return []


def _rows(blocks: Sequence[TextBlock], end: date) -> Iterator[StatedCustomer]:
    """Yields the customers of a table, up to a text or a row that is not about revenue."""
    years: list[int] = []
    for block in blocks:
        if "receivable" in block.text.lower() or (years and not block.is_table and len(block.text) > 60):
            return
        label, _, rest = block.text.partition("|")
        stated = [int(year) for year in _YEARS.findall(block.text)]
        if stated and _HEADER.match(block.text):
            if years:
                return
            years = stated
        elif years and block.is_table and "$" not in block.text and (share := _share(rest, years, end)) is not None:
            name = _FOOT.sub("", label).strip(" :")
            placed = PlacedSentence(StatedSentence(block.text, _CELL.search(rest) or _CELL.match("-")), block)  # type: ignore[arg-type]
            if unnamed := _UNNAMED.match(name):
                yield StatedCustomer(None, f"Customer {unnamed['letter']}", share, placed)
            elif is_a_company(name) and not name.lower().startswith(("total", "all other", "other")):
                yield StatedCustomer(name, "", share, placed)


def _share(cells: str, years: Sequence[int], end: date) -> float | None:
    """Returns the share for the year from cells for each year; None if it is below 10 % or not stated."""
    found = list(_CELL.finditer(cells))
    left = _CELL.sub("", cells).strip(" |")
    if left or len(found) != len(years):
        return None
    number = next(
        (cell["number"] for cell, year in zip(found, years, strict=True) if is_of_year(year, years, end)), None
    )
    return float(number) / 100 if number and LEAST <= float(number) / 100 < 1 else None
