"""Provides the values of one company: reconciled figures, and metrics that are computed on demand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from screener.expression.evaluator import Evaluator
from screener.expression.interval import UNBOUNDED, Interval, Missing, Truth
from screener.expression.interval_ops import INTERVALS, NoneOf, Value, number
from screener.expression.list_aggregates import aggregate
from screener.expression.syntax_tree import Call, Expression, Name, names_in
from screener.facts.alignment import LATEST, SAME_YEAR, Alignment, align
from screener.facts.fact import FactBase
from screener.facts.metrics import Metric, aggregated_list, closure, formula_inputs, is_money, value_inputs
from screener.profile.catalogue import Catalogue
from screener.profile.claims import Claim, Period
from screener.profile.currency import NO_RATES, ExchangeRates
from screener.profile.model import Subject
from screener.profile.reconcile import RankedClaim, ReconciledFigure, formula_conflict
from screener.text import Text

_SAME_PERIOD = timedelta(7)  # greatest difference at which a stated metric is compared with the figures of its formula


@dataclass(slots=True)
class CompanyFacts:
    """The figures and metrics of one company; `value` returns one of them, and the whole domain for a missing number."""

    subject: Subject
    catalogue: Catalogue
    metrics: Mapping[str, Metric]
    base: FactBase
    reconciled: dict[str, ReconciledFigure]
    ignored: list[tuple[str, RankedClaim]]
    complete: frozenset[str]  # kinds of relation whose list has no unknown members
    known: bool = True  # False for a company about which no profile states anything
    rates: ExchangeRates = NO_RATES  # from the profile of the screened company
    others: Mapping[str, Mapping[str, Value | NoneOf]] = field(
        default_factory=dict
    )  # kind -> fields of members that are not listed
    _values: dict[tuple[str, int, int], Value] = field(default_factory=dict)
    _latest_values: dict[str, Value] = field(default_factory=dict, init=False)  # by name, latest period
    _validity: dict[tuple[str, int, int], Truth] = field(default_factory=dict)
    _latest_validity: dict[str, Truth] = field(default_factory=dict, init=False)
    _met_conditions: dict[tuple[int, int, int], Truth] = field(default_factory=dict, init=False)  # validity of metrics
    _alignments: dict[tuple[str, ...], Alignment] = field(default_factory=dict)
    _stated: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The company's id."""
        return self.subject.id

    def value(self, name: str, back: int = 0, at: Alignment | None = None) -> Value:
        """Returns a figure or metric by name, for the latest period or for the one `back` periods earlier.

        The inputs of a formula are aligned with each other; inside another formula they use the alignment of that one (`at`).
        """
        if at is None:
            if back == 0 and name in self._latest_values:
                return self._latest_values[name]
            found = self.value(name, back, self.alignment(name))
            if back == 0:
                self._latest_values[name] = found
            return found
        key = name, back, id(at)
        if key not in self._values:
            figure, claim = self.catalogue.figures.get(name), self.claim(name, back, at)
            if claim is not None:
                self._values[key] = claim.value
            elif name in self.metrics:
                self._values[key] = (
                    UNBOUNDED  # rules with such a metric are refused when they are loaded; this only ends the recursion
                )
                found = self.compute_metric(self.metrics[name], back, at)
                self._values[key] = clip_to_domain(found, figure.missing) if figure and figure.missing else found
            else:
                self._values[key] = figure.missing if figure else None
        return self._values[key]

    def claim(self, name: str, back: int = 0, at: Alignment = LATEST) -> RankedClaim | None:
        """Returns the claim of a figure or stated metric that is used for a period; None if there is none."""
        figure = self.reconciled.get(name)
        if figure is None:
            return None
        claim: RankedClaim | None = at.claims.get(name, figure.chosen)
        for _ in range(back):
            claim = figure.before(claim) if claim else None
        return claim

    def alignment(self, *names: str) -> Alignment:
        """Returns the alignment for formulas or comparisons that use these figures and metrics together."""
        if names not in self._alignments:
            stated = frozenset().union(*map(self.stated_inputs, names))
            figures = {name: self.reconciled[name] for name in sorted(stated)}
            self._alignments[names] = align(figures, self.catalogue) if len(figures) > 1 else LATEST
        return self._alignments[names]

    def stated_inputs(self, name: str) -> frozenset[str]:
        """Returns the figures and stated metrics from which a figure or metric is computed; its own name if it is stated."""
        if name not in self._stated:
            self._stated[name] = frozenset((name,)) if name in self.reconciled else frozenset()
            if name in self.metrics and name not in self.reconciled:
                self._stated[name] = self._formula_inputs(self.metrics[name].formula)
        return self._stated[name]

    def _formula_inputs(self, formula: Expression) -> frozenset[str]:
        return frozenset().union(*map(self.stated_inputs, formula_inputs(formula)[0]))

    def set_aside_outdated(self) -> None:
        """Ignores the stated value of a metric, or of a figure with a formula, if the formula gives a later one."""
        stated = [name for name in self.reconciled if name in self.metrics]
        for name in reversed(closure(stated, self.metrics)):  # inputs before the metrics that use them
            chosen = self.reconciled[name].chosen if name in stated else None
            if chosen is None or chosen.period is None or not self._can_compute(self.metrics[name]):
                continue
            periods = self._input_periods(self.metrics[name].formula)
            later = max((period.end for period in periods), default=chosen.period.end)
            if later - chosen.period.end > SAME_YEAR:
                why = Text(f"its formula gives it for {later}", f"按公式可得 {later} 的数值")
                self.ignored.append((name, chosen._replace(reason_unused=why)))
                del self.reconciled[name]
                self._stated.clear()
                self._alignments.clear()
                self._latest_values.clear()
                self._latest_validity.clear()

    def _can_compute(self, metric: Metric) -> bool:
        """Whether figures of a common period are stated for all inputs of a formula."""
        read = formula_inputs(metric.formula)[0]
        known = (n in self.reconciled or (n in self.metrics and self._can_compute(self.metrics[n])) for n in read)
        return all(known) and not self.alignment(*read).apart

    def _input_periods(self, formula: Expression) -> Iterator[Period]:
        """Yields the periods of the claims that a formula uses."""
        at = self.alignment(*formula_inputs(formula)[0])
        for name in self._formula_inputs(formula):
            if (claim := self.claim(name, 0, at)) and claim.period:
                yield claim.period

    def add_formula_conflict(self, name: str) -> None:
        """Adds a conflict if the formula of a stated metric, or the figures behind a statement, contradict the stated value.

        They are compared only if the figures are of the same period as the stated value.
        """
        figure, metric = self.catalogue.figures.get(name), self.metrics.get(name)
        metric = None if figure else metric
        formula = metric.formula if metric else figure.meaning if figure else None
        text = metric.text if metric else figure.means if figure else None
        if formula is None:
            return
        stated = self.reconciled[name]
        when = stated.chosen.period
        if when and any(abs(period.end - when.end) > _SAME_PERIOD for period in self._input_periods(formula)):
            return
        at = self.alignment(*formula_inputs(formula)[0])
        computed: Value = self.compute(formula, 0, at) if metric is None else self.compute_metric(metric, 0, at)
        if figure is not None:
            computed = shown_truth(computed)
        if conflict := formula_conflict(Claim(note=text), computed, stated.chosen):
            self.reconciled[name] = stated._replace(others=(*stated.others, conflict))

    def validity(self, name: str, back: int = 0, at: Alignment | None = None) -> Truth:
        """Whether a metric and the metrics in its formula are valid; a stated value always is."""
        if at is None:
            if back == 0 and name in self._latest_validity:
                return self._latest_validity[name]
            found = self.validity(name, back, self.alignment(name))
            if back == 0:
                self._latest_validity[name] = found
            return found
        if name not in self.metrics or self.claim(name, back) is not None:
            return Truth.TRUE
        key = name, back, id(at)
        if key not in self._validity:
            metric = self.metrics[name]
            found = self._is_valid(metric, back, at)
            for read in value_inputs(metric.formula):
                if read in self.metrics:
                    found = min(found, self.validity(read, back, at))
            self._validity[key] = found
        return self._validity[key]

    def _is_valid(self, metric: Metric, back: int, at: Alignment) -> Truth:
        if metric.valid is None:
            return Truth.TRUE
        key = id(metric.valid), back, id(at)  # many metrics have the same condition
        if key not in self._met_conditions:
            aggregate = partial(self._aggregate, back=back, at=at)
            evaluator: Evaluator[Interval, Truth] = Evaluator(
                INTERVALS, lambda name: self.value(name.field, back, at), aggregate
            )
            self._met_conditions[key] = evaluator.truth(metric.valid)
        return self._met_conditions[key]

    def compute_metric(self, metric: Metric, back: int = 0, at: Alignment = LATEST) -> Interval:
        """Returns the value of a metric's formula, with amounts in the currency that the metric names, if any.

        The result is unbounded if the metric is not valid, or if its validity is not known.
        """
        if self._is_valid(metric, back, at) is not Truth.TRUE:
            return UNBOUNDED
        if metric.currency is None:
            return self.compute(metric.formula, back, at)
        aggregate = partial(self._aggregate, back=back, at=at)

        def in_currency(node: Expression, value: Value) -> Value:
            if isinstance(value, Interval) and is_money(node, self.catalogue, self.metrics):
                return self.rates.convert(value, self.subject.currency, metric.currency)
            return value

        def find(name: Name) -> Value:
            return in_currency(name, self.value(name.field, back, at))

        def find_aggregate(call: Call) -> Interval:
            found = in_currency(call, aggregate(call))
            return found if isinstance(found, Interval) else UNBOUNDED

        return number(metric.formula, find, find_aggregate)

    def compute(self, formula: Expression, back: int = 0, at: Alignment = LATEST) -> Interval:
        """Returns the value of a formula over this company's figures and lists."""
        aggregate = partial(self._aggregate, back=back, at=at)
        return number(formula, lambda name: self.value(name.field, back, at), aggregate)

    def _aggregate(self, call: Call, back: int, at: Alignment) -> Interval:
        if call.function == "prior":
            before = self.value(names_in(call)[0].field, back + 1, at)
            return before if isinstance(before, Interval) else UNBOUNDED
        if back:
            return UNBOUNDED  # lists have no earlier period: only their present members are known
        kind, domain = aggregated_list(call, self.catalogue)
        members = (
            (Truth.TRUE, lambda name, fields=fact.fields: fields.get(name.field))
            for fact in self.base.of(self.id, kind)
            if fact.certain
        )
        fields = {**self.catalogue.unknown_fields[kind], **self.others.get(kind, {})}

        def further(name: Name) -> Value | NoneOf:
            return fields[name.field]

        others = further if kind in self.others else None
        return aggregate(INTERVALS, call, domain, members, Truth.of(kind in self.complete), others)


def shown_truth(value: Value) -> bool | None:
    """Returns the truth of a statement from its formula's value, 1 or 0; None if the figures leave it open."""
    return value.lo == 1.0 if isinstance(value, Interval) and value.is_point and value.lo in (0.0, 1.0) else None


def clip_to_domain(found: Interval, missing: Missing) -> Interval:
    """Limits the result of a formula to the domain of its figure; missing if it is no narrower than the domain."""
    found = found.clip(missing)
    return missing if (found.lo, found.hi) == (missing.lo, missing.hi) else found
