"""All companies in a database of results, with the latest result of each and the one before."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from screener.report import number_format as numbers
from screener.report.number_format import tidy
from screener.report.views.badges import verdict_badge
from screener.report.views.display_text import NAME_LENGTH
from screener.report.views.movement import EarlierStanding, movement_text, points_moved
from screener.report.views.table_page import Cell, TablePage, badge_cell, translated_table
from screener.report.wording import Wording
from screener.result.model import plain
from screener.result.red_flags import COUNTED_CRITICAL
from screener.runs.store.history import reading_results
from screener.runs.store.history_words import score_words
from screener.text import Text
from screener.vocabulary import Verdict

_QUERY = (
    "select s.company, s.result, r.name_en, r.name_zh, r.as_of, r.verdict, r.score, r.score_low, r.score_high,"
    " exists (select 1 from finding f join rule k on k.rule = f.rule and k.pack_digest = u.pack_digest"
    f"  where f.result = r.id and {' and '.join(f'{column} = :{column}' for column in COUNTED_CRITICAL)})"
    " from screened s join result r on r.id = s.result join run u on u.id = s.run order by s.company, coalesce(r.as_of, ''), s.run"
)


class StoredCompany(NamedTuple):
    """A company with its latest result: the one as of the latest day, from the last run for that day."""

    company: str
    name: Text
    runs: int
    as_of: str | None
    verdict: str
    score: float
    low: float
    high: float
    before: EarlierStanding | None  # of the last earlier result that differs; None if there is none
    has_critical_flag: bool = False  # whether a critical red flag fired that counts in the score

    @property
    def moved(self) -> float | None:
        """Returns the change of the score in points since the earlier result; None without one, or if too little was
        known for a score."""
        return points_moved(self.verdict, self.score, self.before)


def stored_companies(file: Path) -> tuple[StoredCompany, ...]:
    """Returns every company in a database, the highest score first. Raises DocumentError if the file is not a database
    of results."""
    with reading_results(file) as db:
        results = db.execute(_QUERY, COUNTED_CRITICAL)
        found = [_stored(list(rows)) for _, rows in groupby(results, key=lambda row: row[0])]
    return tuple(sorted(found, key=lambda c: (c.verdict == Verdict.INSUFFICIENT_DATA, -c.score, c.company)))


def _stored(rows: list[tuple[Any, ...]]) -> StoredCompany:
    company, result, name_en, name_zh, as_of, verdict, score, low, high, critical = rows[-1]
    before = next((row for row in reversed(rows) if row[1] != result), None)
    return StoredCompany(
        company=company,
        name=Text(name_en, name_zh),
        runs=len(rows),
        as_of=as_of,
        verdict=verdict,
        score=score,
        low=low,
        high=high,
        before=EarlierStanding(*before[5:7]) if before else None,
        has_critical_flag=bool(critical),
    )


def company_list_page(companies: tuple[StoredCompany, ...], wording: Wording) -> TablePage:
    """Returns the list as a table."""
    t = wording
    standing = ("verdict.label", "score.label", "score.range", "compare.change_head")
    heads = ("portfolio.company", "history.id_head", *standing, "history.day_head", "history.runs_head")
    numeric = (False, False, False, True, True, True, False, True)
    rows = [tuple(_cells(c, t)) for c in companies]
    note = "" if rows else "history.no_companies"
    table = translated_table(t, "serve.companies", heads, numeric, rows, note)
    heading = t.plural("history.companies", len(companies))
    return TablePage(t("history.label"), heading, (t("history.list_note"),), (table,))


def _cells(c: StoredCompany, t: Wording) -> Iterator[Cell]:
    badge = verdict_badge(c.verdict, t, critical=c.has_critical_flag)
    yield tidy(c.name.get(t.language), NAME_LENGTH)
    yield tidy(c.company, NAME_LENGTH)
    yield badge_cell(badge)
    yield score_words(c.verdict, c.score)
    yield numbers.score_range(c.low, c.high)
    yield movement_text(c.verdict, c.score, c.before, t) or "–"
    yield numbers.date(c.as_of, t.language) or t("undated")
    yield f"{c.runs:,}"


def company_list_data(companies: tuple[StoredCompany, ...]) -> dict[str, Any]:
    """Returns the list as data for JSON."""
    return {
        "companies": [
            {
                "company": c.company,
                "name": plain(c.name),
                "runs": c.runs,
                "as_of": c.as_of,
                "verdict": c.verdict,
                "score": {"value": c.score, "low": c.low, "high": c.high},
                "before": plain(c.before),
            }
            for c in companies
        ]
    }
