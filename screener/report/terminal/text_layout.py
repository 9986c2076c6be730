"""Text in the cells of a terminal: widths, wrapping, tables and styled lines."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO

from screener.text import printable

Span = tuple[str, str]  # text and style: "", bold, muted, or the colour class of the page (critical, high, …)
Line = Sequence[Span]

_STYLES = {
    "bold": "bold",
    "muted": "dim",
    "critical": "bold red",
    "high": "dark_orange",
    "medium": "yellow",
    "low": "blue",
    "clear": "cyan",
    "clear eye": "cyan",
    "medium eye": "yellow",
    "unknown": "dim",
}


def cell_width(text: str) -> int:
    """Returns how many cells a text needs: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def truncate(text: str, width: int) -> str:
    """Returns the text in at most `width` cells, with an ellipsis if it is shortened."""
    if cell_width(text) <= width:
        return text
    kept, used = [], 1
    for c in text:
        used += cell_width(c)
        if used > width:
            break
        kept.append(c)
    return "".join(kept).rstrip() + "…" if width > 0 else ""


def pad_to(text: str, width: int) -> str:
    """Returns the text cut or padded to exactly `width` cells."""
    text = truncate(text, width)
    return text + " " * (width - cell_width(text))


def wrap(text: str, width: int, most: int | None = None) -> list[str]:
    """Returns lines of at most `width` cells, broken at spaces and between wide characters; the last of `most` lines is
    truncated."""
    lines: list[str] = []
    line, used = "", 0
    for piece in _breakable_pieces(text):
        if line and used + cell_width(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line, used = "", 0
        while cell_width(piece.rstrip()) > width and not line:
            head = truncate(piece, width + 1).rstrip("…") or piece[:1]
            lines.append(head)
            piece = piece[len(head) :]
        added = piece if line else piece.lstrip()
        line, used = line + added, used + cell_width(added)
    lines.append(line.rstrip())
    lines = [x for x in lines if x] or [""]
    if most is not None and len(lines) > most:
        lines = [*lines[: most - 1], truncate(lines[most - 1] + " " + lines[most], width)]
        if not lines[-1].endswith("…"):
            lines[-1] = truncate(lines[-1], width - 1) + "…"
    return lines


def paragraph(
    text: str, width: int, indent: int = 0, style: str = "", *, mark: str = "", most: int | None = None
) -> list[Line]:
    """Returns a text wrapped with an indent; `mark` precedes the first line, and the others are indented by its width."""
    margin = indent + cell_width(mark)
    starts = (" " * indent + mark, " " * margin)
    return [[(starts[i > 0] + line, style)] for i, line in enumerate(wrap(text, width - margin, most))]


def left_and_right(left: Sequence[Span], right: str, width: int, style: str = "") -> Line:
    """Returns spans and, after two spaces, a text, truncated to the width."""
    available = width - sum(cell_width(text) for text, _ in left) - 2
    return [*left, ("  " + truncate(right, max(available, 0)), style)]


def value_lines(name: str, value: str, width: int, name_width: int, indent: int = 0) -> list[Line]:
    """Returns a name in `name_width` cells and a value beside it; longer ones continue on further lines."""
    names = wrap(name, name_width)
    values = wrap(value, max(width - indent - name_width - 2, 8))
    count = max(len(names), len(values))
    names, values = (texts + [""] * (count - len(texts)) for texts in (names, values))
    return [
        [(" " * indent + pad_to(left, name_width), ""), ("  " + right, "bold")]
        for left, right in zip(names, values, strict=True)
    ]


def padded_columns(rows: Sequence[Sequence[Span]], limits: Sequence[int]) -> tuple[list[list[Span]], int]:
    """Returns rows with every column as wide as its widest text, up to its limit, and the total width including gaps."""
    widths = [min(max(cell_width(row[n][0]) for row in rows), limit) if rows else 0 for n, limit in enumerate(limits)]
    padded = [
        [(pad_to(text, width) + "  ", style) for (text, style), width in zip(row, widths, strict=True)] for row in rows
    ]
    return padded, sum(widths) + 2 * len(widths)


_CLOSING = frozenset("，。；：、！？）》」』】”’%")
"""Characters that may not begin a line."""


def _breakable_pieces(text: str) -> Iterable[str]:
    piece = ""
    for c, following in zip(text, [*text[1:], ""], strict=False):
        piece += c
        if (c == " " or unicodedata.east_asian_width(c) in "WF") and following not in _CLOSING:
            yield piece
            piece = ""
    if piece:
        yield piece


def render_lines(lines: Iterable[Line], colour: bool, width: int) -> str:
    """Returns lines as one text with a final newline; with `colour`, styled by rich (imported only then).

    Characters that could control a terminal are replaced.
    """
    plain = [[(printable(text), style) for text, style in line] for line in lines]
    if not colour:
        return "".join("".join(text for text, _ in line).rstrip() + "\n" for line in plain)
    import io

    from rich.console import Console
    from rich.text import Text

    out = io.StringIO()
    console = Console(file=out, force_terminal=True, color_system="256", width=width, legacy_windows=False, _environ={})
    for line in plain:
        text = Text.assemble(*((t, _STYLES.get(style, "")) for t, style in line), no_wrap=True, overflow="ignore")
        console.print(text, soft_wrap=True, highlight=False, markup=False, emoji=False)
    return out.getvalue()


def takes_colour(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Returns whether output to `stream` should be coloured: only on a terminal, and never if NO_COLOR is set."""
    return not environ.get("NO_COLOR") and environ.get("TERM") != "dumb" and stream.isatty()
