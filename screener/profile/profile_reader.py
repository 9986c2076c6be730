"""Reads a profile from its document; pydantic checks the structure, the catalogue the names, units and domains."""

from typing import Any

from screener import limits
from screener.errors import ProblemList
from screener.io.document import Document, ValuePath
from screener.profile.catalogue import Catalogue
from screener.profile.claim_reader import ClaimReader, claims_home, kind_in_words
from screener.profile.claims import ASSUMED, FiscalCalendar
from screener.profile.currency import read_rates
from screener.profile.model import PartyHeader, Profile, ProfileHeader, Relation, Subject
from screener.profile.sector_scope import evidence_remarks, read_evidence, sector_scope
from screener.profile.strict_model import validate
from screener.profile.unlisted import read_others
from screener.text import Text, clean, did_you_mean, is_slug, slug

_CLAIMED = ("figures", "metrics")  # the keys that hold claims on the company itself


class ProfileReader:
    """Reads one document; `problems` collects all errors in it."""

    def __init__(self, document: Document, catalogue: Catalogue) -> None:
        self.document, self.catalogue = document, catalogue
        self.problems = ProblemList(limits.PROBLEMS)
        self.reader = ClaimReader(document, catalogue, self.problems)
        self.bad = self.reader.bad

    def profile(self) -> Profile | None:
        """Returns the profile without its invalid parts; None if the header cannot be read."""
        data = self.document.data
        if not isinstance(data, dict):
            self.bad(
                [], f"a profile is a mapping, not {kind_in_words(data)}", "start with name: …; see docs/profiles.md"
            )
            return None
        parties, body, rest = self._split(
            data, {f.alias or n for n, f in ProfileHeader.model_fields.items()} | {"parties"}
        )
        head = validate(ProfileHeader, rest, self.document, [], self.problems) or _stand_in(rest)
        month, day = (head.fiscal_year_end or "12-31").split("-")
        named = head.fiscal_year_named or self.catalogue.fiscal_year_named
        self.reader.calendar = FiscalCalendar(int(month), int(day), named, stated=head.fiscal_year_end is not None)
        self.reader.sources = frozenset(head.sources)
        if ASSUMED in self.reader.sources:
            what = f"'{ASSUMED}' is the key of what is assumed with --fact"
            self.bad(["sources", ASSUMED], what, "choose another key", key=True)
        own = head.id if head.id is not None else slug(head.name.en) or slug(head.name.zh)
        if not clean(head.name.en):
            self.bad(["name"], "the name is empty", "give the company's name")
        elif head.id is None and not own:
            self.bad(["name"], "gives no id", "add an `id` of lower-case letters, digits and hyphens")
        elif not is_slug(own):
            hint = f"write '{slug(own)}'" if slug(own) else "use lower-case letters, digits and hyphens"
            self.bad(["id"], f"'{clean(own)}' is not a slug", hint)
        subject = self._subject([], own, head, head.name, body, None)
        evidence = read_evidence(head.sector_evidence, self.catalogue, self.reader.sources, self.bad)
        subject = subject._replace(possible_sectors=sector_scope(subject.sector, evidence, self.catalogue).possible)
        others: dict[str, Subject] = {}
        if not isinstance(parties, dict):
            self.bad(["parties"], f"expected a mapping of ids, got {kind_in_words(parties)}", "write id: {name: …}")
            parties = {}
        for key, value in parties.items():
            if (party := self._party(key, value, head.currency)) is not None:
                others[key] = party
            if key in map(slug, head.aliases):
                self.bad(
                    ["parties", key], "is an alias of the profile's own company", "say it at the top level", key=True
                )
            if key == own:
                self.bad(["parties", key], "is the profile's own id", "say it at the top level", key=True)
        if len(self.reader.named.union(others)) > limits.COMPANIES:
            what = f"names {len(self.reader.named.union(others)):,} companies, more than {limits.COMPANIES:,}"
            self.bad([], what, "leave out those of which nothing else is stated")
        return Profile(
            subject=subject,
            parties=others,
            sources=head.sources,
            ticker=head.ticker,
            aliases=head.aliases,
            as_of=head.as_of,
            fiscal_calendar=self.reader.calendar,
            summary=head.summary,
            remarks=tuple(evidence_remarks(head.sector, evidence, self.catalogue)),
            rates=read_rates(head.rates, self.reader.claim, self.bad),
            file=self.document.name,
            digest=self.document.source.digest,
        )

    def _party(self, key: str, value: Any, currency: str | None) -> Subject | None:
        loc = ["parties", key]
        if not is_slug(key):
            self.bad(loc, f"'{clean(key)}' is not a slug", f"write '{slug(key)}'", key=True)
        if not isinstance(value, dict):
            self.bad(loc, f"expected a mapping, got {kind_in_words(value)}", "write {name: …, figures: {…}}")
            return None
        if "flows" in value:
            self.bad([*loc, "flows"], "flows belong at the top level", "move them there; each names payer and payee")
            value = {k: v for k, v in value.items() if k != "flows"}
        _, body, rest = self._split(value, set(PartyHeader.model_fields))
        head = validate(PartyHeader, rest, self.document, loc, self.problems)
        name = head.name if head and head.name else Text.of(key)
        return self._subject(loc, key, head, name, body, currency) if head else None

    def _split(self, data: dict[str, Any], head_keys: set[str]) -> tuple[Any, dict[str, Any], dict[str, Any]]:
        lists = self.catalogue.lists
        body = {k: v for k, v in data.items() if k in _CLAIMED or k in lists}
        rest = {k: v for k, v in data.items() if k not in body and k != "parties"}
        for key in [k for k in rest if k not in head_keys]:
            known = [*head_keys, *lists, *_CLAIMED]
            loc = self._loc_of(data, key)
            if home := claims_home(key, self.catalogue):
                hint = f"it is a {home[:-1]}: put it under {home}: {{{key}: …}}"
                self.bad(loc, f"unknown key '{key}'", hint, key=True)
            else:
                self.bad(
                    loc,
                    f"unknown key '{key}'",
                    did_you_mean(key, known, "see docs/profiles.md, or name the rule file that adds it (--rules)"),
                    key=True,
                )
            del rest[key]
        rest = {k: v for k, v in rest.items() if v is not None}  # null means not known
        return {} if data.get("parties") is None else data["parties"], body, rest

    def _loc_of(self, data: dict[str, Any], key: str) -> list[str | int]:
        parties = self.document.data.get("parties")
        for name, party in parties.items() if isinstance(parties, dict) else ():
            if party is data:
                return ["parties", name, key]
        return [key]

    def _subject(
        self,
        loc: ValuePath,
        own: str,
        head: ProfileHeader | PartyHeader,
        name: Text,
        body: dict[str, Any],
        currency: str | None,
    ) -> Subject:
        if head.sector is not None and head.sector not in self.catalogue.sectors:
            hint = did_you_mean(head.sector, self.catalogue.sectors, "see rules/catalog/sectors.yaml")
            self.bad([*loc, "sector"], f"unknown sector '{clean(head.sector)}'", hint)
        relations: dict[str, tuple[Relation, ...]] = {}
        for list_name, kind in self.catalogue.lists.items():
            if (members := self.reader.relations([*loc, list_name], kind, body.get(list_name))) is not None:
                relations[list_name] = members
        for i, listed in enumerate(head.incomplete):
            if listed not in self.catalogue.lists:
                hint = did_you_mean(listed, self.catalogue.lists, "name a list such as customers")
                self.bad([*loc, "incomplete", i], f"there is no list '{clean(listed)}'", hint)
        others = read_others([*loc, "others"], head.others, self.reader)
        figures = {n: c for home in _CLAIMED for n, c in self.reader.claims([*loc, home], home, body.get(home)).items()}
        return Subject(
            id=own,
            name=name,
            currency=head.currency or currency,
            sector=head.sector,
            figures=figures,
            relations=relations,
            incomplete=frozenset((*head.incomplete, *others)),
            others=others,
            unnamed=head.unnamed if isinstance(head, PartyHeader) else None,
        )


def _stand_in(data: dict[str, Any]) -> ProfileHeader:
    """Returns a substitute for an invalid header, so that the rest of the document is checked too."""
    sources, sector = data.get("sources"), data.get("sector")
    named = {key: {"title": "?", "kind": "reported"} for key in sources} if isinstance(sources, dict) else {}
    header = {"name": "?", "id": "stand-in", "sources": named, "sector": sector if isinstance(sector, str) else None}
    return ProfileHeader.model_validate(header)
