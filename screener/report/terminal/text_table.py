"""Tables in the cells of a terminal: numbers are aligned to the right, and texts wider than their column are wrapped."""

from collections.abc import Iterator, Sequence

from screener.report.terminal.text_layout import Line, Span, cell_width, pad_to, wrap

_GAP = "  "
_NARROWEST = 8  # least width of a column with text on a narrow terminal, in cells
_LONGEST_WORD = 60  # greatest width of a word, such as the id of a rule, that is not broken, in cells


def table_lines(
    headers: Sequence[str], body: Sequence[Sequence[Span]], numeric: Sequence[bool], width: int
) -> list[Line]:
    """Returns a table in `width` cells, without headers if all are empty; nothing if there is no body.

    If its columns do not fit beside each other, headers are wrapped first, then texts; then further columns follow
    below, after a copy of the first one, which names the rows.
    """
    if not body:
        return []
    cells = [[row[n][0] for row in body] for n in range(len(headers))]
    widths = [max(map(cell_width, (head, *column))) for head, column in zip(headers, cells, strict=True)]
    least = [
        max(_longest_word(head), max(map(cell_width, column)) if is_number else _least_of_texts(column, wide))
        for head, column, is_number, wide in zip(headers, cells, numeric, widths, strict=True)
    ]
    head: list[Span] = [(text, "muted") for text in headers]
    rows = [head, *body] if any(headers) else list(body)
    lines: list[Line] = []
    for group in _groups(least, width):
        fitted = _fitted([widths[n] for n in group], [least[n] for n in group], [numeric[n] for n in group], width)
        if lines:
            lines.append(())
        for row in rows:
            lines += _row_lines([row[n] for n in group], fitted, [numeric[n] for n in group])
    return lines


def _longest_word(text: str) -> int:
    return max(map(cell_width, text.split()), default=0)


def _least_of_texts(column: Sequence[str], wide: int) -> int:
    """Returns the least width of a column of texts: ASCII words are kept whole, wide characters and very long words may
    be broken."""
    words = [cell_width(word) for text in column for word in text.split() if word.isascii()]
    return min(wide, max(_NARROWEST, min(max(words, default=0), _LONGEST_WORD)))


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _groups(least: Sequence[int], width: int) -> Iterator[list[int]]:
    """Returns groups of columns that fit beside each other at their least widths; the first column is in each group."""
    group = [0]
    for n in range(1, len(least)):
        if len(group) > 1 and _total([least[m] for m in (*group, n)]) > width:
            yield group
            group = [0]
        group.append(n)
    yield group


def _fitted(widths: list[int], least: Sequence[int], numeric: Sequence[bool], width: int) -> list[int]:
    """Returns column widths that fit together: headers of numbers are narrowed first, then the widest text column."""
    for only_numbers in (True, False):
        while _total(widths) > width:
            giving = [n for n, is_number in enumerate(numeric) if widths[n] > least[n] and is_number >= only_numbers]
            n = max(giving, key=lambda n: widths[n], default=None)
            if n is None:
                break
            widths[n] -= 1
    return widths


def _row_lines(cells: Sequence[Span], widths: Sequence[int], numeric: Sequence[bool]) -> list[Line]:
    """Returns the lines of a row; texts wider than their column continue on further lines."""
    columns = [wrap(text, width) for (text, _), width in zip(cells, widths, strict=True)]
    lines: list[Line] = []
    for n in range(max(map(len, columns))):
        parts: list[Span] = []
        for column, (_, style), width, is_number in zip(columns, cells, widths, numeric, strict=True):
            text = column[n] if n < len(column) else ""
            shown = " " * (width - cell_width(text)) + text if is_number else pad_to(text, width)
            parts += [(shown, style), (_GAP, "")]
        lines.append(parts[:-1])
    return lines
