"""The dependency graph of a rulebook: figures and lists, metrics, rules, and patterns."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from screener.expression.syntax_tree import names_in
from screener.facts.fact import COMPANY
from screener.facts.metrics import closure, formula_inputs
from screener.rules.rule import Rule, patterns
from screener.rules.rulebook import Rulebook
from screener.text import Text

BANDS = ("input", "metric", "rule", "pattern")


class Node(NamedTuple):
    """A figure, list, metric, fact or rule; `layer` increases from inputs to conclusions."""

    id: str  # unique: the kind and the name
    name: str
    band: str  # one of BANDS
    look: str  # figure, list, metric, concluded; of a rule its flag
    title: Text
    layer: int


class Edge(NamedTuple):
    """`target` uses `source`; `negated` if it requires the absence of `source`."""

    source: str
    target: str
    negated: bool = False


class Graph(NamedTuple):
    """Nodes in the order of their layers, and edges between them."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def dependency_graph(book: Rulebook, wanted: Collection[str] = ()) -> Graph:
    """The inputs of the given rules and the rules that build on them; the whole rulebook if no rule is given."""
    full = _edges(book, book.rules.values())
    if not wanted:
        return _layered(book, full, [f"rule:{name}" for name in book.rules])
    names_of = [f"rule:{name}" for name in wanted]
    below = _reached(names_of, {(e.target, e.source) for e in full})
    above = _reached(
        names_of, {(e.source, e.target) for e in full if e.target.partition(":")[0] in ("rule", "concluded")}
    )
    kept = below | above | set(names_of)
    return _layered(book, [e for e in full if e.source in kept and e.target in kept], names_of)


def _reached(start: Collection[str], steps: Collection[tuple[str, str]]) -> set[str]:
    after: dict[str, list[str]] = {}
    for a, b in steps:
        after.setdefault(a, []).append(b)
    found, queue = set(start), list(start)
    while queue:
        for name in after.get(queue.pop(), ()):
            if name not in found:
                found.add(name)
                queue.append(name)
    return found


def _edges(book: Rulebook, rules: Collection[Rule]) -> list[Edge]:
    found: dict[Edge, None] = {}
    read: dict[str, None] = {}
    for rule in rules:
        for edge in _of_rule(rule, book):
            found[edge] = None
            kind, _, name = edge.source.partition(":")
            if kind in ("figure", "metric"):
                read[name] = None
    for name in closure(read, book.metrics):
        if (metric := book.metrics.get(name)) is not None:
            own, lists = formula_inputs(metric.formula)
            for source in (
                *(_named(n, book) for n in own),
                *(_kind(book.catalogue.all_lists.get(n, n), book) for n in lists),
            ):
                found[Edge(source, _named(name, book))] = None
    return list(found)


def _of_rule(rule: Rule, book: Rulebook) -> Iterator[Edge]:
    target = f"rule:{rule.id}"
    conditions = [p.condition for p in patterns(rule.when)] + ([rule.applies] if rule.applies is not None else [])
    conditions += [value for fields in rule.concludes.values() for value in fields.values()]
    for p in patterns(rule.when):
        if p.flag is not None:
            yield Edge(f"rule:{p.flag}", target, p.negated)
        elif p.kind in book.catalogue.kinds:
            yield Edge(_kind(p.kind, book), target, p.negated)
    for condition in conditions:
        for name in names_in(condition):
            if name.scope == COMPANY and (name.field in book.metrics or name.field in book.catalogue.figures):
                yield Edge(_named(name.field, book), target)
    for kind in rule.concludes:
        yield Edge(target, _kind(kind, book))


def _named(name: str, book: Rulebook) -> str:
    return f"figure:{name}" if name in book.catalogue.figures else f"metric:{name}"


def _kind(kind: str, book: Rulebook) -> str:
    return f"concluded:{kind}" if book.catalogue.kinds[kind].concluded else f"list:{kind}"


def _layered(book: Rulebook, edges: list[Edge], alone: Collection[str] = ()) -> Graph:
    """Nodes with layers: first what is given, then metrics, then rules, then patterns; each after all that feeds it."""
    import networkx as nx

    nodes = dict.fromkeys([*alone, *(n for e in edges for n in (e.source, e.target))])
    band = {n: _band(n, book) for n in nodes}
    layers: dict[str, int] = {}
    start = 0
    for one in BANDS:
        inside = nx.DiGraph()
        inside.add_nodes_from(n for n in nodes if band[n] == one)
        inside.add_edges_from((e.source, e.target) for e in edges if band[e.source] == band[e.target] == one)
        whole = nx.condensation(inside)  # flags of other companies may go in a circle: those stand side by side
        depth: dict[int, int] = {}
        for group in nx.topological_sort(whole):
            depth[group] = max((depth[g] + 1 for g in whole.predecessors(group)), default=start)
            layers.update(dict.fromkeys(whole.nodes[group]["members"], depth[group]))
        start = max(depth.values(), default=start - 1) + 1
    made = [_node(n, band[n], layers[n], book) for n in nodes]
    return Graph(tuple(sorted(made, key=lambda n: n.layer)), tuple(edges))


def _band(node: str, book: Rulebook) -> str:
    kind, _, name = node.partition(":")
    if kind == "rule":
        return "pattern" if book.rules[name].flag == "pattern" else "rule"
    if kind == "concluded":
        return "rule"
    return "metric" if name in book.metrics else "input"


def _node(node: str, band: str, layer: int, book: Rulebook) -> Node:
    kind, _, name = node.partition(":")
    if kind == "rule":
        return Node(node, name, band, book.rules[name].flag, book.rules[name].title, layer)
    if kind in ("list", "concluded"):
        return Node(node, name, band, kind, book.catalogue.kinds[name].title, layer)
    title = book.metrics[name].title if name in book.metrics else book.catalogue.figures[name].title
    return Node(node, name, band, "metric" if band == "metric" else kind, title, layer)
