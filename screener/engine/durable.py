"""The engine: durable_rules, through its C layer. The one place that knows how it behaves (docs/adr/0001-c-layer.md)."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any

from screener.engine.base import Conclusions, Decision, Match, Reasoner, applies, decide, flag_fact, identity
from screener.engine.encode import WHO, dump, properties
from screener.engine.ruleset import Query, Ruleset
from screener.engine.translate import CERTAIN, NUMBER, POSSIBLE_FLAG, SUBJECT, Translator, flag_copies
from screener.errors import EngineError, Problem
from screener.expression.interval import Truth
from screener.facts.build import World
from screener.facts.fact import COMPANY, FLAG, Fact
from screener.limits import MATCHES
from screener.rulebook.compile import Program
from screener.rulebook.resolve import IDENTITY


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
_MOST_RULES = 4000  # that one ruleset of the C layer holds
_ACCEPTED = (0, 1)  # matched something, matched nothing yet
# Deleting a state in which nothing ever matched frees memory that was never set (state.c, deleteStateNode), so that
# every session is given one match of its own.
_SENTINEL = "sentinel"
_numbers = count()
_Compiled = tuple[int | None, Ruleset]  # the handle of a ruleset; none where it has no rules
_Item = tuple[str, Fact | str, Mapping[str, str]]
"""What is asserted: its kind, the fact (the id of a company) that it stands for, its properties as JSON."""


class DurableEngine:
    """Compiles a program once, then runs any number of worlds through it."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.c = _load()
        self.copies = flag_copies(program)
        translator = Translator(program)
        self.strata = [self._stratum(rules, translator) for rules in program.strata]

    def _stratum(self, rules: tuple[str, ...], translator: Translator) -> tuple[tuple[str, ...], _Compiled, _Compiled]:
        helpers, main = translator.stratum(rules)
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
        return _Run(self, world).run()


class _Run:
    def __init__(self, engine: DurableEngine, world: World) -> None:
        self.engine, self.world = engine, world
        self.reasoner = Reasoner(engine.program, world)
        self.facts: list[Fact] = list(world.base)
        self.json: dict[int, Mapping[str, str]] = {}
        self.values: dict[tuple[str, str], dict[str, str]] = {}
        self.flags: dict[tuple[str, str, str], list[_Item]] = {}  # (kind, rule, company) -> its copies
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
                    strict, wide = self.certain.get(key, ()), self.possible.get(key, ())
                    decision = decide(strict, wide, guard, bool(rule.concludes))
                    self.decisions[key] = decision
                    if rule.concludes:
                        self.facts.extend(self.reasoner.conclude(rule, company, decision))
        return Conclusions(self.decisions, tuple(self.facts[first:]))

    def _helpers(self, handle: int | None, ruleset: Ruleset) -> list[_Item]:
        """Facts that say for which bound facts a negated pattern has a match."""
        if handle is None:
            return []
        number = {id(fact): str(i) for i, fact in enumerate(self.facts)}
        found: dict[tuple[str, ...], _Item] = {}
        for query, company, binding in self._session(handle, ruleset, [], list):
            if self._finish(query, company, binding):
                numbers = {f"k:{name}": number[id(binding[name])] for name in query.names[:-1]}
                assert query.helper is not None
                written = {key: dump(value) for key, value in {"of": company, **numbers}.items()}
                key = (query.helper, company, *numbers.values())
                found[key] = (query.helper, company, written)
        return list(found.values())

    def _main(self, handle: int | None, ruleset: Ruleset, answers: list[_Item]) -> None:
        if handle is None:
            return
        waiting: list[_Item] = []

        def more() -> list[_Item]:
            new, waiting[:] = list(waiting), []
            return new

        for query, company, binding in self._session(handle, ruleset, answers, more):
            if not self._finish(query, company, binding):
                continue
            match = Match(query.alternative, tuple((n, binding[n]) for n in query.names))
            strict = query.form == "strict"
            (self.certain if strict else self.possible).setdefault((query.rule, company), []).append(match)
            waiting.extend(self._flag(query.rule, company, strict))

    def _flag(self, rule: str, company: str, strict: bool) -> list[_Item]:
        """Notes a new flag for other rules to rest on; all its copies, none where there is nothing new."""
        copies = self.engine.copies.get(rule, 0)
        kind = FLAG if strict else POSSIBLE_FLAG
        key = (kind, rule, company)
        guard = self._guard(rule, company)
        if not copies or key in self.flags or guard is Truth.FALSE or (strict and guard is not Truth.TRUE):
            return []
        fact = flag_fact(rule, company)
        flat = {"of": dump(company), "rule": dump(rule)}
        self.flags[key] = [(kind, fact, {**flat, "copy": dump(str(i))}) for i in range(copies)]
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
        self, handle: int, ruleset: Ruleset, answers: list[_Item], more: Callable[[], list[_Item]]
    ) -> Iterator[tuple[Query, str, dict[str, Fact]]]:
        """Asserts all facts that the ruleset reads and yields its matches; `more()` gives facts concluded meanwhile."""
        asserted: list[Fact | str] = [_SENTINEL]
        batch = [f'{{"id":"0","sid":"{_SID}","kind":"{_SENTINEL}"}}']
        batch.extend(_texts([*answers, *self._items(ruleset)], ruleset, asserted))
        c = self.engine.c
        started = None
        matched = 0
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
                        query, company, binding = _read(ruleset, message, asserted)
                        if matched > MATCHES:
                            what = f"the rules match more than {MATCHES:,} sets of facts, last '{query.rule}'"
                            raise EngineError(Problem(what, "join its patterns by equality, or shorten the lists"))
                        yield query, company, binding
                    message = c.complete_and_start_action(handle, offset)
                batch = _texts(more(), ruleset, asserted)
        except EngineError:
            raise
        except Exception as error:
            if type(error) is not Exception and not type(error).__module__.startswith("durable"):
                raise
            raise EngineError(Problem(f"the rule engine failed: {error}", "report this as a fault")) from error
        finally:
            if started:
                c.delete_state(handle, _SID)

    def _items(self, ruleset: Ruleset) -> Iterator[_Item]:
        """The facts that a ruleset reads, those of negated kinds first: a negation does not look back."""
        kinds = {kind for kind, _ in ruleset.reads}
        relations = [(f.kind, f, i) for i, f in enumerate(self.facts) if f.kind in kinds]
        yield from ((kind, f, self._relation(i, f)) for kind, f, i in relations if kind in ruleset.negated)
        for first in (True, False):
            for key, copies in self.flags.items():
                if key[0] in kinds and (key[0] in ruleset.negated) is first:
                    yield from copies
        yield from ((kind, f, self._relation(i, f)) for kind, f, i in relations if kind not in ruleset.negated)
        fields = {key[3:] for (kind, _), keys in ruleset.reads.items() if kind == COMPANY for key in keys if ":" in key}
        for company in self.world.companies:
            yield COMPANY, company, self._company(company, fields)

    def _relation(self, i: int, fact: Fact) -> Mapping[str, str]:
        if i not in self.json:
            flat: dict[str, Any] = {"of": fact.of, NUMBER: str(i)}
            if fact.certain:
                flat[CERTAIN] = "yes"
            for name, value in fact.fields.items():
                flat.update(properties(name, value))
            for name, company in fact.companies.items():
                flat[WHO + name] = company
            self.json[i] = {key: dump(value) for key, value in flat.items()}
        return self.json[i]

    def _company(self, company: str, fields: set[str]) -> Mapping[str, str]:
        written = {"of": dump(company)}
        for name in fields:
            if (company, name) not in self.values:
                value = identity(company) if name == IDENTITY else self.world.companies[company].value(name)
                self.values[company, name] = {k: dump(v) for k, v in properties(name, value).items()}
            written.update(self.values[company, name])
        return written


def _texts(items: list[_Item], ruleset: Ruleset, asserted: list[Fact | str]) -> list[str]:
    """Facts as JSON, once for each group of rules that reads them; noted in `asserted` at the place that is their id.

    The C layer knows facts by a hash of 32 bits of their id, and drops one whose hash it knows: plain numbers have none
    in common up to 300,000.
    """
    found = []
    for kind, fact, written in items:
        for group, wanted in ruleset.readers(kind):
            fields = "".join(f',"{key}":{value}' for key, value in written.items() if key in wanted)
            found.append(f'{{"id":"{len(asserted)}","sid":"{_SID}","kind":{dump(Ruleset.kind(kind, group))}{fields}}}')
            asserted.append(fact)
    return found


def _read(ruleset: Ruleset, message: str, asserted: list[Fact | str]) -> tuple[Query, str, dict[str, Fact]]:
    """The query that matched, the judged company, and the facts bound."""
    ((name, bound),) = json.loads(message).items()
    query = ruleset.queries[name]
    binding = {pattern: asserted[int(bound[pattern]["id"])] for pattern in query.names}
    return query, asserted[int(bound[SUBJECT]["id"])], binding  # type: ignore[return-value]
