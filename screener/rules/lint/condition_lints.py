"""Finds conditions that are probably unintended: those that never or always hold, and thresholds without a reason."""

import re
from collections.abc import Iterator
from typing import Literal

from screener.errors import Problem
from screener.expression.interval import Interval
from screener.expression.printer import format_expression
from screener.expression.syntax_tree import (
    And,
    Compare,
    Expression,
    Name,
    Number,
    Or,
    children,
    names_in,
    negation_normal_form,
)
from screener.rules.compiler import expand_alternatives
from screener.rules.lint.linted_rule import LintedRule
from screener.rules.lint.satisfiability import SatisfiabilityChecker
from screener.rules.rule import KeyPath, patterns

LARGE_FRACTION = 10.0  # a fraction of 10 is 1,000 %: whoever writes it means 10 %

Verdict = Literal["never-holds", "always-holds"]


def lint_conditions(linted: LintedRule) -> Iterator[Problem]:
    """Conditions that can never or always hold, alone or together, and thresholds without a reason."""
    rule, some_never_holds = linted.rule, False
    conditions: list[tuple[Expression, KeyPath]] = [(p.condition, p.path) for p in patterns(rule.when)]
    if rule.applies is not None:
        conditions.append((rule.applies, ("applies",)))
    for condition, path in conditions:
        found = _lint(condition, path, linted)
        some_never_holds = some_never_holds or any(p.code == "never-holds" for p in found)
        yield from found
    if not some_never_holds:
        yield from _never_together(linted)


def source_text(node: Expression) -> str:
    """The expression as it was written: without the names that bare fields were given."""
    return re.sub(r"\b(?:company|_[0-9]+)\.", "", format_expression(node))


def start_offset(node: Expression) -> int:
    """Where an expression begins in its text."""
    return min([node.offset, *(start_offset(c) for c in children(node))])


def _lint(node: Expression, path: KeyPath, linted: LintedRule) -> list[Problem]:
    """The problems of a condition, the smallest parts first; those of the whole only if no part has one."""
    found: list[Problem] = []
    if isinstance(node, And | Or):
        found = [p for item in node.items for p in _lint(item, path, linted)]
        if not node.items or any(p.code in ("never-holds", "always-holds") for p in found):
            return found
    elif not isinstance(node, Compare):
        return []
    if verdict := _constant_verdict(node, linted.satisfiability):
        return [*found, _constant_problem(verdict, node, path, linted, linted.satisfiability)]
    if isinstance(node, Compare):
        for param in {n.field: None for n in names_in(node) if n.scope == "params"}:
            for sector in linted.rule.params[param].by_sector:
                in_sector = linted.context.satisfiability(linted.rule, (param, sector))
                if verdict := _constant_verdict(node, in_sector):
                    at: KeyPath = ("params", param, "by_sector", sector, "value")
                    found.append(_constant_problem(verdict, node, at, linted, in_sector, f" in {sector}"))
        found.extend(_unexplained_thresholds(node, path, linted))
    return found


def _constant_verdict(condition: Expression, satisfiability: SatisfiabilityChecker) -> Verdict | None:
    if not satisfiability.can_hold(condition):
        return "never-holds"
    return None if satisfiability.can_hold(negation_normal_form(condition, negated=True)) else "always-holds"


def _constant_problem(
    verdict: Verdict,
    node: Expression,
    path: KeyPath,
    linted: LintedRule,
    satisfiability: SatisfiabilityChecker,
    where: str = "",
) -> Problem:
    never = verdict == "never-holds"
    hint = "correct it, or leave it out"
    if isinstance(node, Compare):
        free = next((s for s in (node.left, node.right) if not satisfiability.domain(s).is_point), node.left)
        domain = satisfiability.domain(free)
        other = satisfiability.domain(node.right if free is node.left else node.left)
        if not domain.is_point and (bounds := _bounds_text(domain)):
            per_cent = never and (domain.lo, domain.hi) == (0, 1) and 1 < other.lo == other.hi
            hint = f"'{source_text(free)}' is {bounds}" + ("; write 0.30 for 30 %" if per_cent else "")
    what = f"'{source_text(node)}' can never hold{where}" if never else f"'{source_text(node)}' always holds{where}"
    offset = 0 if "by_sector" in path else start_offset(node)
    make = linted.error if never else linted.warning
    return make(path, verdict, what, hint, offset=offset)


def _bounds_text(domain: Interval) -> str:
    low, high = (f"{x:g}" if abs(x) < 1e300 else None for x in (domain.lo, domain.hi))
    if low and high:
        return f"from {low} to {high}"
    return f"at least {low}" if low else f"at most {high}" if high else ""


def _unexplained_thresholds(node: Compare, path: KeyPath, linted: LintedRule) -> Iterator[Problem]:
    """Numbers that a comparison has instead of a parameter, which would have a reason."""
    for free, side in ((node.left, node.right), (node.right, node.left)):
        if not isinstance(side, Number) or not any(n.scope != "params" for n in names_in(free)):
            continue
        unit = getattr(linted.satisfiability.typed(free), "unit", None) if isinstance(free, Name) else None
        if unit == "fraction" and abs(side.value) >= LARGE_FRACTION:
            what = f"the fraction '{source_text(free)}' is compared with {side.value:g}"
            hint = f"write {side.value / 100:g} for {side.value:g} %"
            yield linted.warning(path, "percent", what, hint, offset=side.offset)
        elif side.value not in (0, 1):
            what = f"no reason is given for the threshold {side.value:g}"
            hint = "make it a parameter with value, unit and why"
            yield linted.warning(path, "no-reason", what, hint, offset=side.offset)


def _never_together(linted: LintedRule) -> Iterator[Problem]:
    """Conditions that can hold, but not all together."""
    rule = linted.rule
    guard = (rule.applies,) if rule.applies is not None else ()
    ways = [And((*(p.condition for p in a.items if not p.negated), *guard)) for a in expand_alternatives(rule.when)]
    if ways and not any(linted.satisfiability.can_hold(way) for way in ways):
        what, hint = "these conditions can never hold together", "no company can meet them; correct one of them"
        yield linted.error(["when"], "never-holds", what, hint, key=True)
