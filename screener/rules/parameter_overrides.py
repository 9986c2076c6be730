"""Applies changes to rules that were read: other values of parameters, and disabled rules."""

from collections.abc import Callable
from dataclasses import replace

from screener.errors import Problem
from screener.expression.printer import format_expression
from screener.expression.syntax_tree import comparisons, names_in, negation_normal_form
from screener.rules.lint.satisfiability import FigureDomains, SatisfiabilityChecker
from screener.rules.rule import Rule, RuleParam, SectorValue, patterns
from screener.rules.rule_reader import RuleReader
from screener.text import Text, clean, did_you_mean
from screener.units import numeral_hint

MakeProblem = Callable[[str, str, str], Problem]
"""Makes a problem, at the place that asks for a change, from what is wrong, what to do, and a code."""

_LIST_RULES = "see screener rules list"
_TYPE_NAMES = {bool: "true or false", str: "a text", float: "a number"}


class ParameterOverrides:
    """Applies changes to the rules of a reader; adds errors to its problems."""

    def __init__(self, reader: RuleReader) -> None:
        self.reader = reader
        self.domains: FigureDomains | None = None
        self.changed: set[str] = set()  # rules of which a parameter has another value

    def set_parameter(
        self, key: str, value: float | bool | str, problem_at: MakeProblem, why: Text | None = None
    ) -> None:
        """Gives a parameter (`RULE.PARAM`, or `RULE.PARAM.SECTOR` for one sector) another value."""
        if problem := self._set(key, float(value) if type(value) is int else value, problem_at, why):
            self.reader.problems.append(problem)

    def disable(self, rule: str, problem_at: MakeProblem) -> None:
        """Leaves a rule out."""
        if rule not in self.reader.rules:
            hint = did_you_mean(rule, self.reader.rules, _LIST_RULES)
            self.reader.problems.append(problem_at(f"there is no rule '{clean(rule)}'", hint, "unknown-rule"))
        self.reader.disabled.add(rule)

    def _set(self, key: str, value: float | bool | str, problem_at: MakeProblem, why: Text | None) -> Problem | None:
        rules, sectors = self.reader.rules, self.reader.catalogue.sectors
        rule_id, _, rest = key.partition(".")
        name, _, sector = rest.partition(".")
        rule = rules.get(rule_id)
        if rule is None:
            hint = did_you_mean(rule_id, rules, _LIST_RULES)
            return problem_at(f"there is no rule '{clean(rule_id)}'", hint, "unknown-rule")
        if name not in rule.params:
            hint = did_you_mean(name, rule.params, "its parameters: " + (", ".join(rule.params) or "none"))
            return problem_at(f"{rule_id} has no parameter '{clean(name)}'", hint, "unknown-param")
        param = rule.params[name]
        expected = bool if isinstance(param.value, bool) else str if isinstance(param.value, str) else float
        if type(value) is not expected:
            hint = numeral_hint(value) if expected is float and isinstance(value, str) else ""
            hint = hint or f"the rule's value of {rule_id}.{name} is {param.value!r}"
            return problem_at(f"{value!r} is not {_TYPE_NAMES[expected]}", hint, "type-mismatch")
        if sector and (sector not in sectors or not isinstance(value, float)):
            hint = did_you_mean(sector, sectors, "see rules/catalog/sectors.yaml")
            return problem_at(f"unknown sector '{clean(sector)}'", hint, "unknown-sector")
        changed = replace(rule, params={**rule.params, name: _changed(param, value, sector, why)})
        if found := self._meaningless(rule, changed, name, sector):
            what, hint = found
            if param.unit == "fraction" and isinstance(value, float) and abs(value) > 1:
                hint = f"write {value / 100:g} for {value:g} %"
            return problem_at(what, hint, "never-holds")
        self.changed.add(rule_id)
        rules[rule_id] = changed
        return None

    def _meaningless(self, rule: Rule, changed: Rule, param: str, sector: str) -> tuple[str, str] | None:
        """What can never or always hold with another value of a parameter, and could do otherwise before."""
        self.domains = self.domains or FigureDomains(self.reader.catalogue, self.reader.metrics)
        kinds = {p.name: p.kind for p in patterns(rule.when)}
        where = (param, sector) if sector else None
        now = SatisfiabilityChecker(changed, self.domains, kinds, where)
        before = SatisfiabilityChecker(rule, self.domains, kinds)
        for pattern in patterns(rule.when):
            for node in comparisons(pattern.condition):
                if not any(n.scope == "params" and n.field == param for n in names_in(node)):
                    continue
                shown = format_expression(node).replace("company.", "")
                opposite = negation_normal_form(node, negated=True)
                if before.can_hold(node) and not now.can_hold(node):
                    return f"'{shown}' can then never hold", "give a value that can be met"
                if before.can_hold(opposite) and not now.can_hold(opposite):
                    return f"'{shown}' then always holds", "give a value that can be missed"
        return None


def _changed(param: RuleParam, value: float | bool | str, sector: str, why: Text | None) -> RuleParam:
    if sector and isinstance(value, float):
        reason = why or _reason_of_override(param.sectors.get(sector, param.value))
        return param.model_copy(update={"by_sector": {**param.by_sector, sector: SectorValue(value=value, why=reason)}})
    return param.model_copy(update={"value": value, "why": why or _reason_of_override(param.value)})


def _reason_of_override(before: float | bool | str) -> Text:
    """The reason for an overridden value, since the reason in the rule is about another value."""
    shown = str(before).lower() if isinstance(before, bool) else before if isinstance(before, str) else f"{before:g}"
    return Text(f"Set by hand; the rule says {shown}.", f"手工设定；规则原值为 {shown}。")
