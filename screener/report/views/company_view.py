"""The page of one company as a named tuple, every text final."""

from typing import NamedTuple

from screener.report import number_format as numbers
from screener.report.charts import bars
from screener.report.charts.shapes import Chart
from screener.report.number_format import tidy
from screener.report.views import company_sections as sections
from screener.report.views import flag_views as flags
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
    coverage: str
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


def company_view(c: ViewContext) -> CompanyView:
    """The page of a result, in the language of its context."""
    result, wording = c.result, c.wording
    company, verdict, score = result.company, result.verdict, result.score
    lookups = sections.lookups(c)
    undecided = flags.undecided_rules(c)
    fall = sections.score_waterfall(c)
    shown_flags = flags.fired_flags(c)
    passed, skipped = flags.passed_rules(c), flags.inapplicable_rules(c)
    sure = verdict.word != "insufficient-data"
    shown, between = numbers.headline_score(score, sure), numbers.score_range(score.low, score.high)
    low, high = f"{score.low:.0f}", f"{score.high:.0f}"
    illustrative = [c.text(s.title, TITLE_LENGTH) for s in result.sources if s.kind == "illustrative"]
    no_flags = wording("flags.none") if not undecided else wording("flags.none_unknown", n=f"{len(undecided):,}")
    return CompanyView(
        name=c.text(company.name, 120) or tidy(company.id, 80),
        meta=_meta(c),
        aliases=wording("also_known", names=_aliases(c)) if company.aliases else "",
        summary=c.text(company.summary, 500),
        verdict=c.verdict_badge(),
        thin_evidence=wording("verdict.thin") if verdict.thin else "",
        sentence=c.text(verdict.sentence, 400),
        coverage=_coverage(c),
        tally=_tally(c),
        open_patterns=tuple(c.rule_title(r) for r in verdict.open_patterns) if verdict.thin else (),
        other_patterns=tuple(c.rule_link(r) for r in verdict.also),
        assumed=flags.assumptions_text(c),
        illustrative=wording("illustrative", names=wording.enumerate(illustrative[:6])) if illustrative else "",
        score=shown,
        score_range=_between(c, between, sure),
        score_chart=_scale(c, shown, between, sure),
        score_rows=((wording("score.low"), low), (wording("score.label"), shown), (wording("score.high"), high)),
        reasons=flags.reason_views(c),
        flags=shown_flags,
        no_flags=no_flags,
        threshold_rows=tuple((f.title, m) for f in shown_flags for m in f.thresholds),
        money_flows=sections.money_flows(c),
        lookups=lookups,
        more_lookups=wording.plural("unknown.rest", len(lookups) - 8) if len(lookups) > 8 else "",
        undecided=undecided,
        undecided_note=wording.plural("unknown.note", len(undecided)),
        undecided_summary=wording.plural("unknown.rules", len(undecided)),
        waterfall=fall[0] if fall else None,
        waterfall_rows=fall[1] if fall else (),
        disputed_figures=sections.disputed_figures(c),
        passed=passed,
        passed_note=wording.plural("passed.note", len(passed)),
        passed_summary=wording.plural("passed.show", len(passed)),
        not_applicable=skipped,
        not_applicable_note=wording.plural("skipped.note", len(skipped)),
        ignored_claims=sections.ignored_claims(c),
        sources=sections.source_rows(c),
        notes=tuple(c.text(n, 300) for n in result.notes),
        versions=_versions(c),
        calibration=c.text(result.calibration.says, 600) if result.calibration else "",
    )


def _meta(c: ViewContext) -> tuple[str, ...]:
    company, wording = c.company, c.wording
    as_of = numbers.date(company.as_of, c.language)
    kinds = [wording.plural("tally.kinds", n, kind=wording.label("kind", k)) for k, n in c.result.kinds if n]
    items = [
        tidy(company.ticker, 20),
        c.text(company.sector_title, NAME_LENGTH),
        wording("as_of", date=as_of) if as_of else wording("undated"),
        wording.label("currency", tidy(company.currency, 8)),
        *(kinds or [wording("tally.no_figures")]),
    ]
    return tuple(i for i in items if i)


def _aliases(c: ViewContext) -> str:
    return c.wording.enumerate([tidy(a, NAME_LENGTH) for a in c.company.aliases[:5]])


def _coverage(c: ViewContext) -> str:
    k = c.result.coverage
    return c.wording("coverage.text", decided=k.decided, total=k.total) if k.total else c.wording("coverage.none")


def _tally(c: ViewContext) -> tuple[str, ...]:
    fired = c.with_outcome("fired")
    counts = [(kind, sum(f.flag == kind and f.scored for f in fired)) for kind in ("red", "pattern", "green", "data")]
    counts += [
        ("aside", sum(not f.scored for f in fired)),
        ("clear", len(c.with_outcome("clear"))),
        ("unknown", len(c.with_outcome("unknown"))),
    ]
    return tuple(c.wording.plural(f"tally.{kind}", n) for kind, n in counts if n or kind in ("red", "unknown"))


def _between(c: ViewContext, between: str, sure: bool) -> str:
    s = c.result.score
    if not sure:
        return c.wording("score.open")
    return c.wording("score.exact") if s.low == s.high else c.wording("score.between", range=between)


def _scale(c: ViewContext, shown: str, between: str, sure: bool) -> Chart:
    s, wording = c.result.score, c.wording
    edges = {"caution": f"{s.caution_from:.0f}", "avoid": f"{s.avoid_from:.0f}"}
    title = wording("score.chart", score=shown, range=between)
    names = (wording("score.band_clear"), wording("score.band_caution"), wording("score.band_avoid"))
    bands = (s.caution_from, s.avoid_from)
    look = c.verdict_badge().css_class
    return bars.score_scale(
        (s.value if sure else None, s.low, s.high),
        bands,
        look,
        names,
        title,
        wording("score.desc", range=between, **edges),
    )


def _versions(c: ViewContext) -> tuple[str, ...]:
    r, wording = c.result, c.wording
    pack = wording("method.pack", name=tidy(r.pack.name, 40), version=tidy(r.pack.version, 20), n=r.pack.rules,
                digest=r.pack.digest[:16])  # fmt: skip
    profile = wording("method.profile", digest=r.profile_digest[:16])
    return wording("method.version", version=r.version), pack, profile
