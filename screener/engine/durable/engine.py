"""The engine `durable`: durable_rules through its C library, with workarounds for its defects
(docs/adr/0001-c-layer.md)."""

import os
from collections.abc import Mapping
from functools import cached_property
from itertools import count
from typing import Any, NamedTuple

from screener.engine.durable.c_library import SENTINEL, load_c_library
from screener.engine.durable.durable_program import (
    CompiledStratum,
    CreatedForm,
    CreatedRuleset,
    DurableProgram,
    UnnamedRun,
)
from screener.engine.durable.durable_run import DurableRun
from screener.engine.durable.encoding import dump
from screener.engine.durable.fact_writer import read_fields
from screener.engine.durable.figure_rules import figure_rules
from screener.engine.durable.open_alternatives import AlternativeInputs, OpenAlternatives
from screener.engine.durable.rule_plans import plan_stratum, shared_guards
from screener.engine.durable.ruleset import AlternativeKey, TranslatedRuleset
from screener.engine.durable.translator import TranslatedStratum, Translator, excludable_fields, flag_copies
from screener.engine.protocol import Conclusions, TooManyRules, unnamed_only
from screener.errors import EngineError, Problem
from screener.facts.fact import Fact
from screener.facts.world import World
from screener.io.value_cache import cached_value, keep_value
from screener.rules.compiler import Program

MOST_RULES = 4000
"""The greatest number of rules in one ruleset of the C library."""
_ruleset_numbers = count()
_SENTINEL = dump({SENTINEL: {"all": [{"m": {"kind": SENTINEL}}]}})[1:-1]
_KIND = "durable"


class TranslatedProgram(NamedTuple):
    """A program translated for the C library: its strata, and the inputs of each alternative that the library reads."""

    strata: list[TranslatedStratum]
    inputs: Mapping[AlternativeKey, AlternativeInputs]


class PreparedRules(NamedTuple):
    """What the engine derives from a program independently of companies: its translation, and the run of the unnamed
    company."""

    translated: TranslatedProgram
    unnamed: UnnamedRun


class DurableEngine:
    """Compiles a program once, then runs any number of worlds through it.

    For companies beside the main one, only those rules are decided whose outcome another rule reads; with `everyone`,
    all rules. `cache_key` identifies the program (`Rulebook.cache_key`): what was derived from it before is read from
    the cache on disk. Raises EngineError if the C library can't be loaded or refuses the rules.
    """

    def __init__(self, program: Program, everyone: bool = False, cache_key: str | None = None) -> None:
        self.program = program
        self.counterparty_rules = frozenset(program.rules) if everyone else program.counterparty_rules
        self.counterparty_kinds = frozenset(program.catalogue.kinds) if everyone else program.counterparty_kinds
        self.library = load_c_library()
        self._created: list[int] = []
        self._cache_key = f"{cache_key} {_of_file(self.library)}" if cache_key and not everyone else None
        kept = cached_value(_KIND, self._cache_key) if self._cache_key else None
        self._translated_usual = kept.translated if isinstance(kept, PreparedRules) else self._translated()
        self._unnamed = kept.unnamed if isinstance(kept, PreparedRules) else None
        try:
            self._usual = self._compiled(self._translated_usual)
        except EngineError:
            self.close()
            raise

    def run(self, world: World) -> Conclusions:
        """Decides every rule for every company, stratum by stratum. Raises EngineError if rules match too many sets of
        facts.

        Raises TooManyRules if some values of missing words are excluded and the program has too many rules to handle
        that.
        """
        if self._unnamed is None:  # its results are the same in every world
            run = self._run_of(unnamed_only(world), None)
            run.run()
            self._unnamed = UnnamedRun(run.flags, run.decisions, run.concluded)
            if self._cache_key:
                keep_value(_KIND, self._cache_key, PreparedRules(self._translated_usual, self._unnamed))
        return self._run_of(world, self._unnamed).run()

    def close(self) -> None:
        """Frees the compiled rulesets."""
        while self._created:
            self.library.delete_ruleset(self._created.pop())

    def _run_of(self, world: World, unnamed: UnnamedRun | None) -> DurableRun:
        facts = world.base.relevant(world.main, self.counterparty_kinds)
        compiled = self._excluding if self._excludes_words(facts) else self._usual
        if isinstance(compiled, TooManyRules):
            raise compiled
        return DurableRun(compiled, world, facts, unnamed)

    @cached_property
    def _excludable(self) -> frozenset[tuple[str, str]]:
        return excludable_fields(self.program.catalogue)

    def _excludes_words(self, facts: list[Fact]) -> bool:
        """Returns whether values are excluded for a missing word of some member."""
        return any((fact.kind, name) in self._excludable for fact in facts if fact.apart for name in fact.apart)

    @cached_property
    def _excluding(self) -> DurableProgram | TooManyRules:
        """Returns the rules compiled for worlds in which values of missing words are excluded, or the reason why that
        fails."""
        kind = f"{_KIND}-excluding"
        kept = cached_value(kind, self._cache_key) if self._cache_key else None
        translated = kept if isinstance(kept, TranslatedProgram) else self._translated(excluding=True)
        if self._cache_key and kept is None:
            keep_value(kind, self._cache_key, translated)
        try:
            return self._compiled(translated)
        except TooManyRules as error:
            return error

    def _translated(self, excluding: bool = False) -> TranslatedProgram:
        translator = Translator(self.program, excluding)
        strata = [translator.translate(rules, self.counterparty_rules) for rules in self.program.strata]
        return TranslatedProgram(strata, translator.inputs)

    def _compiled(self, translated: TranslatedProgram) -> DurableProgram:
        program, strata = self.program, []
        flags, guards = flag_copies(program), shared_guards(program)
        for rules, (strict, possible, own) in zip(program.strata, translated.strata, strict=True):
            plan = plan_stratum(program, rules, own, everyone=self.counterparty_rules, flags=flags, guards=guards)
            forms = [CreatedForm(self._create(helpers), self._create(main)) for helpers, main in (strict, possible)]
            strata.append(CompiledStratum(plan, *forms))
        rulesets = [ruleset for stratum in strata for ruleset in stratum.rulesets]
        return DurableProgram(
            program=program,
            library=self.library,
            strata=tuple(strata),
            figure_rules=figure_rules(plan for stratum in strata for plan in stratum.plan.on_figures),
            counterparty_rules=self.counterparty_rules,
            guards=guards,
            flag_copies=flags,
            open_alternatives=OpenAlternatives(translated.inputs, self.counterparty_rules),
            read_fields=read_fields(rulesets, program.catalogue),
        )

    def _create(self, ruleset: TranslatedRuleset) -> CreatedRuleset:
        if not ruleset.compiled_rules:
            return CreatedRuleset(None, ruleset)
        if len(ruleset.compiled_rules) > MOST_RULES:
            what = f"{len(ruleset.compiled_rules)} alternatives of rules are in one layer, more than {MOST_RULES}"
            raise TooManyRules(Problem(what, "use --engine search, fewer rules, or fewer `any` and joins in them"))
        try:
            handle = self.library.create_ruleset(f"screener{next(_ruleset_numbers)}", f"{{{_SENTINEL},{ruleset.text}}}")
        except Exception as error:  # the C library raises plain Exceptions
            what = f"the rule engine refused the rules: {error}"
            raise EngineError(Problem(what, "report this as a fault")) from error
        self._created.append(handle)
        return CreatedRuleset(handle, ruleset)


def _of_file(library: Any) -> str:
    """Returns the identity of the C library's version: its file, size and time of change."""
    about = os.stat(library.__file__)  # noqa: PTH116
    return f"{library.__file__} {about.st_size} {about.st_mtime_ns}"
