"""Determines the years of a printed table's columns, and which columns are in another currency or pro forma."""

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from screener.importers.filing.cover_page import MONTH, month_number
from screener.importers.filing.money_words import DOLLAR, TITLE, MoneyWords
from screener.importers.filing.text_blocks import TextBlock

MOST_YEARS = 3
"""Greatest number of years in a statement: longer tables are summaries of five or ten years."""
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
    """The columns of a header: `years` of those to read, and their positions (`kept`) among the `across` amounts of a row.

    `translated`: whether another column repeats a year in dollars.
    """

    years: tuple[int, ...]
    kept: tuple[int, ...]
    across: int
    translated: bool = False


def is_of_time(text: str, words: MoneyWords) -> bool:
    """Whether a short text over a column consists only of words of time: a date, or a part of one."""
    rest = _WORDS_OF_TIME.sub(" ", words.in_headers.sub(" ", text))
    return len(text) <= _LONGEST_TITLE and re.search(r"[A-Za-z\d]", rest) is None and re.search(r"\w", text) is not None


def years_of_columns(block: TextBlock, words: MoneyWords) -> tuple[int, ...]:
    """Returns the years over the columns of a table if a row has nothing else; from a title one year at most."""
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


def balance_column(
    header: TextBlock, years: tuple[int, ...], titles: Sequence[str], end: date
) -> PrintedColumns | None:
    """Returns the column of an interim report's own day in a balance sheet; None if the header does not identify it.

    The other columns are the end of the last fiscal year and, at times, the same day a year before. The column is the only
    one of its year, or the one of its month if the header names a month for each year.
    """
    over = next(
        (months for text in (header.text, *reversed(titles)) if len(months := _months(text)) == len(years)), None
    )
    at = [n for n, year in enumerate(years) if year == end.year and (over is None or over[n] == end.month)]
    if len(at) != 1 or max(years) > end.year:
        return None
    return PrintedColumns((end.year,), (at[0],), len(years))


def _months(text: str) -> list[int]:
    return [month_number(found) for found in re.findall(MONTH, text, re.IGNORECASE)]


def columns_of(header: TextBlock, years: tuple[int, ...], beside: str, words: MoneyWords) -> PrintedColumns | None:
    """Returns the columns to read; None if a year occurs twice and it is not clear which column is meant.

    `beside` is the text of the titles and of the rows of units: if they name dollars and another currency, a year that occurs
    twice in a row is a convenience translation.
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
    """Whether columns are one to three consecutive years, in either order."""
    listed = [years[at] for at in kept]
    steps = {b - a for a, b in pairwise(listed)}
    return 1 <= len(listed) <= MOST_YEARS and (not steps or steps in ({1}, {-1}))


def is_part_of_year(titles: str) -> bool:
    """Whether titles say that amounts are for a quarter, or for another part of a year."""
    return _PART_OF_YEAR.search(titles) is not None
