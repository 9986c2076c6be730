"""Remarks for users who import filings: figures that are old, contradicted or inconsistent."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from screener.importers.sec.companyfacts import FiledFacts, Filing, Span, filings_of
from screener.importers.sec.reported_figures import source_key
from screener.importers.sec.tags import Tags
from screener.text import counted

OLD = 18  # months since the last balance sheet from which figures count as old: a year, and the time to report it
RESTATED = 0.05  # relative change from which a restatement is reported
MOST_RESTATED = 5  # number of restatements that are reported one by one


def months_old(newest: date | None, day: date) -> int | None:
    """Returns the age of a balance sheet in months on a day; None if it is not old."""
    if newest is None:
        return None
    months = (day.year - newest.year) * 12 + day.month - newest.month
    return months if months >= OLD else None


def age_claim(filings: Sequence[Filing], newest: date, months: int, day: date) -> dict[str, Any]:
    """Returns the age of the latest balance sheet as a claim, with the latest filing that states it as source."""
    stating = [f for f in filings if any(span[1] == newest for span in f.spans())]
    note = f"from the balance sheet of {newest} to {day}"
    return {"value": months, "period": f"{day}", "source": source_key((stating or list(filings))[-1]), "note": note}


def age_remark(filings: Sequence[Filing], newest: date, months: int, day: date) -> str:
    """Returns a remark that the figures are old."""
    age, last = f"{months // 12} years" if months >= 24 else f"{months} months", max(f.filed for f in filings)
    remarks = f"the latest figures are of {newest}, {age} older than {day}"
    if months_old(last, day) is None:
        return f"{remarks}, although a report was filed on {last}: --basis ttm takes newer quarters"
    return f"no report since {last}: {remarks}; they say little of today"


def restatement_remarks(figures: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    """Yields remarks on figures for which a later filing states another value than an earlier one."""
    remarks = []
    for name, claims in figures.items():
        if name == "shares_outstanding":  # mostly restated for splits, on which there are separate remarks
            continue
        for later, earlier in pairwise(claims):
            values = later.get("value"), earlier.get("value")
            if later["period"] != earlier["period"] or later["source"] == earlier["source"]:
                continue
            if all(isinstance(v, int | float) and not isinstance(v, bool) for v in values):
                new, old = float(values[0] or 0), float(values[1] or 0)
                if abs(new - old) > RESTATED * max(abs(new), abs(old)):
                    sources = later["source"], earlier["source"]
                    remarks.append(
                        f"{name} of {later['period']} was {old:,.0f} ({sources[1]}), and is {new:,.0f} ({sources[0]})"
                    )
    yield from remarks[:MOST_RESTATED]
    if len(remarks) > MOST_RESTATED:
        yield f"{len(remarks) - MOST_RESTATED} more figures were restated: screener profile check lists them"


def check_remarks(filings: Sequence[Filing], spans: Sequence[Span], tags: Tags) -> Iterator[str]:
    """Yields remarks on amounts that are inconsistent in the latest annual report with these spans."""
    for filing in reversed(filings):
        if filing.part == "annual" and any(span in amounts for amounts in filing.values.values() for span in spans):
            for span in spans:
                for wrong in broken_checks(filing, span, tags):
                    yield f"{source_key(filing)}, {span[1]}: {wrong}; the figures are kept as they are stated"
            return


def broken_checks(filing: Filing, span: Span, tags: Tags) -> Iterator[str]:
    """Yields the failed checks of a filing for a span."""
    for taxonomy, checks in tags.checks.items():
        start = f"{taxonomy}:"
        stated = {t.removeprefix(start): v[span] for t, v in filing.values.items() if t.startswith(start) and span in v}
        yield from (wrong for check in checks if stated and (wrong := check.broken(stated)) is not None)


def doubled_remarks(company: FiledFacts) -> Iterator[str]:
    """Yields remarks on filings that state a fact twice with different values."""
    for filing in company.filings:
        if filing.otherwise:
            count = sum(map(len, filing.otherwise.values()))
            names = ", ".join(sorted(filing.otherwise)[:3])
            yield f"{source_key(filing)} states {counted(count, 'fact')} twice with two values ({names}): both are kept"


def basis_remark(company: FiledFacts, basis: str, years: int, twelve: int) -> Iterator[str]:
    """Says whether newer figures are available with --basis ttm, or were requested and do not exist."""
    if not years:
        yield "no fiscal year was found: there is no annual report with figures, and only balance sheets are taken"
    elif twelve and basis == "annual":
        filing = next(filings_of(company.filings, "interim"))
        yield (
            f"the report of {filing.filed} ({filing.form}) is newer than the last fiscal year; "
            "--basis ttm takes the twelve months up to it"
        )
    elif basis == "ttm" and not twelve:
        yield "no quarter was filed after the last fiscal year: its figures are the latest twelve months"
