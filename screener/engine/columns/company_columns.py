"""A table of companies: columns of figures, stated metrics and statements, and what can be worked out from them."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from screener.engine.columns.column_ops import COLUMNS, ColumnValue
from screener.engine.columns.column_values import (
    TRUE,
    BoolArray,
    FloatArray,
    IndexArray,
    IntervalColumn,
    NumberColumn,
    SymbolColumn,
    TruthColumn,
    clip_to_domain,
    distance,
    where,
)
from screener.engine.columns.member_columns import MemberColumns
from screener.errors import Problem, ProfileError
from screener.expression.backend import Lookup
from screener.expression.evaluator import Evaluator
from screener.expression.interval import UNBOUNDED, ZERO, Interval, upper
from screener.expression.syntax_tree import Call, Expression, Name, names_in
from screener.facts.company import CompanyFacts
from screener.facts.fact import COMPANY, COMPANY_ID
from screener.facts.metrics import aggregated_list, is_money, value_inputs
from screener.profile.catalogue import Catalogue
from screener.profile.reconcile import CONFLICT_GAP
from screener.profile.sector_scope import SectorScope, parameter_for_sector
from screener.rules.compiler import Program
from screener.rules.rule import Rule
from screener.text import clean, did_you_mean
from screener.units import NUMERIC

T = TypeVar("T")


@dataclass(frozen=True)
class CompanyColumns:
    """Companies, one a row: `values` holds what is claimed of them, by name and by how many periods ago."""

    ids: npt.NDArray[np.object_]
    sectors: SymbolColumn
    values: Mapping[tuple[str, int], IntervalColumn | SymbolColumn]
    currencies: SymbolColumn  # of amounts

    @classmethod
    def of(
        cls,
        ids: Sequence[str],
        sectors: Sequence[str | None],
        columns: Mapping[str, Any],
        catalogue: Catalogue,
        currencies: Sequence[str | None] | None = None,
    ) -> "CompanyColumns":
        """From columns called NAME or prior(NAME): floats (NaN: missing), a pair of them (low, high), or objects (None).

        `currencies` has that of each company's amounts; None: not known of any.

        Raises ProfileError for a name that is not known and for numbers outside their domain.
        """
        values: dict[tuple[str, int], IntervalColumn | SymbolColumn] = {}
        problems = []
        for name, data in columns.items():
            plain = name[6:-1] if name.startswith("prior(") else name
            figure = catalogue.claimable.get(plain)
            if figure is None or figure.unit == "company":
                what = f"there is no figure or metric '{clean(name)}' for a column"
                problems.append(Problem(what, did_you_mean(plain, catalogue.claimable)))
            elif figure.unit in NUMERIC:
                lo, hi = map(_floats, data) if isinstance(data, tuple) else (_floats(data),) * 2
                bounds = figure.bounds
                if (wrong := (hi < bounds.lo) | (lo > bounds.hi)).any():
                    first = ids[int(wrong.argmax())]
                    problems.append(Problem(f"{clean(name)} of '{first}' is outside its domain", "correct the table"))
                values[plain, int(name != plain)] = IntervalColumn.of(lo, hi, bounds)
            else:
                values[plain, int(name != plain)] = SymbolColumn.of(data)
        if problems:
            raise ProfileError(problems)
        return cls(
            ids=np.asarray(ids, object),
            sectors=SymbolColumn.of(sectors),
            values=values,
            currencies=SymbolColumn.of(currencies) if currencies is not None else no_symbols(len(ids)),
        )

    def __len__(self) -> int:
        return len(self.ids)

    def select(self, mask: BoolArray | IndexArray) -> "CompanyColumns":
        """The rows that the mask marks, or those at the places given."""
        values = {key: value.select(mask) for key, value in self.values.items()}
        return CompanyColumns(self.ids[mask], self.sectors.select(mask), values, self.currencies.select(mask))

    def slice_rows(self, start: int, stop: int) -> "CompanyColumns":
        """Some of the rows."""
        values = {key: value.slice_rows(start, stop) for key, value in self.values.items()}
        sectors, currencies = (column.slice_rows(start, stop) for column in (self.sectors, self.currencies))
        return CompanyColumns(self.ids[start:stop], sectors, values, currencies)

    def with_only(self, names: Container[str]) -> "CompanyColumns":
        """With no other figures and metrics than these."""
        values = {key: v for key, v in self.values.items() if key[0] in names}
        return CompanyColumns(self.ids, self.sectors, values, self.currencies)


class PartyColumns:
    """Companies by their ids: their rows for any row that names one."""

    def __init__(self, parts: Sequence[CompanyColumns], catalogue: Catalogue) -> None:
        ids = np.concatenate([np.array([], object), *(part.ids for part in parts)])
        self.row_of_id = {
            own: place for place, own in reversed(list(enumerate(ids)))
        }  # of an id that stands twice the first
        # a last row of which nothing is known stands for all that are not here
        values: dict[tuple[str, int], IntervalColumn | SymbolColumn] = {}
        for key in dict.fromkeys(key for part in parts for key in part.values):
            found = [part.values[key] for part in parts]
            if isinstance(found[0], SymbolColumn):
                values[key] = _words(found)  # type: ignore[arg-type]
            else:
                values[key] = _numbers(found, catalogue.claimable[key[0]].bounds)  # type: ignore[arg-type]
        self.table = CompanyColumns(
            ids=np.concatenate([ids, np.array([None], object)]),
            sectors=_words([part.sectors for part in parts]),
            values=values,
            currencies=_words([part.currencies for part in parts]),
        )

    def rows(self, named: SymbolColumn) -> CompanyColumns:
        """The company that is named on each row; where there is none, or it is not known, one of which nothing is."""
        places = np.array([*(self.row_of_id.get(word, -1) for word in named.words), -1])
        return self.table.select(places[named.codes] % len(self.table))


def _words(parts: Sequence[SymbolColumn]) -> SymbolColumn:
    """One below the other, and a last row of which nothing is known."""
    return SymbolColumn.of(
        [word for part in parts for word in np.array([*part.words, None], object)[part.codes]] + [None]
    )


def _numbers(parts: Sequence[IntervalColumn], domain: Interval) -> IntervalColumn:
    """One below the other, and a last row of which nothing is known."""
    missing = np.concatenate([*(~part.claimed for part in parts), [True]])
    lo = np.concatenate([*(part.lo for part in parts), [domain.lo]])
    hi = np.concatenate([*(part.hi for part in parts), [domain.hi]])
    return IntervalColumn(lo, hi, missing)


@dataclass
class CompanyRows:
    """The companies of a table as rules see them; of `empty_company` nothing is claimed, `lists` are by kind."""

    table: CompanyColumns
    program: Program
    empty_company: CompanyFacts
    lists: Mapping[str, MemberColumns] = field(default_factory=dict)
    _values: dict[tuple[str, int], ColumnValue] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The id that stands for all of them."""
        return self.empty_company.id

    @cached_property
    def ids(self) -> SymbolColumn:
        """Their own ids."""
        return SymbolColumn(np.arange(len(self.table)), tuple(self.table.ids))

    def value(self, name: str, back: int = 0) -> ColumnValue:
        """A figure or metric, of the settled period or of one so many periods `back`: what is claimed, else worked out."""
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
        """What a metric's formula gives."""
        valid = self._is_valid(metric, back)
        if COLUMNS.is_false(valid):
            return UNBOUNDED
        found = self._formula_value(metric, back)
        if not COLUMNS.is_true(valid):
            found = where(np.broadcast_to(np.equal(valid, TRUE), len(self.table)), found, UNBOUNDED)
        figure = self.empty_company.catalogue.figures.get(metric)
        return clip_to_domain(found, figure.missing) if figure and figure.missing else found

    def validity(self, name: str, back: int = 0) -> TruthColumn:
        """Whether a metric and those in its formula are inside their domains on each row; what is stated is."""
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
        """Whether the condition of a metric holds."""
        condition = self.program.metrics[metric].valid
        if condition is None:
            return TRUE
        evaluator = Evaluator(
            COLUMNS, lambda name: self.value(name.field, back), lambda call: self._aggregate(call, back)
        )
        return evaluator.truth(condition)

    def _formula_value(self, metric: str, back: int) -> NumberColumn:
        """What a metric's formula gives, valid or not."""
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
        """The metrics and statements that are given, with how far their formulas are away, and where that is a conflict."""
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
        """Where figures show a statement to be other than it is claimed to be; the distance is 1 there."""
        shown, rows = self._evaluate(meaning), len(self.table)
        lo, hi = (np.broadcast_to(np.asarray(getattr(shown, end), np.float64), rows) for end in ("lo", "hi"))
        differs = np.zeros(rows, np.bool_)
        for code, word in enumerate(claimed.words):
            differs |= (claimed.codes == code) & (lo == hi) & (lo == (0.0 if word is True else 1.0))
        return IntervalColumn(np.ones(rows), np.ones(rows)), np.where(differs, np.int8(2), np.int8(0))

    def _aggregate(self, call: Call, back: int) -> NumberColumn:
        """prior() of a column; anything over a list that is not given is what it is for a company without lists."""
        if call.function == "prior":
            before = self.value(names_in(call)[0].field, back + 1)
            return before if isinstance(before, IntervalColumn | Interval) else UNBOUNDED
        if back:
            return UNBOUNDED  # of lists only the present members are known
        catalogue = self.empty_company.catalogue
        kind, domain = aggregated_list(call, catalogue)
        if kind not in self.lists:
            return self.empty_company.compute(call)
        return self.lists[kind].aggregate(call, catalogue.kinds[kind], domain)

    def parameter_value(self, rule: Rule, name: str) -> ColumnValue:
        """A parameter of a rule, on every row; one in a currency is any number where amounts are not in that currency."""
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
        """An amount where the rows' amounts are in this currency, any number elsewhere: a table states no rates."""
        own = self.table.currencies
        is_same = np.array([*(word == currency for word in own.words), False])[own.codes]
        return where(is_same, amount, UNBOUNDED)

    def name_lookup(self, rule: Rule) -> Lookup:
        """The values of `company.x` and `params.x`."""

        def find(name: Name) -> ColumnValue:
            if name.scope == COMPANY:
                return self.ids if name.field == COMPANY_ID else self.value(name.field)
            return self.parameter_value(rule, name.field) if name.scope == "params" else None

        return find


def by_sector(sectors: SymbolColumn, value: Callable[[SectorScope], T]) -> Sequence[T]:
    """A value for each word of a column of sectors, and last for none: a missing sector has the code -1."""
    return [value(SectorScope(sector)) for sector in (*map(str, sectors.words), None)]


def no_symbols(rows: int) -> SymbolColumn:
    """A column in which nothing is stated."""
    return SymbolColumn(np.full(rows, -1), ())


def _floats(values: Any) -> FloatArray:
    """Numbers, NaN for those that are infinite: a claim is finite."""
    found = np.asarray(values, np.float64)
    return np.where(np.isinf(found), np.nan, found) if np.isinf(found).any() else found
