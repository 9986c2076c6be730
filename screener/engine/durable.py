"""The engine: durable_rules, through its C layer. The one place that knows how it behaves (docs/adr/0001-c-layer.md)."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from screener.engine.base import Conclusions, Decision, Match, Reasoner, applies, decide, flag_fact
from screener.engine.translate import (
    CERTAIN,
    HIGH,
    IS,
    LOW,
    NUMBER,
    POSSIBLE_FLAG,
    SUBJECT,
    WHO,
    Query,
    Ruleset,
    Translator,
    dump,
    flag_copies,
)
from screener.errors import EngineError, Problem
from screener.expression.interval import INF, Interval, Truth
from screener.facts.build import World
from screener.facts.fact import COMPANY, FLAG, Fact
from screener.rulebook.compile import Program


def _load() -> Any:
    """The C module. From Python 3.13 on it must be bound lazily: it names a function that is gone, and never calls it."""
    if not hasattr(sys, "setdlopenflags"):
        import durable_rules_engine

        return durable_rules_engine
    flags = sys.getdlopenflags()
    sys.setdlopenflags(flags & ~os.RTLD_NOW | os.RTLD_LAZY)
    try:
        import durable_rules_engine

        return durable_rules_engine
    finally:
        sys.setdlopenflags(flags)


_SID = "s"
_ACCEPTED = (0, 1)  # matched something, matched nothing yet
# Deleting a state in which nothing ever matched frees memory that was never set (state.c, deleteStateNode), so that
# every session is given one match of its own.
_SENTINEL = "sentinel"
_SENTINEL_FACT = f'{{"id":"sentinel","sid":"{_SID}","kind":"{_SENTINEL}"}}'
_numbers = count()
_Compiled = tuple[int | None, Ruleset]  # the handle of a ruleset; none where it has no rules


class DurableEngine:
    """Compiles a program once, then runs any number of worlds through it."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.c = _load()
        self.copies = flag_copies(program)
        translator = Translator(program)
        self.fields = sorted(translator.company_fields)
        self.strata = [self._stratum(rules, translator) for rules in program.strata]

    def _stratum(self, rules: tuple[str, ...], translator: Translator) -> tuple[tuple[str, ...], _Compiled, _Compiled]:
        helpers, main = translator.stratum(rules)
        return rules, self._create(helpers), self._create(main)

    def _create(self, ruleset: Ruleset) -> _Compiled:
        if not ruleset.rules:
            return None, ruleset
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
        return _Run(self, world).run()


class _Run:
    def __init__(self, engine: DurableEngine, world: World) -> None:
        self.engine, self.world = engine, world
        self.reasoner = Reasoner(engine.program, world)
        self.facts: list[Fact] = list(world.base)
        self.json: dict[int, str] = {}
        self.flags: dict[tuple[str, str, str], str] = {}  # (kind, rule, company) -> JSON of all its copies
        self.flag_facts: dict[str, Fact] = {}
        self.certain: dict[tuple[str, str], list[Match]] = {}
        self.possible: dict[tuple[str, str], list[Match]] = {}
        self.guards: dict[tuple[str, str], Truth] = {}
        self.decisions: dict[tuple[str, str], Decision] = {}

    def run(self) -> Conclusions:
        companies = list(self.world.companies.values())
        first = len(self.facts)
        for rules, helpers, main in self.engine.strata:
            answers = self._helpers(*helpers)
            self._main(*main, answers)
            for rule_id in rules:
                rule = self.engine.program.rules[rule_id]
                for company in companies:
                    key = (rule_id, company.id)
                    guard = self._guard(*key)
                    decision = decide(self.certain.get(key, ()), self.possible.get(key, ()), guard)
                    self.decisions[key] = decision
                    if rule.concludes:
                        self.facts.extend(self.reasoner.conclude(rule, company, decision))
        return Conclusions(self.decisions, tuple(self.facts[first:]))

    def _helpers(self, handle: int | None, ruleset: Ruleset) -> list[str]:
        """Facts that say for which bound facts a negated pattern has a match."""
        if handle is None:
            return []
        found: dict[str, None] = {}
        for query, company, binding in self._session(handle, ruleset, [], list):
            if self._finish(query, company, binding):
                keys = {f"k_{name}": str(self._number[id(fact)]) for name, fact in binding.items()
                        if name != query.names[-1]}  # fmt: skip
                found[dump({"kind": query.helper, "of": company, **keys})] = None
        return [f'{{"id":"h{i}","sid":"{_SID}",{text[1:]}' for i, text in enumerate(found)]

    def _main(self, handle: int | None, ruleset: Ruleset, answers: list[str]) -> None:
        if handle is None:
            return
        waiting: list[str] = []

        def more() -> list[str]:
            new, waiting[:] = list(waiting), []
            return new

        for query, company, binding in self._session(handle, ruleset, answers, more):
            if not self._finish(query, company, binding):
                continue
            match = Match(query.alternative, tuple((n, binding[n]) for n in query.names))
            strict = query.form == "strict"
            (self.certain if strict else self.possible).setdefault((query.rule, company), []).append(match)
            if text := self._flag(query.rule, company, strict):
                waiting.append(text)

    def _flag(self, rule: str, company: str, strict: bool) -> str | None:
        """Notes a new flag for other rules to rest on; its JSON, or None where there is nothing new."""
        copies = self.engine.copies.get(rule, 0)
        kind = FLAG if strict else POSSIBLE_FLAG
        key = (kind, rule, company)
        guard = self._guard(rule, company)
        if not copies or key in self.flags or guard is Truth.FALSE or (strict and guard is not Truth.TRUE):
            return None
        number = f"f{len(self.flag_facts)}"
        self.flag_facts[number] = flag_fact(rule, company)
        copied = []
        for i in range(copies):
            fact = {"id": f"{number}.{i}", "sid": _SID, "kind": kind, "of": company, "rule": rule, "copy": str(i)}
            copied.append(dump(fact))
        self.flags[key] = ",".join(copied)
        return self.flags[key]

    def _guard(self, rule: str, company: str) -> Truth:
        key = (rule, company)
        if key not in self.guards:
            program = self.engine.program
            self.guards[key] = applies(program.rules[rule], self.world.companies[company], program.catalogue)
        return self.guards[key]

    def _finish(self, query: Query, company: str, binding: dict[str, Fact]) -> bool:
        """The part of the condition that is evaluated in Python."""
        if not query.rest:
            return True
        rule, facts = self.engine.program.rules[query.rule], self.world.companies[company]
        for expression, form in query.rest:
            held = self.reasoner.holds(rule, expression, facts, binding)
            if held is Truth.FALSE or (form == "strict" and held is not Truth.TRUE):
                return False
        return True

    def _session(
        self, handle: int, ruleset: Ruleset, answers: list[str], more: Any
    ) -> Iterator[tuple[Query, str, dict[str, Fact]]]:
        """Asserts all facts that the ruleset reads and yields its matches; `more()` gives facts concluded meanwhile."""
        self._number = {id(fact): i for i, fact in enumerate(self.facts)}
        batch = [_SENTINEL_FACT, *answers, *self._texts(ruleset)]
        c = self.engine.c
        started = None
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
                        yield self._read(ruleset, message)
                    message = c.complete_and_start_action(handle, offset)
                batch = more()
        except EngineError:
            raise
        except Exception as error:
            if type(error) is not Exception and not type(error).__module__.startswith("durable"):
                raise
            raise EngineError(Problem(f"the rule engine failed: {error}", "report this as a fault")) from error
        finally:
            if started:
                c.delete_state(handle, _SID)

    def _read(self, ruleset: Ruleset, message: str) -> tuple[Query, str, dict[str, Fact]]:
        ((name, bound),) = json.loads(message).items()
        query = ruleset.queries[name]
        binding = {}
        for pattern in query.names:
            number = bound[pattern]["id"]
            flag = number[0] == "f"
            binding[pattern] = self.flag_facts[number.partition(".")[0]] if flag else self.facts[int(number)]
        return query, bound[SUBJECT]["of"], binding

    def _texts(self, ruleset: Ruleset) -> Iterable[str]:
        """The facts as JSON, those of negated kinds first: a negation does not look back."""

        def rank(kind: str) -> bool:
            return kind not in ruleset.negated

        relations = [(i, f) for i, f in enumerate(self.facts) if f.kind in ruleset.kinds]
        relations.sort(key=lambda item: rank(item[1].kind))
        flags = sorted((key for key in self.flags if key[0] in ruleset.kinds), key=lambda key: rank(key[0]))
        yield from (self._relation(i, f) for i, f in relations if not rank(f.kind))
        yield from (self.flags[key] for key in flags)
        yield from (self._relation(i, f) for i, f in relations if rank(f.kind))
        for company in self.world.companies:
            yield self._company(company)

    def _relation(self, i: int, fact: Fact) -> str:
        if i not in self.json:
            flat: dict[str, Any] = {"id": str(i), "sid": _SID, "kind": fact.kind, "of": fact.of, NUMBER: str(i)}
            if fact.certain:
                flat[CERTAIN] = "yes"
            for name, value in fact.fields.items():
                _put(flat, name, value)
            for name, company in fact.companies.items():
                flat[WHO + name] = company
            self.json[i] = dump(flat)
        return self.json[i]

    def _company(self, company: str) -> str:
        key = -1 - list(self.world.companies).index(company)
        if key not in self.json:
            flat: dict[str, Any] = {"id": f"c{-key}", "sid": _SID, "kind": COMPANY, "of": company}
            for name in self.engine.fields:
                _put(flat, name, self.world.companies[company].value(name))
            self.json[key] = dump(flat)
        return self.json[key]


def _put(flat: dict[str, Any], name: str, value: Any) -> None:
    """A field of a fact as the engine reads it: two ends for a number, an unbounded or missing one left out."""
    if isinstance(value, Interval):
        if value.lo != -INF:
            flat[LOW + name] = value.lo
        if value.hi != INF:
            flat[HIGH + name] = value.hi
    elif isinstance(value, bool):
        flat[IS + name] = "yes" if value else "no"
    elif value is not None:
        flat[IS + name] = value.encode("utf-8", "replace").decode()
