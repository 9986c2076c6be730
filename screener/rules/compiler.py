"""Compiles rules into a program: alternatives without `any`, the order of strata, and the facts that are needed."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from math import factorial

from screener.errors import Problem, RulesError
from screener.expression.syntax_tree import Name, names_in
from screener.facts.fact import COMPANY, COMPANY_ID, FLAG
from screener.facts.metrics import Metric, closure, formula_inputs
from screener.profile.catalogue import Catalogue
from screener.rules.rule import Item, Pattern, Rule, patterns
from screener.rules.rule_graph import RuleGraph

MAX_ALTERNATIVES = 64
MAX_PATTERNS = 12  # in one alternative: the engine binds at most 16 facts in a match
MAX_BINDINGS = 1000  # in which unknown members can be bound: six patterns of one kind have 720
MAX_PLACEHOLDERS = 6


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way in which a rule may hold: all its patterns."""

    items: tuple[Pattern, ...]

    @property
    def company(self) -> tuple[Pattern, ...]:
        """Conditions on the screened company itself."""
        return tuple(p for p in self.items if p.kind == COMPANY)

    @property
    def bound(self) -> tuple[Pattern, ...]:
        """Patterns that bind a fact each, in order."""
        return tuple(p for p in self.items if p.kind != COMPANY and not p.negated)

    @property
    def absent(self) -> tuple[Pattern, ...]:
        """Negated patterns, which no fact may match."""
        return tuple(p for p in self.items if p.negated)


@dataclass(frozen=True)
class Program:
    """Rules ready for an engine, with the facts that they need."""

    rules: Mapping[str, Rule]
    catalogue: Catalogue
    metrics: Mapping[str, Metric]
    strata: tuple[tuple[str, ...], ...]  # rule ids; negations and concluded facts only look to lower strata
    alternatives: Mapping[str, tuple[Alternative, ...]]
    placeholders: Mapping[str, int]  # kind -> unknown members that an open list contributes
    digest: str = field(default="")

    @cached_property
    def fields(self) -> frozenset[str]:
        """The figures and metrics of the company that some rule uses."""
        read = (n for rule in self.rules.values() for n in rule_names(rule))
        return frozenset(n.field for n in read if n.scope == COMPANY and n.field != COMPANY_ID)

    @cached_property
    def inputs(self) -> frozenset[str]:
        """All figures and metrics that rules use, directly or through metrics."""
        return frozenset(closure(sorted(self.fields), self.metrics))

    @cached_property
    def graph(self) -> RuleGraph:
        """The dependencies between the rules."""
        return RuleGraph(self.rules)

    @cached_property
    def counterparty_rules(self) -> frozenset[str]:
        """The rules whose outcome for a counterparty some rule uses, with all rules on which they depend."""
        dependencies = (name for rule in self.rules.values() for name in self.graph.counterparty_dependencies(rule))
        return self.graph.closure(dependencies)

    @cached_property
    def counterparty_kinds(self) -> frozenset[str]:
        """The kinds of facts of a counterparty that can matter to the outcomes of the screened company."""
        owned_patterns = [
            p for rule in self.rules.values() for p in patterns(rule.when) if p.owner and p.owner.scope != COMPANY
        ]
        theirs = [p for rule in self.counterparty_rules for p in patterns(self.rules[rule].when)]
        return frozenset(p.kind for p in (*owned_patterns, *theirs)) - {COMPANY, FLAG}

    @cached_property
    def lists(self) -> frozenset[str]:
        """The lists that metrics aggregate over."""
        return frozenset(
            name for m in self.inputs if m in self.metrics for name in formula_inputs(self.metrics[m].formula)[1]
        )


def rule_names(rule: Rule) -> Iterator[Name]:
    """All names in a rule's conditions and guard."""
    for pattern in patterns(rule.when):
        yield from names_in(pattern.condition)
    if rule.applies is not None:
        yield from names_in(rule.applies)


def compile_rules(
    rules: Mapping[str, Rule], catalogue: Catalogue, metrics: Mapping[str, Metric], digest: str = ""
) -> Program:
    """A program of all `rules`. Raises RulesError where a rule has too many alternatives, or for a cycle of rules."""
    alternatives = {rule.id: expand_alternatives(rule.when) for rule in rules.values()}
    graph = RuleGraph(rules)
    if cycle := graph.cycle_through_negation():
        what = f"rules depend on each other in a cycle through a negation: {' → '.join(cycle)}"
        raise RulesError(Problem(what, "break it: no rule can depend on its own absence"))
    return Program(
        rules=rules,
        catalogue=catalogue,
        metrics=metrics,
        strata=graph.strata(),
        alternatives=alternatives,
        placeholders=_placeholders(rules, alternatives),
        digest=digest,
    )


def expand_alternatives(when: tuple[Item, ...]) -> tuple[Alternative, ...]:
    """The ways in which a rule may hold. Raises RulesError (without a place) where they are more than the engine takes."""
    found = tuple(Alternative(items) for items in _expand(when))
    if len(found) > MAX_ALTERNATIVES:
        what = f"{len(found)} alternatives, more than {MAX_ALTERNATIVES}"
        raise RulesError(Problem(what, "split it into several rules"))
    most = max((len(a.bound) + len(a.absent) for a in found), default=0)
    if most > MAX_PATTERNS:
        what = f"{most} patterns that must hold together, more than {MAX_PATTERNS}"
        raise RulesError(Problem(what, "split it: let one rule depend on the flag of another"))
    if (ways := max(map(_ways, found), default=1)) > MAX_BINDINGS:
        what = f"where lists are not known its patterns may be bound in {ways} ways, more than {MAX_BINDINGS}"
        raise RulesError(Problem(what, "use fewer patterns of one kind: a metric with count() says how many there are"))
    return found


def _ways(alternative: Alternative) -> int:
    """The number of ways in which patterns of each kind can bind placeholders (there are as many as patterns)."""
    ways = 1
    for kind in {p.kind for p in alternative.items} - {COMPANY, FLAG}:
        same = [p.owner for p in alternative.items if p.kind == kind]
        ways *= factorial(len(same)) if len(set(map(str, same))) == 1 else len(same) ** len(same)
    return ways


def _expand(items: tuple[Item, ...]) -> list[tuple[Pattern, ...]]:
    choices: list[list[tuple[Pattern, ...]]] = []
    size = 1
    for item in items:
        if isinstance(item, Pattern):
            choices.append([(item,)])
        else:
            choices.append([expanded for branch in item.branches for expanded in _expand(branch)])
        size *= len(choices[-1])
        if size > 100 * MAX_ALTERNATIVES:
            raise RulesError(Problem("a rule has too many alternatives", "split it into several rules"))
    return [tuple(p for part in chosen for p in part) for chosen in product(*choices)]


def _placeholders(rules: Mapping[str, Rule], alternatives: Mapping[str, tuple[Alternative, ...]]) -> dict[str, int]:
    """How many unknown members each kind needs: as many as one rule can bind, more where they are concluded further."""
    need: dict[str, int] = {}
    for alternative in (a for found in alternatives.values() for a in found):
        for kind, count in Counter(p.kind for p in alternative.items).items():
            need[kind] = max(need.get(kind, 0), count)
    concluding = [rule for rule in rules.values() if rule.concludes]
    for _ in concluding:
        before = dict(need)
        for rule in concluding:
            concluded = max(need.get(kind, 0) for kind in rule.concludes)
            for alternative in alternatives[rule.id] if concluded > 1 else ():
                counts = Counter(p.kind for p in alternative.items)
                for kind in {p.kind for p in alternative.bound}:
                    need[kind] = max(need[kind], min(concluded + counts[kind] - 1, MAX_PLACEHOLDERS))
        if need == before:
            break
    return {kind: n for kind, n in sorted(need.items()) if kind not in (COMPANY, FLAG)}
