"""The engine `search`: binds facts rule by rule in Python, in the order of the dependencies between rules.

It needs no C library, and memory only for the matches. Tests compare the other engines with it.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from functools import cached_property

from screener.engine.affected_rules import AffectedRules
from screener.engine.binding_search import BindingSearch, cheapest_first, evaluation_order
from screener.engine.figure_conditions import figure_condition
from screener.engine.pattern_plan import PatternCandidates, PatternPlan, plan_pattern
from screener.engine.protocol import (
    CLEAR_BY_APPLICABILITY,
    Conclusions,
    Decision,
    Match,
    decide,
    flag_fact,
    too_many_matches,
    unnamed_only,
)
from screener.engine.rule_context import RuleContext, applicability
from screener.engine.rules_without_data import KeptResults, RulesWithoutData, setting_of
from screener.expression.interval import Truth
from screener.expression.interval_ops import INTERVALS
from screener.expression.syntax_tree import Expression
from screener.facts.company import CompanyFacts
from screener.facts.fact import COMPANY, FLAG, Fact
from screener.facts.world import UNNAMED, World
from screener.io.value_cache import cached_value, keep_value
from screener.limits import MATCHES
from screener.rules.compiler import Program
from screener.rules.rule import Pattern, Rule, patterns

_KIND = "search"
_Key = tuple[str, str]  # the ids of a rule and a company

Stratum = tuple[tuple[str, bool], ...]
"""Rules in their order, each with whether it or an earlier one depends on it."""


class SearchEngine:
    """Prepares a program once, then runs any number of worlds through it.

    For companies beside the main one, only those rules are decided whose outcome another rule reads; with `everyone`,
    all rules. `cache_key` identifies the program (`Rulebook.cache_key`): the results for unnamed companies are then
    kept in the cache on disk.
    """

    def __init__(self, program: Program, everyone: bool = False, cache_key: str | None = None) -> None:
        self.program = program
        self._cache_key = None if everyone else cache_key
        self.others = frozenset(program.rules) if everyone else program.counterparty_rules
        self.strata = [evaluation_order(program, stratum) for stratum in program.strata]
        self.when = {rule.id: cheapest_first(rule.when) for rule in program.rules.values()}
        self.plans = {
            id(p): plan_pattern(p, program)
            for rule in program.rules.values()
            for p in patterns(rule.when)
            if p.kind not in (COMPANY, FLAG)
        }
        self.on_figures = {
            (rule.id, id(p.condition)): figure_condition(rule, p.condition)
            for rule in program.rules.values()
            for p in patterns(rule.when)
            if p.kind == COMPANY
        }
        self._unnamed: Conclusions | None = None
        self._without_data = RulesWithoutData(program)
        self._kept = KeptResults[dict[str, Decision]](dict)

    def run(self, world: World) -> Conclusions:
        """Decides every rule for every company. Raises EngineError if rules match too many sets of facts."""
        return self._new_run(world).run()

    def run_for_outcomes(self, world: World, like: tuple[World, Conclusions] | None = None) -> Conclusions:
        """Returns the result of `run`, except that some unknown rules have no matches; faster if little is known.

        Rules without known inputs are decided once for all companies of the same sector and currency. `like` is another
        world of the company with its conclusions: decisions that depend on nothing in which the two worlds differ are
        taken from it.
        """
        run = self._new_run(world)
        if like is not None:
            before, conclusions = like
            run.known = {r: conclusions.of(r, world.main) for r in self._without_data.alike(world, before)}
        run.without_data = self._without_data.among_several(world)
        run.kept = self._kept.of(setting_of(world))
        return run.run()

    def _new_run(self, world: World) -> "_SearchRun":
        if self._unnamed is None:  # its results are the same in every world
            kept = cached_value(_KIND, self._cache_key) if self._cache_key else None
            if isinstance(kept, Conclusions):
                self._unnamed = kept
            else:
                self._unnamed = _SearchRun(self, unnamed_only(world), None).run()
                if self._cache_key:
                    keep_value(_KIND, self._cache_key, self._unnamed)
        return _SearchRun(self, world, self._unnamed)

    def run_again(self, world: World, before: Conclusions, figure: str) -> Conclusions:
        """Returns the result of `run` for a world that differs in one figure of its company from the world of `before`,
        a result of `run`.

        Only rules whose outcome can change are decided again.
        """
        return self._new_run(world).run_again(before, self.affected.by_figure(figure))

    @cached_property
    def affected(self) -> AffectedRules:
        """Returns the dependencies of rules on figures and on other rules."""
        return AffectedRules(self.program)

    def close(self) -> None:
        """Does nothing: there are no resources to free."""


class _SearchRun:
    """The run of one world through all strata, given the results for the company that represents all unnamed ones."""

    def __init__(self, engine: SearchEngine, world: World, unnamed: Conclusions | None) -> None:
        self.engine, self.program, self.world = engine, engine.program, world
        self.context = RuleContext(engine.program, world)
        self.judged = [c for c in world.companies.values() if c.id != UNNAMED or unnamed is None]
        self.main = [world.companies[world.main]]
        self.decisions: dict[_Key, Decision] = dict(unnamed.decisions) if unnamed else {}
        self.concluded: list[Fact] = []
        self.by_owner: dict[_Key, list[Fact]] = {}  # concluded facts by (company, kind)
        self.unnamed = unnamed
        self.known: Mapping[str, Decision] = {}  # decisions for the main company
        self.without_data = frozenset[str]()  # rules whose decisions for the main company may be taken from `kept`
        self.kept: dict[str, Decision] = {}

    def run(self) -> Conclusions:
        for stratum in self.engine.strata:
            self._decide_stratum(stratum)
            self._conclude_stratum(stratum)
        return Conclusions(self.decisions, tuple(self.concluded))

    def run_again(self, before: Conclusions, changed: Iterable[str]) -> Conclusions:
        """Returns all conclusions, starting from those of an earlier run, if the figures of the company that the
        `changed` rules read differ."""
        self.decisions = dict(before.decisions)
        of_main, of_all = set(changed), set[str]()
        for stratum in self.engine.strata:
            rules = [rule_id for rule_id, _ in stratum]
            if not of_main.isdisjoint(rules) or not of_all.isdisjoint(rules):
                if any(
                    is_read for _, is_read in stratum
                ):  # rules that depend on each other are decided again from the start
                    self._forget(rules)
                    self._decide_stratum(stratum)
                    of_all.update(*map(self.engine.affected.by_rule, rules))
                else:
                    self._decide_again(rules, of_main, of_all)
            self._conclude_stratum(stratum)
        return Conclusions(self.decisions, tuple(self.concluded))

    def _decide_again(self, rules: Iterable[str], of_main: Set[str], of_all: set[str]) -> None:
        """Decides the affected rules, and adds to `of_all` the rules that depend on those whose outcome changed."""
        for rule_id in rules:
            if rule_id not in of_all and rule_id not in of_main:
                continue
            rule = self.program.rules[rule_id]
            everyone = rule_id in of_all and rule_id in self.engine.others
            differs = bool(rule.concludes)  # the facts that it concludes may have other values
            for company in self.judged if everyone else self.main:
                found = self._decide(rule, company)
                differs = differs or found != self.decisions.get((rule_id, company.id))
                self.decisions[rule_id, company.id] = found
            if differs:
                of_all |= self.engine.affected.by_rule(rule_id)

    def _forget(self, rules: Iterable[str]) -> None:
        """Removes the decisions of some rules, except for the company that represents all unnamed ones."""
        for rule_id in rules:
            for company in self.judged:
                self.decisions.pop((rule_id, company.id), None)

    def _decide_stratum(self, stratum: Stratum) -> None:
        """Decides all rules of a stratum; if they depend on each other, repeatedly until no outcome changes."""
        matches = 0
        changed = True
        while changed:
            changed = False
            for rule_id, is_read in stratum:
                for company in self.judged if rule_id in self.engine.others else self.main:
                    found = self._decide(self.program.rules[rule_id], company)
                    changed = changed or (is_read and found != self.decisions.get((rule_id, company.id)))
                    self.decisions[rule_id, company.id] = found
                    matches += len(found.matches)
                    if matches > MATCHES:
                        raise too_many_matches(rule_id)

    def _conclude_stratum(self, stratum: Stratum) -> None:
        for rule_id in sorted(r for r, _ in stratum):
            if self.program.rules[rule_id].concludes:
                self._conclude(self.program.rules[rule_id])

    def _decide(self, rule: Rule, company: CompanyFacts) -> Decision:
        if rule.id in self.known and company.id == self.world.main:
            return self.known[rule.id]
        if rule.id not in self.without_data or company.id != self.world.main:
            return self._search(rule, company)
        if rule.id not in self.kept:
            found = self._search(rule, company)
            if found.outcome is Truth.TRUE:  # a fired rule is explained by its matches
                return found
            self.kept[rule.id] = found._replace(matches=())
        return self.kept[rule.id]

    def _search(self, rule: Rule, company: CompanyFacts) -> Decision:
        applies = applicability(rule, company, self.program.catalogue) if rule.has_guard else Truth.TRUE
        if applies is Truth.FALSE:
            return CLEAR_BY_APPLICABILITY[applies]
        certain: list[Match] = []
        possible: list[Match] = []
        for alternative, binding, holds in _RuleSearch(self, rule, company).ways(Truth.TRUE):
            match = Match(alternative, tuple(binding.items()))
            possible.append(match)
            if holds is Truth.TRUE:
                certain.append(match)
            if len(possible) > MATCHES:
                raise too_many_matches(rule.id)
        if not possible:
            return CLEAR_BY_APPLICABILITY[applies]
        return decide(certain, possible, applies, bool(rule.concludes))

    def _conclude(self, rule: Rule) -> None:
        """Adds the facts that a rule concludes, for all companies in their order."""
        for company in self.world.companies.values():
            if company.id == UNNAMED and self.unnamed is not None:
                found = [f for f in self.unnamed.concluded if f.id.startswith(f"{rule.id}:")]
            elif (rule.id, company.id) in self.decisions:
                found = self.context.conclude(rule, company, self.decisions[rule.id, company.id])
            else:
                continue
            for fact in found:
                self.concluded.append(fact)
                self.by_owner.setdefault((company.id, fact.kind), []).append(fact)

    def facts(self, owner: str, kind: str) -> list[Fact]:
        """Returns the facts of one kind that belong to a company, given and concluded."""
        return [*self.world.base.of(owner, kind), *self.by_owner.get((owner, kind), ())]


class _RuleSearch(BindingSearch[Fact, Truth]):
    """The bindings of one rule for one company of a world."""

    def __init__(self, run: _SearchRun, rule: Rule, company: CompanyFacts) -> None:
        super().__init__(INTERVALS, run.engine.when[rule.id], company.id)
        self.run, self.rule, self.facts_of_company = run, rule, company
        self.prepared: dict[tuple[int, str], PatternCandidates] = {}

    def condition(self, condition: Expression, binding: Mapping[str, Fact]) -> Truth:
        """Returns whether a condition on the company and the bound facts holds."""
        if (function := self.run.engine.on_figures.get((self.rule.id, id(condition)))) is not None:
            return function(self.facts_of_company)
        return self.run.context.holds(self.rule, condition, self.facts_of_company, binding)

    def candidates(self, pattern: Pattern, owner: str, binding: Mapping[str, Fact]) -> Iterator[tuple[Fact, Truth]]:
        """Returns the facts that a pattern may bind and that are not bound yet."""
        if pattern.flag is not None:
            decision = self.run.decisions.get((pattern.flag, owner))
            yield flag_fact(pattern.flag, owner), decision.outcome if decision else Truth.FALSE
            return
        plan = self.run.engine.plans[id(pattern)]
        key = id(pattern), owner
        if key not in self.prepared:
            self.prepared[key] = self._prepare(pattern, plan, owner)
        bound_ids = {fact.id for fact in binding.values()}
        if not plan.joined.items:
            yield from (found for found in self.prepared[key].every if found[0].id not in bound_ids)
            return
        bound = dict(binding)
        evaluator = self.run.context.evaluator(self.rule, self.facts_of_company, bound, owner)
        wanted = evaluator.value(plan.other) if plan.other is not None else None
        for fact, truth in self.prepared[key].having(wanted):
            if fact.id not in bound_ids:
                bound[pattern.name] = fact
                found = min(truth, evaluator.truth(plan.joined))
                if found is not Truth.FALSE:
                    yield fact, found

    def _prepare(self, pattern: Pattern, plan: PatternPlan, owner: str) -> PatternCandidates:
        found = PatternCandidates()
        bound: dict[str, Fact] = {}
        evaluator = self.run.context.evaluator(self.rule, self.facts_of_company, bound, owner)
        for fact in self.run.facts(owner, pattern.kind):
            bound[pattern.name] = fact
            truth = min(evaluator.truth(plan.own), Truth.TRUE if fact.certain else Truth.UNKNOWN)
            if truth is not Truth.FALSE:
                found.every.append((fact, truth))
                if plan.field is not None:
                    found.by_value.setdefault(fact.fields.get(plan.field), []).append((fact, truth))
        return found
