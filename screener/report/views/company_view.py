"""The page of one company as a named tuple, every text final."""

from typing import NamedTuple

from screener.report.charts.shapes import Chart
from screener.report.number_format import tidy
from screener.report.views import company_sections as sections
from screener.report.views import flag_views as flags
from screener.report.views.peer_views import PeerTable, peer_table
from screener.report.views.rule_tally import rule_tally
from screener.report.views.standing import StandingTexts
from screener.report.views.view_context import NAME_LENGTH, TITLE_LENGTH, ViewContext
from screener.report.views.view_models import (
    Badge,
    DisputedFigure,
    FlagView,
    IgnoredClaim,
    Link,
    Lookup,
    MoneyFlows,
    Reason,
    SourceRow,
    ThresholdView,
    UnfiredRule,
    WaterfallRow,
)


class CompanyView(NamedTuple):
    """The page of one company; every text is final."""

    name: str
    meta: tuple[str, ...]
    aliases: str
    summary: str
    verdict: Badge
    thin_evidence: str
    sentence: str
    scope: str  # which packs the verdict covers; empty where there is one
    coverage: str
    packs: tuple[str, ...]  # how much of each pack is decided, then the bar
    tally: tuple[str, ...]
    open_patterns: tuple[str, ...]
    other_patterns: tuple[Link, ...]
    illustrative: str
    assumed: str
    score: str
    score_range: str
    score_chart: Chart
    score_rows: tuple[tuple[str, str], ...]
    reasons: tuple[Reason, ...]
    flags: tuple[FlagView, ...]
    no_flags: str
    threshold_rows: tuple[tuple[str, ThresholdView], ...]  # the table behind all bars of distance: flag and comparison
    money_flows: MoneyFlows | None
    lookups: tuple[Lookup, ...]
    more_lookups: str
    undecided: tuple[UnfiredRule, ...]
    undecided_note: str
    undecided_summary: str
    waterfall: Chart | None
    waterfall_rows: tuple[WaterfallRow, ...]
    disputed_figures: tuple[DisputedFigure, ...]
    passed: tuple[UnfiredRule, ...]
    passed_note: str
    passed_summary: str
    not_applicable: tuple[UnfiredRule, ...]
    not_applicable_note: str
    ignored_claims: tuple[IgnoredClaim, ...]
    sources: tuple[SourceRow, ...]
    notes: tuple[str, ...]
    versions: tuple[str, ...]
    calibration: str
    peers: PeerTable | None = None


def company_view(c: ViewContext) -> CompanyView:
    """The page of a result, in the language of its context."""
    result, wording = c.result, c.wording
    company, verdict, score = result.company, result.verdict, result.score
    standing = StandingTexts(result, wording)
    lookups = sections.lookups(c)
    undecided = flags.undecided_rules(c)
    fired = flags.fired_flags(c)
    passed, not_applicable = flags.passed_rules(c), flags.inapplicable_rules(c)
    waterfall = sections.score_waterfall(c)
    illustrative = [c.text(s.title, TITLE_LENGTH) for s in result.sources if s.kind == "illustrative"]
    return CompanyView(
        name=c.text(company.name, 120) or tidy(company.id, 80),
        meta=_meta(c, standing),
        aliases=wording("also_known", names=_aliases(c)) if company.aliases else "",
        summary=c.text(company.summary, 500),
        verdict=c.verdict_badge(),
        thin_evidence=standing.thin_evidence,
        sentence=c.text(verdict.sentence, 400),
        scope=_scope(c),
        coverage=standing.coverage,
        packs=standing.packs,
        tally=rule_tally(c),
        open_patterns=tuple(c.rule_title(r) for r in verdict.open_patterns) if verdict.thin else (),
        other_patterns=tuple(c.rule_link(r) for r in verdict.also),
        assumed=flags.assumptions_text(c),
        illustrative=wording("illustrative", names=wording.enumerate(illustrative[:6])) if illustrative else "",
        score=standing.score,
        score_range=_score_sentence(standing),
        score_chart=standing.score_chart,
        score_rows=(
            (wording("score.low"), f"{score.low:.0f}"),
            (wording("score.label"), standing.score),
            (wording("score.high"), f"{score.high:.0f}"),
        ),
        reasons=flags.reason_views(c),
        flags=fired,
        no_flags=wording("flags.none_unknown", n=f"{len(undecided):,}") if undecided else wording("flags.none"),
        threshold_rows=tuple((f.title, threshold) for f in fired for threshold in f.thresholds),
        money_flows=sections.money_flows(c),
        lookups=lookups,
        more_lookups=wording.plural("unknown.rest", len(lookups) - 8) if len(lookups) > 8 else "",
        undecided=undecided,
        undecided_note=wording.plural("unknown.note", len(undecided)),
        undecided_summary=wording.plural("unknown.rules", len(undecided)),
        waterfall=waterfall[0] if waterfall else None,
        waterfall_rows=waterfall[1] if waterfall else (),
        disputed_figures=sections.disputed_figures(c),
        passed=passed,
        passed_note=wording.plural("passed.note", len(passed)),
        passed_summary=wording.plural("passed.show", len(passed)),
        not_applicable=not_applicable,
        not_applicable_note=wording.plural("skipped.note", len(not_applicable)),
        ignored_claims=sections.ignored_claims(c),
        sources=sections.source_rows(c),
        notes=tuple(c.text(n, 300) for n in result.notes),
        versions=standing.versions,
        calibration=c.text(result.calibration.says, 600) if result.calibration else "",
        peers=peer_table(c),
    )


def _scope(c: ViewContext) -> str:
    """Which packs the verdict covers, and which rules for the company's own sector could not be decided."""
    said = (c.text(text, 600) for text in (c.result.verdict.scope, c.result.verdict.own_sector))
    return (" " if c.language == "en" else "").join(filter(None, said))


def _meta(c: ViewContext, standing: StandingTexts) -> tuple[str, ...]:
    company, wording = c.company, c.wording
    kinds = [wording.plural("tally.kinds", n, kind=wording.label("kind", k)) for k, n in c.result.kinds if n]
    items = [
        tidy(company.ticker, 20),
        c.text(company.sector_title, NAME_LENGTH),
        standing.day,
        wording.label("currency", tidy(company.currency, 8)),
        *(kinds or [wording("tally.no_figures")]),
    ]
    return tuple(i for i in items if i)


def _aliases(c: ViewContext) -> str:
    return c.wording.enumerate([tidy(a, NAME_LENGTH) for a in c.company.aliases[:5]])


def _score_sentence(standing: StandingTexts) -> str:
    """The range of the score, and what it means."""
    score, wording = standing.standing.score, standing.wording
    if not standing.enough_data:
        return wording("score.open")
    return wording("score.exact") if score.low == score.high else wording("score.between", range=standing.score_range)
