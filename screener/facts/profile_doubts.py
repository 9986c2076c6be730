"""Reports doubtful statements in a world: values that are probably wrong, and profiles that contradict each other."""

from collections.abc import Iterator, Mapping

from screener.facts.company import CompanyFacts
from screener.facts.fact import FactBase
from screener.facts.plausibility import find_days_for_years, find_member_slips, find_slips
from screener.facts.statements import CompanyStatements, claims_of, comparable
from screener.facts.world import ContextConflict
from screener.profile.catalogue import Catalogue
from screener.profile.identity import companies_named
from screener.profile.model import Profile
from screener.profile.reconcile import conflict_with, reconcile_figure
from screener.text import Text


def profile_doubts(
    profile: Profile, companies: Mapping[str, CompanyFacts], base: FactBase, catalogue: Catalogue
) -> Iterator[Text]:
    """Yields remarks on values that are probably wrong, of the company and of the parties that its profile describes."""
    own = profile.id
    for company in (own, *(party.id for party in profile.parties.values())):
        name = companies[company].subject.name
        found, table = companies[company], catalogue.claimable
        remarks = [slip.remark for slip in find_slips(found.reconciled, table)]
        remarks += find_days_for_years(found.ignored, found.reconciled, table)
        for kind, entry in catalogue.kinds.items():
            if entry.list_name:
                remarks += find_member_slips(entry, base.of(company, kind))
        for remark in remarks:
            yield remark if company == own else Text(f"{name.en}: {remark.en}", f"{name.zh}：{remark.zh}")


def disagreements_on_context(
    profile: Profile,
    stated: Mapping[str, CompanyStatements],
    companies: Mapping[str, CompanyFacts],
    catalogue: Catalogue,
) -> Iterator[ContextConflict]:
    """Yields conflicts between profiles about a company that the profile names: with its own profile, or among the others."""
    for company in sorted(companies_named(profile, catalogue) - {profile.id}):
        if (statements := stated.get(company)) is None:
            continue
        for name, used in companies[company].reconciled.items():
            figure = catalogue.claimable[name]
            for statement in statements.compared:
                if comparable(figure, statement.subject, statements.company):
                    found, _ = reconcile_figure(figure, claims_of(statement, name, figure))
                    if found and (conflict := conflict_with(found.chosen, used.chosen)):
                        yield ContextConflict(company, name, used.chosen, conflict)
            if len(statements.used) > 1:
                for conflict in used.conflicts:
                    yield ContextConflict(company, name, used.chosen, conflict)
