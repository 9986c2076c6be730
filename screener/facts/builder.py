"""From a profile and its context to the world that the engine reasons about."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from screener.expression.interval import Interval
from screener.expression.interval_ops import NoneOf, Value
from screener.facts.company import CompanyFacts
from screener.facts.fact import Fact, FactBase
from screener.facts.loops import Loop, find_loops
from screener.facts.metrics import Metric
from screener.profile.catalogue import Catalogue, Kind
from screener.profile.claims import months_between, read_event_date
from screener.profile.knowledge import LeftOut, known_on
from screener.profile.model import Profile, Relation, Subject
from screener.profile.reconcile import RankedClaim, ReconciledFigure, conflict_with, read_claim, reconcile_figure
from screener.text import Text

UNNAMED = "?"  # the company that stands for every counterparty that is not named: nothing is known of it


class ContextConflict(NamedTuple):
    """A claim of the profile on a party that disagrees with the party's own profile, given as context."""

    company: str
    figure: str
    own: RankedClaim
    ours: RankedClaim


@dataclass(frozen=True, slots=True)
class World:
    """All companies of a run with their facts; `main` is the one that is judged."""

    main: str
    companies: Mapping[str, CompanyFacts]
    base: FactBase
    loops: tuple[Loop, ...]
    flows: tuple[Fact, ...]  # each flow once, from the payer's side
    loops_complete: bool
    profile: Profile
    context_conflicts: tuple[ContextConflict, ...] = ()
    undated: int = 0  # claims of the profile that count though no date says when they were published
    undated_left_out: int = 0  # and those that do not count for that reason

    def name(self, company: str) -> Text:
        """A company's name, its id where none is given."""
        found = self.companies.get(company)
        return found.subject.name if found else Text.of(company)


def build(
    profile: Profile,
    catalogue: Catalogue,
    metrics: Mapping[str, Metric],
    placeholders: Mapping[str, int],
    context: Sequence[Profile] = (),
) -> World:
    """The world of `profile`: itself, its parties, whole `context` profiles, and every company they name.

    `placeholders`: kind -> how many unknown members an open list may contribute to one rule.
    """
    return _WorldBuilder(profile, catalogue, metrics, placeholders, context).world()


class _WorldBuilder:
    def __init__(
        self,
        profile: Profile,
        catalogue: Catalogue,
        metrics: Mapping[str, Metric],
        placeholders: Mapping[str, int],
        context: Sequence[Profile],
    ) -> None:
        self.catalogue, self.metrics = catalogue, metrics
        self.placeholders, self.base = placeholders, FactBase()
        self.known = known_on(profile, profile.day, catalogue)
        self.profile = profile = self.known.profile
        others = [known_on(other, profile.day or other.day, catalogue) for other in context]
        context = [other.profile for other in others]
        self.left_out: dict[str, tuple[LeftOut, ...]] = {}
        for known in (self.known, *others):
            for company, claims in known.left_out.items():
                self.left_out.setdefault(company, claims)
        self.owners: dict[str, tuple[Subject, Profile]] = {profile.id: (profile.subject, profile)}
        for other in context:
            self.owners.setdefault(other.id, (other.subject, other))
        for whole in (profile, *context):
            for party in whole.parties.values():
                self.owners.setdefault(party.id, (party, whole))
        self.complete: dict[str, set[str]] = {company: set() for company in self.owners}
        self.flows: list[Fact] = []
        self.unnamed: dict[str, Mapping[str, str]] = {}

    def world(self) -> World:
        for subject, whole in list(self.owners.values()):
            for list_name, kind in self.catalogue.lists.items():
                if list_name != "flows":
                    self._list(subject, list_name, kind)
            if subject is whole.subject:
                self._flows(subject)
        loops, finished = find_loops(self.flows)
        named = {c for fact in self.base for c in fact.companies.values()}
        companies = {c: self._company(*owner) for c, owner in self.owners.items()}
        for company in sorted((named | {UNNAMED}) - companies.keys()):
            companies[company] = self._stranger(company)
        main_flows = self.profile.subject.is_complete("flows")
        for found in companies.values():
            self._open(found.id, "flow", "flow" in found.complete)
            self._open(found.id, "loop", finished and "flow" in found.complete)
            for kind, entry in self.catalogue.kinds.items():
                if found.id not in self.owners and entry.list_name and kind != "flow":
                    self._open(found.id, kind, False)
        self._open(UNNAMED, "conflict", False)
        for i, loop in enumerate(loops):
            for member in dict.fromkeys(loop.members):
                self.base.add(self._loop(i, loop, member))
        for found in companies.values():
            for fact in self._conflicts(found):
                self.base.add(fact)
        against = tuple(self._disagreements(companies))
        for company, name, _, ours in against:
            fields: dict[str, Value] = {"figure": name, "gap": Interval.point(ours.gap or 0.0), "party": company}
            self.base.add(self._fact(self.profile.id, "conflict", f"{company}.figures.{name}~with", fields, {}))
        return World(
            main=self.profile.id,
            companies=companies,
            base=self.base,
            loops=tuple(loops),
            flows=tuple(self.flows),
            loops_complete=finished and main_flows,
            profile=self.profile,
            context_conflicts=against,
            undated=self.known.undated,
            undated_left_out=self.known.undated_left_out,
        )

    def _company(self, subject: Subject, whole: Profile) -> CompanyFacts:
        reconciled: dict[str, ReconciledFigure] = {}
        ignored = list(self.left_out.get(subject.id, ()))
        for name, found, unusable in self._reconciled(subject, whole):
            if found is not None:
                reconciled[name] = found
            ignored.extend((name, claim) for claim in unusable)
        company = CompanyFacts(
            subject, self.catalogue, self.metrics, self.base, reconciled, ignored, frozenset(self.complete[subject.id])
        )
        company.set_aside_outdated()
        for name in tuple(reconciled):
            company.add_formula_conflict(name)
        return company

    def _reconciled(
        self, subject: Subject, whole: Profile
    ) -> Iterator[tuple[str, ReconciledFigure | None, tuple[RankedClaim, ...]]]:
        for name, claims in subject.figures.items():
            figure = self.catalogue.claimable[name]
            yield name, *reconcile_figure(figure, (read_claim(figure, claim, whole) for claim in claims))

    def _stranger(self, company: str) -> CompanyFacts:
        name = Text("an unnamed company", "未具名公司") if company == UNNAMED else Text.of(company)
        nobody = Subject(company, name)
        return CompanyFacts(nobody, self.catalogue, self.metrics, self.base, {}, [], frozenset(), known=False)

    def _list(self, subject: Subject, list_name: str, kind: str) -> None:
        complete = subject.is_complete(list_name)
        members = subject.relations.get(list_name, ())
        for member in members:
            self._relation(subject.id, kind, f"{subject.id}.{list_name}[{member.place}]", member, {})
        self._open(subject.id, kind, complete)
        listed = frozenset(str(p) for member in members if (p := _party(member)) is not None)
        unlisted = NoneOf(listed) if listed else None  # no parent may be listed twice
        for nested_list, nested in self.catalogue.nested(kind).items():
            closed = complete
            for member in members:
                within: dict[str, Value | NoneOf] = {kind: _party(member) or unlisted}
                inner = member.nested.get(nested)
                at = f"{list_name}[{member.place}]"
                for item in inner or ():
                    self._relation(subject.id, nested, f"{subject.id}.{at}.{nested_list}[{item.place}]", item, within)
                if inner is None or nested in member.incomplete:
                    closed = False
                    self._open(subject.id, nested, False, within, f"[{member.place}]")
            if not complete:
                self._open(subject.id, nested, False, {kind: unlisted})
            if closed:
                self.complete[subject.id].add(nested)

    def _open(
        self, company: str, kind: str, complete: bool, fields: Mapping[str, Value | NoneOf] | None = None, at: str = ""
    ) -> None:
        """Notes that a list is complete, or adds members that may exist."""
        if complete:
            self.complete.setdefault(company, set()).add(kind)
            return
        for i in range(self.placeholders.get(kind, 0)):
            name = f"?{company}.{kind}{at}[{i}]"
            if fields:
                self.base.add(self._fact(company, kind, name, fields, {}, certain=False))
            else:
                blank = self.catalogue.unknown_fields[kind]
                self.base.add(Fact(name, kind, company, blank, self._unnamed(kind), False))

    def _unnamed(self, kind: str) -> Mapping[str, str]:
        """The companies of a fact of which nothing is known."""
        if kind not in self.unnamed:
            entry = self.catalogue.kinds[kind]
            self.unnamed[kind] = {name: UNNAMED for name, typed in entry.fields.items() if typed.unit == "company"}
        return self.unnamed[kind]

    def _relation(
        self, company: str, kind: str, at: str, member: Relation, given: Mapping[str, Value | NoneOf]
    ) -> None:
        entry = self.catalogue.kinds[kind]
        fields = {name: claim.value_in(entry.fields[name].unit) for name, claim in member.fields.items()}
        months = months_from_dates(entry, fields, self.profile.day)
        self.base.add(self._fact(company, kind, at, {**fields, **months, **given}, member.fields))

    def _fact(
        self,
        company: str,
        kind: str,
        at: str,
        fields: Mapping[str, Value | NoneOf],
        claims: Mapping[str, object],
        certain: bool = True,
    ) -> Fact:
        entry = self.catalogue.kinds[kind]
        return make_fact(entry, kind, company, at, fields, certain, claims)

    def _flows(self, subject: Subject) -> None:
        """The flows of a profile; one that an earlier profile told of is the same flow."""
        told = {self._ends(flow.fields) for flow in self.flows}
        if subject.is_complete("flows"):
            self.complete[subject.id].add("flow")
        entry = self.catalogue.kinds["flow"]
        for member in subject.relations.get("flows", ()):
            fields = {name: claim.value_in(entry.fields[name].unit) for name, claim in member.fields.items()}
            if not fields.keys() >= {"from", "to"} or self._ends(fields) in told:
                continue
            at = f"{subject.id}.flows[{member.place}]"
            payer, payee = str(fields["from"]), str(fields["to"])
            for end, other, direction in ((payer, payee, "out"), (payee, payer, "in")):
                full = {
                    **fields,
                    **months_from_dates(entry, fields, self.profile.day),
                    "party": other,
                    "direction": direction,
                }
                fact = self._fact(end, "flow", f"{at}.{direction}", full, member.fields)
                self.base.add(fact)
                if direction == "out":
                    self.flows.append(fact)

    @staticmethod
    def _ends(fields: Mapping[str, Value]) -> tuple[Value, ...]:
        return fields["from"], fields["to"], fields.get("what")

    def _loop(self, i: int, loop: Loop, member: str) -> Fact:
        fields: dict[str, Value] = {
            "size": Interval.point(float(len(loop.members))),
            "members": " → ".join(self._name(m) for m in (*loop.members, loop.members[0])),
            "weakest": loop.least,
            "binding": loop.binding,
        }
        return self._fact(member, "loop", f"loop[{i}].{member}", fields, {})

    def _name(self, company: str) -> str:
        return self.owners[company][0].name.en if company in self.owners else company

    def _disagreements(self, companies: Mapping[str, CompanyFacts]) -> Iterator[ContextConflict]:
        """Where the profile's words on a party conflict with the whole profile given for it as context."""
        for party in self.profile.parties.values():
            if self.owners[party.id][0] is not party:
                theirs = companies[party.id].reconciled
                for name, ours, _ in self._reconciled(party, self.profile):
                    if ours and name in theirs and (conflict := conflict_with(ours.chosen, theirs[name].chosen)):
                        yield ContextConflict(party.id, name, theirs[name].chosen, conflict)

    def _conflicts(self, company: CompanyFacts) -> Iterator[Fact]:
        for name, settled in company.reconciled.items():
            for i, weighed in enumerate(settled.conflicts):
                fields: dict[str, Value] = {"figure": name, "gap": Interval.point(weighed.gap or 0.0)}
                yield self._fact(company.id, "conflict", f"{company.id}.figures.{name}~{i}", fields, {})


def _party(member: Relation) -> Value:
    """Which company a member names; None where it names none."""
    party = member.fields.get("party")
    return party.value_in("company") if party else None


def months_from_dates(entry: Kind, fields: Mapping[str, Value], day: date | None) -> dict[str, Interval]:
    """The fields in months that count from a date of the same fact: since it up to `day`, or from `day` until it.

    A date that names a month, a quarter or a year gives an interval; one that `day` has not reached is not known yet.
    """
    found: dict[str, Interval] = {}
    for name, typed in entry.fields.items():
        text = fields.get(typed.since or typed.until or "")
        if day is None or not isinstance(text, str):
            continue
        time = read_event_date(text)
        first, last = time.start or time.end, time.end
        if typed.until:
            found[name] = Interval(months_between(day, first), months_between(day, last))
        elif first <= day:
            found[name] = Interval(months_between(min(last, day), day), months_between(first, day))
    return found


def make_fact(
    entry: Kind,
    kind: str,
    company: str,
    at: str,
    fields: Mapping[str, Value | NoneOf],
    certain: bool = True,
    claims: Mapping[str, object] | None = None,
) -> Fact:
    """A fact of a kind, with every field that is missing filled in as such."""
    filled: dict[str, Value] = {}
    companies: dict[str, str] = {}
    apart: dict[str, NoneOf] = {}
    for name, typed in entry.fields.items():
        value = fields.get(name)
        if isinstance(value, NoneOf):
            apart[name], value = value, None
        if isinstance(value, Interval):
            value = value.clip(typed.bounds)
        filled[name] = typed.missing if value is None else value
        if typed.unit == "company":
            companies[name] = value if isinstance(value, str) else UNNAMED
    return Fact(
        id=at,
        kind=kind,
        of=company,
        fields=filled,
        companies=companies,
        certain=certain,
        claims=claims or {},  # type: ignore[arg-type]
        apart=apart,
    )
