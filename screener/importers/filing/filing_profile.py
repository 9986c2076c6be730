"""The profile of a company from its reports: figures, relations and statements, each with its source and place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from screener.errors import DocumentError, Problem
from screener.importers.filing.absences import absences
from screener.importers.filing.customer_sentences import denies_others, excepts_some, stated_customers
from screener.importers.filing.customer_tables import table_customers
from screener.importers.filing.data_schedule import printed_figures, read_schedule
from screener.importers.filing.dimension_rules import DimensionTable, read_dimension_table
from screener.importers.filing.maturities import maturities_of
from screener.importers.filing.relations import ALL_DISCLOSED, UNDISCLOSED, StatedRelations, stated_relations
from screener.importers.filing.report_document import ESEF_FORM, LISTED_ON, ReportDocument
from screener.importers.filing.sentence_rules import SentenceTable, SentenceTopic, read_sentence_table
from screener.importers.filing.stated_claims import FoundTopics, events_ruled_out, find_topics, stated_figures
from screener.importers.filing.statement_rules import StatementTable, read_statement_table
from screener.importers.filing.tagged_figures import companyfacts_of, merged_facts
from screener.importers.sec.amount_text import plain
from screener.importers.sec.companyfacts import filed_facts
from screener.importers.sec.filer_profile import ARCHIVE, Basis, Imported, profile_document
from screener.importers.sec.industry_codes import sector_of
from screener.importers.sec.reported_figures import source_key
from screener.importers.sec.sector_evidence import printed_rows, sector_remarks, written_evidence
from screener.importers.sec.tags import Forms, Tags, read_forms, read_tags
from screener.io.document import Document
from screener.profile.catalogue import Catalogue
from screener.text import shorten, slug

NO_CIK = 1
"""The number that stands for a company whose number is not known, inside this module only."""
LONGEST_NAME = 200


class FilingTables(NamedTuple):
    """The tables that reports are read by."""

    tags: Tags
    forms: Forms
    sentences: SentenceTable
    dimensions: DimensionTable
    statements: StatementTable


def read_filing_tables() -> FilingTables:
    """All tables of `rules/filings`. Raises DocumentError."""
    return FilingTables(
        read_tags(), read_forms(), read_sentence_table(), read_dimension_table(), read_statement_table()
    )


@dataclass(frozen=True)
class FilingOptions:
    """What the user says beside the reports."""

    name: str | None = None
    sector: str | None = None
    basis: Basis = "annual"
    years: int = 5
    as_of: date | None = None


@dataclass(slots=True)
class _Draft:
    """The profile as it grows."""

    document: dict[str, Any]
    remarks: list[str] = field(default_factory=list)
    events_spoken_of: set[str] = field(default_factory=set)  # kinds of events of which a report may speak

    def add_claim(self, figure: str, claim: dict[str, Any]) -> None:
        self.document["figures"].setdefault(figure, []).append(claim)

    def bound_other_customers(self, source: str, stated: dict[str, str]) -> None:
        """That no customer that is not listed has a share of revenue which accounts must disclose; `stated`: where."""
        share = {"high": UNDISCLOSED, "source": source, **stated}
        self.document.setdefault("customers", [])
        self.document.setdefault("others", {})["customers"] = {"share_of_revenue": share}

    def open_customers(self) -> None:
        """That customers are not known: some may have a share that accounts must disclose."""
        self.document.get("others", {}).pop("customers", None)
        if not self.document.get("others"):
            self.document.pop("others", None)
        if not self.document.get("customers"):
            self.document.pop("customers", None)

    def replace_bounds(self, figure: str, claim: dict[str, Any]) -> None:
        """Adds a claim in place of bounds for the same time; a value that is stated stays as it is."""
        claims = self.document["figures"].get(figure, [])
        same = [c for c in claims if c.get("period", "")[-10:] == claim["period"][-10:]]
        if not any("value" in c for c in same):
            kept = [c for c in claims if c not in same]
            self.document["figures"][figure] = sorted(
                [*kept, claim], key=lambda c: str(c.get("period", ""))[-10:], reverse=True
            )


def profile_of_reports(
    reports: Sequence[ReportDocument],
    companyfacts: Sequence[Document],
    tables: FilingTables,
    catalogue: Catalogue,
    options: FilingOptions,
) -> Imported:
    """The profile of one company from its reports and companyfacts documents. Raises DocumentError."""
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
            continue  # an older annual report states figures, but its relations are superseded
        annual_found = annual_found or part == "annual"
        _add_stated(draft, report, tables, catalogue)
    return _finished(draft, ordered, tables, catalogue, name)


def _refuse_several_companies(reports: Sequence[ReportDocument], companyfacts: Sequence[Document]) -> None:
    known = [(r.cik, r.name, r.path) for r in reports]
    known += [(_number(d.data.get("cik")), str(d.data.get("entityName") or ""), d.name) for d in companyfacts]
    numbers = {cik: (name, path) for cik, name, path in known if cik}
    if len(numbers) > 1:
        (cik, (name, path)), (other_cik, (other, other_path)), *_ = numbers.items()
        what = f"is of {other} (CIK {other_cik}), and {path} is of {name} (CIK {cik})"
        raise DocumentError(Problem(what, "import each company by itself", other_path))


def _number(cik: Any) -> int | None:
    return int(cik) if str(cik).isdecimal() else None


def _name(reports: Sequence[ReportDocument], companyfacts: Sequence[Document], options: FilingOptions) -> str:
    stated = [r.name for r in reports if r.name] + [str(d.data.get("entityName") or "") for d in companyfacts]
    name = options.name or next((text for text in stated if text), None)
    if name is None:
        where = reports[0].path if reports else companyfacts[0].name
        raise DocumentError(Problem("the company's name can't be found in it", "give --name 'Acme Corp.'", where))
    return shorten(" ".join(name.split()), LONGEST_NAME)


def report_key(report: ReportDocument) -> str:
    """What a profile calls a report: 10-k-2025-01-26."""
    form = (report.form or "report").lower().replace("/", "-")
    return "-".join(filter(None, (slug(form) or "report", str(report.period_end or ""))))


def _figures(
    reports: Sequence[ReportDocument],
    companyfacts: Sequence[Document],
    tables: FilingTables,
    catalogue: Catalogue,
    options: FilingOptions,
    name: str,
) -> _Draft:
    """The profile with the figures that the present importer finds in the facts without dimensions."""
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
        return _Draft({**plain, "sources": {}, "figures": {}}, remarks)
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
    document["sources"] = {key: said for key, said in document["sources"].items() if key not in renamed}
    accessions = {accession: report_key(report) for report, accession in keyed if report.accession is None}
    for item in document.get("sector_evidence", ()):
        item["source"] = renamed.get(item["source"], item["source"])
    for claims in document["figures"].values():
        for claim in claims:
            claim["source"] = renamed.get(claim["source"], claim["source"])
            for accession, key in accessions.items():
                claim["note"] = claim.get("note", "").replace(accession, key)
    said = set(sector_remarks(document, catalogue))  # once more at the end, with what printed statements show
    return _Draft(document, [*remarks, *(r for r in imported.remarks if r not in said)])


def _head(reports: Sequence[ReportDocument], options: FilingOptions) -> dict[str, Any]:
    ticker = next((r.ticker for r in reports if r.ticker), None)
    code = next((r.industry_code for r in reports if r.industry_code), None)
    sector = options.sector or sector_of(code)
    return {**({"ticker": ticker} if ticker else {}), **({"sector": sector} if sector else {})}


def _add_stated(draft: _Draft, report: ReportDocument, tables: FilingTables, catalogue: Catalogue) -> None:
    """What a report states in dimensions and sentences."""
    key, document = report_key(report), draft.document
    whole = report.is_whole_annual_report(tables.forms)
    if report.part(tables.forms) in ("annual", "interim") and not report.inline.numbers:
        _add_printed(draft, report, tables, catalogue, key)
    scope = slug(f"{document['id']} {report.period_end or report.file}")
    relations = stated_relations(report, tables.dimensions, scope)
    for figure, claim in relations.figures.items():
        draft.replace_bounds(figure, {**claim, "source": key})
    if whole:
        absent = absences(report, tables.dimensions)
        for figure, value, time, why in absent.figures:
            draft.replace_bounds(figure, {"value": value, "period": time, "source": key, "note": why})
        for list_name in absent.lists:
            document.setdefault(list_name, [])
    if "maturities" not in document and (
        notes := maturities_of(report, tables.dimensions.maturities, document["figures"])
    ):
        document["maturities"] = [{**note, "source": key} for note in notes]
    matchers = tables.sentences.matchers(document["name"])
    found = find_topics(report.blocks, matchers, report.period_end)
    _add_members(draft, relations, report, key, whole)
    _add_stated_customers(draft, report, found, key, scope)
    period = {"period": report.period_end.isoformat()} if report.period_end else {}
    topics = [t for t in tables.sentences.topics if not t.annual or report.part(tables.forms) == "annual"]
    tags = report.inline.tags
    _add_events(draft, report, topics, found, whole)
    if report.is_listed and period:
        draft.add_claim("listed", {"value": True, **period, "source": key, "note": LISTED_ON})
    for stated in stated_figures(topics, found, whole, tags):
        if stated.figure in document["figures"] and stated.value is None:
            continue
        if stated.figure in catalogue.figures:
            draft.add_claim(stated.figure, {**stated.claim(), **period, "source": key})
        elif stated.placed is not None and stated.figure not in document:
            draft.remarks.append(f"to look up: {stated.figure} ({stated.placed.place}): '{stated.placed.quote}'")


def _add_events(
    draft: _Draft, report: ReportDocument, topics: Sequence[SentenceTopic], found: FoundTopics, whole: bool
) -> None:
    """The kinds of events that the first whole annual report rules out; what a newer report speaks of, it does not."""
    if report.period_end is None or "events" in draft.document.get("others", {}):
        return
    draft.events_spoken_of |= {w for t in topics if found.speaks_of(t) for w in t.silence_rules_out}
    ruled = events_ruled_out(topics, found, whole, report.inline.tags, report.period_end)
    words = [word for word in ruled.words if word not in draft.events_spoken_of]
    if words:
        said = {"quote": ruled.placed.quote} if ruled.placed else {}
        none_of = {"none_of": words, "period": report.period_end.isoformat(), "source": report_key(report), **said}
        draft.document.setdefault("others", {})["events"] = {"what": {**none_of, "note": "; ".join(ruled.reasons)}}


def _add_printed(draft: _Draft, report: ReportDocument, tables: FilingTables, catalogue: Catalogue, key: str) -> None:
    """What a report without tags prints: its statements, and what its financial data schedule says beside them."""
    interim = report.part(tables.forms) == "interim"
    found, document = printed_figures(report, tables.statements, catalogue, interim), draft.document
    draft.remarks.extend(found.remarks)
    for figure in found.figures:
        known = document["figures"].get(figure.figure, ())
        if not any(c.get("period", "")[-10:] == figure.period[-10:] and c["source"] != key for c in known):
            claim = {"value": plain(figure.value), "period": figure.period, "source": key}
            draft.add_claim(figure.figure, {**claim, "quote": figure.quote, "note": figure.place})
    if found.figures and found.currency:
        document.setdefault("currency", found.currency)
    article = (
        None if report.schedule is None else tables.tags.sectors.schedules.get(read_schedule(report.schedule).article)
    )
    shown = [*printed_rows(found.labels, tables.tags.sectors), *([article] if article else [])]
    evidence = written_evidence(((row, key) for row in shown), document.get("sector"), catalogue)
    if evidence:
        document.setdefault("sector_evidence", evidence)


def _add_members(draft: _Draft, relations: StatedRelations, report: ReportDocument, key: str, whole: bool) -> None:
    document = draft.document
    incomplete = set(document.get("incomplete", ()))
    for list_name, members in relations.members.items():
        if list_name in document:
            continue  # a newer report states them
        document[list_name] = [{**member, "source": key} for member in members]
        if list_name != "customers" or not whole:
            incomplete.add(list_name)
        else:
            draft.bound_other_customers(key, {"note": ALL_DISCLOSED})
    draft.remarks.extend(relations.remarks)
    tags_notes = (
        report.form != ESEF_FORM
    )  # of a report under ESEF the statements are tagged, and its notes only as a whole
    if whole and tags_notes and report.inline.numbers and "customers" not in document and not relations.remarks:
        draft.bound_other_customers(
            key, {"note": f"no tag names a customer, and {ALL_DISCLOSED}"}
        )  # amounts of notes are tagged
    for party in relations.parties.values():
        shown = f"{party.name} (not named in {report.form} to {report.period_end})" if party.unnamed else party.name
        document.setdefault("parties", {})[party.key] = {"name": shown, **({"unnamed": True} if party.unnamed else {})}
    if incomplete:
        document["incomplete"] = sorted(incomplete)


def _add_stated_customers(draft: _Draft, report: ReportDocument, found: FoundTopics, key: str, scope: str) -> None:
    """The customers that sentences name, where the tags name none; and that there are no others, where a sentence says so."""
    document, end = draft.document, report.period_end
    if end is None:
        return
    others = denies_others(found, end)
    denied = {} if others is None else {"quote": others.quote, "note": others.place}
    if not document.get("customers"):
        members = []
        for customer in stated_customers(found, end) or table_customers(report.blocks, end):
            party = slug(customer.name) if customer.name else slug(f"{scope} {customer.label}")
            shown = customer.name or f"{customer.label} (not named in {report.form} to {end})"
            unnamed = {} if customer.name else {"unnamed": True}
            document.setdefault("parties", {})[party] = {"name": shown, **unnamed}
            share = {"value": customer.share, "quote": customer.placed.quote, "note": customer.placed.place}
            members.append({"party": party, "share_of_revenue": share, "source": key})
        if members:
            document["customers"] = members
            if "customers" not in document.get("others", {}) and (others is None or report.form is None):
                document["incomplete"] = sorted({*document.get("incomplete", ()), "customers"})
    excepted = excepts_some(found, end) if not document.get("customers") else None
    if excepted is not None:
        draft.open_customers()
        draft.remarks.append(f"to look up: customers ({excepted.place}): '{excepted.quote}'")
    if others is not None and ("customers" not in document or "customers" not in document.get("incomplete", ())):
        draft.bound_other_customers(key, denied)
    if others is not None:
        draft.remarks.append(f"no other customer of 10 % of revenue: '{others.quote}' ({others.place})")


def _finished(
    draft: _Draft, reports: Sequence[ReportDocument], tables: FilingTables, catalogue: Catalogue, name: str
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
    count = f"{len(document['figures'])} figure{'s'[: len(document['figures']) != 1]}"
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
            yield f"{report.file} is no annual or quarterly report as far as its cover says: its silence means nothing"
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
            yield f"{report.file} does not say when it was filed; {report.filed} stands on its cover or under its signatures"
