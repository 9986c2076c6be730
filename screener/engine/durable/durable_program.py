"""A program in the C library, with the data that its runs need."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from screener.engine.durable.encoding import FieldKeys
from screener.engine.durable.fact_writer import AssertedFact, ReadFields
from screener.engine.durable.figure_rules import FigureRules
from screener.engine.durable.open_alternatives import OpenAlternatives
from screener.engine.durable.rule_plans import StratumPlan
from screener.engine.durable.ruleset import TranslatedRuleset
from screener.engine.protocol import Decision
from screener.facts.fact import Fact
from screener.rules.compiler import Program

FlagKey = tuple[str, str, bool]
"""A rule, a company, and whether it is certain that the rule fires."""


class CreatedRuleset(NamedTuple):
    """A ruleset in the C library; its handle is None if it has no rules."""

    handle: int | None
    ruleset: TranslatedRuleset


class CreatedForm(NamedTuple):
    """The rules of a stratum in one form: a ruleset of helpers for negations, and the ruleset of the rules."""

    helpers: CreatedRuleset
    main: CreatedRuleset


class CompiledStratum(NamedTuple):
    """The rules of a stratum in both forms, and the plan for what Python decides."""

    plan: StratumPlan
    strict: CreatedForm
    possible: CreatedForm

    @property
    def rulesets(self) -> tuple[TranslatedRuleset, ...]:
        """Returns its rulesets for the C library."""
        return tuple(created.ruleset for created in (*self.strict, *self.possible))


@dataclass(frozen=True)
class DurableProgram:
    """A program in the C library, with the data that its runs need."""

    program: Program
    library: Any
    strata: tuple[CompiledStratum, ...]
    figure_rules: tuple[FigureRules, ...]
    counterparty_rules: frozenset[str]
    guards: Mapping[str, str]
    flag_copies: Mapping[str, int]
    open_alternatives: OpenAlternatives
    read_fields: Mapping[str, ReadFields]

    @cached_property
    def kinds_read(self) -> frozenset[str]:
        """Returns the kinds of facts that rules in the C library read."""
        return frozenset().union(*(ruleset.kinds for ruleset in self._rulesets))

    @cached_property
    def main_fields(self) -> tuple[FieldKeys, ...]:
        """Returns the figures and metrics of the main company that rules in the C library read."""
        return tuple(dict.fromkeys(field for ruleset in self._rulesets for field in ruleset.main_fields))

    @cached_property
    def shared_fields(self) -> tuple[FieldKeys, ...]:
        """Returns the figures and metrics of all companies that rules in the C library read."""
        return tuple(dict.fromkeys(field for ruleset in self._rulesets for field in ruleset.shared_fields))

    @cached_property
    def reads_all_companies(self) -> bool:
        """Returns whether the C library decides rules for all companies."""
        return any(ruleset.compiled_rules and ruleset.shared_groups != 0 for ruleset in self._rulesets)

    @cached_property
    def _rulesets(self) -> tuple[TranslatedRuleset, ...]:
        return tuple(ruleset for stratum in self.strata for ruleset in stratum.rulesets)

    @cached_property
    def final_rules(self) -> frozenset[str]:
        """Returns the rules that apply to all companies, conclude nothing, and that no other rule reads.

        Once such a rule has a certain match, its possible matches do not matter.
        """
        every = self.program.rules.values()
        concluding = {rule.id for rule in every if rule.concludes}
        return frozenset(self.program.rules) - concluding - self.guards.keys() - self.flag_copies.keys()


class UnnamedRun(NamedTuple):
    """The results of the run for the company that represents all unnamed ones."""

    flags: dict[FlagKey, list[AssertedFact]]
    decisions: dict[tuple[str, str], Decision]
    concluded: dict[str, list[Fact]]  # by rule
