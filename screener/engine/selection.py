"""Selects the engine of a program: durable_rules, or `search` if it is chosen, needed, or better for long lists."""

from collections.abc import Iterable
from functools import cached_property
from typing import Literal

from screener.engine.protocol import Conclusions, Engine, TooManyRules
from screener.errors import EngineError
from screener.facts.fact import FLAG
from screener.facts.world import World
from screener.limits import DURABLE_PAIRS
from screener.rules.compiler import Program
from screener.text import Text

EngineName = Literal["durable", "search"]

_NOTES = {
    "chosen": Text(
        "Engine: search, as requested. Outcomes are those of durable_rules.",
        "引擎：search（按要求选用）。判定结果与 durable_rules 相同。",
    ),
    "not loaded": Text(
        "Engine: search, since durable_rules can't be loaded here. Outcomes are the same.",
        "引擎：search，因为此处无法加载 durable_rules。判定结果相同。",
    ),
    "many rules": Text(
        "Engine: search, since there are too many rules for durable_rules. Outcomes are the same.",
        "引擎：search，因为规则过多，不适合 durable_rules。判定结果相同。",
    ),
    "long lists": Text(
        "Engine: search, since the lists are too long for durable_rules. Outcomes are the same.",
        "引擎：search，因为清单过长，不适合 durable_rules。判定结果相同。",
    ),
}


class SelectedEngine:
    """Runs each world on durable_rules, or on `search` if that was chosen, if durable_rules can't be loaded or there
    are too many rules for it, or if the lists of a world are too long for its C library to process in bounded memory.

    Results of `search` have a note that says so. `cache_key` identifies the program (`Rulebook.cache_key`). Raises
    EngineError if `name` is "durable" and that engine can't run the rules.
    """

    def __init__(self, program: Program, name: EngineName | None = None, cache_key: str | None = None) -> None:
        self.program, self.name, self.cache_key = program, name, cache_key
        self.durable: Engine | None = None
        self.why_search = "chosen" if name == "search" else "long lists"
        if name != "search":
            from screener.engine.durable.c_library import load_c_library
            from screener.engine.durable.engine import DurableEngine

            try:
                load_c_library()
            except EngineError:
                if name == "durable":
                    raise
                self.why_search = "not loaded"
                return
            try:
                self.durable = DurableEngine(program, cache_key=cache_key)
            except TooManyRules:
                if name == "durable":
                    raise
                self.why_search = "many rules"

    @cached_property
    def search(self) -> Engine:
        """Returns the engine `search`, prepared when it is first needed."""
        from screener.engine.search import SearchEngine

        return SearchEngine(self.program, cache_key=self.cache_key)

    def run(self, world: World) -> Conclusions:
        """Decides every rule for every company. Raises EngineError if rules match too many sets of facts."""
        why_search = self.why_search
        if self.durable is not None and self._lists.pairs(world) <= DURABLE_PAIRS:
            try:
                return self.durable.run(world)
            except TooManyRules:
                if self.name == "durable":
                    raise
                why_search = "many rules"
        return self.search.run(world)._replace(note=_NOTES[why_search])

    def close(self) -> None:
        """Frees the resources that the engines have outside of Python."""
        if self.durable is not None:
            self.durable.close()

    @cached_property
    def _lists(self) -> "_CombinedLists":
        return _CombinedLists(self.program)


class _CombinedLists:
    """The lists whose members the rules of a program combine with each other, at a cost that grows with the product of
    their lengths."""

    def __init__(self, program: Program) -> None:
        self.combinations = _combinations(program, program.rules)
        self.of_others = _combinations(program, program.counterparty_rules)

    def pairs(self, world: World) -> int:
        """Returns an estimate of the number of pairs of facts to combine: the two longest lists of each combination are
        counted."""
        total = 0
        for company in world.companies.values():
            if company.known:
                for kinds in self.combinations if company.id == world.main else self.of_others:
                    shorter, longer = sorted(len(world.base.of(company.id, kind)) for kind in kinds)[-2:]
                    total += shorter * longer
        return total


def _combinations(program: Program, rules: Iterable[str]) -> list[list[str]]:
    """Returns the kinds of facts that each alternative of the rules combines, if there are at least two.

    A concluded fact is represented by the facts that it is concluded from, as there may be as many of it as of those.
    """
    sources: dict[str, list[str]] = {}
    for rule in program.rules.values():
        bound = [p.kind for a in program.alternatives[rule.id] for p in a.bound if p.kind != FLAG]
        for kind in rule.concludes:
            sources.setdefault(kind, []).extend(bound)
    found = []
    for rule_id in rules:
        for alternative in program.alternatives[rule_id]:
            kinds = [p.kind for p in (*alternative.bound, *alternative.absent) if p.kind != FLAG]
            kinds = [source for kind in kinds for source in sources.get(kind, [kind])]
            if len(kinds) > 1:
                found.append(kinds)
    return found
