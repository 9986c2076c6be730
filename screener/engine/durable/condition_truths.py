"""Evaluates the conditions that Python decides for one world, each once."""

from collections.abc import Mapping

from screener.engine.durable.rule_plans import OwnTests
from screener.engine.durable.ruleset import CompiledRule
from screener.engine.rule_context import RuleContext, applicability
from screener.expression.interval import Truth
from screener.expression.syntax_tree import Expression
from screener.facts.fact import Fact


class ConditionTruths:
    """The truths of conditions in the world of a context; `guards` is the result of `shared_guards`."""

    def __init__(self, context: RuleContext, guards: Mapping[str, str]) -> None:
        self.context, self.guards = context, guards
        self._applicability: dict[tuple[str, str], Truth] = {}  # by the first rule with a guard, and company
        self._truths: dict[tuple[int | str, ...], Truth] = {}

    def applies(self, rule: str, company: str) -> Truth:
        """Returns whether a rule applies to a company; computed once for all rules with the same guard."""
        guard = self.guards.get(rule)
        return Truth.TRUE if guard is None else self.guard(guard, company)

    def guard(self, guard: str, company: str) -> Truth:
        """Returns whether the rules whose first rule with the same guard is `guard` apply to a company."""
        key = guard, company
        found = self._applicability.get(key)
        if found is None:
            program, facts = self.context.program, self.context.world.companies[company]
            found = self._applicability[key] = applicability(program.rules[guard], facts, program.catalogue)
        return found

    def of_figures(self, own: OwnTests, company: str) -> Truth:
        """Returns whether the conditions of an alternative on figures of the company hold."""
        found = own.function(self.context.world.companies[company])
        for condition in own.conditions:
            if found is Truth.FALSE:
                break
            found = min(found, self._truth(own.alternative.key[0], condition, company, {}, ()))
        return found

    def of_match(self, rule: CompiledRule, company: str, binding: Mapping[str, Fact]) -> Truth:
        """Returns whether the conditions that are left to Python hold for the facts that a rule has bound; those in
        possible form must only not be false."""
        found = Truth.TRUE
        for condition, form, reads in rule.residual:
            holds = self._truth(rule.rule_id, condition, company, binding, reads)
            if holds is Truth.FALSE:
                return holds
            if form == "strict":
                found = min(found, holds)
        return found

    def _truth(
        self, rule: str, condition: Expression, company: str, binding: Mapping[str, Fact], reads: tuple[str, ...]
    ) -> Truth:
        """Returns whether a condition holds for a company and the bound facts that it reads; evaluated once for each
        combination."""
        key: tuple[int | str, ...] = (id(condition), company, *[binding[name].id for name in reads])
        found = self._truths.get(key)
        if found is None:
            facts = {name: binding[name] for name in reads}
            of = self.context.world.companies[company]
            found = self._truths[key] = self.context.holds(self.context.program.rules[rule], condition, of, facts)
        return found
