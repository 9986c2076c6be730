"""Layered layout of a directed graph, after Sugiyama, Tagawa, Toda (1981): columns, few crossings, short lines.

Lines that pass columns have a lane in each of them; all lines of one node share its lanes.
"""

from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

HIGH, GAP, LANE = 22.0, 8.0, 5.0
_ROUNDS = 16
_STRAIGHT = 8  # weight of the rest of a lane's line relative to other neighbours

ColumnNode = tuple[int, int]  # a node, and its column or that of a lane of its lines


class LayeredLayout(NamedTuple):
    """The height of the middle of each node and lane in its column."""

    positions: Mapping[ColumnNode, float]
    height: float


def layered_layout(column: Sequence[int], edges: Sequence[tuple[int, int]]) -> LayeredLayout:
    """Computes heights for nodes whose columns are given (edges lead to higher columns), and for the lanes of long
    edges."""
    links = _column_links(column, edges)
    rows: list[list[ColumnNode]] = [[] for _ in range(max(column, default=-1) + 1)]
    for node in dict.fromkeys([*((n, c) for n, c in enumerate(column)), *(s for link in links for s in link)]):
        rows[node[1]].append(node)
    before: dict[ColumnNode, list[ColumnNode]] = {s: [] for row in rows for s in row}
    after: dict[ColumnNode, list[ColumnNode]] = {s: [] for row in rows for s in row}
    for a, b in links:
        after[a].append(b)
        before[b].append(a)
    rows = _order_columns(rows, before, after)
    heights = _node_heights(rows, before, after, column)
    top = min(heights.values(), default=0.0) - HIGH / 2
    heights = {node: y - top for node, y in heights.items()}
    return LayeredLayout(heights, max(heights.values(), default=0.0) + HIGH / 2)


def _column_links(column: Sequence[int], edges: Sequence[tuple[int, int]]) -> list[tuple[ColumnNode, ColumnNode]]:
    """Returns edges as steps from one column to the next."""
    found: dict[tuple[ColumnNode, ColumnNode], None] = {}
    for a, b in edges:
        for c in range(column[a], column[b]):
            found[(a, c), (b, c + 1) if c + 1 == column[b] else (a, c + 1)] = None
    return list(found)


Neighbours = Mapping[ColumnNode, Sequence[ColumnNode]]


def _order_columns(rows: list[list[ColumnNode]], before: Neighbours, after: Neighbours) -> list[list[ColumnNode]]:
    """Sorts columns by the mean place of their neighbours, forwards and backwards, and keeps the order with the fewest
    crossings."""
    best, fewest = [list(row) for row in rows], _crossings(rows, after)
    for turn in range(_ROUNDS):
        near, order = (before, range(1, len(rows))) if turn % 2 == 0 else (after, range(len(rows) - 2, -1, -1))
        for c in order:
            beside = rows[c - 1] if near is before else rows[c + 1]
            place = {node: i for i, node in enumerate(beside)}
            own = {node: i * len(beside) / max(len(rows[c]), 1) for i, node in enumerate(rows[c])}
            mean = {s: sum(place[n] for n in near[s]) / len(near[s]) if near[s] else own[s] for s in rows[c]}
            rows[c].sort(key=lambda s: (mean[s], s))
        if (now := _crossings(rows, after)) < fewest:
            best, fewest = [list(row) for row in rows], now
    return best


def _crossings(rows: Sequence[Sequence[ColumnNode]], after: Neighbours) -> int:
    """Returns how many lines cross between neighbouring columns."""
    total = 0
    for row, beside in pairwise(rows):
        place = {node: i for i, node in enumerate(beside)}
        ends: list[int] = []
        for node in row:
            here = sorted(place[n] for n in after[node])
            total += sum(len(ends) - bisect_right(ends, end) for end in here)
            for end in here:
                insort(ends, end)
    return total


def _node_heights(
    rows: Sequence[Sequence[ColumnNode]], before: Neighbours, after: Neighbours, column: Sequence[int]
) -> dict[ColumnNode, float]:
    """Places each node and lane as near to its neighbours as the order and the spacing of its column allow."""
    heights = {s: HIGH + GAP if column[s[0]] == s[1] else LANE for row in rows for s in row}
    y: dict[ColumnNode, float] = {}
    for row in rows:
        at = 0.0
        for node in row:
            y[node] = at + heights[node] / 2
            at += heights[node]
    for turn in range(2 * _ROUNDS):
        forth, both = turn % 2 == 0, turn >= _ROUNDS
        for row in rows if forth else reversed(rows):
            targets = []
            for node in row:
                near = [*before[node], *after[node]] if both else before[node] if forth else after[node]
                pull = [_STRAIGHT if n[0] == node[0] else 1 for n in near]
                whole = sum(y[n] * p for n, p in zip(near, pull, strict=True))
                targets.append(whole / sum(pull) if near else y[node])
            y.update(zip(row, _spaced(targets, [heights[s] for s in row]), strict=True))
    return y


def _spaced(targets: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Returns the heights nearest to the given ones (least squares) that keep order and spacing, by pooling adjacent
    violators."""
    offsets, at = [], 0.0
    for high in heights:
        offsets.append(at + high / 2)
        at += high
    pools: list[tuple[float, int]] = []  # mean and number of each pool
    for value, offset in zip(targets, offsets, strict=True):
        mean, count = value - offset, 1
        while pools and pools[-1][0] > mean:
            other, n = pools.pop()
            mean, count = (mean * count + other * n) / (count + n), count + n
        pools.append((mean, count))
    level = [mean for mean, count in pools for _ in range(count)]
    return [base + offset for base, offset in zip(level, offsets, strict=True)]
