"""A ruleset for the C library that stays within the sizes of its tables.

Every fact passes through the same tree of tests. The C library can have at most 64 matched tests pending, 512 tests
below one test and 256 patterns at the end of one (with more, it hangs or writes past the end of a table). Rules are
therefore put into groups: the facts that a group reads are asserted separately for it, with the group's number in their
kind and with the fields that it reads.
"""

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, TypeVar

from screener.engine.durable.encoding import FieldKeys, Form, Json, dump
from screener.expression.syntax_tree import Expression, names_in
from screener.facts.fact import COMPANY
from screener.records import PickledByValues

SESSION_ID = "s"

T = TypeVar("T")

MOST_TESTS = 56  # greatest number of tests of one kind in a group
MOST_ENDS = 200  # greatest number of patterns of one kind in a group


AlternativeKey = tuple[str, int]
"""An alternative of a rule: the rule's id, and the number of the alternative."""


class ResidualCondition(NamedTuple):
    """A condition that is evaluated in Python, its form, and the names of the bound facts that it reads."""

    condition: Expression
    form: Form
    reads: tuple[str, ...]

    @classmethod
    def of(cls, condition: Expression, form: Form) -> "ResidualCondition":
        """Returns a condition with the names that it reads."""
        scopes = dict.fromkeys(name.scope for name in names_in(condition))
        return cls(condition, form, tuple(scope for scope in scopes if scope not in (COMPANY, "params")))


@dataclass(frozen=True, slots=True)
class CompiledRule(PickledByValues):
    """One rule of a ruleset: the alternative of a rule in one form, and the conditions that are evaluated in Python."""

    key: AlternativeKey
    form: Form
    names: tuple[str, ...]  # names of the patterns that bind facts
    residual: tuple[ResidualCondition, ...]
    helper_kind: str | None = None  # kind of the fact that it concludes, if it is a helper for a negation

    @property
    def rule_id(self) -> str:
        """Returns the id of the rule."""
        return self.key[0]

    def read_match(self, message: str, asserted: Sequence[T]) -> dict[str, T]:
        """Returns the facts that a match has bound to its patterns, from the C library's message.

        The message has every fact as it was asserted, beginning with its `id`, the place in `asserted`; quotes within
        texts are escaped.
        """
        return {name: read_bound(message, name, asserted) for name in self.names}


@dataclass(frozen=True, slots=True)
class CompiledPattern:
    """A pattern for the C library: joins first, then tests, since the library ignores a join after an `$or`."""

    name: str
    kind: str
    conditions: tuple[Json, ...]
    negated: bool = False


class GroupReader(NamedTuple):
    """A group of rules that reads facts of a kind, with the template of the JSON of such a fact."""

    group: int
    template: str
    properties: tuple[str, ...]

    @classmethod
    def of(cls, group: int, kind: str, properties: Sequence[str]) -> "GroupReader":
        """Returns the reader of a kind in a group."""
        head = f'{{"id":"%s","sid":"{SESSION_ID}","kind":"{_without_percent(kind)}"'
        parts = [f',"{_without_percent(name)}":%s' for name in properties]
        return cls(group, "".join([head, *parts, "}"]), tuple(properties))


Readers = Mapping[str, Sequence[GroupReader]]
"""The groups that read a kind, by kind."""


def kind_in_group(kind: str, group: int) -> str:
    """Returns the name of a kind in the rules of a group."""
    return f"{kind}/{group}"


def _without_percent(text: str) -> str:
    """Returns a text escaped for use in a template."""
    return text.replace("%", "%%")


@dataclass
class TranslatedRuleset:
    """A complete ruleset: its rules for the C library, and the properties of facts that they read."""

    text: str  # rules by name, as the members of an object in JSON
    compiled_rules: dict[str, CompiledRule]
    reads: dict[tuple[str, int], list[str]]  # properties by kind and group, sorted
    negated: set[str]  # kinds
    groups: int
    shared_groups: int | None  # groups with rules for all companies; later ones are for the main company only
    possible_groups: dict[int, set[AlternativeKey]]  # groups of rules in their possible form

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Returns the kinds of facts that its rules read."""
        return frozenset(kind for kind, _ in self.reads)

    @cached_property
    def main_fields(self) -> tuple[FieldKeys, ...]:
        """Returns the figures and metrics of the main company that its rules read."""
        return self._company_fields(self.groups)

    @cached_property
    def shared_fields(self) -> tuple[FieldKeys, ...]:
        """Returns the figures and metrics of all companies that its rules read."""
        return self._company_fields(self.groups if self.shared_groups is None else self.shared_groups)

    def _company_fields(self, groups: int) -> tuple[FieldKeys, ...]:
        """Returns the figures and metrics that the first `groups` groups read."""
        read = (key for (kind, group), keys in self.reads.items() if kind == COMPANY and group < groups for key in keys)
        return tuple(map(FieldKeys.of, sorted({key[3:] for key in read if ":" in key})))

    def is_idle(self, open_alternatives: AbstractSet[AlternativeKey]) -> bool:
        """Returns whether it has no rules, or only rules in possible form, of alternatives that are not among those
        given."""
        if not self.compiled_rules:
            return True
        groups = self.possible_groups.values()
        return bool(groups) and all(keys.isdisjoint(open_alternatives) for keys in groups)

    def readers(self, open_alternatives: AbstractSet[AlternativeKey]) -> "Readers":
        """Returns the groups that read each kind.

        Groups of rules in possible form are left out if none of their alternatives is among those given.
        """
        idle = frozenset(group for group, keys in self.possible_groups.items() if keys.isdisjoint(open_alternatives))
        if not idle:
            return self._all_readers
        found = self._partial_readers.get(idle)
        if found is None:
            found = self._partial_readers[idle] = _without_groups(self._all_readers, idle)
        return found

    @cached_property
    def _partial_readers(self) -> "dict[frozenset[int], Readers]":
        return {}

    @cached_property
    def _all_readers(self) -> "Readers":
        found: dict[str, list[GroupReader]] = {}
        for (kind, group), wanted in self.reads.items():
            found.setdefault(kind, []).append(GroupReader.of(group, kind_in_group(kind, group), wanted))
        return found


@dataclass
class Ruleset:
    """Builder of the rules of one stratum for the C library, and of the properties of facts that they read."""

    rules: dict[str, Json] = field(default_factory=dict)
    compiled_rules: dict[str, CompiledRule] = field(default_factory=dict)
    reads: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    negated: set[str] = field(default_factory=set)  # kinds
    shared_groups: int | None = None  # groups with rules for all companies; later ones are for the main company only
    possible_groups: dict[int, set[AlternativeKey]] = field(
        default_factory=dict
    )  # groups of rules in their possible form
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
            conditions = [{"kind": kind_in_group(compiled.kind, self._group)}, *compiled.conditions]
            patterns.append({compiled.name + "$not" * compiled.negated: {"$and": conditions}})
        if compiled_rule.form == "possible":
            self.possible_groups.setdefault(self._group, set()).add(compiled_rule.key)
        name = f"q{len(self.rules)}"
        self.rules[name] = {"all": patterns}
        self.compiled_rules[name] = compiled_rule

    def begin_main_only(self) -> None:
        """Marks that all rules so far are for every company, and those that follow for the main one only."""
        if self._ends:
            self._next_group()
        self.shared_groups = self._group

    def _next_group(self) -> None:
        self._group += 1
        for table in (self._paths, self._tests, self._ends):
            table.clear()

    def translated(self) -> TranslatedRuleset:
        """Returns the complete ruleset, to which no further rule is added."""
        return TranslatedRuleset(
            text=dump(self.rules)[1:-1],
            compiled_rules=self.compiled_rules,
            reads={key: sorted(wanted) for key, wanted in self.reads.items()},
            negated=self.negated,
            groups=self._group + 1,
            shared_groups=self.shared_groups,
            possible_groups=self.possible_groups,
        )

    def _fits(self, compiled_patterns: list[CompiledPattern]) -> bool:
        """Counts the tests that patterns add; returns False if the present group has no capacity for them."""
        for compiled in compiled_patterns:
            path = compiled.kind  # patterns that begin with the same tests share their nodes; a join is never shared
            for condition in compiled.conditions:
                path += f"{len(self.rules)}:{compiled.name}" if _is_join(condition) else dump(condition)
                if path not in self._paths:
                    self._paths[path] = None
                    self._tests[compiled.kind] += node_count(condition)
            self._ends[compiled.kind] += 1
        return all(self._tests[c.kind] <= MOST_TESTS and self._ends[c.kind] <= MOST_ENDS for c in compiled_patterns)


def read_bound(message: str, name: str, asserted: Sequence[T]) -> T:
    """Returns the fact that a match has bound to one pattern."""
    before = f'"{name}":{{"id":"'
    start = message.index(before) + len(before)
    return asserted[int(message[start : message.index('"', start)])]


def _without_groups(readers: "Readers", groups: Container[int]) -> "Readers":
    return {kind: [reader for reader in found if reader.group not in groups] for kind, found in readers.items()}


def node_count(condition: Json) -> int:
    """Returns how many nodes of the tree of tests a condition uses."""
    ((key, value),) = condition.items()
    return sum(map(node_count, value)) + (key == "$or") if key in ("$and", "$or") else 1


def _is_join(condition: Json) -> bool:
    ((key, value),) = condition.items()
    return key[0] != "$" and isinstance(value, dict)


def fields_read(conditions: Sequence[Json]) -> frozenset[str]:
    """Returns the fields of a fact that tests on it read."""
    return frozenset(own[3:] for _, own, _ in _properties_read(list(conditions)))


def _properties_read(conditions: tuple[Json, ...] | list[Json]) -> Iterator[tuple[str | None, str, str]]:
    """Yields what conditions read: the own property and, for a join, the other pattern with its property."""
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
