"""The page of one company as a named tuple, every text final."""

from typing import NamedTuple

from screener.report import number_format as numbers
from screener.report.charts import bars
from screener.report.charts.shapes import Chart
from screener.report.number_format import tidy
from screener.report.views import flags, sections
from screener.report.views.parts import (
    Check,
    Dispute,
    FlagView,
    Ignored,
    Link,
    Lookup,
    Mark,
    Measure,
    Money,
    Reason,
    SourceRow,
    WaterfallRow,
)
from screener.report.views.view_context import NAME, TITLE, Context
from screener.report.wording import Words
from screener.result.model import ResultDocument


class CompanyView(NamedTuple):
    """The page of one company; every text is final."""

    name: str
    meta: tuple[str, ...]
    aliases: str
    summary: str
    verdict: Mark
    thin: str
    sentence: str
    coverage: str
    tally: tuple[str, ...]
    open_patterns: tuple[str, ...]
    also: tuple[Link, ...]
    illustrative: str
    assumed: str
    score: str
    between: str
    scale: Chart
    scale_rows: tuple[tuple[str, str], ...]
    reasons: tuple[Reason, ...]
    flags: tuple[FlagView, ...]
    no_flags: str
    measured: tuple[tuple[str, Measure], ...]  # the table behind all bars of distance: flag and comparison
    money: Money | None
    lookups: tuple[Lookup, ...]
    lookups_rest: str
    undecided: tuple[Check, ...]
    undecided_note: str
    undecided_show: str
    waterfall: Chart | None
    steps: tuple[WaterfallRow, ...]
    disputes: tuple[Dispute, ...]
    passed: tuple[Check, ...]
    passed_note: str
    passed_show: str
    skipped: tuple[Check, ...]
    skipped_note: str
    ignored: tuple[Ignored, ...]
    sources: tuple[SourceRow, ...]
    notes: tuple[str, ...]
    versions: tuple[str, ...]
    calibration: str


def company_view(result: ResultDocument, said: Words) -> CompanyView:
    """A result in the words' language."""
    c = Context(result, said)
    company, verdict, score = result.company, result.verdict, result.score
    lookups = sections.lookups(c)
    undecided = flags.undecided(c)
    fall = sections.waterfall(c)
    shown_flags = flags.flags(c)
    passed, skipped = flags.passed(c), flags.skipped(c)
    sure = verdict.word != "insufficient-data"
    shown, between = numbers.headline_score(score, sure), numbers.score_range(score.low, score.high)
    low, high = f"{score.low:.0f}", f"{score.high:.0f}"
    illustrative = [c.text(s.title, TITLE) for s in result.sources if s.kind == "illustrative"]
    no_flags = said("flags.none") if not undecided else said("flags.none_unknown", n=f"{len(undecided):,}")
    return CompanyView(
        name=c.text(company.name, 120) or tidy(company.id, 80),
        meta=_meta(c),
        aliases=said("also_known", names=_aliases(c)) if company.aliases else "",
        summary=c.text(company.summary, 500),
        verdict=c.verdict_mark(),
        thin=said("verdict.thin") if verdict.thin else "",
        sentence=c.text(verdict.sentence, 400),
        coverage=_coverage(c),
        tally=_tally(c),
        open_patterns=tuple(c.title(r) for r in verdict.open_patterns) if verdict.thin else (),
        also=tuple(c.rule_link(r) for r in verdict.also),
        assumed=flags.what_if(c),
        illustrative=said("illustrative", names=numbers.listed(illustrative[:6], c.language)) if illustrative else "",
        score=shown,
        between=_between(c, between, sure),
        scale=_scale(c, shown, between, sure),
        scale_rows=((said("score.low"), low), (said("score.label"), shown), (said("score.high"), high)),
        reasons=flags.reasons(c),
        flags=shown_flags,
        no_flags=no_flags,
        measured=tuple((f.title, m) for f in shown_flags for m in f.measures),
        money=sections.money(c),
        lookups=lookups,
        lookups_rest=said.count("unknown.rest", len(lookups) - 8) if len(lookups) > 8 else "",
        undecided=undecided,
        undecided_note=said.count("unknown.note", len(undecided)),
        undecided_show=said.count("unknown.rules", len(undecided)),
        waterfall=fall[0] if fall else None,
        steps=fall[1] if fall else (),
        disputes=sections.disputes(c),
        passed=passed,
        passed_note=said.count("passed.note", len(passed)),
        passed_show=said.count("passed.show", len(passed)),
        skipped=skipped,
        skipped_note=said.count("skipped.note", len(skipped)),
        ignored=sections.ignored(c),
        sources=sections.sources(c),
        notes=tuple(c.text(n, 300) for n in result.notes),
        versions=_versions(c),
        calibration=c.text(result.calibration.says, 600) if result.calibration else "",
    )


def _meta(c: Context) -> tuple[str, ...]:
    company, said = c.company, c.words
    as_of = numbers.date(company.as_of, c.language)
    kinds = [said.count("tally.kinds", n, kind=said.of("kind", k)) for k, n in c.result.kinds if n]
    items = [
        tidy(company.ticker, 20),
        c.text(company.sector_title, NAME),
        said("as_of", date=as_of) if as_of else said("undated"),
        said.of("currency", tidy(company.currency, 8)),
        *(kinds or [said("tally.no_figures")]),
    ]
    return tuple(i for i in items if i)


def _aliases(c: Context) -> str:
    return numbers.listed([tidy(a, NAME) for a in c.company.aliases[:5]], c.language)


def _coverage(c: Context) -> str:
    k = c.result.coverage
    return c.words("coverage.text", decided=k.decided, total=k.total) if k.total else c.words("coverage.none")


def _tally(c: Context) -> tuple[str, ...]:
    fired = c.of("fired")
    counts = [(kind, sum(f.flag == kind and f.scored for f in fired)) for kind in ("red", "pattern", "green", "data")]
    counts += [
        ("aside", sum(not f.scored for f in fired)),
        ("clear", len(c.of("clear"))),
        ("unknown", len(c.of("unknown"))),
    ]
    return tuple(c.words.count(f"tally.{kind}", n) for kind, n in counts if n or kind in ("red", "unknown"))


def _between(c: Context, between: str, sure: bool) -> str:
    s = c.result.score
    if not sure:
        return c.words("score.open")
    return c.words("score.exact") if s.low == s.high else c.words("score.between", range=between)


def _scale(c: Context, shown: str, between: str, sure: bool) -> Chart:
    s, said = c.result.score, c.words
    edges = {"caution": f"{s.caution_from:.0f}", "avoid": f"{s.avoid_from:.0f}"}
    title = said("score.chart", score=shown, range=between)
    names = (said("score.band_clear"), said("score.band_caution"), said("score.band_avoid"))
    bands = (s.caution_from, s.avoid_from)
    look = c.verdict_mark().look
    return bars.scale(
        (s.value if sure else None, s.low, s.high),
        bands,
        look,
        names,
        title,
        said("score.desc", range=between, **edges),
    )


def _versions(c: Context) -> tuple[str, ...]:
    r, said = c.result, c.words
    pack = said("method.pack", name=tidy(r.pack.name, 40), version=tidy(r.pack.version, 20), n=r.pack.rules,
                digest=r.pack.digest[:16])  # fmt: skip
    profile = said("method.profile", digest=r.profile_digest[:16])
    return said("method.version", version=r.version), pack, profile
