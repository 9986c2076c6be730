"""What a database keeps of one result: plain values, every text cleaned."""

from typing import NamedTuple

from screener.report.number_format import tidy
from screener.report.views.view_context import NAME_LENGTH
from screener.result.model import ResultDocument
from screener.text import Text


class FindingRecord(NamedTuple):
    """One finding, without what its rule says of itself."""

    rule: str
    outcome: str
    points: float
    scored: bool
    waived_until: str | None
    headline_en: str | None
    headline_zh: str | None


class ResultRecord(NamedTuple):
    """A result in short."""

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
    """What is kept of a result."""
    c, s, k = result.company, result.score, result.coverage
    findings = tuple(
        FindingRecord(
            f.rule,
            f.outcome,
            round(f.points, 4),
            f.scored,
            f.waived.until if f.waived else None,
            *_in_both_languages(f.headline),
        )
        for f in result.findings
    )
    name_en, name_zh = _in_both_languages(c.name)
    return ResultRecord(c.id, name_en or c.id, name_zh or c.id, c.as_of, result.verdict.word, round(s.value, 4), round(s.low, 4),
                  round(s.high, 4), k.decided, k.total, result.profile_digest, findings)  # fmt: skip


def _in_both_languages(text: Text | None) -> tuple[str | None, str | None]:
    return (None, None) if text is None else (tidy(text.en, NAME_LENGTH), tidy(text.zh, NAME_LENGTH))
