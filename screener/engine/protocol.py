"""What every engine gives: for each rule and company an outcome, with the facts that it rests on."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from screener.expression.evaluator import NoneOf, Value, truth
from screener.expression.interval import Interval, Truth
from screener.expression.syntax_tree import And, Bool, Compare, Expression, Name, Number, Or, Word, names_in
from screener.facts.builder import UNNAMED, World, make_fact
from screener.facts.company import CompanyFacts, in_scope, parameter_for_sector
from screener.facts.fact import COMPANY, FLAG, Fact
from screener.profile.catalogue import Catalogue
from screener.rules.compiler import Program
from screener.rules.resolver import IDENTITY
from screener.rules.rule import Pattern, Rule

Binding = Mapping[str, Fact]


class Match(NamedTuple):
    """The facts that one alternative of a rule bound, by pattern name in the order of the patterns."""

    alternative: int
    facts: tuple[tuple[str, Fact], ...]

    @property
    def binding(self) -> dict[str, Fact]:
        """Pattern name -> fact."""
        return dict(self.facts)

    @property
    def key(self) -> tuple[str, ...]:
        """What makes it the same match: the set of its facts, whatever bound them."""
        return tuple(sorted(fact.id for _, fact in self.facts))


class Decision(NamedTuple):
    """What one rule says of one company. `applies` FALSE: not applicable; else `outcome` TRUE fired, FALSE clear."""

    outcome: Truth
    applicability: Truth
    matches: tuple[Match, ...]  # of a fired rule the certain ones, of an unknown one the possible ones
    ways: tuple[tuple[Match, bool], ...] = ()  # where facts are concluded: each way to bind, and whether it is certain


CLEAR = Decision(Truth.FALSE, Truth.TRUE, ())
CLEAR_BY_APPLICABILITY = {guard: Decision(Truth.FALSE, guard, ()) for guard in Truth}
"""Where nothing matched, by whether the rule applies."""


class Conclusions(NamedTuple):
    """All decisions by (rule, company), and the facts that rules concluded."""

    decisions: Mapping[tuple[str, str], Decision]
    concluded: tuple[Fact, ...]

    def of(self, rule: str, company: str) -> Decision:
        """One decision; clear where nothing matched."""
        return self.decisions.get((rule, company), CLEAR)


class Engine(Protocol):
    """Draws all conclusions of a program over a world."""

    def run(self, world: World) -> Conclusions:
        """Every rule on every company of the world."""
        ...


def decide(
    certain: Iterable[Match], possible: Iterable[Match], applicability: Truth, concludes: bool = False
) -> Decision:
    """The outcome from the matches of the strict and of the possible form, and from the guard.

    `concludes`: facts are concluded from the matches, so that each way to bind their facts is kept.
    """
    if applicability is Truth.FALSE:
        return Decision(Truth.FALSE, applicability, ())
    strict, wide = list(certain), list(possible)
    sure, maybe = unique_matches(strict), unique_matches(wide)
    ways: tuple[tuple[Match, bool], ...] = ()
    if concludes:
        firm = set(map(_order, strict)) if applicability is Truth.TRUE else set()
        every = {_order(match): match for match in (*wide, *strict)}
        ways = tuple((every[key], key in firm) for key in sorted(every))
    if sure and applicability is Truth.TRUE:
        return Decision(Truth.TRUE, applicability, sure, ways)
    if maybe or sure:
        return Decision(Truth.UNKNOWN, applicability, maybe or sure, ways)
    return Decision(Truth.FALSE, applicability, ())


def unique_matches(matches: Iterable[Match]) -> tuple[Match, ...]:
    """Each match once, however its facts were bound, in a fixed order."""
    given = list(matches)
    if len(given) < 2:
        return tuple(given)
    best: dict[tuple[int, tuple[str, ...]], Match] = {}
    for match in given:
        key = (match.alternative, match.key)
        if key not in best or _order(match) < _order(best[key]):
            best[key] = match
    return tuple(sorted(best.values(), key=_order))


def _order(match: Match) -> tuple[int, tuple[str, ...]]:
    return (match.alternative, tuple(fact.id for _, fact in match.facts))


def applicability(rule: Rule, company: CompanyFacts, catalogue: Catalogue) -> Truth:
    """Whether the rule is for this company: its sector and the guard on its own figures."""
    if not rule.has_guard:
        return Truth.TRUE
    held = in_scope(rule.only_for, rule.not_for, company.subject.sector, catalogue)
    if rule.applies is not None:
        held = min(held, truth(rule.applies, name_lookup(rule, company, {}, catalogue)))
    return held


def parameter_value(rule: Rule, name: str, company: CompanyFacts, catalogue: Catalogue) -> Value:
    """A parameter's value for a company: an interval for a number."""
    param = rule.params[name]
    if isinstance(param.value, bool | str):
        return param.value
    if not param.by_sector:
        return Interval.point(float(param.value))
    return parameter_for_sector(float(param.value), param.sectors, company.subject.sector, catalogue)


def known_id(company: str) -> str | None:
    """A company's id as rules see it; the one that stands for all that are not named may be any."""
    return None if company == UNNAMED else company


def name_lookup(rule: Rule, company: CompanyFacts, binding: Binding, catalogue: Catalogue) -> Callable[[Name], Value]:
    """What names in a rule's expressions stand for, given the company and the facts bound."""

    def find(name: Name) -> Value:
        if name.scope == COMPANY:
            return known_id(company.id) if name.field == IDENTITY else company.value(name.field)
        if name.scope == "params":
            return parameter_value(rule, name.field, company, catalogue)
        fact = binding.get(name.scope)
        return fact.fields.get(name.field) if fact is not None else None

    return find


@dataclass(frozen=True, slots=True)
class Reasoner:
    """What engines share: guards, parameters, conditions on bound facts, and the facts that rules conclude."""

    program: Program
    world: World

    def holds(self, rule: Rule, condition: Expression, company: CompanyFacts, binding: Binding) -> Truth:
        """A condition over bound facts; amounts in different or unknown currencies don't compare."""
        if isinstance(condition, And):
            return min((self.holds(rule, c, company, binding) for c in condition.items), default=Truth.TRUE)
        if isinstance(condition, Or):
            return max((self.holds(rule, c, company, binding) for c in condition.items), default=Truth.FALSE)
        if isinstance(condition, Compare) and self._mixes_currencies(condition, company, binding):
            return Truth.UNKNOWN
        return truth(condition, self._lookup(rule, company, binding))

    def _lookup(self, rule: Rule, company: CompanyFacts, binding: Binding) -> Callable[[Name], Value | NoneOf]:
        """As `lookup`, with what is known of a company that is missing."""
        known = name_lookup(rule, company, binding, self.program.catalogue)

        def find(name: Name) -> Value | NoneOf:
            fact = binding.get(name.scope)
            return fact.apart[name.field] if fact is not None and name.field in fact.apart else known(name)

        return find

    def _mixes_currencies(self, condition: Expression, company: CompanyFacts, binding: Binding) -> bool:
        owners = {binding[n.scope].of for n in names_in(condition) if n.scope in binding}
        if owners <= {company.id}:
            return False
        found = [(COMPANY, company.id, n) if n.scope == COMPANY else (binding[n.scope].kind, binding[n.scope].of, n)
                 for n in names_in(condition) if n.scope == COMPANY or n.scope in binding]  # fmt: skip
        owners = {owner for kind, owner, name in found if is_money(self.program, kind, name.field)}
        currencies = {self.world.companies[o].subject.currency for o in owners}
        return len(owners) > 1 and (len(currencies) > 1 or None in currencies)

    def owner(self, pattern: Pattern, company: CompanyFacts, binding: Binding) -> str:
        """Whose facts a pattern looks at: the judged company's, or those of the counterparty that it names."""
        if pattern.owner is None:
            return company.id
        if pattern.owner.scope == COMPANY:
            return company.id
        return binding[pattern.owner.scope].companies[pattern.owner.field]

    def conclude(self, rule: Rule, company: CompanyFacts, decision: Decision) -> list[Fact]:
        """The facts that a rule concludes, of a rule that fired the possible ones too.

        Of those that say the same there are no more than one alternative of a rule can bind: further ones change nothing.
        """
        found = []
        catalogue = self.program.catalogue
        for kind, fields in rule.concludes.items():
            most, said = max(self.program.placeholders.get(kind, 0), 1), Counter[tuple[Value | NoneOf, ...]]()
            for match, certain in decision.ways:
                look = self._lookup(rule, company, match.binding)
                values = {name: constant(value, look) for name, value in fields.items()}
                same = (certain, *values.values())
                said[same] += 1
                if said[same] > most:
                    continue
                at = f"{rule.id}:{company.id}:{match.alternative}:{'+'.join(f.id for _, f in match.facts)}>{kind}"
                fact = make_fact(catalogue.kinds[kind], kind, company.id, at, values, certain)
                found.append(fact)
        return found


def is_money(program: Program, kind: str, field: str) -> bool:
    """Whether a field of a fact is an amount of money."""
    if kind == COMPANY:
        metric, figure = program.metrics.get(field), program.catalogue.figures.get(field)
        return (metric or figure) is not None and (metric.unit if metric else figure.unit) == "money"  # type: ignore[union-attr]
    return program.catalogue.kinds[kind].fields[field].unit == "money"


def constant(value: Expression, look: Callable[[Name], Value | NoneOf]) -> Value | NoneOf:
    """The value of a name or constant."""
    if isinstance(value, Name):
        return look(value)
    if isinstance(value, Number):
        return Interval.point(value.value)
    return value.value if isinstance(value, Word | Bool) else None


def flag_fact(rule: str, company: str) -> Fact:
    """The fact that a rule fired for a company (or may have)."""
    return Fact(f"{FLAG}:{rule}:{company}", FLAG, company, {"rule": rule})
