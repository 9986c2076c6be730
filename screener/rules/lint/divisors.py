"""Divisors that can be negative: such a ratio turns round, and passes every test that it should fail."""

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
    """Divisors in the conditions of a rule that can be negative where the rule applies."""
    rule = linted.rule
    guard = () if rule.applies is None else (rule.applies,)
    domain_of = linted.satisfiability.domain
    for pattern in patterns(rule.when):
        signs = SignChecker(linted.context.domains, domain_of, (pattern.condition, *guard))
        for divisor in signs.negative_divisors(pattern.condition):
            shown = _text(divisor)
            what = f"the divisor '{shown}' can be negative"
            hint = _HINT.format(key="applies", divisor=shown)
            yield linted.warning(pattern.path, "negative-divisor", what, hint, offset=divisor.offset)


def lint_metric_divisors(document: Document, domains: FigureDomains) -> Iterator[Problem]:
    """Divisors in the metrics of a rule file that can be negative where the metric is valid."""
    for name in document.data.get("metrics") or {}:
        if (metric := domains.metrics.get(name)) is None:
            continue
        conditions = () if metric.valid is None else (metric.valid,)
        for divisor in SignChecker(domains, lambda n: domains.of(n.field), conditions).negative_divisors(
            metric.formula
        ):
            shown = _text(divisor)
            what = f"the divisor '{shown}' of '{name}' can be negative"
            path = ["metrics", name, "formula"]
            hint = _HINT.format(key="valid", divisor=shown)
            yield document.problem(path, what, hint, divisor.offset, code="negative-divisor").located(level="warning")


class SignChecker:
    """Finds out which numbers can't be below 0 where some conditions hold; `domain_of` gives what a name may be."""

    def __init__(self, domains: FigureDomains, domain_of: Lookup, conditions: Sequence[Expression]) -> None:
        self.domains, self.domain_of = domains, domain_of
        self.known = frozenset(text for condition in conditions for text in _at_least_zero(condition))

    def negative_divisors(self, node: Expression) -> Iterator[Expression]:
        """The divisors in an expression that can be below 0."""
        return (divisor for divisor in _divisors(node) if not self.is_at_least_zero(divisor))

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


def _divisors(node: Expression) -> Iterator[Expression]:
    if isinstance(node, Binary) and node.op == "/":
        yield node.right
    for child in children(node):
        yield from _divisors(child)


def _at_least_zero(condition: Expression) -> Iterator[str]:
    """The terms that are 0 or more where a condition holds; of `a > b`, a - b."""
    condition = negation_normal_form(condition)
    for item in condition.items if isinstance(condition, And) else (condition,):
        if not isinstance(item, Compare) or item.op in ("==", "!="):
            continue
        left, right = (item.left, item.right) if item.op in (">", ">=") else (item.right, item.left)
        if isinstance(right, Number) and right.value >= 0:
            yield _text(left)
        else:
            yield f"{_text(left)} - {_text(right)}"


def _text(node: Expression) -> str:
    return format_expression(node).replace("company.", "")
