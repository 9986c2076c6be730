"""What is odd between rules: one that adds nothing to another, two that contradict, one that softens what can't be."""

from collections.abc import Iterator, Mapping
from itertools import combinations

from screener.errors import Problem
from screener.expression.printer import format_expression
from screener.expression.syntax_tree import And, Expression, negation_normal_form
from screener.io.document import Document
from screener.rules.compiler import Alternative, expand_alternatives
from screener.rules.lint.rule_lints import LintContext, company_condition, kinds_by_name
from screener.rules.lint.satisfiability import Disjunct, SatisfiabilityChecker, with_parameter_values
from screener.rules.pattern_paths import KeyPath, pattern_paths
from screener.rules.rule import AnyOf, Item, Rule


def lint_rule_pairs(
    rules: Mapping[str, Rule], checked: set[str], documents: Mapping[str, Document], desk: LintContext
) -> Iterator[Problem]:
    """Problems between rules of which at least one is checked, told of that one."""
    written = {rule.id: _signature(rule) for rule in rules.values()}
    conditions = {rule.id: c for rule in rules.values() if (c := company_condition(rule)) is not None}
    ways = {
        rule: _possible(rules[rule], desk).disjuncts(with_parameter_values(c, rules[rule])) or []
        for rule, c in conditions.items()
    }
    for a, b in combinations(sorted(rules), 2):
        if a not in checked and b not in checked:
            continue
        here, there = (a, b) if a in checked and (b not in checked or _later(documents, a, b)) else (b, a)
        one, two = rules[here], rules[there]
        if written[a] == written[b]:
            yield from _same(one, two, documents[here])
            continue
        for weak, strong in ((one, two), (two, one)):
            if weak.id in checked and _covers(strong, weak) and _all_imply(ways.get(weak.id), ways.get(strong.id)):
                what = f"wherever it fires '{strong.id}' does too, of the same cause and no less heavy"
                hint = "it adds nothing: raise its severity, change its condition, or leave it out"
                yield documents[weak.id].problem(["rule"], what, hint, code="shadowed").located(level="warning")
                break
    for rule in rules.values():
        for i, softened in enumerate(rule.softens if rule.id in checked else ()):
            if softened in conditions and (why := _never_together(rule, rules[softened], conditions, ways, desk)):
                yield documents[rule.id].problem(["softens", i], why, "soften a rule that can fire beside this one",
                                                 code="softens-nothing").located(level="warning")  # fmt: skip


def lint_flag_cycles(
    rules: Mapping[str, Rule], checked: set[str], documents: Mapping[str, Document]
) -> Iterator[Problem]:
    """Rules that no company can meet because of the flags they ask for: a flag and its absence, or their own."""
    alternatives = {r.id: expand_alternatives(r.when) for r in rules.values()}
    fire: set[str] = set()
    while more := {r for r, ways in alternatives.items() if r not in fire and any(_may_fire(w, fire) for w in ways)}:
        fire |= more
    for rule in sorted(checked - fire):
        asked = {p.flag for way in alternatives[rule] for p in way.items if p.flag and not p.negated} - fire
        circle = _circle(rule, alternatives, fire)
        if not asked:
            what, hint = "a flag and its absence can't hold together", "mend one of the two"
            at: KeyPath = ("when",)
        elif rule in circle:
            what = f"it can't fire before it has fired: {' → '.join(circle)}"
            hint = "let one of them fire without the other"
            at = next(loc for p, loc in pattern_paths(rules[rule], documents[rule]) if p.flag == circle[1])
        else:
            continue  # what it rests on is told there
        yield documents[rule].problem(at, what, hint, key=at == ("when",), code="never-holds")


def _may_fire(way: Alternative, fire: set[str]) -> bool:
    asked = {(p.flag, str(p.owner)) for p in way.items if p.flag and not p.negated}
    denied = {(p.flag, str(p.owner)) for p in way.items if p.flag and p.negated}
    return not asked & denied and {flag for flag, _ in asked} <= fire


def _circle(start: str, alternatives: Mapping[str, tuple[Alternative, ...]], fire: set[str]) -> list[str]:
    """From a rule along the flags that can't fire, until one comes again."""
    path = [start]
    while True:
        asked = [
            p.flag
            for way in alternatives[path[-1]]
            for p in way.items
            if p.flag and not p.negated and p.flag not in fire
        ]
        after = next((f for f in asked if f in alternatives), None)
        if after is None:
            return []
        if after in path:
            return [*path[path.index(after) :], after]
        path.append(after)


def _possible(rule: Rule, desk: LintContext) -> SatisfiabilityChecker:
    return SatisfiabilityChecker(rule, desk.domains, kinds_by_name(rule))


def _later(documents: Mapping[str, Document], a: str, b: str) -> bool:
    return (documents[a].name, documents[a].place(["rule"])) > (documents[b].name, documents[b].place(["rule"]))


def _same(rule: Rule, other: Rule, document: Document) -> Iterator[Problem]:
    """Two rules with one condition."""
    if {rule.flag, other.flag} == {"red", "green"}:
        what = f"the condition of the {other.flag} rule '{other.id}' makes a {rule.flag} flag here"
        yield document.problem(["when"], what, "one of the two is wrong", key=True, code="contradiction").located(
            level="warning"
        )
    elif rule.flag == other.flag and rule.flag != "pattern":
        what, hint = f"has the same condition as '{other.id}'", "leave one of the two out"
        yield document.problem(["when"], what, hint, key=True, code="shadowed").located(level="warning")


def _covers(strong: Rule, weak: Rule) -> bool:
    """Whether a flag of `strong` leaves nothing for one of `weak` to say, if it fires whenever that does."""
    if strong.flag != weak.flag or not strong.flag.scores or strong.cause is None or strong.cause != weak.cause:
        return False
    if strong.weight is not None and weak.weight is not None:
        heavier = strong.weight >= weak.weight
    else:
        heavier = strong.weight is weak.weight and strong.severity >= weak.severity
    sectors = strong.not_for <= weak.not_for and strong.only_for == weak.only_for
    guards = sectors and (strong.applies is None or _text(strong.applies) == _text(weak.applies))
    return guards and heavier and not weak.softens \
        and not any(p.by_sector for p in (*strong.params.values(), *weak.params.values()))  # fmt: skip


def _all_imply(weak: list[Disjunct] | None, strong: list[Disjunct] | None) -> bool:
    return bool(weak) and bool(strong) and all(any(a.implies(b) for b in strong or ()) for a in weak or ())


def _never_together(
    rule: Rule,
    softened: Rule,
    conditions: Mapping[str, Expression],
    ways: Mapping[str, list[Disjunct]],
    desk: LintContext,
) -> str | None:
    if not ways[softened.id]:
        return f"'{softened.id}' can never fire"
    if rule.id not in conditions or any(p.by_sector for r in (rule, softened) for p in r.params.values()):
        return None
    both = And(
        (with_parameter_values(conditions[rule.id], rule), with_parameter_values(conditions[softened.id], softened))
    )
    return (
        f"'{softened.id}' can't fire where this rule does"
        if not _possible(rule, desk).can_hold(negation_normal_form(both))
        else None
    )


def _signature(rule: Rule) -> tuple[object, ...]:
    """What makes two conditions the same: patterns, guard and sectors, with values for parameters and numbers for names."""
    numbers: dict[str, str] = {}

    def named(text: str) -> str:
        for name, number in numbers.items():
            text = text.replace(f"{name}.", f"{number}.")
        return text

    def item(part: Item) -> object:
        if isinstance(part, AnyOf):
            return frozenset(tuple(map(item, branch)) for branch in part.branches)
        numbers.setdefault(part.name, part.name if part.kind == "company" else f"#{len(numbers)}")
        condition = named(format_expression(with_parameter_values(part.condition, rule)))
        return part.kind, named(str(part.owner or "")), part.negated, part.flag, condition

    sectors = tuple(sorted((n, s, v) for n, p in rule.params.items() for s, v in p.sectors.items()))
    return tuple(map(item, rule.when)), _text(rule.applies), rule.only_for, rule.not_for, sectors


def _text(guard: Expression | None) -> str:
    return format_expression(guard) if guard is not None else ""
