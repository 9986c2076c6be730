"""Computes the verdict on a company for given outcomes of the rules, actual or hypothetical."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from screener.engine.protocol import Conclusions
from screener.explain.finding_templates import outcome_of
from screener.explain.waived_patterns import waived_patterns
from screener.facts.fact import FLAG
from screener.facts.world import World
from screener.rules.compiler import Program
from screener.rules.rule import Rule
from screener.rules.rulebook import Rulebook
from screener.scoring.scope import PackMembers, PackReach, Scope, pack_members, pack_reach, raised_by, scope_of
from screener.scoring.score import MAY_COUNT, ScoreFormula, ScoreMemory, ScoreRange
from screener.scoring.verdict import Demands, VerdictDecision, decide_verdict
from screener.scoring.waivers import active_waivers
from screener.vocabulary import Outcome, RuleStatus, Verdict


class ScoringTables(NamedTuple):
    """Tables for score and verdict that depend on the rules of a program only, not on their outcomes."""

    formula: ScoreFormula
    demands: Demands

    @classmethod
    def of(cls, program: Program, rulebook: Rulebook) -> "ScoringTables":
        """Returns the tables of a program; the last ones made are kept."""
        global _latest
        latest = _latest  # another thread may replace it meanwhile
        if latest is None or latest[0] is not program or latest[1] is not rulebook:
            rules = list(program.rules.values())
            formula = ScoreFormula((rule for rule in rules if rule.flag.scores), rulebook.table)
            _latest = latest = program, rulebook, cls(formula, Demands(rules, rulebook.table))
        return latest[2]


_latest: tuple[Program, Rulebook, ScoringTables] | None = None


@dataclass
class Judgement:
    """Outcomes of all rules for the main company of a world, with those that do not count, and the verdict."""

    program: Program
    rulebook: Rulebook
    outcomes: Mapping[str, Outcome]
    excluded: frozenset[str] = field(default=frozenset())  # waived rules, and those in preview
    tables: "ScoringTables | None" = None
    packs: PackMembers | None = None  # ids of the rules that count
    known_scores: ScoreMemory | None = None  # scores of a judgement whose countable rules include those of this one
    origin: "tuple[Judgement, Mapping[str, Outcome]] | None" = None  # where it was derived from, and how it differs

    @classmethod
    def of(cls, program: Program, rulebook: Rulebook, world: World, conclusions: Conclusions) -> "Judgement":
        """Returns the judgement from the conclusions of an engine."""
        outcomes = {r: outcome_of(conclusions.of(r, world.main)) for r in program.rules}
        waived, _ = active_waivers(rulebook.waivers, world.profile)
        waived |= waived_patterns(program, conclusions, world.main, waived)
        in_preview = (
            r for r, rule in program.rules.items() if rule.status is RuleStatus.PREVIEW and not rulebook.preview
        )
        return cls(program, rulebook, outcomes, frozenset((*in_preview, *waived)), ScoringTables.of(program, rulebook))

    def again(self, world: World, conclusions: Conclusions, affected: Iterable[str]) -> "Judgement":
        """Returns the judgement of the company from conclusions that differ only in the `affected` rules."""
        if self.rulebook.waivers:
            return self.of(self.program, self.rulebook, world, conclusions)
        return self.with_outcomes({r: outcome_of(conclusions.of(r, world.main)) for r in affected})

    def with_outcomes(self, changed: Mapping[str, Outcome]) -> "Judgement":
        """Returns the judgement with changed outcomes of some rules."""
        outcomes = {**self.outcomes, **changed}
        same_count = all(found not in MAY_COUNT or r in self._may_count for r, found in changed.items())
        scores = self._scores if same_count else None
        return replace(self, outcomes=outcomes, packs=self._members, known_scores=scores, origin=(self, changed))

    @cached_property
    def _may_count(self) -> frozenset[str]:
        return frozenset(r for r, found in self.outcomes.items() if found in MAY_COUNT)

    @cached_property
    def _scores(self) -> ScoreMemory:
        """Returns the scores under these outcomes, and under others that do not make further rules count."""
        tables = self.tables or ScoringTables.of(self.program, self.rulebook)
        return self.known_scores or ScoreMemory(tables.formula.among(self._may_count))

    @cached_property
    def counted(self) -> list[tuple[Rule, Outcome]]:
        """Returns the rules that count, with their outcomes."""
        return [(self.program.rules[r], found) for r, found in self.outcomes.items() if r not in self.excluded]

    @cached_property
    def fired(self) -> list[Rule]:
        """Returns the rules that fired and count."""
        return [rule for rule, found in self.counted if found is Outcome.FIRED]

    @cached_property
    def _members(self) -> PackMembers:
        return self.packs or pack_members((rule for rule, _ in self.counted), self.rulebook.table)

    @cached_property
    def coverage(self) -> tuple[int, int]:
        """Returns the number of red and green rules that are decided, and the number that apply."""
        packs = self.scope.packs.values()
        return sum(pack.decided for pack in packs), sum(pack.total for pack in packs)

    @cached_property
    def _by_outcome(self) -> dict[Outcome, frozenset[str]]:
        if self.origin is not None:
            before, changed = self.origin
            moved = {r: outcome for r, outcome in changed.items() if r not in self.excluded}
            return {
                outcome: rules.difference(moved).union(r for r, now in moved.items() if now is outcome)
                for outcome, rules in before._by_outcome.items()
            }
        found: dict[Outcome, list[str]] = {outcome: [] for outcome in Outcome}
        for r, outcome in self.outcomes.items():
            if r not in self.excluded:
                found[outcome].append(r)
        return {outcome: frozenset(rules) for outcome, rules in found.items()}

    @cached_property
    def scope(self) -> Scope:
        """Returns the packs that the verdict covers."""
        return scope_of(self._reach, self.rulebook.table)

    @cached_property
    def _decided(self) -> frozenset[str]:
        return self._by_outcome[Outcome.FIRED] | self._by_outcome[Outcome.CLEAR]

    @cached_property
    def _reach(self) -> Mapping[str, PackReach]:
        fired, unknown = self._by_outcome[Outcome.FIRED], self._by_outcome[Outcome.UNKNOWN]
        before = self.origin[0] if self.origin else None
        if before and before._decided == self._decided and before._by_outcome[Outcome.UNKNOWN] == unknown:
            return raised_by(self._members, before._reach, fired)
        return pack_reach(self._members, self._decided.__contains__, unknown.__contains__, fired.__contains__)

    @cached_property
    def score(self) -> ScoreRange:
        """Returns the score with its range."""
        included, rules = self.scope.included, self.program.rules
        unknown = frozenset(r for r in self._by_outcome[Outcome.UNKNOWN] if included[rules[r].pack])
        return self._scores.range(self._by_outcome[Outcome.FIRED], unknown)

    @cached_property
    def decision(self) -> VerdictDecision:
        """Returns the verdict and the reasons for it."""
        demands = self.tables.demands if self.tables else None
        return decide_verdict(self.counted, self.score, self.scope, self.rulebook.table, demands)


def rests_on(conclusions: Conclusions, company: str, rule: Rule, removed: Container[str]) -> bool:
    """Returns whether a fired rule needs one of the removed flags of the company: each of its matches has one of them."""
    matches = conclusions.of(rule.id, company).matches
    return bool(matches) and all(
        any(f.kind == FLAG and f.of == company and f.fields["rule"] in removed for _, f in match.facts)
        for match in matches
    )


def verdicts_of(judgements: Sequence[Judgement]) -> list[Verdict]:
    """Returns the verdicts of several judgements by the same rules together; they equal those of each `decision`."""
    if not judgements:
        return []
    import numpy as np

    from screener.engine.columns.column_engine import OUTCOMES
    from screener.scoring.column_score import score_columns

    first, codes = judgements[0], {outcome: code for code, outcome in enumerate(OUTCOMES)}
    columns = [
        [codes[Outcome.NOT_APPLICABLE if r in judged.excluded else judged.outcomes[r]] for r in first.program.rules]
        for judged in judgements
    ]
    rules = list(first.program.rules.values())
    formula, demands = ScoringTables.of(first.program, first.rulebook)  # shared by all of them
    ranks = score_columns(rules, np.array(columns, np.int8).T, first.rulebook.table, formula, demands).verdicts
    words = list(Verdict)
    return [words[rank] for rank in ranks]
