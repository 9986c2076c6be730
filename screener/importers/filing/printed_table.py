"""Tables of numbers in the text of a report without tags: the columns of years, the unit, and rows of label and amounts."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from screener.importers.filing.cover_page import dates
from screener.importers.filing.text_blocks import TextBlock

MOST_COLUMNS = 3
"""Years that a statement has: a table of more is a summary of five or ten years."""
MOST_ROWS = 150
LONGEST_LABEL = 160
HEADING_BLOCKS = 14
"""Blocks before the years of a table in which its title, unit and currency stand."""
_HEADING = 220  # characters of a title
_LONGEST_ROW = 600

_SPACES = re.compile(r"[\s\u200b\xa0]+")
_YEAR = re.compile(r"(?<![\d,.$])(?:19|20)\d\d(?![\d,.]*\d)")
_WORDS_OF_TIME = re.compile(
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december|years?|ended|ending|at|as|of|and|"
    r"the|for|fiscal|in|except|per|share|data|amounts?|dollars?|thousands|millions|u\.?s\.?|note|notes?|number|restated|audited|(?:19|20)\d\d|\d{1,2})\b",
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"\(?\$?\s*\(?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?\s*\)?")
_ENDS_IN_AMOUNT = re.compile(r"(?P<label>.*[A-Za-z)])\s+(?P<amount>\$ ?\(?[\d,]+\)?|\(?\d{1,3}(?:,\d{3})+\)?)\Z")
_NOTE = re.compile(r"(?P<label>[^|]*)\|\s*(?:note )?\d{1,2} ?\([a-z]\)\s*(?=\|)", re.IGNORECASE)
"""A label, and the number of a note in a column of its own: 1(a)."""
_NONE = frozenset(("-", "–", "—", "--", "-0-", "nil", "none"))
_EDGE = re.compile(
    r"\b(?:integral part|accompanying notes|see notes)\b|^(?:consolidated |condensed )*(?:statements? of|balance sheets?)\b",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"\b(?:in|of)\s+(?P<unit>thousand|million|billion)s?\b|(?P<zeros>\$?\s?000(?:'|’)?s?\s+omitted)|\(\s*\$?\s*(?P<short>000)(?:'|’)?s\s*\)",
    re.IGNORECASE,
)
UNITS = {"thousand": 1e3, "million": 1e6, "billion": 1e9}
_CURRENCIES = (
    ("EUR", re.compile(r"\bEUR\b|\beuros?\b|€", re.IGNORECASE)),
    ("GBP", re.compile(r"\bGBP\b|£|pounds sterling", re.IGNORECASE)),
    ("JPY", re.compile(r"\bJPY\b|¥|\byen\b", re.IGNORECASE)),
    ("CAD", re.compile(r"\bcanadian dollars?|\bC\$|\bCdn", re.IGNORECASE)),
    ("CHF", re.compile(r"\bCHF\b|swiss francs?", re.IGNORECASE)),
    ("CNY", re.compile(r"\bRMB\b|renminbi|\bCNY\b", re.IGNORECASE)),
    ("HKD", re.compile(r"\bHK\$|hong kong dollars?", re.IGNORECASE)),
    ("AUD", re.compile(r"\bA\$|australian dollars?", re.IGNORECASE)),
)
_US_DOLLARS = re.compile(r"\bU\.?\s?S\.?\s?(?:\$|dollars?)|\bUSD\b", re.IGNORECASE)


class PrintedRow(NamedTuple):
    """A row: its label, with that of the line before it where that has no amounts, and an amount for each column."""

    label: str
    longer: str
    amounts: tuple[float, ...]
    block: TextBlock


class PrintedTable(NamedTuple):
    """A table with columns of years.

    `days` has the day that a title states for a year; `unit` is what amounts are multiplied by, None where nothing says it;
    `currencies` are those that its titles and rows name ('$' for a dollar of no country). `parts` are its rows between the
    titles and feet of statements.
    """

    years: tuple[int, ...]
    days: dict[int, date]
    unit: float | None
    currencies: frozenset[str]
    parts: tuple[tuple[PrintedRow, ...], ...]

    @property
    def rows(self) -> tuple[PrintedRow, ...]:
        """All rows."""
        return tuple(row for part in self.parts for row in part)


def printed_tables(blocks: Sequence[TextBlock]) -> Iterator[PrintedTable]:
    """The tables of a text that have one to three columns of consecutive years."""
    heads = [(at, years) for at, block in enumerate(blocks) if (years := _years_of_columns(block))]
    for n, (at, years) in enumerate(heads):
        if not 1 <= len(years) <= MOST_COLUMNS or any(abs(a - b) != 1 for a, b in pairwise(years)):
            continue
        stop = next((other for other, found in heads[n + 1 :] if found != years), len(blocks))
        parts = tuple(_parts(blocks[at + 1 : min(stop, at + MOST_ROWS)], len(years)))
        if parts:
            first = max(at - HEADING_BLOCKS, heads[n - 1][0] + 1 if n else 0)
            titles = [b.text for b in blocks[first:at] if len(b.text) <= _HEADING and not _is_data(b)] + [
                blocks[at].text
            ]
            days = {day.year: day for title in titles[-6:] for day in dates(title) if day.year in years}
            shown = " ".join((*titles, *(row.block.text for row in parts[0][:6])))
            yield PrintedTable(years, days, _unit(reversed(titles)), _currencies(shown), parts)


def states_units(blocks: Sequence[TextBlock]) -> bool:
    """Whether any title of a text states a unit of amounts, so that a table without one need not be in single dollars."""
    return any(len(b.text) <= _HEADING and _unit([b.text]) is not None for b in blocks)


def _years_of_columns(block: TextBlock) -> tuple[int, ...]:
    """The years over the columns of a table, if a row has nothing else."""
    if not block.is_table or len(block.text) > _HEADING:
        return ()
    text = _SPACES.sub(" ", re.sub(r"\([^)]*\)", " ", block.text))
    years = tuple(int(year) for year in _YEAR.findall(text))
    rest = _WORDS_OF_TIME.sub(" ", text)
    return years if years and not re.search(r"[A-Za-z\d]", rest) else ()


def _is_data(block: TextBlock) -> bool:
    return block.is_table and len(_amounts(block.text)[1]) > 0


def _parts(blocks: Sequence[TextBlock], columns: int) -> Iterator[tuple[PrintedRow, ...]]:
    """The rows between titles and feet of statements."""
    edges = [at for at, block in enumerate(blocks) if _EDGE.search(block.text) and not _is_data(block)]
    for first, end in zip([0, *edges], [*edges, len(blocks)], strict=True):
        if rows := tuple(_rows(blocks[first:end], columns)):
            yield rows


def _rows(blocks: Sequence[TextBlock], columns: int) -> Iterator[PrintedRow]:
    before = ""
    for block in blocks:
        label, amounts = _amounts(block.text) if block.is_table else (block.text, ())
        if len(amounts) == columns + 1 and 0 < amounts[0] < 100 and float(amounts[0]).is_integer():
            amounts = amounts[1:]  # the number of a note
        if len(label) > LONGEST_LABEL:
            label, amounts = "", ()
        elif len(amounts) == columns and not _years_of_columns(block):
            yield PrintedRow(label, f"{before} {label}".strip(), amounts, block)
        before = label if label and not amounts and len(label) <= _HEADING else ""


def _amounts(text: str) -> tuple[str, tuple[float, ...]]:
    """The label of a row, and its amounts; none where a cell is neither an amount nor empty."""
    if len(text) > _LONGEST_ROW:
        return text, ()
    text = _NOTE.sub(r"\g<label>", text, count=1)
    label, *cells = [_SPACES.sub(" ", cell).strip() for cell in text.split("|")]
    if label in ("$", "€", "£", "¥") or _AMOUNT.fullmatch(label):
        label, cells = "", [label, *cells]  # a total without a label
    if cells and (ends := _ENDS_IN_AMOUNT.match(label)):  # a long label leaves one blank only
        label, cells = ends["label"], [ends["amount"], *cells]
    found: list[float] = []
    for cell in _cells(cells):
        if cell.lower() in _NONE:
            found.append(0.0)
        elif _AMOUNT.fullmatch(cell):
            number = float(re.sub(r"[^\d.]", "", cell))
            found.append(-number if "(" in cell else number)
        elif cell:
            return label, ()
    return label, tuple(found)


def _cells(cells: Sequence[str]) -> Iterator[str]:
    """Cells of one amount each: signs of currencies and brackets stand in cells of their own, or two amounts in one."""
    joined = " ".join(cells)
    joined = re.sub(r"\$\s*|€\s*|£\s*", "", joined)
    joined = re.sub(r"\(\s+(?=\d)", "(", re.sub(r"(?<=\d)\s+\)", ")", joined))
    yield from joined.split()


def _unit(titles: Iterator[str] | Sequence[str]) -> float | None:
    """What the nearest title that states a unit says."""
    for title in titles:
        if found := _UNIT.search(title):
            return UNITS[(found["unit"] or "thousand").lower()]
    return None


def _currencies(text: str) -> frozenset[str]:
    found = {code for code, pattern in _CURRENCIES if pattern.search(text)}
    if _US_DOLLARS.search(text):
        found.add("USD")
    elif "$" in text and not found & {"CAD", "HKD", "AUD"}:
        found.add("$")
    return frozenset(found)
