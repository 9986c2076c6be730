"""What an unknown finding waits for, and which few inputs could decide it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple

from screener.engine.protocol import Conclusions, Match
from screener.engine.rule_context import RuleContext, compared_at, owner_of
from screener.explain.sentences import about, earlier, figure_title
from screener.expression.interval import Interval, Truth
from screener.expression.syntax_tree import And, Call, Compare, Expression, Name, Or, children, names_in
from screener.facts.alignment import Alignment
from screener.facts.builder import UNNAMED, World
from screener.facts.company import CompanyFacts, in_scope
from screener.facts.fact import COMPANY, FLAG, Fact
from screener.rules.compiler import Program
from screener.rules.rule import Pattern, Rule
from screener.text import Text

MOST_MATCHES = 24
MOST_INPUTS = 14
MOST_SETS = 5

Settling = tuple[frozenset[str], ...]
"""Sets of inputs any of which, once known, could decide something."""


class Open(NamedTuple):
    """An input that is not known: `key` is unique in a result."""

    key: str
    title: Text
    unit: str
    company: str
    about: Text | None = None


class Waiting(NamedTuple):
    """What one unknown finding misses, and the smallest sets of it that could decide the finding."""

    missing: tuple[str, ...]
    could_settle: tuple[tuple[str, ...], ...]


@dataclass(slots=True)
class Inquiry:
    """Finds what unknown findings wait for; `inputs` collects every open input met on the way."""

    program: Program
    world: World
    conclusions: Conclusions
    inputs: dict[str, Open] = field(default_factory=dict)
    _known: dict[tuple[str, str], Waiting] = field(default_factory=dict)
    _figures: dict[tuple[str, str, int, int], tuple[str, ...]] = field(default_factory=dict)

    def of(self, rule: Rule, company: str) -> Waiting:
        """What an unknown finding waits for."""
        key = (rule.id, company)
        if key not in self._known:
            self._known[key] = Waiting((), ())  # ends the recursion of rules that rest on each other
            self._known[key] = self._waiting(rule, self.world.companies[company])
        return self._known[key]

    def _waiting(self, rule: Rule, company: CompanyFacts) -> Waiting:
        decision = self.conclusions.of(rule.id, company.id)
        if decision.outcome is not Truth.UNKNOWN:
            return Waiting((), ())
        guard = self._guard(rule, company) if decision.applicability is Truth.UNKNOWN else None
        matches = [self._match(rule, company, match) for match in decision.matches[:MOST_MATCHES]]
        elements = [e for match in matches for e in match] + ([guard] if guard else [])
        missing = dict.fromkeys(k for element in elements for option in element for k in sorted(option))
        keys = list(missing)[:MOST_INPUTS]
        for size in (1, 2, 3):
            found = [c for c in combinations(keys, size) if _decides(frozenset(c), matches, guard)]
            if found:
                return Waiting(tuple(missing), tuple(found[:MOST_SETS]))
        return Waiting(tuple(missing), ())

    def _match(self, rule: Rule, company: CompanyFacts, match: Match) -> list[Settling]:
        """For every undecided part of a possible match, the sets of inputs that could decide it."""
        alternative = self.program.alternatives[rule.id][match.alternative]
        found: list[Settling] = []
        for pattern in alternative.items:
            if pattern.negated:
                found.extend(self._absent(rule, company, pattern, match))
            elif pattern.kind == FLAG:
                found.extend(self._flag(pattern.flag or "", match.binding[pattern.name].of))
            else:
                fact = match.binding.get(pattern.name)
                if fact is not None and not fact.certain:
                    found.append(self._list(fact))
                else:
                    found.extend(self._condition(rule, pattern.condition, company, match.binding))
        return found

    def _condition(
        self, rule: Rule, condition: Expression, company: CompanyFacts, binding: dict[str, Fact]
    ) -> Iterator[Settling]:
        """The undecided conjuncts of a condition."""
        for part in condition.items if isinstance(condition, And) else (condition,):
            if RuleContext(self.program, self.world).holds(rule, part, company, binding) is not Truth.UNKNOWN:
                continue
            branches = part.items if isinstance(part, Or) else (part,)
            sets = (frozenset(self._names(branch, company, binding)) for branch in branches)
            yield tuple(dict.fromkeys(s for s in sets if s))

    def _names(self, node: Expression, company: CompanyFacts, binding: dict[str, Fact]) -> Iterator[str]:
        at = compared_at(company, node) if isinstance(node, Compare) else None
        for name in names_in(node):
            if name.scope == COMPANY:
                yield from self._figure(name.field, company, 0, at)
            elif name.scope in binding:
                yield from self._field(binding[name.scope], name.field)
            elif name.scope == "params" and company.subject.sector is None:
                yield self._note(company, "sector", Text("Sector", "行业"), "word")

    def _figure(self, name: str, company: CompanyFacts, back: int = 0, at: Alignment | None = None) -> tuple[str, ...]:
        """The open inputs that a figure or metric rests on, each once."""
        at = company.alignment(name) if at is None else at
        key = company.id, name, back, id(at)
        if key not in self._figures:
            self._figures[key] = tuple(dict.fromkeys(self._open_inputs(name, company, back, at)))
        return self._figures[key]

    def _open_inputs(self, name: str, company: CompanyFacts, back: int, at: Alignment) -> Iterator[str]:
        if name == "id" or _is_point(company.value(name, back, at)):
            return
        if back == 0 and at.claims.get(name, at) is None:
            yield self._of_another_time(name, company, at)
        elif (
            name in self.program.metrics
            and name not in self.program.catalogue.figures
            and not company.claim(name, back, at)
        ):
            yield from self._inputs(self.program.metrics[name].formula, company, back, at)
        else:
            title, unit = figure_title(name, self.program)
            yield self._note(company, "prior(" * back + name + ")" * back, earlier(title, back), unit)

    def _of_another_time(self, name: str, company: CompanyFacts, at: Alignment) -> str:
        """A figure whose claims are of another time than those of the other inputs of a formula."""
        assert at.apart is not None
        latest, known = at.apart[0][1], company.reconciled[name].chosen.period
        title, unit = figure_title(name, self.program)
        known_label = known.label if known else ""
        about = Text(f"near {latest.label}; known: {known_label}", f"{latest.label} 前后；已知：{known_label}")
        return self._note(company, name, title, unit, about)

    def _inputs(self, formula: Expression, company: CompanyFacts, back: int, at: Alignment) -> Iterator[str]:
        match formula:
            case Call("prior", (Name(_, figure),)):
                yield from self._figure(figure, company, back + 1, at)
            case Call("count", (Name(_, list_name), *_)):
                yield from self._members(list_name, None, company)
            case Call("sum" | "max" | "min", (Name(scope, figure), *_)) if scope:
                yield from self._members(scope, figure, company)
            case Name(scope, figure) if scope:
                yield from self._members(scope, figure, company)
            case Name("", figure):
                yield from self._figure(figure, company, back, at)
            case _:
                for child in children(formula):
                    yield from self._inputs(child, company, back, at)

    def _members(self, list_name: str, figure: str | None, company: CompanyFacts) -> Iterator[str]:
        kind = self.program.catalogue.all_lists[list_name]
        if kind not in company.complete:
            yield self._list_key(company, kind)
        for fact in self.world.base.of(company.id, kind):
            if fact.certain and figure and not _is_point(fact.fields.get(figure)):
                yield from self._field(fact, figure)

    def _field(self, fact: Fact, figure: str) -> Iterator[str]:
        if fact.kind == FLAG or not fact.certain:
            return
        value = fact.fields.get(figure)
        if value is None or (isinstance(value, Interval) and not value.is_point):
            entry = self.program.catalogue.kinds[fact.kind]
            owner = self.world.companies[fact.of]
            key = f"{fact.id.partition('.')[2] or fact.id}.{figure}" if entry.list_name else f"{fact.id}.{figure}"
            yield self._note(owner, key, entry.fields[figure].title, entry.fields[figure].unit, about(fact, self.world))

    def _list(self, fact: Fact) -> Settling:
        return (frozenset([self._list_key(self.world.companies[fact.of], fact.kind)]),)

    def _list_key(self, company: CompanyFacts, kind: str) -> str:
        entry = self.program.catalogue.kinds[kind]
        if entry.derived or kind == "loop":
            kind, entry = "flow", self.program.catalogue.kinds["flow"]
        if entry.within:
            parent = self.program.catalogue.kinds[entry.within]
            return self._note(company, f"{parent.list_name}.{entry.list_name}", entry.title, "list")
        title = Text(f"All of its {entry.list_name or kind}", f"完整的{entry.title.zh}清单")
        return self._note(company, entry.list_name or kind, title, "list")

    def _absent(self, rule: Rule, company: CompanyFacts, pattern: Pattern, match: Match) -> Iterator[Settling]:
        """Facts that may match a negated pattern: each must be decided for the absence to be."""
        rules = RuleContext(self.program, self.world)
        owner = owner_of(pattern, company.id, match.binding)
        if pattern.kind == FLAG:
            yield from self._flag(pattern.flag or "", owner)
            return
        taken = {fact.id for _, fact in match.facts}
        concluded = [f for f in self.conclusions.concluded if f.kind == pattern.kind and f.of == owner]
        for fact in [*self.world.base.of(owner, pattern.kind), *concluded]:
            if fact.id in taken:
                continue
            binding = {**match.binding, pattern.name: fact}
            if rules.holds(rule, pattern.condition, company, binding) is Truth.FALSE:
                continue
            if not fact.certain:
                if self.program.catalogue.kinds[fact.kind].concluded:
                    yield from self._flag(fact.id.partition(":")[0], fact.of)
                else:
                    yield (frozenset([self._list_key(self.world.companies[fact.of], fact.kind)]),)
            else:
                yield from self._condition(rule, pattern.condition, company, binding)

    def _flag(self, rule: str, company: str) -> Iterator[Settling]:
        if self.conclusions.of(rule, company).outcome is Truth.UNKNOWN:
            waiting = self.of(self.program.rules[rule], company)
            options = waiting.could_settle or (waiting.missing,)
            yield tuple(frozenset(o) for o in options if o)

    def _guard(self, rule: Rule, company: CompanyFacts) -> Settling:
        keys: list[str] = []
        if in_scope(rule.only_for, rule.not_for, company.subject.sector, self.program.catalogue) is Truth.UNKNOWN:
            keys.append(self._note(company, "sector", Text("Sector", "行业"), "word"))
        if rule.applies is not None:
            keys.extend(self._names(rule.applies, company, {}))
        return (frozenset(keys),) if keys else ()

    def _note(self, company: CompanyFacts, path: str, title: Text, unit: str, about: Text | None = None) -> str:
        key = path if company.id == self.world.main else f"{company.id}.{path}"
        if company.id == UNNAMED:
            key = path
        if key not in self.inputs:
            self.inputs[key] = Open(key, title, unit, company.id, about)
        return key


def _decides(known: frozenset[str], matches: list[list[Settling]], guard: Settling | None) -> bool:
    """Whether some answer to the inputs in `known` decides the rule: all possible matches fall, or one becomes certain."""

    def open_parts(parts: list[Settling]) -> list[Settling]:
        return [part for part in parts if not any(option <= known for option in part)]

    if guard is not None and any(option <= known for option in guard):
        return True
    if matches and all(len(open_parts(match)) < len(match) for match in matches):
        return True
    return guard is None and any(not open_parts(match) for match in matches)


def _is_point(value: object) -> bool:
    return value.is_point if isinstance(value, Interval) else value is not None
