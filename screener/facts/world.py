"""The input of the engine: every company of a run with its facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from screener.facts.company import CompanyFacts
from screener.facts.fact import Fact, FactBase
from screener.facts.loops import Loop
from screener.profile.model import Profile
from screener.profile.reconcile import RankedClaim
from screener.text import Text

UNNAMED = "?"  # the company that stands for every counterparty that is not named: nothing is known of it


class ContextConflict(NamedTuple):
    """A claim about another company that disagrees with the one that is used, where profiles differ on that company."""

    company: str
    figure: str
    used: RankedClaim
    other: RankedClaim


@dataclass(frozen=True, slots=True)
class World:
    """All companies of a run with their facts; `main` is the one that is screened."""

    main: str
    companies: Mapping[str, CompanyFacts]
    base: FactBase
    loops: tuple[Loop, ...]
    flows: tuple[Fact, ...]  # each flow once, from the payer's side
    loops_complete: bool
    profile: Profile
    context_conflicts: tuple[ContextConflict, ...] = ()
    undated: int = 0  # claims of the profile that count though no date says when they were published
    undated_left_out: int = 0  # and those that do not count for that reason
    remarks: tuple[Text, ...] = ()  # on companies that are named in several ways, and on what was left out

    def name(self, company: str) -> Text:
        """A company's name, its id where none is given."""
        found = self.companies.get(company)
        return found.subject.name if found else Text.of(company)
