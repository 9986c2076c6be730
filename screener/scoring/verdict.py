"""The verdict: patterns and decisive disclosures first, then the band of the score, if enough rules are decided.

A red rule may require a least verdict (`at_least`), and so may its severity (`severity_at_least` of
rules/verdict.yaml), unless a green rule or a watch pattern that fired softens it by name. *clear* guarantees that
nothing unknown in the packs that it names can turn it into caution or avoid, and that no rule that requires a verdict
by itself is unknown in any pack. Otherwise the verdict is *open*.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import NamedTuple, get_args

from screener.rules.rule import Rule
from screener.rules.rulebook import VerdictTable
from screener.scoring.scope import Condition, Scope
from screener.scoring.score import Counts, Number, ScoreRange
from screener.vocabulary import Flag, LeastVerdict, Outcome, Verdict

DEMANDED = tuple(sorted(get_args(LeastVerdict)))
"""The verdicts that a red flag may demand, the worst first."""


class VerdictDecision(NamedTuple):
    """A verdict with the patterns or red flags that decided it, favourable patterns beside them, and unknown avoid patterns."""

    word: Verdict
    because: tuple[str, ...]
    also: tuple[str, ...]
    thin: bool  # a verdict although too few rules are decided
    open_patterns: tuple[str, ...]
    open_demands: tuple[str, ...] = ()  # unknown red flags that would demand a verdict, the worst first


class Demands:
    """The least verdicts that the red rules of a rulebook require, and the rules that lift them.

    Rules that require one by themselves (`at_least`) are decisive: `decisive` contains their ids."""

    def __init__(self, rules: Iterable[Rule], table: VerdictTable) -> None:
        counted = list(rules)
        softeners: dict[str, list[str]] = {}
        for rule in counted:
            for softened in rule.softens:
                softeners.setdefault(softened, []).append(rule.id)
        self.decisive = frozenset(rule.id for rule in counted if rule.at_least is not None)
        self._demands: list[tuple[str, Verdict, list[str]]] = []
        for red in (rule for rule in counted if rule.flag is Flag.RED):
            least = [v for v in (red.at_least, table.severity_at_least.get(red.severity)) if v is not None]
            if least:
                self._demands.append((red.id, min(least), softeners.get(red.id, [])))
        self._worst_first = {
            verdict: sorted((d for d in self._demands if d[1] <= verdict), key=lambda demand: (demand[1], demand[0]))
            for verdict in Verdict
        }
        self._at_least = {
            verdict: [(red, softeners) for red, least, softeners in self._demands if least <= verdict]
            for verdict in DEMANDED
        }

    def at_least(self, verdict: Verdict, holds: Counts, fired: Counts) -> Condition:
        """Whether a rule that `holds` requires this verdict of DEMANDED or a worse one, and no fired rule softens it by name."""
        demanded: Condition = False
        for red, softeners in self._at_least[verdict]:
            fires = holds(red)
            if fires is False:  # which changes nothing
                continue
            lifted: Condition = False
            for softener in softeners:
                lifted = lifted | fired(softener)
            demanded = demanded | (fires & (True ^ lifted))
        return demanded

    def demanding(self, verdict: Verdict, rules: Set[str], fired: Set[str]) -> tuple[str, ...]:
        """The rules that require this verdict or a worse one and that no fired rule softens; the worst first."""
        return tuple(
            red for red, _, softeners in self._worst_first[verdict] if red in rules and fired.isdisjoint(softeners)
        )


class VerdictInputs(NamedTuple):
    """What decides the verdict, of one company or in columns of many."""

    avoid: Condition  # an avoid pattern fired
    watch: Condition  # a watch pattern fired
    enough: Condition  # enough rules of a pack are decided
    score: Number
    highest: Number  # the score if every unknown rule of the scope turned out for the worst
    demanded: Mapping[Verdict, Condition]  # whether a red flag demands at least avoid, caution, open
    demand_open: Condition  # a red rule that would demand one of these is unknown: of the scope, or a decisive one
    avoid_open: Condition  # an avoid pattern of the scope is unknown


def verdict_cases(inputs: VerdictInputs, table: VerdictTable) -> tuple[tuple[Condition, Verdict], ...]:
    """The conditions of verdicts; the first that holds decides, and `clear` where none does."""
    avoid_band, caution_band = inputs.score >= table.bands.avoid, inputs.score >= table.bands.caution
    unsettled = (inputs.highest >= table.bands.caution) | inputs.demand_open | inputs.avoid_open
    return (
        (inputs.avoid | inputs.demanded[Verdict.AVOID], Verdict.AVOID),
        (inputs.enough & avoid_band & (True ^ inputs.watch), Verdict.AVOID),
        (inputs.demanded[Verdict.CAUTION] | (inputs.watch & avoid_band), Verdict.CAUTION),
        (inputs.watch, Verdict.WATCH),
        (inputs.enough & caution_band, Verdict.CAUTION),
        (True ^ inputs.enough, Verdict.INSUFFICIENT_DATA),
        (inputs.demanded[Verdict.OPEN] | unsettled, Verdict.OPEN),
    )


def decide_verdict(
    rules: Sequence[tuple[Rule, Outcome]],
    score: ScoreRange,
    scope: Scope,
    table: VerdictTable,
    demands: Demands | None = None,
) -> VerdictDecision:
    """The verdict on one company from its rules that count, with their outcomes, its score and the packs that it covers.

    `demands` are those of these rules or of more; rules that are not here have no outcome and no effect.
    """

    demands = demands or Demands((rule for rule, _ in rules), table)
    fired, unknown = set[str](), set[str]()
    patterns: dict[Verdict, list[str]] = {}  # that fired, by their verdict
    open_patterns = []
    for rule, found in rules:
        if found is Outcome.FIRED:
            fired.add(rule.id)
            if rule.verdict is not None:
                patterns.setdefault(rule.verdict, []).append(rule.id)
        elif found is Outcome.UNKNOWN and (scope.included[rule.pack] or rule.id in demands.decisive):
            unknown.add(rule.id)
            if rule.verdict is Verdict.AVOID:
                open_patterns.append(rule.id)
    avoid, watch = (tuple(patterns.get(verdict, ())) for verdict in (Verdict.AVOID, Verdict.WATCH))
    inputs = VerdictInputs(
        avoid=bool(avoid),
        watch=bool(watch),
        enough=scope.enough,
        score=score.value,
        highest=score.high,
        demanded={v: demands.at_least(v, fired.__contains__, fired.__contains__) for v in DEMANDED},
        demand_open=demands.at_least(Verdict.OPEN, unknown.__contains__, fired.__contains__),
        avoid_open=bool(open_patterns),
    )
    word = next((verdict for holds, verdict in verdict_cases(inputs, table) if holds), Verdict.CLEAR)
    demanded = () if word is Verdict.WATCH else demands.demanding(word, fired, fired)
    return VerdictDecision(
        word=word,
        because=avoid or demanded or watch,
        also=watch if avoid or demanded else (),
        thin=not inputs.enough and word is not Verdict.INSUFFICIENT_DATA,
        open_patterns=tuple(open_patterns),
        open_demands=demands.demanding(Verdict.CAUTION, unknown, fired),
    )
