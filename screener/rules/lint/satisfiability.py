"""Decides whether a condition can hold at all, always holds, or follows from another one.

Conditions are put in disjunctive normal form; in each disjunct every term is kept as the range that is left of its domain.
This is sound but not complete: a condition reported as impossible is impossible, but not all impossible ones are found.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import islice, product

from screener.expression.interval import INF, UNBOUNDED, Interval, Truth, upper
from screener.expression.interval_ops import INTERVALS, number
from screener.expression.list_aggregates import aggregate
from screener.expression.printer import format_expression
from screener.expression.syntax_tree import (
    MIRRORED_OP,
    And,
    Bool,
    Call,
    Compare,
    Expression,
    Name,
    Not,
    Number,
    Or,
    Word,
    names_in,
    replace_names,
)
from screener.facts.fact import COMPANY
from screener.facts.metrics import Metric, aggregated_list, dependency_order
from screener.profile.catalogue import Catalogue, TypedEntry
from screener.rules.rule import Rule

MOST_DISJUNCTS = 64


@dataclass(frozen=True, slots=True)
class RemainingRange:
    """The numbers that are left: an interval of which either end may itself be excluded, without single points."""

    lo: float = -INF
    hi: float = INF
    lo_excluded: bool = False
    hi_excluded: bool = False
    excluded: frozenset[float] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether no number is left, equal ones (`interval.upper`) included."""
        if self.lo == self.hi and (self.lo in self.excluded or self.lo in (INF, -INF)):
            return True
        return self.lo >= self.hi if self.lo_excluded or self.hi_excluded else self.lo > upper(upper(self.hi))

    def restricted(self, op: str, value: float) -> "RemainingRange":
        """What is left where `op value` holds too."""
        match op:
            case ">" | ">=":
                if value > self.lo:
                    return replace(self, lo=value, lo_excluded=op == ">")
                return replace(self, lo_excluded=self.lo_excluded or (value == self.lo and op == ">"))
            case "<" | "<=":
                if value < self.hi:
                    return replace(self, hi=value, hi_excluded=op == "<")
                return replace(self, hi_excluded=self.hi_excluded or (value == self.hi and op == "<"))
            case "==":
                return self.restricted(">=", value).restricted("<=", value)
        return replace(self, excluded=self.excluded | {value})

    def is_within(self, other: "RemainingRange") -> bool:
        """Whether all that is left here is left there."""
        low = self.lo >= other.lo if self.lo_excluded or not other.lo_excluded else self.lo > upper(upper(other.lo))
        high = self.hi <= other.hi if self.hi_excluded or not other.hi_excluded else other.hi > upper(upper(self.hi))
        return low and high and all(v in self.excluded or self.restricted("==", v).is_empty for v in other.excluded)


@dataclass(slots=True)
class Disjunct:
    """One way in which a condition may hold: the range of each number, and what each word or truth value is and is not."""

    ranges: dict[str, RemainingRange] = field(default_factory=dict)
    equal: dict[str, str | bool] = field(default_factory=dict)
    unequal: dict[str, frozenset[str | bool]] = field(default_factory=dict)
    possible: bool = True

    def implies(self, other: "Disjunct") -> bool:
        """Whether whatever meets this disjunct meets the other one."""
        for key, wider in other.ranges.items():
            if key not in self.ranges or not self.ranges[key].is_within(wider):
                return False
        for key, value in other.equal.items():
            if self.equal.get(key) != value:
                return False
        return all(
            values <= self.unequal.get(key, frozenset()) or (key in self.equal and self.equal[key] not in values)
            for key, values in other.unequal.items()
        )

    def require(self, key: str, value: str | bool) -> None:
        """Adds that a word or truth value is equal to `value`."""
        if self.equal.setdefault(key, value) != value or value in self.unequal.get(key, ()):
            self.possible = False

    def rule_out(self, key: str, value: str) -> None:
        """Adds that a word is not `value`."""
        self.unequal[key] = self.unequal.get(key, frozenset()) | {value}
        self.possible = self.possible and self.equal.get(key) != value


class FigureDomains:
    """The domains of figures and metrics; the domain of each metric is computed once, after those that it uses."""

    def __init__(self, catalogue: Catalogue, metrics: Mapping[str, Metric]) -> None:
        self.catalogue, self.metrics = catalogue, metrics
        self._of_metrics: dict[str, Interval] = {}
        for name in dependency_order(metrics)[0]:
            self._of_metrics[name] = number(metrics[name].formula, lambda n: self.of(n.field), self._aggregate)

    def of(self, name: str) -> Interval:
        """The domain of a figure, or of a metric by its formula."""
        if name in self.metrics:
            return self._of_metrics.get(name, UNBOUNDED)
        figure = self.catalogue.figures.get(name)
        return figure.bounds if figure else UNBOUNDED

    def _aggregate(self, call: Call) -> Interval:
        if call.function == "prior":
            return self.of(names_in(call)[0].field)
        try:
            _, domain = aggregated_list(call, self.catalogue)
        except KeyError:  # a list or field that does not exist is reported where the metric is read
            return UNBOUNDED
        return aggregate(INTERVALS, call, domain, (), Truth.FALSE)


class SatisfiabilityChecker:
    """Checks conditions of one rule, with its parameters at given values and all names within their domains."""

    def __init__(
        self, rule: Rule, domains: FigureDomains, kinds: Mapping[str, str], sector: tuple[str, str] | None = None
    ) -> None:
        self.rule, self.domains, self.kinds = rule, domains, kinds
        self.sector = sector  # a parameter, and the sector whose value of it is used

    def can_hold(self, condition: Expression) -> bool:
        """Whether a condition can hold; true where it has too many disjuncts to look at."""
        return self.disjuncts(condition) != []

    def disjuncts(self, condition: Expression) -> list[Disjunct] | None:
        """The ways in which a condition may hold; None where there are too many to look at."""
        found = _disjunctive_normal_form(condition)
        if len(found) > MOST_DISJUNCTS:
            return None
        return [disjunct for terms in found if (disjunct := self._disjunct(terms)).possible]

    def domain(self, node: Expression) -> Interval:
        """The interval of possible values of a formula."""
        return number(node, self._domain_of)

    def typed(self, name: Name) -> Metric | TypedEntry | None:
        """The figure, metric or field that a name stands for."""
        if name.scope == COMPANY:
            return self.domains.metrics.get(name.field) or self.domains.catalogue.figures.get(name.field)
        kind = self.domains.catalogue.kinds.get(self.kinds.get(name.scope, ""))
        return kind.fields.get(name.field) if kind else None

    def _disjunct(self, terms: tuple[Expression, ...]) -> Disjunct:
        found = Disjunct()
        for term in terms:
            self._add(found, term)
        found.possible = found.possible and not any(r.is_empty for r in found.ranges.values())
        return found

    def _add(self, disjunct: Disjunct, term: Expression) -> None:
        match term:
            case Bool(value):
                disjunct.possible = disjunct.possible and value
            case Name() | Call():
                disjunct.require(format_expression(term), True)
            case Not(item):
                disjunct.require(format_expression(item), False)
            case Compare(op, left, right):
                if self._constant(left) is None and self._constant(right) is None and not self._is_symbol(left):
                    self._compare_numbers(disjunct, op, left, right)
                else:
                    self._compare_symbols(disjunct, op, left, right)

    def _compare_symbols(self, disjunct: Disjunct, op: str, left: Expression, right: Expression) -> None:
        a, b = self._constant(left), self._constant(right)
        if a is not None and b is not None:
            disjunct.possible = disjunct.possible and (a == b) == (op == "==")
            return
        if a is None and b is None:
            disjunct.require(" is ".join(sorted(map(format_expression, (left, right)))), op == "==")
            return
        key, value = (format_expression(left), b) if a is None else (format_expression(right), a)
        if isinstance(value, bool):
            disjunct.require(key, value == (op == "=="))
        elif isinstance(value, str):
            (disjunct.require if op == "==" else disjunct.rule_out)(key, value)

    def _compare_numbers(self, disjunct: Disjunct, op: str, left: Expression, right: Expression) -> None:
        a, b = self.domain(left), self.domain(right)
        if a.is_point and not b.is_point:
            left, right, op, a, b = right, left, MIRRORED_OP[op], b, a
        key, domain, value = format_expression(left), a, b.lo
        if not b.is_point:
            first, second = format_expression(left), format_expression(right)
            if first > second:
                first, second, op, a, b = second, first, MIRRORED_OP[op], b, a
            key, domain, value = f"{first} - {second}", a - b if first != second else Interval(0.0, 0.0), 0.0
        remaining = disjunct.ranges.get(key, RemainingRange(domain.lo, domain.hi))
        disjunct.ranges[key] = remaining.restricted(op, value)

    def _constant(self, node: Expression) -> str | bool | None:
        """The word or truth value of a constant node; None for numbers and names."""
        match node:
            case Word(value) | Bool(value):
                return value
            case Name("params", param):
                given = self.rule.params[param].value
                return given if isinstance(given, str | bool) else None
        return None

    def _is_symbol(self, node: Expression) -> bool:
        typed = self.typed(node) if isinstance(node, Name) and node.scope != "params" else None
        return typed is not None and not typed.type.is_number

    def _domain_of(self, name: Name) -> Interval:
        if name.scope == "params":
            param = self.rule.params[name.field]
            value = param.sectors[self.sector[1]] if self.sector and self.sector[0] == name.field else param.value
            return Interval.point(float(value)) if isinstance(value, int | float) else UNBOUNDED
        if name.scope == COMPANY:
            return self.domains.of(name.field)
        typed = self.typed(name)
        return typed.bounds if isinstance(typed, TypedEntry) else UNBOUNDED


def _disjunctive_normal_form(node: Expression) -> list[tuple[Expression, ...]]:
    """A condition in negation normal form as a disjunction of conjunctions; cut off after MOST_DISJUNCTS + 1."""
    match node:
        case And(items):
            parts = map(_disjunctive_normal_form, items)
            return [
                tuple(t for terms in chosen for t in terms) for chosen in islice(product(*parts), MOST_DISJUNCTS + 1)
            ]
        case Or(items):
            return [terms for item in items for terms in _disjunctive_normal_form(item)][: MOST_DISJUNCTS + 1]
    return [(node,)]


def with_parameter_values(node: Expression, rule: Rule) -> Expression:
    """The same condition with parameters replaced by their values."""

    def value_of(name: Name) -> Expression:
        if name.scope != "params":
            return name
        value = rule.params[name.field].value
        if isinstance(value, bool):
            return Bool(value, name.offset)
        return Word(value, name.offset) if isinstance(value, str) else Number(float(value), name.offset)

    return replace_names(node, value_of)
