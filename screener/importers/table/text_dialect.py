"""Recognises the notation of a text file: its encoding, the delimiter, and the row of headers."""

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
HEADER_WITHIN = 50  # number of rows from the top that are searched
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
NUL = "\0"
SHOWN_NUL = "\ufffd"
"""Replaces NUL in texts: CSV readers end a cell there, and the remainder could be another number."""
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")
_SEPARATOR = re.compile(r"\s*\"?sep=(.)\"?[,;\t ]*\r?\Z", re.IGNORECASE)
_YEAR = re.compile(r"(?:FY ?)?(?:19|20)\d{2}(?:\.0)?[AE]?\Z|\d{4}-\d{2}-\d{2}\Z|\d{1,2}/\d{1,2}/\d{4}\Z", re.IGNORECASE)


class DecodedText(NamedTuple):
    """A decoded text with its encoding; `assumed` if the file does not state the encoding."""

    text: str
    encoding: str
    assumed: bool = False
    nuls: int = 0  # number of NUL characters, replaced by SHOWN_NUL


def decode(data: bytes, encoding: str | None = None) -> DecodedText:
    """Decodes a file, without byte order marks (also those of joined files) and without NUL characters.

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
    """Decodes a file by its byte order mark, a given encoding, as UTF-8, or in the code page of Excel's CSV files.

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
    """Recognises UTF-16 without a byte order mark: every other byte of Latin text is 0. None for other encodings."""
    if len(start) < 4:
        return None
    even, odd = start[0::2].count(0), start[1::2].count(0)
    half = len(start) // 2
    if odd > half * 0.6 and even < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.6 and odd < half * 0.1 else None


def _is_chinese(data: bytes) -> bool:
    """Whether the bytes above ASCII are pairs of GB 2312."""
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
    """Returns the delimiter in a first line that Excel writes (`sep=;`); None for any other line."""
    found = _SEPARATOR.match(text.split("\n", 1)[0])
    return found[1] if found else None


def delimiter_of(text: str) -> str:
    """Returns the character that splits most rows into the same number of columns, at least two; a comma if none does."""
    best = (0.0, 0, 0, ",")
    for place, sign in enumerate(DELIMITERS):
        rows = csv.reader(text.splitlines(keepends=True), delimiter=sign)
        try:
            counts = [len(row) for row in islice(rows, SAMPLE_ROWS) if any(row)]
        except csv.Error:  # with this delimiter a cell would be too long
            continue
        if not counts:
            continue
        width, many = Counter(count for count in counts if count > 1).most_common(1)[0] if max(counts) > 1 else (1, 0)
        if width > 1:
            best = max(best, (round(many / len(counts), 2), width, -place, sign))
    return best[3]


def header_row(rows: Sequence[Sequence[object]], wanted: Collection[str] = ()) -> int:
    """Returns the position of the row of headers: that with most wanted headers; otherwise the first with several texts.

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
    """Whether a cell may be a header: a text, a year or a day, but no other number."""
    text = clean(cell_text(cell)).strip()
    return bool(_YEAR.match(text)) or (
        not isinstance(cell, int | float) and digits_value(text, NumberNotation()) is None
    )


def lines_of(text: str) -> Iterator[str]:
    """Yields the lines of a text with their line ends, one at a time: a list of them would take much memory."""
    return (line for found in _LINE.finditer(text) if (line := found[0]))


def text_after(text: str, delimiter: str, rows: int) -> str:
    """Returns a text without its first rows, in which a quoted cell may span several lines."""
    reader = csv.reader(lines_of(text), delimiter=delimiter)
    for _ in islice(reader, rows):
        pass
    return text[sum(map(len, islice(lines_of(text), reader.line_num))) :]


def fitted_rows(
    text: str, delimiter: str, quote: str, width: int, first_row: int
) -> tuple[str, list[int] | None, list[tuple[int, int]]]:
    """Returns a text without rows that are too wide, the numbers of its rows (None: all), and the wide rows.

    A wide row is returned as its number and its number of cells. Empty cells after the last header are cut off.
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
