"""Draws dependencies on the left and the companies that depend on them on the right."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

from screener.report.charts.shapes import (
    Caption,
    Chart,
    Dot,
    Label,
    Path,
    Rect,
    Shape,
    chart_of,
    fit_text,
    px,
    text_width,
)

MAX_DEPENDENCIES, MAX_DEPENDANTS = 12, 40
_WIDTH, _BOX_WIDTH, _DOT_X, _ROW_HEIGHT = 440, 158, 258, 24
_BOX_HEIGHT, _GAP, _PORT, _LINE_HEIGHT = 40, 14, 6, 16
_LINK_CLASSES = {"loop": "line loop", "pays": "line pays", "delivers": "line pays dashed"}

LinkKind = Literal["loop", "pays", "delivers"]


class ExposedParty(NamedTuple):
    """A dependency: its name, the number of dependants, and the CSS class of its own verdict, or ""."""

    name: str
    caption: str
    css_class: str
    loop: bool


class Dependant(NamedTuple):
    """A dependant: its name and the CSS class of its verdict."""

    name: str
    css_class: str


class ExposureLink(NamedTuple):
    """A link: the indexes of a dependency and of a dependant."""

    dependency: int
    dependant: int
    kind: LinkKind


def link_kind(relations: Sequence[str]) -> LinkKind:
    """Returns how a dependency is drawn: as a part of a loop of payments, as a payer, or as a supplier."""
    return "loop" if "loop" in relations else "pays" if {"customer", "funder", "payer"} & set(relations) else "delivers"


def exposure_chart(
    dependencies: Sequence[ExposedParty],
    dependants: Sequence[Dependant],
    links: Sequence[ExposureLink],
    caption: Caption,
) -> tuple[Chart, int]:
    """Returns the drawing, and how many dependencies it contains: the first ones, at most MAX_DEPENDENCIES.

    At most MAX_DEPENDANTS dependants are drawn, those with the most links.
    """
    links = [link for link in links if link.dependency < MAX_DEPENDENCIES]
    degree = Counter(link.dependant for link in links)
    right = sorted(sorted(degree, key=lambda i: (-degree[i], i))[:MAX_DEPENDANTS])
    links = [link for link in links if link.dependant in right]
    left = sorted({link.dependency for link in links})
    _reduce_crossings(left, right, links)
    boxes = {i: _DependencyBox(dependencies[i], [link for link in links if link.dependency == i]) for i in left}
    height = max(sum(b.height for b in boxes.values()) + _GAP * (len(left) - 1), len(right) * _ROW_HEIGHT) + 8
    tops = _spread_evenly([boxes[i].height for i in left], height)
    row_tops = _spread_evenly([_ROW_HEIGHT] * len(right), height)
    rows = {i: top + _ROW_HEIGHT / 2 for i, top in zip(right, row_tops, strict=True)}
    shapes: list[Shape] = []
    paths: list[Path] = []
    for i, top in zip(left, tops, strict=True):
        shapes += boxes[i].shapes(top)
        paths += boxes[i].link_paths(top, rows)
    for i in right:
        name = fit_text(dependants[i].name, _WIDTH - _DOT_X - 14, 13)
        shapes.append(Dot(_DOT_X, px(rows[i]), 5, dependants[i].css_class))
        shapes.append(Label(_DOT_X + 12, px(rows[i] + 4), name, "start", "strong"))
    paths.sort(key=lambda path: path.width)
    return chart_of([*paths, *shapes], "exposure", caption, (_WIDTH, int(height))), len(left)


def _reduce_crossings(left: list[int], right: list[int], links: Sequence[ExposureLink]) -> None:
    """Sorts both sides by the mean place of their neighbours (Sugiyama 1981), so that few lines cross."""
    for _ in range(4):
        place = {i: n / max(len(right) - 1, 1) for n, i in enumerate(right)}
        left.sort(key=lambda h: (_mean([place[k.dependant] for k in links if k.dependency == h]), h))
        place = {h: n / max(len(left) - 1, 1) for n, h in enumerate(left)}
        right.sort(key=lambda i: (_mean([place[k.dependency] for k in links if k.dependant == i]), i))


class _DependencyBox:
    """The box of a dependency, high enough for its name and its links."""

    def __init__(self, dependency: ExposedParty, links: Sequence[ExposureLink]) -> None:
        self.dependency, self.links = dependency, links
        self.lines = _name_lines(dependency.name, _BOX_WIDTH - (32 if dependency.css_class else 18))
        self.height = max(_BOX_HEIGHT + _LINE_HEIGHT * (len(self.lines) - 1), _PORT * len(links) + 8)

    def shapes(self, top: float) -> list[Shape]:
        """Returns the box with its name, caption and the mark of its verdict."""
        css_class, count = self.dependency.css_class, len(self.lines)
        shapes: list[Shape] = [
            Rect(2, px(top), _BOX_WIDTH, self.height, 9, "looped" if self.dependency.loop else "node")
        ]
        if css_class:
            shapes.append(Dot(15, px(top + self.height / 2), 5, css_class))
        x, y = (26 if css_class else 12), top + (self.height - _LINE_HEIGHT * count - 12) / 2
        for n, line in enumerate(self.lines):
            shapes.append(Label(x, px(y + 12 + _LINE_HEIGHT * n), line, "start", "strong"))
        shapes.append(Label(x, px(y + 11 + _LINE_HEIGHT * count), self.dependency.caption, "start", ""))
        return shapes

    def link_paths(self, top: float, rows: dict[int, float]) -> list[Path]:
        """Returns a curve to the row of each dependant."""
        paths = []
        half = px((_BOX_WIDTH + _DOT_X) / 2)
        for n, link in enumerate(sorted(self.links, key=lambda link: rows[link.dependant])):
            start, end = top + 4 + (self.height - 8) * (n + 0.5) / len(self.links), rows[link.dependant]
            d = f"M{_BOX_WIDTH + 2} {px(start)}C{half} {px(start)} {half} {px(end)} {_DOT_X - 7} {px(end)}"
            paths.append(Path(d, _LINK_CLASSES[link.kind], 3 if link.kind == "loop" else 1.5))
        return paths


def _name_lines(name: str, width: float) -> list[str]:
    """Returns a name in at most two lines, broken before an arrow."""
    first, *parts = name.split(" → ")
    while parts and text_width(f"{first} → {parts[0]}", 13) <= width:
        first = f"{first} → {parts.pop(0)}"
    rest = " → ".join(("", *parts)).strip()
    return [fit_text(line, width, 13) for line in (first, rest) if line]


def _mean(places: Sequence[float]) -> float:
    return round(sum(places) / len(places), 6)


def _spread_evenly(sizes: Sequence[float], height: float) -> list[float]:
    """Returns the tops of boxes of these sizes, with the remaining height distributed evenly between and around them."""
    spacing = (height - sum(sizes)) / max(len(sizes), 1)
    tops, top = [], spacing / 2
    for size in sizes:
        tops.append(top)
        top += size + spacing
    return tops
