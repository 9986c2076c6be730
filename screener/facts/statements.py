"""Combines what profiles state about each company: its own profile if there is one, otherwise all other profiles."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from screener.profile.catalogue import Catalogue, Figure
from screener.profile.model import Profile, Relation, Subject
from screener.profile.reconcile import RankedClaim, ReconciledFigure, read_claim, reconcile_figure
from screener.text import Text


class Statement(NamedTuple):
    """The statements of one profile about a company."""

    subject: Subject
    profile: Profile


class SettledFigure(NamedTuple):
    """A reconciled figure (None if no claim can be used) with the claims that are ignored."""

    name: str
    found: ReconciledFigure | None
    ignored: tuple[RankedClaim, ...]


class CompanyStatements(NamedTuple):
    """All statements about one company: those in `used` are reconciled, those in `compared` are only checked against them."""

    company: Subject
    used: tuple[Statement, ...]
    compared: tuple[Statement, ...] = ()


def statements_by_company(
    profile: Profile, context: Sequence[Profile], catalogue: Catalogue
) -> dict[str, CompanyStatements]:
    """Collects the statements about the profile's company, the companies of `context`, and the parties of all these profiles.

    A company's own profile is used if there is one, and other statements are compared with it. For any other company all
    profiles count equally, whatever their order.
    """
    own: dict[str, list[Statement]] = {profile.id: [Statement(profile.subject, profile)]}
    for other in context:
        if other.id != profile.id:
            own.setdefault(other.id, []).append(Statement(other.subject, other))
    of_parties: dict[str, list[Statement]] = {}
    for whole in (profile, *context):
        for party in whole.parties.values():
            of_parties.setdefault(party.id, []).append(Statement(party, whole))
    found = {}
    for company in dict.fromkeys((*own, *of_parties)):
        used = tuple(own.get(company) or of_parties[company])
        compared = tuple(of_parties.get(company, ())) if company in own and company != profile.id else ()
        found[company] = CompanyStatements(_merged([s.subject for s in used], profile, catalogue), used, compared)
    return found


def reconciled_figures(statements: CompanyStatements, catalogue: Catalogue) -> Iterator[SettledFigure]:
    """Yields each figure that any statement claims, reconciled over all statements, with the ignored claims."""
    for name in dict.fromkeys(name for statement in statements.used for name in statement.subject.figures):
        figure = catalogue.claimable[name]
        usable: list[RankedClaim] = []
        foreign: list[RankedClaim] = []
        for statement in statements.used:
            for claim in claims_of(statement, name, figure):
                reason = _currency_differs(figure, statement.subject, statements.company)
                if claim.reason_unused is not reason:
                    claim = claim._replace(reason_unused=reason)
                (foreign if reason else usable).append(claim)
        found, ignored = reconcile_figure(figure, usable)
        yield SettledFigure(name, found, (*ignored, *foreign))


def claims_of(statement: Statement, name: str, figure: Figure) -> list[RankedClaim]:
    """Returns the claims of a figure in one statement."""
    return [read_claim(figure, claim, statement.profile) for claim in statement.subject.figures.get(name, ())]


def comparable(figure: Figure, one: Subject, other: Subject) -> bool:
    """Whether claims of a figure may be compared: amounts only if they are in the same currency."""
    return figure.unit != "money" or one.currency == other.currency


def _currency_differs(figure: Figure, subject: Subject, company: Subject) -> Text | None:
    if comparable(figure, subject, company):
        return None
    stated, used = subject.currency or "?", company.currency or "?"
    return Text(f"in {stated}, not in {used}", f"以 {stated} 计，而非 {used}")


def _merged(subjects: Sequence[Subject], profile: Profile, catalogue: Catalogue) -> Subject:
    """Merges all statements about a company into one; a value on which the profiles disagree is unknown."""
    own = (profile.subject, *profile.parties.values())
    first = next((s for s in subjects if any(s is one for one in own)), subjects[0])
    if len(subjects) == 1:
        return first
    names = sorted({s.name for s in subjects if s.name.en != s.id}, key=lambda name: (name.en, name.zh))
    sectors = {s.sector for s in subjects if s.sector}
    currencies = {s.currency for s in subjects if s.currency}
    relations, incomplete = {}, set()
    for list_name in dict.fromkeys(name for s in subjects for name in s.relations):
        given = [s for s in subjects if list_name in s.relations]
        relations[list_name], agree = _merged_members([s.relations[list_name] for s in given])
        kind = catalogue.lists[list_name]
        if catalogue.nested(kind):
            relations[list_name] = tuple(_one_for_each_party(relations[list_name]))
        if not agree or not all(s.is_complete(list_name) for s in given):
            incomplete.add(list_name)
    return first._replace(
        name=names[0] if names else first.name,
        sector=sectors.pop() if len(sectors) == 1 else None,
        possible_sectors=_possible_in_all(subjects),
        currency=first.currency if first.currency in currencies else min(currencies, default=None),
        relations=relations,
        incomplete=frozenset(incomplete),
        others={},  # a field of members that one profile does not list may be contradicted by another profile
    )


def _possible_in_all(subjects: Sequence[Subject]) -> frozenset[str] | None:
    """Returns the sectors that all statements about a company leave possible; None if unrestricted or contradictory."""
    known = [s.possible_sectors for s in subjects if s.possible_sectors is not None]
    return frozenset.intersection(*known) or None if known else None


def _merged_members(lists: Sequence[tuple[Relation, ...]]) -> tuple[tuple[Relation, ...], bool]:
    """Merges versions of a list in an order by content; also returns whether all versions have the same members."""
    versions = [Counter(map(_content, members)) for members in lists]
    most = Counter[str]()
    for version in versions:
        most |= version
    by_content = {_content(member): member for members in lists for member in members}
    merged = [by_content[content] for content in sorted(most.elements())]
    members = tuple(member._replace(place=i) for i, member in enumerate(merged))
    return members, all(version == most for version in versions)


def _one_for_each_party(members: Iterable[Relation]) -> Iterator[Relation]:
    """Yields one member for each party, for members that contain lists."""
    seen: set[object] = set()
    for member in members:
        party = member.fields["party"].value if "party" in member.fields else None
        if party is None or party not in seen:
            seen.add(party)
            yield member


def _content(member: Relation) -> str:
    """Returns the content of a member without its source, for comparison."""
    fields = sorted((name, claim.value, claim.low, claim.high) for name, claim in member.fields.items())
    nested = sorted((name, sorted(map(_content, below or ()))) for name, below in member.nested.items())
    return repr((fields, nested, sorted(member.incomplete)))


def merged_flows(profile: Profile, context: Sequence[Profile], catalogue: Catalogue) -> Iterator[tuple[str, Relation]]:
    """Yields every payment once, with the id of the company whose profile states it.

    A payment stated by the profile of the screened company is used as stated. If several other profiles state a payment (same
    payer, payee and kind), each field is reconciled; where they disagree it is unknown, or the range of their values.
    """
    own_payments = set()
    for flow in profile.subject.relations.get("flows", ()):
        own_payments.add(_payment(flow))
        yield profile.id, flow
    stated: dict[tuple[object, ...], list[list[tuple[Profile, Relation]]]] = {}
    for other in context:
        flows = sorted(other.subject.relations.get("flows", ()), key=_content) if other.id != profile.id else ()
        place = Counter[tuple[object, ...]]()
        for flow in flows:
            key = _payment(flow)
            alike = stated.setdefault(key, [])
            if place[key] == len(alike):
                alike.append([])
            alike[place[key]].append((other, flow))
            place[key] += 1
    for key, alike in stated.items():
        if key not in own_payments:
            for versions in alike:
                (first, flow), *others = versions
                yield first.id, _reconciled_flow(versions, catalogue) if others else flow


def _payment(flow: Relation) -> tuple[object, ...]:
    return tuple(flow.fields[name].value if name in flow.fields else None for name in ("from", "to", "what"))


def _reconciled_flow(versions: Sequence[tuple[Profile, Relation]], catalogue: Catalogue) -> Relation:
    fields = {}
    for name in dict.fromkeys(name for _, flow in versions for name in flow.fields):
        figure = catalogue.kinds["flow"].fields[name].as_figure
        claims = [read_claim(figure, flow.fields[name], whole) for whole, flow in versions if name in flow.fields]
        currencies = {whole.subject.currency for whole, flow in versions if name in flow.fields}
        found, _ = reconcile_figure(figure, claims)
        if found is not None and (figure.unit != "money" or len(currencies) == 1):
            fields[name] = found.chosen.as_claim
    return versions[0][1]._replace(fields=fields)
