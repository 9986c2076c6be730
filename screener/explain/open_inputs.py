"""Finds the missing inputs of an unknown finding, and the smallest sets of them that could decide it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from screener.engine.protocol import Conclusions, Match
from screener.engine.rule_context import RuleContext, is_in_scope, owner_of
from screener.explain.deciding_sets import (
    MAX_SET_SIZE,
    NEVER_DECIDED,
    OpenPart,
    all_parts,
    any_part,
    one_from_any,
    smallest,
)
from screener.explain.match_order import MatchOrder
from screener.explain.unknown_inputs import OpenInputEntry, UnknownInputs
from screener.expression.interval import Truth
from screener.expression.syntax_tree import And, Expression, Not, Or
from screener.facts.company import CompanyFacts
from screener.facts.fact import FLAG, Fact
from screener.facts.world import UNNAMED, World
from screener.profile.sector_scope import in_scope
from screener.rules.compiler import Program
from screener.rules.rule import Pattern, Rule

MAX_MATCHES = 24  # greatest number of possible matches that are examined
MAX_SETS = 5


class OpenInputs(NamedTuple):
    """The missing inputs of an unknown finding, and the smallest sets of them that could decide it.

    `part` is the finding as a part of the conditions that read its flag.
    """

    missing: tuple[str, ...]
    could_settle: tuple[tuple[str, ...], ...]
    part: OpenPart
    bits: tuple[str, ...] | None = None  # the keys of the bits of `part`, if they are not those of the finder


NOTHING_OPEN = OpenInputs((), (), NEVER_DECIDED)


class KeptOpenInputs(NamedTuple):
    """The open inputs of a rule without data (`RulesWithoutData`), for any company of its setting.

    All entries are inputs of the company itself.
    """

    found: OpenInputs
    entries: tuple[OpenInputEntry, ...]


@dataclass(slots=True)
class OpenInputFinder:
    """Finds the missing inputs of unknown findings in one world; `unknown` names them.

    The results for rules `without_data` are taken from `kept`, and added to it.
    """

    program: Program
    world: World
    conclusions: Conclusions
    order: MatchOrder
    without_data: frozenset[str] = frozenset()
    kept: dict[str, KeptOpenInputs | None] = field(
        default_factory=dict
    )  # by rule; None if not the same for all companies
    unknown: UnknownInputs = field(init=False)
    _found: dict[tuple[str, str], OpenInputs] = field(default_factory=dict)
    _bits: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.unknown = UnknownInputs(self.program, self.world, self.order)

    def of_rule(self, rule: Rule, company: str) -> OpenInputs:
        """Returns the missing inputs of an unknown finding; nothing for a decided one."""
        key = (rule.id, company)
        if key not in self._found:
            self._found[key] = NOTHING_OPEN  # ends the recursion of rules that depend on each other
            kept = self._kept(rule) if company == self.world.main and rule.id in self.without_data else None
            self._found[key] = self._find(rule, self.world.companies[company]) if kept is None else self._adopt(kept)
        return self._found[key]

    def _kept(self, rule: Rule) -> KeptOpenInputs | None:
        """Returns the missing inputs of a rule without data for any company of this setting; None if they differ."""
        if rule.id not in self.kept:
            alone = OpenInputFinder(self.program, self.world, self.conclusions, self.order)
            found = alone.of_rule(rule, self.world.main)
            entries = tuple(alone.unknown.entries.values())
            same = all(entry.company == self.world.main for entry in entries)
            self.kept[rule.id] = KeptOpenInputs(found._replace(bits=tuple(alone._bits)), entries) if same else None
        return self.kept[rule.id]

    def _adopt(self, kept: KeptOpenInputs) -> OpenInputs:
        """Returns the kept result of a rule, with its inputs as those of the company."""
        for entry in kept.entries:
            if entry.key not in self.unknown.entries:
                self.unknown.entries[entry.key] = entry._replace(company=self.world.main)
        for key in kept.found.bits or ():
            self._bits.setdefault(key, 1 << len(self._bits))
        return kept.found

    def _part_of(self, found: OpenInputs) -> OpenPart:
        """Returns the part of a finding, in the bits of this finder."""
        if found.bits is None:
            return found.part
        bits = [(1 << i, self._bits[key]) for i, key in enumerate(found.bits)]

        def translated(mask: int) -> int:
            return sum(own for its, own in bits if mask & its)

        holds, fails = (smallest(map(translated, sets)) for sets in (found.part.holds, found.part.fails))
        return OpenPart(holds, fails, translated(found.part.inputs))

    def _find(self, rule: Rule, company: CompanyFacts) -> OpenInputs:
        """Finds the inputs of a rule. It fires if it applies and all parts of a match hold; it is also decided if it
        does not apply or no match holds."""
        decision = self.conclusions.of(rule.id, company.id)
        if decision.outcome is not Truth.UNKNOWN:
            return NOTHING_OPEN
        possible = self.order.matches(rule, company.id)[:MAX_MATCHES]
        part = any_part([all_parts(list(self._match(rule, company, match))) for match in possible])
        # whether a compared metric is valid depends on inputs that the comparison reads as well
        if is_in_scope(rule, company, self.program.catalogue) is Truth.UNKNOWN:
            part = all_parts([self._guard(rule, company), part])
        missing = sorted(self._keys(part.inputs), key=self.unknown.title_of)
        if not part.holds and not part.fails:
            part = OpenPart.of(part.inputs)  # all together, which may be more than MAX_SET_SIZE
        return OpenInputs(tuple(missing), self._smallest(part, missing), part)

    def _smallest(self, part: OpenPart, missing: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        """Returns the sets of the fewest inputs that could decide a part, at most MAX_SETS, in the order of `missing`."""
        deciding = [mask for mask in one_from_any((part.holds, part.fails)) if 0 < mask.bit_count() <= MAX_SET_SIZE]
        size = min((mask.bit_count() for mask in deciding), default=0)
        places = {self._bits[key]: i for i, key in enumerate(missing)}
        chosen = sorted(
            tuple(sorted(places[self._bits[key]] for key in self._keys(mask)))
            for mask in deciding
            if mask.bit_count() == size
        )
        return tuple(tuple(missing[i] for i in indexes) for indexes in chosen[:MAX_SETS])

    def _keys(self, mask: int) -> list[str]:
        return [key for key, bit in self._bits.items() if mask & bit]

    def _part(self, keys: Iterable[str]) -> OpenPart:
        """Returns a part that inputs decide together."""
        mask = 0
        for key in keys:
            mask |= self._bits.setdefault(key, 1 << len(self._bits))
        return OpenPart.of(mask)

    def _match(self, rule: Rule, company: CompanyFacts, match: Match) -> Iterator[OpenPart]:
        """Returns the undecided parts of a possible match."""
        alternative = self.program.alternatives[rule.id][match.alternative]
        binding = match.binding
        for pattern in alternative.items:
            fact = binding.get(pattern.name)
            if pattern.negated:
                yield from self._absence(rule, company, pattern, match)
            elif pattern.kind == FLAG:
                yield from self._flag_of(pattern, binding)
            elif fact is not None and not fact.certain:
                yield self._part([self.unknown.list_of(fact)])
            else:
                yield from self._condition(rule, pattern.condition, company, binding)

    def _flag_of(self, pattern: Pattern, binding: dict[str, Fact]) -> Iterator[OpenPart]:
        """Returns the part for the flag of a company; for an unnamed company, its identity is the input."""
        owner = binding[pattern.name].of
        names = pattern.owner
        if owner == UNNAMED and names is not None and names.scope in binding:
            fact = binding[names.scope]
            yield self._part(self.unknown.of_field(fact, names.field) if fact.certain else [self.unknown.list_of(fact)])
        else:
            yield from self._flag(pattern.flag or "", owner)

    def _condition(
        self, rule: Rule, condition: Expression, company: CompanyFacts, binding: dict[str, Fact]
    ) -> Iterator[OpenPart]:
        """Returns the undecided conjuncts of a condition."""
        for conjunct in condition.items if isinstance(condition, And) else (condition,):
            yield from self._undecided(rule, conjunct, company, binding)

    def _undecided(
        self, rule: Rule, node: Expression, company: CompanyFacts, binding: dict[str, Fact]
    ) -> Iterator[OpenPart]:
        """Returns a condition as an open part; nothing if it is decided."""
        if RuleContext(self.program, self.world).holds(rule, node, company, binding) is not Truth.UNKNOWN:
            return
        if isinstance(node, And | Or):
            parts = [part for item in node.items for part in self._undecided(rule, item, company, binding)]
            yield all_parts(parts) if isinstance(node, And) else any_part(parts)
        elif isinstance(node, Not):
            yield from (part.negated for part in self._undecided(rule, node.item, company, binding))
        else:
            yield self._part(self.unknown.of_expression(rule, node, company, binding))

    def _absence(self, rule: Rule, company: CompanyFacts, pattern: Pattern, match: Match) -> Iterator[OpenPart]:
        """Returns the undecided parts of a negated pattern: each fact that may match it must fail."""
        owner = owner_of(pattern, company.id, match.binding)
        if pattern.kind == FLAG:
            yield from (part.negated for part in self._flag(pattern.flag or "", owner))
            return
        context = RuleContext(self.program, self.world)
        bound = {fact.id for _, fact in match.facts}
        concluded = [f for f in self.conclusions.concluded if f.kind == pattern.kind and f.of == owner]
        for fact in sorted((*self.world.base.of(owner, pattern.kind), *concluded), key=self.order.content):
            binding = {**match.binding, pattern.name: fact}
            if fact.id in bound or context.holds(rule, pattern.condition, company, binding) is Truth.FALSE:
                continue
            if fact.certain:
                yield all_parts(list(self._condition(rule, pattern.condition, company, binding))).negated
            elif self.program.catalogue.kinds[fact.kind].concluded:
                yield from (part.negated for part in self._flag(fact.id.partition(":")[0], fact.of))
            else:
                yield self._part([self.unknown.list_of(fact)])

    def _flag(self, rule: str, company: str) -> Iterator[OpenPart]:
        """Yields the part for another rule, if that is undecided."""
        if self.conclusions.of(rule, company).outcome is Truth.UNKNOWN:
            yield self._part_of(self.of_rule(self.program.rules[rule], company))

    def _guard(self, rule: Rule, company: CompanyFacts) -> OpenPart:
        """Returns the part that decides whether the rule applies."""
        parts = []
        if in_scope(rule.only_for, rule.not_for, company.subject.scope, self.program.catalogue) is Truth.UNKNOWN:
            parts.append(self._part([self.unknown.sector(company)]))
        if rule.applies is not None:
            parts.extend(self._undecided(rule, rule.applies, company, {}))
        return all_parts(parts)
