"""Reads one profile from its document: shape by pydantic, names, units and domains by the catalogue; all problems at once."""

from collections.abc import Mapping
from typing import Any

from screener import limits
from screener.errors import ProblemList
from screener.io.document import Document, ValuePath
from screener.profile.catalogue import Catalogue, Figure, RelationField
from screener.profile.claims import ASSUMED, OF_ALL_FIELDS, Claim, FiscalCalendar, read_event_date, read_period
from screener.profile.currency import read_rates
from screener.profile.model import PartyHeader, Profile, ProfileHeader, Relation, Subject
from screener.profile.sector_scope import evidence_remarks, read_evidence, sector_scope
from screener.profile.strict_model import validate
from screener.profile.unlisted import read_others
from screener.text import Text, clean, did_you_mean, is_slug, slug
from screener.units import how_to_write

_CLAIMED = ("figures", "metrics")  # what claims of a company itself stand under


class ProfileReader:
    """Reads one document; `problems` has what is wrong in it."""

    def __init__(self, document: Document, catalogue: Catalogue) -> None:
        self.document, self.catalogue = document, catalogue
        self.problems = ProblemList(limits.PROBLEMS)
        self.sources: frozenset[str] = frozenset()
        self.calendar = FiscalCalendar()
        self.members = 0
        self.named: set[str] = set()

    def bad(self, loc: ValuePath, what: str, hint: str = "", key: bool = False) -> None:
        """Adds a problem of a value, or of its key."""
        self.problems.append(self.document.problem(loc, what, hint, key=key))

    def profile(self) -> Profile | None:
        """The profile as far as it can be read; None where its head can't."""
        data = self.document.data
        if not isinstance(data, dict):
            self.bad([], f"a profile is a mapping, not {_kind(data)}", "start with name: …; see docs/profiles.md")
            return None
        parties, body, rest = self._split(
            data, {f.alias or n for n, f in ProfileHeader.model_fields.items()} | {"parties"}
        )
        head = validate(ProfileHeader, rest, self.document, [], self.problems) or _stand_in(rest)
        month, day = (head.fiscal_year_end or "12-31").split("-")
        named = head.fiscal_year_named or self.catalogue.fiscal_year_named
        self.calendar = FiscalCalendar(int(month), int(day), named, stated=head.fiscal_year_end is not None)
        self.sources = frozenset(head.sources)
        if ASSUMED in self.sources:
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
        evidence = read_evidence(head.sector_evidence, self.catalogue, self.sources, self.bad)
        subject = subject._replace(possible_sectors=sector_scope(subject.sector, evidence, self.catalogue).possible)
        others: dict[str, Subject] = {}
        if not isinstance(parties, dict):
            self.bad(["parties"], f"expected a mapping of ids, got {_kind(parties)}", "write id: {name: …}")
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
        if len(self.named.union(others)) > limits.COMPANIES:
            what = f"names {len(self.named.union(others)):,} companies, more than {limits.COMPANIES:,}"
            self.bad([], what, "leave out those of which nothing else is said")
        return Profile(
            subject=subject,
            parties=others,
            sources=head.sources,
            ticker=head.ticker,
            aliases=head.aliases,
            as_of=head.as_of,
            fiscal_calendar=self.calendar,
            summary=head.summary,
            remarks=tuple(evidence_remarks(head.sector, evidence, self.catalogue)),
            rates=read_rates(head.rates, self._claim, self.bad),
            file=self.document.name,
            digest=self.document.source.digest,
        )

    def _party(self, key: str, value: Any, currency: str | None) -> Subject | None:
        loc = ["parties", key]
        if not is_slug(key):
            self.bad(loc, f"'{clean(key)}' is not a slug", f"write '{slug(key)}'", key=True)
        if not isinstance(value, dict):
            self.bad(loc, f"expected a mapping, got {_kind(value)}", "write {name: …, figures: {…}}")
            return None
        if "flows" in value:
            self.bad([*loc, "flows"], "flows stand at the top level", "move them there; each names payer and payee")
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
            if home := self._home(key):
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
        rest = {k: v for k, v in rest.items() if v is not None}  # what is null is not known
        return {} if data.get("parties") is None else data["parties"], body, rest

    def _home(self, name: str) -> str | None:
        """Under which key claims of this name belong."""
        if name in self.catalogue.metrics:
            return "metrics"
        return "figures" if name in self.catalogue.figures or name in self.catalogue.aliases else None

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
            if (members := self._list([*loc, list_name], kind, body.get(list_name))) is not None:
                relations[list_name] = members
        for i, listed in enumerate(head.incomplete):
            if listed not in self.catalogue.lists:
                hint = did_you_mean(listed, self.catalogue.lists, "name a list such as customers")
                self.bad([*loc, "incomplete", i], f"there is no list '{clean(listed)}'", hint)
        others = read_others([*loc, "others"], head.others, self.catalogue, self._claim, self.bad)
        figures = {n: c for home in _CLAIMED for n, c in self._claims([*loc, home], home, body.get(home)).items()}
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

    def _claims(self, loc: ValuePath, home: str, data: Any) -> Mapping[str, tuple[Claim, ...]]:
        """What is claimed under `figures`, or under `metrics`: a metric is given as a figure is."""
        if data is None:
            return {}
        table, aliases = (
            (self.catalogue.figures, self.catalogue.aliases) if home == "figures" else (self.catalogue.metrics, {})
        )
        if not isinstance(data, dict):
            hint = f"write {'revenue' if home == 'figures' else 'current_ratio'}: [{{value: …}}]"
            self.bad(loc, f"expected a mapping of {home}, got {_kind(data)}", hint)
            return {}
        found: dict[str, tuple[Claim, ...]] = {}
        for key, said in data.items():
            concept = aliases.get(str(key)) or str(key)
            figure = table.get(concept)
            if figure is None:
                hint = did_you_mean(
                    key, [*table, *aliases], f"see rules/catalog/{home}.yaml, or add it in a rule file (--rules)"
                )
                if other := self._home(concept):
                    hint = f"it is a {other[:-1]}: put it under {other}: {{{key}: …}}"
                self.bad([*loc, key], f"unknown {home[:-1]} '{clean(key)}'", hint, key=True)
            elif concept in found:
                self.bad([*loc, key], f"'{key}' is another name of '{concept}', given twice", "merge the two", key=True)
            else:
                many = said if isinstance(said, list) else [] if said is None else [said]
                one = not isinstance(said, list)
                if len(many) > limits.CLAIMS:
                    what = f"has {len(many):,} claims, more than {limits.CLAIMS:,}"
                    self.bad([*loc, key], what, "keep those of the latest periods", key=True)
                    continue
                places = [[*loc, key] if one else [*loc, key, i] for i in range(len(many))]
                read = (self._claim(at, s, figure, {}) for at, s in zip(places, many, strict=True))
                found[concept] = tuple(c for c in read if c is not None)
        return found

    def _claim(
        self,
        loc: ValuePath,
        data: Any,
        typed: Figure | RelationField,
        whole: dict[str, Any],
        of_others: bool = False,
    ) -> Claim | None:
        if isinstance(data, list) or (isinstance(data, dict) and not data):
            self.bad(loc, f"expected a value or a claim, got {_kind(data)}", "write {value: …, source: …}")
            return None
        given = {**whole, **data} if isinstance(data, dict) else {**whole, "value": data}
        claim = validate(Claim, given, self.document, loc, self.problems)
        if claim is None:
            return None
        if claim.none_of is not None and not of_others:
            self.bad([*loc, "none_of"], "none_of is for others only", "give a value, or leave it out")
        if wrong := claim.mismatch(typed.unit, typed.words, typed.bounds):
            hint = _how_to_say(claim.value, typed)
            self.bad([*loc, "value"] if isinstance(data, dict) and "value" in data else loc, wrong, hint)
        if typed.unit == "date" and isinstance(claim.value, str):
            try:
                read_event_date(claim.value)
            except ValueError as error:
                self.bad(loc, clean(str(error)))
        if typed.unit == "company" and isinstance(claim.value, str):
            self.named.add(claim.value)
            if not is_slug(claim.value):
                self.bad(loc, f"'{clean(claim.value)}' is not a company's id", f"write '{slug(claim.value)}'")
        if claim.source is not None and claim.source not in self.sources:
            hint = did_you_mean(claim.source, self.sources, "add it under sources")
            self.bad([*loc, "source"], f"there is no source '{clean(claim.source)}'", hint)
        if claim.period is not None:
            try:
                read_period(claim.period, self.calendar)
            except ValueError as error:
                self.bad([*loc, "period"], str(error))
        return claim

    def _list(self, loc: ValuePath, kind: str, data: Any) -> tuple[Relation, ...] | None:
        if data is None:
            return None
        if not isinstance(data, list):
            self.bad(loc, f"expected a list, got {_kind(data)}", "put its members in [ ]")
            return None
        self.members += len(data)
        if len(data) > limits.MEMBERS or self.members > limits.RELATIONS:
            most = f"{limits.MEMBERS:,} in one list, {limits.RELATIONS:,} in all"
            self.bad(loc, f"has {len(data):,} members; a profile has at most {most}", "sum up the small ones in one")
            return None
        found = [self._relation([*loc, i], kind, member, i) for i, member in enumerate(data)]
        if self.catalogue.nested(kind):
            self._refuse_twins(loc, found)
        return tuple(r for r in found if r is not None)

    def _refuse_twins(self, loc: ValuePath, members: list[Relation | None]) -> None:
        """A member that holds lists of its own is named once, so that an unlisted one is known to be another."""
        seen: set[object] = set()
        for i, member in enumerate(members):
            party = member.fields["party"].value if member and "party" in member.fields else None
            if party is not None and party in seen:
                self.bad([*loc, i, "party"], f"'{party}' is listed twice", "merge the two members")
            seen.add(party)

    def _relation(self, loc: ValuePath, kind: str, data: Any, place: int) -> Relation | None:
        if not isinstance(data, dict):
            self.bad(loc, f"expected a mapping, got {_kind(data)}", "write {party: …}")
            return None
        typed = {n: f for n, f in self.catalogue.kinds[kind].fields.items() if f.given}
        nested = self.catalogue.nested(kind)
        fields: dict[str, Claim] = {}
        inside: dict[str, tuple[Relation, ...] | None] = {}
        whole = {k: v for k, v in data.items() if k in OF_ALL_FIELDS and v is not None}
        if whole and validate(Claim, whole, self.document, loc, self.problems) is None:
            whole = {}
        for key, value in data.items():
            if key in typed:
                if value is not None and (claim := self._claim([*loc, key], value, typed[key], whole)) is not None:
                    fields[key] = claim
            elif key in nested:
                inside[nested[key]] = self._list([*loc, key], nested[key], value)
            elif key not in OF_ALL_FIELDS and key != "incomplete":
                known = [*typed, *nested, *OF_ALL_FIELDS]
                hint = did_you_mean(key, known, "known are " + ", ".join(known))
                self.bad([*loc, key], f"unknown field '{clean(key)}' of {kind}", hint, key=True)
        for name, entry in typed.items():
            if entry.required and (name not in fields or fields[name].is_empty):
                self.bad(loc, f"'{name}' is missing", "a member of this list must say it")
        open_lists = data.get("incomplete") or []
        if not isinstance(open_lists, list) or any(n not in list(nested) for n in open_lists):  # n may be no key
            self.bad([*loc, "incomplete"], "expected a list of the lists inside this member", ", ".join(nested))
            open_lists = []
        for list_name, inner in nested.items():
            inside.setdefault(inner, None)
            open_lists = [inner if n == list_name else n for n in open_lists]
        return Relation(fields, inside, frozenset(open_lists), place)


def _kind(data: Any) -> str:
    names = {dict: "a mapping", list: "a list", str: "a text", bool: "a truth value", type(None): "nothing"}
    return names.get(type(data), "a number")


def _stand_in(data: dict[str, Any]) -> ProfileHeader:
    """In place of a head that is wrong, so that all the rest is checked too."""
    sources, sector = data.get("sources"), data.get("sector")
    named = {key: {"title": "?", "kind": "reported"} for key in sources} if isinstance(sources, dict) else {}
    said = {"name": "?", "id": "stand-in", "sources": named, "sector": sector if isinstance(sector, str) else None}
    return ProfileHeader.model_validate(said)


def _how_to_say(said: object, typed: Figure | RelationField) -> str:
    """How to write what does not fit a figure or field."""
    if typed.words:
        return did_you_mean(str(said), typed.words, "choose one of them")
    return how_to_write(said, typed.unit)
