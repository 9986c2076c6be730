"""How a text file is written: its encoding, the sign between columns, and the row of headers."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from screener.importers.table.cell_text import cell_text
from screener.importers.table.number_notation import NumberNotation, digits_value
from screener.text import clean

DELIMITERS = "\t;|,"
SAMPLE_ROWS = 200
HEADER_WITHIN = 50  # rows from the top
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
NUL = "\0"
SHOWN_NUL = "\ufffd"
"""What stands for a NUL in a text: readers of CSV end a cell at one, and what is left may be another number."""
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")
_SEPARATOR = re.compile(r"\s*\"?sep=(.)\"?[,;\t ]*\r?\Z", re.IGNORECASE)
_YEAR = re.compile(r"(?:FY ?)?(?:19|20)\d{2}(?:\.0)?[AE]?\Z|\d{4}-\d{2}-\d{2}\Z|\d{1,2}/\d{1,2}/\d{4}\Z", re.IGNORECASE)


class DecodedText(NamedTuple):
    """A text with the encoding that it had; `assumed` where nothing in the file says so."""

    text: str
    encoding: str
    assumed: bool = False
    nuls: int = 0  # characters that no text has, by now SHOWN_NUL


def decode(data: bytes, encoding: str | None = None) -> DecodedText:
    """The text of a file without marks of byte order, also those where files were joined, and without NULs.

    Raises UnicodeError or LookupError.
    """
    found = _decoded(data, encoding)
    text = found.text
    if "\ufeff" in text:
        text = text.replace("\ufeff", "")
    if nuls := text.count(NUL):
        text = text.replace(NUL, SHOWN_NUL)
    return found._replace(text=text, nuls=nuls)


def _decoded(data: bytes, encoding: str | None) -> DecodedText:
    """The text of a file: by its byte order mark, in the encoding named, as UTF-8, or in the code page of Excel's plain CSV.

    Raises UnicodeError or LookupError.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return DecodedText(data.decode(name), name)
    if encoding is not None:
        return DecodedText(data.decode(encoding), encoding)
    if wide := _wide(data[:4096]):
        return DecodedText(data.decode(wide), wide, assumed=True)
    try:
        return DecodedText(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        page = "gb18030" if _is_chinese(data) else "cp1252"
        try:
            return DecodedText(data.decode(page), page, assumed=True)
        except UnicodeDecodeError:
            return DecodedText(data.decode("latin-1"), "latin-1", assumed=True)


def _wide(start: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of Latin text is 0."""
    if len(start) < 4:
        return None
    even, odd = start[0::2].count(0), start[1::2].count(0)
    half = len(start) // 2
    if odd > half * 0.6 and even < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.6 and odd < half * 0.1 else None


def _is_chinese(data: bytes) -> bool:
    """Whether the bytes above ASCII stand in pairs of GB 2312."""
    high = pairs = 0
    at, sample = 0, data[:1_000_000]
    while at < len(sample):
        if sample[at] < 0x80:
            at += 1
            continue
        paired = at + 1 < len(sample) and 0xB0 <= sample[at] <= 0xF7 and sample[at + 1] >= 0xA1
        pairs, high, at = pairs + paired, high + 1, at + 1 + paired
    return high > 1 and pairs >= 0.8 * high


def separator_line(text: str) -> str | None:
    """The separator that the first line of Excel's own making names (`sep=;`), None where it is a line as others."""
    found = _SEPARATOR.match(text.split("\n", 1)[0])
    return found[1] if found else None


def delimiter_of(text: str) -> str:
    """The sign that cuts most rows into the same number of columns, more than one; a comma where none does."""
    best = (0.0, 0, 0, ",")
    for place, sign in enumerate(DELIMITERS):
        rows = csv.reader(text.splitlines(keepends=True), delimiter=sign)
        try:
            counts = [len(row) for row in islice(rows, SAMPLE_ROWS) if any(row)]
        except csv.Error:  # a cell longer than those of a table: another sign cuts it
            continue
        if not counts:
            continue
        width, many = Counter(count for count in counts if count > 1).most_common(1)[0] if max(counts) > 1 else (1, 0)
        if width > 1:
            best = max(best, (round(many / len(counts), 2), width, -place, sign))
    return best[3]


def header_row(rows: Sequence[Sequence[object]], wanted: Collection[str] = ()) -> int:
    """The place of the row of headers: that with most of the headers that are wanted; else the first with several texts.

    Rows above it are titles and units, in which one or two cells are filled.
    """
    filled = [[cell for cell in row if cell is not None and str(cell).strip()] for row in rows[:HEADER_WITHIN]]
    if wanted:
        hits = [len({cell_text(cell).strip() for cell in cells}.intersection(wanted)) for cells in filled]
        return hits.index(max(hits)) if any(hits) else _first_filled(filled)
    if not any(filled):
        return 0
    usual = Counter(len(cells) for cells in filled if len(cells) > 1).most_common(1)
    least = max(2, (usual[0][0] if usual else 1) // 2)
    for place, cells in enumerate(filled):
        if len(cells) >= least and sum(map(is_heading, cells)) > len(cells) / 2:
            return place
    return _first_filled(filled)


def _first_filled(filled: Sequence[Sequence[object]]) -> int:
    return next((place for place, cells in enumerate(filled) if cells), 0)


def is_heading(cell: object) -> bool:
    """Whether a cell may head a column: a text, a year or a day, no other number."""
    text = clean(cell_text(cell)).strip()
    return bool(_YEAR.match(text)) or (
        not isinstance(cell, int | float) and digits_value(text, NumberNotation()) is None
    )


def lines_of(text: str) -> Iterator[str]:
    """The lines of a text with what ends them, one at a time: a copy of a large text takes four bytes a character."""
    return (line for found in _LINE.finditer(text) if (line := found[0]))


def text_after(text: str, delimiter: str, rows: int) -> str:
    """A text without its first rows, in which a quoted cell may run over several lines."""
    reader = csv.reader(lines_of(text), delimiter=delimiter)
    for _ in islice(reader, rows):
        pass
    return text[sum(map(len, islice(lines_of(text), reader.line_num))) :]


def fitted_rows(
    text: str, delimiter: str, quote: str, width: int, first_row: int
) -> tuple[str, list[int] | None, list[tuple[int, int]]]:
    """A text whose rows have no more cells than headers, the numbers of these rows (None: all), and the rows with more cells.

    Empty cells behind the last header are cut off.
    """

    def cells() -> Iterator[list[str]]:
        return csv.reader(lines_of(text), delimiter=delimiter, quotechar=quote, skipinitialspace=True)

    if max(map(len, cells()), default=0) <= width:
        return text, None, []
    kept, rows, wide = io.StringIO(newline=""), [], []
    writer = csv.writer(kept, delimiter=delimiter, quotechar=quote, lineterminator="\n")
    for number, row in enumerate(cells(), first_row):
        last = max((i for i, cell in enumerate(row, 1) if cell.strip()), default=0)
        if last > width:
            wide.append((number, len(row)))
        else:
            writer.writerow(row[:width])
            rows.append(number)
    return kept.getvalue(), rows, wide
