"""Worlds that differ from that of a profile in the value of one figure of its company, without building them anew."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from screener.facts.builder import World, WorldBuilder
from screener.facts.metrics import Metric
from screener.facts.statements import CompanyStatements, Statement
from screener.profile.catalogue import Catalogue
from screener.profile.claims import ASSUMED, Claim
from screener.profile.model import Profile
from screener.profile.what_if import AssumptionPlace, place_of_assumption, with_assumed

CONFLICT = "conflict"  # the only kind of fact that depends on figures


class ChangedWorlds:
    """The world of a profile, `world`, and those with another number for one figure or metric of the company.

    They share the facts that do not depend on figures. The result is that of `build` after `assume` (a test compares them).
    """

    def __init__(
        self,
        profile: Profile,
        catalogue: Catalogue,
        metrics: Mapping[str, Metric],
        placeholders: Mapping[str, int],
        context: Sequence[Profile] = (),
    ) -> None:
        self._builder = WorldBuilder(profile, catalogue, metrics, placeholders, context)
        self.world: World = self._builder.world()
        self._catalogue = catalogue
        company = self.world.companies[self.world.main]
        own = sum(1 for _ in self._builder.conflicts(company))
        # after the conflicts of the company itself come those with profiles of the context
        self._with_context = self.world.base.of(self.world.main, CONFLICT)[own:]
        self._places: dict[str, tuple[Profile, AssumptionPlace]] = {}

    def with_number(self, figure: str, value: float) -> World:
        """The world if a stated figure or metric had this value in its present period."""
        profile, place = self._place(figure)
        claim = Claim(value=value, period=place.period, source=ASSUMED)
        changed = with_assumed(profile, profile.subject, figure, claim, place)
        statements = CompanyStatements(changed.subject, (Statement(changed.subject, changed),))
        company = self._builder.company_facts(statements)
        conflicts = [*self._builder.conflicts(company), *self._with_context]
        main = self.world.main
        return replace(
            self.world,
            companies={**self.world.companies, main: company},
            base=self.world.base.replacing(main, CONFLICT, conflicts),
        )

    def _place(self, figure: str) -> tuple[Profile, AssumptionPlace]:
        """The profile without what is assumed of the figure already, and where an assumption stands in it."""
        if figure not in self._places:
            known = self.world.profile
            claims = tuple(c for c in known.subject.figures.get(figure, ()) if c.source != ASSUMED)
            plain = known._replace(subject=known.subject._replace(figures={**known.subject.figures, figure: claims}))
            self._places[figure] = plain, place_of_assumption(plain, plain.subject, figure, self._catalogue)
        return self._places[figure]
