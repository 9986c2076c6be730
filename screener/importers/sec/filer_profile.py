"""Filings with the SEC as a profile: figures with tag, form, accession number, day and link."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

from screener.expression.interval import Interval
from screener.importers.sec.choice_values import COVER_WITHIN
from screener.importers.sec.companyfacts import FiledFacts, Filing, filings_of
from screener.importers.sec.fiscal_periods import FiscalYear, TrailingYear, fiscal_years, trailing_years
from screener.importers.sec.reported_figures import Statement, source_key
from screener.importers.sec.tags import Tags
from screener.limits import NUMBER as MOST
from screener.profile.catalogue import Catalogue, Figure
from screener.text import slug

Basis = Literal["annual", "ttm"]
ARCHIVE = "https://www.sec.gov/Archives/edgar/data"


class Imported(NamedTuple):
    """A profile as a document, and what whoever asked for it should know."""

    document: dict[str, Any]
    remarks: tuple[str, ...]
    summary: str


def profile_document(
    company: FiledFacts,
    tags: Tags,
    catalogue: Catalogue,
    basis: Basis = "annual",
    years: int = 5,
    as_of: date | None = None,
    head: dict[str, Any] | None = None,
) -> Imported:
    """The profile of a company from its filings.

    annual: figures of fiscal years and of the balance sheets at their ends. ttm: those of the twelve months up to the latest
    quarter, and of the balance sheet there, before them. `years` is how many of each; `head` what is known of the company beside.
    """
    every = fiscal_years(company.filings)
    twelve = trailing_years(company.filings, every) if every else []
    chosen: list[FiscalYear | TrailingYear] = [*(twelve[:years] if basis == "ttm" else ()), *every[:years]]
    times = sorted(chosen, key=lambda time: time.end, reverse=True)
    statement, remarks = Statement(company.filings, tags), []
    figures: dict[str, list[dict[str, Any]]] = {}
    for name in catalogue.figures:
        if name in tags.figures():
            claims = [c for time in times for c in statement.claims(name, time, catalogue.figures[name].over)]
            good = [claim for claim in claims if _fits(claim, catalogue.figures[name])]
            for claim in claims:
                if claim not in good:
                    said = f"{claim.get('value', claim.get('low')):,}"
                    remarks.append(f"{name} of {claim['period']} can't be {said} ({claim['source']}): left out")
            if good and any(_is_of(good[0], time) for time in (*times[:1], *every[:1])):
                figures[name] = good
            elif good:
                remarks.append(
                    f"{name} was last stated for {good[0]['period']}: left out, for it is not of the last fiscal year"
                )
    used = {claim["source"] for claims in figures.values() for claim in claims}
    filings = [filing for filing in reversed(company.filings) if source_key(filing) in used]
    last, own = company.filings[-1].filed, slug(company.name)
    document = {
        "id": own if own and not own.startswith("index") else f"cik-{company.cik}",
        "name": company.name,
        **(head or {}),
        "as_of": (as_of or last).isoformat(),
        **({"currency": company.currency} if company.currency else {}),
        **({"fiscal_year_end": every[0].end.strftime("%m-%d")} if every else {}),
        "sources": {source_key(filing): _source(filing, company) for filing in filings},
        "figures": figures,
    }
    remarks.extend(_remarks(company, every, twelve, basis))
    if "sector" not in document:
        remarks.append("the sector is not known, and many rules are for some only: say --sector NAME")
    newest = max((time.end for time in times), default=None)
    span = (
        f"{'twelve months' if basis == 'ttm' and twelve else 'fiscal year'} to {newest}" if newest else "no fiscal year"
    )
    count = f"{len(figures)} figure{'s'[: len(figures) != 1]} from {len(filings)} filing{'s'[: len(filings) != 1]}"
    summary = f"{company.name} (CIK {company.cik}): {count}, {span}, as of {document['as_of']}"
    return Imported(document, tuple(remarks), summary)


def _is_of(claim: dict[str, Any], time: FiscalYear | TrailingYear) -> bool:
    """Whether a claim is of this time; a cover is dated weeks after its balance sheet."""
    return timedelta(-7) <= date.fromisoformat(claim["period"][-10:]) - time.end <= COVER_WITHIN


def _fits(claim: dict[str, Any], figure: Figure) -> bool:
    """Whether a claim may be true of the figure: a sign that can't be is an error of the filing."""
    numbers = [claim[key] for key in ("value", "low", "high") if key in claim]
    bounds = Interval(-MOST, MOST).clip(figure.bounds)
    return all(bounds.lo <= n <= bounds.hi for n in numbers)


def _source(filing: Filing, company: FiledFacts) -> dict[str, Any]:
    plain = filing.accession.replace("-", "")
    return {
        "title": f"{filing.form} {filing.accession}",
        "kind": "filed",
        "publisher": company.name,
        "date": filing.filed.isoformat(),
        "url": f"{ARCHIVE}/{company.cik}/{plain}/{filing.accession}-index.htm",
    }


def _remarks(company: FiledFacts, years: list[FiscalYear], twelve: list[TrailingYear], basis: Basis) -> Iterable[str]:
    if company.skipped:
        yield f"{company.skipped:,} facts of {company.file} can't be read and were left out"
    if not years:
        yield "no fiscal year was found: there is no annual report with figures"
    elif twelve and basis == "annual":
        filing = next(filings_of(company.filings, "interim"))
        yield (
            f"the report of {filing.filed} ({filing.form}) is newer than the last fiscal year; "
            "--basis ttm takes the twelve months up to it"
        )
    elif basis == "ttm" and not twelve:
        yield "no quarter was filed after the last fiscal year: its figures are the latest twelve months"
