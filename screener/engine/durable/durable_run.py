"""Runs one world through the rulesets of a program in the C library, stratum by stratum."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from screener.engine.durable.c_library import SENTINEL, matches_of_session
from screener.engine.durable.condition_truths import ConditionTruths
from screener.engine.durable.durable_program import (
    CompiledStratum,
    CreatedForm,
    CreatedRuleset,
    DurableProgram,
    FlagKey,
    UnnamedRun,
)
from screener.engine.durable.encoding import in_json
from screener.engine.durable.fact_writer import AssertedFact, FactWriter
from screener.engine.durable.pattern_split import SUBJECT
from screener.engine.durable.rule_plans import ALONE, OwnTests, RulePlan, own_decision
from screener.engine.durable.ruleset import AlternativeKey, CompiledRule, read_bound
from screener.engine.durable.translator import flag_kind
from screener.engine.protocol import CLEAR_BY_APPLICABILITY, Conclusions, Decision, Match, decide, flag_fact
from screener.engine.rule_context import RuleContext
from screener.expression.interval import Truth
from screener.facts.fact import Fact
from screener.facts.world import UNNAMED, World
from screener.rules.rule import Rule

_FALSE, _UNKNOWN, _TRUE = Truth


class DurableRun:
    """The run of one world through all strata, given the results for the company that represents all unnamed ones."""

    def __init__(self, compiled: DurableProgram, world: World, facts: list[Fact], unnamed: "UnnamedRun | None") -> None:
        self.compiled, self.world, self.unnamed = compiled, world, unnamed
        self.judged = [c for c in world.companies if c != UNNAMED or unnamed is None]
        self.main_only = [world.main]
        self.context = RuleContext(compiled.program, world)
        self.conditions = ConditionTruths(self.context, compiled.guards)
        self.writer = FactWriter(world, compiled.program.catalogue, compiled.read_fields)
        self.flags: dict[FlagKey, list[AssertedFact]] = {}  # the copies of each flag
        self.certain: dict[tuple[str, str], list[Match]] = {}
        self.possible: dict[tuple[str, str], list[Match]] = {}  # beside the certain ones
        self.decisions: dict[tuple[str, str], Decision] = dict(unnamed.decisions) if unnamed is not None else {}
        self.concluded: dict[str, list[Fact]] = {}  # facts of the unnamed company, by rule
        self.unknown_rules: set[str] = (
            set()
        )  # rules of which it is uncertain whether they fire for, or apply to, the main company
        self.open: set[AlternativeKey] = set()  # alternatives that need their possible form
        self._new_flags: list[AssertedFact] = []  # flags that are not asserted yet
        self._waiting: dict[tuple[str, str], list[tuple[OwnTests, Truth]]] = {}  # by the rule of a flag, and company
        if unnamed is not None:
            rules = compiled.counterparty_rules
            self.flags.update((key, flag) for key, flag in unnamed.flags.items() if key[0] in rules)
        self.facts: list[Fact] = []
        self.relations: list[AssertedFact] = []  # those of `facts` that rules in the C library read
        self._add_facts(facts)
        self.figures = [  # of each company that rules in the C library read
            self.writer.company(company, compiled.main_fields if company == world.main else compiled.shared_fields)
            for company in (self.judged if compiled.reads_all_companies else self.main_only)
        ]

    def run(self) -> Conclusions:
        """Runs each stratum on the facts of the previous ones."""
        given = len(self.facts)
        self._decide_on_figures()
        for stratum in self.compiled.strata:
            self._match_rules(stratum)
            for plan in stratum.plan.rules:
                for company in self.judged if plan.everyone else self.main_only:
                    self._decide(plan, company)
                if plan.rule.concludes:
                    self._conclude(plan.rule)
        return Conclusions(self.decisions, tuple(self.facts[given:]))

    def _judged_by(self, rule: str) -> list[str]:
        """Returns the companies for which a rule is decided."""
        return self.judged if rule in self.compiled.counterparty_rules else self.main_only

    def _decide_on_figures(self) -> None:
        """Decides the rules that only compare figures with constants."""
        for group in self.compiled.figure_rules:
            for company in self.judged if group.everyone else self.main_only:
                applies = _TRUE if group.guard is None else self.conditions.guard(group.guard, company)
                found = group.decisions(self.world.companies[company], applies)
                for rule, decision in zip(group.rules, found, strict=True):
                    self.decisions[rule, company] = decision

    def _decide(self, plan: RulePlan, company: str) -> None:
        rule = plan.rule
        key = rule.id, company
        applies = _TRUE if plan.guard is None else self.conditions.guard(plan.guard, company)
        if plan.own is not None:
            if len(plan.own) == 1:
                self.decisions[key] = ALONE[self.conditions.of_figures(plan.own[0], company)][applies]
                return
            truths = [(own.alternative.key[1], self.conditions.of_figures(own, company)) for own in plan.own]
            self.decisions[key] = own_decision(tuple(truths), applies)
        elif key in self.possible or key in self.certain:
            certain, possible = self.certain.get(key, ()), self.possible.get(key, ())
            self.decisions[key] = decide(certain, chain(certain, possible), applies, bool(rule.concludes))
        else:
            self.decisions[key] = CLEAR_BY_APPLICABILITY[applies]

    def _conclude(self, rule: Rule) -> None:
        for company in self.world.companies.values():
            if company.id == UNNAMED and self.unnamed is not None:
                self._add_facts(self.unnamed.concluded[rule.id])
            elif (rule.id, company.id) in self.decisions:
                found = self.context.conclude(rule, company, self.decisions[rule.id, company.id])
                self.concluded[rule.id] = found
                self._add_facts(found)

    def _add_facts(self, facts: Iterable[Fact]) -> None:
        """Adds facts of lists, and writes those that rules in the C library read."""
        kinds = self.compiled.kinds_read
        for fact in facts:
            if fact.kind in kinds:
                self.relations.append(self.writer.relation(len(self.facts), fact))
            self.facts.append(fact)

    def _match_rules(self, stratum: CompiledStratum) -> None:
        """Collects the certain and the possible matches of all rules; flags become facts while matching goes on."""
        self._find_unknown_guards(stratum)
        self._match_own(stratum)
        self.open = self.compiled.open_alternatives.of(self.writer.open_fields, self.unknown_rules)
        self._match_form(stratum.strict)
        self._match_form(stratum.possible)

    def _match_form(self, form: CreatedForm) -> None:
        """Collects the matches of the rules of a stratum in one form."""
        if form.main.ruleset.is_idle(self.open):
            return
        facts = [*self._helper_facts(form.helpers), *self._facts_for(form.main)]
        self._new_flags.clear()  # they are among the facts already
        for rule, company, binding, truth in self._matches(form.main, facts, self._new_flags):
            rule_id, index = rule.key
            match = Match(index, tuple([(name, binding[name]) for name in rule.names]))
            self._add_match((rule_id, company), match, certain=rule.form == "strict" and truth is _TRUE)

    def _find_unknown_guards(self, stratum: CompiledStratum) -> None:
        """Adds to `unknown_rules` the rules on which others depend and of which it is unknown whether they apply."""
        for rule in stratum.plan.flagged:
            if self.conditions.applies(rule, self.world.main) is _UNKNOWN:
                self.unknown_rules.add(rule)

    def _match_own(self, stratum: CompiledStratum) -> None:
        """Decides the alternatives on figures and flags of the judged company; those with flags that may still be added
        wait."""
        for own in stratum.plan.own:
            rule = own.alternative.key[0]
            for company in self._judged_by(rule):
                truth = self.conditions.of_figures(own, company)
                if truth is _FALSE:
                    continue
                if truth is _UNKNOWN and company == self.world.main:
                    self.unknown_rules.add(rule)
                for flag in own.flags:
                    self._waiting.setdefault((flag, company), []).append((own, truth))
                self._match_flags(own, truth, company)

    def _match_flags(self, own: OwnTests, truth: Truth, company: str) -> None:
        """Adds the match of an alternative whose conditions on figures are not false, if all its flags exist."""
        for flag in own.flags:
            if (flag, company, False) not in self.flags:
                return
            if (flag, company, True) not in self.flags:
                truth = _UNKNOWN
        rule, index = own.alternative.key
        flags = tuple([(name, flag_fact(flag, company)) for name, flag in own.alternative.flags])
        self._add_match((rule, company), Match(index, flags) if flags else own.match, certain=truth is _TRUE)

    def _add_match(self, key: tuple[str, str], match: Match, certain: bool) -> None:
        """Adds a match of a rule and company; the first one adds a flag if other rules depend on it."""
        matches = self.certain if certain else self.possible
        if key in matches:
            matches[key].append(match)
            return
        matches[key] = [match]
        if key[0] in self.compiled.flag_copies:
            self._add_flag(*key, certain)

    def _helper_facts(self, created: CreatedRuleset) -> list[AssertedFact]:
        """Returns facts that state for which bound facts a negated pattern has a match."""
        if created.ruleset.is_idle(self.open):
            return []
        number = {id(fact): str(i) for i, fact in enumerate(self.facts)}
        found: dict[tuple[str, ...], AssertedFact] = {}
        for rule, company, binding, _ in self._matches(created, self._facts_for(created), []):
            assert rule.helper_kind is not None
            numbers = {f"k:{name}": number[id(binding[name])] for name in rule.names[:-1]}
            key = (rule.helper_kind, company, *numbers.values())
            found[key] = AssertedFact(rule.helper_kind, company, in_json({"of": company, **numbers}))
        return list(found.values())

    def _add_flag(self, rule: str, company: str, certain: bool) -> None:
        """Adds the flag of a rule, as several copies for the C library, and matches the alternatives that wait for it.

        A rule that certainly fires may fire too: it has both flags.
        """
        applies = self.conditions.applies(rule, company)
        if applies is _FALSE:
            return
        sure = certain and applies is _TRUE
        added = [key for key in ((rule, company, False), (rule, company, True))[: 1 + sure] if key not in self.flags]
        for key in added:
            kind, copies = flag_kind(rule, key[2]), []
            if kind in self.compiled.kinds_read:
                fact, of = flag_fact(rule, company), self.writer.owner(company)
                texts = ({"of": of, "copy": f'"{i}"'} for i in range(self.compiled.flag_copies[rule]))
                copies = [AssertedFact(kind, fact, text) for text in texts]
            self.flags[key] = copies
            self._new_flags += copies
        if added:
            for own, truth in self._waiting.get((rule, company), ()):
                self._match_flags(own, truth, company)

    def _matches(
        self, created: CreatedRuleset, facts: Iterable[AssertedFact], new_facts: list[AssertedFact]
    ) -> Iterator[tuple[CompiledRule, str, dict[str, Fact], Truth]]:
        """Yields the matches of a ruleset that its conditions in Python do not rule out.

        Each comes with its rule, the judged company, the bound facts, and UNKNOWN if a rule in strict form may not
        hold. Facts added to `new_facts` meanwhile are asserted once there are no more matches.
        """
        handle, ruleset = created
        assert handle is not None
        asserted: list[Fact | str] = [SENTINEL]
        readers = ruleset.readers(self.open)
        texts = self.writer.to_json(facts, readers, ruleset.shared_groups, asserted)
        only_company = self.world.main if ruleset.shared_groups == 0 else None

        def more_facts() -> list[str]:
            batch, new_facts[:] = list(new_facts), []
            return self.writer.to_json(batch, readers, ruleset.shared_groups, asserted)

        for rule, message in matches_of_session(self.compiled.library, handle, ruleset, texts, more_facts):
            if rule.form == "possible" and (rule.key not in self.open or self._is_decided(rule, only_company)):
                continue
            company = only_company or str(read_bound(message, SUBJECT, asserted))
            binding: dict[str, Any] = rule.read_match(message, asserted)
            truth = self.conditions.of_match(rule, company, binding) if rule.residual else _TRUE
            if truth is _TRUE or (truth is _UNKNOWN and rule.helper_kind is None and rule.key not in self.open):
                yield rule, company, binding, truth

    def _is_decided(self, rule: CompiledRule, only_company: str | None) -> bool:
        """Returns whether a rule has fired whose possible matches no longer matter."""
        if only_company is None or rule.rule_id not in self.compiled.final_rules:
            return False
        return (rule.rule_id, only_company) in self.certain

    def _facts_for(self, created: CreatedRuleset) -> list[AssertedFact]:
        """Returns the facts that a ruleset reads, those of negated kinds first, since a negation is not re-evaluated for
        later facts."""
        kinds, negated = created.ruleset.kinds, created.ruleset.negated
        relations = [fact for fact in self.relations if fact.kind in kinds]
        flags = [flag for copies in self.flags.values() for flag in copies if flag.kind in kinds]
        return [
            *(fact for fact in relations if fact.kind in negated),
            *(flag for flag in flags if flag.kind in negated),
            *(flag for flag in flags if flag.kind not in negated),
            *(fact for fact in relations if fact.kind not in negated),
            *self.figures,
        ]
