"""A ruleset for the C layer, kept within what its tables hold.

Every fact walks the same tree of tests. The C layer keeps at most 64 matched tests waiting, 512 tests under one and 256
patterns at the end of one (and hangs, or writes past the end, where there are more). So rules are put into groups: the facts
that a group reads are asserted once more for it, with the group's number in their kind and with the fields that it reads.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from screener.engine.durable.encoding import Form, Json, dump
from screener.expression.syntax_tree import Expression
from screener.facts.fact import COMPANY

MOST_TESTS = 56  # of one kind in a group
MOST_ENDS = 200  # patterns of one kind in a group


@dataclass(frozen=True, slots=True)
class Query:
    """One rule of a ruleset: which alternative it stands for, and what is left to finish in Python."""

    rule: str
    alternative: int
    form: Form
    names: tuple[str, ...]  # patterns that bind facts
    rest: tuple[tuple[Expression, Form], ...]
    helper: str | None = None  # the kind of the fact that it concludes, where it serves a negation


@dataclass(frozen=True, slots=True)
class Shape:
    """A pattern as the C layer takes it: joins first, then tests (an `$or` before a join would lose it)."""

    name: str
    kind: str
    conditions: tuple[Json, ...]
    negated: bool = False


@dataclass
class Ruleset:
    """Rules of one stratum for the C layer, and what they read: (kind, group) -> properties of facts."""

    rules: dict[str, Json] = field(default_factory=dict)
    queries: dict[str, Query] = field(default_factory=dict)
    reads: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    negated: set[str] = field(default_factory=set)  # kinds
    shared: int | None = (
        None  # groups whose rules are for all companies of a world; the others are for the main one only
    )
    _readers: dict[str, list[tuple[int, list[str]]]] = field(default_factory=dict)
    _group: int = 0
    _paths: dict[str, None] = field(default_factory=dict)
    _tests: Counter[str] = field(default_factory=Counter)
    _ends: Counter[str] = field(default_factory=Counter)

    def add(self, shapes: list[Shape], query: Query) -> None:
        """Adds one rule."""
        if not self._fits(shapes):
            self._next_group()
            self._fits(shapes)
        kinds = {shape.name: shape.kind for shape in shapes}
        patterns = []
        for shape in shapes:
            for name, own, theirs in _leaves(shape.conditions):
                self.reads.setdefault((shape.kind, self._group), set()).add(own)
                if name is not None:
                    self.reads.setdefault((kinds[name], self._group), set()).add(theirs)
            self.reads.setdefault((shape.kind, self._group), set())
            if shape.negated:
                self.negated.add(shape.kind)
            conditions = [{"kind": self.kind(shape.kind, self._group)}, *shape.conditions]
            patterns.append({shape.name + "$not" * shape.negated: {"$and": conditions}})
        name = f"q{len(self.rules)}"
        self.rules[name] = {"all": patterns}
        self.queries[name] = query

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of facts that its rules read."""
        return frozenset(kind for kind, _ in self.reads)

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The figures and metrics of companies that its rules read."""
        read = (key for (kind, _), keys in self.reads.items() if kind == COMPANY for key in keys)
        return tuple(sorted({key[3:] for key in read if ":" in key}))

    def share(self) -> None:
        """All rules so far are for every company, those that follow for the main one only."""
        if self.rules:
            self._next_group()
        self.shared = self._group

    def _next_group(self) -> None:
        self._group += 1
        for table in (self._paths, self._tests, self._ends):
            table.clear()

    def readers(self, kind: str) -> list[tuple[int, list[str]]]:
        """The groups that read a kind, each with the properties that it reads."""
        if not self._readers:
            for (of_kind, group), wanted in self.reads.items():
                self._readers.setdefault(of_kind, []).append((group, sorted(wanted)))
        return self._readers.get(kind, [])

    @staticmethod
    def kind(kind: str, group: int) -> str:
        """A kind as the rules of a group call it."""
        return f"{kind}/{group}"

    def _fits(self, shapes: list[Shape]) -> bool:
        """Counts the tests that the patterns add; whether the present group holds them."""
        for shape in shapes:
            path = shape.kind  # tests are shared by the patterns that begin with the same ones; a join never is
            for condition in shape.conditions:
                path += f"{len(self.rules)}:{shape.name}" if _is_join(condition) else dump(condition)
                if path not in self._paths:
                    self._paths[path] = None
                    self._tests[shape.kind] += size(condition)
            self._ends[shape.kind] += 1
        return all(self._tests[s.kind] <= MOST_TESTS and self._ends[s.kind] <= MOST_ENDS for s in shapes)


def size(condition: Json) -> int:
    """How many nodes a condition makes in the tree of tests."""
    ((key, value),) = condition.items()
    return sum(map(size, value)) + (key == "$or") if key in ("$and", "$or") else 1


def _is_join(condition: Json) -> bool:
    ((key, value),) = condition.items()
    return key[0] != "$" and isinstance(value, dict)


def _leaves(conditions: tuple[Json, ...] | list[Json]) -> Iterator[tuple[str | None, str, str]]:
    """What conditions read: own property, and the other pattern with its property where it is a join."""
    for condition in conditions:
        ((key, value),) = condition.items()
        if key in ("$and", "$or"):
            yield from _leaves(value)
        elif key[0] == "$":
            yield None, *value, ""
        elif isinstance(value, dict):
            ((name, theirs),) = value.items()
            yield name, key, theirs
        else:
            yield None, key, ""
