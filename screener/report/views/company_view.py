"""The page of one company as a named tuple of final texts."""

from typing import NamedTuple

from screener.report.charts.shapes import Chart
from screener.report.number_format import tidy
from screener.report.views import company_sections as sections
from screener.report.views import flag_views as flags
from screener.report.views.badges import verdict_badge
from screener.report.views.basis_view import stands_lines, what_if_rows
from screener.report.views.coverage_view import TallyItem, coverage_chart, other_tally, tally_items
from screener.report.views.display_text import NAME_LENGTH, TITLE_LENGTH
from screener.report.views.figure_table import figure_table, lacking_figures
from screener.report.views.peer_views import PeerTable, peer_table
from screener.report.views.ratio_table import peer_heads, ratio_rows
from screener.report.views.standing import StandingTexts
from screener.report.views.view_context import ViewContext
from screener.report.views.view_models import (
    INDEX_PAGE,
    Badge,
    DisputedFigure,
    FigureTable,
    FlagView,
    IgnoredClaim,
    LackingFigure,
    Link,
    Lookup,
    LookupGroup,
    MoneyFlows,
    Neighbour,
    RatioRow,
    SourceRow,
    StandsLine,
    UnfiredRule,
    WhatIfRow,
    WhyRow,
)
from screener.report.views.why_table import why_rows
from screener.report.wording import Wording
from screener.text import file_stem
from screener.vocabulary import Flag

MOST_NEIGHBOURS = 4  # linked at the head of the page


class CompanyView(NamedTuple):
    """The page of one company; every text is final."""

    name: str
    day: str
    meta: tuple[str, ...]
    aliases: str
    summary: str
    index_link: Link | None  # the index of the run, if there is one beside the page
    neighbours: tuple[Neighbour, ...]  # companies that it depends on and that have pages
    verdict: Badge
    thin_evidence: str
    sentence: str
    scope: str  # which packs the verdict covers; empty if there is only one pack
    coverage: str
    below_bar: str  # a note that too few rules are decided, or ""
    coverage_chart: Chart
    packs_in_short: str
    packs: tuple[str, ...]  # the share of each pack that is decided, then the required coverage
    tally: tuple[TallyItem, ...]  # outcomes of the rules that count: they add up to those that apply
    other_tally: tuple[str, ...]  # other rules that fired
    stands: tuple[StandsLine, ...]
    open_patterns: tuple[str, ...]
    other_patterns: tuple[Link, ...]
    illustrative: str
    assumed: str
    score: str
    score_range: str
    score_chart: Chart
    why: tuple[WhyRow, ...]
    figures: FigureTable | None
    ratios: tuple[RatioRow, ...]
    peer_heads: tuple[str, ...]  # headers of the columns of peers beside the ratios
    lacking: tuple[LackingFigure, ...]
    lookup_groups: tuple[LookupGroup, ...]
    lookup_note: str  # the meaning of the ranges beside them, and the present range
    what_if: tuple[WhatIfRow, ...]
    flags: tuple[FlagView, ...]
    no_flags: str
    money_flows: MoneyFlows | None
    lookups: tuple[Lookup, ...]
    more_lookups: str
    undecided: tuple[UnfiredRule, ...]
    undecided_note: str
    undecided_summary: str
    disputed_figures: tuple[DisputedFigure, ...]
    passed: tuple[UnfiredRule, ...]
    passed_summary: str
    not_earned: tuple[UnfiredRule, ...]  # reliefs
    not_earned_summary: str
    other_clear: tuple[UnfiredRule, ...]  # without weight in the score
    other_clear_summary: str
    not_applicable: tuple[UnfiredRule, ...]
    not_applicable_summary: str
    ignored_claims: tuple[IgnoredClaim, ...]
    sources: tuple[SourceRow, ...]
    notes: tuple[str, ...]
    versions: tuple[str, ...]
    calibration: str
    peers: PeerTable | None = None


def company_view(c: ViewContext) -> CompanyView:
    """Returns the page of a result, in the language of its context."""
    result, wording = c.result, c.wording
    company, verdict = result.company, result.verdict
    standing = StandingTexts(result, wording)
    lookups = sections.lookups(c)
    unknown = c.with_outcome("unknown")
    passed, not_applicable = flags.passed_rules(c, Flag.RED), flags.inapplicable_rules(c)
    not_earned, other_clear = flags.passed_rules(c, Flag.GREEN), flags.other_clear_rules(c)
    illustrative = [c.text(s.title, TITLE_LENGTH) for s in result.sources if s.kind == "illustrative"]
    tally = tally_items(c)
    peers = peer_table(c)
    counted = sum(f.scored and f.flag.scores for f in unknown)
    return CompanyView(
        name=c.text(company.name, 120) or tidy(company.id, 80),
        day=standing.day,
        meta=_meta(c),
        aliases=wording("also_known", names=_aliases(c)) if company.aliases else "",
        summary=c.text(company.summary, 500),
        index_link=Link(wording("nav.all"), INDEX_PAGE) if c.several else None,
        neighbours=_neighbours(c),
        verdict=c.verdict_badge(),
        thin_evidence=standing.thin_evidence,
        sentence=c.text(verdict.sentence, 400),
        scope=_scope(c),
        coverage=standing.coverage,
        below_bar=standing.below_bar,
        coverage_chart=coverage_chart(tally, standing.coverage),
        packs_in_short=standing.packs_in_short,
        packs=standing.packs,
        tally=tally,
        other_tally=other_tally(c),
        stands=stands_lines(c),
        open_patterns=tuple(c.rule_title(r) for r in verdict.open_patterns) if verdict.thin else (),
        other_patterns=tuple(c.rule_link(r) for r in verdict.also),
        assumed=flags.assumptions_text(c),
        illustrative=wording("illustrative", names=wording.enumerate(illustrative[:6])) if illustrative else "",
        score=standing.score,
        score_range=_score_sentence(standing),
        score_chart=standing.score_chart,
        why=why_rows(c),
        figures=figure_table(c),
        ratios=ratio_rows(c, peers),
        peer_heads=peer_heads(peers),
        lacking=lacking_figures(c),
        lookup_groups=sections.lookup_groups(c),
        lookup_note=wording("unknown.ranges", range=standing.score_range),
        what_if=what_if_rows(c),
        flags=flags.fired_flags(c),
        no_flags=wording("flags.none_unknown", n=f"{len(unknown):,}") if unknown else wording("flags.none"),
        money_flows=sections.money_flows(c),
        lookups=lookups,
        more_lookups=wording.plural("unknown.rest", len(lookups) - 8) if len(lookups) > 8 else "",
        undecided=flags.undecided_rules(c),
        undecided_note=wording.plural("unknown.decides", counted),
        undecided_summary=_undecided_summary(wording, counted, len(unknown) - counted),
        disputed_figures=sections.disputed_figures(c),
        passed=passed,
        passed_summary=wording.plural("passed.show", len(passed)),
        not_earned=not_earned,
        not_earned_summary=wording.plural("passed.not_earned", len(not_earned)),
        other_clear=other_clear,
        other_clear_summary=wording.plural("passed.other", len(other_clear)),
        not_applicable=not_applicable,
        not_applicable_summary=wording.plural("skipped.show", len(not_applicable)),
        ignored_claims=sections.ignored_claim_views(c),
        sources=sections.source_rows(c),
        notes=tuple(c.text(n, 300) for n in result.notes),
        versions=standing.versions,
        calibration=c.text(result.calibration.says, 600) if result.calibration else "",
        peers=peers,
    )


def _scope(c: ViewContext) -> str:
    """Returns which packs the verdict covers, and which rules for the company's own sector could not be decided."""
    sentences = (c.text(text, 600) for text in (c.result.verdict.scope, c.result.verdict.own_sector))
    return (" " if c.language == "en" else "").join(filter(None, sentences))


def _undecided_summary(wording: Wording, counted: int, others: int) -> str:
    """Returns the number of undecided rules; those without weight are counted separately."""
    summary = wording.plural("unknown.rules", counted)
    return summary + wording("unknown.without_weight", n=others) if others else summary


def _neighbours(c: ViewContext) -> tuple[Neighbour, ...]:
    """Returns the companies of the run that this one depends on, with links to their pages beside this one."""
    related = c.result.peers.related if c.several and c.result.peers else ()
    return tuple(
        Neighbour(
            role=c.wording.enumerate(c.wording.label("how", how) for how in company.how),
            link=Link(c.text(company.name, 40), f"{file_stem(company.id)}.html"),
            verdict=verdict_badge(company.verdict, c.wording, critical=company.critical),
        )
        for company in related[:MOST_NEIGHBOURS]
    )


def _meta(c: ViewContext) -> tuple[str, ...]:
    company, wording = c.company, c.wording
    items = [
        tidy(company.ticker, 20),
        c.text(company.sector_title, NAME_LENGTH),
        wording.label("currency", tidy(company.currency, 8)),
    ]
    return tuple(i for i in items if i)


def _aliases(c: ViewContext) -> str:
    return c.wording.enumerate([tidy(a, NAME_LENGTH) for a in c.company.aliases[:5]])


def _score_sentence(standing: StandingTexts) -> str:
    """Returns a sentence with the range of the score and its meaning."""
    score, wording = standing.standing.score, standing.wording
    if not standing.enough_data:
        return wording("score.open")
    return wording("score.exact") if score.low == score.high else wording("score.between", range=standing.score_range)
