"""Reads printed tables of numbers in reports without tags: the years of columns, the unit, and rows of amounts."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import NamedTuple

from screener.importers.filing.cover_page import dates
from screener.importers.filing.money_words import TITLE, MoneyWords
from screener.importers.filing.printed_columns import (
    SPACES,
    PrintedColumns,
    balance_column,
    columns_of,
    is_of_time,
    is_part_of_year,
    years_of_columns,
)
from screener.importers.filing.text_blocks import TextBlock

MOST_TABLES = 5000
"""Greatest number of tables that are read; the longest reports have some hundreds below a row of years."""
MOST_ROWS = 150
LONGEST_LABEL = 160
HEADING_BLOCKS = 14
"""Number of blocks before the years of a table that may hold its title, unit and currency."""
_LONGEST_ROW = 600
_MOST_HEADS = 4  # number of header rows with the same years in a table, repeated on each page
_MOST_STACKED = 10  # number of lines of a header that has its dates, or parts of them, one below the other
_UNIT_ROWS = 3  # number of rows below the years that may name units and currencies
_NEAR = 4  # number of titles before the years that state the period of amounts

_NUMBER = r"(?:\d{1,3}(?:[,'’]\d{3})+|\d+)(?:\.\d+)?"
_AMOUNT = re.compile(rf"\(?-?\(?{_NUMBER}\)?")
_SPACED = re.compile(r"\(?[-−–]?\d{1,3}(?: \d{3})+\)?")
"""Matches an amount with blanks between groups of digits: 12 345."""
_ENDS_IN_AMOUNT = re.compile(
    r"(?P<label>.*[A-Za-z)])(?<! and)(?<! of)(?<! to)(?<! at)\s+(?P<amount>\$ ?\(?[\d,]+\)?|\(?\d{1,3}(?:,\d{3})+\)?)\Z"
)
_PLAIN = re.compile(r"[\d.,'’()$ —–−-]*")
_LONGEST_MARKED = 60  # greatest length of a cell with an amount and a currency
_NOTE_NUMBER = r"\d{1,2}(?: ?\([a-z]\))?"
_NOTE = re.compile(
    rf"(?P<label>[^|]*)\|\s*(?:notes? )?(?:\d{{1,2}} ?\([a-z]\)|{_NOTE_NUMBER}(?:\s?(?:,|and|&|-|–)\s?{_NOTE_NUMBER})+)\s*(?=\|)",
    re.IGNORECASE,
)
"""Matches a label and one or several note numbers in a column of their own: 1(a), 12 and 13."""
_NONE = frozenset(("-", "–", "—", "−", "--", "-0-", "nil", "none"))
_EDGE = re.compile(
    r"\b(?:integral part|accompanying notes|see notes)\b|^(?:consolidated |condensed )*(?:statements? of|balance sheets?)\b",
    re.IGNORECASE,
)
_SECTION = re.compile(r"\bcash\b.*\b(?:operating|operations|investing|financing)\b", re.IGNORECASE)


class PrintedRow(NamedTuple):
    """A row: its label, the label with the line before it if that has no amounts (`longer`), and an amount for each column.

    The last unlabelled row in a section of cash flows is its total, and gets the heading of the section as its label.
    """

    label: str
    longer: str
    amounts: tuple[float, ...]
    block: TextBlock


class PrintedTable(NamedTuple):
    """A table with columns of years.

    `days` holds the date that a title states for a year; `unit` is the factor of amounts, None if it is not stated;
    `currencies` are those in its titles and rows ('$' for a dollar without a country). `parts` are its rows, divided at
    titles and footers of statements. `part_of_year`: whether its titles mention quarters or months.
    """

    years: tuple[int, ...]
    days: dict[int, date]
    unit: float | None
    currencies: frozenset[str]
    parts: tuple[tuple[PrintedRow, ...], ...]
    part_of_year: bool = False

    @property
    def rows(self) -> tuple[PrintedRow, ...]:
        """All rows of all parts."""
        return tuple(row for part in self.parts for row in part)


def printed_tables(
    blocks: Sequence[TextBlock], words: MoneyWords, interim: date | None = None
) -> Iterator[PrintedTable]:
    """Yields the tables of a text that have one to three columns of consecutive years.

    `interim` is the day of an interim report: then only tables with a column of that day are read, and only that column.
    """
    reader = _TableReader(blocks, words, interim)
    n = 0
    while reader.has_head(n):
        if (table := reader.table(n)) is not None:
            yield table
        n += 1


class _TableReader:
    """Reads the tables of a text, each below a row of years."""

    def __init__(self, blocks: Sequence[TextBlock], words: MoneyWords, interim: date | None = None) -> None:
        self.blocks, self.words, self.interim = blocks, words, interim
        self._known: dict[int, tuple[str, tuple[float, ...]]] = {}  # cached, since a block may be in several tables
        self._known_years: dict[int, tuple[int, ...]] = {}
        self._known_units: dict[int, bool] = {}
        self.headers: dict[int, TextBlock] = {}
        self.heads: list[tuple[int, tuple[int, ...]]] = []  # found on demand
        self._further = self._find_heads()

    def has_head(self, n: int) -> bool:
        """Whether there is a row of years with this index; also finds the rows after it that `table` needs."""
        wanted = n + 1 + _MOST_HEADS - len(self.heads)
        self.heads.extend(islice(self._further, max(0, wanted)))
        return n < len(self.heads)

    def _find_heads(self) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Yields the position and the years of each row of years."""
        for at, block in enumerate(self.blocks):
            header = block if block.is_table else self._stacked(at)
            if header is None:
                continue
            years = self._years(block) if header is block else years_of_columns(header, self.words)
            if years and (block.is_table or self._columns(at + 1) == len(years)):
                self.headers[at] = header
                yield at, years

    def _years(self, block: TextBlock) -> tuple[int, ...]:
        """Returns the years over the columns of a table, if the row has nothing else."""
        if id(block) not in self._known_years:
            self._known_years[id(block)] = years_of_columns(block, self.words)
        return self._known_years[id(block)]

    def _stacked(self, last: int) -> TextBlock | None:
        """Returns the header that ends at a line and has its dates, or parts of them, one below the other; or None.

        A header of a single line is the title of a single column.
        """
        lines: list[str] = []
        if not self._years(self.blocks[last]):
            return None
        for block in reversed(self.blocks[max(0, last - _MOST_STACKED) : last + 1]):
            if block.is_table or not is_of_time(block.text, self.words):
                break
            lines.insert(0, block.text)
        if not lines or (last + 1 < len(self.blocks) and is_of_time(self.blocks[last + 1].text, self.words)):
            return None
        return self.blocks[last]._replace(text=" | ".join(lines), is_table=len(lines) > 1)

    def _columns(self, start: int) -> int:
        """Returns the number of amounts in the next row with amounts: a title with a date heads a single column."""
        first = (found for block in self.blocks[start : start + 8] if (found := self._amounts(block)[1]))
        return len(next(first, ()))

    def table(self, n: int) -> PrintedTable | None:
        """Reads the table below a row of years; None if its columns are not years, or it has no rows."""
        (at, years), blocks = self.heads[n], self.blocks
        first = max(at - HEADING_BLOCKS, self.heads[n - 1][0] + 1 if n else 0)
        titles = [b.text for b in blocks[first:at] if len(b.text) <= TITLE and not self._is_data(b)] + [blocks[at].text]
        units = [b.text for b in blocks[at + 1 : at + 1 + _UNIT_ROWS] if len(b.text) <= TITLE and self._is_unit_row(b)]
        if self.interim is None:
            columns = columns_of(self.headers[at], years, " ".join((*titles[-_NEAR:], *units)), self.words)
        else:
            columns = balance_column(self.headers[at], years, titles[-_NEAR:-1], self.interim)
        if columns is None:
            return None
        following = self.heads[n + 1 : n + 1 + _MOST_HEADS]
        ends = (other for k, (other, found) in enumerate(following, 1) if found != years or k == _MOST_HEADS)
        stop = next(ends, len(blocks))
        parts = tuple(self._parts(blocks[at + 1 : min(stop, at + MOST_ROWS)], columns))
        if not parts:
            return None
        days = {day.year: day for title in titles[-6:] for day in dates(title) if day.year in columns.years}
        currencies = self.words.named(" ".join((*titles, *units, *(row.block.text for row in parts[0][:6]))))
        if columns.translated:
            currencies -= {"USD", "$"}
        unit = self.words.unit((*units, *reversed(titles)))
        part_of_year = is_part_of_year(" ".join(titles[-_NEAR:]))
        return PrintedTable(columns.years, days, unit, currencies, parts, part_of_year)

    def _is_data(self, block: TextBlock) -> bool:
        return block.is_table and len(self._amounts(block)[1]) > 0

    def _is_unit_row(self, block: TextBlock) -> bool:
        """Whether a row consists only of units and currencies."""
        if id(block) not in self._known_units:
            self._known_units[id(block)] = self._names_units_only(block)
        return self._known_units[id(block)]

    def _names_units_only(self, block: TextBlock) -> bool:
        rest = self.words.in_headers.sub(" ", re.sub(r"\([^)]*\)", " ", block.text))
        return (
            re.search(r"[A-Za-z\d]", re.sub(r"\b(?:in|of|notes?|unaudited|audited)\b", " ", rest, flags=re.IGNORECASE))
            is None
        )

    def _parts(self, blocks: Sequence[TextBlock], columns: PrintedColumns) -> Iterator[tuple[PrintedRow, ...]]:
        """Yields the rows between titles and footers of statements."""
        edges = [at for at, block in enumerate(blocks) if _EDGE.search(block.text) and not self._is_data(block)]
        for first, end in zip([0, *edges], [*edges, len(blocks)], strict=True):
            if rows := tuple(self._rows(blocks[first:end], columns)):
                yield rows

    def _rows(self, blocks: Sequence[TextBlock], columns: PrintedColumns) -> list[PrintedRow]:
        rows: list[PrintedRow] = []
        before, section, total = "", "", None
        for block in blocks:
            label, amounts = self._amounts(block)
            if len(amounts) == columns.across + 1 and 0 < amounts[0] < 100 and float(amounts[0]).is_integer():
                amounts = amounts[1:]  # drops the number of a note
            if len(label) > LONGEST_LABEL:
                label, amounts = "", ()
            elif len(amounts) == columns.across and not self._years(block):
                if not label and section:
                    total = len(rows)
                kept = tuple(amounts[at] for at in columns.kept)
                rows.append(PrintedRow(label, f"{before} {label}".strip(), kept, block))
            if label and not amounts and _SECTION.search(label):
                _name_total(rows, total, section)
                section, total = label, None
            titled = label and not amounts and len(label) <= TITLE
            before = label if titled and not (len(label) < _LONGEST_MARKED and self._is_unit_row(block)) else ""
        _name_total(rows, total, section)
        return rows

    def _amounts(self, block: TextBlock) -> tuple[str, tuple[float, ...]]:
        """Returns the label and the amounts of a row; no amounts if a cell is neither an amount nor empty."""
        if id(block) not in self._known:
            self._known[id(block)] = self._read_amounts(block)
        return self._known[id(block)]

    def _read_amounts(self, block: TextBlock) -> tuple[str, tuple[float, ...]]:
        text = block.text
        if len(text) > _LONGEST_ROW:
            return text, ()
        if not block.is_table:
            found = (
                _numbers(self._unmarked(text).split()) if len(text) <= TITLE and text[-1:] in "0123456789)-–—" else None
            )
            return ("", found) if found and len(found) > 1 else (text, ())
        text = _NOTE.sub(r"\g<label>", text, count=1)
        label, *cells = [SPACES.sub(" ", cell).strip() for cell in text.split("|")]
        if not (alone := self._unmarked(label)) or _AMOUNT.fullmatch(alone):
            label, cells = "", [label, *cells]  # a total without a label
        if cells and (ends := _ENDS_IN_AMOUNT.match(label)):  # long labels may leave only one blank
            label, cells = ends["label"], [ends["amount"], *cells]
        found = _numbers(self._cells(cells))
        return label, found or ()

    def _cells(self, cells: Sequence[str]) -> Iterator[str]:
        """Yields cells with one amount each; currency signs and brackets may have separate cells, or amounts share one."""
        plain = (self._unmarked(cell) for cell in cells)
        joined = " ".join(cell.replace(" ", "") if _SPACED.fullmatch(cell) else cell for cell in plain)
        joined = re.sub(r"\(\s+(?=\d)", "(", re.sub(r"(?<=\d)\s+\)", ")", joined))
        yield from re.sub(r"[−–](?=\d)", "-", joined).split()

    def _unmarked(self, cell: str) -> str:
        """Returns a cell without currency signs and codes."""
        if _PLAIN.fullmatch(cell):
            return cell.replace("$", " ").strip()
        return self.words.marks.sub(" ", cell).strip() if len(cell) <= _LONGEST_MARKED else cell


def _name_total(rows: list[PrintedRow], at: int | None, section: str) -> None:
    """Labels the last unlabelled row in a section with the section's heading."""
    if at is not None:
        rows[at] = rows[at]._replace(label=section, longer=section)


def _numbers(cells: Iterator[str] | Sequence[str]) -> tuple[float, ...] | None:
    """Returns the numbers of cells, without empty ones; None if a cell is something else."""
    found: list[float] = []
    for cell in cells:
        if cell.lower() in _NONE:
            found.append(0.0)
        elif _AMOUNT.fullmatch(cell):
            number = float(re.sub(r"[^\d.]", "", cell))
            found.append(-number if "(" in cell or cell.startswith("-") else number)
        elif cell:
            return None
    return tuple(found)
