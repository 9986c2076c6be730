"""Finds what a verdict depends on: the result on filed claims only, without some flags, or with another value of a
figure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from screener.engine.protocol import Conclusions
from screener.engine.search import SearchEngine
from screener.explain.critical_values import TurningPoints
from screener.explain.judgement import Judgement, verdicts_of
from screener.explain.match_order import MatchOrder
from screener.explain.threshold_distances import ThresholdMeter
from screener.explain.verdict_basis import removal, settled, verdict_if
from screener.facts.changed_world import ChangedWorlds
from screener.profile.knowledge import filed_only
from screener.profile.model import Profile
from screener.result.finding_records import OpenInput
from screener.result.verdict_records import Counterfactuals, FigureChange, OpenInfluence, RuleTurn, VerdictIf
from screener.rules.compiler import Program
from screener.rules.rule import Rule
from screener.rules.rulebook import Rulebook
from screener.vocabulary import Flag, Outcome, Verdict

MAX_FLAGS = 3  # greatest size of a set of flags without which the verdict changes
MAX_SETS = 5
MAX_CHANGES = 5  # greatest number of changes of single figures
MAX_TRIALS = 120  # greatest number of values tried
TRIALS_AT_ONCE = 40  # number of values tried together
MOST_CANDIDATES = 14  # number of flags, those of the greatest weight, of which sets are tried


class CounterfactualFinder:
    """Finds, for one profile, what its verdict depends on.

    `conclusions` are those of an engine on the facts of the profile, `meter` a meter of the program, if they exist
    already.
    """

    def __init__(
        self,
        program: Program,
        rulebook: Rulebook,
        engine: SearchEngine,
        profile: Profile,
        context: Sequence[Profile] = (),
        *,
        conclusions: Conclusions | None = None,
        meter: ThresholdMeter | None = None,
    ) -> None:
        self.program, self.rulebook, self.engine = program, rulebook, engine
        self.profile, self.context = profile, context
        self.worlds = self._worlds(profile)
        self.world = self.worlds.world
        self.conclusions = conclusions or engine.run(self.world)
        self.judgement = Judgement.of(program, rulebook, self.world, self.conclusions)
        self.order = MatchOrder(program, self.world, self.conclusions, meter or ThresholdMeter(program))
        self.points = TurningPoints(program, self.world, self.order)
        self._tried: dict[tuple[str, float], Judgement] = {}
        self._verdicts: dict[tuple[str, float], Verdict] = {}

    def find(self, inputs: Sequence[OpenInput], filed_alone: VerdictIf | None = None) -> Counterfactuals:
        """Returns everything that the verdict depends on; `inputs` are the open inputs of the result.

        `filed_alone` is the verdict on filed claims, if that is known already.
        """
        return Counterfactuals(
            filed_alone=filed_alone or self.filed_alone(),
            without=self.smallest_sets_of_flags(),
            changes=self.changes_of_the_verdict(),
            turns=self.turns_of_flags(),
            open=tuple(self.open_influences(inputs)),
        )

    def filed_alone(self) -> VerdictIf:
        """Returns the verdict on claims whose sources are filings."""
        world = self._worlds(filed_only(self.profile, self.rulebook.catalogue)).world
        return verdict_if(Judgement.of(self.program, self.rulebook, world, self.engine.run(world)))

    def smallest_sets_of_flags(self) -> tuple[tuple[str, ...], ...]:
        """Returns the smallest sets of fired flags without which the verdict changes, each of at most MAX_FLAGS flags."""
        flags = [rule.id for rule in self._flags()]
        for size in range(1, MAX_FLAGS + 1):
            sets = list(combinations(flags if size == 1 else flags[:MOST_CANDIDATES], size))
            verdicts = self._verdicts_if(
                [removal(self.judgement, self.conclusions, self.world, chosen) for chosen in sets]
            )
            found = [chosen for chosen, word in zip(sets, verdicts, strict=True) if word is not self._word]
            if found:
                return tuple(found[:MAX_SETS])
        return ()

    def changes_of_the_verdict(self) -> tuple[FigureChange, ...]:
        """Returns for each figure and direction the nearest value with a different verdict, the nearest first."""
        found: dict[tuple[str, bool], FigureChange] = {}
        candidates = self._candidates()[:MAX_TRIALS]
        for start in range(0, len(candidates), TRIALS_AT_ONCE):
            self._try(candidates[start : start + TRIALS_AT_ONCE])
            for figure, value in candidates[start : start + TRIALS_AT_ONCE]:
                side = figure, value > self.points.value(figure)
                if side not in found and self._verdicts[figure, value] is not self._word:
                    found[side] = self._change(figure, value)
                    if len(found) == MAX_CHANGES:
                        return tuple(found.values())
        return tuple(found.values())

    def turns_of_flags(self) -> tuple[RuleTurn, ...]:
        """Returns for each fired flag the nearest value of a single figure with which it is clear, if one is found."""
        found = [(rule, self._turning_value(rule)) for rule in self._flags()]
        self._try([pair for _, pair in found if pair is not None])
        return tuple(RuleTurn(rule.id, Outcome.CLEAR, self._change(*pair)) for rule, pair in found if pair is not None)

    def turn(self, rule: Rule) -> RuleTurn | None:
        """Returns the nearest value of a single figure with which a fired rule is clear, or a clear one fires; None if
        none is found."""
        pair = self._turning_value(rule)
        return None if pair is None else RuleTurn(rule.id, self._other(rule), self._change(*pair))

    def _other(self, rule: Rule) -> Outcome:
        """Returns the outcome that a decided rule has beyond its turning point."""
        return Outcome.CLEAR if self.judgement.outcomes[rule.id] is Outcome.FIRED else Outcome.FIRED

    def _turning_value(self, rule: Rule) -> tuple[str, float] | None:
        if self.judgement.outcomes[rule.id] not in (Outcome.FIRED, Outcome.CLEAR):
            return None
        own = [self.program.rules[r] for r in sorted(self._below(rule.id))]
        values = {pair for below in own for pair in self.points.of_rule(below)}
        for pair in sorted(values, key=self._distance):
            if self._with(*pair).outcomes[rule.id] is self._other(rule):
                return pair
        return None

    def open_influences(self, inputs: Sequence[OpenInput]) -> Iterator[OpenInfluence]:
        """Returns the unknown inputs that could each change the verdict."""
        entries = list(inputs)
        settled = [self._settled(entry.settles, worst=worst) for worst in (True, False) for entry in entries]
        verdicts = self._verdicts_if(settled)
        for entry, if_worst, if_best in zip(entries, verdicts, verdicts[len(entries) :], strict=False):
            if if_worst is not self._word or if_best is not self._word:
                yield OpenInfluence(entry.key, if_best, if_worst)

    def _settled(self, rules: Iterable[str], *, worst: bool) -> Mapping[str, Outcome]:
        return settled([self.program.rules[r] for r in rules], worst=worst)

    def _flags(self) -> list[Rule]:
        """Returns the fired flags and patterns that count, the most severe first."""
        kept = [rule for rule in self.judgement.fired if rule.flag is not Flag.DATA]
        return sorted(kept, key=lambda rule: (rule.flag, -rule.severity.rank, rule.id))

    def _below(self, rule: str) -> set[str]:
        """Returns a rule and the rules whose flags it uses."""
        found, queue = {rule}, [rule]
        while queue:
            for match in self.conclusions.of(queue.pop(), self.world.main).matches:
                new = {str(f.fields["rule"]) for _, f in match.facts if f.kind == "flag" and f.of == self.world.main}
                queue.extend(new - found)
                found |= new
        return found

    def _candidates(self) -> list[tuple[str, float]]:
        """Returns values just beyond the turning points of all rules that count, the nearest first.

        Figures whose rules cannot change the verdict with any outcomes are left out.
        """
        rules = (rule for rule, outcome in self.judgement.counted if outcome is not Outcome.NOT_APPLICABLE)
        pairs = {pair for rule in rules for pair in self.points.of_rule(rule)}
        figures = sorted({figure for figure, _ in pairs})
        read = {figure: self.engine.affected.all_by_figure(figure) for figure in figures}
        ways = [
            change
            for figure in figures
            for change in (
                *(self._settled(read[figure], worst=worst) for worst in (True, False)),
                *(dict.fromkeys(read[figure], outcome) for outcome in (Outcome.UNKNOWN, Outcome.NOT_APPLICABLE)),
            )
        ]
        verdicts = self._verdicts_if(ways)
        each = len(ways) // max(len(figures), 1)
        matter = {
            figure
            for i, figure in enumerate(figures)
            if any(word is not self._word for word in verdicts[i * each : (i + 1) * each])
        }
        return sorted((pair for pair in pairs if pair[0] in matter), key=self._distance)

    def _distance(self, pair: tuple[str, float]) -> tuple[float, str, float]:
        change = self._relative(*pair)
        return (abs(change) if change is not None else 1.0, *pair)

    def _relative(self, figure: str, value: float) -> float | None:
        now = self.points.value(figure)
        return (value - now) / abs(now) if now else None

    def _change(self, figure: str, value: float) -> FigureChange:
        self._try([(figure, value)])
        entry, found = self.rulebook.catalogue.claimable[figure], self._with(figure, value)
        change = self._relative(figure, value)
        return FigureChange(
            figure=figure,
            title=entry.title,
            unit=entry.unit,
            currency=self.profile.subject.currency if entry.unit == "money" else None,
            now=self.points.value(figure),
            to=value,
            change=None if change is None else round(change, 6),
            verdict=self._verdicts[figure, value],
            rules=tuple(r for r, outcome in found.outcomes.items() if outcome is not self.judgement.outcomes[r]),
        )

    @property
    def _word(self) -> Verdict:
        """Returns the present verdict."""
        return self.judgement.decision.word

    def _verdicts_if(self, changes: Sequence[Mapping[str, Outcome]]) -> list[Verdict]:
        """Returns the verdicts with changed outcomes of some rules."""
        return verdicts_of([self.judgement.with_outcomes(changed) for changed in changes])

    def _try(self, pairs: Sequence[tuple[str, float]]) -> None:
        """Finds the verdicts with changed values of single figures."""
        new = [pair for pair in pairs if pair not in self._verdicts]
        self._verdicts.update(zip(new, verdicts_of([self._with(*pair) for pair in new]), strict=True))

    def _with(self, figure: str, value: float) -> Judgement:
        """Returns the judgement with another value of a figure, as with --fact FIGURE=VALUE."""
        if (figure, value) not in self._tried:
            world = self.worlds.with_number(figure, value)
            conclusions = self.engine.run_again(world, self.conclusions, figure)
            affected = self.engine.affected.all_by_figure(figure)
            self._tried[figure, value] = self.judgement.again(world, conclusions, affected)
        return self._tried[figure, value]

    def _worlds(self, profile: Profile) -> ChangedWorlds:
        book = self.rulebook
        return ChangedWorlds(profile, book.catalogue, book.metrics, self.program.placeholders, self.context)
