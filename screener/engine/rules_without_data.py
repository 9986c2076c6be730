"""Finds rules none of whose inputs is known for a company: their results depend on its sector and currency alone."""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

from screener.expression.syntax_tree import names_in
from screener.facts.company import CompanyFacts
from screener.facts.fact import COMPANY, COMPANY_ID, FLAG
from screener.facts.metrics import closure, formula_inputs
from screener.facts.world import World
from screener.profile.sector_scope import SectorScope
from screener.rules.compiler import Program, rule_names
from screener.rules.rule import Rule, patterns

MOST_SETTINGS = 64  # greatest number of settings for which results are kept

T = TypeVar("T")


class CompanySetting(NamedTuple):
    """The properties of a company on which the results of rules without data depend."""

    scope: SectorScope
    currency: str | None


def setting_of(world: World) -> CompanySetting:
    """Returns the setting of the main company of a world."""
    subject = world.companies[world.main].subject
    return CompanySetting(subject.scope, subject.currency)


class RulesWithoutData:
    """Finds the rules of a program none of whose inputs is known for the main company of a world.

    A rule reads figures, metrics and lists of the company, and the inputs of the rules on whose flags it depends. It
    reads nothing of an unknown counterparty. Rules that depend on concluded facts, on themselves, or on the id of the
    company are never without data.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self._is_first = True

    def among_several(self, world: World) -> frozenset[str]:
        """Returns the result of `of`, but none for the first world: keeping results does not pay off for a single
        company."""
        if self._is_first:
            self._is_first = False
            return frozenset()
        return self.of(world)

    def of(self, world: World) -> frozenset[str]:
        """Returns the ids of the rules without data; none if the profile states exchange rates, which these rules would
        read."""
        company = world.companies[world.main]
        if world.profile.rates:
            return frozenset()
        readers = self._readers
        informed = set[str]()
        for name in company.reconciled:
            informed |= readers.get((COMPANY, name), frozenset())
        for kind in self._kinds:
            if not _is_open(kind, company, world, self.program.placeholders.get(kind, 0)):
                informed |= readers[kind, ""]
        return self._eligible - informed

    def alike(self, world: World, other: World) -> frozenset[str]:
        """Returns the ids of rules that read nothing in which two worlds of one company differ, so their outcomes are
        the same in both."""
        one, two = (each.companies[each.main].subject for each in (world, other))
        if (one.scope, one.currency) != (two.scope, two.currency) or world.profile.rates != other.profile.rates:
            return frozenset()
        differing = set[tuple[str, str]]()
        for company in world.companies.keys() | other.companies.keys():
            differing.update(_differences(world.companies.get(company), other.companies.get(company)))
        differing.update((kind, "") for kind in world.base.differing_kinds(other.base))
        return self._eligible.difference(*(self._readers.get(key, ()) for key in differing))

    @cached_property
    def _eligible(self) -> frozenset[str]:
        """Returns the rules that can be without data."""
        rules, graph = self.program.rules, self.program.graph
        excluded = {
            rule.id
            for rule in rules.values()
            if rule.concludes
            or any(n.scope == COMPANY and n.field == COMPANY_ID for n in rule_names(rule))
            or rule.id in graph.closure(needed.rule for needed in graph.dependencies(rule))
        }
        return frozenset(rule for rule in rules if excluded.isdisjoint(graph.closure((rule,))))

    @cached_property
    def _readers(self) -> dict[tuple[str, str], frozenset[str]]:
        """Returns the rules that read a figure or metric, by (COMPANY, name), or the facts of a kind, by (kind, "")."""
        rules = self.program.rules
        reads = {rule.id: frozenset(self._inputs(rule)) for rule in rules.values()}
        found: dict[tuple[str, str], set[str]] = {}
        for rule in self._eligible:
            for below in self.program.graph.closure((rule,)):
                for key in reads[below]:
                    found.setdefault(key, set()).add(rule)
        return {key: frozenset(readers) for key, readers in found.items()}

    @cached_property
    def _kinds(self) -> tuple[str, ...]:
        """Returns the kinds of facts that such rules read."""
        return tuple(sorted(kind for kind, _ in self._readers if kind != COMPANY))

    def _inputs(self, rule: Rule) -> Iterator[tuple[str, str]]:
        """Returns what a rule reads directly, with the keys of `_readers`."""
        catalogue, metrics = self.program.catalogue, self.program.metrics
        own = (name.field for name in rule_names(rule) if name.scope == COMPANY)
        names = closure(sorted({*own, *rule.rests_on}), metrics)
        yield from ((COMPANY, name) for name in names)
        kinds = {pattern.kind for pattern in patterns(rule.when)} - {COMPANY, FLAG}
        for name in names:
            if name in metrics:
                metric = metrics[name]
                formulas = (metric.formula,) if metric.valid is None else (metric.formula, metric.valid)
                for formula in formulas:
                    kinds.update(catalogue.all_lists[listed] for listed in formula_inputs(formula)[1])
                    kinds.update(
                        catalogue.all_lists[n.scope] for n in names_in(formula) if n.scope in catalogue.all_lists
                    )
        for kind in sorted(kinds):
            yield kind, ""
            if parent := catalogue.kinds[kind].within:
                yield parent, ""


def _differences(first: CompanyFacts | None, second: CompanyFacts | None) -> Iterator[tuple[str, str]]:
    """Returns the differences of a company between two worlds, with the keys of `RulesWithoutData._readers`; it may be
    missing in one world."""
    figures, complete, others = (
        [getattr(company, field) if company is not None else {} for company in (first, second)]
        for field in ("reconciled", "complete", "others")
    )
    for name in figures[0].keys() | figures[1].keys():
        if figures[0].get(name) != figures[1].get(name):
            yield COMPANY, name
    for kind in frozenset(complete[0]) ^ frozenset(complete[1]):
        yield kind, ""
    for kind in others[0].keys() | others[1].keys():
        if others[0].get(kind) != others[1].get(kind):
            yield kind, ""


def _is_open(kind: str, company: CompanyFacts, world: World, placeholders: int) -> bool:
    """Returns whether nothing is stated about the facts of a kind of the main company: only placeholders for possible
    facts exist."""
    if kind in company.complete or kind in company.others:
        return False
    facts = world.base.of(company.id, kind)
    return len(facts) == placeholders and not any(fact.certain for fact in facts)


class KeptResults(Generic[T]):
    """The results of rules without data by the setting of the company, for a bounded number of settings."""

    def __init__(self, empty: Callable[[], T]) -> None:
        self._empty = empty
        self._kept: dict[CompanySetting, T] = {}

    def of(self, setting: CompanySetting) -> T:
        """Returns the kept results for companies of a setting, which the caller may extend."""
        if setting not in self._kept and len(self._kept) >= MOST_SETTINGS:
            self._kept.clear()
        return self._kept.setdefault(setting, self._empty())
