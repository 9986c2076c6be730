"""Defines facts of companies, which the patterns of rules match, and their collection by company and kind."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from screener.expression.interval_ops import NoneOf, Value
from screener.profile.claims import Claim

COMPANY = "company"  # the kind of fact with a company's figures and metrics
FLAG = "flag"  # the kind of fact that rules conclude
COMPANY_ID = "id"  # the name under which conditions read a company's id


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of a company.

    `fields` holds a value for every field of the kind (a missing number is its domain, anything else missing None).
    `companies` holds an id for every field that names a company: a missing one gets an id that nothing else has.
    `apart` holds, for a missing company, those that it is known not to be.
    A fact that is not `certain` represents a member that may exist: a rule that matches it is possible, but has not fired.
    """

    id: str
    kind: str
    of: str
    fields: Mapping[str, Value]
    companies: Mapping[str, str] = field(default_factory=dict)
    certain: bool = True
    claims: Mapping[str, Claim] = field(default_factory=dict)
    apart: Mapping[str, NoneOf] = field(default_factory=dict)


@dataclass(slots=True)
class FactBase:
    """A collection of facts by company and kind, in a fixed order."""

    _facts: dict[tuple[str, str], list[Fact]] = field(default_factory=dict)

    def add(self, fact: Fact) -> None:
        """Adds one fact."""
        self._facts.setdefault((fact.of, fact.kind), []).append(fact)

    def of(self, company: str, kind: str) -> list[Fact]:
        """Returns the facts of one kind that belong to a company."""
        return self._facts.get((company, kind), [])

    def replacing(self, company: str, kind: str, facts: list[Fact]) -> "FactBase":
        """Returns a copy in which the facts of one kind of a company are replaced."""
        return FactBase({**self._facts, (company, kind): facts})

    def differing_kinds(self, other: "FactBase") -> set[str]:
        """Returns the kinds in which some company has different facts, or the same ones in another order."""
        keys = self._facts.keys() | other._facts.keys()
        return {key[1] for key in keys if self._facts.get(key) != other._facts.get(key)}

    def relevant(self, company: str, kinds: AbstractSet[str]) -> list[Fact]:
        """Returns all facts of a company, and the facts of the given kinds of all other companies."""
        found: list[Fact] = []
        for (of, kind), facts in self._facts.items():
            if of == company or kind in kinds:
                found += facts
        return found

    def __iter__(self) -> Iterator[Fact]:
        for facts in self._facts.values():
            yield from facts

    def kind(self, kind: str) -> Iterator[Fact]:
        """Yields all facts of one kind."""
        for (_, of_kind), facts in self._facts.items():
            if of_kind == kind:
                yield from facts
