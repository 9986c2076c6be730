"""Builds the profile of a company from its reports: figures, relations and statements, each with its source and place."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from screener.errors import DocumentError, Problem
from screener.importers.filing.filing_tables import FilingTables
from screener.importers.filing.profile_draft import ProfileDraft, report_key
from screener.importers.filing.report_document import ESEF_FORM, ReportDocument
from screener.importers.filing.report_statements import add_stated
from screener.importers.filing.tagged_figures import companyfacts_of, merged_facts
from screener.importers.filing_options import FilingOptions
from screener.importers.sec.companyfacts import cik_number, filed_facts
from screener.importers.sec.filer_profile import ARCHIVE, Imported, profile_document
from screener.importers.sec.industry_codes import sector_of
from screener.importers.sec.reported_figures import source_key
from screener.importers.sec.sector_evidence import sector_remarks
from screener.io.document import Document
from screener.profile.catalogue import Catalogue
from screener.text import counted, shorten, slug

NO_CIK = 1
"""Stands for an unknown company number (CIK), within this module only."""
LONGEST_NAME = 200


def profile_of_reports(
    reports: Sequence[ReportDocument],
    companyfacts: Sequence[Document],
    tables: FilingTables,
    catalogue: Catalogue,
    options: FilingOptions,
) -> Imported:
    """Builds the profile of one company from its reports and companyfacts documents. Raises DocumentError."""
    known = [r for r in reports if options.as_of is None or r.filed is None or r.filed <= options.as_of]
    if not known and not companyfacts:
        first = min(r.filed for r in reports if r.filed)
        raise DocumentError(
            Problem(f"nothing was filed by {options.as_of}", f"the first report is of {first}", reports[0].path)
        )
    ordered = sorted(known, key=lambda r: (r.period_end or date.min, r.filed or date.min), reverse=True)
    _refuse_several_companies(ordered, companyfacts)
    name = _name(ordered, companyfacts, options)
    draft = _figures(ordered, companyfacts, tables, catalogue, options, name)
    annual_found = False
    for report in ordered:
        part = report.part(tables.forms)
        if part == "annual" and annual_found:
            continue  # only figures are used from older annual reports: their relations are out of date
        annual_found = annual_found or part == "annual"
        add_stated(draft, report, tables, catalogue)
    return _finished(draft, ordered, tables, catalogue, name)


def _refuse_several_companies(reports: Sequence[ReportDocument], companyfacts: Sequence[Document]) -> None:
    known = [(r.cik, r.name, r.path) for r in reports]
    known += [(cik_number(d.data.get("cik")), str(d.data.get("entityName") or ""), d.name) for d in companyfacts]
    numbers = {cik: (name, path) for cik, name, path in known if cik}
    if len(numbers) > 1:
        (cik, (name, path)), (other_cik, (other, other_path)), *_ = numbers.items()
        what = f"is of {other} (CIK {other_cik}), and {path} is of {name} (CIK {cik})"
        raise DocumentError(Problem(what, "import each company by itself", other_path))


def _name(reports: Sequence[ReportDocument], companyfacts: Sequence[Document], options: FilingOptions) -> str:
    stated = [r.name for r in reports if r.name] + [str(d.data.get("entityName") or "") for d in companyfacts]
    name = options.name or next((text for text in stated if text), None)
    if name is None:
        where = reports[0].path if reports else companyfacts[0].name
        raise DocumentError(Problem("the company's name can't be found in it", "give --name 'Acme Corp.'", where))
    return shorten(" ".join(name.split()), LONGEST_NAME)


def _figures(
    reports: Sequence[ReportDocument],
    companyfacts: Sequence[Document],
    tables: FilingTables,
    catalogue: Catalogue,
    options: FilingOptions,
    name: str,
) -> ProfileDraft:
    """Starts the profile with the figures from facts without dimensions."""
    cik = next((r.cik for r in reports if r.cik), None) or NO_CIK
    keyed = [(report, report.accession or f"{cik:010d}-00-{n:06d}") for n, report in enumerate(reports, 1)]
    tagged = [
        (report, accession)
        for report, accession in keyed
        if report.inline.numbers and (report.filed or report.period_end)
    ]
    facts, remarks = companyfacts_of(tagged, cik, name)
    merged = merged_facts([facts, *(document.data for document in companyfacts)])
    file = reports[0].path if reports else companyfacts[0].name
    head = _head(reports, options)
    try:
        company = filed_facts(Document(file, "", merged), tables.tags.wanted(), tables.forms, options.as_of)
    except DocumentError:
        if companyfacts:
            raise
        own = slug(name)
        known = [day for report in reports if (day := report.filed or report.period_end)]
        day = options.as_of or max(known, default=None)
        plain: dict[str, Any] = {"id": own or "company", "name": name, **head}
        if day:
            plain["as_of"] = day.isoformat()
        return ProfileDraft({**plain, "sources": {}, "figures": {}}, remarks)
    imported = profile_document(company, tables.tags, catalogue, options.basis, options.years, options.as_of, head)
    document = imported.document
    document["name"] = name
    document["id"] = slug(name) or document["id"]
    renamed = {
        source_key(filing): report_key(report)
        for filing in company.filings
        for report, accession in keyed
        if accession == filing.accession
    }
    document["sources"] = {key: source for key, source in document["sources"].items() if key not in renamed}
    accessions = {accession: report_key(report) for report, accession in keyed if report.accession is None}
    for item in document.get("sector_evidence", ()):
        item["source"] = renamed.get(item["source"], item["source"])
    for claims in document["figures"].values():
        for claim in claims:
            claim["source"] = renamed.get(claim["source"], claim["source"])
            for accession, key in accessions.items():
                claim["note"] = claim.get("note", "").replace(accession, key)
    # added again at the end, with the evidence from printed statements
    repeated = set(sector_remarks(document, catalogue))
    return ProfileDraft(document, [*remarks, *(r for r in imported.remarks if r not in repeated)])


def _head(reports: Sequence[ReportDocument], options: FilingOptions) -> dict[str, Any]:
    ticker = next((r.ticker for r in reports if r.ticker), None)
    code = next((r.industry_code for r in reports if r.industry_code), None)
    sector = options.sector or sector_of(code)
    return {**({"ticker": ticker} if ticker else {}), **({"sector": sector} if sector else {})}


def _finished(
    draft: ProfileDraft, reports: Sequence[ReportDocument], tables: FilingTables, catalogue: Catalogue, name: str
) -> Imported:
    document, remarks = draft.document, draft.remarks
    used = {claim["source"] for claims in document["figures"].values() for claim in claims}
    used |= {
        member["source"]
        for value in document.values()
        if isinstance(value, list)
        for member in value
        if isinstance(member, dict)
    }
    used |= {claim["source"] for stated in document.get("others", {}).values() for claim in stated.values()}
    used |= {item["source"] for item in document.get("sector_evidence", ())}
    for report in reports:
        if (key := report_key(report)) in used:
            document["sources"][key] = _source(report, name)
    remarks.extend(_remarks(reports, tables, document))
    remarks.extend(sector_remarks(document, catalogue))
    order = (
        "id",
        "name",
        "ticker",
        "sector",
        "sector_evidence",
        "as_of",
        "currency",
        "fiscal_year_end",
        "sources",
        "incomplete",
        "others",
    )
    document = {
        **{k: document[k] for k in order if k in document},
        **{k: v for k, v in document.items() if k not in order},
    }
    read = ", ".join(f"{report.form or 'a report'} to {report.period_end or 'an unknown day'}" for report in reports)
    lists = [
        f"{len(document[k])} {k}"
        for k in ("customers", "commitments", "maturities", "related_parties")
        if document.get(k)
    ]
    count = counted(len(document["figures"]), "figure")
    summary = f"{name}: {', '.join([count, *lists])} from {read}" if read else f"{name}: {count}"
    return Imported(document, tuple(dict.fromkeys(remarks)), summary)


def _source(report: ReportDocument, name: str) -> dict[str, Any]:
    form = "Annual financial report" if report.form == ESEF_FORM else f"Form {report.form}" if report.form else "Report"
    number = (report.accession or "").replace("-", "")
    url = f"{ARCHIVE}/{report.cik}/{number}/{report.accession}-index.htm" if report.accession and report.cik else None
    return {
        "title": f"{form} to {report.period_end}" if report.period_end else form,
        "kind": "filed",
        "publisher": name,
        **({"date": report.filed.isoformat()} if report.filed else {}),
        **({"url": url} if url else {}),
    }


def _remarks(reports: Iterable[ReportDocument], tables: FilingTables, document: dict[str, Any]) -> Iterable[str]:
    for report in reports:
        part = report.part(tables.forms)
        if part == "interim":
            yield (
                f"{report.file} is an interim report ({report.form}): its silence means nothing, and its results are "
                "not of a year"
            )
        elif part != "annual":
            yield f"{report.file} is not an annual or quarterly report as far as its cover says: its silence means nothing"
        elif not report.is_whole_annual_report(tables.forms):
            yield f"{report.file} holds no notes or no auditor's report: its silence means nothing"
        if not report.inline.numbers:
            key = report_key(report)
            printed = sum(any(c["source"] == key and "quote" in c for c in cs) for cs in document["figures"].values())
            read = f"; {printed} were read from what it prints, each with its row" if printed else ""
            yield f"{report.file} has no tagged figures{read}: add a companyfacts document, or state the others by hand"
        if report.inline.unreadable:
            count = "1 number" if report.inline.unreadable == 1 else f"{report.inline.unreadable:,} numbers"
            yield f"{count} of {report.file} can't be read: left out"
        if report.filed and not report.filed_exactly:
            yield f"{report.file} does not state when it was filed; {report.filed} is the day on its cover or under its signatures"
