"""Results as rows of tables: the columns of companies and of findings, the same in CSV and Parquet."""

from collections.abc import Iterator, Mapping
from typing import Literal

from screener.report.views.view_context import ViewContext
from screener.result.finding_records import Finding
from screener.vocabulary import Flag, Outcome

ColumnType = Literal["text", "number", "count", "truth"]
FLAGS = tuple(flag.value for flag in Flag)
_NAME_LENGTH, _SENTENCE_LENGTH = 400, 2000  # greatest length of a text

_SCORE: Mapping[str, ColumnType] = {
    "score": "number",
    "score_low": "number",
    "score_high": "number",
    "decided": "count",
    "total": "count",
}
COMPANY_COLUMNS: Mapping[str, ColumnType] = {
    "company": "text",
    "name": "text",
    "sector": "text",
    "as_of": "text",
    "verdict": "text",
    "thin": "truth",
    **_SCORE,
    **dict.fromkeys(FLAGS, "text"),  # for each flag, the fired rules with it
    "unknown": "count",
    "sentence": "text",
    "currency": "text",
    "pack": "text",
    "pack_version": "text",
    "pack_digest": "text",
    "profile_digest": "text",
}
FINDING_COLUMNS: Mapping[str, ColumnType] = {
    "company": "text",
    "name": "text",
    "as_of": "text",
    "verdict": "text",
    **_SCORE,
    "rule": "text",
    "flag": "text",
    "outcome": "text",
    "severity": "text",
    "category": "text",
    "cause": "text",
    "title": "text",
    "clear_title": "text",
    "headline": "text",
    "says": "text",
    "points": "number",
    "matches": "count",
    "compared": "text",
    "value_low": "number",
    "value_high": "number",
    "op": "text",
    "threshold_low": "number",
    "threshold_high": "number",
    "unit": "text",
    "relative": "number",
    "because": "text",
    "missing": "text",
    "softened_by": "text",
    "sources": "text",
    "references": "text",
    "status": "text",
    "scored": "truth",
    "waived_until": "text",
}


def company_row(context: ViewContext) -> dict[str, object]:
    """Returns a company by `COMPANY_COLUMNS`; None for missing values."""
    result = context.result
    company, pack = result.company, result.pack
    fired = {
        flag: " ".join(f.rule for f in result.findings if f.outcome == "fired" and f.flag == flag) for flag in FLAGS
    }
    return {
        "company": company.id,
        "name": context.text(company.name, _NAME_LENGTH),
        "sector": company.sector,
        "as_of": company.as_of,
        "verdict": result.verdict.word,
        "thin": result.verdict.thin,
        **_score_values(context),
        **fired,
        "unknown": sum(f.outcome == "unknown" for f in result.findings),
        "sentence": context.text(result.verdict.sentence, _NAME_LENGTH),
        "currency": company.currency,
        "pack": pack.name,
        "pack_version": pack.version,
        "pack_digest": pack.digest,
        "profile_digest": result.profile_digest,
    }


def finding_rows(context: ViewContext) -> Iterator[dict[str, object]]:
    """Returns the findings of a company, each by `FINDING_COLUMNS`; None for missing values."""
    company = context.result.company
    shared = {
        "company": company.id,
        "name": context.text(company.name, _NAME_LENGTH),
        "as_of": company.as_of,
        "verdict": context.result.verdict.word,
        **_score_values(context),
    }
    return (shared | _finding_values(context, finding) for finding in context.result.findings)


def _score_values(context: ViewContext) -> dict[str, object]:
    score, coverage = context.result.score, context.result.coverage
    return {
        "score": None if context.result.verdict.word.withholds_score else round(score.value, 4),
        "score_low": round(score.low, 4),
        "score_high": round(score.high, 4),
        "decided": coverage.decided,
        "total": coverage.total,
    }


def _finding_values(context: ViewContext, f: Finding) -> dict[str, object]:
    return {
        "rule": f.rule,
        "flag": f.flag,
        "outcome": f.outcome,
        "severity": f.severity,
        "category": f.category,
        "cause": f.cause,
        "title": context.text(f.title, _NAME_LENGTH),
        "clear_title": context.clear_title(f) if f.outcome is Outcome.CLEAR else None,
        "headline": context.text(f.headline, _NAME_LENGTH),
        "says": context.text(f.says, _SENTENCE_LENGTH),
        "points": round(f.points, 4),
        "matches": f.matches,
        **_comparison_values(context, f),
        "because": " ".join(f.because),
        "missing": " ".join(f.missing),
        "softened_by": " ".join(f.softened_by),
        "sources": " ".join(dict.fromkeys(e.source for e in f.evidence if e.source)),
        "references": " ; ".join(f.references),
        "status": f.status,
        "scored": f.scored,
        "waived_until": f.waived.until if f.waived else None,
    }


def _comparison_values(context: ViewContext, f: Finding) -> dict[str, object]:
    """Returns the comparison that is nearest to another outcome; an open end of a range has no value."""
    if not f.distances:
        names = ("compared", "value_low", "value_high", "op", "threshold_low", "threshold_high", "unit", "relative")
        return dict.fromkeys(names)
    nearest = f.distances[0]
    value_low, value_high = nearest.value.finite()
    threshold_low, threshold_high = nearest.threshold.finite()
    return {
        "compared": context.text(nearest.title, _NAME_LENGTH),
        "value_low": value_low,
        "value_high": value_high,
        "op": nearest.op,
        "threshold_low": threshold_low,
        "threshold_high": threshold_high,
        "unit": nearest.unit,
        "relative": nearest.relative,
    }
