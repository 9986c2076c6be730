"""Adds what one report states in dimensions, sentences and printed statements to a profile."""

from collections.abc import Sequence

from screener.importers.filing.absences import absences
from screener.importers.filing.customer_sentences import denies_others, excepts_some, stated_customers
from screener.importers.filing.customer_tables import table_customers
from screener.importers.filing.data_schedule import printed_figures, read_schedule
from screener.importers.filing.filing_tables import FilingTables
from screener.importers.filing.maturities import maturities_of
from screener.importers.filing.profile_draft import ProfileDraft, report_key
from screener.importers.filing.relations import ALL_DISCLOSED, StatedRelations, stated_relations
from screener.importers.filing.report_document import ESEF_FORM, LISTED_ON, ReportDocument
from screener.importers.filing.sentence_rules import SentenceTopic
from screener.importers.filing.stated_claims import (
    MOST_SENTENCES,
    FoundTopics,
    events_ruled_out,
    find_topics,
    stated_figures,
)
from screener.importers.sec.amount_text import plain
from screener.importers.sec.sector_evidence import printed_rows, written_evidence
from screener.profile.catalogue import Catalogue
from screener.text import slug


def add_stated(draft: ProfileDraft, report: ReportDocument, tables: FilingTables, catalogue: Catalogue) -> None:
    """Adds what a report states besides tagged figures: relations, absences, events; its statements if it has no tags."""
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
    if found.cut_short:
        whole = False
        draft.remarks.append(
            f"{report.file}: has more than {MOST_SENTENCES:,} sentences on one topic; those after them are not read, and its "
            "silence means nothing"
        )
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
    draft: ProfileDraft,
    report: ReportDocument,
    topics: Sequence[SentenceTopic],
    found: FoundTopics,
    is_whole_report: bool,
) -> None:
    """Adds the kinds of events that the first whole annual report rules out, except those that a newer report mentions."""
    if report.period_end is None or "events" in draft.document.get("others", {}):
        return
    draft.events_spoken_of |= {w for t in topics if found.speaks_of(t) for w in t.silence_rules_out}
    ruled = events_ruled_out(topics, found, is_whole_report, report.inline.tags, report.period_end)
    words = [word for word in ruled.words if word not in draft.events_spoken_of]
    if words:
        quote = {"quote": ruled.placed.quote} if ruled.placed else {}
        none_of = {"none_of": words, "period": report.period_end.isoformat(), "source": report_key(report), **quote}
        draft.document.setdefault("others", {})["events"] = {"what": {**none_of, "note": "; ".join(ruled.reasons)}}


def _add_printed(
    draft: ProfileDraft, report: ReportDocument, tables: FilingTables, catalogue: Catalogue, key: str
) -> None:
    """Adds the printed statements of a report without tags, and what its financial data schedule states besides them."""
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


def _add_members(
    draft: ProfileDraft, relations: StatedRelations, report: ReportDocument, key: str, is_whole_report: bool
) -> None:
    document = draft.document
    incomplete = set(document.get("incomplete", ()))
    for list_name, members in relations.members.items():
        if list_name in document:
            continue  # a newer report states them
        document[list_name] = [{**member, "source": key} for member in members]
        if list_name != "customers" or not is_whole_report:
            incomplete.add(list_name)
        else:
            draft.bound_other_customers(key, {"note": ALL_DISCLOSED})
    draft.remarks.extend(relations.remarks)
    tags_notes = (
        report.form != ESEF_FORM
    )  # under ESEF the statements are tagged in detail, notes only as blocks of text
    if (
        is_whole_report
        and tags_notes
        and report.inline.numbers
        and "customers" not in document
        and not relations.remarks
    ):
        draft.bound_other_customers(
            key, {"note": f"no tag names a customer, and {ALL_DISCLOSED}"}
        )  # amounts in notes are tagged
    for party in relations.parties.values():
        shown = f"{party.name} (not named in {report.form} to {report.period_end})" if party.unnamed else party.name
        document.setdefault("parties", {})[party.key] = {"name": shown, **({"unnamed": True} if party.unnamed else {})}
    if incomplete:
        document["incomplete"] = sorted(incomplete)


def _add_stated_customers(
    draft: ProfileDraft, report: ReportDocument, found: FoundTopics, key: str, scope: str
) -> None:
    """Adds the customers that sentences name if the tags name none, and that there are no others if a sentence says so."""
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
            if "customers" not in document.get("others", {}) and (
                others is None or report.form is None or found.cut_short
            ):
                document["incomplete"] = sorted({*document.get("incomplete", ()), "customers"})
    excepted = excepts_some(found, end) if not document.get("customers") else None
    if excepted is not None:
        draft.open_customers()
        draft.remarks.append(f"to look up: customers ({excepted.place}): '{excepted.quote}'")
    if others is not None and ("customers" not in document or "customers" not in document.get("incomplete", ())):
        draft.bound_other_customers(key, denied)
    if others is not None:
        draft.remarks.append(f"no other customer of 10 % of revenue: '{others.quote}' ({others.place})")
