"""Compiles conditions on the figures of one company to functions: made once for a rule, then called with the facts of
any company.

They give the same results as the evaluator (`rule_context.RuleContext.holds`). Only conditions that read figures one at
a time become functions: comparisons with constants, statements, and their combinations with `and`, `or` and `not`.
"""

from collections.abc import Callable, Sequence

from screener.expression.interval import Interval, Truth, compare, lower, upper
from screener.expression.interval_ops import IntervalOps
from screener.expression.syntax_tree import MIRRORED_OP, And, Bool, Compare, Expression, Name, Not, Number, Or, Word
from screener.facts.company import CompanyFacts
from screener.facts.fact import COMPANY, COMPANY_ID
from screener.rules.rule import Rule

FigureCondition = Callable[[CompanyFacts], Truth]
"""A function that returns whether a condition holds for a company."""

_FALSE, _UNKNOWN, _TRUE = Truth


def figure_condition(rule: Rule, node: Expression) -> FigureCondition | None:
    """Returns a condition of a rule as a function; None if it is not of a form that this module supports."""
    match node:
        case Bool(value):
            return _always(Truth.of(value))
        case Name(scope, field) if _is_figure(scope, field):
            return _statement(field)
        case Not(item):
            inner = figure_condition(rule, item)
            return None if inner is None else _negation(inner)
        case And(items) | Or(items):
            parts = [part for item in items if (part := figure_condition(rule, item)) is not None]
            if len(parts) < len(items):
                return None
            return conjunction(parts) if isinstance(node, And) else _disjunction(parts)
        case Compare(op, left, right):
            if isinstance(right, Name) and _is_figure(right.scope, right.field):
                left, right, op = right, left, MIRRORED_OP[op]
            if isinstance(left, Name) and _is_figure(left.scope, left.field):
                constant = constant_value(rule, right)
                return None if constant is None else _comparison(left.field, op, constant)
    return None


def constant_value(rule: Rule, node: Expression) -> float | str | bool | None:
    """Returns the value of a constant, or of a parameter that is the same for all companies; None for anything else."""
    match node:
        case Number(value) | Word(value) | Bool(value):
            return value
        case Name("params", name):
            param = rule.params[name]
            if param.by_sector or param.currency:
                return None
            return param.value if isinstance(param.value, bool | str) else float(param.value)
    return None


def _is_figure(scope: str, field: str) -> bool:
    return scope == COMPANY and field != COMPANY_ID


def _always(truth: Truth) -> FigureCondition:
    return lambda company: truth


def _statement(field: str) -> FigureCondition:
    return lambda company: IntervalOps.truth_value(company.value(field))


def _negation(inner: FigureCondition) -> FigureCondition:
    return lambda company: inner(company).negate()


def conjunction(parts: Sequence[FigureCondition]) -> FigureCondition:
    """Returns a function for whether all of several conditions hold."""
    if len(parts) == 1:
        return parts[0]

    def holds(company: CompanyFacts) -> Truth:
        found = _TRUE
        for part in parts:
            truth = part(company)
            if truth is _FALSE:
                return truth
            if truth is _UNKNOWN:
                found = truth
        return found

    return holds


def _disjunction(parts: list[FigureCondition]) -> FigureCondition:
    def holds(company: CompanyFacts) -> Truth:
        found = _FALSE
        for part in parts:
            truth = part(company)
            if truth is _TRUE:
                return truth
            if truth is _UNKNOWN:
                found = truth
        return found

    return holds


def _comparison(field: str, op: str, constant: float | str | bool) -> FigureCondition:
    if isinstance(constant, str | bool):

        def is_same(company: CompanyFacts) -> Truth:
            value = company.value(field)
            return _UNKNOWN if isinstance(value, Interval) else IntervalOps.same(op, value, constant)

        return is_same
    return _number_comparison(field, op, constant)


def _number_comparison(field: str, op: str, constant: float) -> FigureCondition:
    """Returns a function with the result of `interval.compare` for a figure and a constant, whose `upper` and `lower`
    are computed once."""
    limit, above, below = Interval.point(constant), upper(constant), lower(constant)

    def is_greater(company: CompanyFacts) -> Truth:
        value = company.value(field)
        if not isinstance(value, Interval):
            return _UNKNOWN
        return _TRUE if value.lo > above else _UNKNOWN if value.hi > above else _FALSE

    def is_less(company: CompanyFacts) -> Truth:
        value = company.value(field)
        if not isinstance(value, Interval):
            return _UNKNOWN
        return _TRUE if value.hi < below else _UNKNOWN if value.lo < below else _FALSE

    def otherwise(company: CompanyFacts) -> Truth:
        value = company.value(field)
        return compare(op, value, limit) if isinstance(value, Interval) else _UNKNOWN

    return {">": is_greater, "<": is_less, "<=": _negation(is_greater), ">=": _negation(is_less)}.get(op, otherwise)
