"""The results of one company over the runs in a database, and the changes between them."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from screener.errors import DocumentError, Problem
from screener.report.database_record import FigureRecord
from screener.result.red_flags import has_critical_flag
from screener.runs.sqlite_file import SqliteFile
from screener.runs.store.database import open_result_database
from screener.text import Text, clean, did_you_mean

_AS_OF = 13  # the column with the day as of which a result is made
MOST_NAMES = 10_000  # greatest number of companies that are searched for a similar id


class FlagState(NamedTuple):
    """The outcome of a rule in one run."""

    rule: str
    flag: str
    severity: str
    title: Text
    outcome: str
    headline: Text | None
    points: float
    scored: bool


class Screening(NamedTuple):
    """The result of a company in one run, or in consecutive runs that found the same."""

    run: int
    last: int  # the last run that found the same
    started: str
    screener: str
    pack: str
    pack_version: str
    pack_digest: str
    profile_digest: str
    judged: str
    finished: bool
    as_of: str | None
    verdict: str
    score: float
    low: float
    high: float
    decided: int
    total: int
    flags: tuple[FlagState, ...]  # in the order of the rules
    figures: tuple[FigureRecord, ...] = ()  # also empty if an earlier version stored the result

    @property
    def fired(self) -> tuple[FlagState, ...]:
        """Returns the flags that fired."""
        return tuple(f for f in self.flags if f.outcome == "fired")

    @property
    def has_critical_flag(self) -> bool:
        """Returns whether a critical red flag fired that counts in the score."""
        return has_critical_flag(self.flags)


class ScreeningChange(NamedTuple):
    """The differences of a screening from the previous one."""

    day: bool  # the day as of which it is screened
    profile: bool
    rules: bool
    otherwise: bool  # the program, a context, or an option
    score: float
    flags: tuple[
        tuple[FlagState, str | None], ...
    ]  # flags that fire now or did before: the flag now, and its outcome before (None: no such rule)


class CompanyHistory(NamedTuple):
    """All screenings of a company, ordered by the day they are as of, then by run; the latest first."""

    company: str
    name: Text
    runs: int
    screenings: tuple[Screening, ...]

    @property
    def steps(self) -> Sequence[tuple[Screening, Screening | None]]:
        """Each screening with the one before it."""
        return [*pairwise(self.screenings), *((first, None) for first in self.screenings[-1:])]


def company_history(file: Path, company: str, last: int | None = None) -> CompanyHistory:
    """Returns the screenings of a company. Raises DocumentError if the file is not a database of results or lacks the
    company."""
    with reading_results(file) as db:
        if (found := _history(db, company, last, by_day=True)) is not None:
            return found
        known = [c for (c,) in db.execute("select distinct company from screened limit ?", (MOST_NAMES,))]
    hint = did_you_mean(company, known, "it is named by its id; screen it with `screener run … --db`")
    raise DocumentError(Problem(f"no run screened '{clean(company)}'", hint, str(file)))


def find_history(file: Path, company: str) -> CompanyHistory | None:
    """Returns the screenings of a company; None if no run screened it. Raises DocumentError if the file is not a
    database of results."""
    with reading_results(file) as db:
        return _history(db, company, by_day=True)


def stored_screenings(file: Path, companies: Iterable[str]) -> dict[str, tuple[Screening, ...]]:
    """Yields the screenings of each of these companies that a run has screened, those of the latest run first.

    Raises DocumentError if the file is not a database of results.
    """
    with reading_results(file) as db:
        found = {company: _history(db, company) for company in companies}
    return {company: history.screenings for company, history in found.items() if history is not None}


@contextmanager
def reading_results(file: Path) -> Iterator[SqliteFile]:
    """Opens a database of results for reading. Raises DocumentError if the file is not one or can't be read."""
    try:
        db = open_result_database(file)
        try:
            yield db
        finally:
            db.close()
    except sqlite3.Error as error:
        raise DocumentError(Problem(f"can't be read: {str(error).lower()}", "check the file", str(file))) from error


def _history(db: SqliteFile, company: str, last: int | None = None, *, by_day: bool = False) -> CompanyHistory | None:
    """Returns the screenings of a company, if any. `by_day`: ordered by the day they are as of, not by the run alone."""
    rows = db.execute(
        "select u.id, u.started, u.screener, u.pack, u.pack_version, u.pack_digest, u.finished, r.* from screened s"
        " join run u on u.id = s.run join result r on r.id = s.result where s.company = ? order by u.id",
        (company,),
    ).fetchall()
    if not rows:
        return None
    following = {row[0]: after[0] for row, after in pairwise(rows)}
    if by_day:
        rows.sort(key=lambda row: (row[_AS_OF] or "", row[0]))
    found: list[Screening] = []
    for run, started, version, pack, pack_version, pack_digest, finished, result, _, profile, judged, *rest in rows:
        name_en, name_zh, as_of, verdict, score, low, high, decided, total = rest
        before = found[-1] if found else None
        same = before is not None and (before.judged, before.profile_digest) == (judged, profile)
        if before is not None and same and following.get(before.last) == run:
            found[-1] = before._replace(last=run)
            continue
        found.append(
            Screening(
                run=run,
                last=run,
                started=started,
                screener=version,
                pack=pack,
                pack_version=pack_version,
                pack_digest=pack_digest,
                profile_digest=profile,
                judged=judged,
                finished=finished is not None,
                as_of=as_of,
                verdict=verdict,
                score=score,
                low=low,
                high=high,
                decided=decided,
                total=total,
                flags=_flags(db, result, pack_digest),
                figures=_figures(db, result),
            )
        )
    return CompanyHistory(company, Text(name_en, name_zh), len(rows), tuple(reversed(found[-last:] if last else found)))


def _flags(db: SqliteFile, result: int, pack_digest: str) -> tuple[FlagState, ...]:
    query = (
        "select f.rule, k.flag, k.severity, k.title_en, k.title_zh, f.outcome, f.headline_en, f.headline_zh, f.points, f.scored"
        " from finding f join rule k on k.rule = f.rule and k.pack_digest = ? where f.result = ? order by f.rule"
    )
    return tuple(
        FlagState(
            rule=rule,
            flag=flag,
            severity=severity,
            title=Text(en, zh),
            outcome=outcome,
            headline=Text(h_en, h_zh) if h_en else None,
            points=points,
            scored=bool(scored),
        )
        for rule, flag, severity, en, zh, outcome, h_en, h_zh, points, scored in db.execute(
            query, (pack_digest, result)
        )
    )


def _figures(db: SqliteFile, result: int) -> tuple[FigureRecord, ...]:
    if not db.execute("select 1 from sqlite_master where type = 'table' and name = 'figure'").fetchone():
        return ()
    rows = db.execute("select * from figure where result = ?", (result,))
    return tuple(FigureRecord(*row[1:]) for row in rows)


def screening_change(now: Screening, before: Screening) -> ScreeningChange:
    """Returns the differences of a screening from the one before."""
    was = {f.rule: f.outcome for f in before.flags}
    rules_now = {f.rule for f in now.flags}
    moved = [
        (f, was.get(f.rule))
        for f in now.flags
        if f.outcome != was.get(f.rule) and "fired" in (f.outcome, was.get(f.rule))
    ]
    removed: Sequence[tuple[FlagState, str | None]] = [
        (f._replace(outcome="gone"), "fired") for f in before.fired if f.rule not in rules_now
    ]
    profile, rules = now.profile_digest != before.profile_digest, now.pack_digest != before.pack_digest
    otherwise = now.judged != before.judged and not rules
    return ScreeningChange(
        day=now.as_of != before.as_of,
        profile=profile,
        rules=rules,
        otherwise=otherwise and now.as_of == before.as_of,
        score=round(now.score - before.score, 4),
        flags=(*moved, *removed),
    )
