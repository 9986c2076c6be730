"""Screens a set of companies, each with the others as context."""

from collections.abc import Sequence

from screener.facts.neighbours import Neighbourhood
from screener.profile.model import Profile
from screener.result.detail import Detail
from screener.result.model import ResultDocument
from screener.screening import Screener


def screen_together(screener: Screener, profiles: Sequence[Profile]) -> dict[str, ResultDocument]:
    """Returns the result of each company by its id, without explanations. The order of the profiles does not matter."""
    neighbourhood = Neighbourhood(sorted(profiles, key=lambda profile: profile.id), screener.rulebook.catalogue)
    found = {}
    for profile in neighbourhood.profiles:
        others = tuple(other for other in neighbourhood.around(profile) if other.id != profile.id)
        found[profile.id] = screener.assess(profile, others, detail=Detail.OUTCOMES)
    return found
