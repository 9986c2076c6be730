"""Builds the world that the engine evaluates from a profile and its context."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from screener.expression.interval import Interval
from screener.expression.interval_ops import NoneOf, Value
from screener.facts.company import CompanyFacts
from screener.facts.fact import Fact, FactBase
from screener.facts.loops import Loop, find_loops
from screener.facts.metrics import Metric
from screener.facts.plausibility import SLIP, find_slips
from screener.facts.profile_doubts import disagreements_on_context, profile_doubts
from screener.facts.relation_facts import make_fact, months_from_dates
from screener.facts.statements import (
    CompanyStatements,
    SettledFigure,
    merged_flows,
    reconciled_figures,
    statements_by_company,
)
from screener.facts.world import UNNAMED, World
from screener.profile.catalogue import Catalogue
from screener.profile.currency import ExchangeRates
from screener.profile.identity import (
    aliases_among,
    look_alikes,
    rename_companies,
    written_id,
)
from screener.profile.knowledge import LeftOut, known_on
from screener.profile.model import Profile, Relation, Subject
from screener.profile.reconcile import ReconciledFigure
from screener.text import Text


def build(
    profile: Profile,
    catalogue: Catalogue,
    metrics: Mapping[str, Metric],
    placeholders: Mapping[str, int],
    context: Sequence[Profile] = (),
) -> World:
    """Builds the world of `profile`: its company, its parties, the `context` profiles, and every company that they name.

    `placeholders` maps a kind of fact to the number of unknown members that an open list may contribute to one rule.
    """
    return WorldBuilder(profile, catalogue, metrics, placeholders, context).world()


class WorldBuilder:
    """Collects the facts of one profile and its context; `world` returns them."""

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
        whole = (profile, *sorted(context, key=lambda other: (other.id, other.digest, other.file)))
        if aliases := aliases_among(whole, catalogue):
            whole = tuple(rename_companies(each, aliases, catalogue) for each in whole)
        known = [known_on(each, profile.day or each.day, catalogue) for each in whole]
        self.known = known[0]
        self.remarks = (
            *whole[0].remarks,
            *self.known.remarks(profile.day),
            *look_alikes(whole[0], whole[1:], catalogue),
        )
        self.profile, *self.context = (each.profile for each in known)
        self.rates = ExchangeRates(self.profile.rates)
        self.left_out: dict[str, tuple[LeftOut, ...]] = {}
        for each in known:
            for company, claims in each.left_out.items():
                self.left_out.setdefault(company, claims)
        self.statements = statements_by_company(self.profile, self.context, catalogue)
        self.complete: dict[str, set[str]] = {company: set() for company in self.statements}
        self.flows: list[Fact] = []
        self.unnamed: dict[str, Mapping[str, str]] = {}

    def world(self) -> World:
        """Returns the world. Must be called only once."""
        for statements in self.statements.values():
            for list_name, kind in self.catalogue.lists.items():
                if list_name != "flows":
                    self._list(statements.company, list_name, kind)
        for whole in (self.profile, *self.context):
            if whole.subject.is_complete("flows"):
                self.complete[whole.id].add("flow")
        for company, flow in merged_flows(self.profile, self.context, self.catalogue):
            self._flow(company, flow)
        loops, finished = find_loops(self.flows)
        named = {c for fact in self.base for c in fact.companies.values()}
        companies = {company: self.company_facts(statements) for company, statements in self.statements.items()}
        for company in sorted((named | {UNNAMED}) - companies.keys()):
            companies[company] = self._stranger(company)
        self._open_lists(companies, finished)
        for i, loop in enumerate(loops):
            for member in dict.fromkeys(loop.members):
                self.base.add(self._loop(i, loop, member))
        for found in companies.values():
            for fact in (*self.conflicts(found), *self.slips(found)):
                self.base.add(fact)
        disagreements = tuple(disagreements_on_context(self.profile, self.statements, companies, self.catalogue))
        for i, (company, name, _, other) in enumerate(disagreements):
            fields: dict[str, Value] = {"figure": name, "gap": Interval.point(other.gap or 0.0), "party": company}
            self.base.add(self._fact(self.profile.id, "conflict", f"{company}.figures.{name}~with[{i}]", fields, {}))
        return World(
            main=self.profile.id,
            companies=companies,
            base=self.base,
            loops=tuple(loops),
            flows=tuple(self.flows),
            loops_complete=finished and self.profile.subject.is_complete("flows"),
            profile=self.profile,
            context_conflicts=disagreements,
            undated=self.known.undated,
            undated_left_out=self.known.undated_left_out,
            remarks=(*self.remarks, *profile_doubts(self.profile, companies, self.base, self.catalogue)),
        )

    def _open_lists(self, companies: Mapping[str, CompanyFacts], loops_finished: bool) -> None:
        """Adds placeholders for payments and loops that may exist, and for all lists of companies without statements."""
        for found in companies.values():
            self._open(found.id, "flow", "flow" in found.complete)
            self._open(found.id, "loop", loops_finished and "flow" in found.complete)
            for kind, entry in self.catalogue.kinds.items():
                if found.id not in self.statements and entry.list_name and kind != "flow":
                    self._open(found.id, kind, False)
        for kind in ("conflict", SLIP):
            self._open(UNNAMED, kind, False)

    def company_facts(self, statements: CompanyStatements) -> CompanyFacts:
        """Returns the figures of one company, reconciled over all statements about it."""
        return self.facts_of(statements.company, reconciled_figures(statements, self.catalogue))

    def facts_of(self, subject: Subject, settled: Iterable[SettledFigure]) -> CompanyFacts:
        """Returns the facts of a company from figures that are already reconciled."""
        reconciled: dict[str, ReconciledFigure] = {}
        ignored, lists = list(self.left_out.get(subject.id, ())), self.catalogue.lists
        for name, found, unusable in settled:
            if found is not None:
                reconciled[name] = found
            ignored.extend((name, claim) for claim in unusable)
        company = CompanyFacts(
            subject=subject,
            catalogue=self.catalogue,
            metrics=self.metrics,
            base=self.base,
            reconciled=reconciled,
            ignored=ignored,
            complete=frozenset(self.complete[subject.id]),
            rates=self.rates,
            others={
                lists[name]: self._of_others(subject, lists[name]) for name, values in subject.others.items() if values
            },
        )
        company.set_aside_outdated()
        for name in tuple(reconciled):
            company.add_formula_conflict(name)
        return company

    def _stranger(self, company: str) -> CompanyFacts:
        name = Text("an unnamed company", "未具名公司") if company == UNNAMED else Text.of(written_id(company))
        nobody = Subject(company, name)
        return CompanyFacts(nobody, self.catalogue, self.metrics, self.base, {}, [], frozenset(), known=False)

    def _list(self, subject: Subject, list_name: str, kind: str) -> None:
        complete = subject.is_complete(list_name)
        members = subject.relations.get(list_name, ())
        for member in members:
            self._relation(subject.id, kind, f"{subject.id}.{list_name}[{member.place}]", member, {})
        self._open(subject.id, kind, complete, self._of_others(subject, kind))
        listed = frozenset(str(p) for member in members if (p := _party(member)) is not None)
        unlisted = NoneOf(listed) if listed else None  # an unlisted parent is none of the listed ones
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

    def _of_others(self, subject: Subject, kind: str) -> dict[str, Value | NoneOf]:
        """Returns what the profile states about the fields of members that a list does not name."""
        entry = self.catalogue.kinds[kind]
        found: dict[str, Value | NoneOf] = {}
        for name, claim in subject.others.get(entry.list_name or "", {}).items():
            value = claim.excluded or claim.value_in(entry.fields[name].unit)
            found[name] = value.clip(entry.fields[name].bounds) if isinstance(value, Interval) else value
        return found

    def _open(
        self, company: str, kind: str, complete: bool, fields: Mapping[str, Value | NoneOf] | None = None, at: str = ""
    ) -> None:
        """Records that a list is complete, or adds placeholders for members that may exist."""
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
        """Returns the placeholder ids of the companies in a fact about which nothing is known."""
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

    def _flow(self, company: str, member: Relation) -> None:
        """Adds two facts for a payment, one for the payer and one for the payee."""
        entry = self.catalogue.kinds["flow"]
        fields = {name: claim.value_in(entry.fields[name].unit) for name, claim in member.fields.items()}
        if not fields.keys() >= {"from", "to"}:
            return
        fields |= months_from_dates(entry, fields, self.profile.day)
        payer, payee = str(fields["from"]), str(fields["to"])
        for end, other, direction in ((payer, payee, "out"), (payee, payer, "in")):
            at = f"{company}.flows[{member.place}].{direction}"
            fact = self._fact(end, "flow", at, {**fields, "party": other, "direction": direction}, member.fields)
            self.base.add(fact)
            if direction == "out":
                self.flows.append(fact)

    def _loop(self, i: int, loop: Loop, member: str) -> Fact:
        fields: dict[str, Value] = {
            "size": Interval.point(float(len(loop.members))),
            "members": " → ".join(self._name(m) for m in (*loop.members, loop.members[0])),
            "weakest": loop.least,
            "financing": loop.financing,
            "binding": loop.binding,
        }
        return self._fact(member, "loop", f"loop[{i}].{member}", fields, {})

    def _name(self, company: str) -> str:
        return self.statements[company].company.name.en if company in self.statements else written_id(company)

    def conflicts(self, company: CompanyFacts) -> Iterator[Fact]:
        """Yields a fact for each claim of a company that conflicts with the claim in use."""
        for name, settled in company.reconciled.items():
            for i, weighed in enumerate(settled.conflicts):
                fields: dict[str, Value] = {"figure": name, "gap": Interval.point(weighed.gap or 0.0)}
                yield self._fact(company.id, "conflict", f"{company.id}.figures.{name}~{i}", fields, {})

    def slips(self, company: CompanyFacts) -> Iterator[Fact]:
        """Yields a fact for each stated value of a company that is probably wrong, if a rule uses such facts."""
        if SLIP in self.placeholders:
            for i, slip in enumerate(find_slips(company.reconciled, self.catalogue.claimable)):
                fields: dict[str, Value] = {"figure": slip.figure, "what": slip.what}
                yield self._fact(company.id, SLIP, f"{company.id}.{SLIP}[{i}]", fields, {})


def _party(member: Relation) -> Value:
    """Returns the id of the company that a member names; None if it names none."""
    party = member.fields.get("party")
    return party.value_in("company") if party else None
