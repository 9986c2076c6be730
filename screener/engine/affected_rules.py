"""Finds the rules whose outcome can change if a figure of the company or the outcome of another rule changes."""

from collections.abc import Iterable
from functools import cached_property

from screener.expression.syntax_tree import names_in
from screener.facts.changed_world import KINDS_ON_FIGURES
from screener.facts.fact import COMPANY
from screener.facts.metrics import closure
from screener.rules.compiler import Program, rule_names
from screener.rules.rule import Rule, patterns


class AffectedRules:
    """The dependencies of a program's rules on figures, also through metrics, and on each other."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._by_figure: dict[str, frozenset[str]] = {}
        self._all_by_figure: dict[str, frozenset[str]] = {}

    def by_figure(self, figure: str) -> frozenset[str]:
        """Returns the rules that read a figure or metric of the company, or facts derived from its claims (conflicts
        and slips)."""
        if figure not in self._by_figure:
            self._by_figure[figure] = frozenset(rule for rule, read in self._reads.items() if figure in read)
        return self._by_figure[figure] | self._on_claims

    def by_rule(self, rule: str) -> frozenset[str]:
        """Returns the rules that directly depend on the flag of a rule, or on facts that it concludes."""
        return self._readers.get(rule, frozenset())

    def all_by_figure(self, figure: str) -> frozenset[str]:
        """Returns the rules that a figure or metric of the company can change, directly or through other rules."""
        if figure not in self._all_by_figure:
            self._all_by_figure[figure] = self._with_dependents(self.by_figure(figure))
        return self._all_by_figure[figure]

    def _with_dependents(self, rules: Iterable[str]) -> frozenset[str]:
        """Returns rules and all rules that depend on them."""
        found, queue = set[str](), list(rules)
        while queue:
            rule = queue.pop()
            if rule not in found:
                found.add(rule)
                queue.extend(self.by_rule(rule))
        return frozenset(found)

    @cached_property
    def _reads(self) -> dict[str, frozenset[str]]:
        return {rule.id: self._inputs(rule) for rule in self.program.rules.values()}

    def _inputs(self, rule: Rule) -> frozenset[str]:
        """Returns the figures and metrics of the company that a rule, its guard, and the facts that it concludes read."""
        concluded = (n for fields in rule.concludes.values() for value in fields.values() for n in names_in(value))
        own = (name.field for name in (*rule_names(rule), *concluded) if name.scope == COMPANY)
        return frozenset(closure(sorted({*own, *rule.rests_on}), self.program.metrics))

    @cached_property
    def _on_claims(self) -> frozenset[str]:
        rules = self.program.rules.values()
        return frozenset(rule.id for rule in rules if any(p.kind in KINDS_ON_FIGURES for p in patterns(rule.when)))

    @cached_property
    def _readers(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for rule in self.program.rules.values():
            for dependency in self.program.graph.dependencies(rule):
                found.setdefault(dependency.rule, set()).add(rule.id)
        return {rule: frozenset(readers) for rule, readers in found.items()}
