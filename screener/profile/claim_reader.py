"""Reads the claims of a profile about a company: figures, metrics, and lists of relations."""

from collections.abc import Mapping
from typing import Any

from screener import limits
from screener.errors import ProblemList
from screener.io.document import Document, ValuePath
from screener.profile.catalogue import Catalogue, Figure, RelationField
from screener.profile.claims import OF_ALL_FIELDS, Claim, FiscalCalendar, read_event_date, read_period
from screener.profile.model import Relation
from screener.profile.strict_model import validate
from screener.text import clean, did_you_mean, is_slug, slug
from screener.units import how_to_write


class ClaimReader:
    """Reads claims and relations of one document; `problems` collects the errors in them.

    `sources` and `calendar` come from the head of the profile. `named` collects the companies that claims name.
    """

    def __init__(self, document: Document, catalogue: Catalogue, problems: ProblemList) -> None:
        self.document, self.catalogue, self.problems = document, catalogue, problems
        self.sources: frozenset[str] = frozenset()
        self.calendar = FiscalCalendar()
        self.named: set[str] = set()
        self._members = 0

    def bad(self, loc: ValuePath, what: str, hint: str = "", key: bool = False) -> None:
        """Adds a problem with a value, or with its key."""
        self.problems.append(self.document.problem(loc, what, hint, key=key))

    def claims(self, loc: ValuePath, home: str, data: Any) -> Mapping[str, tuple[Claim, ...]]:
        """Reads the claims under `figures` or `metrics`, which have the same form."""
        if data is None:
            return {}
        table, aliases = (
            (self.catalogue.figures, self.catalogue.aliases) if home == "figures" else (self.catalogue.metrics, {})
        )
        if not isinstance(data, dict):
            hint = f"write {'revenue' if home == 'figures' else 'current_ratio'}: [{{value: …}}]"
            self.bad(loc, f"expected a mapping of {home}, got {kind_in_words(data)}", hint)
            return {}
        found: dict[str, tuple[Claim, ...]] = {}
        for key, entry in data.items():
            concept = aliases.get(str(key)) or str(key)
            figure = table.get(concept)
            if figure is None:
                hint = did_you_mean(
                    key, [*table, *aliases], f"see rules/catalog/{home}.yaml, or add it in a rule file (--rules)"
                )
                if other := claims_home(concept, self.catalogue):
                    hint = f"it is a {other[:-1]}: put it under {other}: {{{key}: …}}"
                self.bad([*loc, key], f"unknown {home[:-1]} '{clean(key)}'", hint, key=True)
            elif concept in found:
                self.bad([*loc, key], f"'{key}' is another name of '{concept}', given twice", "merge the two", key=True)
            else:
                many = entry if isinstance(entry, list) else [] if entry is None else [entry]
                one = not isinstance(entry, list)
                if len(many) > limits.CLAIMS:
                    what = f"has {len(many):,} claims, more than {limits.CLAIMS:,}"
                    self.bad([*loc, key], what, "keep those of the latest periods", key=True)
                    continue
                places = [[*loc, key] if one else [*loc, key, i] for i in range(len(many))]
                read = (self.claim(at, s, figure, {}) for at, s in zip(places, many, strict=True))
                found[concept] = tuple(c for c in read if c is not None)
        return found

    def claim(
        self,
        loc: ValuePath,
        data: Any,
        typed: Figure | RelationField,
        shared: dict[str, Any],
        of_others: bool = False,
    ) -> Claim | None:
        """Reads the claim on a figure or field at a place in the document; None if it is invalid.

        `shared` contains the keys of the relation that apply to all of its fields. `of_others`: the claim is about members that a
        list does not name.
        """
        if isinstance(data, list) or (isinstance(data, dict) and not data):
            self.bad(loc, f"expected a value or a claim, got {kind_in_words(data)}", "write {value: …, source: …}")
            return None
        given = {**shared, **data} if isinstance(data, dict) else {**shared, "value": data}
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

    def relations(self, loc: ValuePath, kind: str, data: Any) -> tuple[Relation, ...] | None:
        """Reads the members of a list of one kind; None if the list is absent or invalid."""
        if data is None:
            return None
        if not isinstance(data, list):
            self.bad(loc, f"expected a list, got {kind_in_words(data)}", "put its members in [ ]")
            return None
        self._members += len(data)
        if len(data) > limits.MEMBERS or self._members > limits.RELATIONS:
            most = f"{limits.MEMBERS:,} in one list, {limits.RELATIONS:,} in all"
            self.bad(loc, f"has {len(data):,} members; a profile has at most {most}", "sum up the small ones in one")
            return None
        found = [self._relation([*loc, i], kind, member, i) for i, member in enumerate(data)]
        if self.catalogue.nested(kind):
            self._refuse_twins(loc, found)
        return tuple(r for r in found if r is not None)

    def _refuse_twins(self, loc: ValuePath, members: list[Relation | None]) -> None:
        """Reports a second member for the same party if members contain lists.

        An unlisted member can then be assumed to be another company.
        """
        seen: set[object] = set()
        for i, member in enumerate(members):
            party = member.fields["party"].value if member and "party" in member.fields else None
            if party is not None and party in seen:
                self.bad([*loc, i, "party"], f"'{party}' is listed twice", "merge the two members")
            seen.add(party)

    def _relation(self, loc: ValuePath, kind: str, data: Any, place: int) -> Relation | None:
        if not isinstance(data, dict):
            self.bad(loc, f"expected a mapping, got {kind_in_words(data)}", "write {party: …}")
            return None
        typed = self.catalogue.kinds[kind].given_fields
        nested = self.catalogue.nested(kind)
        fields: dict[str, Claim] = {}
        inside: dict[str, tuple[Relation, ...] | None] = {}
        whole = {k: v for k, v in data.items() if k in OF_ALL_FIELDS and v is not None}
        if whole and validate(Claim, whole, self.document, loc, self.problems) is None:
            whole = {}
        for key, value in data.items():
            if key in typed:
                if value is not None and (claim := self.claim([*loc, key], value, typed[key], whole)) is not None:
                    fields[key] = claim
            elif key in nested:
                inside[nested[key]] = self.relations([*loc, key], nested[key], value)
            elif key not in OF_ALL_FIELDS and key != "incomplete":
                known = [*typed, *nested, *OF_ALL_FIELDS]
                hint = did_you_mean(key, known, "known are " + ", ".join(known))
                self.bad([*loc, key], f"unknown field '{clean(key)}' of {kind}", hint, key=True)
        for name, entry in typed.items():
            if entry.required and (name not in fields or fields[name].is_empty):
                self.bad(loc, f"'{name}' is missing", "a member of this list must say it")
        open_lists = data.get("incomplete") or []
        if not isinstance(open_lists, list) or any(n not in list(nested) for n in open_lists):  # n may be unhashable
            self.bad([*loc, "incomplete"], "expected a list of the lists inside this member", ", ".join(nested))
            open_lists = []
        for list_name, inner in nested.items():
            inside.setdefault(inner, None)
            open_lists = [inner if n == list_name else n for n in open_lists]
        return Relation(fields, inside, frozenset(open_lists), place)


def claims_home(name: str, catalogue: Catalogue) -> str | None:
    """Returns the key under which claims of this name belong: `figures` or `metrics`; None if the name is unknown."""
    if name in catalogue.metrics:
        return "metrics"
    return "figures" if name in catalogue.figures or name in catalogue.aliases else None


def kind_in_words(data: Any) -> str:
    """Names the type of a document's value in words, for messages."""
    names = {dict: "a mapping", list: "a list", str: "a text", bool: "a truth value", type(None): "nothing"}
    return names.get(type(data), "a number")


def _how_to_say(value: object, typed: Figure | RelationField) -> str:
    """Returns a hint on how to write a value that does not fit its figure or field."""
    if typed.words:
        return did_you_mean(str(value), typed.words, "choose one of them")
    return how_to_write(value, typed.unit)
