"""Ranks the open inputs of a company by their usefulness: what to look up first."""

from collections.abc import Mapping

from screener.explain.open_inputs import OpenInputFinder
from screener.explain.unknown_inputs import where_to_look
from screener.facts.world import World
from screener.result.finding_records import OpenInput
from screener.rules.compiler import Program
from screener.scoring.score import CompanyScore
from screener.vocabulary import Outcome, Verdict


class InputRanking:
    """Ranks the open inputs of one company by what they could decide, and by how much they narrow the range of its score."""

    def __init__(self, program: Program, world: World, finder: OpenInputFinder, score: CompanyScore) -> None:
        self.program, self.world, self.finder, self.score = program, world, finder, score
        self._range_by_rules: dict[frozenset[str], tuple[float, float, float]] = {}

    def ranked(self, outcomes: Mapping[str, Outcome]) -> tuple[OpenInput, ...]:
        """Returns the open inputs, first those that can narrow the range of the score most; `outcomes` are by rule id."""
        waiting: dict[str, list[str]] = {}
        decided_by: dict[str, list[str]] = {}
        for rule, outcome in outcomes.items():
            if outcome is Outcome.UNKNOWN:
                found = self.finder.of_rule(self.program.rules[rule], self.world.main)
                for key in found.missing:
                    waiting.setdefault(key, []).append(rule)
                for keys in found.could_settle:
                    if len(keys) == 1:
                        decided_by.setdefault(keys[0], []).append(rule)
        inputs = [self._input(key, tuple(decided_by.get(key, ())), tuple(waiting[key])) for key in waiting]
        avoid = {r.id for r in self.program.rules.values() if r.verdict is Verdict.AVOID}

        def usefulness(found: OpenInput) -> tuple[object, ...]:
            about = found.about.en if found.about else ""
            return (
                -found.narrows,
                -len(avoid & set(found.settles)),
                -len(found.settles),
                -len(found.waits),
                (found.title.en, found.company.en, about),
                (found.settles, found.waits),
                found.key,
            )

        return tuple(sorted(inputs, key=usefulness))

    def _input(self, key: str, settles: tuple[str, ...], waits: tuple[str, ...]) -> OpenInput:
        entry = self.finder.unknown.entries[key]
        low, high, narrows = self._range_if_decided(settles)
        return OpenInput(
            key=key,
            title=entry.title,
            unit=entry.unit,
            company=self.world.name(entry.company),
            about=entry.about,
            settles=settles,
            waits=waits,
            low=low,
            high=high,
            narrows=narrows,
            look_at=where_to_look(self.world.companies[entry.company], entry.key),
        )

    def _range_if_decided(self, rules: tuple[str, ...]) -> tuple[float, float, float]:
        """Returns the score if these rules had the best and the worst outcomes, and by how much deciding them narrows
        its range."""
        unknown = frozenset(rules) & self.score.unknown
        if unknown not in self._range_by_rules:
            best, worst = self.score.ranges_if_decided(unknown)
            narrowest = min(end.high - end.low for end in (best, worst))
            narrows = max(self.score.range.high - self.score.range.low - narrowest, 0.0)
            self._range_by_rules[unknown] = best.value, worst.value, round(narrows, 1)
        return self._range_by_rules[unknown]
