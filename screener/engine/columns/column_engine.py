"""The engine `columns`: evaluates all rules on all companies of a table at once.

The facts that rules may bind are the same for all companies of a table: the first member of a list, the second and so
on, if they have one; possible members of which nothing is known; and facts that rules conclude. The search over
bindings is therefore done once, and only its conditions are evaluated on whole columns. A company that a member names
is evaluated too, on the rules whose outcome for counterparties some rule reads; only its own figures are known.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from screener.engine.binding_search import BindingSearch, cheapest_first, evaluation_order
from screener.engine.columns.column_ops import COLUMNS, ColumnValue
from screener.engine.columns.column_values import (
    FALSE,
    TRUE,
    UNKNOWN,
    BoolArray,
    NumberColumn,
    SymbolColumn,
    TruthColumn,
    numpy_warnings_off,
)
from screener.engine.columns.company_columns import CompanyColumns, PartyColumns
from screener.engine.columns.company_rows import CompanyRows, by_sector
from screener.engine.columns.fact_columns import ROW, FactColumn, conflict_columns, fact_column, slip_fact_columns
from screener.engine.columns.member_columns import MemberColumns
from screener.engine.rule_context import amount_owners, name_lookup
from screener.expression.backend import Lookup
from screener.expression.evaluator import Evaluator
from screener.expression.syntax_tree import Compare, Expression, Name, names_in
from screener.facts.builder import build
from screener.facts.changed_world import CONFLICT, KINDS_ON_FIGURES
from screener.facts.company import CompanyFacts
from screener.facts.fact import COMPANY, COMPANY_ID, FLAG
from screener.facts.plausibility import SLIP
from screener.facts.world import UNNAMED
from screener.profile.model import Profile, Subject
from screener.profile.sector_scope import in_scope
from screener.rules.compiler import Program
from screener.rules.rule import Pattern, Rule
from screener.text import Text
from screener.vocabulary import Outcome

OUTCOMES = (Outcome.CLEAR, Outcome.UNKNOWN, Outcome.FIRED, Outcome.NOT_APPLICABLE)
"""The outcomes by their codes: 0 to 2 are the truth values, 3 is not applicable."""

JudgedCompany = CompanyRows | CompanyFacts
_ColumnEvaluator = Evaluator[NumberColumn, TruthColumn]


class ColumnEngine:
    """Prepares a program once, then evaluates any number of tables; `empty` names lists that are known to have no
    members."""

    def __init__(self, program: Program, empty: tuple[str, ...] = ()) -> None:
        self.program = program
        nobody = Subject(ROW, Text.of(ROW), relations=dict.fromkeys(empty, ()))
        world = build(Profile(nobody), program.catalogue, program.metrics, program.placeholders)
        self.empty_company, self.unnamed = world.companies[ROW], world.companies[UNNAMED]
        self.facts: dict[tuple[str, str], list[FactColumn]] = {}
        twins: dict[str, str] = {}
        for fact in world.base:
            twin = twins.setdefault(repr((fact.kind, fact.of, fact.fields, fact.companies, fact.certain)), fact.id)
            exists = TRUE if fact.certain else UNKNOWN
            column = FactColumn(fact.id, fact.kind, fact.of, fact.fields, fact.companies, exists, twin)
            self.facts.setdefault((fact.of, fact.kind), []).append(column)
        self.strata = [evaluation_order(program, stratum) for stratum in program.strata]
        self.when = {rule.id: cheapest_first(rule.when) for rule in program.rules.values()}
        self._scopes: dict[tuple[str, tuple[str | bool, ...]], npt.NDArray[np.int8]] = {}

    def run(
        self,
        table: CompanyColumns,
        lists: Mapping[str, MemberColumns] = MappingProxyType({}),
        others: PartyColumns | None = None,
    ) -> npt.NDArray[np.int8]:
        """Returns a code of OUTCOMES for every rule (in the program's order) and company, as an array of shape (rules,
        rows).

        `lists` are the members of the companies' lists, by kind; flows and lists whose members have lists are not
        supported. `others` are companies that members may name.
        """
        with numpy_warnings_off():
            run = _ColumnRun(self, CompanyRows(table, self.program, self.empty_company, lists), others)
            run.run()
        found = np.empty((len(self.program.rules), len(table)), np.int8)
        for line, rule in zip(found, self.program.rules, strict=True):
            line[:] = run.outcomes[rule, ROW]
            line[np.broadcast_to(np.equal(run.applicability[rule, ROW], FALSE), line.shape)] = 3
        return found

    def in_scope(self, rule: Rule, sectors: SymbolColumn) -> TruthColumn:
        """Returns whether a rule is for these sectors; the result for each list of sectors is kept."""
        key = rule.id, sectors.words
        if key not in self._scopes:
            catalogue = self.program.catalogue
            found = by_sector(sectors, lambda scope: in_scope(rule.only_for, rule.not_for, scope, catalogue))
            self._scopes[key] = np.array(found, np.int8)
        return self._scopes[key][sectors.codes]


class _ColumnRun:
    """The evaluation of one table through all strata."""

    def __init__(self, engine: ColumnEngine, rows: CompanyRows, others: PartyColumns | None) -> None:
        self.program, self.engine = engine.program, engine
        self.rows, self.others = rows, others
        self.judged: list[JudgedCompany] = [rows, engine.unnamed]
        self.names: dict[str, SymbolColumn] = {}  # ids of the other companies that members name
        self.facts = dict(engine.facts)
        for kind, members in rows.lists.items():
            self.facts[ROW, kind] = self._members(kind, members)
        self.outcomes: dict[tuple[str, str], TruthColumn] = {}
        self.applicability: dict[tuple[str, str], TruthColumn] = {}
        known = [company for company in self.judged if isinstance(company, CompanyRows)]
        self.derived: list[FactColumn] = []
        catalogue = self.program.catalogue
        for kind, find in ((CONFLICT, conflict_columns), (SLIP, slip_fact_columns)):
            if kind in self.program.placeholders:  # the kinds that at least one rule reads
                self.derived.extend(fact for company in known for fact in find(catalogue, company))

    def run(self) -> None:
        """Evaluates every rule, and repeats each stratum until nothing changes."""
        rules = self.program.rules
        for stratum in self.engine.strata:
            changed = True
            while changed:
                changed = False
                for rule_id, is_read in stratum:
                    for company in self._judged(rule_id):
                        key = rule_id, company.id
                        before = self.outcomes.get(key, FALSE)
                        self.outcomes[key] = self._outcome(rules[rule_id], company)
                        changed = changed or (is_read and not np.array_equal(before, self.outcomes[key]))
            for rule_id, _ in stratum:
                for company in self._judged(rule_id):
                    self.derived.extend(self._conclude(rules[rule_id], company))

    def _judged(self, rule: str) -> list[JudgedCompany]:
        """Returns the companies for which the outcome of a rule is needed."""
        return self.judged if rule in self.program.counterparty_rules else self.judged[:1]

    def _outcome(self, rule: Rule, company: JudgedCompany) -> TruthColumn:
        applies = self.applicability[rule.id, company.id] = self._applies(rule, company)
        found: TruthColumn = FALSE
        for _, _, holds in _ColumnSearch(self, rule, company).ways(applies):
            found = COLUMNS.either(found, holds)
            if COLUMNS.is_true(found):
                break
        return found

    def _applies(self, rule: Rule, company: JudgedCompany) -> TruthColumn:
        applies: TruthColumn = TRUE
        if rule.names_sectors:
            if isinstance(company, CompanyRows):
                applies = self.engine.in_scope(rule, company.table.sectors)
            else:
                applies = int(in_scope(rule.only_for, rule.not_for, company.subject.scope, self.program.catalogue))
        for name in rule.rests_on:
            applies = COLUMNS.both(applies, company.validity(name))
        if rule.applies is None:
            return applies
        return COLUMNS.both(applies, self.evaluator(rule, company, {}).truth(rule.applies))

    def evaluator(self, rule: Rule, company: JudgedCompany, binding: Mapping[str, FactColumn]) -> _ColumnEvaluator:
        """Returns an evaluator of conditions. Amounts of two companies can't be compared, since the currency of the
        unnamed one is unknown."""
        own = self._name_lookup(rule, company)

        def find(name: Name) -> ColumnValue:
            if name.scope in binding:
                return binding[name.scope].fields.get(name.field)
            if name.scope == COMPANY and name.field == COMPANY_ID and company.id in self.names:
                return self.names[company.id]
            return own(name)  # type: ignore[no-any-return]

        def compared(comparison: Compare) -> Lookup:
            """Returns the name lookup of a comparison. Parameters are converted to the currency of the one company
            whose amounts are compared."""
            owners = amount_owners(self.program, comparison, company.id, binding) - {company.id}
            other = next((found for found in self.judged if found.id in owners), None)
            if other is None or not any(n.scope == "params" for n in names_in(comparison)):
                return find
            theirs = self._name_lookup(rule, other)
            return lambda name: theirs(name) if name.scope == "params" else find(name)

        return Evaluator(
            COLUMNS,
            find,
            incomparable=lambda c: len(amount_owners(self.program, c, company.id, binding)) > 1,
            compared=compared,
        )

    def _name_lookup(self, rule: Rule, company: JudgedCompany) -> Lookup:
        """Returns the lookup of `company.x` and `params.x`."""
        if isinstance(company, CompanyRows):
            return company.name_lookup(rule)
        return name_lookup(rule, company, {}, self.program.catalogue)

    def _conclude(self, rule: Rule, company: JudgedCompany) -> Iterator[FactColumn]:
        """Returns the facts that a rule concludes, one for each way to bind its patterns."""
        for kind, fields in rule.concludes.items():
            search = _ColumnSearch(self, rule, company, every_twin=True)
            for i, (_, binding, holds) in enumerate(search.ways(self.applicability[rule.id, company.id])):
                evaluator = self.evaluator(rule, company, binding)
                values = {name: evaluator.value(value) for name, value in fields.items()}
                at = f"{rule.id}:{company.id}:{i}>{kind}"
                yield fact_column(self.program.catalogue.kinds[kind], kind, company.id, at, values, holds)

    def _members(self, kind: str, members: MemberColumns) -> list[FactColumn]:
        """Returns the facts of a list's members, separated by whom they name (nobody, the company, another), and its
        possible further members."""
        found = []
        entry = self.program.catalogue.kinds[kind]
        company_fields = [name for name, typed in entry.fields.items() if typed.unit == "company"]
        for i, slot in enumerate(members.slots):
            fields = {**self.program.catalogue.unknown_fields[kind], **slot.fields}
            parts: list[tuple[dict[str, str], BoolArray]] = [({}, slot.exists)]
            for name in company_fields:
                named = self._named_companies(f"{kind}[{i}].{name}", slot.fields.get(name), slot.exists)
                parts = [
                    ({**companies, name: company}, rows & mask) for companies, rows in parts for company, mask in named
                ]
            for companies, rows in parts:
                if rows.any():
                    at = f"{ROW}.{kind}[{i}]{'+'.join(companies.values())}"
                    exists = np.where(rows, np.int8(TRUE), np.int8(FALSE))
                    found.append(FactColumn(at, kind, ROW, fields, companies, exists, at))
        if np.any(members.may_have_more):
            possible = self.engine.facts.get((ROW, kind), ())
            found.extend(
                fact._replace(
                    fields={**fact.fields, **members.others}, exists=COLUMNS.both(fact.exists, members.may_have_more)
                )
                for fact in possible
            )
        return found

    def _named_companies(self, at: str, named: ColumnValue, exists: BoolArray) -> list[tuple[str, BoolArray]]:
        """Returns masks of the rows on which a field names nobody, the company itself, and another company, which is
        then evaluated too."""
        if not isinstance(named, SymbolColumn):
            return [(UNNAMED, exists)]
        own = np.array([*named.words, None], object)[named.codes] == self.rows.table.ids
        other = exists & (named.codes >= 0) & ~own
        if other.any():
            self.names[at] = named
            if self.others is None:
                unnamed = self.engine.unnamed
                self.judged.append(replace(unnamed, subject=unnamed.subject._replace(id=at), _values={}))
            else:
                empty = self.engine.empty_company
                empty = replace(empty, subject=empty.subject._replace(id=at), _values={})
                self.judged.append(CompanyRows(self.others.rows(named), self.program, empty))
            for (owner, kind), facts in self.engine.facts.items():
                if (
                    owner == UNNAMED and kind not in KINDS_ON_FIGURES
                ):  # a company without claims has neither conflicts nor slips
                    self.facts[at, kind] = [f._replace(id=f"{at}{f.id}", of=at, twin=f"{at}{f.twin}") for f in facts]
        return [(UNNAMED, named.codes < 0), (ROW, own), (at, other)]


class _ColumnSearch(BindingSearch[FactColumn, TruthColumn]):
    """The bindings of one rule for one company of every row; facts that differ only in their id are tried once."""

    def __init__(self, run: _ColumnRun, rule: Rule, company: JudgedCompany, every_twin: bool = False) -> None:
        super().__init__(COLUMNS, run.engine.when[rule.id], company.id)
        self.run, self.rule, self.judged, self.every_twin = run, rule, company, every_twin

    def condition(self, condition: Expression, binding: Mapping[str, FactColumn]) -> TruthColumn:
        """Returns whether a condition on the company and the bound facts holds."""
        return self.run.evaluator(self.rule, self.judged, binding).truth(condition)

    def candidates(
        self, pattern: Pattern, owner: str, binding: Mapping[str, FactColumn]
    ) -> Iterator[tuple[FactColumn, TruthColumn]]:
        """Returns the facts that a pattern may bind and that are not bound yet."""
        if pattern.flag is not None:
            at = f"{FLAG}:{pattern.flag}:{owner}"
            exists = self.run.outcomes.get((pattern.flag, owner), FALSE)
            yield FactColumn(at, FLAG, owner, {"rule": pattern.flag}, {}, exists, at), exists
            return
        bound = dict(binding)
        evaluator = self.run.evaluator(self.rule, self.judged, bound)
        bound_ids = {fact.id for fact in binding.values()}
        tried: set[str] = set()
        derived = (fact for fact in self.run.derived if fact.kind == pattern.kind and fact.of == owner)
        for fact in (*self.run.facts.get((owner, pattern.kind), ()), *derived):
            if fact.id not in bound_ids and (self.every_twin or fact.twin not in tried):
                tried.add(fact.twin)
                bound[pattern.name] = fact
                yield fact, COLUMNS.both(evaluator.truth(pattern.condition), fact.exists)
