"""Defines the input of the engine: all companies of a run with their facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from screener.facts.company import CompanyFacts
from screener.facts.fact import Fact, FactBase
from screener.facts.loops import Loop
from screener.profile.model import Profile
from screener.profile.reconcile import RankedClaim
from screener.text import Text

UNNAMED = "?"  # stands for every counterparty without a name, about which nothing is known


class ContextConflict(NamedTuple):
    """A claim about another company that conflicts with the one in use, from a different profile."""

    company: str
    figure: str
    used: RankedClaim
    other: RankedClaim


@dataclass(frozen=True, slots=True)
class World:
    """All companies of a run with their facts; `main` is the id of the screened company."""

    main: str
    companies: Mapping[str, CompanyFacts]
    base: FactBase
    loops: tuple[Loop, ...]
    flows: tuple[Fact, ...]  # each payment once, as the fact of the payer
    loops_complete: bool
    profile: Profile
    context_conflicts: tuple[ContextConflict, ...] = ()
    undated: int = 0  # number of the profile's claims that count although no publication date is given
    undated_left_out: int = 0  # number of claims that do not count because no publication date is given
    remarks: tuple[Text, ...] = ()  # on companies that are named in several ways, and on what was left out

    def name(self, company: str) -> Text:
        """Returns a company's name, or its id if no name is given."""
        found = self.companies.get(company)
        return found.subject.name if found else Text.of(company)
