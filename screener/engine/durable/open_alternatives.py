"""Finds the alternatives of rules that need their possible form in a world.

If everything that the C library tests and joins of an alternative is known exactly, its strict and its possible form
match the same facts: the matches of the strict form are used for both, and only conditions that Python evaluates may
still be unknown.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from screener.engine.durable.ruleset import AlternativeKey

Field = tuple[str, str]
"""A kind of facts and the name of a field."""


class AlternativeInputs(NamedTuple):
    """The inputs of an alternative, in both of its forms together."""

    fields: frozenset[Field]  # fields that the C library tests and joins
    flags: frozenset[str]  # rules whose flags it looks for
    in_python: bool  # whether a condition on bound facts is evaluated in Python
    negates_in_python: bool  # whether a condition of a negation is

    def joined(self, other: "AlternativeInputs") -> "AlternativeInputs":
        """Returns the inputs of both forms together."""
        return AlternativeInputs(
            fields=self.fields | other.fields,
            flags=self.flags | other.flags,
            in_python=self.in_python or other.in_python,
            negates_in_python=self.negates_in_python or other.negates_in_python,
        )


class OpenAlternatives:
    """Finds the alternatives whose two forms may match different facts, from what is not known exactly in a world.

    `counterparty_rules` are also decided for other companies: alternatives that depend on their flags are always open.
    """

    def __init__(self, inputs: Mapping[AlternativeKey, AlternativeInputs], counterparty_rules: Iterable[str]) -> None:
        self._by_field: dict[Field, list[AlternativeKey]] = {}
        self._by_flag: dict[str, list[AlternativeKey]] = {}
        for key, read in inputs.items():
            for field in read.fields:
                self._by_field.setdefault(field, []).append(key)
            for flag in read.flags:
                self._by_flag.setdefault(flag, []).append(key)
        self._of_field: dict[Field, frozenset[AlternativeKey]] = {}
        self._of_rule: dict[str, frozenset[AlternativeKey]] = {}
        unsure = {key[0] for key, read in inputs.items() if read.in_python}
        negating = [key for key, read in inputs.items() if read.negates_in_python]
        self._always = frozenset(negating).union(*map(self._resting_on, {*unsure, *counterparty_rules}))
        self._always |= self._above(negating)

    def of(self, fields: Iterable[Field], rules: Iterable[str]) -> set[AlternativeKey]:
        """Returns the open alternatives if these fields are not known exactly and these rules are unknown."""
        found = set(self._always)
        for field in fields:
            if field not in self._of_field:
                read_by = self._by_field.get(field, ())
                self._of_field[field] = self._above(read_by).union(read_by)
            found |= self._of_field[field]
        for rule in rules:
            found |= self._resting_on(rule)
        return found

    def _above(self, alternatives: Iterable[AlternativeKey]) -> frozenset[AlternativeKey]:
        """Returns the alternatives that depend on the rules of the given alternatives."""
        return frozenset().union(*(self._resting_on(rule) for rule in {key[0] for key in alternatives}))

    def _resting_on(self, rule: str) -> frozenset[AlternativeKey]:
        """Returns the alternatives that look for the flag of a rule, and all that depend on these."""
        if rule not in self._of_rule:
            found = set[AlternativeKey]()
            waiting, visited = [rule], set[str]()
            while waiting:
                if (one := waiting.pop()) not in visited:
                    visited.add(one)
                    found.update(more := self._by_flag.get(one, ()))
                    waiting.extend(key[0] for key in more)
            self._of_rule[rule] = frozenset(found)
        return self._of_rule[rule]
