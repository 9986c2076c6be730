"""Finds figures that a whole annual report with tagged statements does not have: no tag and no word mentions them."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from screener.importers.filing.dimension_rules import AbsentRow, DimensionTable
from screener.importers.filing.inline_facts import FactContext
from screener.importers.filing.report_document import ReportDocument

_STATEMENTS = re.compile(r"\bNote \d|\bfinancial statements\b", re.IGNORECASE)
"""Sections of statements and notes; if a report has them, the sections before them have ended."""


class AbsentFigure(NamedTuple):
    """A figure that is absent, its value (0 or false), the period, and the reason."""

    figure: str
    value: bool | int
    period: str
    why: str


class Absences(NamedTuple):
    """Figures that are absent, and lists without members."""

    figures: tuple[AbsentFigure, ...] = ()
    lists: tuple[str, ...] = ()


def absences(report: ReportDocument, table: DimensionTable) -> Absences:
    """Returns what a whole annual report does not have; empty for a report without tags."""
    figures: list[AbsentFigure] = []
    lists: list[str] = []
    amounts = [fact for fact in report.inline.numbers if fact.value != 0]
    stated = {name for fact in amounts for name in (fact.concept.partition(":")[2], f"unit:{fact.unit}")}
    stated |= {concept.partition(":")[2] for concept in report.inline.without_value}
    for row in table.absent:
        periods = list(_statement_periods(report, row))
        if not periods or any(re.search(row.unless_concept, concept) for concept in stated):
            continue
        if _has_words(report, row):
            continue
        lists.extend(row.lists)
        stated_as_none = {**({row.figure: row.value} if row.figure else {}), **row.also}
        for figure, value in stated_as_none.items():
            figures.extend(AbsentFigure(figure, value, period, row.why) for period in periods)
    return Absences(tuple(figures), tuple(lists))


def _statement_periods(report: ReportDocument, row: AbsentRow) -> Iterator[str]:
    """Yields the periods of the statement to which the figure belongs, the latest first; none if it is not tagged."""
    end = report.period_end
    contexts = {
        fact.context.end: fact.context
        for fact in report.inline.numbers
        if fact.concept in row.statement and not fact.context.dimensions and _is_for(fact.context, row.over)
    }
    if end is None or not any(abs((day - end).days) <= 7 for day in contexts):
        return
    for day in sorted(contexts, reverse=True):
        start = contexts[day].start
        yield f"{start}/{day}" if start else f"{day}"


def _is_for(context: FactContext, over: str) -> bool:
    """Whether a context covers a year (`over` is year) or a day (instant)."""
    if context.start is None:
        return over == "instant"
    return over == "year" and 340 <= (context.end - context.start).days <= 380


def _has_words(report: ReportDocument, row: AbsentRow) -> bool:
    """Whether the report contains the words of a row.

    If the statements have sections of their own, the sections in `not_in` are ignored.
    """
    if row.unless_words is None:
        return False
    words, passed = re.compile(row.unless_words, re.IGNORECASE), None
    if row.not_in is not None and any(_STATEMENTS.search(block.section) for block in report.blocks):
        passed = re.compile(row.not_in, re.IGNORECASE)
    return any(words.search(block.text) for block in report.blocks if passed is None or not passed.match(block.section))
