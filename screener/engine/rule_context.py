"""Functions that all engines use for one rule and company: values of names, applicability, currencies, concluded facts."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from screener.engine.protocol import Binding, Decision
from screener.expression.backend import Lookup
from screener.expression.evaluator import Evaluator
from screener.expression.interval import Interval, Truth
from screener.expression.interval_ops import INTERVALS, NoneOf, Value, truth
from screener.expression.syntax_tree import Compare, Expression, Name, fields_in, names_in
from screener.facts.alignment import Alignment
from screener.facts.company import CompanyFacts
from screener.facts.fact import COMPANY, COMPANY_ID, Fact
from screener.facts.relation_facts import make_fact
from screener.facts.world import UNNAMED, World
from screener.profile.catalogue import Catalogue
from screener.profile.sector_scope import in_scope, parameter_for_sector
from screener.rules.compiler import Program
from screener.rules.rule import Pattern, Rule


class BoundFact(Protocol):
    """A fact that a pattern of a rule has bound: of one company, or one for each row of a table."""

    @property
    def id(self) -> str:
        """Returns its id, unique among the facts of a world."""
        ...

    @property
    def kind(self) -> str:
        """Returns the kind of fact."""
        ...

    @property
    def of(self) -> str:
        """Returns the id of the company that it belongs to."""
        ...

    @property
    def companies(self) -> Mapping[str, str]:
        """Returns the companies that its fields name."""
        ...


def applicability(rule: Rule, company: CompanyFacts, catalogue: Catalogue) -> Truth:
    """Returns whether the rule applies to this company, by its sector, the guard on its figures, and the domains of the
    metrics that the rule reads."""
    found = is_in_scope(rule, company, catalogue) if rule.names_sectors or rule.applies is not None else Truth.TRUE
    for metric in rule.rests_on:
        found = min(found, company.validity(metric))
    return found


def is_in_scope(rule: Rule, company: CompanyFacts, catalogue: Catalogue) -> Truth:
    """Returns whether the company is in a sector that the rule is for, and meets its guard."""
    found = in_scope(rule.only_for, rule.not_for, company.subject.scope, catalogue)
    if rule.applies is not None:
        found = min(found, truth(rule.applies, name_lookup(rule, company, {}, catalogue)))
    return found


def parameter_value(
    rule: Rule, name: str, company: CompanyFacts, catalogue: Catalogue, currency: str | None = None
) -> Value:
    """Returns a parameter's value for a company; an interval for a number.

    An amount in a currency is converted to the given one, by default that of the company; it is any number if no rate
    is known.
    """
    param = rule.params[name]
    if isinstance(param.value, bool | str):
        return param.value
    if param.by_sector:
        found = parameter_for_sector(float(param.value), param.sectors, company.subject.scope, catalogue)
    else:
        found = Interval.point(float(param.value))
    if param.currency is None:
        return found
    return company.rates.convert(found, param.currency, currency or company.subject.currency)


def known_id(company: str) -> str | None:
    """Returns a company's id as rules read it: missing for the company that represents all unnamed ones."""
    return None if company == UNNAMED else company


def compared_at(company: CompanyFacts, *sides: Expression) -> Alignment | None:
    """Returns the claims of one time to use in a comparison that reads several figures of the company; None for other
    comparisons."""
    if len(sides) == 1:
        read = fields_in(sides[0], COMPANY)
    else:
        read = tuple(sorted({field for side in sides for field in fields_in(side, COMPANY)}))
    if COMPANY_ID in read:
        read = tuple(field for field in read if field != COMPANY_ID)
    return company.alignment(*read) if len(read) > 1 else None


def name_lookup(
    rule: Rule,
    company: CompanyFacts,
    binding: Binding,
    catalogue: Catalogue,
    at: Alignment | None = None,
    currency: str | None = None,
) -> Lookup:
    """Returns the values of names in a rule's expressions, given the company and the bound facts; `at` is the result of
    `compared_at`.

    `currency` is the one in which parameters are compared, by default the company's.
    """

    def find(name: Name) -> Value:
        if name.scope == COMPANY:
            return known_id(company.id) if name.field == COMPANY_ID else company.value(name.field, 0, at)
        if name.scope == "params":
            return parameter_value(rule, name.field, company, catalogue, currency)
        fact = binding.get(name.scope)
        return fact.fields.get(name.field) if fact is not None else None

    return find


def owner_of(pattern: Pattern, company: str, binding: Mapping[str, BoundFact]) -> str:
    """Returns the company whose facts a pattern reads: the judged company, or the counterparty that the pattern names."""
    if pattern.owner is None or pattern.owner.scope == COMPANY:
        return company
    return binding[pattern.owner.scope].companies[pattern.owner.field]


def amount_owners(
    program: Program, comparison: Compare, company: str, binding: Mapping[str, BoundFact]
) -> frozenset[str]:
    """Returns the companies whose amounts of money a comparison compares, if they include others than the judged
    company."""
    names = names_in(comparison)
    bound = [(binding[n.scope], n.field) for n in names if n.scope in binding]
    if all(fact.of == company for fact, _ in bound):
        return frozenset()
    owners = {fact.of for fact, field in bound if _is_money(program, fact.kind, field)}
    own = any(n.scope == COMPANY and _is_money(program, COMPANY, n.field) for n in names)
    return frozenset(owners | {company} if own else owners)


def _is_money(program: Program, kind: str, field: str) -> bool:
    """Returns whether a field of a fact, or a figure or metric of a company, is an amount of money."""
    if kind == COMPANY:
        entry = program.metrics.get(field) or program.catalogue.figures.get(field)
        return entry is not None and entry.unit == "money"
    return program.catalogue.kinds[kind].fields[field].unit == "money"


def _common_currency(currencies: frozenset[str | None], company: CompanyFacts) -> str | None:
    """Returns the currency in which amounts are compared: the one that all have, else that of the company."""
    return next(iter(currencies)) if len(currencies) == 1 else company.subject.currency


@dataclass(frozen=True, slots=True)
class RuleContext:
    """Evaluates the conditions of a program's rules on bound facts of one world, and makes the facts that rules conclude."""

    program: Program
    world: World

    def evaluator(
        self, rule: Rule, company: CompanyFacts, binding: Binding, owner: str | None = None
    ) -> Evaluator[Interval, Truth]:
        """Returns an evaluator of conditions over bound facts; amounts in different or unknown currencies can't be
        compared.

        A comparison uses figures of one time and amounts in one currency. Facts of `owner` may be added to `binding`
        later.
        """

        def lookup_at(at: Alignment | None, currency: str | None = None, convert: bool = False) -> Lookup:
            known = name_lookup(rule, company, binding, self.program.catalogue, at, currency)
            if not convert and not some_apart:
                return known

            def find(name: Name) -> Value | NoneOf:
                fact = binding.get(name.scope)
                if fact is None or name.field not in fact.apart:
                    found = known(name)
                else:
                    found = fact.apart[name.field]
                return self._converted(found, name, fact, company, currency) if convert else found

            return find

        some_apart = owner is not None or any(fact.apart for fact in binding.values())
        find = lookup_at(None)

        def compared(comparison: Compare) -> Lookup:
            at = compared_at(company, comparison)
            if not foreign or not (currencies := self._currencies(comparison, company, binding)):
                return find if at is None else lookup_at(at)
            return lookup_at(at, _common_currency(currencies, company), convert=len(currencies) > 1)

        def incomparable(comparison: Compare) -> bool:
            if len(amount_owners(self.program, comparison, company.id, binding)) < 2:
                return False
            currencies = self._currencies(comparison, company, binding)
            common = _common_currency(currencies, company)
            return any(company.rates.between(currency, common) is None for currency in currencies)

        foreign = owner not in (None, company.id) or any(fact.of != company.id for fact in binding.values())
        return Evaluator(INTERVALS, find, incomparable=incomparable if foreign else None, compared=compared)

    def _currencies(self, comparison: Compare, company: CompanyFacts, binding: Binding) -> frozenset[str | None]:
        """Returns the currencies of the amounts in a comparison, if facts of other companies are bound."""
        owners = amount_owners(self.program, comparison, company.id, binding)
        return frozenset(self.world.companies[owner].subject.currency for owner in owners)

    def _converted(
        self, value: Value | NoneOf, name: Name, fact: Fact | None, company: CompanyFacts, currency: str | None
    ) -> Value | NoneOf:
        """Returns an amount of a company converted to a currency; any other value unchanged."""
        kind, owner = (fact.kind, fact.of) if fact is not None else (name.scope, company.id)
        if kind == "params" or not isinstance(value, Interval) or not _is_money(self.program, kind, name.field):
            return value
        return company.rates.convert(value, self.world.companies[owner].subject.currency, currency)

    def holds(self, rule: Rule, condition: Expression, company: CompanyFacts, binding: Binding) -> Truth:
        """Returns whether a condition over bound facts holds."""
        return self.evaluator(rule, company, binding).truth(condition)

    def conclude(self, rule: Rule, company: CompanyFacts, decision: Decision) -> list[Fact]:
        """Returns the facts that a rule concludes; for a fired rule also the possible ones.

        The number of equal facts is limited to what one alternative of a rule can bind, since further ones have no
        effect.
        """
        found = []
        catalogue = self.program.catalogue
        for kind, fields in rule.concludes.items():
            most = max(self.program.placeholders.get(kind, 0), 1)
            equal = Counter[tuple[Value | NoneOf, ...]]()
            for match, certain in decision.ways:
                evaluator = self.evaluator(rule, company, match.binding)
                values = {name: evaluator.value(value) for name, value in fields.items()}
                key = (certain, *values.values())
                equal[key] += 1
                if equal[key] <= most:
                    at = f"{rule.id}:{company.id}:{match.alternative}:{'+'.join(f.id for _, f in match.facts)}>{kind}"
                    found.append(make_fact(catalogue.kinds[kind], kind, company.id, at, values, certain))
        return found
