"""Finds the basis of a verdict: the verdict on filings only, without a flag, and with all unknown rules decided."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from screener.engine.protocol import Conclusions
from screener.explain.judgement import Judgement, rests_on
from screener.facts.builder import build
from screener.facts.world import World
from screener.profile.knowledge import filed_only
from screener.profile.model import Profile
from screener.result.model import ResultDocument
from screener.result.verdict_records import VerdictBasis, VerdictIf, WithoutFlag
from screener.rules.compiler import Program
from screener.rules.rule import Rule
from screener.rules.rulebook import Rulebook
from screener.vocabulary import ClaimKind, Flag, Outcome, Verdict

if TYPE_CHECKING:
    from screener.engine.search import SearchEngine


class BasisFinder:
    """Finds the basis of verdicts, for one program and rulebook."""

    def __init__(self, program: Program, rulebook: Rulebook, engine: "SearchEngine") -> None:
        self.program, self.rulebook, self.engine = program, rulebook, engine

    def basis(
        self, world: World, conclusions: Conclusions, result: ResultDocument, context: Sequence[Profile]
    ) -> VerdictBasis:
        """Returns the basis of a result, from its facts and conclusions and the profiles given as context."""
        judgement = Judgement.of(self.program, self.rulebook, world, conclusions)
        flags = [rule for rule in judgement.fired if rule.flag is not Flag.DATA]
        unknown = [rule for rule, outcome in judgement.counted if outcome is Outcome.UNKNOWN]
        best, worst = (judgement.with_outcomes(settled(unknown, worst=worst)) for worst in (False, True))
        without = tuple(
            WithoutFlag(
                rule.id, verdict_if(judgement.with_outcomes(removal(judgement, conclusions, world, (rule.id,))))
            )
            for rule in flags
        )
        all_filed = all(kind is ClaimKind.FILED for kind, number in result.kinds if number)
        filed = judgement if all_filed and result.kinds else self._filed_alone(world, conclusions, context)
        return VerdictBasis(
            filed_alone=verdict_if(filed), without=without, best=verdict_if(best), worst=verdict_if(worst)
        )

    def _filed_alone(self, given: World, conclusions: Conclusions, context: Sequence[Profile]) -> Judgement:
        book = self.rulebook
        filed = filed_only(given.profile, book.catalogue)
        world = build(filed, book.catalogue, book.metrics, self.program.placeholders, context)
        return Judgement.of(self.program, book, world, self.engine.run_for_outcomes(world, (given, conclusions)))


def verdict_if(judgement: Judgement) -> VerdictIf:
    """Returns the verdict of a judgement with its score, and how many rules are decided."""
    score, (decided, total) = judgement.score, judgement.coverage
    return VerdictIf(judgement.decision.word, score.value, score.low, score.high, decided, total)


def removal(
    judgement: Judgement, conclusions: Conclusions, world: World, flags: Sequence[str]
) -> Mapping[str, Outcome]:
    """Returns the outcomes without some fired flags, and without the flags that depend on them."""
    removed = set(flags)
    fired = [rule for rule in judgement.fired if rule.id not in removed]
    while needing := [rule.id for rule in fired if rests_on(conclusions, world.main, rule, removed)]:
        removed.update(needing)
        fired = [rule for rule in fired if rule.id not in removed]
    return dict.fromkeys(removed, Outcome.CLEAR)


def settled(rules: Sequence[Rule], *, worst: bool) -> Mapping[str, Outcome]:
    """Returns the outcomes of unknown rules if all are the worst, or the best, possible."""
    return dict(_settled(rules, worst))


def _settled(rules: Sequence[Rule], worst: bool) -> Iterator[tuple[str, Outcome]]:
    for rule in rules:
        bad = rule.flag is Flag.RED or rule.verdict is Verdict.AVOID
        yield rule.id, Outcome.FIRED if bad is worst and rule.flag is not Flag.DATA else Outcome.CLEAR
