"""The content of a result that a database stores: plain values, with all texts cleaned."""

from typing import NamedTuple

from screener.expression.interval import Interval
from screener.report.number_format import tidy
from screener.report.views.display_text import NAME_LENGTH
from screener.result.finding_records import Evidence, Finding
from screener.result.model import ResultDocument
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


class FigureRecord(NamedTuple):
    """A figure in use, of the company itself (`party` is empty) or another one, or a field of a relation (`about`)."""

    figure: str
    party: str  # the name of the other company
    about: str
    title_en: str
    title_zh: str
    low: float | None  # ends of a number; None if unbounded or not a number
    high: float | None
    word: str | None  # for a statement: true, false or a word
    unit: str
    currency: str | None

    @property
    def key(self) -> tuple[str, str, str]:
        """Returns the key that identifies a figure within a result."""
        return self[:3]

    @property
    def stated(self) -> tuple[object, ...]:
        """Returns the value with its unit."""
        return self.low, self.high, self.word, self.unit, self.currency


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
    figures: tuple[FigureRecord, ...]


def result_record(result: ResultDocument) -> ResultRecord:
    """Returns the record of a result."""
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
        figures=figure_records(result),
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


def figure_records(result: ResultDocument) -> tuple[FigureRecord, ...]:
    """Returns the figures of a result, each for the period that is used."""
    found: dict[tuple[str, str, str], FigureRecord] = {}
    for fact in result.facts:
        record = _figure_record(fact, result.company.name)
        found.setdefault(record.key, record)
    return tuple(found.values())


def _figure_record(fact: Evidence, own: Text) -> FigureRecord:
    value, (title_en, title_zh) = fact.value, _in_both_languages(fact.title)
    low, high = value.finite() if isinstance(value, Interval) else (None, None)
    word = None
    if value is not None and not isinstance(value, Interval):
        word = str(value).lower() if isinstance(value, bool) else tidy(str(value), NAME_LENGTH)
    return FigureRecord(
        figure=fact.figure,
        party="" if fact.company == own else tidy(fact.company.en, NAME_LENGTH),
        about=tidy(fact.about.en, NAME_LENGTH) if fact.about else "",
        title_en=title_en or fact.figure,
        title_zh=title_zh or fact.figure,
        low=low,
        high=high,
        word=word,
        unit=fact.unit,
        currency=fact.currency,
    )


def _in_both_languages(text: Text | None) -> tuple[str | None, str | None]:
    return (None, None) if text is None else (tidy(text.en, NAME_LENGTH), tidy(text.zh, NAME_LENGTH))
