"""Rules that compare figures of the company with constants, decided in groups.

Only the place of a figure among the constants matters to such a rule, not the figure itself. Each group therefore keeps
its decisions by the places of its figures, and evaluates its conditions only where the places are new.
"""

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Mapping
from math import inf, nextafter
from typing import NamedTuple

from screener.engine.durable.rule_plans import RulePlan, own_decision
from screener.engine.figure_conditions import constant_value
from screener.engine.protocol import Decision
from screener.expression.interval import Interval, Truth, lower, upper
from screener.expression.syntax_tree import comparisons, fields_in
from screener.facts.company import CompanyFacts
from screener.facts.fact import COMPANY

MOST_KEPT = 1024  # greatest number of places of figures for which a group keeps decisions


class ComparedFigure(NamedTuple):
    """A figure, and the least number of each range within which its comparisons with constants have one result."""

    name: str
    steps: tuple[float, ...]

    def place(self, company: CompanyFacts) -> Hashable:
        """Returns the ranges in which the ends of the figure lie; the value itself if it is not a number."""
        value = company.value(self.name)
        if not isinstance(value, Interval):
            return value
        low = bisect_right(self.steps, value.lo)
        return low, low if value.lo == value.hi else bisect_right(self.steps, value.hi)


class FigureRules:
    """Rules that read the same figures and apply to the same companies.

    `guard` is the first rule that applies to the same companies, or None if they apply to all; `everyone` is whether
    they are also decided for companies other than the main one.
    """

    def __init__(self, plans: Iterable[RulePlan], guard: str | None, everyone: bool) -> None:
        self.plans, self.guard, self.everyone = tuple(plans), guard, everyone
        self.rules = tuple(plan.rule.id for plan in self.plans)
        self.figures = _compared_figures(self.plans)
        self._kept: dict[Hashable, tuple[Decision, ...]] = {}

    def decisions(self, company: CompanyFacts, applies: Truth) -> tuple[Decision, ...]:
        """Returns the decisions of `rules` for a company, given whether they apply to it."""
        places = (applies, *[figure.place(company) for figure in self.figures])
        found = self._kept.get(places)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            found = self._kept[places] = tuple(_decision(plan, company, applies) for plan in self.plans)
        return found


def figure_rules(plans: Iterable[RulePlan]) -> tuple[FigureRules, ...]:
    """Returns the groups of the rules that compare figures with constants and read nothing else."""
    groups: dict[tuple[Hashable, ...], list[RulePlan]] = {}
    for plan in plans:
        if plan.compares_figures:
            read = frozenset(_limits(plan))
            groups.setdefault((read, plan.guard, plan.everyone), []).append(plan)
    return tuple(FigureRules(found, found[0].guard, found[0].everyone) for found in groups.values())


def _compared_figures(plans: Iterable[RulePlan]) -> tuple[ComparedFigure, ...]:
    limits: dict[str, set[float]] = {}
    for plan in plans:
        for name, constants in _limits(plan).items():
            limits.setdefault(name, set()).update(constants)
    return tuple(ComparedFigure(name, _steps(limits[name])) for name in sorted(limits))


def _limits(plan: RulePlan) -> Mapping[str, set[float]]:
    """Returns the figures that a rule reads, each with the numbers with which it is compared."""
    found: dict[str, set[float]] = {}
    for own in plan.own or ():
        for condition in own.alternative.conditions:
            for name in fields_in(condition, COMPANY):
                found.setdefault(name, set())
            for comparison in comparisons(condition):
                (name,) = fields_in(comparison, COMPANY)
                for side in (comparison.left, comparison.right):
                    if isinstance(limit := constant_value(plan.rule, side), float):
                        found[name].add(limit)
    return found


def _steps(limits: Iterable[float]) -> tuple[float, ...]:
    """Returns the least number that is not below each limit, and the least one above it, in order."""
    return tuple(sorted({step for limit in limits for step in (lower(limit), nextafter(upper(limit), inf))}))


def _decision(plan: RulePlan, company: CompanyFacts, applies: Truth) -> Decision:
    return own_decision(tuple((own.alternative.key[1], own.function(company)) for own in plan.own or ()), applies)
