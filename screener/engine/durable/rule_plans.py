"""Plans for the rules of a stratum: the alternatives that need no search for facts, and the companies for which they
are decided."""

from collections.abc import Iterable, Mapping, Set
from functools import lru_cache
from typing import NamedTuple

from screener.engine.durable.translator import OwnAlternative
from screener.engine.figure_conditions import FigureCondition, conjunction, figure_condition
from screener.engine.protocol import Decision, Match, decide
from screener.expression.interval import Truth
from screener.expression.syntax_tree import And, Expression
from screener.rules.compiler import Program
from screener.rules.rule import Rule

_FALSE, _UNKNOWN, _TRUE = Truth


class OwnTests(NamedTuple):
    """The conditions on figures of an alternative that reads only figures and flags of the judged company."""

    alternative: OwnAlternative
    function: FigureCondition  # conditions that could be made functions
    conditions: tuple[Expression, ...]  # the other conditions
    flags: tuple[str, ...]  # the rules whose flags it looks for, each once
    match: Match  # set if it depends on no flags

    @classmethod
    def of(cls, alternative: OwnAlternative, rule: Rule) -> "OwnTests":
        """Returns the tests of an alternative of a rule."""
        functions, others = [], []
        for condition in alternative.conditions:
            for part in condition.items if isinstance(condition, And) else (condition,):
                if (function := figure_condition(rule, part)) is not None:
                    functions.append(function)
                else:
                    others.append(part)
        return cls(
            alternative=alternative,
            function=conjunction(functions),
            conditions=tuple(others),
            flags=tuple(dict.fromkeys(flag for _, flag in alternative.flags)),
            match=Match(alternative.key[1], ()),
        )


class RulePlan(NamedTuple):
    """The plan for deciding one rule."""

    rule: Rule
    guard: str | None  # the first rule that applies to the same companies; None if it applies to all
    everyone: bool  # whether it is also decided for companies other than the main one
    own: tuple[OwnTests, ...] | None  # all its alternatives, if each reads figures only and nothing depends on the rule

    @property
    def compares_figures(self) -> bool:
        """Returns whether the rule only compares figures with constants."""
        return self.own is not None and not any(own.conditions for own in self.own)


class StratumPlan(NamedTuple):
    """The plans for all rules of a stratum."""

    on_figures: tuple[RulePlan, ...]  # rules that only compare figures with constants
    rules: tuple[RulePlan, ...]  # the other rules
    own: tuple[OwnTests, ...]  # alternatives on figures and flags, without those of rules decided by figures alone
    flagged: tuple[str, ...]  # rules that may be not applicable and on which others depend


def plan_stratum(
    program: Program,
    stratum: Iterable[str],
    alternatives: Iterable[OwnAlternative],
    *,
    everyone: Set[str],
    flags: Mapping[str, int],
    guards: Mapping[str, str],
) -> StratumPlan:
    """Returns the plan of a stratum; `alternatives` are those that read only figures and flags of the company.

    `everyone` are the rules for all companies, `flags` those on which others depend; `guards` is the result of
    `shared_guards`.
    """
    own: dict[str, list[OwnTests]] = {}
    for alternative in alternatives:
        of_rule = own.setdefault(alternative.key[0], [])
        of_rule.append(OwnTests.of(alternative, program.rules[alternative.key[0]]))
    plans: list[RulePlan] = []
    rest: list[OwnTests] = []
    for rule_id in stratum:
        rule = program.rules[rule_id]
        tests = tuple(own.get(rule_id, ()))
        alone = len(tests) == len(program.alternatives[rule_id]) and not any(t.alternative.flags for t in tests)
        is_decided = alone and not rule.concludes and rule_id not in flags
        plans.append(RulePlan(rule, guards.get(rule_id), rule_id in everyone, tests if is_decided else None))
        rest += () if is_decided else tests
    flagged = tuple(plan.rule.id for plan in plans if plan.guard is not None and plan.rule.id in flags)
    on_figures = tuple(plan for plan in plans if plan.compares_figures)
    others = tuple(plan for plan in plans if not plan.compares_figures)
    return StratumPlan(on_figures=on_figures, rules=others, own=tuple(rest), flagged=flagged)


def shared_guards(program: Program) -> Mapping[str, str]:
    """Returns for each rule that may be not applicable the first rule that applies to the same companies."""
    first: dict[object, str] = {}
    found = {}
    for rule in program.rules.values():
        if rule.has_guard:  # a condition may read parameters of the rule
            own = (rule.only_for, rule.not_for, rule.rests_on) if rule.applies is None else rule.id
            found[rule.id] = first.setdefault(own, rule.id)
    return found


@lru_cache(maxsize=4096)
def own_decision(truths: tuple[tuple[int, Truth], ...], applies: Truth) -> Decision:
    """Returns the outcome of a rule on figures alone, from the truth of each of its alternatives and whether it
    applies."""
    certain = [Match(index, ()) for index, truth in truths if truth is _TRUE]
    possible = [Match(index, ()) for index, truth in truths if truth is not _FALSE]
    return decide(certain, possible, applies)


ALONE = tuple(tuple(own_decision(((0, truth),), applies) for applies in Truth) for truth in Truth)
"""The results of `own_decision` for one alternative, by its truth and by whether the rule applies."""
