"""Finds the values of a single figure at which comparisons of rules change their result."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from screener.engine.rule_context import compared_at, name_lookup
from screener.explain.match_order import MatchOrder
from screener.explain.threshold_distances import ThresholdComparison
from screener.expression.interval import Interval
from screener.expression.interval_ops import Value, number
from screener.facts.company import CompanyFacts
from screener.facts.fact import COMPANY, Fact
from screener.facts.metrics import RestingMetrics
from screener.facts.world import World
from screener.rules.compiler import Program
from screener.rules.rule import Rule

DIGITS = 3  # significant digits of a value beyond a turning point
FURTHEST_CHANGE = 10.0  # relative to the present value
_TOLERANCE = 1e-6  # tolerance of a root, relative to the sides of a comparison
_PROBES = (1.0, 0.5, 1.5)

Difference = Callable[[float], float | None]
"""A function of a figure's value: by how much the left side of a comparison exceeds the right one; None if that is not
known."""


class TurningPoints:
    """Finds the values of a company's stated figures at which comparisons of rules change their result."""

    def __init__(self, program: Program, world: World, order: MatchOrder) -> None:
        self.program, self.world, self.order = program, world, order
        self.company = world.companies[world.main]
        self._same: dict[str, dict[tuple[str, int, int], Value]] = {}
        self._found: dict[str, tuple[tuple[str, float], ...]] = {}
        self._companies: dict[tuple[str, float], CompanyFacts] = {}
        self._levers = {
            name: figure.chosen.value.lo
            for name, figure in self.company.reconciled.items()
            if isinstance(figure.chosen.value, Interval) and figure.chosen.value.is_point
        }
        # for a figure that is 0 now, the order of magnitude is that of the largest one
        self._scale = max(map(abs, self._levers.values()), default=1.0) or 1.0

    def of_rule(self, rule: Rule) -> tuple[tuple[str, float], ...]:
        """Yields each figure that a rule compares, with a value just beyond a turning point of a comparison; each pair
        once."""
        if rule.id not in self._found:
            self._found[rule.id] = tuple(dict.fromkeys(self._pairs(rule)))
        return self._found[rule.id]

    def _pairs(self, rule: Rule) -> Iterator[tuple[str, float]]:
        seen = set[tuple[str, ...]]()  # alternatives of a rule may have the same comparisons
        for patterns in self.order.meter.comparisons(rule):
            for pattern, comparisons in patterns:
                for comparison in comparisons if pattern.owner is None else ():
                    figures = sorted(self._figures(comparison) & self._levers.keys())
                    binding = self._binding(rule, comparison) if figures else None
                    if binding is None:
                        continue
                    key = comparison.source, *(binding[name].id for name in sorted(comparison.scopes))
                    if key not in seen:
                        seen.add(key)
                        for figure in figures:
                            for value in self._turns(rule, comparison, binding, figure):
                                yield figure, value

    def _binding(self, rule: Rule, comparison: ThresholdComparison) -> Mapping[str, Fact] | None:
        """Returns the facts that a comparison reads; None if none is bound."""
        if not comparison.scopes:
            return {}
        matches = self.order.matches(rule, self.company.id)
        return next((match.binding for match in matches if comparison.scopes <= match.binding.keys()), None)

    def _figures(self, comparison: ThresholdComparison) -> frozenset[str]:
        """Returns the figures that a comparison reads, also through the formulas of metrics that are not stated."""
        read = (self.company.stated_inputs(name.field) for name in comparison.names if name.scope == COMPANY)
        return frozenset().union(*read)

    def _turns(
        self, rule: Rule, comparison: ThresholdComparison, binding: Mapping[str, Fact], figure: str
    ) -> Iterator[float]:
        now, bounds = self.value(figure), self.program.catalogue.claimable[figure].bounds

        def difference(value: float) -> float | None:
            company = self._company_with(figure, value)
            at = compared_at(company, comparison.left, comparison.right)
            lookup = name_lookup(rule, company, binding, self.program.catalogue, at)
            left, right = number(comparison.left, lookup), number(comparison.right, lookup)
            exact = left.is_point and right.is_point and math.isfinite(left.lo - right.lo)
            return left.lo - right.lo if exact else None

        root = turning_point(difference, now or self._scale)
        if root is None:
            return
        value = beyond(root, now, self._scale)
        change = abs(value - now) / (abs(now) or self._scale)
        if bounds.lo <= value <= bounds.hi and 0 < change <= FURTHEST_CHANGE:
            yield value

    def value(self, figure: str) -> float:
        """Returns the present value of a figure."""
        return self._levers[figure]

    def _company_with(self, figure: str, value: float) -> CompanyFacts:
        """Returns the company with another value of a figure in its period, so that it is combined with the same
        claims."""
        if value == self._levers[figure]:
            return self.company
        key = figure, value
        if key not in self._companies:
            stated = self.company.reconciled[figure]
            changed = stated._replace(chosen=stated.chosen._replace(value=Interval.point(value)))
            reconciled = {**self.company.reconciled, figure: changed}
            self._companies[key] = replace(
                self.company, reconciled=reconciled, _values=dict(self._without(figure)), _validity={}
            )
        return self._companies[key]

    def _without(self, figure: str) -> Mapping[tuple[str, int, int], Value]:
        """Returns the values of the company that do not depend on a figure."""
        if figure not in self._same:
            rests = RestingMetrics.of(self.program.metrics).on(figure)
            self._same[figure] = {key: value for key, value in self.company._values.items() if key[0] not in rests}
        return self._same[figure]


def turning_point(difference: Difference, near: float) -> float | None:
    """Returns the value at which a difference is 0, exactly, if it is a ratio of two linear functions of the value;
    else None.

    Every comparison of sums, products with constants and quotients of figures is such a ratio in each of its figures.
    """
    rows: list[tuple[float, float, float, float]] = []
    for factor in _PROBES:
        x = near * factor
        y = difference(x)
        if y is None:
            return None
        rows.append((1.0, x, -y * x, y))
    a, b = _solve(rows)
    if not b:
        return None
    root = -a / b
    at_root = difference(root) if math.isfinite(root) else None
    spread = max(abs(y) for *_, y in rows)
    return root if at_root is not None and abs(at_root) <= _TOLERANCE * max(spread, 1e-300) else None


def _solve(rows: list[tuple[float, float, float, float]]) -> tuple[float, float]:
    """Solves y = (a + b x) / (c + d x) for a and b through three points; a straight line (d = 0) if they lie on one."""
    (_, x0, _, y0), (_, x1, _, y1), (_, x2, _, y2) = rows
    first, second = (y1 - y0) / (x1 - x0), (y2 - y1) / (x2 - x1)
    if math.isclose(first, second, rel_tol=1e-9):
        return y0 - first * x0, first
    # eliminate a, then b: b (xi - x0) - d (yi xi - y0 x0) = yi - y0
    p1, p2 = (y1 * x1 - y0 * x0) / (x1 - x0), (y2 * x2 - y0 * x0) / (x2 - x0)
    slope1, slope2 = first, (y2 - y0) / (x2 - x0)
    if math.isclose(p1, p2, rel_tol=1e-9):  # y = a / x + b
        return y0 * x0 - p1 * x0, p1
    d = (slope1 - slope2) / (p2 - p1)
    b = slope1 + d * p1
    return y0 + d * y0 * x0 - b * x0, b


def beyond(root: float, now: float, scale: float) -> float:
    """Returns the next value with DIGITS significant digits beyond a turning point, seen from the present value."""
    upward = root >= now
    if root == 0 or abs(root) < 1e-12 * scale:
        return math.copysign(abs(now or scale) / 10**DIGITS, 1 if upward else -1)
    step = 10.0 ** (math.floor(math.log10(abs(root))) - DIGITS + 1)
    steps = root / step
    nearest = round(steps)
    whole = nearest if math.isclose(steps, nearest, rel_tol=1e-9) else math.floor(steps) if upward else math.ceil(steps)
    return float(f"{(whole + (1 if upward else -1)) * step:.12g}")
