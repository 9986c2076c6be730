"""Runs one world through the rulesets of a program in the C library, stratum by stratum."""

from collections.abc import Iterator
from typing import Any

from screener.engine.durable.c_library import SENTINEL, matches_of_session
from screener.engine.durable.durable_program import CompiledStratum, CreatedRuleset, DurableProgram, FlagKey, UnnamedRun
from screener.engine.durable.encoding import in_json
from screener.engine.durable.fact_writer import AssertedFact, FactWriter
from screener.engine.durable.pattern_split import SUBJECT
from screener.engine.durable.rule_plans import ALONE, OwnTests, RulePlan, own_decision
from screener.engine.durable.ruleset import AlternativeKey, CompiledRule, read_bound
from screener.engine.durable.translator import flag_kind
from screener.engine.protocol import CLEAR_BY_APPLICABILITY, Conclusions, Decision, Match, decide, flag_fact
from screener.engine.rule_context import RuleContext, applicability
from screener.expression.interval import Truth
from screener.expression.syntax_tree import Expression
from screener.facts.fact import Fact
from screener.facts.world import UNNAMED, World
from screener.rules.rule import Rule

_FALSE, _UNKNOWN, _TRUE = Truth


class DurableRun:
    """The run of one world through all strata, given the results for the company that represents all unnamed ones."""

    def __init__(self, compiled: DurableProgram, world: World, facts: list[Fact], unnamed: "UnnamedRun | None") -> None:
        self.compiled, self.world, self.facts, self.unnamed = compiled, world, facts, unnamed
        self.judged = [c for c in world.companies if c != UNNAMED or unnamed is None]
        self.main_only = [world.main]
        self.context = RuleContext(compiled.program, world)
        self.writer = FactWriter(world, compiled.program.catalogue, compiled.read_fields)
        self.flags: dict[FlagKey, list[AssertedFact]] = {}  # the copies of each flag
        self.certain: dict[tuple[str, str], list[Match]] = {}
        self.possible: dict[tuple[str, str], list[Match]] = {}
        self.applicability: dict[tuple[str, str], Truth] = {}  # by the first rule with a guard, and company
        self.decisions: dict[tuple[str, str], Decision] = dict(unnamed.decisions) if unnamed is not None else {}
        self.concluded: dict[str, list[Fact]] = {}  # facts of the unnamed company, by rule
        self.unknown_rules: set[str] = (
            set()
        )  # rules of which it is uncertain whether they fire for, or apply to, the main company
        self.open: set[AlternativeKey] = set()  # alternatives that need their possible form
        self._new_flags: list[AssertedFact] = []  # flags that are not asserted yet
        self._waiting: dict[tuple[str, str], list[tuple[OwnTests, Truth]]] = {}  # by the rule of a flag, and company
        self._truths: dict[tuple[int | str, ...], Truth] = {}  # truths of conditions already evaluated
        if unnamed is not None:
            rules = compiled.counterparty_rules
            self.flags.update((key, flag) for key, flag in unnamed.flags.items() if key[0] in rules)

    def run(self) -> Conclusions:
        """Runs each stratum on the facts of the previous ones."""
        given = len(self.facts)
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

    def _decide(self, plan: RulePlan, company: str) -> None:
        rule = plan.rule
        key = rule.id, company
        applies = _TRUE if plan.guard is None else self._guard(plan.guard, company)
        if plan.own is not None:
            if len(plan.own) == 1:
                self.decisions[key] = ALONE[self._truth_of_figures(plan.own[0], company)][applies]
                return
            truths = [(own.alternative.key[1], self._truth_of_figures(own, company)) for own in plan.own]
            self.decisions[key] = own_decision(tuple(truths), applies)
        elif key in self.possible or key in self.certain:
            certain, possible = self.certain.get(key, ()), self.possible.get(key, ())
            self.decisions[key] = decide(certain, possible, applies, bool(rule.concludes))
        else:
            self.decisions[key] = CLEAR_BY_APPLICABILITY[applies]

    def _conclude(self, rule: Rule) -> None:
        for company in self.world.companies.values():
            if company.id == UNNAMED and self.unnamed is not None:
                self.facts.extend(self.unnamed.concluded[rule.id])
            elif (rule.id, company.id) in self.decisions:
                found = self.context.conclude(rule, company, self.decisions[rule.id, company.id])
                self.concluded[rule.id] = found
                self.facts.extend(found)

    def _match_rules(self, stratum: CompiledStratum) -> None:
        """Collects the certain and the possible matches of all rules; flags become facts while matching goes on."""
        self._find_unknown_guards(stratum)
        self._match_own(stratum)
        facts = list(self._facts_for(stratum.main))
        facts_for_helpers = list(self._facts_for(stratum.helpers))
        self.open = self.compiled.open_alternatives.of(self.writer.open_fields, self.unknown_rules)
        facts[:0] = self._helper_facts(stratum.helpers, facts_for_helpers)
        self._new_flags.clear()  # they are among the facts already
        for rule, company, binding, truth in self._matches(stratum.main, facts, self._new_flags):
            match = Match(rule.key[1], tuple([(name, binding[name]) for name in rule.names]))
            key = rule.rule_id, company
            if rule.form == "possible":
                self._add_match(key, match, certain=False)
                continue
            if truth is _TRUE:
                self._add_match(key, match, certain=True)
            if rule.key not in self.open:
                self._add_match(key, match, certain=False)

    def _find_unknown_guards(self, stratum: CompiledStratum) -> None:
        """Adds to `unknown_rules` the rules on which others depend and of which it is unknown whether they apply."""
        for rule in stratum.plan.flagged:
            if self._applies(rule, self.world.main) is _UNKNOWN:
                self.unknown_rules.add(rule)

    def _match_own(self, stratum: CompiledStratum) -> None:
        """Decides the alternatives on figures and flags of the judged company; those with flags that may still be added
        wait."""
        for own in stratum.plan.own:
            rule = own.alternative.key[0]
            for company in self._judged_by(rule):
                truth = self._truth_of_figures(own, company)
                if truth is _FALSE:
                    continue
                if truth is _UNKNOWN and company == self.world.main:
                    self.unknown_rules.add(rule)
                for flag in dict.fromkeys(flag for _, flag in own.alternative.flags):
                    self._waiting.setdefault((flag, company), []).append((own, truth))
                for certain in (False, True):
                    self._match_flags(own, truth, company, certain)

    def _truth_of_figures(self, own: OwnTests, company: str) -> Truth:
        """Returns whether the conditions of an alternative on figures of the company hold."""
        found = own.function(self.world.companies[company])
        for condition in own.conditions:
            if found is _FALSE:
                break
            found = min(found, self._truth(own.alternative.key[0], condition, company, {}, ()))
        return found

    def _match_flags(self, own: OwnTests, truth: Truth, company: str, certain: bool) -> None:
        """Adds the match of an alternative whose conditions on figures are not false, if all its flags exist."""
        rule, index = own.alternative.key
        flags = own.alternative.flags
        if (certain and truth is _UNKNOWN) or any((flag, company, certain) not in self.flags for _, flag in flags):
            return
        found = tuple((name, flag_fact(flag, company)) for name, flag in flags)
        self._add_match((rule, company), Match(index, found) if found else own.match, certain)

    def _add_match(self, key: tuple[str, str], match: Match, certain: bool) -> None:
        """Adds a match of a rule and company; the first one adds a flag if other rules depend on it."""
        matches = self.certain if certain else self.possible
        if key in matches:
            matches[key].append(match)
            return
        matches[key] = [match]
        if key[0] in self.compiled.flag_copies:
            self._add_flag(*key, certain)

    def _helper_facts(self, created: CreatedRuleset, facts: list[AssertedFact]) -> list[AssertedFact]:
        """Returns facts that state for which bound facts a negated pattern has a match."""
        if created.handle is None:
            return []
        number = {id(fact): str(i) for i, fact in enumerate(self.facts)}
        found: dict[tuple[str, ...], AssertedFact] = {}
        for rule, company, binding, _ in self._matches(created, facts, []):
            assert rule.helper_kind is not None
            numbers = {f"k:{name}": number[id(binding[name])] for name in rule.names[:-1]}
            key = (rule.helper_kind, company, *numbers.values())
            found[key] = AssertedFact(rule.helper_kind, company, in_json({"of": company, **numbers}))
        return list(found.values())

    def _add_flag(self, rule: str, company: str, certain: bool) -> None:
        """Adds the flag of a rule, as several copies for the C library, and matches the alternatives that wait for it."""
        key = rule, company, certain
        applies = self._applies(rule, company)
        if key in self.flags or applies is _FALSE or (certain and applies is not _TRUE):
            return
        kind, copies = flag_kind(rule, certain), []
        if kind in self.compiled.kinds_read:
            fact, of = flag_fact(rule, company), self.writer.owner(company)
            texts = ({"of": of, "copy": f'"{i}"'} for i in range(self.compiled.flag_copies[rule]))
            copies = [AssertedFact(kind, fact, text) for text in texts]
        self.flags[key] = copies
        self._new_flags += copies
        for own, truth in self._waiting.get((rule, company), ()):
            self._match_flags(own, truth, company, certain)

    def _applies(self, rule: str, company: str) -> Truth:
        """Returns whether a rule applies to a company; computed once for all rules with the same guard."""
        guard = self.compiled.guards.get(rule)
        return _TRUE if guard is None else self._guard(guard, company)

    def _guard(self, guard: str, company: str) -> Truth:
        key = guard, company
        found = self.applicability.get(key)
        if found is None:
            program, facts = self.compiled.program, self.world.companies[company]
            found = self.applicability[key] = applicability(program.rules[guard], facts, program.catalogue)
        return found

    def _matches(
        self, created: CreatedRuleset, facts: list[AssertedFact], new_facts: list[AssertedFact]
    ) -> Iterator[tuple[CompiledRule, str, dict[str, Fact], Truth]]:
        """Yields the matches of a ruleset that its conditions in Python do not rule out.

        Each comes with its rule, the judged company, the bound facts, and UNKNOWN if a rule in strict form may not
        hold. Facts added to `new_facts` meanwhile are asserted once there are no more matches.
        """
        handle, ruleset = created
        if handle is None:
            return
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
            truth = self._residual_truth(rule, company, binding) if rule.residual else _TRUE
            if truth is _TRUE or (truth is _UNKNOWN and rule.helper_kind is None and rule.key not in self.open):
                yield rule, company, binding, truth

    def _is_decided(self, rule: CompiledRule, only_company: str | None) -> bool:
        """Returns whether a rule has fired whose possible matches no longer matter."""
        if only_company is None or rule.rule_id not in self.compiled.final_rules:
            return False
        return (rule.rule_id, only_company) in self.certain

    def _residual_truth(self, rule: CompiledRule, company: str, binding: dict[str, Fact]) -> Truth:
        """Returns whether the conditions that are evaluated in Python hold; those in possible form must only not be
        false."""
        found = _TRUE
        for condition, form, reads in rule.residual:
            holds = self._truth(rule.rule_id, condition, company, binding, reads)
            if holds is _FALSE:
                return _FALSE
            if form == "strict":
                found = min(found, holds)
        return found

    def _truth(
        self, rule: str, condition: Expression, company: str, binding: dict[str, Fact], reads: tuple[str, ...]
    ) -> Truth:
        """Returns whether a condition holds for a company and the bound facts that it reads; evaluated once for each
        combination."""
        key: tuple[int | str, ...] = (id(condition), company, *[binding[name].id for name in reads])
        found = self._truths.get(key)
        if found is None:
            facts = {name: binding[name] for name in reads}
            program = self.compiled.program
            context, of = self.context, self.world.companies[company]
            found = self._truths[key] = context.holds(program.rules[rule], condition, of, facts)
        return found

    def _facts_for(self, created: CreatedRuleset) -> Iterator[AssertedFact]:
        """Yields the facts that a ruleset reads, those of negated kinds first, since a negation is not re-evaluated for
        later facts."""
        if created.handle is None:
            return
        ruleset = created.ruleset
        kinds, negated = ruleset.kinds, ruleset.negated
        relations = [(i, fact) for i, fact in enumerate(self.facts) if fact.kind in kinds]
        yield from (self.writer.relation(i, fact) for i, fact in relations if fact.kind in negated)
        for first in (True, False):
            for copies in self.flags.values():
                if copies and copies[0].kind in kinds and (copies[0].kind in negated) is first:
                    yield from copies
        yield from (self.writer.relation(i, fact) for i, fact in relations if fact.kind not in negated)
        for company in self.judged if ruleset.shared_groups != 0 else [self.world.main]:
            yield self.writer.company(
                company, ruleset.main_fields if company == self.world.main else ruleset.shared_fields
            )
