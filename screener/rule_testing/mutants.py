"""Mutants of rules: a threshold slightly off, another operator, a condition left out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from screener.expression.syntax_tree import (
    And,
    Binary,
    Call,
    Compare,
    Expression,
    Name,
    Negative,
    Not,
    Number,
    Or,
    comparisons,
    names_in,
    negation_normal_form,
)
from screener.facts.fact import COMPANY, FLAG
from screener.rules.lint.condition_lints import source_text, start_offset
from screener.rules.lint.satisfiability import SatisfiabilityChecker
from screener.rules.rule import AnyOf, Item, KeyPath, Pattern, Rule, RuleParam, patterns

STEP = 0.01  # a threshold is moved by one per cent either way, one of a count by at least 1
OTHER_OPERATORS = {
    ">": (">=", "<"),
    ">=": (">", "<="),
    "<": ("<=", ">"),
    "<=": ("<", ">="),
    "==": ("!=",),
    "!=": ("==",),
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rule with one mistake: what it is, what an example must have to notice it, and where it stands."""

    rule: Rule
    what: str
    example: str
    path: KeyPath
    offset: int = 0


class ConditionMutant(NamedTuple):
    """A condition with one mistake: what it is, what an example must have to notice it, and where in its text."""

    condition: Expression
    what: str
    example: str
    offset: int


def mutants(rule: Rule, satisfiability: SatisfiabilityChecker) -> Iterator[Mutant]:
    """All rules that differ from this one by one mistake, each once."""
    known = {_decisive_parts(rule)}
    for mutant in (*_param_mutants(rule), *_condition_mutants(rule, satisfiability), *_pattern_mutants(rule)):
        if (key := _decisive_parts(mutant.rule)) not in known:
            known.add(key)
            yield mutant


def nearby_thresholds(value: float, unit: str | None) -> tuple[float, float]:
    """A little less and a little more than a threshold."""
    least = 1.0 if unit in ("count", "money") else STEP
    step = max(abs(value) * STEP, 1.0) if unit == "count" else abs(value) * STEP or least
    return float(f"{value - step:.12g}"), float(f"{value + step:.12g}")


def _decisive_parts(rule: Rule) -> str:
    values = [(name, param.value, tuple(param.sectors.items())) for name, param in rule.params.items()]
    return f"{rule.when!r} {rule.applies!r} {values}"


def _conditions(rule: Rule) -> list[Expression]:
    return [p.condition for p in patterns(rule.when)] + ([rule.applies] if rule.applies is not None else [])


def _param_mutants(rule: Rule) -> Iterator[Mutant]:
    read = {n.field for c in _conditions(rule) for n in names_in(c) if n.scope == "params"}
    for name, param in rule.params.items():
        if name not in read or isinstance(param.value, str):
            continue
        if isinstance(param.value, bool):
            what = f"{name}: {str(param.value).lower()} → {str(not param.value).lower()}"
            changed = _with_param(rule, name, param, value=not param.value)
            yield Mutant(changed, what, "comes out differently for the two", ("params", name))
            continue
        measured = _compared_with(rule, name)
        for other in nearby_thresholds(param.value, param.unit):
            what = f"{name}: {param.value:g} → {other:g}"
            example = f"{measured} between {_span(param.value, other)}"
            yield Mutant(_with_param(rule, name, param, value=other), what, example, ("params", name, "value"))
        for sector, sector_value in param.by_sector.items():
            for other in nearby_thresholds(sector_value.value, param.unit):
                sectors = {**param.by_sector, sector: sector_value.model_copy(update={"value": other})}
                what = f"{name} in {sector}: {sector_value.value:g} → {other:g}"
                example = f"has sector: {sector} and {measured} between {_span(sector_value.value, other)}"
                path: KeyPath = ("params", name, "by_sector", sector, "value")
                yield Mutant(_with_param(rule, name, param, by_sector=sectors), what, example, path)


def _with_param(rule: Rule, name: str, param: RuleParam, **changes: object) -> Rule:
    return replace(rule, params={**rule.params, name: param.model_copy(update=changes)})


def _span(first: float, second: float) -> str:
    return " and ".join(f"{value:g}" for value in sorted((first, second)))


def _compared_with(rule: Rule, param: str) -> str:
    """What an example must have near a parameter."""
    for node in (c for condition in _conditions(rule) for c in comparisons(condition)):
        for side, other in ((node.left, node.right), (node.right, node.left)):
            if any(n.scope == "params" and n.field == param for n in names_in(side)):
                if isinstance(side, Name):
                    return f"has '{source_text(other)}'"
                return f"meets '{source_text(node)}' only for a value of {param}"
    return "lies"


def _condition_mutants(rule: Rule, satisfiability: SatisfiabilityChecker) -> Iterator[Mutant]:
    for pattern in patterns(rule.when):
        for changed in _mutate(pattern.condition, satisfiability):
            when = _replaced(rule.when, pattern, (replace(pattern, condition=changed.condition),))
            mutated = replace(rule, when=when)
            yield Mutant(mutated, changed.what, changed.example, pattern.path, changed.offset)
    if rule.applies is not None:
        for changed in _mutate(rule.applies, satisfiability):
            mutated = replace(rule, applies=changed.condition)
            yield Mutant(mutated, changed.what, changed.example, ("applies",), changed.offset)


def _mutate(node: Expression, satisfiability: SatisfiabilityChecker) -> Iterator[ConditionMutant]:
    """The same condition with one mistake, in each possible place."""
    match node:
        case Compare():
            yield from _mutate_comparison(node, satisfiability)
        case And() | Or():
            yield from _mutate_junction(node, satisfiability)
        case Name() | Not():
            flipped = node.item if isinstance(node, Not) else Not(node, node.offset)
            what = f"{source_text(node)} → {source_text(flipped)}"
            yield ConditionMutant(flipped, what, f"states {source_text(node)}", start_offset(node))


def _mutate_comparison(node: Compare, satisfiability: SatisfiabilityChecker) -> Iterator[ConditionMutant]:
    for op in OTHER_OPERATORS[node.op]:
        changed = Compare(op, node.left, node.right, node.offset)
        what = f"{source_text(node)} → {source_text(changed)}"
        boundary = set(op) > set(node.op) or set(node.op) > set(op)
        example = "stands exactly on the threshold" if boundary else "fires here"
        yield ConditionMutant(changed, what, example, start_offset(node))
    left_unit, right_unit = (_unit(side, satisfiability) for side in (node.left, node.right))
    yield from _number_mutants(node, node.left, right_unit, lambda new: Compare(node.op, new, node.right, node.offset))
    yield from _number_mutants(node, node.right, left_unit, lambda new: Compare(node.op, node.left, new, node.offset))


def _mutate_junction(node: And | Or, satisfiability: SatisfiabilityChecker) -> Iterator[ConditionMutant]:
    kind: type[And] | type[Or] = type(node)
    several = len(node.items) > 1
    if several:
        other: type[And] | type[Or] = Or if kind is And else And
        what = f"{source_text(node)}: {kind.__name__.lower()} → {other.__name__.lower()}"
        yield ConditionMutant(other(node.items, node.offset), what, "meets only one of the two", start_offset(node))
    for i, item in enumerate(node.items):
        before, after = node.items[:i], node.items[i + 1 :]
        for changed in _mutate(item, satisfiability):
            yield changed._replace(condition=kind((*before, changed.condition, *after), node.offset))
        if several:
            example = "meets all the others but not this" if kind is And else "meets this alone"
            rest = kind((*before, *after), node.offset)
            yield ConditionMutant(rest, f"without '{source_text(item)}'", example, start_offset(item))


def _number_mutants(
    comparison: Compare, node: Expression, unit: str | None, rebuild: Callable[[Expression], Expression]
) -> Iterator[ConditionMutant]:
    """A comparison with another number in one of its sides; `rebuild` gives the comparison with that side changed."""
    match node:
        case Number(value):
            for other in nearby_thresholds(value, unit):
                what = f"{source_text(comparison)}: {value:g} → {other:g}"
                example = f"comes out differently for {_span(value, other)}"
                yield ConditionMutant(rebuild(Number(other, node.offset)), what, example, node.offset)
        case Negative(item):
            yield from _number_mutants(comparison, item, unit, lambda new: rebuild(Negative(new, node.offset)))
        case Binary(op, left, right):
            yield from _number_mutants(comparison, left, None, lambda new: rebuild(Binary(op, new, right, node.offset)))
            yield from _number_mutants(comparison, right, None, lambda new: rebuild(Binary(op, left, new, node.offset)))
        case Call(function, items):
            for i, item in enumerate(items):

                def rebuild_call(new: Expression, i: int = i) -> Expression:
                    return rebuild(Call(function, (*items[:i], new, *items[i + 1 :]), node.offset))

                yield from _number_mutants(comparison, item, None, rebuild_call)


def _unit(node: Expression, satisfiability: SatisfiabilityChecker) -> str | None:
    return getattr(satisfiability.typed(node), "unit", None) if isinstance(node, Name) else None


def _pattern_mutants(rule: Rule) -> Iterator[Mutant]:
    """Patterns left out and negated; not where a later one uses the name that it binds: that would be no rule."""
    every = list(patterns(rule.when))
    only_one = len(rule.when) == 1
    for pattern in every:
        used = {n.scope for p in every if p is not pattern for n in names_in(p.condition)}
        used |= {p.owner.scope for p in every if p.owner is not None}
        used |= {n.scope for fields in rule.concludes.values() for v in fields.values() for n in names_in(v)}
        if pattern.kind != COMPANY and pattern.name in used:
            continue
        asks_for = pattern.flag if pattern.kind == FLAG else source_text(pattern.condition)
        if pattern.kind == COMPANY:
            changed = replace(pattern, condition=negation_normal_form(pattern.condition, negated=True))
        else:
            changed = replace(pattern, negated=not pattern.negated)
        others = "meets all the others but not this"
        negated = replace(rule, when=_replaced(rule.when, pattern, (changed,)))
        example = "meets it" if only_one else others
        yield Mutant(negated, f"'{pattern.kind}: {asks_for}' negated", example, pattern.path)
        if rest := _replaced(rule.when, pattern, ()):
            what = f"without '{pattern.kind}: {asks_for}'"
            yield Mutant(replace(rule, when=rest), what, others, pattern.path)


def _replaced(items: tuple[Item, ...], old: Pattern, new: tuple[Item, ...]) -> tuple[Item, ...]:
    """The items with one pattern replaced; a branch of `any` that is left with nothing goes."""
    found: list[Item] = []
    for item in items:
        if item is old:
            found.extend(new)
        elif isinstance(item, AnyOf):
            branches = tuple(b for branch in item.branches if (b := _replaced(branch, old, new)))
            if branches:
                found.append(AnyOf(branches))
        else:
            found.append(item)
    return tuple(found)
