"""The verdict: patterns and decisive disclosures first, then the band of the score, if enough rules are decided.

A red rule may demand a least verdict (`at_least`), and so does its severity (`severity_at_least` of rules/verdict.yaml), unless
a green rule or a watch pattern that fired softens it by name. *clear* is a promise: nothing that is merely unknown can turn it
into caution or avoid. Where something could, the verdict is *open*.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any, NamedTuple

from screener.rules.rule import Rule
from screener.rules.rulebook import VerdictTable
from screener.scoring.score import Counts, Number, ScoreRange
from screener.vocabulary import Flag, Outcome, Verdict

Condition = Any
"""A bool, or a column of them with one for each company."""


DEMANDED = (Verdict.AVOID, Verdict.CAUTION, Verdict.OPEN)
"""The verdicts that a red flag may demand."""


class VerdictDecision(NamedTuple):
    """A verdict with the patterns or red flags that decided it, favourable patterns beside them, and unknown avoid patterns."""

    word: Verdict
    because: tuple[str, ...]
    also: tuple[str, ...]
    thin: bool  # a watch verdict although too few rules are decided
    open_patterns: tuple[str, ...]


class Demands:
    """The least verdicts that the red rules of a rulebook demand, and which rules lift them."""

    def __init__(self, rules: Iterable[Rule], table: VerdictTable) -> None:
        counted = list(rules)
        softeners: dict[str, list[str]] = {}
        for rule in counted:
            for softened in rule.softens:
                softeners.setdefault(softened, []).append(rule.id)
        self._demands: list[tuple[str, Verdict, list[str]]] = []
        for red in (rule for rule in counted if rule.flag is Flag.RED):
            least = [v for v in (red.at_least, table.severity_at_least.get(red.severity)) if v is not None]
            if least:
                self._demands.append((red.id, min(least), softeners.get(red.id, [])))

    def at_least(self, verdict: Verdict, holds: Counts, fired: Counts) -> Condition:
        """Whether a rule that `holds` demands this verdict or a worse one, and none that fired softens it by name."""
        demanded: Condition = False
        for red, least, softeners in self._demands:
            if least <= verdict:
                lifted: Condition = False
                for softener in softeners:
                    lifted = lifted | fired(softener)
                demanded = demanded | (holds(red) & (True ^ lifted))
        return demanded

    def demanding(self, verdict: Verdict, fired: Set[str]) -> tuple[str, ...]:
        """The rules that fired and demand this verdict or a worse one, those that demand the worst first."""
        found = [
            (least, red)
            for red, least, softeners in self._demands
            if least <= verdict and red in fired and fired.isdisjoint(softeners)
        ]
        return tuple(red for _, red in sorted(found))


class VerdictInputs(NamedTuple):
    """What decides the verdict, of one company or in columns of many."""

    avoid: Condition  # an avoid pattern fired
    watch: Condition  # a watch pattern fired
    enough: Condition  # enough rules are decided
    score: Number
    highest: Number  # the score if every unknown rule turned out for the worst
    demanded: Mapping[Verdict, Condition]  # whether a red flag demands at least avoid, caution, open
    demand_open: Condition  # a red rule that would demand one of these is unknown
    avoid_open: Condition  # an avoid pattern is unknown


def verdict_cases(inputs: VerdictInputs, table: VerdictTable) -> tuple[tuple[Condition, Verdict], ...]:
    """The conditions of verdicts; the first that holds decides, and `clear` where none does."""
    avoid_band, caution_band = inputs.score >= table.bands.avoid, inputs.score >= table.bands.caution
    unsettled = (inputs.highest >= table.bands.caution) | inputs.demand_open | inputs.avoid_open
    return (
        (inputs.avoid | inputs.demanded[Verdict.AVOID], Verdict.AVOID),
        (inputs.demanded[Verdict.CAUTION] | (inputs.watch & avoid_band), Verdict.CAUTION),
        (inputs.watch, Verdict.WATCH),
        (inputs.enough & avoid_band, Verdict.AVOID),
        (inputs.enough & caution_band, Verdict.CAUTION),
        (True ^ inputs.enough, Verdict.INSUFFICIENT_DATA),
        (inputs.demanded[Verdict.OPEN] | unsettled, Verdict.OPEN),
    )


def decide_verdict(
    rules: Sequence[tuple[Rule, Outcome]], score: ScoreRange, decided: int, total: int, table: VerdictTable
) -> VerdictDecision:
    """The verdict on one company from its rules that count, with their outcomes, its score and its coverage."""

    def with_outcome(outcome: Outcome, verdict: Verdict) -> tuple[str, ...]:
        return tuple(rule.id for rule, found in rules if rule.verdict is verdict and found is outcome)

    avoid, watch = with_outcome(Outcome.FIRED, Verdict.AVOID), with_outcome(Outcome.FIRED, Verdict.WATCH)
    fired, unknown = (
        frozenset(rule.id for rule, found in rules if found is outcome) for outcome in (Outcome.FIRED, Outcome.UNKNOWN)
    )
    demands = Demands((rule for rule, _ in rules), table)
    inputs = VerdictInputs(
        avoid=bool(avoid),
        watch=bool(watch),
        enough=total > 0 and decided / total >= table.coverage_at_least,
        score=score.value,
        highest=score.high,
        demanded={v: demands.at_least(v, fired.__contains__, fired.__contains__) for v in DEMANDED},
        demand_open=demands.at_least(Verdict.OPEN, unknown.__contains__, fired.__contains__),
        avoid_open=bool(with_outcome(Outcome.UNKNOWN, Verdict.AVOID)),
    )
    word = next((verdict for holds, verdict in verdict_cases(inputs, table) if holds), Verdict.CLEAR)
    demanded = () if word is Verdict.WATCH else demands.demanding(word, fired)
    return VerdictDecision(
        word=word,
        because=avoid or demanded or watch,
        also=watch if avoid or demanded else (),
        thin=bool(watch) and not avoid and not inputs.enough,
        open_patterns=with_outcome(Outcome.UNKNOWN, Verdict.AVOID),
    )
