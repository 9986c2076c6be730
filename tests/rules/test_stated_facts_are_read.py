"""Some built-in rule uses every fact that a profile can state; exceptions are listed here with the reason."""

from collections.abc import Iterator

import pytest

from screener.expression.syntax_tree import Compare, Expression, Name, Word, children, names_in
from screener.facts.fact import COMPANY
from screener.facts.metrics import formula_inputs
from screener.profile.catalogue import Kind
from screener.rules.packs import built_in_packs
from screener.rules.rule import PLACEHOLDER, Rule, patterns
from screener.rules.rulebook import Rulebook
from screener.rules.rulebook_loader import load_rulebook

UNREAD: dict[str, str] = {
    "sales_and_marketing": "importers read it; no threshold for it has been measured or published",
    "research_and_development": "importers read it; no threshold for it has been measured or published",
    "stock_based_compensation": "importers read it; dilution is read from the number of shares",
    "remaining_performance_obligations": "importers read it; contracted revenue is neither a risk nor a relief by itself",
    "employees": "a figure per head has no threshold that holds across sectors",
    "paying_users": "a figure per user has no threshold that holds across sectors",
    "supplier.share_of_costs": "whether a supplier is critical is stated; a share of costs does not say it",
    "supplier.what": "shown in reports; it names the entry and no rule compares it",
    "flow.from": "read by the search for loops of payments, not by conditions",
    "flow.to": "read by the search for loops of payments, not by conditions",
    "flow.binding": "read by the search for loops, which tells whether all links are binding",
    "flow.what=commits": "a payment of this kind counts in loops, as any other does",
    "flow.what=buys": "a payment of this kind counts in loops, as any other does",
    "flow.date": "payments have no time limit; reports show the date",
    "funding.what=debt": "borrowed money is read from the figures of debt",
    "funding.what=vendor": "money of a supplier is read from the flows between the two",
    "funding.what=grant": "a grant is neither a risk nor a relief by itself",
    "forecast.year": "the profile states the value that is expected on the present path; the year is shown",
    "commitment.party": "it names to whom; commitments are read as a sum",
    "commitment.what": "shown in reports; it names the entry and no rule compares it",
    "channel.share_of_sales": "a threshold for dependence on a channel has not been measured or published",
    "moat.what=network": "rules read moats that can be checked by the cost of leaving; these words name others for readers",
    "moat.what=regulation": "rules read moats that can be checked by the cost of leaving; these words name others for readers",
    "moat.what=brand": "rules read moats that can be checked by the cost of leaving; these words name others for readers",
    "moat.what=scale": "rules read moats that can be checked by the cost of leaving; these words name others for readers",
    "moat.what=data": "rules read moats that can be checked by the cost of leaving; these words name others for readers",
    "plan.what=raise-equity": "an intention without a known effect on risk; shown among the facts",
    "plan.what=buy-back": "an intention without a known effect on risk; shown among the facts",
    "plan.what=acquire": "an intention without a known effect on risk; shown among the facts",
    "plan.what=build": "an intention without a known effect on risk; shown among the facts",
    "plan.what=divest": "an intention without a known effect on risk; shown among the facts",
    "plan.date": "plans have no time limit; reports show the date",
    "event.what=upgrade": "investment-grade reads the rating itself, which an upgrade changes",
    "event.what=auditor-change": "a change by rotation or tender is no sign; auditor-resigned is the word for the other",
    "event.what=default-cured": "what was put right; it stands in place of a default and fires nothing",
    "event.what=outage": "an outage is not a financial risk by itself; reports show it",
    "event.what=lawsuit": "its amount is stated as reasonably_possible_loss, which contingent-claims reads",
    "event.hours": "length of an outage, which no rule reads; shown in reports",
    "event.shared": "tells readers that the amount is of several companies; rules read the change in price",
    "rating.date": "its derived months_ago is read by no rule yet: the latest rating stands until it is withdrawn",
    "covenant.what": "shown in reports; it names the entry and no rule compares it",
    "related_party.role=owner": "insider-on-both-sides excludes it by naming the others; volume is read of all roles",
    "related_party.role=affiliate": "insider-on-both-sides excludes it by naming the others; volume is read of all roles",
    "related_party.what=sells": "the kind of dealing is shown; volume and who stands on both sides are read",
    "related_party.what=buys": "the kind of dealing is shown; volume and who stands on both sides are read",
    "related_party.what=lends": "the kind of dealing is shown; volume and who stands on both sides are read",
    "related_party.what=borrows": "the kind of dealing is shown; volume and who stands on both sides are read",
    "related_party.what=leases": "the kind of dealing is shown; volume and who stands on both sides are read",
    "related_party.what=manages": "the kind of dealing is shown; volume and who stands on both sides are read",
    "related_party.what=guarantees": "the kind of dealing is shown; volume and who stands on both sides are read",
    "related_party.what": "the kind of dealing is shown; volume and who stands on both sides are read",
    "maturity.what": "shown in reports; it names the entry and no rule compares it",
    "credit_line.party": "it names the lender; lines are read as a sum",
    "guarantee.party": "it names for whom; guarantees are read as a sum",
}
"""Facts that no rule reads: name of the figure, kind.field, or kind.field=word -> the reason."""


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(packs=list(built_in_packs()))


def all_parts(node: Expression) -> Iterator[Expression]:
    yield node
    for child in children(node):
        yield from all_parts(child)


def conditions(rule: Rule) -> Iterator[Expression]:
    yield from (pattern.condition for pattern in patterns(rule.when))
    if rule.applies is not None:
        yield rule.applies


def formulas(book: Rulebook) -> dict[str, Expression]:
    """Returns the formulas of metrics and figures that rules use, and the statements that figures decide."""
    wanted = [
        n.field for rule in book.rules.values() for c in conditions(rule) for n in names_in(c) if n.scope == COMPANY
    ]
    found: dict[str, Expression] = {}
    queue = list(dict.fromkeys(wanted))
    while queue:
        name = queue.pop()
        if name in found:
            continue
        figure = book.catalogue.figures.get(name)
        nodes = [book.metrics[name].formula] if name in book.metrics else []
        nodes += [figure.meaning] if figure is not None and figure.meaning is not None else []
        for node in nodes:
            found[name] = node
            queue += [read for read in formula_inputs(node)[0] if read not in found]
        found.setdefault(name, Name(COMPANY, name))
    return found


def kinds_by_scope(rule: Rule) -> dict[str, str]:
    return {pattern.name: pattern.kind for pattern in patterns(rule.when)}


def shown_in_texts(rule: Rule) -> Iterator[tuple[str, str]]:
    for text in filter(None, (rule.headline, rule.says)):
        yield from ((scope, field) for scope, field, _ in PLACEHOLDER.findall(text.en))


def read_facts(book: Rulebook) -> set[str]:
    catalogue, found = book.catalogue, set[str]()
    lists = {kind.list_name: name for name, kind in catalogue.kinds.items() if kind.list_name}

    def read(node: Expression, scopes: dict[str, str]) -> None:
        for part in all_parts(node):
            if isinstance(part, Name):
                if part.scope in scopes:
                    add(scopes[part.scope], part.field)
                elif not part.scope or part.scope == COMPANY:
                    found.add(part.field)
            if isinstance(part, Compare):
                words = [side.value for side in (part.left, part.right) if isinstance(side, Word)]
                names = [side for side in (part.left, part.right) if isinstance(side, Name) and side.scope in scopes]
                found.update(f"{scopes[name.scope]}.{name.field}={word}" for name in names for word in words)

    def add(kind: str, field: str) -> None:
        found.add(f"{kind}.{field}")
        entry = catalogue.kinds.get(kind)
        typed = entry.fields.get(field) if entry else None
        found.update(f"{kind}.{date}" for date in ((typed.since, typed.until) if typed else ()) if date)

    for rule in book.rules.values():
        scopes = kinds_by_scope(rule)
        for condition in conditions(rule):
            read(condition, scopes)
        for pattern in patterns(rule.when):
            if pattern.owner is not None and pattern.owner.scope in scopes:
                add(scopes[pattern.owner.scope], pattern.owner.field)
        for scope, field in shown_in_texts(rule):
            if scope in scopes:
                add(scopes[scope], field)
    for name, node in formulas(book).items():
        found.add(name)
        read(node, lists)
    return found


def stated(kinds: dict[str, Kind]) -> Iterator[str]:
    for name, kind in kinds.items():
        if kind.list_name is None:
            continue
        for field, typed in kind.fields.items():
            if typed.given:
                yield f"{name}.{field}"
                yield from (f"{name}.{field}={word}" for word in typed.words)


def test_every_stated_fact_is_read(book: Rulebook) -> None:
    read = read_facts(book)
    may_be_stated = [*book.catalogue.figures, *stated(book.catalogue.kinds)]
    assert sorted(name for name in may_be_stated if name not in read and name not in UNREAD) == []


def test_the_exceptions_are_needed_and_have_reasons(book: Rulebook) -> None:
    read = read_facts(book)
    may_be_stated = {*book.catalogue.figures, *stated(book.catalogue.kinds)}
    assert sorted(name for name in UNREAD if name in read or name not in may_be_stated) == []
    assert all(len(reason.split()) > 3 for reason in UNREAD.values())
