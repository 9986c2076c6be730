"""What a condition leaves possible: whether it can hold at all, always holds, or follows from another one.

Conditions are put in disjunctive normal form; in each way to hold every term is kept as the interval that is left of
its domain. That is sound, not complete: what is called impossible is impossible, and some that is may pass.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import islice, product

from screener.expression.interval import INF, UNBOUNDED, Interval
from screener.expression.interval_ops import number
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
)
from screener.facts.fact import COMPANY
from screener.facts.metrics import Metric
from screener.profile.catalogue import Catalogue, TypedEntry
from screener.rules.rule import Rule

MOST_WAYS = 64


@dataclass(frozen=True, slots=True)
class RemainingRange:
    """The numbers that are left: an interval of which either end may itself be out, without single points."""

    lo: float = -INF
    hi: float = INF
    above: bool = False  # lo itself is out
    below: bool = False  # hi itself is out
    never: frozenset[float] = frozenset()

    @property
    def empty(self) -> bool:
        """Whether no number is left."""
        if self.lo > self.hi or (self.lo == self.hi and (self.above or self.below or self.lo in self.never)):
            return True
        return self.lo == self.hi and self.lo in (INF, -INF)

    def cut(self, op: str, value: float) -> "RemainingRange":
        """What is left where `op value` holds too."""
        match op:
            case ">" | ">=":
                if value > self.lo:
                    return replace(self, lo=value, above=op == ">")
                return replace(self, above=self.above or (value == self.lo and op == ">"))
            case "<" | "<=":
                if value < self.hi:
                    return replace(self, hi=value, below=op == "<")
                return replace(self, below=self.below or (value == self.hi and op == "<"))
            case "==":
                return self.cut(">=", value).cut("<=", value)
        return replace(self, never=self.never | {value})

    def within(self, other: "RemainingRange") -> bool:
        """Whether all that is left here is left there."""
        low = self.lo > other.lo or (self.lo == other.lo and (self.above or not other.above))
        high = self.hi < other.hi or (self.hi == other.hi and (self.below or not other.below))
        return low and high and all(v in self.never or self.cut("==", v).empty for v in other.never)


@dataclass(slots=True)
class Disjunct:
    """One way in which a condition may hold: what is left of each number, and what each word or truth is and is not."""

    spans: dict[str, RemainingRange] = field(default_factory=dict)
    held: dict[str, str | bool] = field(default_factory=dict)
    apart: dict[str, frozenset[str | bool]] = field(default_factory=dict)
    possible: bool = True

    def implies(self, other: "Disjunct") -> bool:
        """Whether whatever holds in this way holds in the other one."""
        for key, span in other.spans.items():
            if key not in self.spans or not self.spans[key].within(span):
                return False
        for key, value in other.held.items():
            if self.held.get(key) != value:
                return False
        return all(value <= self.apart.get(key, frozenset()) or (key in self.held and self.held[key] not in value)
                   for key, value in other.apart.items())  # fmt: skip


class SatisfiabilityChecker:
    """Judges conditions of one rule, with its parameters at given values and all names within their domains."""

    def __init__(
        self,
        rule: Rule,
        catalogue: Catalogue,
        metrics: Mapping[str, Metric],
        kinds: Mapping[str, str],
        sector: tuple[str, str] | None = None,
    ) -> None:
        self.rule, self.catalogue, self.metrics, self.kinds = rule, catalogue, metrics, kinds
        self.sector = sector  # a parameter, and the sector whose value of it is meant

    def ways(self, condition: Expression) -> list[Disjunct] | None:
        """The ways in which a condition may hold; None where there are too many to look at."""
        found = list(islice(self._split(condition), MOST_WAYS + 1))
        if len(found) > MOST_WAYS:
            return None
        return [way for atoms in found if (way := self._way(atoms)).possible]

    def domain(self, node: Expression) -> Interval:
        """All that a formula may come to."""
        return number(node, self._domain_of)

    def _split(self, node: Expression) -> "list[tuple[Expression, ...]]":
        match node:
            case And(items):
                parts = [self._split(i) for i in items]
                return [tuple(a for p in chosen for a in p) for chosen in islice(product(*parts), MOST_WAYS + 1)]
            case Or(items):
                return [way for i in items for way in self._split(i)][: MOST_WAYS + 1]
        return [(node,)]

    def _way(self, atoms: tuple[Expression, ...]) -> Disjunct:
        way = Disjunct()
        for atom in atoms:
            self._add(way, atom)
        way.possible = way.possible and not any(s.empty for s in way.spans.values())
        return way

    def _add(self, way: Disjunct, atom: Expression) -> None:
        match atom:
            case Bool(value):
                way.possible = way.possible and value
            case Name() | Call():
                self._hold(way, format_expression(atom), True)
            case Not(item):
                self._hold(way, format_expression(item), False)
            case Compare(op, left, right):
                one, two = self._symbol(left), self._symbol(right)
                if one is not None or two is not None or self._is_symbol(left):
                    self._compare_words(way, op, left, right)
                else:
                    self._compare_numbers(way, op, left, right)

    def _compare_words(self, way: Disjunct, op: str, left: Expression, right: Expression) -> None:
        one, two = self._symbol(left), self._symbol(right)
        if one is not None and two is not None:
            way.possible = way.possible and (one == two) == (op == "==")
        elif one is None and two is None:
            key = " is ".join(sorted((format_expression(left), format_expression(right))))
            self._hold(way, key, op == "==")
        else:
            name, value = (left, two) if one is None else (right, one)
            assert value is not None
            if op == "==":
                self._hold(way, format_expression(name), value)
            elif isinstance(value, bool):
                self._hold(way, format_expression(name), not value)
            else:
                key = format_expression(name)
                way.apart[key] = way.apart.get(key, frozenset()) | {value}
                way.possible = way.possible and way.held.get(key) != value

    def _compare_numbers(self, way: Disjunct, op: str, left: Expression, right: Expression) -> None:
        a, b = self.domain(left), self.domain(right)
        if a.is_point and not b.is_point:
            left, right, op, a, b = right, left, MIRRORED_OP[op], b, a
        if b.is_point:
            key, span, value = format_expression(left), RemainingRange(a.lo, a.hi), b.lo
        else:
            if format_expression(left) > format_expression(right):
                left, right, op = right, left, MIRRORED_OP[op]
                a, b = b, a
            gap = a - b if format_expression(left) != format_expression(right) else Interval(0.0, 0.0)
            key, span, value = (
                f"{format_expression(left)} - {format_expression(right)}",
                RemainingRange(gap.lo, gap.hi),
                0.0,
            )
        way.spans[key] = way.spans.get(key, span).cut(op, value)

    def _hold(self, way: Disjunct, key: str, value: str | bool) -> None:
        if way.held.setdefault(key, value) != value or value in way.apart.get(key, ()):
            way.possible = False

    def _symbol(self, node: Expression) -> str | bool | None:
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

    def typed(self, name: Name) -> "Metric | TypedEntry | None":
        """The figure, metric or field that a name stands for."""
        if name.scope == COMPANY:
            return self.metrics.get(name.field) or self.catalogue.figures.get(name.field)
        kind = self.catalogue.kinds.get(self.kinds.get(name.scope, ""))
        return kind.fields.get(name.field) if kind else None

    def _domain_of(self, name: Name) -> Interval:
        if name.scope == "params":
            param = self.rule.params[name.field]
            value = param.sectors[self.sector[1]] if self.sector and self.sector[0] == name.field else param.value
            return Interval.point(float(value)) if isinstance(value, int | float) else UNBOUNDED
        if name.scope in ("", COMPANY) and name.field in self.metrics:
            return number(self.metrics[name.field].formula, self._domain_of, self._aggregate)
        if name.scope in ("", COMPANY):
            figure = self.catalogue.figures.get(name.field)
            return figure.bounds if figure else UNBOUNDED
        typed = self.typed(name)
        return typed.bounds if isinstance(typed, TypedEntry) else UNBOUNDED

    def _aggregate(self, node: Call) -> Interval:
        first = node.arguments[0]
        if node.function == "count":
            return Interval(0.0, INF)
        if node.function == "prior" and isinstance(first, Name):
            return self._domain_of(Name(COMPANY, first.field))
        kind = next((self.catalogue.all_lists.get(n.scope) for n in names_in(first) if n.scope), None)
        field_of = self.catalogue.kinds[kind].fields.get(first.field) if kind and isinstance(first, Name) else None
        if field_of is None:
            return UNBOUNDED
        if node.function in ("min", "max"):
            return field_of.bounds
        return Interval(0.0, INF) if field_of.bounds.lo >= 0 else UNBOUNDED


def with_parameter_values(node: Expression, rule: Rule) -> Expression:
    """The same condition with parameters replaced by their values."""
    match node:
        case Name("params", field, at):
            value = rule.params[field].value
            if isinstance(value, bool):
                return Bool(value, at)
            return Word(value, at) if isinstance(value, str) else Number(float(value), at)
        case Compare(op, left, right, at):
            return Compare(op, with_parameter_values(left, rule), with_parameter_values(right, rule), at)
        case And(items, at):
            return And(tuple(with_parameter_values(i, rule) for i in items), at)
        case Or(items, at):
            return Or(tuple(with_parameter_values(i, rule) for i in items), at)
        case Not(item, at):
            return Not(with_parameter_values(item, rule), at)
    return node
