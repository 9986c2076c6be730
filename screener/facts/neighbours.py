"""Finds related companies: those that a profile names, and the connected components of a set of profiles."""

from collections.abc import Iterable, Sequence

from screener.profile.catalogue import Catalogue
from screener.profile.identity import companies_named
from screener.profile.model import Profile
from screener.text import slug


def names_used(profile: Profile, catalogue: Catalogue) -> frozenset[str]:
    """Returns the ids of all companies that a profile names, its own id, and its aliases."""
    return companies_named(profile, catalogue).union(map(slug, profile.aliases))


class Components:
    """Connected components of ids (union-find)."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def join(self, ids: Iterable[str]) -> None:
        """Joins the components of these ids."""
        first = None
        for one in ids:
            root = self.of(one)
            if first is None:
                first = root
            elif root != first:
                self._above[root] = first

    def of(self, one: str) -> str:
        """The representative of the component of an id."""
        root = one
        while (above := self._above.get(root, root)) != root:
            root = above
        while one != root:
            self._above[one], one = root, self._above.get(one, root)
        return root


class Neighbourhood:
    """Groups the context profiles by connected component.

    The result for a company depends only on the components that its profile names: counterparties, their payers, and loops
    through any number of companies all lie within them. The rest of the context is ignored, and its payments are not shown.
    """

    def __init__(self, profiles: Sequence[Profile], catalogue: Catalogue) -> None:
        self.profiles, self.catalogue = tuple(profiles), catalogue
        self.parts = Components()
        names = [names_used(profile, catalogue) for profile in self.profiles]
        for ids in names:
            self.parts.join(sorted(ids))
        self._members: dict[str, list[int]] = {}
        for i, profile in enumerate(self.profiles):
            self._members.setdefault(self.parts.of(profile.id), []).append(i)

    def roots(self, ids: Iterable[str]) -> frozenset[str]:
        """Returns the components to which these ids belong; ids outside of all components are left out."""
        return frozenset(root for one in ids if (root := self.parts.of(one)) in self._members)

    def within(self, roots: Iterable[str]) -> tuple[Profile, ...]:
        """Returns the profiles of some components, in the order in which they were given."""
        return tuple(self.profiles[i] for i in sorted(i for root in set(roots) for i in self._members[root]))

    def around(self, profile: Profile) -> tuple[Profile, ...]:
        """Returns the context profiles that can affect the result of a profile."""
        return self.within(self.roots(names_used(profile, self.catalogue))) if self.profiles else ()
