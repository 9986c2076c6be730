"""The parts of a result that comparisons of results need: all known facts, and the inputs of each rule."""

from collections.abc import Iterator

from screener.engine.rule_context import parameter_value
from screener.explain.evidence import EvidenceCollector
from screener.explain.rule_texts import earlier_title
from screener.expression.interval import Missing
from screener.expression.printer import format_expression
from screener.facts.company import CompanyFacts
from screener.facts.metrics import closure
from screener.facts.world import World
from screener.result.finding_records import AppliedParam, Evidence
from screener.result.model import GivenList
from screener.rules.compiler import Program
from screener.rules.rule import Rule


def known_facts(world: World, collector: EvidenceCollector) -> Iterator[Evidence]:
    """Returns the figures used with those of the period before, every known field of a relation, and every flow."""
    kinds = collector.program.catalogue.kinds
    listed = [kind for kind, entry in kinds.items() if entry.list_name not in (None, "flows")]
    for company in _described_companies(world):
        for name, figure in company.reconciled.items():
            yield collector.of_claim(name, figure.chosen, company)
            if figure.prior is not None:
                before = collector.of_claim(name, figure.prior, company)
                yield before._replace(title=earlier_title(before.title, 1))
        for kind in listed:
            for fact in world.base.of(company.id, kind):
                if fact.certain:
                    known = (field for field in fact.claims if not isinstance(fact.fields.get(field), Missing))
                    yield from (collector.of_field(fact, field) for field in known)
    yield from (collector.of_flow(flow) for flow in world.flows)


def given_lists(world: World, collector: EvidenceCollector) -> Iterator[GivenList]:
    """Returns the lists in the profile, with the number of members of each."""
    catalogue = collector.program.catalogue
    for company in _described_companies(world):
        for name, kind in catalogue.lists.items():
            members = company.subject.relations.get(name)
            if members is not None:
                yield GivenList(
                    list=name,
                    title=catalogue.kinds[kind].title,
                    company=company.subject.name,
                    members=len(members),
                    complete=company.subject.is_complete(name),
                )


def conditions_as_written(rule: Rule, program: Program) -> tuple[str, ...]:
    """Returns the conditions of a rule as they are written, and the companies to which it applies."""
    below = (name for name in closure(rule.rests_on, program.metrics) if name in program.metrics)
    domains = (
        f"valid: {format_expression(condition)} ({name})"
        for name in below
        if (condition := program.metrics[name].valid) is not None
    )
    guard = (f"applies: {format_expression(rule.applies)}",) if rule.applies is not None else ()
    scopes = (("only for", rule.only_for), ("not for", rule.not_for))
    sectors = (f"{words}: {', '.join(sorted(names))}" for words, names in scopes if names)
    return (*rule.conditions, *guard, *domains, *sectors)


def applied_params(rule: Rule, company: CompanyFacts, program: Program) -> tuple[AppliedParam, ...]:
    """Returns the parameters of a rule as they apply to a company."""
    return tuple(
        AppliedParam(name=name, value=parameter_value(rule, name, company, program.catalogue), unit=param.unit)
        for name, param in rule.params.items()
    )


def rules_read(rule: Rule, program: Program) -> tuple[str, ...]:
    """Returns the rules whose flags or conclusions a rule reads."""
    return tuple(dict.fromkeys(needed.rule for needed in program.graph.dependencies(rule)))


def _described_companies(world: World) -> Iterator[CompanyFacts]:
    """Returns the company and the parties that its profile describes."""
    for company in (world.main, *(party.id for party in world.profile.parties.values())):
        yield world.companies[company]
