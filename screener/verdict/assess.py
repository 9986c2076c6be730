"""From conclusions to the result of one company: findings, score, verdict and everything that explains them."""

from collections.abc import Iterable

from screener import __version__
from screener.engine.base import Conclusions, Decision
from screener.expression.interval import Interval, Missing, Truth
from screener.facts.build import STRANGER, World
from screener.limits import LOOPS
from screener.model.assume import assumed
from screener.model.settle import Weighed
from screener.model.source import KINDS
from screener.rulebook.compile import Program
from screener.rulebook.rule import Rule
from screener.rulebook.rulebook import Rulebook
from screener.text import Text
from screener.verdict import held
from screener.verdict import score as scoring
from screener.verdict.calibrate import calibrated
from screener.verdict.describe import figure_title, fill
from screener.verdict.distance import distances
from screener.verdict.evidence import Gatherer
from screener.verdict.judge import Judgement, judge
from screener.verdict.missing import Inquiry, Waiting
from screener.verdict.result import (
    Assumption,
    ClaimLine,
    Company,
    Conflict,
    Coverage,
    Distance,
    Finding,
    FlowLine,
    Input,
    LoopLine,
    OutcomeWord,
    Pack,
    Result,
    Score,
    SourceLine,
    Step,
    Tie,
    Verdict,
)
from screener.verdict.waive import waivers

_SEVERITY = {"critical": 0, "high": 1, "medium": 2, "low": 3, "strong": 0, "moderate": 1, "weak": 2}
_OUTCOME = {"fired": 0, "unknown": 1, "clear": 2, "not-applicable": 3}
_FLAG = {"pattern": 0, "red": 1, "green": 2, "data": 3}
_TIES = {"customer": "customer", "supplier": "supplier", "channel": "channel", "funding": "funder"}


def outcome_word(decision: Decision) -> OutcomeWord:
    """fired, clear, unknown or not-applicable."""
    if decision.applies is Truth.FALSE:
        return "not-applicable"
    return "fired" if decision.outcome is Truth.TRUE else "clear" if decision.outcome is Truth.FALSE else "unknown"


def assess(world: World, program: Program, rulebook: Rulebook, conclusions: Conclusions) -> Result:
    """The result for the world's main company."""
    return _Assessor(world, program, rulebook, conclusions).result()


class _Assessor:
    def __init__(self, world: World, program: Program, rulebook: Rulebook, conclusions: Conclusions) -> None:
        self.world, self.program, self.rulebook, self.conclusions = world, program, rulebook, conclusions
        self.company = world.companies[world.main]
        self.gatherer = Gatherer(program, world, conclusions)
        self.inquiry = Inquiry(program, world, conclusions)
        self.outcomes = {r: outcome_word(conclusions.of(r, world.main)) for r in program.rules}
        self.waived, self.waiver_notes = waivers(rulebook.waivers, world.profile)
        preview = {r for r, rule in program.rules.items() if rule.status == "preview" and not rulebook.preview}
        self.left_out = {*preview, *self.waived}
        self.flags = scoring.scoring(((rule, self.outcomes[r]) for r, rule in program.rules.items()), self.left_out)
        self.scored = frozenset(f.rule.id for f in self.flags)
        self._reached: dict[frozenset[str], tuple[float, float, float]] = {}
        self.stakes = scoring.Stakes(self.flags, rulebook.table)
        self.range = self.stakes.range()
        self.moves = scoring.waterfall(self.flags, rulebook.table)

    def result(self) -> Result:
        table, profile = self.rulebook.table, self.world.profile
        reach = self.range
        decided, total = scoring.coverage(self.flags)
        patterns = [
            (r, self.outcomes[r.id]) for r in self._ranked() if r.flag == "pattern" and r.id not in self.left_out
        ]
        judgement = judge(patterns, reach, decided, total, table)
        findings = tuple(self._finding(rule) for rule in self._ranked())
        steps = tuple(Step(m.rule.id, m.rule.title, m.rule.flag, m.rule.severity, m.start, m.end) for m in self.moves)
        conflicts = tuple(self._conflicts())
        pack = Pack(self.rulebook.name, self.rulebook.version, self.rulebook.digest, len(self.program.rules))
        flows, loops, named = self._flows()
        ties = self._ties()
        sources, kinds = self._sources()
        return Result(
            self._company(),
            Verdict(judgement.word, judgement.because or self._heaviest(), judgement.also, judgement.thin,
                    judgement.open_patterns, self._sentence(judgement)),
            Score(reach.value, reach.low, reach.high, table.bands.caution, table.bands.avoid, table.relief_at_most),
            Coverage(decided, total, table.coverage_at_least),
            findings, tuple(self._inputs()), conflicts, flows, loops, named, steps, sources,
            kinds, tuple(self._ignored()), tuple(self._notes()), pack, profile.digest[:16], __version__,
            calibrated(self.rulebook, reach, (decided, total), self.company.subject.sector), tuple(self._assumed()),
            tuple(held.facts(self.world, self.gatherer)), tuple(held.lists(self.world, self.gatherer)),
            ties,
        )  # fmt: skip

    def _ranked(self) -> list[Rule]:
        weight = {m.rule.id: m.end - m.start for m in self.moves}
        return sorted(self.program.rules.values(), key=lambda r: (
            _OUTCOME[self.outcomes[r.id]], _FLAG[r.flag], r.verdict != "avoid", _SEVERITY[r.severity],
            -abs(weight.get(r.id, 0.0)), r.id))  # fmt: skip

    def _company(self) -> Company:
        profile, subject = self.world.profile, self.company.subject
        sector = self.program.catalogue.sectors[subject.sector].title if subject.sector else None
        as_of = profile.as_of.isoformat() if profile.as_of else None
        return Company(profile.id, subject.name, profile.ticker, subject.sector, sector, as_of, subject.currency,
                       profile.summary, profile.aliases)  # fmt: skip

    def _finding(self, rule: Rule) -> Finding:
        decision, outcome = self.conclusions.of(rule.id, self.world.main), self.outcomes[rule.id]
        binding = decision.matches[0].binding if decision.matches else {}
        fired = outcome == "fired"
        waiting = self.inquiry.of(rule, self.world.main) if outcome == "unknown" else Waiting((), ())
        measured: tuple[Distance, ...] = ()
        if outcome != "not-applicable":
            measured = distances(rule, self.company, outcome, decision.matches, self.program, self.world)
        texts = [fill(t, rule, self.company, binding, self.program, self.world) if fired else None
                 for t in (rule.headline, rule.says)]  # fmt: skip
        softened = tuple(f.rule.id for f in self.flags if fired and f.outcome == "fired" and rule.id in f.rule.softens)
        points = next((m.end - m.start for m in self.moves if m.rule.id == rule.id), 0.0)
        why, clears, false_alarms = (
            fill(t, rule, self.company, {}, self.program, self.world) or t
            for t in (rule.why, rule.clears, rule.false_alarms)
        )
        return Finding(
            rule=rule.id,
            flag=rule.flag,
            outcome=outcome,
            severity=rule.severity,
            category=rule.category,
            category_title=self.program.catalogue.categories[rule.category],
            cause=rule.cause,
            verdict=rule.verdict,
            title=rule.title,
            headline=texts[0],
            says=texts[1],
            why=why,
            clears=clears,
            false_alarms=false_alarms,
            references=rule.references,
            claims=rule.claims,
            evidence=self.gatherer.of(rule, self.world.main) if outcome != "not-applicable" else (),
            matches=len(decision.matches) if fired else 0,
            distances=measured,
            because=self.gatherer.because(rule, self.world.main) if fired else (),
            missing=waiting.missing,
            could_settle=waiting.could_settle,
            softened_by=softened,
            points=round(points, 1),
            status=rule.status,
            waived=self.waived.get(rule.id),
            scored=rule.id not in self.left_out,
            when=held.conditions(rule),
            params=held.params(rule, self.company, self.program),
            reads=held.reads(rule, self.program),
            weight=scoring.weight(rule, self.rulebook.table) if rule.flag in ("red", "green") else None,
            replaced_by=rule.replaced_by,
        )

    def _heaviest(self) -> tuple[str, ...]:
        return tuple(m.rule.id for m in self.moves if m.rule.flag == "red" and m.end > m.start)[:3]

    def _sentence(self, judgement: Judgement) -> Text:
        if judgement.because:
            rule = self.program.rules[judgement.because[0]]
            binding = self.conclusions.of(rule.id, self.world.main).matches[0].binding
            return fill(rule.says, rule, self.company, binding, self.program, self.world) or rule.title
        if judgement.word == "insufficient-data":
            return Text("Too few of the rules could be decided to say anything.", "能够判定的规则太少，无法得出结论。")
        heaviest = [self.program.rules[r].title for r in self._heaviest()]
        if not heaviest:
            return Text("No red flag fired.", "没有触发任何红旗。")
        return Text("What weighs most: " + "; ".join(t.en for t in heaviest) + ".",
                    "最主要的问题：" + "；".join(t.zh for t in heaviest) + "。")  # fmt: skip

    def _inputs(self) -> Iterable[Input]:
        """Open inputs, first those that can narrow the range of the score most."""
        found = []
        waits: dict[str, list[str]] = {}
        settles: dict[str, list[str]] = {}
        for rule, outcome in self.outcomes.items():
            if outcome == "unknown":
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
                found.append(Input(key, entry.title, entry.unit, self.world.name(entry.company), entry.about,
                                   settled, tuple(waits[key]), low, high, narrows))  # fmt: skip
        avoid = {r.id for r in self.program.rules.values() if r.verdict == "avoid"}
        return sorted(found, key=lambda i: (-i.narrows, -len(avoid & set(i.settles)),
                                            -len(i.settles), -len(i.waits), i.key))  # fmt: skip

    def _reach(self, settled: tuple[str, ...]) -> tuple[float, float, float]:
        """The score if all these rules were decided, in the best way and in the worst; how far that narrows its range."""
        scored = frozenset(settled) & self.scored
        if scored not in self._reached:
            best, worst = self.stakes.decided(scored)
            narrowest = min(end.high - end.low for end in (best, worst))
            narrows = max(self.range.high - self.range.low - narrowest, 0.0)
            self._reached[scored] = best.value, worst.value, round(narrows, 1)
        return self._reached[scored]

    def _conflicts(self) -> Iterable[Conflict]:
        for name, settled in sorted(self.company.settled.items()):
            if settled.conflicts:
                title, unit = figure_title(name, self.program)
                lines = (_line(settled.held, True), *(_line(w, False) for w in settled.others))
                gap = max((w.gap or 0.0 for w in settled.conflicts), default=0.0)
                is_number = isinstance(settled.held.value, Interval)
                currency = self.company.subject.currency if unit == "money" else None
                yield Conflict(name, title, unit, currency, self.company.subject.name,
                               round(gap, 6) if is_number else None, lines)  # fmt: skip
        for company, name, own, ours in self.world.against:
            title, unit = figure_title(name, self.program)
            subject = self.world.companies[company].subject
            gap_shown = round(ours.gap or 0.0, 6) if isinstance(ours.value, Interval) else None
            yield Conflict(name, title, unit, subject.currency if unit == "money" else None, subject.name, gap_shown,
                           (_line(own, True), _line(ours, False)))  # fmt: skip

    def _assumed(self) -> Iterable[Assumption]:
        for subject in (self.world.profile.subject, *self.world.profile.parties.values()):
            for name in assumed(subject):
                value = self.world.companies[subject.id].settled[name].held.value
                title, unit = figure_title(name, self.program)
                currency = subject.currency if unit == "money" else None
                yield Assumption(name, title, value, unit, currency, subject.name)

    def _ignored(self) -> Iterable[tuple[str, ClaimLine]]:
        for name, weighed in self.company.ignored:
            yield name, _line(weighed, False)

    def _flows(self) -> tuple[tuple[FlowLine, ...], tuple[LoopLine, ...], tuple[tuple[str, Text], ...]]:
        ours = [loop for loop in self.world.loops if self.world.main in loop.members]
        looped = {flow.id for loop in ours for flow in loop.flows}
        lines = []
        for flow in self.world.flows:
            amount, binding = flow.fields.get("amount"), flow.fields.get("binding")
            known = isinstance(amount, Interval) and not isinstance(amount, Missing)
            claim = flow.claims.get("amount") or flow.claims.get("what")
            lines.append(FlowLine(
                flow.companies["from"], flow.companies["to"], str(flow.fields.get("what") or ""),
                amount if known and isinstance(amount, Interval) else None, binding if isinstance(binding, bool) else None,
                flow.id in looped, claim.source if claim else None,
            ))  # fmt: skip
        loops = tuple(LoopLine(loop.members, loop.weakest) for loop in ours)
        named = {c for line in lines for c in (line.payer, line.payee)} | {self.world.main}
        named.update(tie.party for tie in self._ties())
        return tuple(lines), loops, tuple((c, self.world.name(c)) for c in sorted(named))

    def _ties(self) -> tuple[Tie, ...]:
        """Whom the company depends on: customers, suppliers, owners of channels, funders, and whoever else pays it."""
        main, base = self.world.main, self.world.base
        found = {
            Tie(f.companies["party"], how) for kind, how in _TIES.items() for f in base.of(main, kind) if f.certain
        }
        paying = {t.party for t in found if t.how in ("customer", "funder")}
        found |= {Tie(f.companies["from"], "payer") for f in self.world.flows
                  if f.companies["to"] == main and f.companies["from"] not in paying}  # fmt: skip
        return tuple(sorted(t for t in found if t.party not in (main, STRANGER)))

    def _sources(self) -> tuple[tuple[SourceLine, ...], tuple[tuple[str, int], ...]]:
        rests: dict[str, int] = {}
        kinds: dict[str, int] = {}
        settled = [s.held.claim for s in self.company.settled.values()]
        members = [c for f in self.world.base for c in f.claims.values() if f.certain
                   and (f.kind != "flow" or f.fields.get("direction") == "out")]  # fmt: skip
        for claim in (*settled, *members):
            source = claim.source if claim.source in self.world.profile.sources else None
            kind = self.world.profile.sources[source].kind if source else "unsourced"
            kinds[kind] = kinds.get(kind, 0) + 1
            if source:
                rests[source] = rests.get(source, 0) + 1
        lines = tuple(SourceLine(key, s.title, s.kind, s.publisher, s.date.isoformat() if s.date else None, s.url,
                                 rests.get(key, 0)) for key, s in self.world.profile.sources.items())  # fmt: skip
        return lines, tuple((k, kinds[k]) for k in KINDS if k in kinds)

    def _notes(self) -> Iterable[Text]:
        profile = self.world.profile
        yield from self.waiver_notes
        if self.rulebook.altered:
            yield Text("The rules are not as their packs have them: files, parameters or settings of the user change them.",
                       "规则与规则包不同：用户的规则文件、参数或设置有所更改。")  # fmt: skip
        if profile.as_of is None:
            if profile.horizon is None:
                yield Text(
                    "Undated: neither the profile nor its sources say of when they are.",
                    "未注明日期：档案及其来源均无日期。",
                )
            else:
                yield Text(f"The profile has no date; the latest source, of {profile.horizon}, stands for it.",
                           f"档案未注明日期，以最新来源日期 {profile.horizon} 为准。")  # fmt: skip
        if self.company.subject.currency is None:
            yield Text(
                "No currency is given: amounts compare only within this profile.", "未注明货币：金额只在本档案内可比。"
            )
        if any(s.kind == "illustrative" for s in profile.sources.values()):
            yield Text("Some statements are illustrative: not of a real company, or not from a real source.",
                       "部分陈述仅为示例，并非来自真实公司或真实来源。")  # fmt: skip
        if len(self.world.loops) >= LOOPS:
            yield Text(f"The flows close more than {LOOPS} loops: the first {LOOPS} are looked at, others stay unknown.",
                       f"资金流形成的循环超过 {LOOPS} 个：只考察前 {LOOPS} 个，其余视为未知。")  # fmt: skip
        elif self.world.flows and not self.world.loops_complete:
            yield Text(
                "The list of flows is not complete: there may be further loops.", "资金流清单不完整，可能存在其他循环。"
            )


def _line(weighed: Weighed, used: bool) -> ClaimLine:
    claim = weighed.claim
    period = weighed.period.label if weighed.period else None
    return ClaimLine(weighed.value, period, claim.source, weighed.kind, claim.quote, claim.note, used, weighed.why_not)
