"""Reads financial data schedules (EX-27) in submissions to the SEC from 1993 to 2001: figures by tag, with their unit."""

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from screener.importers.filing.printed_statements import PrintedFigure, PrintedStatements, printed_statements
from screener.importers.filing.report_document import ReportDocument
from screener.importers.filing.statement_days import first_day_of_year
from screener.importers.filing.statement_rules import StatementTable
from screener.importers.sec.filing_days import filing_day
from screener.profile.catalogue import Catalogue

SCHEDULE = "EX-27"
_LINE = re.compile(r"^[ \t]*<(?P<tag>[A-Z][A-Z0-9&-]*)>[ \t]*(?P<value>[^\n]*?)[ \t]*$", re.MULTILINE)
_NUMBER = re.compile(r"\(?-?\$?[\d,]+(?:\.\d+)?\)?")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAY = re.compile(r"(?P<month>[A-Z]{3})[A-Z]*[-. ]+(?P<day>\d{1,2})[-, ]+(?P<year>\d{4})", re.IGNORECASE)
_YEARS = ("YEAR", "12-MOS", "12-MONTHS")
_TOTALS = ("TOTAL-ASSETS", "TOTAL-LIABILITY-AND-EQUITY", "TOTAL-LIABILITIES-AND-EQUITY", "TOT-CAPITALIZATION-AND-LIAB")
"""Total assets, and the total of liabilities and equity under articles 5, 7 and BD; 9; and UT."""
_APART = 0.001


class DataSchedule(NamedTuple):
    """A schedule: its values as text, by tag, one for each column."""

    values: dict[str, tuple[str, ...]]

    @property
    def article(self) -> str:
        """The article of Regulation S-X that it follows: 5, 7, 9, BD; empty if it names none."""
        return " ".join(self.values.get("ARTICLE", ())).upper()

    def numbers(self, tag: str) -> tuple[float, ...]:
        """Returns the numbers of a tag; empty if one of its values is not a number."""
        found = [_number(value) for value in self.values.get(tag, ())]
        return tuple(value for value in found if value is not None) if None not in found else ()


def read_schedule(text: str) -> DataSchedule:
    """Reads a schedule from its text."""
    values: dict[str, tuple[str, ...]] = {}
    for found in _LINE.finditer(text):
        words = found["value"].split() if found["tag"] not in ("NAME", "CURRENCY", "LEGEND") else [found["value"]]
        values.setdefault(found["tag"], tuple(words))
    return DataSchedule(values)


def scheduled_figures(
    schedule: DataSchedule, table: StatementTable, catalogue: Catalogue, end: date | None, file: str
) -> PrintedStatements:
    """Returns the figures of an annual schedule in units of its currency, and remarks on what was left out as unreliable.

    `end` is the end of the report's period: a schedule for another period is left out.
    """
    about = f"{file}: its financial data schedule (EX-27)"
    column, refused = _column(schedule, end)
    if refused or end is None:
        return PrintedStatements(remarks=(f"{about} {refused or 'is of an unknown period'}; it is left out",))
    unit = schedule.numbers("MULTIPLIER")[:1] or (() if schedule.values.get("MULTIPLIER") else (1.0,))
    if not unit:
        return PrintedStatements(remarks=(f"{about} has a multiplier that is not a number; it is left out",))
    totals = [numbers[column] for tag in _TOTALS if len(numbers := schedule.numbers(tag)) > column]
    if len(totals) < 2 or abs(totals[0] - totals[1]) > _APART * abs(totals[0]):
        return PrintedStatements(remarks=(f"{about} has assets that are not liabilities and equity; it is left out",))
    figures = tuple(_figures(schedule, table, catalogue, end, column, unit[0]))
    return PrintedStatements(figures, _currency(schedule))


def printed_figures(
    report: ReportDocument, table: StatementTable, catalogue: Catalogue, interim: bool = False
) -> PrintedStatements:
    """Returns the figures of a report's printed statements, and those that only its schedule states.

    For an interim report (`interim`) only its balance sheet is used. If statements and schedule state different total assets
    for a day, one of them was misread or is in another unit: the schedule is left out.
    """
    printed = printed_statements(report, table, interim)
    if report.schedule is None or interim:
        return printed
    scheduled = scheduled_figures(read_schedule(report.schedule), table, catalogue, report.period_end, report.file)
    stated = {(figure.figure, figure.period[-10:]): figure.value for figure in printed.figures}
    for figure in scheduled.figures:
        known = stated.get((figure.figure, figure.period[-10:]))
        if figure.figure == "total_assets" and known is not None and abs(known - figure.value) > 0.01 * abs(known):
            what = f"its financial data schedule (EX-27) states other total assets ({figure.value:,.0f}) than its balance sheet"
            return printed._replace(remarks=(*printed.remarks, f"{report.file}: {what}; the schedule is left out"))
    added = tuple(f for f in scheduled.figures if (f.figure, f.period[-10:]) not in stated)
    return printed._replace(
        figures=(*printed.figures, *added),
        currency=printed.currency or scheduled.currency,
        remarks=(*printed.remarks, *scheduled.remarks),
    )


def _column(schedule: DataSchedule, end: date | None) -> tuple[int, str]:
    """Returns the column for the year that ends on a day, and the reason if there is none."""
    ends = _day(" ".join(schedule.values.get("PERIOD-END", ())))
    kinds = [word.upper() for word in schedule.values.get("PERIOD-TYPE", ())]
    if len(ends) > 1 or len(kinds) > 1:
        at = next((i for i, day in enumerate(ends) if end and abs((day - end).days) <= 7), None)
        if at is None or at >= len(kinds) or kinds[at] not in _YEARS:
            return 0, "has several columns, none of which is of this year"
        return at, ""
    if not ends or end is None or abs((ends[0] - end).days) > 7:
        return 0, f"is not of the year to {end}"
    return (0, "") if kinds and kinds[0] in _YEARS else (0, "is not of a year")


def _figures(
    schedule: DataSchedule, table: StatementTable, catalogue: Catalogue, end: date, column: int, unit: float
) -> Iterator[PrintedFigure]:
    for figure, tags in table.schedules.items():
        numbers = {tag: found[column] for tag in tags if len(found := schedule.numbers(tag)) > column}
        if not numbers.get(tags[0]):
            continue
        is_year = catalogue.figures[figure].over == "year"
        period = f"{first_day_of_year(end)}/{end}" if is_year else f"{end}"
        quote = " ".join(f"<{tag}> {schedule.values[tag][column]}" for tag in numbers)
        yield PrintedFigure(
            figure, sum(numbers.values()) * unit, period, quote, f"financial data schedule ({SCHEDULE})"
        )


def _currency(schedule: DataSchedule) -> str | None:
    stated = " ".join(schedule.values.get("CURRENCY", ())).upper()
    is_dollar = not stated or re.fullmatch(
        r"U\.?\s?S\.?\s?(?:D(?:OLLARS?)?)?|USD|US\$|(?:UNITED STATES )?DOLLARS?|\$|1", stated
    )
    return "USD" if is_dollar else None


def _number(text: str) -> float | None:
    if not _NUMBER.fullmatch(text):
        return None
    found = float(re.sub(r"[^\d.]", "", text))
    return -found if "(" in text or "-" in text else found


def _day(text: str) -> list[date]:
    days = []
    for found in _DAY.finditer(text):
        month = found["month"].upper()
        try:
            days.append(filing_day(f"{found['year']}-{_MONTHS.index(month) + 1:02}-{int(found['day']):02}"))
        except ValueError:
            continue
    return days
