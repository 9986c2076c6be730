"""What is depended on, on the left, and who depends on it, on the right."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from screener.report.charts.shapes import Chart, Dot, Label, Path, Rect, fit_text, px, text_width

MAX_HUBS, MAX_LEAVES = 12, 40
_WIDE, _BOX, _DOT, _LINE = 440, 158, 258, 24
_HIGH, _GAP, _PORT = 40, 14, 6

LinkKind = Literal["loop", "pays", "delivers"]


class Dependency(NamedTuple):
    """What is depended on: name, how many depend on it, the class of its own verdict where it has one."""

    name: str
    caption: str
    css_class: str
    loop: bool


class Dependant(NamedTuple):
    """Who depends: name and class of the verdict."""

    name: str
    css_class: str


class ExposureLink(NamedTuple):
    """Indexes of hub and leaf."""

    dependency: int
    dependant: int
    kind: LinkKind


def link_kind(how: Sequence[str]) -> LinkKind:
    """How a tie is drawn: part of a loop of money, money that comes from there, or what is delivered from there."""
    return "loop" if "loop" in how else "pays" if {"customer", "funder", "payer"} & set(how) else "delivers"


def exposure_chart(
    hubs: Sequence[Dependency], leaves: Sequence[Dependant], links: Sequence[ExposureLink], title: str, desc: str
) -> tuple[Chart, int]:
    """The drawing, and how many of the hubs are in it: those that come first, at most MOST_HUBS.

    At most MOST_LEAVES are drawn: those with the most links. Both sides are sorted by the mean place of what they are tied to
    (Sugiyama 1981), so that few lines cross.
    """
    kept = [k for k in links if k.dependency < MAX_HUBS]
    degree: dict[int, int] = {}
    for link in kept:
        degree[link.dependant] = degree.get(link.dependant, 0) + 1
    right = sorted(sorted(degree, key=lambda i: (-degree[i], i))[:MAX_LEAVES])
    kept = [k for k in kept if k.dependant in right]
    left = sorted({k.dependency for k in kept})
    for _ in range(4):
        place = {i: n / max(len(right) - 1, 1) for n, i in enumerate(right)}
        left.sort(key=lambda h: (_mean([place[k.dependant] for k in kept if k.dependency == h]), h))
        place = {h: n / max(len(left) - 1, 1) for n, h in enumerate(left)}
        right.sort(key=lambda i: (_mean([place[k.dependency] for k in kept if k.dependant == i]), i))
    links_of = {h: [k for k in kept if k.dependency == h] for h in left}
    lines = {h: _name_lines(hubs[h].name, _BOX - (32 if hubs[h].css_class else 18)) for h in left}
    tall = {h: max(_HIGH + 16 * (len(lines[h]) - 1), _PORT * len(links_of[h]) + 8) for h in left}
    height = max(sum(tall.values()) + _GAP * (len(left) - 1), len(right) * _LINE) + 8
    column = dict(zip(left, _spread_evenly([tall[h] for h in left], height), strict=True))
    row = {i: top + _LINE / 2 for i, top in zip(right, _spread_evenly([_LINE] * len(right), height), strict=True)}
    rects, dots, labels, paths = [], [], [], []
    for h in left:
        hub, top = hubs[h], column[h]
        rects.append(Rect(2, px(top), _BOX, tall[h], 9, "looped" if hub.loop else "node"))
        if hub.css_class:
            dots.append(Dot(15, px(top + tall[h] / 2), 5, hub.css_class))
        x, at = (26 if hub.css_class else 12), top + (tall[h] - 16 * len(lines[h]) - 12) / 2
        labels += [Label(x, px(at + 12 + 16 * n), line, "start", "strong") for n, line in enumerate(lines[h])]
        labels.append(Label(x, px(at + 11 + 16 * len(lines[h])), hub.caption, "start", ""))
    for i in right:
        dots.append(Dot(_DOT, px(row[i]), 5, leaves[i].css_class))
        labels.append(
            Label(_DOT + 12, px(row[i] + 4), fit_text(leaves[i].name, _WIDE - _DOT - 14, 13), "start", "strong")
        )
    for h in left:
        own = sorted(links_of[h], key=lambda k: row[k.dependant])
        for n, link in enumerate(own):
            start, end = column[h] + 4 + (tall[h] - 8) * (n + 0.5) / len(own), row[link.dependant]
            half = px((_BOX + _DOT) / 2)
            d = f"M{_BOX + 2} {px(start)}C{half} {px(start)} {half} {px(end)} {_DOT - 7} {px(end)}"
            look = {"loop": "line loop", "pays": "line pays", "delivers": "line pays dashed"}[link.kind]
            paths.append(Path(d, look, 3 if link.kind == "loop" else 1.5))
    paths.sort(key=lambda p: p.width)
    look = "exposure"
    return Chart(
        title, desc, _WIDE, int(height), False, look, tuple(paths), tuple(rects), tuple(dots), tuple(labels)
    ), len(left)


def _name_lines(name: str, room: float) -> list[str]:
    """A name in at most two lines, broken before an arrow."""
    first, *parts = name.split(" → ")
    while parts and text_width(f"{first} → {parts[0]}", 13) <= room:
        first = f"{first} → {parts.pop(0)}"
    rest = " → ".join(("", *parts)).strip()
    return [fit_text(line, room, 13) for line in (first, rest) if line]


def _mean(places: Sequence[float]) -> float:
    return round(sum(places) / len(places), 6)


def _spread_evenly(sizes: Sequence[float], height: float) -> list[float]:
    """The tops of boxes of these sizes, with what is left of the height evenly round them."""
    room = (height - sum(sizes)) / max(len(sizes), 1)
    tops, at = [], room / 2
    for size in sizes:
        tops.append(at)
        at += size + room
    return tops
