"""Writes the facts of a world as JSON for the C library, each property once."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from screener.engine.durable.encoding import NO, WHO, YES, FieldKeys, add_property_texts, dump, is_open
from screener.engine.durable.ruleset import Readers, TranslatedRuleset
from screener.engine.durable.translator import CERTAIN, NUMBER, OTHER_COMPANY
from screener.engine.rule_context import known_id
from screener.facts.fact import COMPANY, COMPANY_ID, Fact
from screener.facts.world import World
from screener.profile.catalogue import Catalogue

_YES, _NO = dump(YES), dump(NO)


class AssertedFact(NamedTuple):
    """A fact to assert: its kind, the fact (for a company: its id) that it represents, and its properties with their
    values in JSON."""

    kind: str
    fact: Fact | str
    texts: Mapping[str, str]


class ReadFields(NamedTuple):
    """The properties of the facts of one kind that rules read: fields, companies that fields name, and the texts of
    unknown fields."""

    fields: tuple[FieldKeys, ...]
    companies: tuple[str, ...]
    unknown_texts: Mapping[str, str]
    unknown_fields: frozenset[tuple[str, str]]  # fields of the kind that are open if nothing is known


def read_fields(rulesets: Iterable[TranslatedRuleset], catalogue: Catalogue) -> Mapping[str, ReadFields]:
    """Returns by kind of the catalogue the properties of its facts that rulesets read."""
    properties: dict[str, set[str]] = {}
    for ruleset in rulesets:
        for (kind, _), wanted in ruleset.reads.items():
            properties.setdefault(kind, set()).update(wanted)
    found = {}
    for kind, unknown in catalogue.unknown_fields.items():
        read = sorted(properties.get(kind, ()))
        names = dict.fromkeys(key[3:] for key in read if ":" in key and not key.startswith(WHO))
        fields = tuple(map(FieldKeys.of, names))
        texts: dict[str, str] = {}
        for field in fields:
            add_property_texts(texts, field, unknown[field.name])
        companies = tuple(key[len(WHO) :] for key in read if key.startswith(WHO))
        unknown_names = [name for name in (*names, *companies) if is_open(unknown[name])]
        found[kind] = ReadFields(fields, companies, texts, frozenset((kind, name) for name in unknown_names))
    return found


class FactWriter:
    """Writes the facts of one world, and keeps the written facts.

    `open_fields` has, by kind and name, the fields written so far that are not known exactly, and CERTAIN for kinds
    with a fact that is not certain.
    """

    def __init__(self, world: World, catalogue: Catalogue, read: Mapping[str, ReadFields]) -> None:
        self.world, self.catalogue, self.read = world, catalogue, read
        self.open_fields: set[tuple[str, str]] = set()
        self._companies: dict[str, dict[str, str]] = {}
        self._owners: dict[str, str] = {}

    def relation(self, number: int, fact: Fact) -> AssertedFact:
        """Writes a fact of a list; `number` is its place among the facts of the world."""
        kind = fact.kind
        texts = {"of": self.owner(fact.of), NUMBER: f'"{number}"', CERTAIN: _YES}
        if not fact.certain:
            texts[CERTAIN] = _NO
            self.open_fields.add((kind, CERTAIN))
        read = self.read[kind]
        if fact.fields is self.catalogue.unknown_fields.get(kind):
            texts.update(read.unknown_texts)
            self.open_fields |= read.unknown_fields
        else:
            for field in read.fields:
                if add_property_texts(texts, field, fact.fields[field.name]):
                    self.open_fields.add((kind, field.name))
        for name in read.companies:
            texts[WHO + name] = dump(fact.companies[name])
            if is_open(fact.fields[name]):
                self.open_fields.add((kind, name))
        return AssertedFact(kind, fact, texts)

    def company(self, company: str, fields: Iterable[FieldKeys]) -> AssertedFact:
        """Writes the fact with these figures and metrics of a company."""
        texts = self._companies.setdefault(company, {})
        if not texts:
            texts["of"] = self.owner(company)
        facts = self.world.companies[company]
        for field in fields:
            if field.low not in texts and field.word not in texts:
                name = field.name
                value = known_id(company) if name == COMPANY_ID else facts.value(name)
                if add_property_texts(texts, field, value):
                    self.open_fields.add((COMPANY if company == self.world.main else OTHER_COMPANY, name))
        return AssertedFact(COMPANY, company, texts)

    def owner(self, company: str) -> str:
        """Returns the id of a company in JSON."""
        if company not in self._owners:
            self._owners[company] = dump(company)
        return self._owners[company]

    def to_json(
        self, items: Iterable[AssertedFact], readers: Readers, shared_groups: int | None, asserted: list[Fact | str]
    ) -> list[str]:
        """Yields facts as JSON, once for each group of rules that reads them, and adds them to `asserted`; their id is
        their place there.

        `readers` are the groups that read a kind; those from `shared_groups` on read the main company only. The C
        library identifies facts by a 32-bit hash of their id, and drops a fact whose hash it has seen: the hashes of
        plain numbers are distinct up to 300,000.
        """
        found = []
        for kind, fact, texts in items:
            other = shared_groups is not None and kind == COMPANY and fact != self.world.main
            for group, template, properties in readers.get(kind, ()):
                if other and group >= shared_groups:  # type: ignore[operator]
                    continue
                found.append(template % (len(asserted), *[texts[key] for key in properties]))
                asserted.append(fact)
        return found
