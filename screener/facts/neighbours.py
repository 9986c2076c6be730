"""Which companies have to do with each other: what a profile names, and the connected parts of a set of profiles."""

from collections.abc import Iterable, Iterator, Sequence

from screener.profile.catalogue import Catalogue
from screener.profile.model import Profile, Relation


def companies_named(profile: Profile, catalogue: Catalogue) -> frozenset[str]:
    """The ids of all companies that a profile speaks of, its own among them."""
    found = {profile.id, *profile.parties}
    for subject in (profile.subject, *profile.parties.values()):
        for list_name, members in subject.relations.items():
            found.update(_of(members, catalogue.lists[list_name], catalogue))
    return frozenset(found)


def _of(members: Iterable[Relation], kind: str, catalogue: Catalogue) -> Iterator[str]:
    typed = catalogue.kinds[kind].fields
    for member in members:
        for name, claim in member.fields.items():
            if typed[name].unit == "company" and isinstance(claim.value, str):
                yield claim.value
        for inner, nested in member.nested.items():
            yield from _of(nested or (), inner, catalogue)


class Components:
    """Sets of ids that grow together: a union-find."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def join(self, ids: Iterable[str]) -> None:
        """Says that these belong together."""
        first = None
        for one in ids:
            root = self.of(one)
            if first is None:
                first = root
            elif root != first:
                self._above[root] = first

    def of(self, one: str) -> str:
        """The id that stands for all that belong to this one."""
        root = one
        while (above := self._above.get(root, root)) != root:
            root = above
        while one != root:
            self._above[one], one = root, self._above.get(one, root)
        return root


class Neighbourhood:
    """Whole profiles given as context, by the connected part that they are in.

    What is judged of a company depends on those parts only that it speaks of: counterparties, whoever pays them, and loops
    through any number of companies all lie within. So the rest of a context is not looked at, and its payments are not shown.
    """

    def __init__(self, profiles: Sequence[Profile], catalogue: Catalogue) -> None:
        self.profiles, self.catalogue = tuple(profiles), catalogue
        self.parts = Components()
        names = [companies_named(profile, catalogue) for profile in self.profiles]
        for ids in names:
            self.parts.join(sorted(ids))
        self._members: dict[str, list[int]] = {}
        for i, profile in enumerate(self.profiles):
            self._members.setdefault(self.parts.of(profile.id), []).append(i)

    def roots(self, ids: Iterable[str]) -> frozenset[str]:
        """The parts that these ids are in; those that are in none are left out."""
        return frozenset(root for one in ids if (root := self.parts.of(one)) in self._members)

    def within(self, roots: Iterable[str]) -> tuple[Profile, ...]:
        """The profiles of some parts, in the order in which they were given."""
        return tuple(self.profiles[i] for i in sorted(i for root in set(roots) for i in self._members[root]))

    def around(self, profile: Profile) -> tuple[Profile, ...]:
        """The profiles that matter to this one."""
        return self.within(self.roots(companies_named(profile, self.catalogue))) if self.profiles else ()
