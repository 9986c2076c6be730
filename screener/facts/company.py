"""Values of one company: settled figures, and metrics computed from them when asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from screener.expression.evaluator import aggregate
from screener.expression.interval import UNBOUNDED, Interval, Missing, Truth
from screener.expression.interval_ops import INTERVALS, Value, number
from screener.expression.syntax_tree import Call, Expression, names_in
from screener.facts.fact import FactBase
from screener.facts.metrics import Metric, aggregated_list, closure, formula_inputs
from screener.profile.catalogue import Catalogue
from screener.profile.claims import Claim
from screener.profile.model import Subject
from screener.profile.reconcile import RankedClaim, ReconciledFigure, formula_conflict


@dataclass(slots=True)
class CompanyFacts:
    """What is known of one company; `value` gives a figure or metric, a missing number as its whole domain."""

    subject: Subject
    catalogue: Catalogue
    metrics: Mapping[str, Metric]
    base: FactBase
    reconciled: Mapping[str, ReconciledFigure]
    ignored: tuple[tuple[str, RankedClaim], ...]
    complete: frozenset[str]  # kinds of which all members are known
    known: bool = True  # False for a company of which the profile says nothing
    _values: dict[tuple[str, int], Value] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The company's id."""
        return self.subject.id

    def value(self, name: str, back: int = 0) -> Value:
        """A figure or metric by name, of the settled period or of one so many periods `back`."""
        key = name, back
        if key not in self._values:
            figure, settled = self.catalogue.figures.get(name), self.reconciled.get(name)
            held = settled.periods_back(back) if settled else None
            if held is not None:
                self._values[key] = held.value
            elif name in self.metrics:
                self._values[key] = (
                    UNBOUNDED  # a metric that reads itself is refused at load; this only ends the recursion
                )
                found = self.compute(self.metrics[name].formula, back)
                self._values[key] = clip_to_domain(found, figure.missing) if figure and figure.missing else found
            else:
                self._values[key] = figure.missing if figure else None
        return self._values[key]

    def against_formula(self, name: str) -> ReconciledFigure | None:
        """A stated metric with what its formula gives beside it, if the figures are of its time and the two disagree."""
        if name not in self.metrics or name in self.catalogue.figures:
            return None
        metric, stated = self.metrics[name], self.reconciled[name]
        if stated.chosen.period and any(
            (held := self.reconciled[read].chosen).period and abs((held.period.end - stated.chosen.period.end).days) > 7
            for read in closure(formula_inputs(metric.formula)[0], self.metrics)
            if read in self.reconciled
        ):
            return None
        beside = formula_conflict(Claim(note=metric.text), self.compute(metric.formula), stated.chosen)
        return stated._replace(others=(*stated.others, beside)) if beside else None

    def compute(self, formula: Expression, back: int = 0) -> Interval:
        """The value of a formula over this company's figures and lists."""
        return number(formula, lambda name: self.value(name.field, back), partial(self._aggregate, back=back))

    def _aggregate(self, call: Call, back: int) -> Interval:
        if call.function == "prior":
            before = self.value(names_in(call)[0].field, back + 1)
            return before if isinstance(before, Interval) else UNBOUNDED
        if back:
            return UNBOUNDED  # of lists only the present members are known
        kind, domain = aggregated_list(call, self.catalogue)
        members = (
            (Truth.TRUE, lambda name, fields=fact.fields: fields.get(name.field))
            for fact in self.base.of(self.id, kind)
            if fact.certain
        )
        return aggregate(INTERVALS, call, domain, members, Truth.of(kind in self.complete))


def clip_to_domain(found: Interval, missing: Missing) -> Interval:
    """What a formula says of a figure, inside its domain; missing where that is no more than the domain."""
    found = found.clip(missing)
    return missing if (found.lo, found.hi) == (missing.lo, missing.hi) else found


def parameter_for_sector(
    default: float, values: Mapping[str, float], sector: str | None, catalogue: Catalogue
) -> Interval:
    """A parameter for a company's sector: the nearest value upward; without a sector, all that it may be."""
    if sector is None:
        lo, hi = min(default, *values.values()), max(default, *values.values())
        return Interval(lo, hi)
    return Interval.point(next((values[s] for s in catalogue.ancestry(sector) if s in values), default))


def in_scope(only_for: frozenset[str], not_for: frozenset[str], sector: str | None, catalogue: Catalogue) -> Truth:
    """Whether a rule that names sectors is for a company of this sector; each name covers all sectors below it.

    A company without a sector leaves it unknown. The stated sector counts as it is stated: a rule that excludes only a
    part of it applies; a rule that is only for a part of it stays unknown until the sector is stated more narrowly.
    """
    if not only_for and not not_for:
        return Truth.TRUE
    if sector is None:
        return Truth.UNKNOWN
    own = catalogue.ancestry(sector)
    if not_for.intersection(own):
        return Truth.FALSE
    if not only_for or only_for.intersection(own):
        return Truth.TRUE
    return Truth.UNKNOWN if only_for.intersection(catalogue.below(sector)) else Truth.FALSE
