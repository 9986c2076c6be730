"""Portfolios and shocks as Excel workbooks: numbers in full units, shares as fractions."""

import io
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from screener.portfolio.movements import MovedFlag, Movement, MovementsSince
from screener.portfolio.portfolio import Exposure, Portfolio
from screener.portfolio.shock_run import ShockedCompany, ShockResult
from screener.report.workbook import Column, Kind, WorkbookWriter
from screener.text import Language, Text
from screener.vocabulary import Verdict


class SheetContent(NamedTuple):
    """A sheet: its name, its columns, and the values of its rows."""

    name: str
    columns: Sequence[tuple[str, Kind]]
    rows: Iterable[Sequence[object]]


_STAKE: tuple[tuple[str, Kind], ...] = (
    ("Companies", "count"),
    ("Exposure", "number"),
    ("Share", "percent"),
    ("Which", "long"),
)


def portfolio_workbook(portfolio: Portfolio, moved: MovementsSince | None, language: Language) -> bytes:
    """Returns a workbook with sheets for the whole portfolio, companies, verdicts, counterparties, causes, payments
    and, if known, movements."""
    sheets = [
        SheetContent("Portfolio", (("What", "wide"), ("Value", "number"), ("Unit", "text")), _totals(portfolio)),
        SheetContent("Companies", _COMPANIES, _company_rows(portfolio, language)),
        SheetContent(
            "Verdicts",
            (("Verdict", "verdict"), *_STAKE),
            ((str(verdict), *_stake(exposure)) for verdict, exposure in portfolio.verdicts),
        ),
        SheetContent(
            "Counterparties",
            (("Counterparty", "wide"), ("As", "text"), ("Loop", "truth"), ("Verdict", "verdict"), *_STAKE),
            (
                (
                    x.name.get(language),
                    " ".join(x.how),
                    x.is_loop,
                    str(x.verdict) if x.verdict else None,
                    *_stake(x.exposure),
                )
                for x in portfolio.counterparties
            ),
        ),
        SheetContent(
            "Causes",
            (("Flag", "wide"), ("Severity", "text"), ("Rule", "list"), *_STAKE),
            ((x.title.get(language), str(x.severity), x.rule, *_stake(x.exposure)) for x in portfolio.causes),
        ),
        SheetContent("Payments", _PAYMENTS, _payment_rows(portfolio, language)),
    ]
    if moved is not None:
        sheets.append(SheetContent("Movements", _MOVEMENTS, _movement_rows(moved, language)))
    return _workbook(sheets)


def shock_workbook(result: ShockResult, language: Language) -> bytes:
    """Returns a workbook with sheets for the companies before and after, changed flags, facts, and the chain of
    defaults."""

    def name(company: ShockedCompany) -> str:
        return company.after.company.name.get(language)

    sheets = [
        SheetContent("Companies", _SHOCKED, (_shocked_row(c, name(c)) for c in result.companies)),
        SheetContent(
            "Flags",
            (
                ("Company", "wide"),
                ("Flag", "wide"),
                ("Severity", "text"),
                ("Before", "text"),
                ("After", "text"),
                ("Through", "long"),
                ("Rule", "list"),
            ),
            (
                (
                    name(c),
                    turn.title.get(language),
                    str(turn.severity),
                    turn.before,
                    turn.after,
                    _joined(steps, language, " → "),
                    turn.rule,
                )
                for c in result.companies
                for turn, steps in c.flips
            ),
        ),
        SheetContent(
            "Facts",
            (("Company", "wide"), ("Shock", "wide"), ("What changed", "long"), ("Fact", "text")),
            ((name(c), str(e.shock), e.says.get(language), e.fact) for c in result.companies for e in c.effects),
        ),
        SheetContent(
            "Chain",
            (("Company", "wide"), ("Round", "count"), ("Because of", "long")),
            ((link.name.get(language), link.round, "; ".join(link.because)) for link in result.chain),
        ),
    ]
    return _workbook(sheets)


def _workbook(sheets: Iterable[SheetContent]) -> bytes:
    file = io.BytesIO()
    with WorkbookWriter(file) as book:
        for content in sheets:
            sheet = book.sheet(content.name, [Column(title, kind) for title, kind in content.columns])
            for row in content.rows:
                sheet.row(row)
    return file.getvalue()


_COMPANIES: tuple[tuple[str, Kind], ...] = (
    ("Company", "wide"),
    ("Verdict", "verdict"),
    ("Risk score", "score"),
    ("Lowest", "score"),
    ("Highest", "score"),
    ("Rules decided", "count"),
    ("of", "count"),
    ("Exposure", "number"),
    ("Currency", "text"),
    ("Share", "percent"),
    ("Worst red flag", "wide"),
    ("Its severity", "text"),
    ("Id", "list"),
)
_PAYMENTS: tuple[tuple[str, Kind], ...] = (
    ("Payer", "wide"),
    ("Payee", "wide"),
    ("What", "text"),
    ("Amount", "number"),
    ("In a loop", "truth"),
)
_MOVEMENTS: tuple[tuple[str, Kind], ...] = (
    ("Company", "wide"),
    ("Worse", "truth"),
    ("Change", "text"),
    ("Flag", "wide"),
    ("Severity", "text"),
    ("Because of", "long"),
    ("Verdict before", "verdict"),
    ("Verdict after", "verdict"),
    ("Score before", "score"),
    ("Score after", "score"),
    ("Since", "text"),
    ("Rule", "list"),
)
_SHOCKED: tuple[tuple[str, Kind], ...] = (
    ("Company", "wide"),
    ("Changed", "truth"),
    ("Verdict before", "verdict"),
    ("Score before", "score"),
    ("Lowest before", "score"),
    ("Highest before", "score"),
    ("Verdict after", "verdict"),
    ("Score after", "score"),
    ("Lowest after", "score"),
    ("Highest after", "score"),
    ("Id", "list"),
)


def _totals(p: Portfolio) -> Iterable[Sequence[object]]:
    yield "Companies", len(p.lines), "companies"
    yield "Exposure", None if p.equal else p.total, "equal weights" if p.equal else p.currency or "weights"
    yield "Average score", p.score, "points"
    yield "Average score, lowest", p.score_low, "points"
    yield "Average score, highest", p.score_high, "points"
    yield "Largest exposure", p.largest, "share of the total"
    yield "Five largest exposures", p.top_five, "share of the total"
    yield "Herfindahl index", p.concentration * 10_000, "of 10,000"


def _company_rows(p: Portfolio, language: Language) -> Iterable[Sequence[object]]:
    for x in p.lines:
        exposure = None if p.equal else x.exposure.amount
        worst = x.worst.get(language) if x.worst else None
        standing = (str(x.verdict), _known_score(x.verdict, x.score), x.low, x.high, x.decided, x.rules)
        stake = (exposure, p.currency, x.exposure.share)
        yield (x.name.get(language), *standing, *stake, worst, str(x.worst_severity or "") or None, x.company)


def _stake(exposure: Exposure) -> tuple[object, ...]:
    return len(exposure.companies), exposure.amount, exposure.share, " ".join(exposure.companies)


def _payment_rows(p: Portfolio, language: Language) -> Iterable[Sequence[object]]:
    names = {company: name.get(language) for company, name in p.names}
    for x in p.payments:
        yield names.get(x.payer, x.payer), names.get(x.payee, x.payee), x.what or None, x.amount or None, x.in_loop


def _movement_rows(moved: MovementsSince, language: Language) -> Iterable[Sequence[object]]:
    for m in moved.movements:
        lists = (
            ("new flag", m.new_flags),
            ("flag gone", m.gone_flags),
            ("now known", m.became_known),
            ("no longer known", m.became_unknown),
        )
        changes: list[tuple[str, MovedFlag | None]] = [(change, flag) for change, flags in lists for flag in flags]
        for change, flag in changes or [("score", None)]:
            yield _movement_row(m, change, flag, language)


def _movement_row(m: Movement, change: str, flag: MovedFlag | None, language: Language) -> Sequence[object]:
    because = (flag.because if flag else ()) or m.figures
    return (
        m.name.get(language),
        m.is_worse,
        change,
        flag.title.get(language) if flag else None,
        str(flag.severity) if flag else None,
        _joined(because, language, "; ") or ", ".join(m.because),
        str(m.verdicts[0]),
        str(m.verdicts[1]),
        *(_known_score(verdict, score) for verdict, score in zip(m.verdicts, m.scores, strict=True)),
        m.since,
        flag.rule if flag else None,
    )


def _known_score(verdict: Verdict, score: float) -> float | None:
    return None if verdict.withholds_score else round(score, 4)


def _shocked_row(c: ShockedCompany, name: str) -> Sequence[object]:
    sides = [
        (str(r.verdict.word), _known_score(r.verdict.word, r.score.value), *(round(x, 4) for x in r.score[1:3]))
        for r in (c.before, c.after)
    ]
    return (name, c.is_changed, *sides[0], *sides[1], c.after.company.id)


def _joined(texts: Iterable[Text], language: Language, between: str) -> str:
    return between.join(text.get(language) for text in texts)
