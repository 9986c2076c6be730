"""Searches for small profiles on which a rule fires, just does not, and is clear: the examples of a first draft."""

import math
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from itertools import pairwise
from typing import Any

from screener.engine.search import SearchEngine
from screener.errors import ScreenerError
from screener.explain.finding_templates import outcome_of
from screener.expression.interval import Interval, Truth
from screener.expression.interval_ops import Value, number, truth
from screener.expression.syntax_tree import And, Compare, Expression, Name, Not, Or, names_in
from screener.facts.fact import COMPANY, FLAG
from screener.profile.catalogue import TypedEntry
from screener.rule_testing.examples import example_facts, program_for
from screener.rules.compiler import expand_alternatives
from screener.rules.lint.satisfiability import with_parameter_values
from screener.rules.rule import EXAMPLE_OUTCOMES, Example, Pattern, Rule, patterns
from screener.rules.rulebook import Rulebook
from screener.units import NUMERIC
from screener.vocabulary import Outcome

Fragment = dict[str, Any]
"""A part of a profile, as examples have it."""
_Key = tuple[str, str]  # scope and field of a name
_Values = Mapping[_Key, float | bool | str]
NEAR = 1 / 200  # how far from a threshold an example stands, relative to it
_PARTY = "other-company"  # the id of a counterparty


def find_examples(book: Rulebook, rule: Rule) -> dict[str, Fragment]:
    """Examples by name: fires, boundary, clear and unknown, and further ones for further comparisons.

    Each was run; one whose name does not stand for its outcome says `expect`. What can't be found is left out.
    """
    found: dict[str, Fragment] = {}
    for name, fragment in _ExampleSearch(book, rule).candidates():
        outcome, expected = _outcome(book, rule, name, fragment), EXAMPLE_OUTCOMES.get(name)
        if outcome is None or (name in ("fires", "clear", "unknown") and outcome != expected):
            continue
        if name not in found and fragment not in found.values():
            found[name] = fragment if outcome == expected else {"expect": outcome.value, **fragment}
    order = ["fires", "boundary", "clear", *(n for n in found if n not in EXAMPLE_OUTCOMES), "unknown"]
    return {name: found[name] for name in order if name in found}


def _outcome(book: Rulebook, rule: Rule, name: str, fragment: Fragment) -> Outcome | None:
    try:
        program = program_for(book, rule)
        facts = example_facts(book, program, rule, Example(name, Outcome.UNKNOWN, fragment))
        return outcome_of(SearchEngine(program).run(facts).of(rule.id, facts.main))
    except ScreenerError:
        return None


class _ExampleSearch:
    """Assigns values to the names in the first alternative of a rule so that its comparisons hold, or just do not."""

    def __init__(self, book: Rulebook, rule: Rule) -> None:
        self.book, self.rule = book, rule
        self.patterns = expand_alternatives(rule.when)[0].items
        self.kinds = {p.name: p.kind for p in patterns(rule.when)}
        self.atoms = self._atoms_of(self.patterns)

    def _atoms_of(self, items: Iterable[Pattern], every: bool = False) -> list[tuple[Expression, Pattern]]:
        """What must hold in the conditions of patterns, each with its pattern; of an `or` the first item, or `every` one."""
        conditions = [(with_parameter_values(p.condition, self.rule), p) for p in items]
        return [(atom, pattern) for condition, pattern in conditions for atom in _atoms(condition, every)]

    def candidates(self) -> Iterator[tuple[str, Fragment]]:
        """Names of examples with profiles that may be such examples."""
        values = self._satisfying()
        yield "fires", self._fragment(values)
        for i, (atom, pattern) in enumerate(self.atoms, 1):
            ending, turned = "" if i == 1 else f"-{i}", pattern if pattern.negated else None
            on, beyond = self._near(atom, values, holds=False)
            if on is not None:
                yield f"boundary{ending}", self._fragment(on, turned)
            if beyond is not None or not _is_inequality(atom):
                yield f"clear{ending}", self._fragment(beyond or self._changed(atom, values, holds=False), turned)
        others = [p for p in self.patterns if p.kind == FLAG or p.negated]
        for i, pattern in enumerate(others, len(self.atoms) + 1):
            yield "clear", self._fragment(values, turned=pattern)
            yield f"clear-{i}", self._fragment(values, turned=pattern)
        yield "clear", self._failing(values)
        yield "unknown", {}

    def _failing(self, values: _Values) -> Fragment:
        """A profile of which nothing holds that any alternative asks for."""
        every = list(patterns(self.rule.when))
        atoms = self._atoms_of(every, every=True)
        values = {**{(n.scope, n.field): self._default(n) for a, _ in atoms for n in names_in(a)}, **values}
        for _ in range(2):
            for atom, _ in atoms:
                if truth(atom, _lookup(values)) is not Truth.FALSE:
                    values = self._changed(atom, values, holds=False)
        fragment = self._fragment(values)
        for flag in {p.flag for p in every if p.flag is not None and p.owner is None}:
            _merge(fragment, self._flag_fragment(flag, fires=False))
        return fragment

    def _satisfying(self) -> _Values:
        """Values with which all comparisons hold, as far as a few passes find them."""
        values: _Values = {(n.scope, n.field): self._default(n) for atom, _ in self.atoms for n in names_in(atom)}
        for _ in range(3):
            for atom, _ in self.atoms:
                if truth(atom, _lookup(values)) is not Truth.TRUE or _is_inequality(atom):
                    values = self._changed(atom, values, holds=True)
        return values

    def _typed(self, name: Name) -> TypedEntry | None:
        catalogue = self.book.catalogue
        if name.scope == COMPANY:
            return catalogue.claimable.get(name.field)
        kind = catalogue.kinds.get(self.kinds.get(name.scope, ""))
        return kind.fields.get(name.field) if kind else None

    def _default(self, name: Name) -> float | bool | str:
        typed = self._typed(name)
        if typed is None or typed.unit not in NUMERIC:
            return True if typed and typed.unit == "truth" else (*(typed.words if typed else ()), _PARTY)[0]
        middle = {"money": 100.0, "fraction": 0.5, "count": 10.0}.get(typed.unit, 1.0)
        return min(max(middle, typed.bounds.lo), typed.bounds.hi)

    def _changed(self, atom: Expression, values: _Values, holds: bool) -> _Values:
        """The values with one of them changed so that an atom holds, or does not; as they are where none does it."""
        if isinstance(atom, Compare) and _is_inequality(atom):
            return self._near(atom, values, holds)[1] or values
        for name in names_in(atom):
            typed = self._typed(name)
            options: list[float | bool | str] = [True, False, *(typed.words if typed else ())]
            if isinstance(atom, Compare) and typed is not None and typed.unit in NUMERIC:
                sides = [number(side, _lookup(values)).lo for side in (atom.left, atom.right)]
                options = [side + step for side in sides for step in (0, 1)]
            for option in options:
                changed = {**values, (name.scope, name.field): option}
                if truth(atom, _lookup(changed)) is Truth.of(holds):
                    return changed
        return values

    def _near(self, atom: Expression, values: _Values, holds: bool) -> tuple[_Values | None, _Values | None]:
        """The values with the two sides of a comparison equal, and a little away from that, where it `holds` or does not."""
        for name in sorted(names_in(atom), key=self._uses):
            typed, key = self._typed(name), (name.scope, name.field)
            if typed is None or typed.unit not in NUMERIC or not isinstance(atom, Compare):
                continue
            root = _root(atom, key, values, typed)
            if root is None:
                continue
            step = 1.0 if typed.unit == "count" or (root == 0 and typed.unit == "money") else abs(root) * NEAR or 0.01
            for value in (_inside(root + step, root, typed), _inside(root - step, root, typed)):
                changed = {**values, key: value}
                if value != root and truth(atom, _lookup(changed)) is Truth.of(holds):
                    return {**values, key: root}, changed
        return None, None

    def _uses(self, name: Name) -> int:
        """In how many comparisons a name stands: changing one that stands in few disturbs few."""
        return sum((name.scope, name.field) in {(n.scope, n.field) for n in names_in(a)} for a, _ in self.atoms)

    def _fragment(self, values: _Values, turned: Pattern | None = None) -> Fragment:
        """The profile that values stand for; of the pattern `turned` it is not met, though all others are."""
        fragment: Fragment = {"sector": min(self.rule.only_for)} if self.rule.only_for else {}
        for (scope, name), value in values.items():
            if scope == COMPANY:
                where = "metrics" if name in self.book.catalogue.metrics else "figures"
                fragment.setdefault(where, {})[name] = _as_written(value)
        parties: dict[str, Fragment] = {}
        for pattern in self.patterns:
            subject = fragment
            if pattern.owner is not None and pattern.owner.scope != COMPANY:
                party = str(values.get((pattern.owner.scope, pattern.owner.field), _PARTY))
                subject = parties.setdefault(party, {"name": "Other company"})
            present = pattern.negated == (pattern is turned)
            if pattern.kind == FLAG:
                _merge(subject, self._flag_fragment(pattern.flag or "", fires=present))
            elif pattern.kind != COMPANY:
                self._add_member(subject, pattern, values, present)
        return {**fragment, "parties": parties} if parties else fragment

    def _add_member(self, subject: Fragment, pattern: Pattern, values: _Values, present: bool) -> None:
        """Adds what a pattern asks for to its list; the list alone where it is to be absent."""
        kind = self.book.catalogue.kinds[pattern.kind]
        parent = self.book.catalogue.kinds[kind.within] if kind.within else None
        if kind.within and parent is not None and parent.list_name:
            members = subject.setdefault(parent.list_name, [])
            if not members:
                members.append(self._member(kind.within, "", values))
            subject = members[0]
        if kind.list_name:
            members = subject.setdefault(kind.list_name, [])
            if present:
                members.append(self._member(pattern.kind, pattern.name, values))

    def _member(self, kind: str, name: str, values: _Values) -> Fragment:
        """A member of a list: the fields that conditions read, and those that it must have."""
        fields = self.book.catalogue.kinds[kind].fields
        member = {
            f: _as_written(v) for (scope, f), v in values.items() if scope == name and f in fields and fields[f].given
        }
        owners = {p.owner.field for p in self.patterns if p.owner is not None and p.owner.scope == name}
        for field, typed in fields.items():
            if field not in member and (typed.required or field in owners):
                member[field] = _PARTY if typed.unit == "company" else typed.words[0] if typed.words else 1
        return member

    def _flag_fragment(self, flag: str, fires: bool) -> Fragment:
        """The example of another rule in which it fires, or is clear."""
        wanted = Outcome.FIRED if fires else Outcome.CLEAR
        return deepcopy(next((e.profile for e in self.book.rules[flag].examples if e.expect == wanted), {}))


def _atoms(node: Expression, every: bool) -> Iterator[Expression]:
    """What must hold for a condition to hold; of `or` the first item, or `every` one."""
    match node:
        case And(items) | Or(items):
            for item in items if every or isinstance(node, And) else items[:1]:
                yield from _atoms(item, every)
        case Compare() | Name() | Not():
            yield node


def _is_inequality(node: Expression) -> bool:
    return isinstance(node, Compare) and node.op not in ("==", "!=")


def _root(atom: Compare, key: _Key, values: _Values, typed: TypedEntry) -> float | None:
    """The value of one name with which both sides are equal, as a short decimal; by bisection."""

    def difference(value: float) -> float:
        lookup = _lookup({**values, key: value})
        return number(atom.left, lookup).lo - number(atom.right, lookup).lo

    low, high = max(typed.bounds.lo, -1e15), min(typed.bounds.hi, 1e15)
    grid = {low, high, 0.0, *(sign * 10.0**e for e in range(-4, 16) for sign in (1, -1))}
    points = [x for x in sorted(grid) if low <= x <= high and math.isfinite(difference(x))]
    for a, b in pairwise(points):
        if difference(a) * difference(b) <= 0:
            for _ in range(200):
                middle = (a + b) / 2
                a, b = (a, middle) if difference(a) * difference(middle) <= 0 else (middle, b)
            return float(f"{b:.12g}")
    return None


def _lookup(values: _Values) -> Any:
    def value_of(name: Name) -> Value:
        value = values.get((name.scope, name.field))
        if isinstance(value, int | float) and not isinstance(value, bool):
            return Interval.point(float(value))
        return value

    return value_of


def _inside(value: float, root: float, typed: TypedEntry) -> float:
    """A value; where that lies outside the domain, one between the root and the end of the domain."""
    low, high = typed.bounds.lo, typed.bounds.hi
    moved = value if low <= value <= high else (root + (high if value > high else low)) / 2
    return float(f"{moved:.12g}")


def _as_written(value: float | bool | str) -> float | bool | str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value


def _merge(into: Fragment, other: Mapping[str, Any]) -> None:
    """Adds what another fragment states and this one does not."""
    for key, value in other.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        elif isinstance(value, list) and isinstance(into.get(key), list):
            into[key] = [*into[key], *(v for v in value if v not in into[key])]
        else:
            into.setdefault(key, value)
