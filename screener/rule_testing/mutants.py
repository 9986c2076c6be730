"""Slips that a hand could make in a rule: a threshold a little off, an operator turned, a condition left out or negated."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

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
from screener.io.document import Document
from screener.rules.lint.rule_lints import source_text, start_offset
from screener.rules.lint.satisfiability import SatisfiabilityChecker
from screener.rules.pattern_paths import KeyPath, pattern_paths
from screener.rules.rule import AnyOf, Item, Pattern, Rule, RuleParam, patterns

STEP = 0.01  # a threshold is moved by one per cent either way, one of a count by at least 1
TURNED = {">": (">=", "<"), ">=": (">", "<="), "<": ("<=", ">"), "<=": ("<", ">="), "==": ("!=",), "!=": ("==",)}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rule with one slip: what it is, which example would notice it, and where it stands."""

    rule: Rule
    what: str
    example: str
    loc: KeyPath
    offset: int = 0


def mutants(rule: Rule, document: Document | None, possible: SatisfiabilityChecker) -> Iterator[Mutant]:
    """All rules that differ from this one by one slip, each once."""
    seen = {_key(rule)}
    for mutant in (*_params(rule), *_conditions(rule, document, possible), *_patterns(rule, document)):
        if (key := _key(mutant.rule)) not in seen:
            seen.add(key)
            yield mutant


def _key(rule: Rule) -> str:
    values = [(n, p.value, tuple(p.sectors.items())) for n, p in rule.params.items()]
    return f"{rule.when!r} {rule.applies!r} {values}"


def nearby_thresholds(value: float, unit: str | None) -> tuple[float, float]:
    """A little less and a little more than a threshold."""
    least = 1.0 if unit in ("count", "money") else STEP
    step = max(abs(value) * STEP, 1.0) if unit == "count" else abs(value) * STEP or least
    return float(f"{value - step:.12g}"), float(f"{value + step:.12g}")


def _params(rule: Rule) -> Iterator[Mutant]:
    read = {n.field for c in _all_conditions(rule) for n in names_in(c) if n.scope == "params"}
    for name, param in rule.params.items():
        if name not in read:
            continue
        free = _measured(rule, name)
        if isinstance(param.value, bool):
            what = f"{name}: {str(param.value).lower()} → {str(not param.value).lower()}"
            yield Mutant(_with(rule, name, param, value=not param.value), what, "tells the two apart", ("params", name))
            continue
        if isinstance(param.value, str):
            continue
        for other in nearby_thresholds(param.value, param.unit):
            what, example = f"{name}: {param.value:g} → {other:g}", f"{free} between {_span(param.value, other)}"
            yield Mutant(_with(rule, name, param, value=other), what, example, ("params", name, "value"))
        for sector, held in param.by_sector.items():
            for other in nearby_thresholds(held.value, param.unit):
                sectors = {**param.by_sector, sector: held.model_copy(update={"value": other})}
                what = f"{name} in {sector}: {held.value:g} → {other:g}"
                example = f"has sector: {sector} and {free} between {_span(held.value, other)}"
                loc: KeyPath = ("params", name, "by_sector", sector, "value")
                yield Mutant(_with(rule, name, param, by_sector=sectors), what, example, loc)


def _span(one: float, other: float) -> str:
    return " and ".join(f"{value:g}" for value in sorted((one, other)))


def _measured(rule: Rule, param: str) -> str:
    """What an example has to put near a parameter."""
    for atom in (c for condition in _all_conditions(rule) for c in comparisons(condition)):
        for side, other in ((atom.left, atom.right), (atom.right, atom.left)):
            if any(n.scope == "params" and n.field == param for n in names_in(side)):
                return (
                    f"meets '{source_text(atom)}' only for a value of {param}"
                    if not isinstance(side, Name)
                    else f"has '{source_text(other)}'"
                )
    return "lies"


def _with(rule: Rule, name: str, param: RuleParam, **changes: object) -> Rule:
    return replace(rule, params={**rule.params, name: param.model_copy(update=changes)})


def _all_conditions(rule: Rule) -> list[Expression]:
    return [p.condition for p in patterns(rule.when)] + ([rule.applies] if rule.applies is not None else [])


def _conditions(rule: Rule, document: Document | None, possible: SatisfiabilityChecker) -> Iterator[Mutant]:
    for pattern, loc in _placed(rule, document):
        for other, what, example, at in _slips(pattern.condition, possible):
            changed = _replaced(rule.when, pattern, (replace(pattern, condition=other),))
            yield Mutant(replace(rule, when=changed), what, example, loc, at)
    if rule.applies is not None:
        for other, what, example, at in _slips(rule.applies, possible):
            yield Mutant(replace(rule, applies=other), what, example, ("applies",), at)


def _placed(rule: Rule, document: Document | None) -> Iterator[tuple[Pattern, KeyPath]]:
    if document is not None:
        yield from pattern_paths(rule, document)
    else:
        yield from ((p, ("when",)) for p in patterns(rule.when))


_Slip = tuple[Expression, str, str, int]


def _slips(node: Expression, possible: SatisfiabilityChecker) -> Iterator[_Slip]:
    """The same condition with one slip: what it is, what an example must do to notice it, and where."""
    at = start_offset(node)
    match node:
        case Compare(op, left, right):
            for turned in TURNED[op]:
                turn = Compare(turned, left, right, node.offset)
                what = f"{source_text(node)} → {source_text(turn)}"
                meets = (
                    "stands exactly on the threshold"
                    if set(turned) > set(op) or set(op) > set(turned)
                    else "fires here"
                )
                yield turn, what, meets, at
            for side, opposite, make in (
                (left, right, lambda new: Compare(op, new, right, node.offset)),
                (right, left, lambda new: Compare(op, left, new, node.offset)),
            ):
                yield from _numbers(node, side, _unit(opposite, possible), make)
        case And(items) | Or(items):
            kind: type[And] | type[Or] = Or if isinstance(node, And) else And
            if len(items) > 1:
                word, turned_word = ("and", "or") if kind is Or else ("or", "and")
                what = f"{source_text(node)}: {word} → {turned_word}"
                yield kind(items, node.offset), what, "meets only one of the two", at
            for i, item in enumerate(items):
                for other, what, example, inner in _slips(item, possible):
                    yield type(node)((*items[:i], other, *items[i + 1 :]), node.offset), what, example, inner
                if len(items) > 1:
                    rest = type(node)((*items[:i], *items[i + 1 :]), node.offset)
                    verb = "meets all the others but not this" if isinstance(node, And) else "meets this alone"
                    yield rest, f"without '{source_text(item)}'", verb, start_offset(item)
        case Name() | Not():
            flipped = node.item if isinstance(node, Not) else Not(node, node.offset)
            yield flipped, f"{source_text(node)} → {source_text(flipped)}", f"says {source_text(node)}", at


def _numbers(
    whole: Compare, node: Expression, unit: str | None, make: Callable[[Expression], Expression]
) -> Iterator[_Slip]:
    match node:
        case Number(value):
            for other in nearby_thresholds(value, unit):
                changed = Number(other, node.offset)
                yield (
                    make(changed),
                    f"{source_text(whole)}: {value:g} → {other:g}",
                    f"tells {_span(value, other)} apart",
                    node.offset,
                )
        case Negative(item):
            yield from _numbers(whole, item, unit, lambda new: make(Negative(new, node.offset)))
        case Binary(op, left, right):
            yield from _numbers(whole, left, None, lambda new: make(Binary(op, new, right, node.offset)))
            yield from _numbers(whole, right, None, lambda new: make(Binary(op, left, new, node.offset)))
        case Call(function, items):
            for i, item in enumerate(items):
                yield from _numbers(whole, item, None, lambda new, i=i: make(  # type: ignore[misc]
                    Call(function, (*items[:i], new, *items[i + 1 :]), node.offset)))  # fmt: skip


def _unit(node: Expression, possible: SatisfiabilityChecker) -> str | None:
    return getattr(possible.typed(node), "unit", None) if isinstance(node, Name) else None


def _patterns(rule: Rule, document: Document | None) -> Iterator[Mutant]:
    """Patterns left out and negated; where a later one speaks of what it binds that would be no rule any more."""
    every = list(_placed(rule, document))
    alone = len(rule.when) == 1
    for pattern, loc in every:
        spoken = {n.scope for p, _ in every if p is not pattern for n in names_in(p.condition)}
        spoken |= {p.owner.scope for p, _ in every if p.owner is not None}
        spoken |= {n.scope for fields in rule.concludes.values() for v in fields.values() for n in names_in(v)}
        if pattern.kind != COMPANY and pattern.name in spoken:
            continue
        said = (
            f"{pattern.kind}: {pattern.flag}"
            if pattern.kind == FLAG
            else f"{pattern.kind}: {source_text(pattern.condition)}"
        )
        if pattern.kind == COMPANY:
            changed: Pattern = replace(pattern, condition=negation_normal_form(pattern.condition, negated=True))
        else:
            changed = replace(pattern, negated=not pattern.negated)
        yield Mutant(replace(rule, when=_replaced(rule.when, pattern, (changed,))), f"'{said}' negated",
                     "meets all the others but not this" if not alone else "meets it", loc)  # fmt: skip
        without = _replaced(rule.when, pattern, ())
        if without:
            yield Mutant(replace(rule, when=without), f"without '{said}'", "meets all the others but not this", loc)


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
