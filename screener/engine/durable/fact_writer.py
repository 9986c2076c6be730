"""The facts of a world as the C layer takes them: JSON, of which every property is written once."""

from collections.abc import Iterable, Mapping

from screener.engine.durable.encoding import WHO, dump, written
from screener.engine.durable.ruleset import Ruleset
from screener.engine.durable.translator import CERTAIN, NUMBER
from screener.engine.rule_context import known_id
from screener.facts.builder import World
from screener.facts.fact import COMPANY, COMPANY_ID, Fact
from screener.profile.catalogue import Catalogue

SID = "s"
Item = tuple[str, Fact | str, Mapping[str, str]]
"""What is asserted: its kind, the fact (the id of a company) that it stands for, its properties as they stand in JSON."""


def blank_facts(catalogue: Catalogue) -> Mapping[str, Mapping[str, str]]:
    """Kind -> the fields of a fact of which nothing is known."""
    return {
        kind: {key: said for name, value in fields.items() for key, said in written(name, value).items()}
        for kind, fields in catalogue.unknown_fields.items()
    }


class Written:
    """What was written of one world."""

    def __init__(self, world: World, catalogue: Catalogue, blank: Mapping[str, Mapping[str, str]]) -> None:
        self.world, self.catalogue, self.blank = world, catalogue, blank
        self.json: dict[int, Mapping[str, str]] = {}
        self.values: dict[tuple[str, str], dict[str, str]] = {}

    def relation(self, i: int, fact: Fact) -> Mapping[str, str]:
        """The properties of the i-th fact."""
        if i not in self.json:
            said = {"of": f',"of":{dump(fact.of)}', NUMBER: f',"{NUMBER}":"{i}"'}
            if fact.certain:
                said[CERTAIN] = f',"{CERTAIN}":"yes"'
            if fact.fields is self.catalogue.unknown_fields.get(fact.kind):
                said.update(self.blank[fact.kind])
            else:
                for name, value in fact.fields.items():
                    said.update(written(name, value))
            for name, company in fact.companies.items():
                said[WHO + name] = f',"{WHO}{name}":{dump(company)}'
            self.json[i] = said
        return self.json[i]

    def company(self, company: str, fields: Iterable[str]) -> Mapping[str, str]:
        """The figures and metrics of a company."""
        said = {"of": f',"of":{dump(company)}'}
        facts = self.world.companies[company]
        for name in fields:
            if (found := self.values.get((company, name))) is None:
                value = known_id(company) if name == COMPANY_ID else facts.value(name)
                found = self.values[company, name] = written(name, value)
            said.update(found)
        return said

    def texts(self, items: list[Item], ruleset: Ruleset, asserted: list[Fact | str]) -> list[str]:
        """Facts as JSON, once for each group of rules that reads them; noted in `asserted` at the place that is their id.

        The C layer knows facts by a hash of 32 bits of their id, and drops one whose hash it knows: plain numbers have none
        in common up to 300,000.
        """
        found = []
        for kind, fact, said in items:
            other = kind == COMPANY and fact != self.world.main and ruleset.shared is not None
            for group, wanted in ruleset.readers(kind):
                if other and group >= ruleset.shared:  # type: ignore[operator]
                    continue
                fields = "".join([said[key] for key in wanted if key in said])
                found.append(f'{{"id":"{len(asserted)}","sid":"{SID}","kind":"{kind}/{group}"{fields}}}')
                asserted.append(fact)
        return found
