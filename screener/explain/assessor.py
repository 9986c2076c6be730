"""From conclusions to the result of one company: findings, score, verdict and everything that explains them."""

from collections.abc import Iterable, Mapping
from typing import Any

from screener import __version__
from screener.engine.protocol import Conclusions
from screener.explain import comparable_facts as held
from screener.explain import result_sections as lines
from screener.explain.evidence import Gatherer
from screener.explain.findings import Sayings, outcome_word
from screener.explain.open_inputs import Inquiry, Waiting
from screener.explain.sentences import fill
from screener.facts.builder import World
from screener.facts.fact import Fact
from screener.result.model import (
    Company,
    CompanyVerdict,
    Coverage,
    Distance,
    Finding,
    OpenInput,
    Pack,
    ResultDocument,
    Score,
    WaterfallStep,
)
from screener.rules.compiler import Program
from screener.rules.rule import Rule
from screener.rules.rulebook import Rulebook
from screener.scoring.calibration import failure_rate
from screener.scoring.score import CompanyScore, coverage_counts, scored_rules
from screener.scoring.verdict import VerdictDecision, decide_verdict
from screener.scoring.waivers import active_waivers
from screener.text import Text
from screener.vocabulary import Flag, Outcome, RuleStatus, Verdict

_NOTHING = Waiting((), ())


class Assessor:
    """Assesses companies by one program and rulebook, one after the other."""

    def __init__(self, program: Program, rulebook: Rulebook) -> None:
        self.program, self.rulebook = program, rulebook
        self.sayings = Sayings(program, rulebook)
        self.preview = frozenset(
            r for r, rule in program.rules.items() if rule.status is RuleStatus.PREVIEW and not rulebook.preview
        )

    def assess(self, world: World, conclusions: Conclusions) -> ResultDocument:
        """The result for the world's main company."""
        return _Case(self, world, conclusions).result()


class _Case:
    """One company before its assessor."""

    def __init__(self, assessor: Assessor, world: World, conclusions: Conclusions) -> None:
        self.assessor, self.world, self.conclusions = assessor, world, conclusions
        self.program, self.rulebook = program, rulebook = assessor.program, assessor.rulebook
        self.company = world.companies[world.main]
        self.gatherer = Gatherer(program, world, conclusions)
        self.inquiry = Inquiry(program, world, conclusions)
        self.outcomes = {r: outcome_word(conclusions.of(r, world.main)) for r in program.rules}
        self.waived, self.waiver_notes = active_waivers(rulebook.waivers, world.profile)
        self.left_out = {*assessor.preview, *self.waived}
        self.flags = scored_rules(((rule, self.outcomes[r]) for r, rule in program.rules.items()), self.left_out)
        self.scored = frozenset(f.rule.id for f in self.flags)
        self._reached: dict[frozenset[str], tuple[float, float, float]] = {}
        self.company_score = CompanyScore(self.flags, rulebook.table)
        self.range = self.company_score.range
        self.moves = {m.rule.id: m for m in self.company_score.steps()}

    def result(self) -> ResultDocument:
        table, profile = self.rulebook.table, self.world.profile
        reach = self.range
        decided, total = coverage_counts(self.flags)
        ranked = self._ranked()
        patterns = [(r, self.outcomes[r.id]) for r in ranked if r.flag is Flag.PATTERN and r.id not in self.left_out]
        judgement = decide_verdict(patterns, reach, decided, total, table)
        found = tuple(map(self._finding, ranked))
        steps = tuple(
            WaterfallStep(r, m.rule.title, m.rule.flag, m.rule.severity, m.start, m.end) for r, m in self.moves.items()
        )
        conflicts = tuple(lines.conflicts(self.world, self.program))
        pack = Pack(self.rulebook.name, self.rulebook.version, self.rulebook.digest, len(self.program.rules))
        flows, loops, named = lines.flows(self.world)
        sources, kinds = lines.sources(self.world)
        engine = (self.conclusions.note,) if self.conclusions.note else ()
        notes = (*self.waiver_notes, *engine, *lines.notes(self.world, self.rulebook.altered))
        return ResultDocument(
            self._company(),
            CompanyVerdict(judgement.word, judgement.because or self._heaviest(), judgement.also, judgement.thin,
                    judgement.open_patterns, self._sentence(judgement)),
            Score(reach.value, reach.low, reach.high, table.bands.caution, table.bands.avoid, table.relief_at_most),
            Coverage(decided, total, table.coverage_at_least),
            found, tuple(self._inputs()), conflicts, flows, loops, named, steps, sources,
            kinds, tuple(lines.ignored(self.world)), notes, pack, profile.digest[:16], __version__,
            failure_rate(self.rulebook, reach, (decided, total), self.company.subject.sector),
            tuple(lines.assumptions(self.world, self.program)),
            tuple(held.facts(self.world, self.gatherer)), tuple(held.lists(self.world, self.gatherer)),
            lines.ties(self.world),
        )  # fmt: skip

    def _ranked(self) -> list[Rule]:
        weight = {r: m.end - m.start for r, m in self.moves.items()}
        return sorted(self.program.rules.values(), key=lambda r: (
            self.outcomes[r.id], r.flag, r.verdict is not Verdict.AVOID, -r.severity.rank,
            -abs(weight.get(r.id, 0.0)), r.id))  # fmt: skip

    def _company(self) -> Company:
        profile, subject = self.world.profile, self.company.subject
        sector = self.program.catalogue.sectors[subject.sector].title if subject.sector else None
        as_of = profile.as_of.isoformat() if profile.as_of else None
        return Company(profile.id, subject.name, profile.ticker, subject.sector, sector, as_of, subject.currency,
                       profile.summary, profile.aliases)  # fmt: skip

    def _finding(self, rule: Rule) -> Finding:
        sayings, world, outcome = self.assessor.sayings, self.world, self.outcomes[rule.id]
        finding, own = sayings.blank(rule, world)
        decision = self.conclusions.of(rule.id, world.main)
        measured: tuple[Distance, ...] = ()
        if outcome is not Outcome.NOT_APPLICABLE:
            measured = sayings.gauge.distances(rule, self.company, outcome, decision.matches, world)
        waiting = self.inquiry.of(rule, world.main) if outcome is Outcome.UNKNOWN else _NOTHING
        move = self.moves.get(rule.id)
        texts: dict[str, Any] = {name: self._filled(getattr(rule, name), rule, {}) for name in own}
        if fired := outcome is Outcome.FIRED:
            binding = decision.matches[0].binding
            texts["says"] = self._filled(rule.says, rule, binding)
            texts["headline"] = self._filled(rule.headline, rule, binding)
        return finding._replace(
            outcome=outcome,
            evidence=self.gatherer.of(rule, world.main) if outcome is not Outcome.NOT_APPLICABLE else (),
            matches=len(decision.matches) if fired else 0,
            distances=measured,
            because=self.gatherer.because(rule, world.main) if fired else (),
            missing=waiting.missing,
            could_settle=waiting.could_settle,
            softened_by=tuple(
                f.rule.id for f in self.flags if fired and f.outcome is Outcome.FIRED and rule.id in f.rule.softens
            ),
            points=round(move.end - move.start, 1) if move else 0.0,
            waived=self.waived.get(rule.id),
            scored=rule.id not in self.left_out,
            **texts,
        )

    def _filled(self, text: Text | None, rule: Rule, binding: Mapping[str, Fact]) -> Text | None:
        return fill(text, rule, self.company, binding, self.program, self.world)

    def _heaviest(self) -> tuple[str, ...]:
        return tuple(r for r, m in self.moves.items() if m.rule.flag is Flag.RED and m.end > m.start)[:3]

    def _sentence(self, judgement: VerdictDecision) -> Text:
        if judgement.because:
            rule = self.program.rules[judgement.because[0]]
            binding = self.conclusions.of(rule.id, self.world.main).matches[0].binding
            return self._filled(rule.says, rule, binding) or rule.title
        if judgement.word is Verdict.INSUFFICIENT_DATA:
            return Text("Too few of the rules could be decided to say anything.", "能够判定的规则太少，无法得出结论。")
        heaviest = [self.program.rules[r].title for r in self._heaviest()]
        if not heaviest:
            return Text("No red flag fired.", "没有触发任何红旗。")
        return Text("What weighs most: " + "; ".join(t.en for t in heaviest) + ".",
                    "最主要的问题：" + "；".join(t.zh for t in heaviest) + "。")  # fmt: skip

    def _inputs(self) -> Iterable[OpenInput]:
        """Open inputs, first those that can narrow the range of the score most."""
        found = []
        waits: dict[str, list[str]] = {}
        settles: dict[str, list[str]] = {}
        for rule, outcome in self.outcomes.items():
            if outcome is Outcome.UNKNOWN:
                waiting = self.inquiry.of(self.program.rules[rule], self.world.main)
                for key in waiting.missing:
                    waits.setdefault(key, []).append(rule)
                for keys in waiting.could_settle:
                    if len(keys) == 1:
                        settles.setdefault(keys[0], []).append(rule)
        for key, entry in self.inquiry.inputs.items():
            if key in waits:
                settled = tuple(settles.get(key, ()))
                low, high, narrows = self._reach(settled)
                found.append(OpenInput(key, entry.title, entry.unit, self.world.name(entry.company), entry.about,
                                   settled, tuple(waits[key]), low, high, narrows))  # fmt: skip
        avoid = {r.id for r in self.program.rules.values() if r.verdict is Verdict.AVOID}
        return sorted(found, key=lambda i: (-i.narrows, -len(avoid & set(i.settles)),
                                            -len(i.settles), -len(i.waits), i.key))  # fmt: skip

    def _reach(self, settled: tuple[str, ...]) -> tuple[float, float, float]:
        """The score if all these rules were decided, in the best way and in the worst; how far that narrows its range."""
        scored = frozenset(settled) & self.scored
        if scored not in self._reached:
            best, worst = self.company_score.ranges_if_decided(scored)
            narrowest = min(end.high - end.low for end in (best, worst))
            narrows = max(self.range.high - self.range.low - narrowest, 0.0)
            self._reached[scored] = best.value, worst.value, round(narrows, 1)
        return self._reached[scored]
