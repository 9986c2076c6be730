"""The search over bindings: finds every way in which the patterns of a rule can bind facts, for any backend of truth
values."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, TypeVar

from screener.engine.rule_context import BoundFact, owner_of
from screener.expression.backend import TruthOps
from screener.expression.syntax_tree import Expression, names_in
from screener.facts.fact import COMPANY
from screener.rules.compiler import Program
from screener.rules.rule import AnyOf, Item, Pattern

F = TypeVar("F", bound=BoundFact)
T = TypeVar("T")


class BindingSearch(ABC, Generic[F, T]):
    """Binds facts to the patterns of one rule (`when`, in the order of `cheapest_first`), for one judged company."""

    def __init__(self, ops: TruthOps[T], when: tuple[Item, ...], company: str) -> None:
        self.ops, self.when, self.company = ops, when, company

    @abstractmethod
    def condition(self, condition: Expression, binding: Mapping[str, F]) -> T:
        """Returns whether a condition on the company and the bound facts holds."""

    @abstractmethod
    def candidates(self, pattern: Pattern, owner: str, binding: Mapping[str, F]) -> Iterable[tuple[F, T]]:
        """Returns the facts of `owner` that a pattern may bind, each with whether it exists and meets the pattern's
        condition."""

    def ways(self, start: T) -> Iterator[tuple[int, dict[str, F], T]]:
        """Yields each way to bind facts: the number of the alternative, the facts by pattern, and whether all
        conditions hold.

        `start` is the truth of a further condition that must hold. Impossible ways are left out.
        """
        yield from self._walk(self.when, {}, 0, (), start)

    def _walk(
        self, items: tuple[Item, ...], binding: dict[str, F], alternative: int, absent: tuple[Pattern, ...], holds: T
    ) -> Iterator[tuple[int, dict[str, F], T]]:
        if self.ops.is_false(holds):
            return
        if not items:
            for pattern in absent:
                holds = self.ops.both(holds, self.ops.negate(self._some_match(pattern, binding)))
            if not self.ops.is_false(holds):
                yield alternative, binding, holds
            return
        item, rest = items[0], items[1:]
        if isinstance(item, AnyOf):
            # the number of an alternative is its place in itertools.product over all `any`
            below = _width(rest)
            for branch in item.branches:
                yield from self._walk((*branch, *rest), binding, alternative, absent, holds)
                alternative += _width(branch) * below
        elif item.negated:
            yield from self._walk(rest, binding, alternative, (*absent, item), holds)
        elif item.kind == COMPANY:
            holds = self.ops.both(holds, self.condition(item.condition, binding))
            yield from self._walk(rest, binding, alternative, absent, holds)
        else:
            for fact, matches in self.candidates(item, owner_of(item, self.company, binding), binding):
                bound = {**binding, item.name: fact}
                yield from self._walk(rest, bound, alternative, absent, self.ops.both(holds, matches))

    def _some_match(self, pattern: Pattern, binding: Mapping[str, F]) -> T:
        """Returns whether any fact matches a negated pattern."""
        found = self.ops.false
        for _, matches in self.candidates(pattern, owner_of(pattern, self.company, binding), binding):
            found = self.ops.either(found, matches)
            if self.ops.is_true(found):
                break
        return found


def cheapest_first(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Returns the patterns, with those first that depend only on the company's own figures."""
    nested = [
        item if isinstance(item, Pattern) else AnyOf(tuple(cheapest_first(branch) for branch in item.branches))
        for item in items
    ]
    return tuple(sorted(nested, key=lambda item: not (isinstance(item, Pattern) and _needs_no_facts(item))))


def _needs_no_facts(pattern: Pattern) -> bool:
    return pattern.kind == COMPANY and all(n.scope in (COMPANY, "params") for n in names_in(pattern.condition))


def _width(items: tuple[Item, ...]) -> int:
    """Returns the number of alternatives of a list of patterns."""
    width = 1
    for item in items:
        if isinstance(item, AnyOf):
            width *= sum(_width(branch) for branch in item.branches)
    return width


def evaluation_order(program: Program, stratum: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
    """Returns the rules of a stratum, those first on which others depend; with each, whether it or an earlier rule
    depends on it.

    If no rule has an earlier one that depends on it, evaluating each rule once is enough.
    """
    below = {rule: {d.rule for d in program.graph.dependencies(program.rules[rule])} for rule in stratum}
    order: dict[str, None] = {}
    visited: set[str] = set()

    def visit(rule: str) -> None:
        if rule in below and rule not in visited:
            visited.add(rule)
            for other in sorted(below[rule]):
                visit(other)
            order[rule] = None

    for rule in stratum:
        visit(rule)
    rules = tuple(order)
    return tuple((rule, any(rule in below[other] for other in rules[: i + 1])) for i, rule in enumerate(rules))
