"""Finds rules that can never fire because they require a flag and its absence or, in a cycle, their own flag."""

from collections.abc import Iterator, Mapping

from screener.errors import Problem
from screener.io.document import Document
from screener.rules.compiler import Alternative, expand_alternatives
from screener.rules.rule import Rule, patterns


def lint_flag_cycles(
    rules: Mapping[str, Rule], checked: set[str], documents: Mapping[str, Document]
) -> Iterator[Problem]:
    """Problems of the checked rules that can't fire because of flags."""
    alternatives = {rule.id: expand_alternatives(rule.when) for rule in rules.values()}
    can_fire = _rules_that_can_fire(alternatives)
    waits_for = {name: _flags_asked_for(ways, can_fire) for name, ways in alternatives.items() if name not in can_fire}
    for name in sorted(checked - can_fire):
        if not waits_for[name]:
            what, hint = "a flag and its absence can't hold together", "correct one of the two"
            yield documents[name].problem(["when"], what, hint, key=True, code="never-holds")
        elif (cycle := _cycle_from(name, waits_for)) and name in cycle:
            what = f"it can't fire before it has fired: {' → '.join(cycle)}"
            path = next(p.path for p in patterns(rules[name].when) if p.flag == cycle[1])
            hint = "let one of them fire without the other"
            yield documents[name].problem(path, what, hint, code="never-holds")
        # else: the rule that it rests on is reported


def _rules_that_can_fire(alternatives: Mapping[str, tuple[Alternative, ...]]) -> set[str]:
    """The rules that can fire: those that require no flag, and those whose required flags can fire."""
    asking: dict[str, list[str]] = {}  # flag -> rules that ask for it
    for name, ways in alternatives.items():
        for flag in _flags_asked_for(ways, set()):
            asking.setdefault(flag, []).append(name)
    can_fire: set[str] = set()
    queue = list(alternatives)
    while queue:
        name = queue.pop()
        if name not in can_fire and any(_may_hold(way, can_fire) for way in alternatives.get(name, ())):
            can_fire.add(name)
            queue.extend(asking.get(name, ()))
    return can_fire


def _may_hold(way: Alternative, can_fire: set[str]) -> bool:
    required = {(p.flag, str(p.owner)) for p in way.items if p.flag and not p.negated}
    denied = {(p.flag, str(p.owner)) for p in way.items if p.flag and p.negated}
    return not required & denied and {flag for flag, _ in required} <= can_fire


def _flags_asked_for(ways: tuple[Alternative, ...], without: set[str]) -> list[str]:
    return list(
        dict.fromkeys(p.flag for way in ways for p in way.items if p.flag and not p.negated and p.flag not in without)
    )


def _cycle_from(start: str, waits_for: Mapping[str, list[str]]) -> list[str]:
    """The cycle reached from a rule by following the flags that it requires."""
    path = {start: None}
    name = start
    while True:
        after = next((flag for flag in waits_for[name] if flag in waits_for), None)
        if after is None:
            return []
        if after in path:
            names = list(path)
            return [*names[names.index(after) :], after]
        path[after] = None
        name = after
