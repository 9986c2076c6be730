"""Finds divisors that can be negative or 0: such a ratio reverses its meaning, or stays unknown."""

from collections.abc import Iterator, Sequence

from screener.errors import Problem
from screener.expression.backend import Lookup
from screener.expression.interval import UNBOUNDED, Interval
from screener.expression.interval_ops import number
from screener.expression.printer import format_expression
from screener.expression.syntax_tree import (
    And,
    Binary,
    Call,
    Compare,
    Expression,
    Name,
    Number,
    children,
    negation_normal_form,
)
from screener.facts.fact import COMPANY
from screener.io.document import Document
from screener.rules.lint.linted_rule import LintedRule
from screener.rules.lint.satisfiability import FigureDomains
from screener.rules.rule import patterns

_HINT = "state where the ratio means something, as in {key}: '{divisor} > 0'"


def lint_rule_divisors(linted: LintedRule) -> Iterator[Problem]:
    """Divisors in the conditions of a rule that can be negative or 0 where the rule applies."""
    rule = linted.rule
    guard = () if rule.applies is None else (rule.applies,)
    domain_of = linted.satisfiability.domain
    for pattern in patterns(rule.when):
        signs = SignChecker(linted.context.domains, domain_of, (pattern.condition, *guard))
        for divisor, code, what in signs.doubtful_divisors(pattern.condition):
            shown = _text(divisor)
            hint = _HINT.format(key="applies", divisor=shown)
            yield linted.warning(pattern.path, code, f"the divisor '{shown}' {what}", hint, offset=divisor.offset)


def lint_metric_divisors(document: Document, domains: FigureDomains) -> Iterator[Problem]:
    """Divisors in the metrics of a rule file that can be negative or 0 where the metric is valid."""
    for name in document.data.get("metrics") or {}:
        if (metric := domains.metrics.get(name)) is None:
            continue
        conditions = () if metric.valid is None else (metric.valid,)
        signs = SignChecker(domains, lambda n: domains.of(n.field), conditions)
        for divisor, code, what in signs.doubtful_divisors(metric.formula):
            shown = _text(divisor)
            what = f"the divisor '{shown}' of '{name}' {what}"
            path = ["metrics", name, "formula"]
            hint = _HINT.format(key="valid", divisor=shown)
            yield document.problem(path, what, hint, divisor.offset, code=code).located(level="warning")


class SignChecker:
    """Finds out which numbers can't be below 0, or at it, where some conditions hold; `domain_of` gives what a name may be."""

    def __init__(self, domains: FigureDomains, domain_of: Lookup, conditions: Sequence[Expression]) -> None:
        self.domains, self.domain_of = domains, domain_of
        terms = [term for condition in conditions for term in _terms_at_least_zero(condition)]
        self.known = frozenset(text for text, _ in terms)
        self.known_above = frozenset(text for text, above in terms if above)

    def doubtful_divisors(self, node: Expression) -> Iterator[tuple[Expression, str, str]]:
        """The divisors in an expression that can be below 0 or at it, each with the code and the words for that.

        A condition that says `divisor >= 0` includes 0 by intention: the result is meant to be unknown there.
        """
        for divisor in _divisors(node):
            if not self.is_at_least_zero(divisor):
                yield divisor, "negative-divisor", "can be negative"
            elif not (self.is_above_zero(divisor) or _is_cut_at_zero(divisor) or _text(divisor) in self.known):
                yield divisor, "zero-divisor", "can be 0, where the result stays unknown"

    def is_above_zero(self, node: Expression) -> bool:
        """Whether a number can't be 0 or below it."""
        if _text(node) in self.known_above:
            return True
        match node:
            case Binary("+", left, right):
                both = self.is_at_least_zero(left) and self.is_at_least_zero(right)
                return both and (self.is_above_zero(left) or self.is_above_zero(right))
            case Binary("*" | "/", left, right):
                return self.is_above_zero(left) and self.is_above_zero(right)
            case Call("max", (_, _, *_) as arguments):
                return any(map(self.is_above_zero, arguments))
            case Call("min", (_, _, *_) as arguments):
                return all(map(self.is_above_zero, arguments))
            case Call("exp"):
                return True
            case Call("ln" | "abs" | "one_if" | "count"):
                return False
            case Call(_, (first, *_)):
                return self.is_above_zero(first)
        return number(node, self.domain_of, lambda call: UNBOUNDED).lo > 0

    def is_at_least_zero(self, node: Expression) -> bool:
        """Whether a number can't be below 0. A quotient of two such numbers is one, too, where it exists at all."""
        if _text(node) in self.known:
            return True
        match node:
            case Name():
                return self._is_name_at_least_zero(node)
            case Binary("+" | "*" | "/", left, right):
                return self.is_at_least_zero(left) and self.is_at_least_zero(right)
            case Call("max", (_, _, *_) as arguments):
                return any(map(self.is_at_least_zero, arguments))
            case Call("min", (_, _, *_) as arguments):
                return all(map(self.is_at_least_zero, arguments))
            case Call("abs" | "exp" | "one_if" | "count"):
                return True
            case Call("ln"):
                return False
            case Call(_, (first, *_)):
                return self.is_at_least_zero(first)
        found: Interval = number(node, self.domain_of, lambda call: UNBOUNDED)
        return found.lo >= 0

    def _is_name_at_least_zero(self, name: Name) -> bool:
        found = self.domain_of(name)
        if isinstance(found, Interval) and found.lo >= 0:
            return True
        figure = self.domains.catalogue.figures.get(name.field) if name.scope in ("", COMPANY) else None
        if figure is not None:
            return figure.bounds.lo >= 0
        metric = self.domains.metrics.get(name.field) if name.scope in ("", COMPANY) else None
        if metric is not None:
            conditions = () if metric.valid is None else (metric.valid,)
            inner = SignChecker(self.domains, lambda n: self.domains.of(n.field), conditions)
            return inner.is_at_least_zero(metric.formula)
        kind = self.domains.catalogue.all_lists.get(name.scope)
        fields = self.domains.catalogue.kinds[kind].fields if kind else {}
        return name.field in fields and fields[name.field].bounds.lo >= 0


def _is_cut_at_zero(divisor: Expression) -> bool:
    """Whether a divisor is `max(x, 0)`: its author means the result to be unknown where x is 0 or less."""
    match divisor:
        case Call("max", arguments):
            return any(isinstance(argument, Number) and argument.value == 0 for argument in arguments)
    return False


def _divisors(node: Expression) -> Iterator[Expression]:
    if isinstance(node, Binary) and node.op == "/":
        yield node.right
    for child in children(node):
        yield from _divisors(child)


def _terms_at_least_zero(condition: Expression) -> Iterator[tuple[str, bool]]:
    """The terms that are 0 or more where a condition holds (of `a > b`, a - b), each with whether it is above 0."""
    condition = negation_normal_form(condition)
    for item in condition.items if isinstance(condition, And) else (condition,):
        if not isinstance(item, Compare) or item.op in ("==", "!="):
            continue
        left, right = (item.left, item.right) if item.op in (">", ">=") else (item.right, item.left)
        is_strict = item.op in (">", "<")
        if isinstance(right, Number) and right.value >= 0:
            yield _text(left), is_strict or right.value > 0
        else:
            yield f"{_text(left)} - {_text(right)}", is_strict


def _text(node: Expression) -> str:
    return format_expression(node).replace("company.", "")
