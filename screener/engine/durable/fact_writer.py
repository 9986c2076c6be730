"""The facts of a world as the C library takes them: JSON, in which every property is written once."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from screener.engine.durable.encoding import WHO, dump, property_texts
from screener.engine.durable.ruleset import TranslatedRuleset
from screener.engine.durable.translator import CERTAIN, NUMBER
from screener.engine.rule_context import known_id
from screener.facts.fact import COMPANY, COMPANY_ID, Fact
from screener.facts.world import World
from screener.profile.catalogue import Catalogue

SESSION_ID = "s"


class AssertedFact(NamedTuple):
    """A fact to assert: its kind, the fact (of a company: its id) that it stands for, its properties as texts in JSON."""

    kind: str
    fact: Fact | str
    texts: Mapping[str, str]


def texts_of_unknown_facts(catalogue: Catalogue) -> Mapping[str, Mapping[str, str]]:
    """By kind, the property texts of a fact of which nothing is known."""
    return {
        kind: {key: text for name, value in fields.items() for key, text in property_texts(name, value).items()}
        for kind, fields in catalogue.unknown_fields.items()
    }


class FactWriter:
    """Writes the facts of one world, and keeps what it has written."""

    def __init__(self, world: World, catalogue: Catalogue, unknown_facts: Mapping[str, Mapping[str, str]]) -> None:
        self.world, self.catalogue, self.unknown_facts = world, catalogue, unknown_facts
        self._relations: dict[int, Mapping[str, str]] = {}
        self._values: dict[tuple[str, str], dict[str, str]] = {}

    def relation(self, number: int, fact: Fact) -> AssertedFact:
        """A fact of a list; `number` is its place among the facts of the world."""
        if number not in self._relations:
            texts = {"of": f',"of":{dump(fact.of)}', NUMBER: f',"{NUMBER}":"{number}"'}
            if fact.certain:
                texts[CERTAIN] = f',"{CERTAIN}":"yes"'
            if fact.fields is self.catalogue.unknown_fields.get(fact.kind):
                texts.update(self.unknown_facts[fact.kind])
            else:
                for name, value in fact.fields.items():
                    texts.update(property_texts(name, value))
            for name, company in fact.companies.items():
                texts[WHO + name] = f',"{WHO}{name}":{dump(company)}'
            self._relations[number] = texts
        return AssertedFact(fact.kind, fact, self._relations[number])

    def company(self, company: str, fields: Iterable[str]) -> AssertedFact:
        """The fact that holds these figures and metrics of a company."""
        texts = {"of": f',"of":{dump(company)}'}
        facts = self.world.companies[company]
        for name in fields:
            if (found := self._values.get((company, name))) is None:
                value = known_id(company) if name == COMPANY_ID else facts.value(name)
                found = self._values[company, name] = property_texts(name, value)
            texts.update(found)
        return AssertedFact(COMPANY, company, texts)

    def to_json(self, items: list[AssertedFact], ruleset: TranslatedRuleset, asserted: list[Fact | str]) -> list[str]:
        """Facts as JSON, once for each group of rules that reads them; added to `asserted` at the place that is their id.

        The C library knows facts by a hash of 32 bits of their id, and drops one whose hash it knows: plain numbers have
        none in common up to 300,000.
        """
        found = []
        for kind, fact, texts in items:
            other = kind == COMPANY and fact != self.world.main and ruleset.shared_groups is not None
            for group, properties in ruleset.readers(kind):
                if other and group >= ruleset.shared_groups:  # type: ignore[operator]
                    continue
                fields = "".join([texts[key] for key in properties if key in texts])
                found.append(f'{{"id":"{len(asserted)}","sid":"{SESSION_ID}","kind":"{kind}/{group}"{fields}}}')
                asserted.append(fact)
        return found
