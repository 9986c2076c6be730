"""Loops of payments: the simple cycles of a directed graph, whichever way they are found."""

import networkx
from hypothesis import example, given
from hypothesis import strategies as st

from screener.facts import loops

EDGES = st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda edge: edge[0] != edge[1]), max_size=14)


def least_first(cycles: list[list[int]]) -> list[tuple[int, ...]]:
    return sorted(tuple(cycle[(at := cycle.index(min(cycle))) :] + cycle[:at]) for cycle in cycles)


@given(EDGES)
@example({(0, 1), (1, 2), (2, 0), (3, 4), (4, 3), (2, 3), (5, 0)})  # two rings, a way between them, a way into one
@example({(0, 1), (1, 0), (1, 2), (2, 1)})  # rings that share a node
@example(set())
def test_they_are_those_of_networkx(edges: set[tuple[int, int]]) -> None:
    expected = least_first([list(cycle) for cycle in networkx.simple_cycles(networkx.DiGraph(sorted(edges)))])
    assert least_first(loops._cycles(list(edges))[: loops.LOOPS + 1]) == expected or len(expected) > loops.LOOPS
