"""Loops of payments are the simple cycles of a directed graph, with either algorithm."""

import networkx
from hypothesis import example, given
from hypothesis import strategies as st

from screener.facts import loops
from screener.facts.builder import build
from screener.rules.rulebook import Rulebook
from tests.conftest import ReadProfile

EDGES = st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda edge: edge[0] != edge[1]), max_size=14)


def least_first(cycles: list[list[int]]) -> list[tuple[int, ...]]:
    return sorted(tuple(cycle[(at := cycle.index(min(cycle))) :] + cycle[:at]) for cycle in cycles)


@given(EDGES)
@example({(0, 1), (1, 2), (2, 0), (3, 4), (4, 3), (2, 3), (5, 0)})  # two rings, a path between them, a path into one
@example({(0, 1), (1, 0), (1, 2), (2, 1)})  # rings that share a node
@example(set())
def test_they_are_those_of_networkx(edges: set[tuple[int, int]]) -> None:
    expected = least_first([list(cycle) for cycle in networkx.simple_cycles(networkx.DiGraph(sorted(edges)))])
    assert least_first(loops._cycles(list(edges))[: loops.LOOPS + 1]) == expected or len(expected) > loops.LOOPS


def test_more_loops_than_are_listed_do_not_depend_on_the_order_of_the_payments(book: Rulebook, read: ReadProfile) -> None:
    """Of many payments each way between two companies, and of a longer ring, the same loops are listed."""
    outward = [{"from": "main", "to": "acme", "what": "buys", "amount": n} for n in range(1, 21)]
    back = [{"from": "acme", "to": "main", "what": "invests", "amount": n} for n in range(1, 21)]
    ring = [{"from": "acme", "to": "beta", "what": "buys"}, {"from": "beta", "to": "main", "what": "buys"}]
    found = []
    for flows in ([*outward, *back, *ring], [*ring, *reversed(back), *reversed(outward)]):
        payments = build(read(flows=flows), book.catalogue, book.metrics, {}).flows
        listed, finished = loops.find_loops([fact for fact in payments if fact.fields.get("direction") != "in"])
        assert len(listed) == loops.LOOPS
        assert not finished
        found.append([(loop.members, [flow.fields["amount"] for flow in loop.flows]) for loop in listed])
    assert found[0] == found[1]
