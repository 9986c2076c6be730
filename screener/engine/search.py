"""A small reference engine: Kleene logic over intervals, by trying every binding. The oracle for tests."""

from collections.abc import Iterator

from screener.engine.protocol import Conclusions, Decision, Match, Reasoner, applicability, decide, flag_fact
from screener.expression.interval import Truth
from screener.facts.builder import World
from screener.facts.company import CompanyFacts
from screener.facts.fact import COMPANY, FLAG, Fact
from screener.rules.compiler import Program
from screener.rules.rule import AnyOf, Item, Pattern, Rule

_State = tuple[tuple[tuple[str, Fact], ...], int, tuple[Pattern, ...], Truth]
"""Facts bound, branch taken, negated patterns put off, and the truth so far."""


class SearchEngine:
    """Tries every binding of every rule; slow and plain, so that it can be trusted."""

    def __init__(self, program: Program) -> None:
        self.program = program

    def run(self, world: World) -> Conclusions:
        """Every rule on every company, stratum by stratum, until nothing changes."""
        return _SearchRun(self.program, world).run()


class _SearchRun:
    def __init__(self, program: Program, world: World) -> None:
        self.program, self.world = program, world
        self.reasoner = Reasoner(program, world)
        self.decisions: dict[tuple[str, str], Decision] = {}
        self.concluded: list[Fact] = []

    def run(self) -> Conclusions:
        for stratum in self.program.strata:
            changed = True
            while changed:
                changed = False
                for rule_id in stratum:
                    for company in self.world.companies.values():
                        found = self._decide(self.program.rules[rule_id], company)
                        if self.decisions.get((rule_id, company.id)) != found:
                            self.decisions[rule_id, company.id] = found
                            changed = True
            for rule_id in stratum:
                for company in self.world.companies.values():
                    decision = self.decisions[rule_id, company.id]
                    self.concluded.extend(self.reasoner.conclude(self.program.rules[rule_id], company, decision))
        return Conclusions(self.decisions, tuple(self.concluded))

    def _decide(self, rule: Rule, company: CompanyFacts) -> Decision:
        certain: list[Match] = []
        possible: list[Match] = []
        for facts, branch, absent, held in self._walk(rule, company, rule.when, ((), 0, (), Truth.TRUE)):
            held = min(held, self._none(rule, company, absent, dict(facts)))
            if held is Truth.TRUE:
                certain.append(Match(branch, facts))
            if held is not Truth.FALSE:
                possible.append(Match(branch, facts))
        return decide(certain, possible, applicability(rule, company, self.program.catalogue), bool(rule.concludes))

    def _walk(self, rule: Rule, company: CompanyFacts, items: tuple[Item, ...], state: _State) -> Iterator[_State]:
        facts, branch, absent, held = state
        if held is Truth.FALSE:
            return
        if not items:
            yield state
            return
        item, rest = items[0], items[1:]
        if isinstance(item, AnyOf):
            # the number of a branch is that of the alternative in the order of itertools.product
            widths = [_width(b) for b in item.branches]
            below = _width(rest)
            for i, inner in enumerate(item.branches):
                start = branch + sum(widths[:i]) * below
                yield from self._walk(rule, company, (*inner, *rest), (facts, start, absent, held))
        elif item.negated:
            yield from self._walk(rule, company, rest, (facts, branch, (*absent, item), held))
        elif item.kind == COMPANY:
            held = min(held, self.reasoner.holds(rule, item.condition, company, dict(facts)))
            yield from self._walk(rule, company, rest, (facts, branch, absent, held))
        else:
            for fact, truth in self._facts(rule, company, item, dict(facts)):
                bound = (*facts, (item.name, fact))
                yield from self._walk(rule, company, rest, (bound, branch, absent, min(held, truth)))

    def _facts(
        self, rule: Rule, company: CompanyFacts, pattern: Pattern, binding: dict[str, Fact]
    ) -> Iterator[tuple[Fact, Truth]]:
        """The facts that a pattern may bind, each with whether it does."""
        owner = self.reasoner.owner(pattern, company, binding)
        if pattern.kind == FLAG:
            assert pattern.flag is not None
            decision = self.decisions.get((pattern.flag, owner))
            yield flag_fact(pattern.flag, owner), decision.outcome if decision else Truth.FALSE
            return
        taken = {fact.id for fact in binding.values()}
        every = [*self.world.base.of(owner, pattern.kind), *self.concluded]
        for fact in every:
            if fact.kind == pattern.kind and fact.of == owner and fact.id not in taken:
                held = self.reasoner.holds(rule, pattern.condition, company, {**binding, pattern.name: fact})
                yield fact, min(held, Truth.TRUE if fact.certain else Truth.UNKNOWN)

    def _none(self, rule: Rule, company: CompanyFacts, absent: tuple[Pattern, ...], binding: dict[str, Fact]) -> Truth:
        """Whether no fact matches any of the negated patterns."""
        found = (t for pattern in absent for _, t in self._facts(rule, company, pattern, binding))
        return max(found, default=Truth.FALSE).negate()


def _width(items: tuple[Item, ...]) -> int:
    """How many alternatives a list of patterns stands for."""
    width = 1
    for item in items:
        if isinstance(item, AnyOf):
            width *= sum(_width(branch) for branch in item.branches)
    return width
