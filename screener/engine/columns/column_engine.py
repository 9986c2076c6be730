"""All rules on all companies of a table at once: Kleene logic as in the plain engine, with a truth a row.

What rules may bind is the same for all companies of a table: the first member of a list, the second and so on, where they
have one; members that may exist, of which nothing is known; facts that rules conclude. So the search over bindings is done
once, and only its conditions are evaluated on whole columns. The company that a member names is judged as well, by the rules
that some rule asks for; nothing but its own figures is known of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from screener.engine.columns.column_formula import Value, truth, value
from screener.engine.columns.column_values import (
    FALSE,
    TRUE,
    UNKNOWN,
    BoolArray,
    IntervalColumn,
    SymbolColumn,
    TruthColumn,
    clip,
    every,
    negate,
    numpy_warnings_off,
    some,
)
from screener.engine.columns.company_columns import CompanyColumns, CompanyRows, PartyColumns
from screener.engine.columns.member_columns import MemberColumns
from screener.engine.protocol import is_money, known_id, parameter_value
from screener.expression.interval import Interval
from screener.expression.syntax_tree import And, Compare, Expression, Name, Or, names_in
from screener.facts.builder import UNNAMED, build
from screener.facts.company import CompanyFacts, in_scope
from screener.facts.fact import COMPANY, FLAG
from screener.profile.model import Profile, Subject
from screener.rules.compiler import Program, dependencies
from screener.rules.resolver import IDENTITY
from screener.rules.rule import AnyOf, Item, Pattern, Rule
from screener.text import Text
from screener.vocabulary import Outcome

ROW = "row"  # the id that stands for every company of the table
OUTCOMES = (Outcome.CLEAR, Outcome.UNKNOWN, Outcome.FIRED, Outcome.NOT_APPLICABLE)
"""The outcomes by their codes: those of the three truth values, then 3."""

Judged = CompanyRows | CompanyFacts


class FactColumn(NamedTuple):
    """A fact on every row, with whether it exists there. Facts that differ in nothing but their id have one `twin`."""

    id: str
    kind: str
    of: str
    fields: Mapping[str, Value]
    companies: Mapping[str, str]
    held: TruthColumn
    twin: str


_Binding = Mapping[str, FactColumn]


class ColumnEngine:
    """Prepares a program once, then judges any number of tables; `empty` names lists that are known to have no members."""

    def __init__(self, program: Program, empty: tuple[str, ...] = ()) -> None:
        self.program = program
        nobody = Subject(ROW, Text.of(ROW), None, None, {}, dict.fromkeys(empty, ()), frozenset())
        profile = Profile(nobody, {}, {}, None, (), None, (12, 31), None, "", "")
        world = build(profile, program.catalogue, program.metrics, program.placeholders)
        self.empty_company, self.stranger = world.companies[ROW], world.companies[UNNAMED]
        self.slots: dict[tuple[str, str], list[FactColumn]] = {}
        twins: dict[str, str] = {}
        for fact in world.base:
            twin = twins.setdefault(repr((fact.kind, fact.of, fact.fields, fact.companies, fact.certain)), fact.id)
            held = TRUE if fact.certain else UNKNOWN
            slot = FactColumn(fact.id, fact.kind, fact.of, fact.fields, fact.companies, held, twin)
            self.slots.setdefault((fact.of, fact.kind), []).append(slot)
        self.strata = [self._in_order(stratum) for stratum in program.strata]

    def _in_order(self, stratum: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
        """The rules of a stratum after those that they rest on; and whether one is read by an earlier rule, in a circle."""
        below = {rule: {r for r, _ in dependencies(self.program.rules[rule], self.program.rules)} for rule in stratum}
        found: dict[str, None] = {}
        seen: set[str] = set()

        def visit(rule: str) -> None:
            if rule in below and rule not in seen:
                seen.add(rule)
                for other in sorted(below[rule]):
                    visit(other)
                found[rule] = None

        for rule in stratum:
            visit(rule)
        order = tuple(found)
        return tuple((rule, any(rule in below[other] for other in order[: i + 1])) for i, rule in enumerate(order))

    def run(
        self,
        universe: CompanyColumns,
        lists: Mapping[str, MemberColumns] = MappingProxyType({}),
        others: PartyColumns | None = None,
    ) -> npt.NDArray[np.int8]:
        """A code of OUTCOMES for every rule (in the program's order) and company: an array of rules × rows.

        `lists` holds the members of their lists, by kind: not of flows, nor of a list whose members hold lists. `others` are
        companies that members may name.
        """
        with numpy_warnings_off():
            run = _ColumnRun(self, CompanyRows(universe, self.program, self.empty_company, lists), others)
            run.run()
        found = np.empty((len(self.program.rules), len(universe)), np.int8)
        for line, rule in zip(found, self.program.rules, strict=True):
            line[:] = run.outcomes[rule, ROW]
            line[np.broadcast_to(np.equal(run.guards[rule, ROW], FALSE), line.shape)] = 3
        return found


class _ColumnRun:
    def __init__(self, engine: ColumnEngine, rows: CompanyRows, others: PartyColumns | None) -> None:
        self.program, self.engine = engine.program, engine
        self.rows, self.others = rows, others
        self.judged: list[Judged] = [rows, engine.stranger]
        self.names: dict[str, SymbolColumn] = {}  # of the other companies that members name
        self.slots = dict(engine.slots)
        for kind, members in rows.lists.items():
            self.slots[ROW, kind] = self._members(kind, members)
        self.outcomes: dict[tuple[str, str], TruthColumn] = {}
        self.guards: dict[tuple[str, str], TruthColumn] = {}
        reads_conflicts = "conflict" in self.program.placeholders  # the kinds that some rule reads
        known = [company for company in self.judged if isinstance(company, CompanyRows)] if reads_conflicts else []
        self.derived = [conflict for company in known for conflict in self._conflicts(company)]

    def run(self) -> None:
        rules = self.program.rules
        for stratum in self.engine.strata:
            changed = True
            while changed:
                changed = False
                for rule_id, is_read in stratum:
                    for company in self._judged(rule_id):
                        key = rule_id, company.id
                        before = self.outcomes.get(key, FALSE)
                        self.outcomes[key] = self._decide(rules[rule_id], company)
                        changed = changed or (is_read and not np.array_equal(before, self.outcomes[key]))
            for rule_id, _ in stratum:
                for company in self._judged(rule_id):
                    self.derived.extend(self._conclude(rules[rule_id], company))

    def _judged(self, rule: str) -> list[Judged]:
        """The companies of which some rule asks what this one says."""
        return self.judged if rule in self.program.of_others else self.judged[:1]

    def _decide(self, rule: Rule, company: Judged) -> TruthColumn:
        guard = self.guards[rule.id, company.id] = self._applies(rule, company)
        held: TruthColumn = FALSE
        for _, way in self._walk(rule, company, rule.when, {}, (), guard, every_twin=False):
            held = some(held, way)
            if isinstance(held, int) and held == TRUE:
                break
        return held

    def _applies(self, rule: Rule, company: Judged) -> TruthColumn:
        def find(name: Name) -> Value:
            return self._find(rule, company, {}, name)

        if isinstance(company, CompanyRows):
            return company.applies(rule, find)
        sector = int(in_scope(rule.only_for, rule.not_for, company.subject.sector, self.program.catalogue))
        return sector if rule.applies is None else every(sector, truth(rule.applies, find))

    def _walk(self, rule: Rule, company: Judged, items: tuple[Item, ...], binding: _Binding, absent: tuple[Pattern, ...],
              held: TruthColumn, every_twin: bool) -> Iterator[tuple[_Binding, TruthColumn]]:  # fmt: skip
        """Every way to bind facts, with whether it holds."""
        if not np.any(held):
            return
        if not items:
            for pattern in absent:
                held = every(held, self._none(rule, company, pattern, binding))
            yield binding, held
            return
        item, rest = items[0], items[1:]
        if isinstance(item, AnyOf):
            for branch in item.branches:
                yield from self._walk(rule, company, (*branch, *rest), binding, absent, held, every_twin)
        elif item.negated:
            yield from self._walk(rule, company, rest, binding, (*absent, item), held, every_twin)
        elif item.kind == COMPANY:
            held = every(held, self._holds(rule, item.condition, company, binding))
            yield from self._walk(rule, company, rest, binding, absent, held, every_twin)
        else:
            tried: set[str] = set()
            for slot, fits in self._facts(rule, company, item, binding):
                if every_twin or slot.twin not in tried:
                    tried.add(slot.twin)
                    bound = {**binding, item.name: slot}
                    yield from self._walk(rule, company, rest, bound, absent, every(held, fits), every_twin)

    def _facts(
        self, rule: Rule, company: Judged, pattern: Pattern, binding: _Binding
    ) -> Iterator[tuple[FactColumn, TruthColumn]]:
        """The facts that a pattern may bind, with whether it does."""
        owner = company.id
        if pattern.owner is not None and pattern.owner.scope != COMPANY:
            owner = binding[pattern.owner.scope].companies[pattern.owner.field]
        if pattern.kind == FLAG:
            assert pattern.flag is not None
            at = f"{FLAG}:{pattern.flag}:{owner}"
            held = self.outcomes.get((pattern.flag, owner), FALSE)
            yield FactColumn(at, FLAG, owner, {"rule": pattern.flag}, {}, held, at), held
            return
        taken = {slot.id for slot in binding.values()}
        derived = (slot for slot in self.derived if slot.kind == pattern.kind and slot.of == owner)
        for slot in (*self.slots.get((owner, pattern.kind), ()), *derived):
            if slot.id not in taken:
                holds = self._holds(rule, pattern.condition, company, {**binding, pattern.name: slot})
                yield slot, every(holds, slot.held)

    def _none(self, rule: Rule, company: Judged, pattern: Pattern, binding: _Binding) -> TruthColumn:
        """Whether no fact matches a negated pattern."""
        found: TruthColumn = FALSE
        for _, held in self._facts(rule, company, pattern, binding):
            found = some(found, held)
        return negate(found)

    def _holds(self, rule: Rule, condition: Expression, company: Judged, binding: _Binding) -> TruthColumn:
        """A condition over bound facts; amounts of two companies don't compare: nothing is known of the stranger's currency."""
        if isinstance(condition, And | Or):
            start, join = (TRUE, every) if isinstance(condition, And) else (FALSE, some)
            held: TruthColumn = start
            for part in condition.items:
                held = join(held, self._holds(rule, part, company, binding))
            return held
        if isinstance(condition, Compare) and self._mixes_currencies(condition, company, binding):
            return UNKNOWN
        return truth(condition, lambda name: self._find(rule, company, binding, name))

    def _mixes_currencies(self, condition: Expression, company: Judged, binding: _Binding) -> bool:
        bound = [(binding[n.scope].kind, binding[n.scope].of, n) for n in names_in(condition) if n.scope in binding]
        if all(owner == company.id for _, owner, _ in bound):
            return False
        own = [(COMPANY, company.id, n) for n in names_in(condition) if n.scope == COMPANY]
        return len({owner for kind, owner, n in (*bound, *own) if is_money(self.program, kind, n.field)}) > 1

    def _find(self, rule: Rule, company: Judged, binding: _Binding, name: Name) -> Value:
        if name.scope in binding:
            return binding[name.scope].fields.get(name.field)
        if name.scope == COMPANY and name.field == IDENTITY and company.id in self.names:
            return self.names[company.id]
        if isinstance(company, CompanyRows):
            return company.find(rule, name)
        if name.scope == "params":
            return parameter_value(rule, name.field, company, self.program.catalogue)
        if name.scope == COMPANY:
            return known_id(company.id) if name.field == IDENTITY else company.value(name.field)
        return None

    def _conclude(self, rule: Rule, company: Judged) -> Iterator[FactColumn]:
        """The facts that a rule concludes, one for each way to bind its own."""
        for kind, fields in rule.concludes.items():
            ways = self._walk(rule, company, rule.when, {}, (), self.guards[rule.id, company.id], every_twin=True)
            for i, (binding, held) in enumerate(ways):
                said = {name: value(said, lambda n, b=binding: self._find(rule, company, b, n))  # type: ignore[misc]
                        for name, said in fields.items()}  # fmt: skip
                yield self._slot(kind, company.id, f"{rule.id}:{company.id}:{i}>{kind}", said, held)

    def _members(self, kind: str, members: MemberColumns) -> list[FactColumn]:
        """The members of a list, and those that there may be besides; apart by whom they name: nobody, the company, another."""
        found = []
        entry = self.program.catalogue.kinds[kind]
        company_fields = [name for name, typed in entry.fields.items() if typed.unit == "company"]
        for i, place in enumerate(members.places):
            fields = {**self.program.catalogue.unknown_fields[kind], **place.fields}
            apart: list[tuple[dict[str, str], BoolArray]] = [({}, place.held)]
            for name in company_fields:
                whom = self._whom(f"{kind}[{i}].{name}", place.fields.get(name), place.held)
                apart = [
                    ({**companies, name: company}, held & mask) for companies, held in apart for company, mask in whom
                ]
            for companies, held in apart:
                if held.any():
                    at = f"{ROW}.{kind}[{i}]{'+'.join(companies.values())}"
                    found.append(
                        FactColumn(at, kind, ROW, fields, companies, np.where(held, TRUE, FALSE).astype(np.int8), at)
                    )
        if np.any(members.more):
            blank = self.engine.slots.get((ROW, kind), ())
            found.extend(slot._replace(held=every(slot.held, members.more)) for slot in blank)
        return found

    def _whom(self, at: str, named: Value, held: BoolArray) -> list[tuple[str, BoolArray]]:
        """Where a field names nobody, the company itself, and another company, which is judged as well."""
        if not isinstance(named, SymbolColumn):
            return [(UNNAMED, held)]
        own = np.array([*named.words, None], object)[named.codes] == self.rows.universe.ids
        other = held & (named.codes >= 0) & ~own
        if other.any():
            self.names[at] = named
            stranger, blank = self.engine.stranger, self.engine.empty_company
            if self.others is None:
                self.judged.append(replace(stranger, subject=stranger.subject._replace(id=at), _values={}))
            else:
                known = replace(blank, subject=blank.subject._replace(id=at), _values={})
                self.judged.append(CompanyRows(self.others.rows(named), self.program, known))
            for (owner, kind), slots in self.engine.slots.items():
                if owner == UNNAMED and kind != "conflict":  # where nothing is told of a company there is no conflict
                    self.slots[at, kind] = [s._replace(id=f"{at}{s.id}", of=at, twin=f"{at}{s.twin}") for s in slots]
        return [(UNNAMED, named.codes < 0), (ROW, own), (at, other)]

    def _conflicts(self, rows: CompanyRows) -> Iterator[FactColumn]:
        """Where a metric that is given is not what its formula gives."""
        for name, gap, held in rows.conflicts():
            yield self._slot("conflict", rows.id, f"{rows.id}.figures.{name}~0", {"figure": name, "gap": gap}, held)

    def _slot(self, kind: str, of: str, at: str, said: Mapping[str, Value], held: TruthColumn) -> FactColumn:
        filled: dict[str, Value] = {}
        companies: dict[str, str] = {}
        for name, typed in self.program.catalogue.kinds[kind].fields.items():
            found = said.get(name)
            if isinstance(found, IntervalColumn | Interval):
                found = clip(found, typed.bounds)
            filled[name] = typed.missing if found is None else found
            if typed.unit == "company":  # a column of companies is that of the rows themselves
                names_one = isinstance(found, str | SymbolColumn)
                companies[name] = UNNAMED if not names_one else found if isinstance(found, str) else ROW
        return FactColumn(at, kind, of, filled, companies, held, at)
