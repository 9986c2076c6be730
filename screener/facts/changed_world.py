"""Derives worlds in which one figure of the company has another value, without building them again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from screener.facts.builder import WorldBuilder
from screener.facts.company import CompanyFacts
from screener.facts.metrics import Metric, RestingMetrics
from screener.facts.plausibility import SLIP
from screener.facts.statements import CompanyStatements, SettledFigure, Statement, reconciled_figures
from screener.facts.world import World
from screener.profile.catalogue import Catalogue
from screener.profile.claims import ASSUMED, Claim
from screener.profile.model import Profile
from screener.profile.reconcile import RankedClaim, read_claim, reconcile_figure
from screener.profile.what_if import AssumptionPlace, place_of_assumption, with_assumed

CONFLICT = "conflict"
KINDS_ON_FIGURES = frozenset((CONFLICT, SLIP))
"""The kinds of facts that depend on figures."""


class ChangedWorlds:
    """Derives worlds from that of a profile (`world`) by giving one figure or metric of the company another number.

    Facts that do not depend on figures are shared. The result equals that of `build` after `assume` (a test compares them).
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
        self._catalogue, self._metrics = catalogue, metrics
        company = self.world.companies[self.world.main]
        own = sum(1 for _ in self._builder.conflicts(company))
        # the company's own conflicts come first, then those with profiles of the context
        self._with_context = self.world.base.of(self.world.main, CONFLICT)[own:]
        self._places: dict[str, tuple[Profile, AssumptionPlace]] = {}
        own_profile = self.world.profile
        stated = CompanyStatements(own_profile.subject, (Statement(own_profile.subject, own_profile),))
        self._settled = {figure.name: figure for figure in reconciled_figures(stated, catalogue)}

    @cached_property
    def _used(self) -> dict[str, RankedClaim]:
        """The claims of the company that are in use, by figure."""
        return {name: each.found.chosen for name, each in self._settled.items() if each.found is not None}

    def with_number(self, figure: str, value: float) -> World:
        """Returns the world in which a stated figure or metric has this value in the period that is in use."""
        profile, place = self._place(figure)
        claim = Claim(value=value, period=place.period, source=ASSUMED)
        changed = with_assumed(profile, profile.subject, figure, claim, place)
        claims = [read_claim(self._catalogue.claimable[figure], c, changed) for c in changed.subject.figures[figure]]
        found, ignored = reconcile_figure(self._catalogue.claimable[figure], claims)
        settled = {**self._settled, figure: SettledFigure(figure, found, ignored)}
        company = self._builder.facts_of(changed.subject, settled.values())
        self._share_values(company, figure)
        conflicts = [*self._builder.conflicts(company), *self._with_context]
        main = self.world.main
        return replace(
            self.world,
            companies={**self.world.companies, main: company},
            base=self.world.base.replacing(main, CONFLICT, conflicts).replacing(
                main, SLIP, [*self._builder.slips(company)]
            ),
        )

    def _share_values(self, company: CompanyFacts, figure: str) -> None:
        """Copies computed values that do not depend on the figure, if the figure keeps the period that is in use."""
        base = self.world.companies[self.world.main]
        if [*company.reconciled] == [*base.reconciled] and (
            company.reconciled[figure].chosen.period == base.reconciled[figure].chosen.period
        ):
            rests = RestingMetrics.of(self._metrics).on(figure)
            company._alignments, company._stated = base._alignments, base._stated  # same periods, same claims
            company._values = {key: value for key, value in base._values.items() if key[0] not in rests}
            company._validity = {key: valid for key, valid in base._validity.items() if key[0] not in rests}

    def _place(self, figure: str) -> tuple[Profile, AssumptionPlace]:
        """Returns the profile without earlier assumptions on the figure, and the claims that a new one replaces."""
        if figure not in self._places:
            known = self.world.profile
            claims = tuple(c for c in known.subject.figures.get(figure, ()) if c.source != ASSUMED)
            plain = known._replace(subject=known.subject._replace(figures={**known.subject.figures, figure: claims}))
            is_plain = len(claims) == len(known.subject.figures.get(figure, ()))
            used = self._used if is_plain else None
            self._places[figure] = plain, place_of_assumption(plain, plain.subject, figure, self._catalogue, used)
        return self._places[figure]
