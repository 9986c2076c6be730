"""Writes the dependency graph of rules for Graphviz and Mermaid. Titles are never interpreted as markup."""

import re

from screener.io.replacing import COMMENT_MARK
from screener.report.rule_docs.graph_picture import node_title
from screener.report.wording import Wording
from screener.rules.dependency_graph import Graph
from screener.text import clean

_FILLS = {"red": "#fbe8ee", "green": "#e0f3f0", "data": "#f0f1f3", "pattern": "#fbf3d3", "metric": "#e6f0fd"}
_STROKES = {"red": "#8a3a1c", "green": "#004a45", "data": "#686b71", "pattern": "#8a6800", "metric": "#0b62d6"}
_GRAPHVIZ_SHAPES = {"figure": "box", "list": "folder", "metric": "ellipse", "concluded": "note"}
_MERMAID_SHAPES = {
    "figure": ("[", "]"),
    "list": ("[[", "]]"),
    "metric": ("(", ")"),
    "concluded": (">", "]"),
    "pattern": ("{{", "}}"),
}
_GRAPHVIZ_HEAD = """  rankdir=LR; ranksep=1.2; nodesep=0.12;
  node [fontname="sans-serif", fontsize=11, shape=box, style="rounded,filled", fillcolor=white];
  edge [arrowsize=0.5, color="#7a8694"];"""


def graphviz(graph: Graph, title: str, wording: Wording) -> str:
    """Returns the graph in the language of Graphviz."""
    number = {node.id: f"n{i}" for i, node in enumerate(graph.nodes)}
    rows = [f"// {COMMENT_MARK}", f"digraph {_quoted(clean(title))} {{", _GRAPHVIZ_HEAD]
    for node in graph.nodes:
        label, tooltip = _quoted(node_title(node, wording)), _quoted(node.name)
        style = f'shape={_GRAPHVIZ_SHAPES.get(node.look, "box")}, fillcolor="{_FILLS.get(node.look, "white")}"'
        rows.append(f"  {number[node.id]} [label={label}, tooltip={tooltip}, {style}];")
    for layer in sorted({n.layer for n in graph.nodes}):
        rows.append(f"  {{rank=same; {'; '.join(number[n.id] for n in graph.nodes if n.layer == layer)}}}")
    for edge in graph.edges:
        rows.append(f"  {number[edge.source]} -> {number[edge.target]}{' [style=dashed]' if edge.negated else ''};")
    return "\n".join([*rows, "}", ""])


def _quoted(text: str) -> str:
    """Returns a quoted string in which text is not interpreted as escapes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def mermaid(graph: Graph, wording: Wording) -> str:
    """Returns the graph in the language of Mermaid, which code hosts draw in Markdown."""
    number = {node.id: f"n{i}" for i, node in enumerate(graph.nodes)}
    rows = [f"%% {COMMENT_MARK}", "flowchart LR"]
    for node in graph.nodes:
        left, right = _MERMAID_SHAPES.get(node.look, ("(", ")"))
        rows.append(f'  {number[node.id]}{left}"{_entities(node_title(node, wording))}"{right}:::{node.look}')
    for edge in graph.edges:
        rows.append(f"  {number[edge.source]} {'-.->' if edge.negated else '-->'} {number[edge.target]}")
    used = {node.look for node in graph.nodes}
    for css_class in (name for name in (*_FILLS, "figure", "list", "concluded") if name in used):
        fill, stroke = _FILLS.get(css_class, "#ffffff"), _STROKES.get(css_class, "#7a8694")
        rows.append(f"  classDef {css_class} fill:{fill},stroke:{stroke},color:#17202a")
    return "\n".join([*rows, ""])


def _entities(text: str) -> str:
    """Returns text without Mermaid syntax: all characters but letters, digits, spaces and plain punctuation are
    entities."""
    return re.sub(r"[^\w ,.:'/%×+-]", lambda m: f"#{ord(m[0])};", text)
