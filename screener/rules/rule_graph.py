"""Dependencies between rules: the order in which rules are decided, and cycles without such an order."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from screener.facts.fact import COMPANY
from screener.rules.rule import Pattern, Rule, patterns


class Dependency(NamedTuple):
    """A rule on which another one depends; `decided_before` if that rule needs its final outcome, not only its flag.

    That is so for negations and for the facts that it concludes.
    """

    rule: str
    decided_before: bool


class RuleGraph:
    """Rules by id, with their dependencies."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        self.rules = rules
        self._concluding: dict[str, list[str]] = {}  # kind -> rules that conclude facts of it
        for rule in rules.values():
            for kind in rule.concludes:
                self._concluding.setdefault(kind, []).append(rule.id)

    def dependencies(self, rule: Rule) -> Iterator[Dependency]:
        """The rules on which a rule depends."""
        for pattern in patterns(rule.when):
            for needed in self._deciding(pattern):
                yield Dependency(needed, pattern.negated or pattern.flag is None)

    def counterparty_dependencies(self, rule: Rule) -> Iterator[str]:
        """The rules whose outcome for a counterparty a rule uses."""
        for pattern in patterns(rule.when):
            if pattern.owner is not None and pattern.owner.scope != COMPANY:
                yield from self._deciding(pattern)

    def _deciding(self, pattern: Pattern) -> Iterable[str]:
        """The rules that decide whether there is a fact for a pattern."""
        if pattern.flag is not None:
            return (pattern.flag,) if pattern.flag in self.rules else ()
        return self._concluding.get(pattern.kind, ())

    def closure(self, rules: Iterable[str]) -> frozenset[str]:
        """Rules with all their dependencies."""
        found: set[str] = set()
        queue = list(rules)
        while queue:
            rule = queue.pop()
            if rule not in found:
                found.add(rule)
                queue.extend(needed.rule for needed in self.dependencies(self.rules[rule]))
        return frozenset(found)

    def cycle_through_negation(self) -> list[str] | None:
        """A cycle of rules that passes through a negation or a concluded fact, if there is one: its first rule twice."""
        group = {name: i for i, names in enumerate(self._groups()) for name in names}
        for rule in self.rules.values():
            for needed in self.dependencies(rule):
                if needed.decided_before and group[needed.rule] == group[rule.id]:
                    return [rule.id, *self._path(needed.rule, rule.id)]
        return None

    def strata(self) -> tuple[tuple[str, ...], ...]:
        """The rules in layers: what a rule needs to be decided before it lies in a lower one.

        There must be no cycle through a negation.
        """
        level: dict[str, int] = {}
        for names in self._groups():  # those first on which others rest
            needed = [d for name in names for d in self.dependencies(self.rules[name]) if d.rule not in names]
            lowest = max((level[d.rule] + d.decided_before for d in needed), default=0)
            level.update(dict.fromkeys(names, lowest))
        layers: dict[int, list[str]] = {}
        for name in sorted(level):
            layers.setdefault(level[name], []).append(name)
        return tuple(tuple(layers[n]) for n in sorted(layers))

    def _path(self, start: str, goal: str) -> list[str]:
        """The shortest path from one rule to another along dependencies; there must be one."""
        came_from: dict[str, str] = {start: ""}
        for name in (queue := [start]):
            if name == goal:
                break
            for after in (d.rule for d in self.dependencies(self.rules[name])):
                if after not in came_from:
                    came_from[after] = name
                    queue.append(after)
        path = [goal]
        while path[-1] != start:
            path.append(came_from[path[-1]])
        return path[::-1]

    def _groups(self) -> list[set[str]]:
        """Strongly connected components of rules, dependencies first (Tarjan 1972, without recursion)."""
        number: dict[str, int] = {}
        lowest: dict[str, int] = {}
        open_names: dict[str, None] = {}
        groups: list[set[str]] = []
        for start in self.rules:
            if start in number:
                continue
            stack = [(start, self.dependencies(self.rules[start]))]
            number[start] = lowest[start] = len(number)
            open_names[start] = None
            while stack:
                name, needed = stack[-1]
                after = next(needed, None)
                if after is None:
                    stack.pop()
                    if stack:
                        lowest[stack[-1][0]] = min(lowest[stack[-1][0]], lowest[name])
                    if lowest[name] == number[name]:
                        group: set[str] = set()
                        while name not in group:
                            group.add(open_names.popitem()[0])
                        groups.append(group)
                elif after.rule not in number:
                    number[after.rule] = lowest[after.rule] = len(number)
                    open_names[after.rule] = None
                    stack.append((after.rule, self.dependencies(self.rules[after.rule])))
                elif after.rule in open_names:
                    lowest[name] = min(lowest[name], number[after.rule])
        return groups
