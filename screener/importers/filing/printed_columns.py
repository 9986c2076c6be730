"""The columns of a printed table: which years they are of, and which of them are amounts in another currency or pro forma."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from screener.importers.filing.cover_page import MONTH
from screener.importers.filing.money_words import DOLLAR, TITLE, MoneyWords
from screener.importers.filing.text_blocks import TextBlock

MOST_YEARS = 3
"""Years that a statement has: a table of more is a summary of five or ten years."""
_MOST_COLUMNS = 5
_LONGEST_TITLE = 60
SPACES = re.compile(r"[\s\u200b\xa0]+")
_YEAR = re.compile(r"(?<![\d,.$])(?:19|20)\d\d(?![\d,.]*\d)")
_WORDS_OF_TIME = re.compile(
    rf"\b(?:{MONTH}|years?|ended|ending|at|as|of|and|the|for|fiscal|financial|twelve|months|fifty[- ](?:two|three)|weeks?|period|"
    r"in|except|per|share|data|amounts?|u\.?s\.?|notes?|number|restated|reported|audited|to|on|(?:19|20)\d\d|\d{1,2})\b",
    re.IGNORECASE,
)
_OTHER_COLUMN = re.compile(r"pro[- ]?forma|as adjusted|convenience|translat", re.IGNORECASE)
_PART_OF_YEAR = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|[1-9]|1[01])[- ]months?\b|\bquarters?\b"
    r"|\b(?:thirteen|fourteen|twenty[- ]\w+|thirty[- ]\w+|forty|1[234]|2[5-8]|39|4[01])[- ]weeks?\b",
    re.IGNORECASE,
)


class PrintedColumns(NamedTuple):
    """The columns of a header: `years` of those that are read, `kept` their places among `across` columns of amounts.

    `translated`: whether another column repeats a year in dollars.
    """

    years: tuple[int, ...]
    kept: tuple[int, ...]
    across: int
    translated: bool = False


def years_of_columns(block: TextBlock, words: MoneyWords) -> tuple[int, ...]:
    """The years over the columns of a table, if a row has nothing else; of a title, one year alone."""
    if len(block.text) > (TITLE if block.is_table else _LONGEST_TITLE):
        return ()
    if _YEAR.search(block.text) is None:
        return ()
    text = SPACES.sub(" ", re.sub(r"\([^)]*\)", " ", block.text))
    years = tuple(int(year) for year in _YEAR.findall(text))
    if not years or len(years) > _MOST_COLUMNS or (not block.is_table and len(years) > 1):
        return ()
    rest = _WORDS_OF_TIME.sub(" ", words.in_headers.sub(" ", _OTHER_COLUMN.sub(" ", text)))
    return () if re.search(r"[A-Za-z\d]", rest) else years


def columns_of(header: TextBlock, years: tuple[int, ...], beside: str, words: MoneyWords) -> PrintedColumns | None:
    """The columns that are read; None where a year stands twice and nothing says which column is meant.

    `beside` is the text of the titles and of the rows of units: where they name dollars beside another currency, a year that stands
    twice in a row is a translation for convenience.
    """
    other: list[bool] = []
    for cell in header.text.split("|"):
        other += [_OTHER_COLUMN.search(cell) is not None] * len(_YEAR.findall(re.sub(r"\([^)]*\)", " ", cell)))
    kept = [at for at in range(len(years)) if not (len(other) == len(years) and other[at])]
    translated = False
    if not _are_years(kept, years):
        named = words.named(f"{header.text} {beside}")
        if not named & {"USD", DOLLAR} or len(named) < 2 or len(kept) < 2:
            return None
        translated = True
        if years[kept[-1]] == years[kept[-2]]:
            kept = kept[:-1]
        elif years[kept[0]] == years[kept[1]]:
            kept = kept[1:]
    if not _are_years(kept, years):
        return None
    return PrintedColumns(tuple(years[at] for at in kept), tuple(kept), len(years), translated)


def _are_years(kept: Sequence[int], years: Sequence[int]) -> bool:
    """Whether columns are those of one to three years that follow each other, in one direction."""
    listed = [years[at] for at in kept]
    steps = {b - a for a, b in pairwise(listed)}
    return 1 <= len(listed) <= MOST_YEARS and (not steps or steps in ({1}, {-1}))


def is_part_of_year(titles: str) -> bool:
    """Whether titles say that amounts are of a quarter, or of another part of a year."""
    return _PART_OF_YEAR.search(titles) is not None
