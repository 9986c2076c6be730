"""What a verdict stands on: the same company on filed claims alone, without some flags, with another value of one figure."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from screener.engine.protocol import Conclusions, Engine
from screener.explain.critical_values import TurningPoints
from screener.explain.judgement import Judgement
from screener.explain.match_order import MatchOrder
from screener.explain.threshold_distances import ThresholdMeter
from screener.explain.verdict_basis import removal, settled, verdict_if
from screener.facts.builder import World, build
from screener.profile.claims import ASSUMED
from screener.profile.knowledge import filed_only
from screener.profile.model import Profile
from screener.result.model import Counterfactuals, FigureChange, OpenInfluence, OpenInput, RuleTurn, VerdictIf
from screener.rules.compiler import Program
from screener.rules.rule import Rule
from screener.rules.rulebook import Rulebook
from screener.vocabulary import Flag, Outcome, Verdict

MAX_FLAGS = 3  # of a set without which the verdict is another one
MAX_SETS = 5
MAX_CHANGES = 5  # of single figures
MAX_TRIALS = 120  # values that are tried
MOST_CANDIDATES = 14  # flags of which sets of several are tried, the heaviest


class CounterfactualFinder:
    """Finds, for one profile, what its verdict stands on. `inputs` are the open inputs of its result."""

    def __init__(
        self, program: Program, rulebook: Rulebook, engine: Engine, profile: Profile, context: Sequence[Profile] = ()
    ) -> None:
        self.program, self.rulebook, self.engine = program, rulebook, engine
        self.profile, self.context = profile, context
        self.world, self.conclusions, self.judgement = self._judge(profile)
        self.order = MatchOrder(program, self.world, self.conclusions, ThresholdMeter(program))
        self.points = TurningPoints(program, self.world, self.order)
        self._tried: dict[tuple[str, float], Judgement] = {}

    def find(self, inputs: Sequence[OpenInput]) -> Counterfactuals:
        """All of it."""
        return Counterfactuals(
            filed_alone=self.filed_alone(),
            without=self.smallest_sets_of_flags(),
            changes=self.changes_of_the_verdict(),
            turns=tuple(turn for rule in self._flags() if (turn := self.turn(rule)) is not None),
            open=tuple(self.open_influences(inputs)),
        )

    def filed_alone(self) -> VerdictIf:
        """The verdict on claims whose sources are filings."""
        _, _, found = self._judge(filed_only(self.profile, self.rulebook.catalogue))
        return verdict_if(found)

    def smallest_sets_of_flags(self) -> tuple[tuple[str, ...], ...]:
        """The smallest sets of fired flags without which the verdict is another one, at most MAX_FLAGS flags each."""
        flags = [rule.id for rule in self._flags()]
        for size in range(1, MAX_FLAGS + 1):
            candidates = flags if size == 1 else flags[:MOST_CANDIDATES]
            found = [chosen for chosen in combinations(candidates, size) if self._matters(chosen)]
            if found:
                return tuple(found[:MAX_SETS])
        return ()

    def _matters(self, flags: Sequence[str]) -> bool:
        without = removal(self.judgement, self.conclusions, self.world, flags)
        return self._word(without) is not self.judgement.decision.word

    def changes_of_the_verdict(self) -> tuple[FigureChange, ...]:
        """For each figure and direction the nearest value with another verdict, the nearest first."""
        word, found = self.judgement.decision.word, dict[tuple[str, bool], FigureChange]()
        for figure, value in self._candidates()[:MAX_TRIALS]:
            side = figure, value > self.points.value(figure)
            if side not in found and self._with(figure, value).decision.word is not word:
                found[side] = self._change(figure, value)
                if len(found) == MAX_CHANGES:
                    break
        return tuple(found.values())

    def turn(self, rule: Rule) -> RuleTurn | None:
        """The nearest value of a single figure with which a fired rule is clear, or a clear one fires; None if none is found."""
        before = self.judgement.outcomes[rule.id]
        if before not in (Outcome.FIRED, Outcome.CLEAR):
            return None
        wanted = Outcome.CLEAR if before is Outcome.FIRED else Outcome.FIRED
        own = [self.program.rules[r] for r in sorted(self._below(rule.id))]
        values = {pair for below in own for pair in self.points.of_rule(below)}
        for figure, value in sorted(values, key=self._distance):
            if self._with(figure, value).outcomes[rule.id] is wanted:
                return RuleTurn(rule.id, wanted, self._change(figure, value))
        return None

    def open_influences(self, inputs: Sequence[OpenInput]) -> Iterator[OpenInfluence]:
        """The unknown inputs that could change the verdict by themselves."""
        word = self.judgement.decision.word
        for entry in inputs:
            worst, best = (self._word(self._settled(entry.settles, worst=worst)) for worst in (True, False))
            if worst is not word or best is not word:
                yield OpenInfluence(entry.key, best, worst)

    def _settled(self, rules: Sequence[str], *, worst: bool) -> Mapping[str, Outcome]:
        return settled([self.program.rules[r] for r in rules], worst=worst)

    def _flags(self) -> list[Rule]:
        """The fired flags and patterns that count, the most severe first."""
        kept = [rule for rule in self.judgement.fired if rule.flag is not Flag.DATA]
        return sorted(kept, key=lambda rule: (rule.flag, -rule.severity.rank, rule.id))

    def _below(self, rule: str) -> set[str]:
        """A rule with those whose flags it rests on."""
        found, queue = {rule}, [rule]
        while queue:
            for match in self.conclusions.of(queue.pop(), self.world.main).matches:
                new = {str(f.fields["rule"]) for _, f in match.facts if f.kind == "flag" and f.of == self.world.main}
                queue.extend(new - found)
                found |= new
        return found

    def _candidates(self) -> list[tuple[str, float]]:
        """Values just beyond the turning points of all rules that count, the nearest first."""
        rules = (rule for rule, outcome in self.judgement.counted if outcome is not Outcome.NOT_APPLICABLE)
        return sorted({pair for rule in rules for pair in self.points.of_rule(rule)}, key=self._distance)

    def _distance(self, pair: tuple[str, float]) -> tuple[float, str, float]:
        change = self._relative(*pair)
        return (abs(change) if change is not None else 1.0, *pair)

    def _relative(self, figure: str, value: float) -> float | None:
        now = self.points.value(figure)
        return (value - now) / abs(now) if now else None

    def _change(self, figure: str, value: float) -> FigureChange:
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
            verdict=found.decision.word,
            rules=tuple(r for r, outcome in found.outcomes.items() if outcome is not self.judgement.outcomes[r]),
        )

    def _word(self, changed: Mapping[str, Outcome]) -> Verdict:
        return self.judgement.with_outcomes(changed).decision.word

    def _with(self, figure: str, value: float) -> Judgement:
        """The judgement with another value of a figure, as --fact FIGURE=VALUE gives it."""
        if (figure, value) not in self._tried:
            from screener.profile.what_if import assume

            subject = self.profile.subject
            claims = tuple(c for c in subject.figures.get(figure, ()) if c.source != ASSUMED)
            plain = self.profile._replace(subject=subject._replace(figures={**subject.figures, figure: claims}))
            changed = assume(plain, [f"{figure}={value!r}"], self.rulebook.catalogue)
            self._tried[figure, value] = self._judge(changed)[2]
        return self._tried[figure, value]

    def _judge(self, profile: Profile) -> tuple[World, Conclusions, Judgement]:
        book = self.rulebook
        world = build(profile, book.catalogue, book.metrics, self.program.placeholders, self.context)
        conclusions = self.engine.run(world)
        return world, conclusions, Judgement.of(self.program, book, world, conclusions)
