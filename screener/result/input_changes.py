"""Differences between the inputs of two results: figures, relations, lists, the sector, assumptions."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from screener.expression.interval import Interval
from screener.result.field_types import Value
from screener.result.finding_records import Evidence
from screener.result.model import GivenList, ResultDocument
from screener.text import Text
from screener.vocabulary import ClaimKind

FIGURES = ("changed", "known", "lost", "aged", "source")  # aged: what held then is now that of the period before
RULES = ("rule-new", "rule-gone", "condition", "formula", "param", "weight", "severity", "counts", "table", "pack")


class StatedValue(NamedTuple):
    """A stated value with its source."""

    value: Value
    unit: str
    currency: str | None = None
    period: str | None = None
    source: Text | None = None  # its title
    kind: str = ""  # filed, reported …; "" where there is no source to speak of


class InputChange(NamedTuple):
    """One input that differs."""

    kind: str  # changed, known, lost, source, aged: a figure; relation-new, relation-gone; list; sector; assumed; and RULES
    key: str  # figure, list, rule or rule.parameter
    title: Text
    company: Text | None = None  # None: the judged company itself
    about: Text | None = None
    before: StatedValue | None = None
    after: StatedValue | None = None
    fields: tuple[tuple[Text, StatedValue], ...] = ()  # of a relation that came or went


class InputKey(NamedTuple):
    """The identity of an input."""

    figure: str
    which: str  # tells earlier periods and flows apart
    company: str  # "" for the judged company
    about: str


class ResultSide:
    """The inputs of one result."""

    def __init__(self, result: ResultDocument) -> None:
        self.result = result
        company = result.company
        self.own = {company.name.en, *(t.en for i, t in result.companies if i == company.id)}
        self.sources = {s.key: s.title for s in result.sources}
        others = (e for f in result.findings for e in f.evidence)
        all_evidence = [
            *result.facts,
            *(e for e in others if e.kind is not ClaimKind.COMPUTED and not e.figure.startswith("flows.")),
        ]
        self.facts: dict[InputKey, list[Evidence]] = {}
        listed = {self.key(e) for e in result.facts}
        for n, e in enumerate(all_evidence):
            key = self.key(e)
            found = self.facts.setdefault(key, [])
            if n < len(result.facts) or (key not in listed and e not in found):
                found.append(e)
        self.lists = {(h.list, self.whose(h.company)): h for h in result.lists}
        self.findings = {f.rule: f for f in result.findings}
        self.inputs = {i.key: i for i in result.inputs}

    def whose(self, company: Text) -> str:
        """The name of another company; "" for the screened one."""
        return "" if company.en in self.own else company.en

    def key(self, e: Evidence) -> InputKey:
        """The input to which evidence belongs."""
        earlier = e.title.en.rpartition(", ")[2] if e.title.en.endswith(" before") else ""
        return InputKey(
            e.figure,
            e.title.en if e.figure == "flows" else earlier,
            self.whose(e.company),
            e.about.en if e.about else "",
        )

    def stated_value(self, e: Evidence | None) -> StatedValue | None:
        """The value of evidence, with the title of its source."""
        if e is None:
            return None
        source = self.sources.get(e.source, Text.of(e.source)) if e.source else None
        return StatedValue(e.value, e.unit, e.currency, e.period, source, e.kind)

    def relation(self, key: InputKey) -> tuple[str, str, str] | None:
        """Of a field of a relation: the list, whose, about whom."""
        return (key.figure.partition(".")[0], key.company, key.about) if "." in key.figure else None

    def relations(self) -> set[tuple[str, str, str]]:
        """All relations with a known field."""
        return {r for key in self.facts if (r := self.relation(key))}


def inputs(before: ResultDocument, after: ResultDocument) -> Iterator[InputChange]:
    """All inputs that differ."""
    yield from _figures(before, after)
    yield from _lists(before, after)
    yield from _company(before, after)


def _figures(before: ResultDocument, after: ResultDocument) -> Iterator[InputChange]:
    """Figures, fields of relations and flows that differ; relations that were added or removed, each once."""
    was, now = ResultSide(before), ResultSide(after)
    were, are = was.relations(), now.relations()
    done: set[tuple[str, str, str]] = set()
    for key in dict.fromkeys([*was.facts, *now.facts]):
        relation = now.relation(key)
        if relation and (relation in were) != (relation in are):
            if relation not in done:
                done.add(relation)
                yield _related(relation, was if relation in were else now, relation in are)
            continue
        pairs = [was.facts.get(key, []), now.facts.get(key, [])]
        alike = [e for e in pairs[0] if any(_same(e, o) for o in pairs[1])]
        left = [[e for e in side if not any(_same(e, o) for o in alike)] for side in pairs]
        for i in range(max(map(len, left))):
            old, new = (side[i] if i < len(side) else None for side in left)
            if change := _figure(key, old, new, was, now):
                yield change


def _same(a: Evidence, b: Evidence) -> bool:
    return (a.value, a.period, a.source, a.kind) == (b.value, b.period, b.source, b.kind)


def _claims_the_same(a: Evidence, b: Evidence) -> bool:
    return (_number(a.value), a.period) == (_number(b.value), b.period)


def _figure(
    key: InputKey, old: Evidence | None, new: Evidence | None, was: ResultSide, now: ResultSide
) -> InputChange | None:
    e = new or old
    assert e is not None
    if key.figure == "flows":
        kind = "relation-new" if old is None else "relation-gone" if new is None else "changed"
    elif old is None or new is None:
        kind = "known" if old is None else "lost"
    else:
        kind = "changed" if _number(old.value) != _number(new.value) else "source"
    evidence_before = was.facts.get(key._replace(which=""), ()) if key.which and key.figure != "flows" else ()
    if kind != "source" and new and any(_claims_the_same(new, e) for e in evidence_before):
        kind = "aged"
    values = was.stated_value(old), now.stated_value(new)
    if kind == "source" and values[0] == values[1]:
        return None
    return InputChange(kind, key.figure, e.title, e.company if key.company else None, e.about, *values)


def _number(value: Value) -> Any:
    return (value.lo, value.hi) if isinstance(value, Interval) else value


def _related(relation: tuple[str, str, str], side: ResultSide, new: bool) -> InputChange:
    list_name, company, _ = relation
    found = [e for key, those in side.facts.items() if side.relation(key) == relation for e in those]
    given = side.lists.get((list_name, company))
    party = next((e for e in found if e.figure.endswith(".party")), None)
    title = given.title if given else party.title if party else found[0].title
    fields = tuple((e.title, stated) for e in found if e is not party and (stated := side.stated_value(e)))
    stated = side.stated_value(party or found[0])
    return InputChange(
        kind="relation-new" if new else "relation-gone",
        key=list_name,
        title=title,
        company=found[0].company if company else None,
        about=found[0].about,
        before=None if new else stated,
        after=stated if new else None,
        fields=fields,
    )


def _lists(before: ResultDocument, after: ResultDocument) -> Iterator[InputChange]:
    """Lists that were not given, or were open or closed."""
    was, now = ResultSide(before), ResultSide(after)
    if not all(any(f.when for f in r.findings) for r in (before, after)):
        return  # an earlier screener did not keep them
    for key in dict.fromkeys([*was.lists, *now.lists]):
        old, new = was.lists.get(key), now.lists.get(key)
        given = new or old
        assert given is not None
        if _extent(old) != _extent(new):
            yield InputChange(
                "list", key[0], given.title, given.company if key[1] else None, None, _of_list(old), _of_list(new)
            )


def _extent(given: GivenList | None) -> tuple[bool, bool] | None:
    return (given.complete, given.members == 0) if given else None


def _of_list(given: GivenList | None) -> StatedValue | None:
    if given is None:
        return None
    return StatedValue(
        "none" if given.complete and not given.members else "complete" if given.complete else "incomplete", "list"
    )


def _company(before: ResultDocument, after: ResultDocument) -> Iterator[InputChange]:
    was, now = before.company, after.company
    if was.sector != now.sector:
        values = [StatedValue(t.en, "sector", source=t) if t else None for t in (was.sector_title, now.sector_title)]
        yield InputChange("sector", "sector", Text("Sector", "行业"), before=values[0], after=values[1])
    sides = [{a.figure: a for a in r.assumed} for r in (before, after)]
    for name in dict.fromkeys([*sides[0], *sides[1]]):
        both = [side.get(name) for side in sides]
        if both[0] != both[1]:
            values = [StatedValue(a.value, a.unit, a.currency, kind=ClaimKind.ASSUMED) if a else None for a in both]
            title = next(a.title for a in both if a)
            yield InputChange("assumed", name, title, before=values[0], after=values[1])
