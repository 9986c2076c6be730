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
    """What an alternative rests on, in both of its forms together."""

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
        self._always = frozenset(key for key, read in inputs.items() if read.negates_in_python)
        unsure = [key[0] for key, read in inputs.items() if read.in_python]
        self._always = frozenset(self.of((), [*unsure, *counterparty_rules]))

    def of(self, fields: Iterable[Field], rules: Iterable[str]) -> set[AlternativeKey]:
        """The open alternatives, where these fields are not known exactly and these rules are unknown."""
        found = set(self._always)
        for field in fields:
            found.update(self._by_field.get(field, ()))
        waiting = [*rules, *(key[0] for key in found if key[0] in self._by_flag)]
        asked = set[str]()
        while waiting:
            rule = waiting.pop()
            if rule not in asked:
                asked.add(rule)
                found.update(more := self._by_flag.get(rule, ()))
                waiting.extend(key[0] for key in more)
        return found
