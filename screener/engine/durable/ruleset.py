"""A ruleset for the C library, kept within the sizes of its tables.

Every fact walks the same tree of tests. The C library keeps at most 64 matched tests waiting, 512 tests under one and 256
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
from screener.records import PickledByValues

MOST_TESTS = 56  # of one kind in a group
MOST_ENDS = 200  # patterns of one kind in a group


@dataclass(frozen=True, slots=True)
class CompiledRule(PickledByValues):
    """One rule of a ruleset: the alternative of a rule in one form, and the conditions that are evaluated in Python."""

    rule_id: str
    alternative: int
    form: Form
    names: tuple[str, ...]  # of the patterns that bind facts
    residual: tuple[tuple[Expression, Form], ...]
    helper_kind: str | None = None  # of the fact that it concludes, where it serves a negation


@dataclass(frozen=True, slots=True)
class CompiledPattern:
    """A pattern as the C library takes it: joins first, then tests (an `$or` before a join would lose it)."""

    name: str
    kind: str
    conditions: tuple[Json, ...]
    negated: bool = False


@dataclass
class TranslatedRuleset:
    """A ruleset that is complete: its rules as the C library takes them, and the properties of facts that they read."""

    text: str  # rules by name, as the members of an object in JSON
    compiled_rules: dict[str, CompiledRule]
    reads: dict[tuple[str, int], list[str]]  # properties by kind and group, sorted
    negated: set[str]  # kinds
    groups: int
    shared_groups: int | None  # groups with rules for all companies; later ones are for the main company only

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of facts that its rules read."""
        return frozenset(kind for kind, _ in self.reads)

    @cached_property
    def main_fields(self) -> tuple[str, ...]:
        """The figures and metrics of the main company that its rules read."""
        return self._company_fields(self.groups)

    @cached_property
    def shared_fields(self) -> tuple[str, ...]:
        """The figures and metrics of all companies that its rules read."""
        return self._company_fields(self.groups if self.shared_groups is None else self.shared_groups)

    def _company_fields(self, groups: int) -> tuple[str, ...]:
        """The figures and metrics that the first so many groups read."""
        read = (key for (kind, group), keys in self.reads.items() if kind == COMPANY and group < groups for key in keys)
        return tuple(sorted({key[3:] for key in read if ":" in key}))

    @cached_property
    def _readers(self) -> dict[str, list[tuple[int, list[str]]]]:
        found: dict[str, list[tuple[int, list[str]]]] = {}
        for (of_kind, group), wanted in self.reads.items():
            found.setdefault(of_kind, []).append((group, wanted))
        return found

    def readers(self, kind: str) -> list[tuple[int, list[str]]]:
        """The groups that read a kind, each with the properties that it reads."""
        return self._readers.get(kind, [])


@dataclass
class Ruleset:
    """Rules of one stratum for the C library while they are added, and the properties of facts that they read."""

    rules: dict[str, Json] = field(default_factory=dict)
    compiled_rules: dict[str, CompiledRule] = field(default_factory=dict)
    reads: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    negated: set[str] = field(default_factory=set)  # kinds
    shared_groups: int | None = None  # groups with rules for all companies; later ones are for the main company only
    _group: int = 0
    _paths: dict[str, None] = field(default_factory=dict)
    _tests: Counter[str] = field(default_factory=Counter)
    _ends: Counter[str] = field(default_factory=Counter)

    def add(self, compiled_patterns: list[CompiledPattern], compiled_rule: CompiledRule) -> None:
        """Adds one rule."""
        if not self._fits(compiled_patterns):
            self._next_group()
            self._fits(compiled_patterns)
        kinds = {compiled.name: compiled.kind for compiled in compiled_patterns}
        patterns = []
        for compiled in compiled_patterns:
            for name, own, theirs in _properties_read(compiled.conditions):
                self.reads.setdefault((compiled.kind, self._group), set()).add(own)
                if name is not None:
                    self.reads.setdefault((kinds[name], self._group), set()).add(theirs)
            self.reads.setdefault((compiled.kind, self._group), set())
            if compiled.negated:
                self.negated.add(compiled.kind)
            conditions = [{"kind": self.kind(compiled.kind, self._group)}, *compiled.conditions]
            patterns.append({compiled.name + "$not" * compiled.negated: {"$and": conditions}})
        name = f"q{len(self.rules)}"
        self.rules[name] = {"all": patterns}
        self.compiled_rules[name] = compiled_rule

    def begin_main_only(self) -> None:
        """All rules so far are for every company, those that follow for the main one only."""
        if self.rules:
            self._next_group()
        self.shared_groups = self._group

    def _next_group(self) -> None:
        self._group += 1
        for table in (self._paths, self._tests, self._ends):
            table.clear()

    @staticmethod
    def kind(kind: str, group: int) -> str:
        """The name of a kind in the rules of a group."""
        return f"{kind}/{group}"

    def translated(self) -> TranslatedRuleset:
        """The ruleset, to which no rule is added any more."""
        return TranslatedRuleset(
            text=dump(self.rules)[1:-1],
            compiled_rules=self.compiled_rules,
            reads={key: sorted(wanted) for key, wanted in self.reads.items()},
            negated=self.negated,
            groups=self._group + 1,
            shared_groups=self.shared_groups,
        )

    def _fits(self, compiled_patterns: list[CompiledPattern]) -> bool:
        """Counts the tests that patterns add; false where the present group has no room for them."""
        for compiled in compiled_patterns:
            path = compiled.kind  # patterns that begin with the same tests share them; a join is never shared
            for condition in compiled.conditions:
                path += f"{len(self.rules)}:{compiled.name}" if _is_join(condition) else dump(condition)
                if path not in self._paths:
                    self._paths[path] = None
                    self._tests[compiled.kind] += node_count(condition)
            self._ends[compiled.kind] += 1
        return all(self._tests[c.kind] <= MOST_TESTS and self._ends[c.kind] <= MOST_ENDS for c in compiled_patterns)


def node_count(condition: Json) -> int:
    """How many nodes of the tree of tests a condition takes."""
    ((key, value),) = condition.items()
    return sum(map(node_count, value)) + (key == "$or") if key in ("$and", "$or") else 1


def _is_join(condition: Json) -> bool:
    ((key, value),) = condition.items()
    return key[0] != "$" and isinstance(value, dict)


def _properties_read(conditions: tuple[Json, ...] | list[Json]) -> Iterator[tuple[str | None, str, str]]:
    """What conditions read: own property, and the other pattern with its property where it is a join."""
    for condition in conditions:
        ((key, value),) = condition.items()
        if key in ("$and", "$or"):
            yield from _properties_read(value)
        elif key[0] == "$":
            yield None, *value, ""
        elif isinstance(value, dict):
            ((name, theirs),) = value.items()
            yield name, key, theirs
        else:
            yield None, key, ""
