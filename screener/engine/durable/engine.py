"""The engine: durable_rules, through its C layer. The one place that knows how it behaves (docs/adr/0001-c-layer.md)."""

import os
import sys
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from screener.engine.durable.encoding import dump, in_json
from screener.engine.durable.fact_writer import SID, Item, Written, blank_facts
from screener.engine.durable.ruleset import Query, Ruleset
from screener.engine.durable.translator import POSSIBLE_FLAG, SUBJECT, Translator, flag_copies
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
from screener.errors import EngineError, Problem
from screener.expression.interval import Truth
from screener.facts.builder import UNNAMED, World
from screener.facts.fact import COMPANY, FLAG, Fact
from screener.limits import MATCHES
from screener.rules.compiler import Program
from screener.rules.rule import Rule


def load_c_library() -> Any:
    """The C module; raises EngineError where it is not installed or can't be loaded.

    It is bound lazily: built without the Makefile's flag, it names a function that Python 3.13 removed, and never calls it.
    """
    flags = sys.getdlopenflags() if hasattr(sys, "setdlopenflags") else None
    if flags is not None:
        sys.setdlopenflags(flags & ~os.RTLD_NOW | os.RTLD_LAZY)
    try:
        import durable_rules_engine
    except ImportError as error:
        what = f"the rule engine durable_rules can't be loaded: {error}"
        raise EngineError(Problem(what, "install risk-screener[durable] as its README says")) from error
    finally:
        if flags is not None:
            sys.setdlopenflags(flags)
    return durable_rules_engine


_MOST_RULES = 4000  # that one ruleset of the C layer holds
_ACCEPTED = (0, 1)  # matched something, matched nothing yet
# Deleting a state in which nothing ever matched frees memory that was never set (state.c, deleteStateNode), so that
# every session is given one match of its own.
_SENTINEL = "sentinel"
_numbers = count()
_Compiled = tuple[int | None, Ruleset]  # the handle of a ruleset; none where it has no rules
# In what the C layer says of a match every fact stands as it was asserted, `id` first; within a text no quote is bare.
_BOUND = '{"id":"'


class DurableEngine:
    """Compiles a program once, then runs any number of worlds through it.

    Of companies beside the main one only those rules are judged that some rule asks for; with `everyone` all of them.
    """

    def __init__(self, program: Program, everyone: bool = False) -> None:
        self.program = program
        self.others = frozenset(program.rules) if everyone else program.counterparty_rules
        self.counterparty_kinds = frozenset(program.catalogue.kinds) if everyone else program.counterparty_kinds
        self.c = load_c_library()
        self.copies = flag_copies(program)
        # Rules that no other looks at, that conclude nothing and apply to all: once they fired they fired.
        self.final = frozenset(
            r for r, rule in program.rules.items() if not rule.concludes and not rule.has_guard and r not in self.copies
        )
        translator = Translator(program)
        self.strata = [self._stratum(rules, translator) for rules in program.strata]
        self._stranger: _DurableRun | None = None
        self.blank = blank_facts(program.catalogue)

    def stranger(self, world: World) -> "_DurableRun":
        """What the rules say of the company that stands for all that are not named: the same in every world."""
        if self._stranger is None:
            self._stranger = _DurableRun(self, unnamed_only(world), None)
            self._stranger.run()
        return self._stranger

    def _stratum(self, rules: tuple[str, ...], translator: Translator) -> tuple[tuple[str, ...], _Compiled, _Compiled]:
        helpers, main = translator.stratum(rules, self.others)
        return rules, self._create(helpers), self._create(main)

    def _create(self, ruleset: Ruleset) -> _Compiled:
        if not ruleset.rules:
            return None, ruleset
        if len(ruleset.rules) > _MOST_RULES:
            what = f"{len(ruleset.rules)} alternatives of rules stand in one layer, more than {_MOST_RULES}"
            raise EngineError(Problem(what, "use fewer rules, or fewer `any` and joins in them"))
        rules = {_SENTINEL: {"all": [{"m": {"kind": _SENTINEL}}]}, **ruleset.rules}
        try:
            return self.c.create_ruleset(f"screener{next(_numbers)}", dump(rules)), ruleset
        except Exception as error:  # the C layer raises its own kind, a plain Exception
            raise EngineError(
                Problem(f"the rule engine refused the rules: {error}", "report this as a fault")
            ) from error

    def close(self) -> None:
        """Frees the compiled rulesets."""
        for _, helpers, main in self.strata:
            for handle, _ in (helpers, main):
                if handle is not None:
                    self.c.delete_ruleset(handle)
        self.strata = []

    def run(self, world: World) -> Conclusions:
        """Every rule on every company, stratum by stratum."""
        return _DurableRun(self, world, self.stranger(world)).run()


class _DurableRun:
    """One world through all strata; what is said of the `stranger` is known already, or it is what is asked for."""

    def __init__(self, engine: DurableEngine, world: World, stranger: "_DurableRun | None") -> None:
        self.engine, self.world, self.stranger = engine, world, stranger
        self.judged = [c for c in world.companies if c != UNNAMED or stranger is None]
        self.context = RuleContext(engine.program, world)
        theirs = engine.counterparty_kinds
        self.facts = [fact for fact in world.base if fact.of == world.main or fact.kind in theirs]
        self.written = Written(world, engine.program.catalogue, engine.blank)
        self.flags: dict[tuple[str, str, str], list[Item]] = {}  # (kind, rule, company) -> its copies
        self.certain: dict[tuple[str, str], list[Match]] = {}
        self.possible: dict[tuple[str, str], list[Match]] = {}
        self.guards: dict[tuple[str, str], Truth] = {}
        self.decisions: dict[tuple[str, str], Decision] = {}
        self.concluded: dict[str, list[Fact]] = {}  # of the stranger, by rule
        if stranger is not None:
            self.flags.update((key, flag) for key, flag in stranger.flags.items() if key[1] in engine.others)
            self.decisions.update(stranger.decisions)

    def run(self) -> Conclusions:
        first = len(self.facts)
        for rules, helpers, main in self.engine.strata:
            answers = self._helpers(*helpers)
            self._main(*main, answers)
            for rule_id in rules:
                rule = self.engine.program.rules[rule_id]
                others = rule_id in self.engine.others
                for company in self.judged:
                    if others or company == self.world.main:
                        self._decide(rule, company)
                if rule.concludes:
                    self._conclude(rule)
        return Conclusions(self.decisions, tuple(self.facts[first:]))

    def _decide(self, rule: Rule, company: str) -> None:
        key = (rule.id, company)
        guard = self._guard(*key) if rule.has_guard else Truth.TRUE
        strict, wide = self.certain.get(key), self.possible.get(key)
        if strict is None and wide is None:
            self.decisions[key] = CLEAR_BY_APPLICABILITY[guard]
        else:
            self.decisions[key] = decide(strict or (), wide or (), guard, bool(rule.concludes))

    def _conclude(self, rule: Rule) -> None:
        for company in self.world.companies.values():
            if company.id == UNNAMED and self.stranger is not None:
                self.facts.extend(self.stranger.concluded[rule.id])
            elif (rule.id, company.id) in self.decisions:
                found = self.context.conclude(rule, company, self.decisions[rule.id, company.id])
                self.concluded[rule.id] = found
                self.facts.extend(found)

    def _helpers(self, handle: int | None, ruleset: Ruleset) -> list[Item]:
        """Facts that say for which bound facts a negated pattern has a match."""
        if handle is None:
            return []
        number = {id(fact): str(i) for i, fact in enumerate(self.facts)}
        found: dict[tuple[str, ...], Item] = {}
        for query, company, binding in self._session(handle, ruleset, [], list):
            if not query.rest or self._finish(query, company, binding):
                numbers = {f"k:{name}": number[id(binding[name])] for name in query.names[:-1]}
                assert query.helper is not None
                said = in_json({"of": company, **numbers})
                key = (query.helper, company, *numbers.values())
                found[key] = (query.helper, company, said)
        return list(found.values())

    def _main(self, handle: int | None, ruleset: Ruleset, answers: list[Item]) -> None:
        if handle is None:
            return
        waiting: list[Item] = []

        def more() -> list[Item]:
            new, waiting[:] = list(waiting), []
            return new

        for query, company, binding in self._session(handle, ruleset, answers, more):
            if query.rest and not self._finish(query, company, binding):
                continue
            match = Match(query.alternative, tuple([(n, binding[n]) for n in query.names]))
            strict = query.form == "strict"
            found, key = self.certain if strict else self.possible, (query.rule, company)
            if key in found:
                found[key].append(match)
            else:
                found[key] = [match]
                if query.rule in self.engine.copies:
                    waiting.extend(self._flag(query.rule, company, strict))

    def _flag(self, rule: str, company: str, strict: bool) -> list[Item]:
        """Notes a new flag for other rules to rest on; all its copies, none where there is nothing new."""
        kind = FLAG if strict else POSSIBLE_FLAG
        key = (kind, rule, company)
        guard = self._guard(rule, company)
        if key in self.flags or guard is Truth.FALSE or (strict and guard is not Truth.TRUE):
            return []
        fact = flag_fact(rule, company)
        flat = in_json({"of": company, "rule": rule})
        self.flags[key] = [(kind, fact, {**flat, "copy": f',"copy":"{i}"'}) for i in range(self.engine.copies[rule])]
        return self.flags[key]

    def _guard(self, rule: str, company: str) -> Truth:
        key = (rule, company)
        if key not in self.guards:
            program = self.engine.program
            self.guards[key] = applicability(program.rules[rule], self.world.companies[company], program.catalogue)
        return self.guards[key]

    def _is_settled(self, query: Query, company: str) -> bool:
        """Whether a rule fired that needs no more than that: what it may rest on besides changes nothing."""
        return query.form == "possible" and query.rule in self.engine.final and (query.rule, company) in self.certain

    def _finish(self, query: Query, company: str, binding: dict[str, Fact]) -> bool:
        """The part of the condition that is evaluated in Python."""
        rule, facts = self.engine.program.rules[query.rule], self.world.companies[company]
        for expression, form in query.rest:
            held = self.context.holds(rule, expression, facts, binding)
            if held is Truth.FALSE or (form == "strict" and held is not Truth.TRUE):
                return False
        return True

    def _session(
        self, handle: int, ruleset: Ruleset, answers: list[Item], more: Callable[[], list[Item]]
    ) -> Iterator[tuple[Query, str, dict[str, Fact]]]:
        """Asserts all facts that the ruleset reads and yields its matches; `more()` gives facts concluded meanwhile."""
        asserted: list[Fact | str] = [_SENTINEL]
        batch = [f'{{"id":"0","sid":"{SID}","kind":"{_SENTINEL}"}}']
        batch.extend(self.written.texts([*answers, *self._items(ruleset)], ruleset, asserted))
        c = self.engine.c
        started = None
        matched = 0
        sole = self.world.main if ruleset.shared == 0 else None
        try:
            while batch:
                code, offset = c.assert_facts(handle, f"[{','.join(batch)}]")
                if code not in _ACCEPTED:
                    raise EngineError(
                        Problem(f"the rule engine refused a fact (code {code})", "report this as a fault")
                    )
                action = c.start_action_for_state(handle, offset)  # a pair: the state, then the match
                started = started or action
                message = action and action[1]
                while message:
                    if not message.startswith(f'{{"{_SENTINEL}"'):
                        matched += 1
                        query = ruleset.queries[message[2 : message.index('"', 2)]]
                        if matched > MATCHES:
                            raise too_many_matches(query.rule)
                        if sole is None or not self._is_settled(query, sole):
                            yield query, *_read(query, message, asserted, sole)
                    message = c.complete_and_start_action(handle, offset)
                batch = self.written.texts(more(), ruleset, asserted)
        except EngineError:
            raise
        except Exception as error:
            if type(error) is not Exception and not type(error).__module__.startswith("durable"):
                raise
            raise EngineError(Problem(f"the rule engine failed: {error}", "report this as a fault")) from error
        finally:
            if started:
                c.delete_state(handle, SID)

    def _items(self, ruleset: Ruleset) -> Iterator[Item]:
        """The facts that a ruleset reads, those of negated kinds first: a negation does not look back."""
        kinds, fields = ruleset.kinds, ruleset.fields
        relations = [(f.kind, f, i) for i, f in enumerate(self.facts) if f.kind in kinds]
        yield from ((kind, f, self.written.relation(i, f)) for kind, f, i in relations if kind in ruleset.negated)
        for first in (True, False):
            for key, copies in self.flags.items():
                if key[0] in kinds and (key[0] in ruleset.negated) is first:
                    yield from copies
        yield from ((kind, f, self.written.relation(i, f)) for kind, f, i in relations if kind not in ruleset.negated)
        for company in self.judged if ruleset.shared != 0 else [self.world.main]:
            yield COMPANY, company, self.written.company(company, fields)


def _read(query: Query, message: str, asserted: list[Fact | str], sole: str | None) -> tuple[str, dict[str, Fact]]:
    """The judged company (`sole` where there is but one), and the facts bound."""
    binding: dict[str, Any] = {}
    if sole is not None and not query.names:
        return sole, binding
    at = message.find(_BOUND)
    while at > 0:
        stop = message.index('"', at + len(_BOUND))
        name = message[message.rindex('"', 0, at - 2) + 1 : at - 2]  # what stands before `":`
        binding[name] = asserted[int(message[at + len(_BOUND) : stop])]
        at = message.find(_BOUND, stop)
    return binding.pop(SUBJECT), binding
