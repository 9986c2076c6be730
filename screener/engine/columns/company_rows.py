"""Computes figures, metrics, conflicts and rule parameters for every row of a table of companies."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import numpy as np

from screener.engine.columns.column_ops import COLUMNS, ColumnValue
from screener.engine.columns.column_values import (
    TRUE,
    IntervalColumn,
    NumberColumn,
    SymbolColumn,
    TruthColumn,
    clip_to_domain,
    distance,
    where,
)
from screener.engine.columns.company_columns import CompanyColumns
from screener.engine.columns.member_columns import MemberColumns
from screener.expression.backend import Lookup
from screener.expression.evaluator import Evaluator
from screener.expression.interval import UNBOUNDED, ZERO, Interval, upper
from screener.expression.syntax_tree import Call, Expression, Name, names_in
from screener.facts.company import CompanyFacts
from screener.facts.fact import COMPANY, COMPANY_ID
from screener.facts.metrics import aggregated_list, is_money, value_inputs
from screener.profile.reconcile import CONFLICT_GAP
from screener.profile.sector_scope import SectorScope, parameter_for_sector
from screener.rules.compiler import Program
from screener.rules.rule import Rule

T = TypeVar("T")


@dataclass
class CompanyRows:
    """The companies of a table as rules read them. `empty_company` has no claims; `lists` are by kind."""

    table: CompanyColumns
    program: Program
    empty_company: CompanyFacts
    lists: Mapping[str, MemberColumns] = field(default_factory=dict)
    _values: dict[tuple[str, int], ColumnValue] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Returns the id that represents all of them."""
        return self.empty_company.id

    @cached_property
    def ids(self) -> SymbolColumn:
        """Returns their own ids."""
        return SymbolColumn(np.arange(len(self.table)), tuple(self.table.ids))

    def value(self, name: str, back: int = 0) -> ColumnValue:
        """Returns a figure or metric of the period used, or of one `back` periods earlier: the claim, else the computed
        value."""
        key = name, back
        if key not in self._values:
            claimed = self.table.values.get(key)
            if isinstance(claimed, SymbolColumn) or (claimed is not None and name not in self.program.metrics):
                self._values[key] = claimed
            elif name not in self.program.metrics:
                self._values[key] = self.empty_company.value(name)
            elif claimed is None or not claimed.claimed.all():
                self._values[key] = UNBOUNDED  # as in CompanyFacts.value
                found = self._compute(name, back)
                self._values[key] = found if claimed is None else where(claimed.claimed, claimed, found)
            else:
                self._values[key] = claimed
        return self._values[key]

    def _compute(self, metric: str, back: int = 0) -> NumberColumn:
        valid = self._is_valid(metric, back)
        if COLUMNS.is_false(valid):
            return UNBOUNDED
        found = self._formula_value(metric, back)
        if not COLUMNS.is_true(valid):
            found = where(np.broadcast_to(np.equal(valid, TRUE), len(self.table)), found, UNBOUNDED)
        figure = self.empty_company.catalogue.figures.get(metric)
        return clip_to_domain(found, figure.missing) if figure and figure.missing else found

    def validity(self, name: str, back: int = 0) -> TruthColumn:
        """Returns whether a metric and those in its formula are inside their domains on each row; stated values always
        are."""
        metrics = self.program.metrics
        if name not in metrics:
            return TRUE
        found = self._is_valid(name, back)
        for read in value_inputs(metrics[name].formula):
            found = COLUMNS.both(found, self.validity(read, back))
        stated = self.table.values.get((name, back))
        if isinstance(stated, IntervalColumn):
            found = np.where(stated.claimed, np.int8(TRUE), found)
        return found

    def _is_valid(self, metric: str, back: int) -> TruthColumn:
        condition = self.program.metrics[metric].valid
        if condition is None:
            return TRUE
        evaluator = Evaluator(
            COLUMNS, lambda name: self.value(name.field, back), lambda call: self._aggregate(call, back)
        )
        return evaluator.truth(condition)

    def _formula_value(self, metric: str, back: int) -> NumberColumn:
        """Returns the result of a metric's formula, valid or not."""
        entry, metrics, catalogue = self.program.metrics[metric], self.program.metrics, self.empty_company.catalogue

        def find(name: Name) -> ColumnValue:
            return in_currency(name, self.value(name.field, back))

        def find_aggregate(call: Call) -> NumberColumn:
            return in_currency(call, self._aggregate(call, back))  # type: ignore[return-value]

        def in_currency(node: Expression, value: ColumnValue) -> ColumnValue:
            if entry.currency and isinstance(value, IntervalColumn | Interval) and is_money(node, catalogue, metrics):
                return value if value == ZERO else self._in_currency(value, entry.currency)
            return value

        return Evaluator(COLUMNS, find, find_aggregate).number(entry.formula)

    def _evaluate(self, formula: Expression, back: int = 0) -> NumberColumn:
        return Evaluator(
            COLUMNS, lambda name: self.value(name.field, back), lambda call: self._aggregate(call, back)
        ).number(formula)

    def conflicts(self) -> Iterator[tuple[str, IntervalColumn, TruthColumn]]:
        """Yields the stated metrics and statements, their distance from their formulas, and the rows on which that is a
        conflict."""
        for (name, back), claimed in self.table.values.items():
            figure = self.empty_company.catalogue.figures.get(name)
            if back == 0 and figure and figure.meaning is not None and isinstance(claimed, SymbolColumn):
                yield name, *self._contradictions(figure.meaning, claimed)
            stated = name in self.program.metrics and name not in self.empty_company.catalogue.figures
            if stated and back == 0 and isinstance(claimed, IntervalColumn):
                gap = distance(self._compute(name), claimed)
                yield (
                    name,
                    IntervalColumn(gap, gap),
                    np.where((gap > upper(CONFLICT_GAP)) & claimed.claimed, np.int8(2), np.int8(0)),
                )

    def _contradictions(self, meaning: Expression, claimed: SymbolColumn) -> tuple[IntervalColumn, TruthColumn]:
        """Returns the rows on which figures contradict a statement; the distance is 1 there."""
        shown, rows = self._evaluate(meaning), len(self.table)
        lo, hi = (np.broadcast_to(np.asarray(getattr(shown, end), np.float64), rows) for end in ("lo", "hi"))
        differs = np.zeros(rows, np.bool_)
        for code, word in enumerate(claimed.words):
            differs |= (claimed.codes == code) & (lo == hi) & (lo == (0.0 if word is True else 1.0))
        return IntervalColumn(np.ones(rows), np.ones(rows)), np.where(differs, np.int8(2), np.int8(0))

    def _aggregate(self, call: Call, back: int) -> NumberColumn:
        """Returns an aggregate: prior() of a column, or one over a list; a list without columns gives the value for a
        company without lists."""
        if call.function == "prior":
            before = self.value(names_in(call)[0].field, back + 1)
            return before if isinstance(before, IntervalColumn | Interval) else UNBOUNDED
        if back:
            return UNBOUNDED  # lists are known for the present period only
        catalogue = self.empty_company.catalogue
        kind, domain = aggregated_list(call, catalogue)
        if kind not in self.lists:
            return self.empty_company.compute(call)
        return self.lists[kind].aggregate(call, catalogue.kinds[kind], domain)

    def parameter_value(self, rule: Rule, name: str) -> ColumnValue:
        """Returns a parameter of a rule on every row; an amount is any number where the row's amounts are in another
        currency."""
        param = rule.params[name]
        if isinstance(param.value, bool | str):
            return param.value
        found: NumberColumn = Interval.point(float(param.value))
        if param.by_sector:
            default, sectors, catalogue = float(param.value), param.sectors, self.program.catalogue
            own = self.table.sectors
            values = by_sector(own, lambda scope: parameter_for_sector(default, sectors, scope, catalogue))
            lo, hi = (np.array([getattr(interval, end) for interval in values]) for end in ("lo", "hi"))
            found = IntervalColumn(lo[own.codes], hi[own.codes])
        return found if param.currency is None or found == ZERO else self._in_currency(found, param.currency)

    def _in_currency(self, amount: NumberColumn, currency: str) -> NumberColumn:
        """Returns an amount on rows in its currency, and any number elsewhere, since a table states no exchange rates."""
        own = self.table.currencies
        is_same = np.array([*(word == currency for word in own.words), False])[own.codes]
        return where(is_same, amount, UNBOUNDED)

    def name_lookup(self, rule: Rule) -> Lookup:
        """Returns the lookup of `company.x` and `params.x`."""

        def find(name: Name) -> ColumnValue:
            if name.scope == COMPANY:
                return self.ids if name.field == COMPANY_ID else self.value(name.field)
            return self.parameter_value(rule, name.field) if name.scope == "params" else None

        return find


def by_sector(sectors: SymbolColumn, value: Callable[[SectorScope], T]) -> Sequence[T]:
    """Returns a value for each word of a column of sectors, and last the one for a missing sector, whose code is -1."""
    return [value(SectorScope(sector)) for sector in (*map(str, sectors.words), None)]
