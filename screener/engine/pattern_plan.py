"""Plans how the engine `search` matches a pattern: what is evaluated once for each fact, and by which field facts are
looked up."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from screener.expression.interval import Truth
from screener.expression.syntax_tree import And, Compare, Expression, Name, names_in
from screener.facts.fact import COMPANY, Fact
from screener.rules.compiler import Program
from screener.rules.rule import Pattern


class PatternPlan(NamedTuple):
    """The plan for matching a pattern: conditions that depend only on its own fact are evaluated once for each fact."""

    own: And
    joined: And
    field: str | None  # a word or company that must equal the value of `other`: facts are looked up by it
    other: Expression | None


@dataclass(slots=True)
class PatternCandidates:
    """The facts that may meet a pattern's own condition, each with the truth of that, by the value of a field."""

    by_value: dict[object, list[tuple[Fact, Truth]]] = field(default_factory=dict)
    every: list[tuple[Fact, Truth]] = field(default_factory=list)

    def having(self, value: object) -> Iterable[tuple[Fact, Truth]]:
        """Returns the facts whose field has, or may have, a word or company; all facts if the value looked for is
        missing."""
        if not isinstance(value, str):
            return self.every
        return chain(self.by_value.get(value, ()), self.by_value.get(None, ()))


def plan_pattern(pattern: Pattern, program: Program) -> PatternPlan:
    """Returns the plan for a pattern on facts of a list."""
    conjuncts = pattern.condition.items if isinstance(pattern.condition, And) else (pattern.condition,)
    scopes = {pattern.name, COMPANY, "params"}
    own: list[Expression] = []
    joined: list[Expression] = []
    for conjunct in conjuncts:
        (own if all(n.scope in scopes for n in names_in(conjunct)) else joined).append(conjunct)
    for conjunct in joined:
        if isinstance(conjunct, Compare) and conjunct.op == "==":
            for mine, other in ((conjunct.left, conjunct.right), (conjunct.right, conjunct.left)):
                if isinstance(mine, Name) and mine.scope == pattern.name and isinstance(other, Name):
                    unit = program.catalogue.kinds[pattern.kind].fields[mine.field].unit
                    if unit in ("company", "word", "text") and other.scope != pattern.name:
                        return PatternPlan(And(tuple(own)), And(tuple(joined)), mine.field, other)
    return PatternPlan(And(tuple(own)), And(tuple(joined)), None, None)
