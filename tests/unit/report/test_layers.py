"""The layered layout of graphs: order and spacing are kept, lines are straight, few cross."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.report.charts.layered_layout import GAP, HIGH, LANE, _column_links, _crossings, _spaced, layered_layout


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[int], list[tuple[int, int]]]:
    column = draw(st.lists(st.integers(0, 4), min_size=1, max_size=14))
    pairs = [(a, b) for a in range(len(column)) for b in range(len(column)) if column[a] < column[b]]
    return column, draw(st.lists(st.sampled_from(pairs), max_size=20, unique=True)) if pairs else []


@given(graphs())
def test_nothing_overlaps(given: tuple[list[int], list[tuple[int, int]]]) -> None:
    column, edges = given
    found = layered_layout(column, edges)
    for c in set(column):
        inside = sorted((y, column[n] == c) for (n, k), y in found.positions.items() if k == c)
        for (y0, node0), (y1, node1) in pairwise(inside):
            distance = ((HIGH + GAP if node0 else LANE) + (HIGH + GAP if node1 else LANE)) / 2
            assert y1 - y0 >= distance - 1e-6
    assert all(HIGH / 2 - 1e-6 <= y <= found.height - HIGH / 2 + 1e-6 for y in found.positions.values())
    assert layered_layout(column, edges) == found


def test_a_chain_is_straight() -> None:
    found = layered_layout([0, 1, 3], [(0, 1), (1, 2)])
    assert len({round(y, 6) for y in found.positions.values()}) == 1


def test_lines_are_untangled() -> None:
    """Three pairs given in crossed order."""
    found = layered_layout([0, 0, 0, 1, 1, 1], [(0, 5), (1, 4), (2, 3)])
    order = sorted(range(3), key=lambda n: found.positions[n, 0])
    assert sorted(range(3, 6), key=lambda n: found.positions[n, 1]) == [5 - n for n in order]


def test_lines_of_one_node_share_their_lanes() -> None:
    links = _column_links([0, 3, 3], [(0, 1), (0, 2)])
    assert links == [((0, 0), (0, 1)), ((0, 1), (0, 2)), ((0, 2), (1, 3)), ((0, 2), (2, 3))]


def test_crossings_are_counted() -> None:
    a, b, c, d = (0, 0), (1, 0), (2, 1), (3, 1)
    assert _crossings([[a, b], [c, d]], {a: [d], b: [c], c: [], d: []}) == 1
    assert _crossings([[a, b], [c, d]], {a: [c, d], b: [c, d], c: [], d: []}) == 1
    assert _crossings([[a, b], [c, d]], {a: [c], b: [d], c: [], d: []}) == 0


@pytest.mark.parametrize(
    ("wanted", "expected"), [([5, 5], [0, 10]), ([0, 100], [0, 100]), ([100, 0], [45, 55]), ([], [])]
)
def test_the_nearest_heights_that_keep_apart(wanted: list[float], expected: list[float]) -> None:
    assert _spaced(wanted, [10] * len(wanted)) == expected
