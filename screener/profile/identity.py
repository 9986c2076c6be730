"""Assigns ids to companies: resolves aliases, unnamed parties, companies that are their own customers, similar names."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from screener.profile.catalogue import Catalogue
from screener.profile.model import Profile, Relation, Subject
from screener.text import Text, slug

_AT = "@"  # separates the id of an unnamed party from the profile to which it belongs
_ROLE = (
    "customer|client|supplier|vendor|carrier|distributor|reseller|retailer|counterparty|party|lender|creditor|"
    "investor|funder|buyer|payer|payee|landlord|tenant|licensee|contractor|bank|partner|competitor|rival"
)
_WITHOUT_NAME = re.compile(
    rf"(?:{_ROLE}|company)-(?:[a-z]|[ivx]+)|(?:{_ROLE})-[0-9]{{1,3}}"  # customer-a, supplier-ii, investor-3
    rf"|(?:unnamed|undisclosed|unidentified|anonymous|confidential|various|others)(?:-.*)?|unknown-.*"
    rf"|(?:an?|another|others?|one|two|three|several|certain|some|largest|major|main|top|key)-(?:.*-)?(?:{_ROLE}|company|companies)s?"
    rf"|(?:.*-)?(?:customer|client|supplier|vendor|carrier|lender|creditor|investor|landlord|tenant|buyer)s"
)
_LEGAL_FORM = re.compile(
    r"-(?:inc|incorporated|corp|corporation|co|company|ltd|limited|plc|llc|lp|ag|sa|se|nv|bv|spa|gmbh|ab|asa|oyj|kk|group)\Z"
)


def is_without_name(company: str) -> bool:
    """Whether an id stands for a party that is not named, such as customer-a or other-carriers."""
    return _AT in company or _WITHOUT_NAME.fullmatch(company) is not None


def written_id(company: str) -> str:
    """Returns a company's id as it is written in the profile."""
    return company.partition(_AT)[0]


def identify(profile: Profile, catalogue: Catalogue) -> Profile:
    """Gives every company in a profile a unique id; adds remarks on what was left out.

    Aliases are replaced by the id of the company. The id of a party without a name gets the id of the profile as a suffix, so
    that it differs from those of other profiles. List members that name the company itself are left out.
    """
    meant = {slug(alias): profile.id for alias in profile.aliases}
    named = companies_named(profile, catalogue)
    for company in named - {profile.id}:
        party = profile.parties.get(company)
        unnamed = party.unnamed if party and party.unnamed is not None else is_without_name(company)
        if unnamed and company not in meant and _AT not in company:
            meant[company] = f"{company}{_AT}{profile.id}"
    if any(company in named for company in meant):
        profile = rename_companies(profile, meant, catalogue)
    return _without_own_dealings(profile, catalogue)


def companies_named(profile: Profile, catalogue: Catalogue) -> frozenset[str]:
    """Returns the ids of all companies that a profile names, including its own."""
    found = {profile.id, *(party.id for party in profile.parties.values())}
    for subject in (profile.subject, *profile.parties.values()):
        for list_name, members in subject.relations.items():
            found.update(_named(members, catalogue.lists[list_name], catalogue))
    return frozenset(found)


def _named(members: Iterable[Relation], kind: str, catalogue: Catalogue) -> Iterator[str]:
    typed = catalogue.kinds[kind].fields
    for member in members:
        for name, claim in member.fields.items():
            if typed[name].unit == "company" and isinstance(claim.value, str):
                yield claim.value
        for inner, nested in member.nested.items():
            yield from _named(nested or (), inner, catalogue)


def aliases_among(profiles: Sequence[Profile], catalogue: Catalogue) -> dict[str, str]:
    """Returns alias -> company for all profiles, without aliases that are also ids or stand for several companies."""
    ids = {profile.id for profile in profiles}
    found: dict[str, set[str]] = {}
    for profile in profiles:
        for alias in profile.aliases:
            found.setdefault(slug(alias), set()).add(profile.id)
    return {alias: min(companies) for alias, companies in found.items() if len(companies) == 1 and alias not in ids}


def rename_companies(profile: Profile, replacements: Mapping[str, str], catalogue: Catalogue) -> Profile:
    """Returns the profile with some company ids replaced; two parties may then have the same id."""
    parties = {key: _renamed(party, replacements, catalogue) for key, party in profile.parties.items()}
    return profile._replace(subject=_renamed(profile.subject, replacements, catalogue), parties=parties)


def _renamed(subject: Subject, replacements: Mapping[str, str], catalogue: Catalogue) -> Subject:
    relations = {
        list_name: _renamed_members(members, catalogue.lists[list_name], replacements, catalogue)
        for list_name, members in subject.relations.items()
    }
    return subject._replace(id=replacements.get(subject.id, subject.id), relations=relations)


def _renamed_members(
    members: Iterable[Relation], kind: str, replacements: Mapping[str, str], catalogue: Catalogue
) -> tuple[Relation, ...]:
    typed, found = catalogue.kinds[kind].fields, []
    for member in members:
        fields = {
            name: claim.model_copy(update={"value": replacements[claim.value]})
            if typed[name].unit == "company" and isinstance(claim.value, str) and claim.value in replacements
            else claim
            for name, claim in member.fields.items()
        }
        nested = {
            inner: below if below is None else _renamed_members(below, inner, replacements, catalogue)
            for inner, below in member.nested.items()
        }
        found.append(member._replace(fields=fields, nested=nested))
    return tuple(found)


def _without_own_dealings(profile: Profile, catalogue: Catalogue) -> Profile:
    remarks = list(profile.remarks)
    subject = _without_itself(profile.subject, catalogue, remarks)
    parties = {key: _without_itself(party, catalogue, remarks) for key, party in profile.parties.items()}
    return profile._replace(subject=subject, parties=parties, remarks=tuple(remarks))


def _without_itself(subject: Subject, catalogue: Catalogue, remarks: list[Text]) -> Subject:
    """Removes list members that name the company as its own counterparty, and marks such lists as incomplete."""
    relations, incomplete = dict(subject.relations), set(subject.incomplete)
    for list_name, members in subject.relations.items():
        typed = catalogue.kinds[catalogue.lists[list_name]].fields
        outside = [name for name, field in typed.items() if field.outsider]
        kept = []
        for member in members:
            named = [str(claim.value) for name in outside if (claim := member.fields.get(name)) and claim.value]
            if len(set(named)) == 1 and (len(named) == 2 if len(outside) == 2 else named[0] == subject.id):
                at = f"{list_name}[{member.place}]"
                remarks.append(
                    Text(
                        f"{at} names {written_id(named[0])} as its own counterparty: left out.",
                        f"{at} 将 {written_id(named[0])} 列为自身的交易对手：不予采用。",
                    )
                )
            else:
                kept.append(member)
        if len(kept) < len(members):
            relations[list_name] = tuple(kept)
            incomplete.add(list_name)
    shorter = {name for name, members in relations.items() if len(members) < len(subject.relations[name])}
    if not shorter:
        return subject
    others = {name: claims for name, claims in subject.others.items() if name not in shorter}
    return subject._replace(relations=relations, incomplete=frozenset(incomplete), others=others)


def look_alikes(profile: Profile, others: Sequence[Profile], catalogue: Catalogue) -> Iterator[Text]:
    """Yields remarks on companies whose ids or names differ only in spelling, if the profile names one of them."""
    spelled: dict[str, set[str]] = {}
    for whole in (profile, *others):
        for company in companies_named(whole, catalogue):
            if not is_without_name(company):
                spelled.setdefault(spelling_key(company), set()).add(company)
        for subject in (whole.subject, *whole.parties.values()):
            for name in (subject.name.en, subject.name.zh) if not is_without_name(subject.id) else ():
                if spelling := spelling_key(slug(name)):
                    spelled.setdefault(spelling, set()).add(subject.id)
    own = companies_named(profile, catalogue)
    pairs = {tuple(sorted(ids)) for ids in spelled.values() if len(ids) > 1 and ids & own}
    for ids in sorted(pairs):
        shown = ", ".join(ids)
        yield Text(
            f"{shown} may be one company: use one id, or list the other name under aliases.",
            f"{shown} 可能是同一家公司：请使用同一标识，或将另一名称列入 aliases。",
        )


def spelling_key(company: str) -> str:
    """Returns an id or the slug of a name without parts that are written in different ways: the legal form and hyphens."""
    while (shorter := _LEGAL_FORM.sub("", company)) != company:
        company = shorter
    return company.replace("-", "")
