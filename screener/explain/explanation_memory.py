"""Keeps explanations of rules without data, which are the same for every company of a sector and currency."""

from collections.abc import Callable
from typing import NamedTuple

from screener.engine.rules_without_data import KeptResults, RulesWithoutData, setting_of
from screener.explain.open_inputs import KeptOpenInputs
from screener.facts.world import World
from screener.result.detail import Detail
from screener.result.finding_records import ConditionTerm, Distance, Evidence
from screener.rules.compiler import Program
from screener.text import Text


class Explanation(NamedTuple):
    """The fields of a finding that explain its outcome; the names are those of `Finding`."""

    evidence: tuple[Evidence, ...]
    distances: tuple[Distance, ...] = ()
    terms: tuple[ConditionTerm, ...] = ()


class _KeptForSetting(NamedTuple):
    """Explanations by rule for the first company of a setting, whose name the evidence contains."""

    explanations: dict[tuple[str, Detail], tuple[Explanation, Text]]
    open_inputs: dict[str, KeptOpenInputs | None]


class CompanyMemory(NamedTuple):
    """The rules without data of one world, and their kept explanations."""

    name: Text  # name of the company
    without_data: frozenset[str]
    kept: _KeptForSetting

    @property
    def open_inputs(self) -> dict[str, KeptOpenInputs | None]:
        """Returns the results that `OpenInputFinder` keeps."""
        return self.kept.open_inputs

    def explanation(self, rule: str, detail: Detail, make: Callable[[], Explanation]) -> Explanation:
        """Returns the explanation of a rule without data that has not fired, made once for all companies of a setting."""
        key = rule, detail
        if key not in self.kept.explanations:
            self.kept.explanations[key] = make(), self.name
        found, name = self.kept.explanations[key]
        if not found.evidence or name == self.name:
            return found
        own = (each._replace(company=self.name) if each.company == name else each for each in found.evidence)
        return found._replace(evidence=tuple(own))


class ExplanationMemory:
    """Keeps explanations of rules without data, for one program."""

    def __init__(self, program: Program) -> None:
        self._rules = RulesWithoutData(program)
        self._kept = KeptResults(lambda: _KeptForSetting({}, {}))

    def of(self, world: World) -> CompanyMemory:
        """Returns the memory for companies of the same setting as the main one of a world."""
        name = world.companies[world.main].subject.name
        return CompanyMemory(name, self._rules.among_several(world), self._kept.of(setting_of(world)))
