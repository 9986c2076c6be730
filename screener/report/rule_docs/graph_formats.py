"""The picture of what feeds what: as SVG, for Graphviz, for Mermaid. Titles are text in all of them, never markup."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from screener.report.charts.layered_layout import HIGH, ColumnNode, layered_layout
from screener.report.charts.shapes import fit_text, px, text_width
from screener.report.pages.html_pages import page
from screener.report.wording import Wording
from screener.rules.dependency_graph import Graph, Node
from screener.text import Language, clean

_WIDEST, _SIZE, _PAD, _TOP, _EDGE = 400.0, 12.0, 10.0, 64.0, 20.0
_NODE_CLASSES = ("figure", "list", "metric", "concluded", "red", "green", "data", "pattern")


class GraphBox(NamedTuple):
    """A node of the picture."""

    x: float
    y: float
    width: float
    text: str
    tooltip: str
    css_class: str


class GraphLine(NamedTuple):
    """A line of the picture."""

    d: str
    tooltip: str
    css_class: str


class BandHeading(NamedTuple):
    """A heading over the columns of one band."""

    x: float
    text: str


class LegendEntry(NamedTuple):
    """A colour and what it stands for."""

    x: float
    text: str
    css_class: str


class GraphPicture(NamedTuple):
    """Final numbers and texts."""

    title: str
    width: float
    height: float
    boxes: tuple[GraphBox, ...]
    lines: tuple[GraphLine, ...]
    headings: tuple[BandHeading, ...]
    legend: tuple[LegendEntry, ...]
    box_height: float = HIGH


def graph_svg(found: Graph, title: str, wording: Wording) -> str:
    """A picture that stands alone: no script, no link, nothing asked for from anywhere; light and dark."""
    return page("graph.svg.jinja", wording.language, view=graph_picture(found, title, wording))


def graph_picture(found: Graph, title: str, wording: Wording) -> GraphPicture:
    """Places for the nodes of a graph, in columns from what is given to what is concluded."""
    nodes, language = found.nodes, wording.language
    number = {node.id: i for i, node in enumerate(nodes)}
    columns = max((n.layer for n in nodes), default=0) + 1
    pairs = [(number[e.source], number[e.target], e.negated) for e in found.edges]
    forward = [(a, b) for a, b, _ in pairs if nodes[a].layer < nodes[b].layer]
    place = layered_layout([n.layer for n in nodes], forward)
    wide = [40.0] * columns
    for node in nodes:
        wide[node.layer] = max(wide[node.layer], min(text_width(_title(node, language), _SIZE) + 2 * _PAD, _WIDEST))
    lines = [sum(nodes[a].layer <= c < nodes[b].layer for a, b in forward) for c in range(columns)]
    left, at = [], _EDGE
    for c in range(columns):
        left.append(at)
        at += wide[c] + min(44 + 0.6 * lines[c], 90)
    width = max(left[-1] + wide[-1] + _EDGE + 30, 480)
    boxes = tuple(
        GraphBox(px(left[n.layer]), px(_TOP + place.positions[i, n.layer] - HIGH / 2), px(wide[n.layer]),
            fit_text(_title(n, language), wide[n.layer] - 2 * _PAD + 2, _SIZE), f"{_title(n, language)} ({n.name})", n.look)
        for i, n in enumerate(nodes)
    )  # fmt: skip
    ways = tuple(_graph_lines(nodes, pairs, place.positions, left, wide, language))
    heads: dict[str, BandHeading] = {}
    for n in nodes:
        if n.band not in heads:
            heads[n.band] = BandHeading(px(left[n.layer]), wording.table[f"graph.{n.band}"])
    keys, x = [], _EDGE
    for look in [k for k in _NODE_CLASSES if any(n.look == k for n in nodes)]:
        text = wording.table[f"graph.is.{look}"]
        keys.append(LegendEntry(px(x), text, look))
        x += text_width(text, _SIZE) + 34
    if any(negated for _, _, negated in pairs):
        keys.append(LegendEntry(px(x), wording("graph.is.negated"), "negated"))
        x += text_width(wording("graph.is.negated"), _SIZE) + 34
    high = _TOP + place.height + 52
    return GraphPicture(clean(title), px(max(width, x)), px(high), boxes, ways, tuple(heads.values()), tuple(keys))


def _title(node: Node, language: Language) -> str:
    return clean(node.title.get(language)) or node.name


def _graph_lines(nodes: tuple[Node, ...], pairs: list[tuple[int, int, bool]], y: Mapping[ColumnNode, float], left: list[float],
          wide: list[float], language: Language) -> Iterator[GraphLine]:  # fmt: skip
    """A line for each edge; the part that all lines of a node share is drawn once."""
    drawn: set[str] = set()
    for a, b, negated in sorted(pairs, key=lambda p: p[2]):
        source, target = nodes[a], nodes[b]
        look = source.look + (" negated" if negated else "")
        tip = f"{_title(source, language)} → {_title(target, language)}"
        if source.layer >= target.layer:
            if a != b:
                yield GraphLine(
                    _same_column_curve(left[source.layer] + wide[source.layer], y[a, source.layer], y[b, target.layer]),
                    tip,
                    look,
                )
            continue
        for c in range(source.layer, target.layer):
            last = c + 1 == target.layer
            x0, x1 = left[c] + wide[c], left[c + 1]
            end = y[b, target.layer] if last else y[a, c + 1]
            d = _curve(x0, _TOP + y[a, c], x1, _TOP + end)
            d = d if last else f"{d}H{px(x1 + wide[c + 1])}"
            if d not in drawn:
                drawn.add(d)
                yield GraphLine(d, tip if last else _title(source, language), look)


def _curve(x0: float, y0: float, x1: float, y1: float) -> str:
    half = (x1 - x0) / 2
    return f"M{px(x0)} {px(y0)}C{px(x0 + half)} {px(y0)} {px(x1 - half)} {px(y1)} {px(x1)} {px(y1)}"


def _same_column_curve(x: float, y0: float, y1: float) -> str:
    """A line between two nodes of one column, round their right side."""
    y0, y1, far = _TOP + y0, _TOP + y1, x + 22
    return f"M{px(x)} {px(y0)}C{px(far)} {px(y0)} {px(far)} {px(y1)} {px(x)} {px(y1)}"


def graphviz(found: Graph, title: str, language: Language) -> str:
    """The graph in Graphviz' language."""
    shapes = {"figure": "box", "list": "folder", "metric": "ellipse", "concluded": "note"}
    number = {node.id: f"n{i}" for i, node in enumerate(found.nodes)}
    rows = [f"digraph {_quoted(clean(title))} {{", "  rankdir=LR; ranksep=1.2; nodesep=0.12;",
            '  node [fontname="sans-serif", fontsize=11, shape=box, style="rounded,filled", fillcolor=white];',
            '  edge [arrowsize=0.5, color="#7a8694"];']  # fmt: skip
    for node in found.nodes:
        shape = shapes.get(node.look, "box")
        colour = _GRAPHVIZ_FILL.get(node.look, "white")
        rows.append(f"  {number[node.id]} [label={_quoted(_title(node, language))}, tooltip={_quoted(node.name)}, "
                    f'shape={shape}, fillcolor="{colour}"];')  # fmt: skip
    for layer in sorted({n.layer for n in found.nodes}):
        rows.append(f"  {{rank=same; {'; '.join(number[n.id] for n in found.nodes if n.layer == layer)}}}")
    for edge in found.edges:
        style = " [style=dashed]" if edge.negated else ""
        rows.append(f"  {number[edge.source]} -> {number[edge.target]}{style};")
    return "\n".join([*rows, "}", ""])


_GRAPHVIZ_FILL = {"red": "#fbe8ee", "green": "#e0f3f0", "data": "#f0f1f3", "pattern": "#fbf3d3", "metric": "#e6f0fd"}


def _quoted(text: str) -> str:
    """A string that holds text and no escapes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def mermaid(found: Graph, language: Language) -> str:
    """The graph in Mermaid's language, as code hosts draw it in Markdown."""
    opens = {"figure": "[", "list": "[[", "metric": "(", "concluded": ">", "pattern": "{{"}
    closes = {"figure": "]", "list": "]]", "metric": ")", "concluded": "]", "pattern": "}}"}
    number = {node.id: f"n{i}" for i, node in enumerate(found.nodes)}
    rows = ["flowchart LR"]
    for node in found.nodes:
        shape = opens.get(node.look, "("), closes.get(node.look, ")")
        rows.append(f'  {number[node.id]}{shape[0]}"{_entities(_title(node, language))}"{shape[1]}:::{node.look}')
    for edge in found.edges:
        rows.append(f"  {number[edge.source]} {'-.->' if edge.negated else '-->'} {number[edge.target]}")
    rows += [
        f"  classDef {look} {style}"
        for look, style in _MERMAID_STYLE.items()
        if any(n.look == look for n in found.nodes)
    ]
    return "\n".join([*rows, ""])


_MERMAID_STYLE = {
    "red": "fill:#fbe8ee,stroke:#8a3a1c,color:#17202a", "green": "fill:#e0f3f0,stroke:#004a45,color:#17202a",
    "data": "fill:#f0f1f3,stroke:#686b71,color:#17202a", "pattern": "fill:#fbf3d3,stroke:#8a6800,color:#17202a",
    "metric": "fill:#e6f0fd,stroke:#0b62d6,color:#17202a", "figure": "fill:#ffffff,stroke:#7a8694,color:#17202a",
    "list": "fill:#ffffff,stroke:#7a8694,color:#17202a", "concluded": "fill:#ffffff,stroke:#7a8694,color:#17202a",
}  # fmt: skip


def _entities(text: str) -> str:
    """Text in which Mermaid finds no syntax: what is not a letter, digit, space or plain mark is an entity."""
    return re.sub(r"[^\w ,.:'/%×+-]", lambda m: f"#{ord(m[0])};", text)
