"""Reads relations from the dimensions of a report: customers, commitments, related parties; and figures stated by parts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from screener.importers.filing.dimension_rules import DimensionFigure, DimensionTable, RelationRow
from screener.importers.filing.inline_facts import NumericFact
from screener.importers.filing.quotes import QuoteFinder
from screener.importers.filing.report_document import ReportDocument
from screener.importers.filing.tagged_figures import agreed_value, number
from screener.text import slug

_CAMEL = re.compile(r"(?<!\bMc)(?<!\bMac)(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=\.)(?=[A-Z])")
_LAST = re.compile(r"(?:Member)?(?:\[Member\])?\Z")
LONGEST_MEMBER = 120
UNDISCLOSED = 0.0999
"""The largest share of revenue that accounts need not disclose: below 10 % (ASC 280-10-50-42, IFRS 8.34)."""
ALL_DISCLOSED = "a whole annual report discloses every customer of 10 % of revenue (ASC 280-10-50-42, IFRS 8.34)"
MOST_SHARES = 1.01
"""Greatest plausible sum of shares of revenue, with an allowance for rounding."""


class Party(NamedTuple):
    """Another company: its id, its name, and whether it is unnamed (its id then belongs to one report only)."""

    key: str
    name: str
    unnamed: bool


@dataclass(slots=True)
class StatedRelations:
    """The relations that the dimensions of a report state."""

    members: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    parties: dict[str, Party] = field(default_factory=dict)
    figures: dict[str, dict[str, Any]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def shares(self) -> dict[str, float]:
        """Returns customer -> share of revenue."""
        return {m["party"]: m["share_of_revenue"]["value"] for m in self.members.get("customers", ())}


def stated_relations(report: ReportDocument, table: DimensionTable, scope: str) -> StatedRelations:
    """Returns the relations of a report at the end of its period; `scope` is the prefix of ids for unnamed companies.

    Each claim quotes the sentence or row that contains its number.
    """
    return _RelationReader(report, table, scope).read() if report.period_end is not None else StatedRelations()


class _RelationReader:
    """Reads the relations of one report."""

    def __init__(self, report: ReportDocument, table: DimensionTable, scope: str) -> None:
        assert report.period_end is not None
        self.numbers, self.end, self.table, self.scope = report.inline.numbers, report.period_end, table, scope
        self.quotes = QuoteFinder(report.blocks)
        self.found = StatedRelations()

    def read(self) -> StatedRelations:
        """Returns all relations, and the figures that are stated by parts."""
        found = self.found
        for row in self.table.relations:
            members = list(self._members(row))
            if members:
                found.members.setdefault(row.list_, []).extend(members)
        if sum(found.shares().values()) > MOST_SHARES:
            found.remarks.append("the shares of customers add up to more than all revenue: left out")
            del found.members["customers"]
        for figure in self.table.figures:
            if (claim := self._bounds(figure)) is not None:
                found.figures[figure.figure] = claim
        return found

    def _members(self, row: RelationRow) -> Iterator[dict[str, Any]]:
        facts = [fact for fact in self.numbers if fact.concept in row.concepts and _is_of(fact, row.over, self.end)]
        grouped: dict[tuple[str | None, str | None], list[NumericFact]] = {}
        for fact in facts:
            key = _key(fact, row)
            if key is not None:
                grouped.setdefault(key, []).append(fact)
        plain = _largest_plain(facts) if row.largest else None
        for (member, what), every in grouped.items():
            same = [fact for fact in _longest(every) if fact.concept == every[0].concept]
            value = agreed_value(same) if same else None
            if value is None or value <= 0 or (plain and value <= plain.value):
                continue
            party = _party(member, self.table, self.scope) if member else None
            if party:
                self.found.parties[party.key] = party
            yield {
                **({"party": party.key} if party else {}),
                **({"what": member_name(what)} if what else {}),
                **row.say,
                row.field: {"value": number(value), **self._stated(same, member or what)},
            }
        if plain is not None:
            same = [fact for fact in facts if fact.concept == plain.concept and not fact.context.dimensions]
            claim = {"value": number(plain.value), **self._stated([f for f in same if f.value == plain.value], None)}
            yield {
                "what": row.names.get(plain.concept) or member_name(plain.concept.partition(":")[2]),
                row.field: claim,
            }

    def _bounds(self, row: DimensionFigure) -> dict[str, Any] | None:
        facts = [
            fact
            for fact in self.numbers
            if fact.concept in row.concepts
            and _is_of(fact, "instant", self.end)
            and frozenset(row.axes).issuperset(fact.context.dimensions)
            and fact.value > 0
        ]
        if not facts:
            return None
        largest = max(facts, key=lambda fact: fact.value)
        most = self._everything(row.bounded_by) if row.bounded_by else Decimal(0)
        return {
            "low": number(largest.value),
            **({"high": number(most)} if most >= largest.value else {}),
            **self._stated([largest], ", ".join(largest.context.dimensions.values()) or None),
        }

    def _everything(self, list_name: str) -> Decimal:
        """Returns the sum of all different amounts in the facts for a list."""
        concepts = {c for row in self.table.relations if row.list_ == list_name for c in row.concepts}
        amounts = {f.value for f in self.numbers if f.concept in concepts and _is_of(f, "instant", self.end)}
        return sum(amounts, Decimal(0))

    def _stated(self, facts: list[NumericFact], member: str | None) -> dict[str, Any]:
        """Returns period, quote and note for a number that facts state; the quote is a sentence, or else a table row."""
        fact = facts[0]
        start, end = fact.context.start, fact.context.end
        shown = f"{fact.concept}{f' of {member}' if member else ''}"
        quotes = [quote for fact in facts if (quote := self.quotes.quote(fact.element)) is not None]
        best = min(quotes, key=lambda quote: quote.is_table, default=None)
        return {
            "period": f"{start}/{end}" if start else f"{end}",
            **({"quote": best.text} if best else {}),
            "note": f"{best.place}; {shown}" if best else shown,
        }


def _key(fact: NumericFact, row: RelationRow) -> tuple[str | None, str | None] | None:
    """Returns a fact's members for the party and the purpose; None if the fact does not belong to the row."""
    dimensions = fact.context.dimensions
    if not dimensions or not row.axes.issuperset(dimensions):
        return None
    if not all(filter_.passes(_local(dimensions.get(axis))) for axis, filter_ in row.need.items()):
        return None
    party = next((_local(dimensions[axis]) for axis in row.party if axis in dimensions), None)
    what = next((_local(dimensions[axis]) for axis in row.what if axis in dimensions), None)
    if party is None and (what is None or not row.what):
        return None
    if "" in (party, what):  # a member that is named "Member" alone
        return None
    if party is not None and row.not_party and re.search(row.not_party, party):
        return None
    return party, what


def _local(member: str | None) -> str | None:
    """Returns a member's name without prefix and ending: DellInc for intc:DellIncMember. None stays None."""
    return None if member is None else _LAST.sub("", member.rpartition(":")[2])[:LONGEST_MEMBER]


def _is_of(fact: NumericFact, over: str, end: date) -> bool:
    start, last = fact.context.start, fact.context.end
    return abs((last - end).days) <= 7 and ((start is None) == (over == "instant"))


def _longest(facts: list[NumericFact]) -> list[NumericFact]:
    """Selects, from facts whose spans end together, those of the longest span of at most a year."""
    spans = {fact.context.start for fact in facts}
    if len(spans) < 2:
        return facts
    within = [s for s in spans if s is not None and (facts[0].context.end - s).days <= 380] or [s for s in spans if s]
    first = min(within)
    return [fact for fact in facts if fact.context.start == first]


def _largest_plain(facts: list[NumericFact]) -> NumericFact | None:
    return max((f for f in facts if not f.context.dimensions and f.value > 0), key=lambda f: f.value, default=None)


def _party(member: str, table: DimensionTable, scope: str) -> Party:
    name, unnamed = member_name(member), table.is_anonymous(member)
    key = slug(name) or "party"
    return Party(f"{scope}-{key}" if unnamed else key, name, unnamed)


def member_name(member: str) -> str:
    """Returns a member's name in words: Dell Inc for DellInc, 2026 Notes for A2026Notes (XML names begin with a letter)."""
    return " ".join(_CAMEL.sub(" ", re.sub(r"\AA(?=\d)", "", member)).split())
