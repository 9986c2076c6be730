"""Draws the dependency graph of rules as SVG, in columns from inputs to conclusions."""

from collections.abc import Iterator
from typing import NamedTuple

from screener.report.charts.layered_layout import HIGH, layered_layout
from screener.report.charts.shapes import fit_text, px, text_width
from screener.report.pages.html_pages import page
from screener.report.wording import Wording
from screener.rules.dependency_graph import Graph, Node
from screener.text import clean

_MAX_WIDTH, _MIN_WIDTH, _SIZE, _PADDING, _TOP, _EDGE = 400.0, 40.0, 12.0, 10.0, 64.0, 20.0
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
    """A colour and its meaning."""

    x: float
    text: str
    css_class: str


class GraphPicture(NamedTuple):
    """The picture as final numbers and texts."""

    title: str
    width: float
    height: float
    boxes: tuple[GraphBox, ...]
    lines: tuple[GraphLine, ...]
    headings: tuple[BandHeading, ...]
    legend: tuple[LegendEntry, ...]
    box_height: float = HIGH


def graph_svg(graph: Graph, title: str, wording: Wording) -> str:
    """Returns a self-contained picture, without scripts, links or loaded parts, for light and dark display."""
    return page("graph.svg.jinja", wording.language, view=graph_picture(graph, title, wording))


def graph_picture(graph: Graph, title: str, wording: Wording) -> GraphPicture:
    """Returns the picture of a graph as final numbers and texts."""
    return _PictureBuilder(graph, wording).picture(title)


def node_title(node: Node, wording: Wording) -> str:
    """Returns the title of a node; its name if it has no title."""
    return clean(node.title.get(wording.language)) or node.name


class _PictureBuilder:
    def __init__(self, graph: Graph, wording: Wording) -> None:
        self.nodes, self.wording = graph.nodes, wording
        number = {node.id: i for i, node in enumerate(graph.nodes)}
        self.edges = [(number[e.source], number[e.target], e.negated) for e in graph.edges]
        forward = [(a, b) for a, b, _ in self.edges if self.nodes[a].layer < self.nodes[b].layer]
        layout = layered_layout([n.layer for n in self.nodes], forward)
        self.height, self.y = layout.height, layout.positions
        columns = range(max((n.layer for n in self.nodes), default=0) + 1)
        self.widths = [_MIN_WIDTH for _ in columns]
        for node in self.nodes:
            needed = min(text_width(self._title(node), _SIZE) + 2 * _PADDING, _MAX_WIDTH)
            self.widths[node.layer] = max(self.widths[node.layer], needed)
        self.left, x = [], _EDGE
        for c in columns:
            passing = sum(self.nodes[a].layer <= c < self.nodes[b].layer for a, b in forward)
            self.left.append(x)
            x += self.widths[c] + min(44 + 0.6 * passing, 90)

    def picture(self, title: str) -> GraphPicture:
        legend, legend_width = self._legend()
        width = max(self.left[-1] + self.widths[-1] + _EDGE + 30, 480, legend_width)
        first_layers: dict[str, int] = {}  # keys of the bands, in the order of the nodes
        for node in self.nodes:
            first_layers.setdefault(node.band, node.layer)
        headings = [BandHeading(px(self.left[c]), self.wording(f"graph.{band}")) for band, c in first_layers.items()]
        return GraphPicture(
            title=clean(title),
            width=px(width),
            height=px(_TOP + self.height + 52),
            boxes=tuple(self._box(i) for i in range(len(self.nodes))),
            lines=tuple(self._lines()),
            headings=tuple(headings),
            legend=legend,
        )

    def _title(self, node: Node) -> str:
        return node_title(node, self.wording)

    def _box(self, i: int) -> GraphBox:
        node, title = self.nodes[i], self._title(self.nodes[i])
        width = self.widths[node.layer]
        return GraphBox(
            x=px(self.left[node.layer]),
            y=px(_TOP + self.y[i, node.layer] - HIGH / 2),
            width=px(width),
            text=fit_text(title, width - 2 * _PADDING + 2, _SIZE),
            tooltip=f"{title} ({node.name})",
            css_class=node.look,
        )

    def _legend(self) -> tuple[tuple[LegendEntry, ...], float]:
        """Returns the colours that occur, and the total width."""
        used = {node.look for node in self.nodes} | (
            {"negated"} if any(negated for *_, negated in self.edges) else set()
        )
        entries, x = [], _EDGE
        for css_class in (name for name in (*_NODE_CLASSES, "negated") if name in used):
            text = self.wording(f"graph.is.{css_class}")
            entries.append(LegendEntry(px(x), text, css_class))
            x += text_width(text, _SIZE) + 34
        return tuple(entries), x

    def _lines(self) -> Iterator[GraphLine]:
        """Returns a line for each edge; the part that all lines of a node share is drawn once."""
        drawn: set[str] = set()
        for a, b, negated in sorted(self.edges, key=lambda edge: edge[2]):
            source, target = self.nodes[a], self.nodes[b]
            css_class = source.look + (" negated" if negated else "")
            tooltip = f"{self._title(source)} → {self._title(target)}"
            if source.layer >= target.layer:
                if a != b:
                    yield GraphLine(self._line_back(a, b), tooltip, css_class)
                continue
            for c in range(source.layer, target.layer):
                last = c + 1 == target.layer
                d = self._segment(a, c, self.y[b, target.layer] if last else self.y[a, c + 1], last)
                if d not in drawn:
                    drawn.add(d)
                    yield GraphLine(d, tooltip if last else self._title(source), css_class)

    def _segment(self, a: int, column: int, end: float, last: bool) -> str:
        """Returns a curve to the next column; unless that is the last one, it continues through that column."""
        x0, x1 = self.left[column] + self.widths[column], self.left[column + 1]
        y0, y1, half = px(_TOP + self.y[a, column]), px(_TOP + end), (x1 - x0) / 2
        d = f"M{px(x0)} {y0}C{px(x0 + half)} {y0} {px(x1 - half)} {y1} {px(x1)} {y1}"
        return d if last else f"{d}H{px(x1 + self.widths[column + 1])}"

    def _line_back(self, a: int, b: int) -> str:
        """Returns a curve to a node of the same or an earlier column, around the right side of its source."""
        column = self.nodes[a].layer
        x = self.left[column] + self.widths[column]
        y0, y1, far = px(_TOP + self.y[a, column]), px(_TOP + self.y[b, self.nodes[b].layer]), px(x + 22)
        return f"M{px(x)} {y0}C{far} {y0} {far} {y1} {px(x)} {y1}"
