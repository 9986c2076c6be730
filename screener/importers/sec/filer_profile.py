"""Turns filings with the SEC into a profile: figures with tag, form, accession number, day and link."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from screener.expression.interval import Interval
from screener.importers.filing_options import Basis
from screener.importers.sec.choice_values import COVER_WITHIN
from screener.importers.sec.companyfacts import FiledFacts, Filing, Span
from screener.importers.sec.filer_remarks import (
    age_claim,
    age_remark,
    basis_remark,
    check_remarks,
    doubled_remarks,
    months_old,
    restatement_remarks,
)
from screener.importers.sec.fiscal_periods import (
    BalanceDay,
    FiscalYear,
    TrailingYear,
    balance_days,
    fiscal_years,
    trailing_years,
)
from screener.importers.sec.reported_figures import FiledFigures, source_key
from screener.importers.sec.scale_slips import without_slips
from screener.importers.sec.sector_evidence import sector_remarks, tagged_rows, written_evidence
from screener.importers.sec.share_splits import on_one_basis
from screener.importers.sec.tags import Tags
from screener.limits import NUMBER as MOST
from screener.profile.catalogue import Catalogue, Figure
from screener.text import counted, slug

ARCHIVE = "https://www.sec.gov/Archives/edgar/data"


class Imported(NamedTuple):
    """A profile document, and remarks for the user."""

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
    """Returns the profile of a company from its filings.

    `basis` annual: figures of fiscal years and of the balance sheets at their ends. ttm: before these, the twelve months up
    to the latest quarter and its balance sheet. `years` is the number of each; `head` holds further keys of the profile.
    """
    filings, slips = without_slips(company.filings)
    company = company._replace(filings=filings)
    chosen = _times(company, basis, years)
    read = _Figures(company, tags, catalogue, chosen)
    day = as_of or filings[-1].filed
    newest = max((time.end for time in chosen.times), default=None)
    age = months_old(newest, day)
    if newest and age and read.figures:
        read.figures["months_since_report"] = [age_claim(filings, newest, age, day)]
    used = {claim["source"] for claims in read.figures.values() for claim in claims}
    sources = [filing for filing in reversed(filings) if source_key(filing) in used]
    own, every = slug(company.name), chosen.years
    newest_report = next((f for f in reversed(filings) if f.part == "annual"), filings[-1])
    shown = [(row, source_key(newest_report)) for row in tagged_rows(newest_report.values, tags.sectors)]
    evidence = written_evidence(shown, (head or {}).get("sector"), catalogue)
    if evidence and newest_report not in sources:
        sources.append(newest_report)
    document = {
        "id": own if own and not own.startswith("index") else f"cik-{company.cik}",
        "name": company.name,
        **(head or {}),
        **({"sector_evidence": evidence} if evidence else {}),
        "as_of": day.isoformat(),
        **({"currency": company.currency} if company.currency else {}),
        **({"fiscal_year_end": every[0].end.strftime("%m-%d")} if every else {}),
        "sources": {source_key(filing): source_of(filing, company) for filing in sources},
        "figures": read.figures,
    }
    oldest = min((time.end for time in chosen.times), default=day)
    remarks = [
        *read.remarks,
        *(remark for filing in filings if (remark := slips.get(filing.accession)) and filing.filed >= oldest),
        *doubled_remarks(company),
        *([age_remark(filings, newest, age, day)] if newest and age else ()),
        *check_remarks(filings, chosen.latest_spans(), tags),
        *_skipped(company),
        *basis_remark(company, basis, len(every), len(chosen.twelve)),
        *restatement_remarks(read.figures),
    ]
    remarks.extend(sector_remarks(document, catalogue))
    count = f"{counted(len(read.figures), 'figure')} from {counted(len(sources), 'filing')}"
    summary = f"{company.name} (CIK {company.cik}): {count}, {chosen.words(basis)}, as of {document['as_of']}"
    return Imported(document, tuple(remarks), summary)


class _Times(NamedTuple):
    """The times for which a profile has figures."""

    years: list[FiscalYear]
    twelve: list[TrailingYear]
    times: list[FiscalYear | TrailingYear | BalanceDay]

    def words(self, basis: Basis) -> str:
        """Names the latest of them for the user."""
        if not self.times:
            return "no fiscal year"
        if not self.years:
            return f"no fiscal year, balance sheet of {self.times[0].end}"
        return f"{'twelve months' if basis == 'ttm' and self.twelve else 'fiscal year'} to {self.times[0].end}"

    def latest_spans(self) -> list[Span]:
        """Returns the spans of the latest fiscal year and of its balance sheet."""
        newest = self.years[0] if self.years else None
        return [*newest.spans, *newest.instants] if newest else list(self.times[0].instants) if self.times else []


def _times(company: FiledFacts, basis: Basis, years: int) -> _Times:
    every = fiscal_years(company.filings)
    twelve = trailing_years(company.filings, every) if every else []
    fiscal: list[FiscalYear | TrailingYear] = [*(twelve[:years] if basis == "ttm" else ()), *every[:years]]
    days = balance_days(company.filings, every, years)
    times = sorted([*fiscal, *days], key=lambda time: time.end, reverse=True)
    return _Times(every, twelve, times)


class _Figures:
    """Collects the figures of a company for some times, and remarks on figures that are left out."""

    def __init__(self, company: FiledFacts, tags: Tags, catalogue: Catalogue, chosen: _Times) -> None:
        self.statement, self.catalogue, self.chosen = FiledFigures(company.filings, tags), catalogue, chosen
        self.remarks: list[str] = []
        self.figures: dict[str, list[dict[str, Any]]] = {}
        stated = set(tags.figures())
        for name in catalogue.figures:
            if name in stated and (good := self._fitting(name)):
                if name == "shares_outstanding":
                    good, remarks = on_one_basis(good, company.filings)
                    self.remarks.extend(remarks)
                self._keep(name, good)

    def _fitting(self, name: str) -> list[dict[str, Any]]:
        """Returns the claims on a figure that lie in its domain."""
        figure = self.catalogue.figures[name]
        claims = [c for time in self.chosen.times for c in self.statement.claims(name, time, figure.over)]
        for claim in claims:
            if not _fits(claim, figure):
                amount = f"{next(claim[key] for key in ('value', 'low', 'high') if key in claim):,}"
                self.remarks.append(f"{name} of {claim['period']} can't be {amount} ({claim['source']}): left out")
        return [claim for claim in claims if _fits(claim, figure)]

    def _keep(self, name: str, claims: list[dict[str, Any]]) -> None:
        """Keeps a figure that is stated for the latest time or the last fiscal year; adds a remark for others."""
        latest = [*self.chosen.times[:1], *self.chosen.years[:1]]
        if any(_is_of(claims[0], time) for time in latest):
            self.figures[name] = claims
        else:
            self.remarks.append(
                f"{name} was last stated for {claims[0]['period']}: left out, for it is not of the last fiscal year"
            )


def _is_of(claim: dict[str, Any], time: FiscalYear | TrailingYear | BalanceDay) -> bool:
    """Whether a claim belongs to this time; the date on a cover is weeks after its balance sheet."""
    return timedelta(-7) <= date.fromisoformat(claim["period"][-10:]) - time.end <= COVER_WITHIN


def _fits(claim: dict[str, Any], figure: Figure) -> bool:
    """Whether a claim lies in the figure's domain; an impossible sign, for example, is an error of the filing."""
    numbers = [claim[key] for key in ("value", "low", "high") if key in claim]
    bounds = Interval(-MOST, MOST).clip(figure.bounds)
    return all(bounds.lo <= n <= bounds.hi for n in numbers)


def source_of(filing: Filing, company: FiledFacts) -> dict[str, Any]:
    """Returns a filing as a source of a profile."""
    plain = filing.accession.replace("-", "")
    return {
        "title": f"{filing.form} {filing.accession}",
        "kind": "filed",
        "publisher": company.name,
        "date": filing.filed.isoformat(),
        "url": f"{ARCHIVE}/{company.cik}/{plain}/{filing.accession}-index.htm",
    }


def _skipped(company: FiledFacts) -> Iterable[str]:
    if company.skipped:
        yield f"{company.skipped:,} facts of {company.file} can't be read and were left out"
