"""The engine `durable`: durable_rules through its C library, whose faults it works around (docs/adr/0001-c-layer.md)."""

import os
from collections.abc import Iterator
from itertools import count
from typing import Any, NamedTuple

from screener.engine.durable.c_library import SENTINEL, load_c_library, matches_of_session
from screener.engine.durable.encoding import dump, in_json
from screener.engine.durable.fact_writer import AssertedFact, FactWriter, texts_of_unknown_facts
from screener.engine.durable.ruleset import CompiledRule, TranslatedRuleset
from screener.engine.durable.translator import POSSIBLE_FLAG, SUBJECT, Translator, flag_copies
from screener.engine.protocol import (
    CLEAR_BY_APPLICABILITY,
    Conclusions,
    Decision,
    Match,
    decide,
    flag_fact,
    unnamed_only,
)
from screener.engine.rule_context import RuleContext, applicability
from screener.errors import EngineError, Problem
from screener.expression.interval import Truth
from screener.facts.fact import FLAG, Fact
from screener.facts.world import UNNAMED, World
from screener.io.value_cache import cached_value, keep_value
from screener.rules.compiler import Program
from screener.rules.rule import Rule

MOST_RULES = 4000
"""In one ruleset of the C library."""
_ruleset_numbers = count()
# In the C library's message of a match every fact stands as it was asserted, `id` first; within a text no quote is bare.
_BOUND_FACT = '{"id":"'
_SENTINEL = dump({SENTINEL: {"all": [{"m": {"kind": SENTINEL}}]}})[1:-1]
_KIND = "durable"
_FlagKey = tuple[str, str, str]  # kind, rule, company


class TooManyRules(EngineError):
    """One layer of a program has more alternatives of rules than a ruleset of the C library takes."""


class _CreatedRuleset(NamedTuple):
    """A ruleset in the C library; without a handle where it has no rules."""

    handle: int | None
    ruleset: TranslatedRuleset


class _CompiledStratum(NamedTuple):
    """The rules of a stratum, a ruleset of helpers (for negations) and the ruleset of the rules themselves."""

    rules: tuple[str, ...]
    helpers: _CreatedRuleset
    main: _CreatedRuleset


class _UnnamedRun(NamedTuple):
    """What the run of the company that stands for all unnamed ones has found."""

    flags: dict[_FlagKey, list[AssertedFact]]
    decisions: dict[tuple[str, str], Decision]
    concluded: dict[str, list[Fact]]  # by rule


class PreparedRules(NamedTuple):
    """What the engine makes of a program, whatever companies it judges: rulesets by stratum, and the run of the unnamed one."""

    rulesets: list[tuple[TranslatedRuleset, TranslatedRuleset]]
    unnamed: _UnnamedRun


class DurableEngine:
    """Compiles a program once, then runs any number of worlds through it.

    Of companies beside the main one only those rules are judged that some rule asks for; with `everyone` all of them.
    `cache_key` identifies the program (`Rulebook.cache_key`): what was made of it before is then read from the cache on disk.
    Raises EngineError where the C library can't be loaded or refuses the rules.
    """

    def __init__(self, program: Program, everyone: bool = False, cache_key: str | None = None) -> None:
        self.program = program
        self.counterparty_rules = frozenset(program.rules) if everyone else program.counterparty_rules
        self.counterparty_kinds = frozenset(program.catalogue.kinds) if everyone else program.counterparty_kinds
        self.library = load_c_library()
        self.flag_copies = flag_copies(program)
        # Rules that apply to all, conclude nothing and that no other looks at: possible matches beside a certain one say nothing.
        self.final_rules = frozenset(
            rule.id
            for rule in program.rules.values()
            if not rule.concludes and not rule.has_guard and rule.id not in self.flag_copies
        )
        self.unknown_facts = texts_of_unknown_facts(program.catalogue)
        self._cache_key = f"{cache_key} {_of_file(self.library)}" if cache_key and not everyone else None
        kept = cached_value(_KIND, self._cache_key) if self._cache_key else None
        rulesets = kept.rulesets if isinstance(kept, PreparedRules) else self._translated()
        self._unnamed = kept.unnamed if isinstance(kept, PreparedRules) else None
        self.strata: list[_CompiledStratum] = []
        for rules, (helpers, main) in zip(program.strata, rulesets, strict=True):
            self.strata.append(_CompiledStratum(rules, self._create(helpers), self._create(main)))

    def run(self, world: World) -> Conclusions:
        """Every rule on every company, stratum by stratum. Raises EngineError where rules match too many sets of facts."""
        if self._unnamed is None:  # it is judged alike in every world
            run = _DurableRun(self, unnamed_only(world), None)
            run.run()
            self._unnamed = _UnnamedRun(run.flags, run.decisions, run.concluded)
            if self._cache_key:
                rulesets = [(stratum.helpers.ruleset, stratum.main.ruleset) for stratum in self.strata]
                keep_value(_KIND, self._cache_key, PreparedRules(rulesets, self._unnamed))
        return _DurableRun(self, world, self._unnamed).run()

    def close(self) -> None:
        """Frees the compiled rulesets."""
        for stratum in self.strata:
            for created in (stratum.helpers, stratum.main):
                if created.handle is not None:
                    self.library.delete_ruleset(created.handle)
        self.strata = []

    def _translated(self) -> list[tuple[TranslatedRuleset, TranslatedRuleset]]:
        translator = Translator(self.program)
        found = (translator.translate(rules, self.counterparty_rules) for rules in self.program.strata)
        return [(helpers.translated(), main.translated()) for helpers, main in found]

    def _create(self, ruleset: TranslatedRuleset) -> _CreatedRuleset:
        if not ruleset.compiled_rules:
            return _CreatedRuleset(None, ruleset)
        if len(ruleset.compiled_rules) > MOST_RULES:
            what = f"{len(ruleset.compiled_rules)} alternatives of rules stand in one layer, more than {MOST_RULES}"
            self.close()
            raise TooManyRules(Problem(what, "use --engine search, fewer rules, or fewer `any` and joins in them"))
        try:
            handle = self.library.create_ruleset(f"screener{next(_ruleset_numbers)}", f"{{{_SENTINEL},{ruleset.text}}}")
        except Exception as error:  # the C library raises its own kind, a plain Exception
            what = f"the rule engine refused the rules: {error}"
            raise EngineError(Problem(what, "report this as a fault")) from error
        return _CreatedRuleset(handle, ruleset)


class _DurableRun:
    """One world through all strata; the run of the company that stands for all unnamed ones is given."""

    def __init__(self, engine: DurableEngine, world: World, unnamed: _UnnamedRun | None) -> None:
        self.engine, self.world, self.unnamed = engine, world, unnamed
        self.judged = [c for c in world.companies if c != UNNAMED or unnamed is None]
        self.context = RuleContext(engine.program, world)
        kinds = engine.counterparty_kinds
        self.facts = [fact for fact in world.base if fact.of == world.main or fact.kind in kinds]
        self.writer = FactWriter(world, engine.program.catalogue, engine.unknown_facts)
        self.flags: dict[_FlagKey, list[AssertedFact]] = {}  # its copies
        self.certain: dict[tuple[str, str], list[Match]] = {}
        self.possible: dict[tuple[str, str], list[Match]] = {}
        self.applicability: dict[tuple[str, str], Truth] = {}
        self.decisions: dict[tuple[str, str], Decision] = {}
        self.concluded: dict[str, list[Fact]] = {}  # of the unnamed company, by rule
        if unnamed is not None:
            self.flags.update((key, flag) for key, flag in unnamed.flags.items() if key[1] in engine.counterparty_rules)
            self.decisions.update(unnamed.decisions)

    def run(self) -> Conclusions:
        """Runs each stratum on the facts of those before."""
        given = len(self.facts)
        for rules, helpers, main in self.engine.strata:
            self._match_rules(main, self._helper_facts(helpers))
            for rule_id in rules:
                rule = self.engine.program.rules[rule_id]
                for company in self.judged if rule_id in self.engine.counterparty_rules else [self.world.main]:
                    self._decide(rule, company)
                if rule.concludes:
                    self._conclude(rule)
        return Conclusions(self.decisions, tuple(self.facts[given:]))

    def _decide(self, rule: Rule, company: str) -> None:
        key = rule.id, company
        applies = self._applies(*key) if rule.has_guard else Truth.TRUE
        certain, possible = self.certain.get(key), self.possible.get(key)
        if certain is None and possible is None:
            self.decisions[key] = CLEAR_BY_APPLICABILITY[applies]
        else:
            self.decisions[key] = decide(certain or (), possible or (), applies, bool(rule.concludes))

    def _conclude(self, rule: Rule) -> None:
        for company in self.world.companies.values():
            if company.id == UNNAMED and self.unnamed is not None:
                self.facts.extend(self.unnamed.concluded[rule.id])
            elif (rule.id, company.id) in self.decisions:
                found = self.context.conclude(rule, company, self.decisions[rule.id, company.id])
                self.concluded[rule.id] = found
                self.facts.extend(found)

    def _helper_facts(self, created: _CreatedRuleset) -> list[AssertedFact]:
        """Facts that say for which bound facts a negated pattern has a match."""
        number = {id(fact): str(i) for i, fact in enumerate(self.facts)} if created.handle is not None else {}
        found: dict[tuple[str, ...], AssertedFact] = {}
        for rule, company, binding in self._matches(created, [], []):
            assert rule.helper_kind is not None
            numbers = {f"k:{name}": number[id(binding[name])] for name in rule.names[:-1]}
            key = (rule.helper_kind, company, *numbers.values())
            found[key] = AssertedFact(rule.helper_kind, company, in_json({"of": company, **numbers}))
        return list(found.values())

    def _match_rules(self, created: _CreatedRuleset, helper_facts: list[AssertedFact]) -> None:
        """Collects the certain and the possible matches of all rules; flags become facts while matching goes on."""
        new_flags: list[AssertedFact] = []
        for rule, company, binding in self._matches(created, helper_facts, new_flags):
            match = Match(rule.alternative, tuple([(name, binding[name]) for name in rule.names]))
            matches = self.certain if rule.form == "strict" else self.possible
            key = rule.rule_id, company
            if key in matches:
                matches[key].append(match)
            else:
                matches[key] = [match]
                if rule.rule_id in self.engine.flag_copies:
                    new_flags.extend(self._new_flags(rule.rule_id, company, rule.form == "strict"))

    def _new_flags(self, rule: str, company: str, certain: bool) -> list[AssertedFact]:
        """The copies of a flag that other rules can rest on; none where they are asserted already."""
        kind = FLAG if certain else POSSIBLE_FLAG
        key = kind, rule, company
        applies = self._applies(rule, company)
        if key in self.flags or applies is Truth.FALSE or (certain and applies is not Truth.TRUE):
            return []
        fact, texts = flag_fact(rule, company), in_json({"of": company, "rule": rule})
        copies = range(self.engine.flag_copies[rule])
        self.flags[key] = [AssertedFact(kind, fact, {**texts, "copy": f',"copy":"{i}"'}) for i in copies]
        return self.flags[key]

    def _applies(self, rule: str, company: str) -> Truth:
        key = rule, company
        if key not in self.applicability:
            program = self.engine.program
            facts = self.world.companies[company]
            self.applicability[key] = applicability(program.rules[rule], facts, program.catalogue)
        return self.applicability[key]

    def _matches(
        self, created: _CreatedRuleset, helper_facts: list[AssertedFact], new_facts: list[AssertedFact]
    ) -> Iterator[tuple[CompiledRule, str, dict[str, Fact]]]:
        """The matches of a ruleset whose residual conditions hold: the rule, the judged company, the facts bound.

        What is added to `new_facts` meanwhile is asserted once there are no more matches.
        """
        handle, ruleset = created
        if handle is None:
            return
        asserted: list[Fact | str] = [SENTINEL]
        facts = self.writer.to_json([*helper_facts, *self._facts_for(ruleset)], ruleset, asserted)
        only_company = self.world.main if ruleset.shared_groups == 0 else None

        def more_facts() -> list[str]:
            batch, new_facts[:] = list(new_facts), []
            return self.writer.to_json(batch, ruleset, asserted)

        for rule, message in matches_of_session(self.engine.library, handle, ruleset, facts, more_facts):
            if only_company is not None and self._is_decided(rule, only_company):
                continue
            company, binding = _read_match(rule, message, asserted, only_company)
            if not rule.residual or self._residual_holds(rule, company, binding):
                yield rule, company, binding

    def _is_decided(self, rule: CompiledRule, company: str) -> bool:
        """Whether a rule has fired for which possible matches say nothing more."""
        return (
            rule.form == "possible"
            and rule.rule_id in self.engine.final_rules
            and (rule.rule_id, company) in self.certain
        )

    def _residual_holds(self, rule: CompiledRule, company: str, binding: dict[str, Fact]) -> bool:
        """Whether the conditions hold that are evaluated in Python: certainly, or possibly, as each is needed."""
        evaluator = self.context.evaluator(
            self.engine.program.rules[rule.rule_id], self.world.companies[company], binding
        )
        for condition, form in rule.residual:
            holds = evaluator.truth(condition)
            if holds is Truth.FALSE or (form == "strict" and holds is not Truth.TRUE):
                return False
        return True

    def _facts_for(self, ruleset: TranslatedRuleset) -> Iterator[AssertedFact]:
        """The facts that a ruleset reads, those of negated kinds first: a negation does not look back."""
        kinds, negated = ruleset.kinds, ruleset.negated
        relations = [(i, fact) for i, fact in enumerate(self.facts) if fact.kind in kinds]
        yield from (self.writer.relation(i, fact) for i, fact in relations if fact.kind in negated)
        for first in (True, False):
            for (kind, _, _), copies in self.flags.items():
                if kind in kinds and (kind in negated) is first:
                    yield from copies
        yield from (self.writer.relation(i, fact) for i, fact in relations if fact.kind not in negated)
        for company in self.judged if ruleset.shared_groups != 0 else [self.world.main]:
            yield self.writer.company(
                company, ruleset.main_fields if company == self.world.main else ruleset.shared_fields
            )


def _of_file(library: Any) -> str:
    """What tells the C library from another version of it: the file, its size and time."""
    about = os.stat(library.__file__)  # noqa: PTH116
    return f"{library.__file__} {about.st_size} {about.st_mtime_ns}"


def _read_match(
    rule: CompiledRule, message: str, asserted: list[Fact | str], only_company: str | None
) -> tuple[str, dict[str, Fact]]:
    """The judged company (`only_company` where there is but one), and the facts bound."""
    binding: dict[str, Any] = {}
    if only_company is not None and not rule.names:
        return only_company, binding
    at = message.find(_BOUND_FACT)
    while at > 0:
        stop = message.index('"', at + len(_BOUND_FACT))
        name = message[message.rindex('"', 0, at - 2) + 1 : at - 2]  # what stands before `":`
        binding[name] = asserted[int(message[at + len(_BOUND_FACT) : stop])]
        at = message.find(_BOUND_FACT, stop)
    return binding.pop(SUBJECT), binding
