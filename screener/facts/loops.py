"""Finds loops of payments: simple cycles of flows through any number of companies."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice, product
from math import prod
from typing import NamedTuple

from screener.expression.interval import UNBOUNDED, Interval
from screener.facts.fact import Fact
from screener.limits import LOOPS

_FINANCING = ("invests", "lends")  # kinds of flow that finance the receiver; the others pay for something


class Loop(NamedTuple):
    """The companies of a loop in the order of payment (first by name first), and the flow from each to the next."""

    members: tuple[str, ...]
    flows: tuple[Fact, ...]

    @property
    def weakest(self) -> int:
        """The weakest link: a non-binding one; otherwise one with an unknown amount; otherwise the smallest amount."""
        return min(range(len(self.flows)), key=lambda i: (_strength(self.flows[i]), i))

    @property
    def least(self) -> Interval:
        """The possible amounts of the weakest link; which links are binding, and their amounts, may be unknown.

        The range only narrows as more becomes known: it is the least of the non-binding links, or of all links if every link
        is binding.
        """
        loose, open_, firm = (
            [_amount(f) for f in self.flows if f.fields.get("binding") is b] for b in (False, None, True)
        )
        if loose:
            return Interval(min(a.lo for a in loose + open_), min(a.hi for a in loose))
        every = open_ + firm
        highest = [min(a.hi for a in every), *(a.hi for a in open_)]
        return Interval(min(a.lo for a in every), max(highest))

    @property
    def financing(self) -> Interval:
        """The largest amount invested or lent in the loop; 0 if all links are purchases or commitments."""
        amounts = [_financing(flow) for flow in self.flows]
        return Interval(max(a.lo for a in amounts), max(a.hi for a in amounts))

    @property
    def binding(self) -> bool | None:
        """Whether all links are binding; None if that is not known."""
        bound = [flow.fields.get("binding") for flow in self.flows]
        return False if False in bound else None if None in bound else True


def _amount(flow: Fact) -> Interval:
    amount = flow.fields.get("amount")
    return amount if isinstance(amount, Interval) else UNBOUNDED


def _financing(flow: Fact) -> Interval:
    """Returns the amount that a flow invests or lends: 0 for purchases and commitments; from 0 if the kind is unknown."""
    what, amount = flow.fields.get("what"), _amount(flow)
    least = 0.0 if what is None else max(amount.lo, 0.0)
    return Interval(least, amount.hi) if what in (None, *_FINANCING) else Interval.point(0.0)


def _strength(flow: Fact) -> tuple[bool, bool, float]:
    amount = flow.fields.get("amount")
    known = isinstance(amount, Interval) and amount.hi != float("inf")
    return (flow.fields.get("binding") is not False, known, amount.lo if known and isinstance(amount, Interval) else 0)


def find_loops(flows: Sequence[Fact]) -> tuple[list[Loop], bool]:
    """Finds loops (shortest first, at most LOOPS); also returns whether the search was complete.

    Uses Johnson's algorithm (Johnson 1975) from networkx. Parallel flows between two companies give separate loops.
    """
    between: dict[tuple[str, str], list[Fact]] = {}
    for flow in flows:
        payer, payee = flow.companies["from"], flow.companies["to"]
        if payer != payee:
            between.setdefault((payer, payee), []).append(flow)
    order = sorted({company for pair in between for company in pair})
    number = {company: i for i, company in enumerate(order)}
    pairs = [(number[a], number[b]) for a, b in between]
    cycles = _cycles(pairs)
    rings = sorted(tuple(order[i] for i in _from_least(c)) for c in cycles)
    rings.sort(key=len)
    if sum(prod(len(between[a, b]) for a, b in _links(ring)) for ring in rings) > LOOPS:
        for parallel in between.values():
            parallel.sort(key=_content)  # so that the choice of loops does not depend on the order of the flows
    every = (Loop(ring, links) for ring in rings for links in product(*(between[a, b] for a, b in _links(ring))))
    loops = list(islice(every, LOOPS + 1))
    return loops[:LOOPS], len(loops) <= LOOPS and len(cycles) <= LOOPS


def _links(ring: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    return zip(ring, ring[1:] + ring[:1], strict=True)


def _content(flow: Fact) -> str:
    return str(sorted((name, str(value)) for name, value in flow.fields.items()))


def _from_least(ring: list[int]) -> list[int]:
    at = ring.index(min(ring))
    return ring[at:] + ring[:at]


def _cycles(pairs: Collection[tuple[int, int]]) -> list[list[int]]:
    """Returns the simple cycles of a directed graph, at most LOOPS + 1 of them."""
    below = _cyclic_part(pairs)
    if all(len(targets) == 1 for targets in below.values()):  # loops without a common company, the usual case
        return _separate_rings({a: targets[0] for a, targets in below.items()})
    import networkx  # imported only if loops share companies, since the import takes a tenth of a second

    graph = networkx.DiGraph(sorted(pairs))
    return list(islice(networkx.simple_cycles(graph), LOOPS + 1))


def _cyclic_part(pairs: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    """Removes edges that cannot be part of a cycle (Kahn 1962, in both directions); returns the successors of each node."""
    edges = set(pairs)
    while True:
        inner = {a for a, _ in edges} & {b for _, b in edges}
        left = {(a, b) for a, b in edges if a in inner and b in inner}
        if left == edges:
            break
        edges = left
    below: dict[int, list[int]] = {}
    for a, b in sorted(edges):
        below.setdefault(a, []).append(b)
    return below


def _separate_rings(following: dict[int, int]) -> list[list[int]]:
    """Returns the cycles of a graph in which each node has exactly one successor and one predecessor."""
    rings = []
    while following:
        at, nxt = following.popitem()
        ring = [at]
        while nxt != at:
            ring.append(nxt)
            nxt = following.pop(nxt)
        rings.append(ring)
    return rings[: LOOPS + 1]
