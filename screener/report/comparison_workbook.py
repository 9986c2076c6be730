"""A comparison of two results as an Excel workbook."""

import io
from collections.abc import Iterator

from screener.expression.interval import Interval
from screener.report.workbook import Column, WorkbookWriter
from screener.result.comparison import CompanyStanding, ResultComparison, Turn
from screener.result.input_changes import InputChange, StatedValue
from screener.text import Language, Text

_STANDING = (
    ("", "text"),
    ("Company", "wide"),
    ("As of", "text"),
    ("Verdict", "verdict"),
    ("Risk score", "score"),
    ("Lowest", "score"),
    ("Highest", "score"),
    ("Rules decided", "count"),
    ("of", "count"),
    ("Reason", "long"),
    ("Rule packs", "wide"),
)
_FLAGS = (
    ("Flag", "wide"),
    ("Change", "text"),
    ("Kind", "text"),
    ("Severity", "text"),
    ("Before", "text"),
    ("After", "text"),
    ("Points before", "score"),
    ("Points after", "score"),
    ("In short before", "text"),
    ("In short after", "text"),
    ("What it says now", "long"),
    ("What it said", "long"),
    ("Because of", "wide"),
    ("Rule", "list"),
)
_FIGURES = (
    ("What", "wide"),
    ("Change", "text"),
    ("Of", "text"),
    ("Before", "unit"),
    ("Before, in words", "text"),
    ("Before, period", "text"),
    ("After", "unit"),
    ("After, in words", "text"),
    ("After, period", "text"),
    ("Unit", "text"),
)


def comparison_workbook(comparison: ResultComparison, language: Language) -> bytes:
    """Returns a workbook with sheets for the result before and after, the changed flags, and the changed figures."""
    file = io.BytesIO()
    with WorkbookWriter(file) as book:
        sheet = book.sheet("Companies", [Column(title, kind) for title, kind in _STANDING])  # type: ignore[arg-type]
        for label, standing in (("before", comparison.before), ("after", comparison.after)):
            sheet.row([label, *_standing_cells(standing, language)])
        sheet = book.sheet("Flags", [Column(title, kind) for title, kind in _FLAGS])  # type: ignore[arg-type]
        for turn in comparison.turns:
            sheet.row(list(_flag_cells(turn, comparison, language)))
        sheet = book.sheet("Figures", [Column(title, kind) for title, kind in _FIGURES])  # type: ignore[arg-type]
        for change in comparison.changes:
            sheet.row(list(_figure_cells(change, language)), _unit(change))
    return file.getvalue()


def _standing_cells(standing: CompanyStanding, language: Language) -> list[object]:
    company, score = standing.company, standing.score
    return [
        company.name.get(language),
        company.as_of,
        standing.verdict.word.value,
        round(score.value, 4),
        round(score.low, 4),
        round(score.high, 4),
        standing.coverage.decided,
        standing.coverage.total,
        standing.verdict.sentence.get(language),
        f"{standing.pack.name} {standing.pack.version}",
    ]


def _flag_cells(turn: Turn, comparison: ResultComparison, language: Language) -> Iterator[object]:
    yield from (turn.title.get(language), turn.change, turn.flag.value, turn.severity.value, turn.before, turn.after)
    yield from (round(points, 4) for points in turn.points)
    yield from (_text(text, language) for text in turn.headlines)
    said, says = turn.says
    yield from (_text(says, language), _text(said, language))
    yield "; ".join(dict.fromkeys(comparison.changes[i].title.get(language) for i in turn.causes))
    yield turn.rule


def _figure_cells(change: InputChange, language: Language) -> Iterator[object]:
    yield from (change.title.get(language), change.kind, _text(change.about or change.company, language))
    for side in (change.before, change.after):
        yield from _side_cells(side)
    yield _unit(change)


def _unit(change: InputChange) -> str:
    side = change.after or change.before
    return "" if side is None else side.unit


def _side_cells(side: StatedValue | None) -> Iterator[object]:
    value = None if side is None else side.value
    number = words = None
    if isinstance(value, Interval):
        low, high = value.finite()
        number = low if low == high else None
        words = None if low == high else f"{'' if low is None else f'{low:g}'} … {'' if high is None else f'{high:g}'}"
    elif value is not None:
        words = str(value)
    yield from (number, words, None if side is None else side.period)


def _text(text: Text | None, language: Language) -> str | None:
    return None if text is None else text.get(language)
