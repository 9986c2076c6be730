"""The shapes of charts, and the width of texts."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from screener.text import shorten

Anchor = Literal["start", "middle", "end"]


class Rect(NamedTuple):
    """A box; in a fluid chart x and width are percent of the chart's width, y and height always pixels."""

    x: float
    y: float
    width: float
    height: float
    radius: float
    css_class: str  # CSS classes


class Dot(NamedTuple):
    """A circle; in a fluid chart x is percent."""

    x: float
    y: float
    radius: float
    css_class: str


class Path(NamedTuple):
    """A line or area in SVG path notation; only in charts that are not fluid."""

    d: str
    css_class: str
    width: float = 0  # width of the line; 0 for a filled area


class Label(NamedTuple):
    """A text; in a fluid chart x is percent."""

    x: float
    y: float
    text: str
    anchor: Anchor
    css_class: str


class Chart(NamedTuple):
    """One drawing. Fluid charts stretch to the available width, so that their text keeps its size."""

    title: str
    description: str
    width: int  # width of the view box; not used by fluid charts
    height: int
    fluid: bool
    css_class: str
    paths: tuple[Path, ...] = ()
    rects: tuple[Rect, ...] = ()
    dots: tuple[Dot, ...] = ()
    labels: tuple[Label, ...] = ()
    top: int = 0  # top of the view box


Shape = Path | Rect | Dot | Label


class Caption(NamedTuple):
    """The text alternative of a chart: a title and a longer description."""

    title: str
    description: str


def chart_of(
    shapes: Iterable[Shape],
    css_class: str,
    caption: Caption,
    size: tuple[int, int],
    *,
    fluid: bool = False,
    top: int = 0,
) -> Chart:
    """Returns a chart of shapes, those of each kind in their order; `size` is width and height."""
    by_kind: dict[type, list[Any]] = {kind: [] for kind in (Path, Rect, Dot, Label)}
    for shape in shapes:
        by_kind[type(shape)].append(shape)
    paths, rects, dots, labels = map(tuple, by_kind.values())
    return Chart(
        *caption,
        *size,
        fluid=fluid,
        css_class=css_class,
        paths=paths,
        rects=rects,
        dots=dots,
        labels=labels,
        top=top,
    )


def px(value: float) -> float:
    """Returns a coordinate with at most one decimal, as a whole number if that is 0, and without negative zero."""
    short = round(value, 1) + 0.0
    return int(short) if short == int(short) else short


@lru_cache(maxsize=8192)
def text_width(text: str, size: float = 12) -> float:
    """Estimates the width of a text in the system font, in pixels."""
    return sum(size * (1 if unicodedata.east_asian_width(c) in "WF" else 0.56) for c in text)


def wrap_text(text: str, pixels: float, size: float = 12, most: int = 2) -> list[str]:
    """Returns the text in at most `most` lines no wider than `pixels`, broken between words; the rest is replaced by an
    ellipsis."""
    words = text.split(" ")
    lines: list[str] = []
    while len(lines) < most - 1 and len(words) > 1 and text_width(" ".join(words), size) > pixels:
        count = next((n for n in range(len(words) - 1, 0, -1) if text_width(" ".join(words[:n]), size) <= pixels), 0)
        if not count:
            break
        lines.append(" ".join(words[:count]))
        words = words[count:]
    return [*lines, fit_text(" ".join(words), pixels, size)]


@lru_cache(maxsize=8192)
def fit_text(text: str, pixels: float, size: float = 12) -> str:
    """Returns the text, shortened with an ellipsis if it is wider than `pixels`."""
    if text_width(text, size) <= pixels:
        return text
    fitting, width = 0, size
    for c in text:
        width += size * (1 if unicodedata.east_asian_width(c) in "WF" else 0.56)
        if width > pixels:
            break
        fitting += 1
    return shorten(text, fitting + 1)
