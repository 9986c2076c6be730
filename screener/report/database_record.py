"""What a database keeps of a result: plain values, every text cleaned."""

from typing import NamedTuple

from screener.report.number_format import tidy
from screener.report.views.view_context import NAME_LENGTH
from screener.result.model import Finding, ResultDocument
from screener.text import Text


class FindingRecord(NamedTuple):
    """A finding, without the texts of its rule."""

    rule: str
    outcome: str
    points: float
    scored: bool
    waived_until: str | None
    headline_en: str | None
    headline_zh: str | None


class ResultRecord(NamedTuple):
    """The main values of a result."""

    company: str
    name_en: str
    name_zh: str
    as_of: str | None
    verdict: str
    score: float
    score_low: float
    score_high: float
    decided: int
    total: int
    profile_digest: str
    findings: tuple[FindingRecord, ...]


def result_record(result: ResultDocument) -> ResultRecord:
    """The record of a result."""
    company, score, coverage = result.company, result.score, result.coverage
    name_en, name_zh = _in_both_languages(company.name)
    return ResultRecord(
        company=company.id,
        name_en=name_en or company.id,
        name_zh=name_zh or company.id,
        as_of=company.as_of,
        verdict=result.verdict.word,
        score=round(score.value, 4),
        score_low=round(score.low, 4),
        score_high=round(score.high, 4),
        decided=coverage.decided,
        total=coverage.total,
        profile_digest=result.profile_digest,
        findings=tuple(map(_finding_record, result.findings)),
    )


def _finding_record(finding: Finding) -> FindingRecord:
    headline_en, headline_zh = _in_both_languages(finding.headline)
    return FindingRecord(
        rule=finding.rule,
        outcome=finding.outcome,
        points=round(finding.points, 4),
        scored=finding.scored,
        waived_until=finding.waived.until if finding.waived else None,
        headline_en=headline_en,
        headline_zh=headline_zh,
    )


def _in_both_languages(text: Text | None) -> tuple[str | None, str | None]:
    return (None, None) if text is None else (tidy(text.en, NAME_LENGTH), tidy(text.zh, NAME_LENGTH))
