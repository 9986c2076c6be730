"""Plans for the rules of a stratum: which alternatives need no search for facts, and for which companies they are decided."""

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
    """An alternative on figures and flags of the judged company alone: what must hold of its figures."""

    alternative: OwnAlternative
    function: FigureCondition  # those of the conditions that can be a function
    conditions: tuple[Expression, ...]  # the others
    match: Match  # where it rests on no flags

    @classmethod
    def of(cls, alternative: OwnAlternative, rule: Rule) -> "OwnTests":
        """The tests of an alternative of a rule."""
        functions, others = [], []
        for condition in alternative.conditions:
            for part in condition.items if isinstance(condition, And) else (condition,):
                if (function := figure_condition(rule, part)) is not None:
                    functions.append(function)
                else:
                    others.append(part)
        return cls(alternative, conjunction(functions), tuple(others), Match(alternative.key[1], ()))


class RulePlan(NamedTuple):
    """The plan for deciding one rule."""

    rule: Rule
    guard: str | None  # the first rule that is for the same companies; None where it is for all
    everyone: bool  # whether it is decided for other companies than the main one, too
    own: (
        tuple[OwnTests, ...] | None
    )  # all its alternatives, where each is on figures alone and nothing rests on the rule


class StratumPlan(NamedTuple):
    """The plans for all rules of a stratum."""

    rules: tuple[RulePlan, ...]
    own: tuple[OwnTests, ...]  # alternatives on figures and flags, but those of rules that are decided by these alone
    flagged: tuple[str, ...]  # rules on which others rest, and that may be not applicable


def plan_stratum(
    program: Program,
    stratum: Iterable[str],
    alternatives: Iterable[OwnAlternative],
    *,
    everyone: Set[str],
    flags: Mapping[str, int],
    guards: Mapping[str, str],
) -> StratumPlan:
    """The plan of a stratum, of which `alternatives` are those on figures and flags of the company alone.

    `everyone` are the rules for all companies, `flags` those on which others rest; `guards` is what `shared_guards` gives.
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
    return StratumPlan(tuple(plans), tuple(rest), flagged)


def shared_guards(program: Program) -> Mapping[str, str]:
    """Of each rule that may be not applicable, the first one that is for the same companies."""
    first: dict[object, str] = {}
    found = {}
    for rule in program.rules.values():
        if rule.has_guard:  # a condition may read parameters of the rule
            own = (rule.only_for, rule.not_for, rule.rests_on) if rule.applies is None else rule.id
            found[rule.id] = first.setdefault(own, rule.id)
    return found


@lru_cache(maxsize=4096)
def own_decision(truths: tuple[tuple[int, Truth], ...], applies: Truth) -> Decision:
    """The outcome of a rule on figures alone, from the truth of each of its alternatives and whether it applies."""
    certain = [Match(index, ()) for index, truth in truths if truth is _TRUE]
    possible = [Match(index, ()) for index, truth in truths if truth is not _FALSE]
    return decide(certain, possible, applies)


ALONE = tuple(tuple(own_decision(((0, truth),), applies) for applies in Truth) for truth in Truth)
"""What `own_decision` gives for one alternative, by its truth and by whether the rule applies."""
