"""Makes the result of one company from the conclusions of an engine: findings, score, verdict and their explanations."""

from collections.abc import Mapping
from typing import Any

from screener import __version__
from screener.engine.protocol import Conclusions
from screener.explain import result_sections as sections
from screener.explain.condition_terms import ConditionExplainer
from screener.explain.evidence import EvidenceCollector
from screener.explain.explanation_memory import Explanation, ExplanationMemory
from screener.explain.figure_history import figure_history
from screener.explain.finding_templates import FindingTemplates, outcome_of
from screener.explain.input_ranking import InputRanking
from screener.explain.judgement import ScoringTables
from screener.explain.match_order import MatchOrder, headline_with_others, sentence_with_others
from screener.explain.measures import measures
from screener.explain.open_inputs import OpenInputFinder
from screener.explain.pack_scope import pack_coverage, scope_text
from screener.explain.rule_texts import fill_headline, fill_text
from screener.explain.sector_rules import undecided_sector_rules
from screener.explain.stored_facts import given_lists, known_facts
from screener.explain.threshold_distances import ThresholdMeter
from screener.explain.verdict_sentence import heaviest_flags, verdict_sentence
from screener.explain.waived_patterns import waived_patterns
from screener.facts.fact import Fact
from screener.facts.world import World
from screener.result.detail import Detail
from screener.result.finding_records import Finding
from screener.result.model import Company, Pack, ResultDocument, RuleSource
from screener.result.verdict_records import CompanyVerdict, Coverage, Score, WaterfallStep
from screener.rules.compiler import Program
from screener.rules.rule import Rule
from screener.rules.rulebook import Rulebook
from screener.scoring.calibration import CompanyTraits, failure_rate
from screener.scoring.scope import company_scope, within
from screener.scoring.score import CompanyScore, coverage_counts, relieves, scored_rules
from screener.scoring.verdict import VerdictDecision, decide_verdict
from screener.scoring.waivers import active_waivers
from screener.text import Text
from screener.vocabulary import Outcome, RuleStatus, Verdict


class Assessor:
    """Makes results from the conclusions of an engine, for one program and rulebook."""

    def __init__(self, program: Program, rulebook: Rulebook) -> None:
        self.program, self.rulebook = program, rulebook
        self.templates = FindingTemplates(program, rulebook)
        self.meter = ThresholdMeter(program)
        self.explanations = ExplanationMemory(program)
        self.in_preview = frozenset(
            r for r, rule in program.rules.items() if rule.status is RuleStatus.PREVIEW and not rulebook.preview
        )

    def assess(self, world: World, conclusions: Conclusions, *, detail: Detail = Detail.FULL) -> ResultDocument:
        """Returns the result for the main company of a world, without the basis of its verdict.

        With less `detail`, distances, history and measures, or terms are left out; everything else is the same.
        """
        return _CompanyAssessment(self, world, conclusions, detail).result()


class _CompanyAssessment:
    def __init__(self, assessor: Assessor, world: World, conclusions: Conclusions, detail: Detail) -> None:
        self.assessor, self.world, self.conclusions, self.detail = assessor, world, conclusions, detail
        self.program, self.rulebook = program, rulebook = assessor.program, assessor.rulebook
        self.company = world.companies[world.main]
        self.order = MatchOrder(program, world, conclusions, assessor.meter)
        self.collector = EvidenceCollector(program, world, conclusions, self.order)
        self.kept = assessor.explanations.of(world)
        self.open_inputs = OpenInputFinder(
            program, world, conclusions, self.order, self.kept.without_data, self.kept.open_inputs
        )
        self.conditions = ConditionExplainer(program, world, conclusions, self.order)
        self.outcomes = {r: outcome_of(conclusions.of(r, world.main)) for r in program.rules}
        self.waived, self.waiver_notes = active_waivers(rulebook.waivers, world.profile)
        self.waived |= waived_patterns(program, conclusions, world.main, self.waived)
        self.excluded = {*assessor.in_preview, *self.waived}
        self.scored = scored_rules(((rule, self.outcomes[r]) for r, rule in program.rules.items()), self.excluded)
        self.softeners = [
            rule
            for name, rule in program.rules.items()
            if (rule.softens or rule.relieves) and self.outcomes[name] is Outcome.FIRED and name not in self.excluded
        ]
        self.counted = [(rule, self.outcomes[r]) for r, rule in program.rules.items() if r not in self.excluded]
        self.scope = company_scope(self.counted, rulebook.table)
        self.tables = ScoringTables.of(program, rulebook)
        self.score = CompanyScore(within(self.scored, self.scope), rulebook.table, self.tables.formula)
        self.steps = {step.rule.id: step for step in self.score.steps()}

    def result(self) -> ResultDocument:
        world, table, score = self.world, self.rulebook.table, self.score.range
        profile = world.profile
        decided, total = coverage_counts(self.scored)
        rules = self._ordered_rules()
        counted = [(rule, self.outcomes[rule.id]) for rule in rules if rule.id not in self.excluded]
        decision = decide_verdict(counted, score, self.scope, table, self.tables.demands)
        inputs = InputRanking(self.program, world, self.open_inputs, self.score).ranked(self.outcomes)
        packs = pack_coverage(self.rulebook, self.scope, inputs)
        flows, loops, companies = sections.flows(self.world)
        sources, kinds = sections.sources(self.world)
        findings = tuple(map(self._finding, rules))
        history = tuple(figure_history(self.world, self.program)) if self.detail >= Detail.REPORT else ()
        return ResultDocument(
            company=self._company(),
            verdict=CompanyVerdict(
                word=decision.word,
                because=decision.because or heaviest_flags(self.steps.values()),
                also=decision.also,
                thin=decision.thin,
                open_patterns=decision.open_patterns,
                sentence=self._verdict_sentence(decision),
                scope=scope_text(packs),
                own_sector=undecided_sector_rules(
                    profile.subject.scope, counted, inputs, self.program.catalogue, decision.word
                ),
            ),
            score=Score(
                value=score.value,
                low=score.low,
                high=score.high,
                caution_from=table.bands.caution,
                avoid_from=table.bands.avoid,
                relief_at_most=table.relief_at_most,
            ),
            coverage=Coverage(decided=decided, total=total, at_least=table.coverage_at_least, packs=packs),
            findings=findings,
            inputs=inputs,
            conflicts=tuple(sections.conflicts(self.world, self.program)),
            flows=flows,
            loops=loops,
            companies=companies,
            waterfall=tuple(
                WaterfallStep(
                    rule=step.rule.id,
                    title=step.rule.title,
                    flag=step.rule.flag,
                    severity=step.rule.severity,
                    start=step.start,
                    end=step.end,
                )
                for step in self.steps.values()
            ),
            sources=sources,
            kinds=kinds,
            ignored=tuple(sections.ignored_claims(self.world)),
            notes=self._notes(),
            pack=Pack(
                name=self.rulebook.name,
                version=self.rulebook.version,
                digest=self.rulebook.digest,
                rules=len(self.program.rules),
                origins=tuple(RuleSource(*origin) for origin in self.rulebook.origins),
            ),
            profile_digest=profile.digest[:16],
            version=__version__,
            calibration=failure_rate(self.rulebook, self.scored, self._traits()),
            assumed=tuple(sections.assumptions(self.world, self.program)),
            facts=tuple(known_facts(self.world, self.collector)),
            lists=tuple(given_lists(self.world, self.collector)),
            ties=sections.dependencies(self.world),
            history=history,
            measures=tuple(measures(history, self.program.catalogue)),
            doubts=self.world.remarks,
        )

    def _traits(self) -> CompanyTraits:
        subject, listed = self.company.subject, self.company.value("listed")
        return CompanyTraits(subject.sector, subject.currency, listed if isinstance(listed, bool) else None)

    def _notes(self) -> tuple[Text, ...]:
        of_engine = (self.conclusions.note,) if self.conclusions.note else ()
        return (*self.waiver_notes, *of_engine, *sections.notes(self.world, self.rulebook.is_users))

    def _ordered_rules(self) -> list[Rule]:
        """Returns all rules in the order of their findings: fired ones first, the most severe first."""
        points = {r: abs(step.end - step.start) for r, step in self.steps.items()}

        def key(rule: Rule) -> tuple[object, ...]:
            is_avoid = rule.verdict is Verdict.AVOID
            return (
                self.outcomes[rule.id],
                rule.flag,
                not is_avoid,
                -rule.severity.rank,
                -points.get(rule.id, 0.0),
                rule.id,
            )

        return sorted(self.program.rules.values(), key=key)

    def _company(self) -> Company:
        profile, subject = self.world.profile, self.company.subject
        sector = self.program.catalogue.sectors[subject.sector].title if subject.sector else None
        return Company(
            id=profile.id,
            name=subject.name,
            ticker=profile.ticker,
            sector=subject.sector,
            sector_title=sector,
            as_of=profile.as_of.isoformat() if profile.as_of else None,
            currency=subject.currency,
            summary=profile.summary,
            aliases=profile.aliases,
        )

    def _finding(self, rule: Rule) -> Finding:
        world, outcome = self.world, self.outcomes[rule.id]
        finding, texts_of_company = self.assessor.templates.template(rule, world)
        step = self.steps.get(rule.id)
        own: dict[str, Any] = {name: self._fill(getattr(rule, name), rule, {}) for name in texts_of_company}
        own["outcome"] = outcome
        if step is not None:
            own["points"] = round(step.end - step.start, 1)
        if rule.id in self.excluded:
            own.update(scored=False, waived=self.waived.get(rule.id))
        if outcome is not Outcome.CLEAR:
            own["clear_title"] = None
        if outcome is Outcome.NOT_APPLICABLE:
            return finding._replace(**own)
        if outcome is not Outcome.FIRED and rule.id in self.kept.without_data:
            explanation = self.kept.explanation(rule.id, self.detail, lambda: self._explanation(rule))
        else:
            explanation = self._explanation(rule)
        own.update(evidence=explanation.evidence, distances=explanation.distances, terms=explanation.terms)
        if outcome is Outcome.UNKNOWN:
            open_inputs = self.open_inputs.of_rule(rule, world.main)
            own.update(missing=open_inputs.missing, could_settle=open_inputs.could_settle)
        finding = finding._replace(**own)
        return self._with_fired_texts(finding, rule) if outcome is Outcome.FIRED else finding

    def _explanation(self, rule: Rule) -> Explanation:
        """Returns the evidence of a finding and, if requested, the truth of each part of its condition."""
        evidence = self.collector.of_rule(rule, self.world.main)
        if self.detail < Detail.DISTANCES:
            return Explanation(evidence)
        outcome, matches = self.outcomes[rule.id], self.order.matches(rule, self.world.main)
        distances = self.assessor.meter.distances(rule, self.company, outcome, matches, self.world)
        if self.detail < (Detail.FULL if outcome is Outcome.UNKNOWN else Detail.REPORT):
            return Explanation(evidence, distances)
        return Explanation(evidence, distances, self.conditions.terms(rule, self.company))

    def _with_fired_texts(self, finding: Finding, rule: Rule) -> Finding:
        """Returns a fired finding with its headline and sentence, which describe the most serious of its matches."""
        matches = self.order.matches(rule, self.world.main)
        others = self.order.others(rule, matches)
        headline = (
            fill_headline(rule.headline, rule, self.company, matches[0].binding, self.program, self.world)
            if rule.headline is not None
            else None
        )
        return finding._replace(
            says=self._says(rule),
            headline=headline_with_others(headline, others) if headline is not None else None,
            matches=len(matches),
            others=others.number,
            total=others.total,
            because=self.collector.rules_below(rule, self.world.main),
            softened_by=tuple(softener.id for softener in self.softeners if relieves(softener, rule)),
        )

    def _says(self, rule: Rule) -> Text:
        matches = self.order.matches(rule, self.world.main)
        sentence = self._fill(rule.says, rule, matches[0].binding)
        return sentence_with_others(sentence, self.order.others(rule, matches), self.world.profile.subject.currency)

    def _fill(self, text: Text, rule: Rule, binding: Mapping[str, Fact]) -> Text:
        return fill_text(text, rule, self.company, binding, self.program, self.world)

    def _verdict_sentence(self, decision: VerdictDecision) -> Text:
        decided_by = self._says(self.program.rules[decision.because[0]]) if decision.because else None
        return verdict_sentence(decision, decided_by, tuple(self.steps.values()), self.program.rules, self.scope)
