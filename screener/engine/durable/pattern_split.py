"""Splits a pattern of a rule into tests and joins that the C library handles reliably, and conditions that Python
evaluates.

Only equality joins on text and comparisons with constants are compiled, since a comparison across facts may crash the C
code.
"""

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import NamedTuple

from screener.engine.durable.encoding import MOST_CONSTANT, Form, Json, number_test, truth_test, word_test
from screener.engine.durable.open_alternatives import Field
from screener.engine.durable.ruleset import node_count
from screener.engine.figure_conditions import constant_value
from screener.expression.syntax_tree import MIRRORED_OP, And, Bool, Compare, Expression, Name, Not, Or, names_in
from screener.facts.fact import COMPANY, COMPANY_ID
from screener.profile.catalogue import Catalogue
from screener.rules.rule import Pattern, Rule

SUBJECT = "@"  # name of the pattern that binds the judged company's own fact; no pattern of a rule can have it
MOST_NODES = (
    24  # greatest number of tests and joins of one kind in an alternative; further ones are evaluated in Python
)
MOST_LEVELS = 8  # greatest number of `and` and `or` in a pattern: the C library has a limit of 32 expressions
MOST_WAYS = (
    8  # greatest number of ways in which the `or`s of a pattern may hold at once: the C library matches once for each
)


class Join(NamedTuple):
    """A field of a pattern's fact that must equal a field of an earlier one, bound under the name `other`."""

    own: str
    other: str
    theirs: str

    def condition(self, pattern: str) -> Compare:
        """Returns the join as a condition of the pattern with this name."""
        return Compare(
            "==", Name(pattern, self.own), Name(COMPANY if self.other == SUBJECT else self.other, self.theirs)
        )


@dataclass(slots=True)
class SplitPattern:
    """A pattern of a rule, split into tests on its own fact, joins with earlier ones, and conditions to evaluate in
    Python."""

    pattern: Pattern
    form: Form
    tests: list[Json] = field(default_factory=list)
    joins: list[Join] = field(default_factory=list)
    residual: list[Expression] = field(default_factory=list)


class PatternSplitter:
    """Splits the patterns of one alternative of a rule.

    `kinds` are those of its patterns by name. `partly_known` and `excluding` are fields for which values may be
    excluded: for the former whenever they are missing, for the latter only in members that a list does not name.
    """

    def __init__(
        self,
        *,
        rule: Rule,
        catalogue: Catalogue,
        kinds: Mapping[str, str],
        partly_known: Set[Field],
        excluding: Set[Field],
    ) -> None:
        self.rule, self.catalogue, self.kinds = rule, catalogue, kinds
        self.partly_known, self.excluding = partly_known, excluding
        self._nodes: Counter[str] = Counter()  # by kind: how many nodes of the tree of tests are used

    def split(self, pattern: Pattern, form: Form) -> SplitPattern | None:
        """Returns the pattern split into tests, joins and residual; None if it can never match in this form."""
        split = SplitPattern(pattern, form)
        levels, ways = 0, 1
        conjuncts = pattern.condition.items if isinstance(pattern.condition, And) else (pattern.condition,)
        for conjunct in conjuncts:
            test, join = self._test(conjunct, pattern, form), self._join(conjunct, pattern)
            if test is False:
                return None
            if test is True:
                continue
            nodes = node_count(test) if test is not None else 2
            more_levels, times = _levels_and_ways(test) if test is not None else (0, 1)
            read = {(self.kinds.get(n.scope), n.field) for n in names_in(conjunct)}
            if (
                not read.isdisjoint(self.partly_known)
                or self._nodes[pattern.kind] + nodes > MOST_NODES
                or levels + more_levels > MOST_LEVELS
                or ways * times > MOST_WAYS
                or (test is None and join is None)
            ):
                split.residual.append(conjunct)
                continue
            if form == "possible" and not read.isdisjoint(self.excluding):
                split.residual.append(conjunct)
            self._nodes[pattern.kind] += nodes
            if test is not None:
                split.tests.append(test)
                levels, ways = levels + more_levels, ways * times
            elif join is not None:
                split.joins.append(join)
        return split

    def _join(self, node: Expression, pattern: Pattern) -> Join | None:
        """Returns a condition as a join if it is an equality of two words, texts or companies in the pattern's fact and
        an earlier one; else None."""
        if not (isinstance(node, Compare) and node.op == "==" and pattern.kind != COMPANY):
            return None
        if not (isinstance(node.left, Name) and isinstance(node.right, Name)):
            return None
        own, other = (node.left, node.right) if node.left.scope == pattern.name else (node.right, node.left)
        if own.scope != pattern.name or other.scope in (pattern.name, "params"):
            return None
        if self.catalogue.kinds[pattern.kind].fields[own.field].unit not in ("company", "word", "text"):
            return None
        if other.scope == COMPANY:
            return Join(own.field, SUBJECT, COMPANY_ID) if other.field == COMPANY_ID else None
        return Join(own.field, other.scope, other.field)

    def _test(self, node: Expression, pattern: Pattern, form: Form) -> Json | bool | None:
        """Returns a condition on the pattern's own fact as JSON; True or False if it is constant; None if it can't be
        expressed as a test."""
        match node:
            case Bool(value):
                return value
            case And(items) | Or(items):
                parts = [self._test(i, pattern, form) for i in items]
                decisive = isinstance(node, Or)
                if any(p is decisive for p in parts):
                    return decisive
                if any(p is None for p in parts):
                    return None
                kept = [p for p in parts if not isinstance(p, bool)]
                return {"$or" if decisive else "$and": kept} if len(kept) > 1 else kept[0] if kept else not decisive
            case Name(scope, name) if scope == pattern.name:
                return truth_test(name, True, form)
            case Not(Name(scope, name)) if scope == pattern.name:
                return truth_test(name, False, form)
            case Compare(op, left, right):
                if isinstance(right, Name) and right.scope == pattern.name:
                    left, right, op = right, left, MIRRORED_OP[op]
                if not (isinstance(left, Name) and left.scope == pattern.name):
                    return None
                return _comparison_test(left.field, op, constant_value(self.rule, right), form)
        return None


def _comparison_test(name: str, op: str, constant: float | str | bool | None, form: Form) -> Json | None:
    """Returns a comparison of a field with a constant as JSON; None if the C library can't compare them."""
    match constant:
        case bool(wanted):
            return truth_test(name, wanted == (op == "=="), form)
        case float(limit) if abs(limit) <= MOST_CONSTANT:
            return number_test(name, op, limit, form)
        case str(text):
            return word_test(name, op, text, form)
    return None


def _levels_and_ways(test: Json) -> tuple[int, int]:
    """Returns the number of `and` and `or` in a test, and the number of ways in which it may hold at once."""
    ((key, value),) = test.items()
    if key not in ("$and", "$or"):
        return 0, 1
    levels, ways = 1, 1 if key == "$and" else 0
    for inner in value:
        more, times = _levels_and_ways(inner)
        levels += more
        ways = ways * times if key == "$and" else ways + times
    return levels, ways
