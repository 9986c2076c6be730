"""Which alternatives of rules need their possible form in a world.

Where all is known exactly that the C library tests and joins of an alternative, its strict and its possible form match the
same facts: the matches of the strict one serve as both, and only what Python evaluates of them may still be unknown.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from screener.engine.durable.ruleset import AlternativeKey

Field = tuple[str, str]
"""A kind of facts, and the name of a field."""


class AlternativeInputs(NamedTuple):
    """The inputs of an alternative, in both of its forms together."""

    fields: frozenset[Field]  # those that the C library tests and joins
    flags: frozenset[str]  # rules
    in_python: bool  # a condition on what it binds is evaluated in Python
    negates_in_python: bool  # a condition of a negation is

    def joined(self, other: "AlternativeInputs") -> "AlternativeInputs":
        """The inputs of both forms from those of each."""
        return AlternativeInputs(
            fields=self.fields | other.fields,
            flags=self.flags | other.flags,
            in_python=self.in_python or other.in_python,
            negates_in_python=self.negates_in_python or other.negates_in_python,
        )


class OpenAlternatives:
    """Finds the alternatives of which the two forms may match different facts, by what is not known exactly in a world.

    `counterparty_rules` are judged for other companies, too: what rests on their flags is always open.
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
        """The open alternatives, where these fields are not known exactly and these rules are unknown."""
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
        """The alternatives that depend on the rules of some alternatives."""
        return frozenset().union(*(self._resting_on(rule) for rule in {key[0] for key in alternatives}))

    def _resting_on(self, rule: str) -> frozenset[AlternativeKey]:
        """The alternatives that look for the flag of a rule, with all that rest on theirs."""
        if rule not in self._of_rule:
            found = set[AlternativeKey]()
            waiting, asked = [rule], set[str]()
            while waiting:
                if (one := waiting.pop()) not in asked:
                    asked.add(one)
                    found.update(more := self._by_flag.get(one, ()))
                    waiting.extend(key[0] for key in more)
            self._of_rule[rule] = frozenset(found)
        return self._of_rule[rule]
