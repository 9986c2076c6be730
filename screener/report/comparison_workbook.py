"""A comparison of two results as an Excel workbook."""

import io
from collections.abc import Iterator

from screener.expression.interval import Interval
from screener.report.formats.xlsx_format import SHEETS, VERDICT_COLUMNS
from screener.report.workbook import Kind, WorkbookWriter, translated_columns
from screener.result.comparison import CompanyStanding, ResultComparison, Turn
from screener.result.input_changes import InputChange, StatedValue
from screener.text import Language, Text

_STANDING: tuple[tuple[Text, Kind], ...] = (
    (Text("", ""), "text"),
    (Text("Company", "公司"), "wide"),
    (Text("As of", "截至"), "text"),
    *((title, kind) for _, title, kind in VERDICT_COLUMNS),
    (Text("Reason", "理由"), "long"),
    (Text("Rule packs", "规则包"), "wide"),
)
_FLAGS: tuple[tuple[Text, Kind], ...] = (
    (Text("Flag", "旗标"), "wide"),
    (Text("Change", "变化"), "text"),
    (Text("Kind", "种类"), "text"),
    (Text("Severity", "严重度"), "text"),
    (Text("Before", "之前"), "text"),
    (Text("After", "之后"), "text"),
    (Text("Points before", "之前的计分"), "score"),
    (Text("Points after", "之后的计分"), "score"),
    (Text("In short before", "之前的简述"), "text"),
    (Text("In short after", "之后的简述"), "text"),
    (Text("What it says now", "现在的内容"), "long"),
    (Text("What it said", "之前的内容"), "long"),
    (Text("Because of", "原因"), "wide"),
    (Text("Rule", "规则"), "list"),
)
_FIGURES: tuple[tuple[Text, Kind], ...] = (
    (Text("What", "项目"), "wide"),
    (Text("Change", "变化"), "text"),
    (Text("Of", "所属"), "text"),
    (Text("Before", "之前"), "unit"),
    (Text("Before, in words", "之前（文字）"), "text"),
    (Text("Before, period", "之前的期间"), "text"),
    (Text("After", "之后"), "unit"),
    (Text("After, in words", "之后（文字）"), "text"),
    (Text("After, period", "之后的期间"), "text"),
    (Text("Unit", "单位"), "text"),
)
_BEFORE, _AFTER = Text("before", "之前"), Text("after", "之后")


def comparison_workbook(comparison: ResultComparison, language: Language) -> bytes:
    """Returns a workbook with sheets for the result before and after, the changed flags, and the changed figures."""
    file = io.BytesIO()
    with WorkbookWriter(file) as book:
        sheet = book.sheet(SHEETS["companies"].get(language), translated_columns(_STANDING, language))
        for label, standing in ((_BEFORE, comparison.before), (_AFTER, comparison.after)):
            sheet.row([label.get(language), *_standing_cells(standing, language)])
        sheet = book.sheet(SHEETS["flags"].get(language), translated_columns(_FLAGS, language))
        for turn in comparison.turns:
            sheet.row(list(_flag_cells(turn, comparison, language)))
        sheet = book.sheet(SHEETS["figures"].get(language), translated_columns(_FIGURES, language))
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
    before, now = turn.says
    yield from (_text(now, language), _text(before, language))
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
