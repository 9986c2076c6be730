"""What a result keeps so that two can be compared: all that holds of the company, and what each rule says and reads."""

from collections.abc import Iterator

from screener.engine.rule_context import parameter_value
from screener.explain.evidence import Gatherer
from screener.explain.sentences import earlier
from screener.expression.interval import Missing
from screener.expression.printer import format_expression
from screener.facts.builder import World
from screener.facts.company import CompanyFacts
from screener.result.model import AppliedParam, Evidence, GivenList
from screener.rules.compiler import Program
from screener.rules.rule import Rule


def facts(world: World, gatherer: Gatherer) -> Iterator[Evidence]:
    """Settled figures with those of the period before, every field of a relation that is known, every flow."""
    for company in _told(world):
        for name, settled in company.reconciled.items():
            yield gatherer.claim(name, settled.chosen, company)
            if settled.prior is not None:
                before = gatherer.claim(name, settled.prior, company)
                yield before._replace(title=earlier(before.title, 1))
        for kind in (
            k for k, entry in gatherer.program.catalogue.kinds.items() if entry.list_name not in (None, "flows")
        ):
            for fact in world.base.of(company.id, kind):
                known = (f for f in fact.claims if not isinstance(fact.fields.get(f), Missing))
                yield from (gatherer.field(fact, f) for f in known if fact.certain)
    yield from (gatherer.flow(flow) for flow in world.flows)


def lists(world: World, gatherer: Gatherer) -> Iterator[GivenList]:
    """The lists that are given, with how many members each has."""
    for company in _told(world):
        for name, kind in gatherer.program.catalogue.lists.items():
            members = company.subject.relations.get(name)
            if members is not None:
                title = gatherer.program.catalogue.kinds[kind].title
                yield GivenList(name, title, company.subject.name, len(members), company.subject.is_complete(name))


def conditions(rule: Rule) -> tuple[str, ...]:
    """A rule's conditions as they are written, and for whom it is not."""
    guard = (f"applies: {format_expression(rule.applies)}",) if rule.applies is not None else ()
    return (
        *rule.conditions,
        *guard,
        *(
            f"{words}: {', '.join(sorted(sectors))}"
            for words, sectors in (("only for", rule.only_for), ("not for", rule.not_for))
            if sectors
        ),
    )


def params(rule: Rule, company: CompanyFacts, program: Program) -> tuple[AppliedParam, ...]:
    """The parameters of a rule as they hold for a company."""
    return tuple(
        AppliedParam(n, parameter_value(rule, n, company, program.catalogue), p.unit) for n, p in rule.params.items()
    )


def reads(rule: Rule, program: Program) -> tuple[str, ...]:
    """The rules on whose conclusions a rule rests."""
    return tuple(dict.fromkeys(needed.rule for needed in program.graph.dependencies(rule)))


def _told(world: World) -> Iterator[CompanyFacts]:
    """The companies of which the profile itself tells."""
    for company in (world.main, *world.profile.parties):
        yield world.companies[company]
