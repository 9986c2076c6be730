"""Finds rules that duplicate or contradict another one, and green rules that soften flags which can't fire with them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from screener.errors import Problem
from screener.expression.printer import format_expression
from screener.expression.syntax_tree import And, Expression, negation_normal_form
from screener.facts.fact import COMPANY
from screener.io.document import Document
from screener.rules.lint.linted_rule import LintContext
from screener.rules.lint.satisfiability import Disjunct, with_parameter_values
from screener.rules.packs import PACK_FILE
from screener.rules.rule import AnyOf, Item, Pattern, Rule, patterns
from screener.vocabulary import Flag

_OPPOSITE = {Flag.RED: Flag.GREEN, Flag.GREEN: Flag.RED}
MAX_COMPARISONS = 50
"""Rules of one cause, the most severe first, with which one rule is compared: what lies beyond is not reported."""


def lint_rule_overlap(
    rules: Mapping[str, Rule], checked: set[str], documents: Mapping[str, Document], context: LintContext
) -> Iterator[Problem]:
    """Problems between rules, reported at those of them that are checked."""
    compared = {rule.id: ComparedRule.of(rule, context) for rule in rules.values()}
    yield from _same_conditions(compared.values(), checked, documents)
    yield from _implied_rules(compared, checked, documents)
    for rule in (rules[name] for name in sorted(checked)):
        for i, softened in enumerate(rule.softens):
            if softened in compared and (why := _never_together(compared[rule.id], compared[softened], context)):
                hint = "soften a rule that can fire together with this one"
                yield _warning(documents[rule.id], ["softens", i], "softens-nothing", why, hint)


class ComparedRule(NamedTuple):
    """A rule with its condition, if it only has one on the company's own figures, and the ways in which that holds.

    `ways` is empty where there is no such condition, where it can't hold, or where there are too many ways.
    """

    rule: Rule
    signature: object  # the same for rules with the same condition
    condition: Expression | None
    ways: Sequence[Disjunct]

    @classmethod
    def of(cls, rule: Rule, context: LintContext) -> "ComparedRule":
        """A rule, with the values of its parameters in its condition."""
        found: list[Pattern] = list(patterns(rule.when))
        if len(found) != len(rule.when) or any(p.kind != COMPANY for p in found):
            return cls(rule, _signature(rule), None, ())
        condition = with_parameter_values(And(tuple(p.condition for p in found)), rule)
        return cls(rule, _signature(rule), condition, context.satisfiability(rule).disjuncts(condition) or ())

    @property
    def varies_by_sector(self) -> bool:
        """Whether parameters have other values in some sectors."""
        return any(param.by_sector for param in self.rule.params.values())


def _same_conditions(
    compared: Iterable[ComparedRule], checked: set[str], documents: Mapping[str, Document]
) -> Iterator[Problem]:
    """Rules with the same condition; reported at the later one, and never at one that is not checked."""
    groups: dict[object, list[Rule]] = {}
    for one in compared:
        groups.setdefault(one.signature, []).append(one.rule)
    for group in (g for g in groups.values() if len(g) > 1):
        position = {r.id: (r.id in checked, documents[r.id].name, documents[r.id].place(["rule"])) for r in group}
        before: dict[Flag, Rule] = {}  # the first rule of each flag
        for rule in sorted(group, key=lambda r: position[r.id]):
            document = documents[rule.id]
            opposite = before.get(_OPPOSITE.get(rule.flag, rule.flag))
            if rule.id in checked and rule.flag in _OPPOSITE and opposite is not None:
                what = f"the condition of the {opposite.flag} rule '{opposite.id}' makes a {rule.flag} flag here"
                yield _warning(document, ["when"], "contradiction", what, "one of the two is wrong", key=True)
            if rule.id in checked and rule.flag in before and rule.flag is not Flag.PATTERN:
                what = f"has the same condition as '{before[rule.flag].id}'"
                yield _warning(document, ["when"], "shadowed", what, "leave out one of the two", key=True)
            before.setdefault(rule.flag, rule)


def _implied_rules(
    compared: Mapping[str, ComparedRule], checked: set[str], documents: Mapping[str, Document]
) -> Iterator[Problem]:
    """Rules that fire only where another one of the same cause and at least the same weight does."""
    by_cause: dict[object, list[ComparedRule]] = {}
    for other in compared.values():
        if other.rule.flag.scores and other.rule.cause is not None and other.ways:
            by_cause.setdefault((other.rule.flag, other.rule.cause), []).append(other)
    for group in by_cause.values():
        group.sort(key=lambda one: one.rule.severity, reverse=True)
    for name in sorted(checked):
        weak = compared[name]
        candidates = by_cause.get((weak.rule.flag, weak.rule.cause), []) if weak.ways else []
        for strong in candidates[:MAX_COMPARISONS]:
            if strong is weak or strong.signature == weak.signature or not _covers(strong, weak):
                continue
            if all(any(way.implies(wider) for wider in strong.ways) for way in weak.ways):
                what = f"wherever it fires '{strong.rule.id}' does too, of the same cause and no less severe"
                hint = "it adds nothing: raise its severity, change its condition, or leave it out"
                yield _warning(documents[name], ["rule"], "shadowed", what, hint)
                break


def _in_two_packs(first: Rule, second: Rule) -> bool:
    """Whether two rules belong to two packs, each of which may be used without the other."""
    first_folder, second_folder = Path(first.file).parent, Path(second.file).parent
    return first_folder != second_folder and all(
        (folder / PACK_FILE).is_file() for folder in (first_folder, second_folder)
    )


def _covers(strong: ComparedRule, weak: ComparedRule) -> bool:
    """Whether a flag of `weak` adds nothing to one of `strong`, if `strong` fires whenever `weak` does."""
    if _in_two_packs(strong.rule, weak.rule):
        return False
    a, b = strong.rule, weak.rule
    if a.weight is not None and b.weight is not None:
        as_severe = a.weight >= b.weight
    else:
        as_severe = a.weight is b.weight and a.severity >= b.severity
    same_sectors = a.not_for <= b.not_for and a.only_for == b.only_for
    guarded_alike = a.applies is None or _guard_text(a.applies) == _guard_text(b.applies)
    by_sector = strong.varies_by_sector or weak.varies_by_sector
    return as_severe and same_sectors and guarded_alike and not b.softens and not by_sector


def _never_together(rule: ComparedRule, softened: ComparedRule, context: LintContext) -> str | None:
    """Why a softened rule can't fire where the one that softens it does."""
    if softened.condition is None:
        return None
    if not softened.ways and not context.satisfiability(softened.rule).can_hold(softened.condition):
        return f"'{softened.rule.id}' can never fire"
    if rule.condition is None or rule.varies_by_sector or softened.varies_by_sector:
        return None
    both = negation_normal_form(And((rule.condition, softened.condition)))
    possible = context.satisfiability(rule.rule).can_hold(both)
    return None if possible else f"'{softened.rule.id}' can't fire where this rule does"


def _signature(rule: Rule) -> tuple[object, ...]:
    """A key that equal conditions share: patterns, guard and sectors, with values for parameters and numbers for names."""
    numbers: dict[str, str] = {}

    def renamed(text: str) -> str:
        for name, number in numbers.items():
            text = text.replace(f"{name}.", f"{number}.")
        return text

    def item(part: Item) -> object:
        if isinstance(part, AnyOf):
            return frozenset(tuple(map(item, branch)) for branch in part.branches)
        numbers.setdefault(part.name, part.name if part.kind == COMPANY else f"#{len(numbers)}")
        condition = renamed(format_expression(with_parameter_values(part.condition, rule)))
        return part.kind, renamed(str(part.owner or "")), part.negated, part.flag, condition

    sectors = tuple(sorted((n, s, v) for n, p in rule.params.items() for s, v in p.sectors.items()))
    return tuple(map(item, rule.when)), _guard_text(rule.applies), rule.only_for, rule.not_for, sectors


def _guard_text(guard: Expression | None) -> str:
    return format_expression(guard) if guard is not None else ""


def _warning(
    document: Document, path: Iterable[str | int], code: str, what: str, hint: str, *, key: bool = False
) -> Problem:
    return document.problem(tuple(path), what, hint, key=key, code=code).located(level="warning")
