"""Shows as text which claim is used for each figure of a profile, and why the others are not."""

from collections.abc import Iterator
from typing import Any

from screener.expression.interval import Interval
from screener.expression.interval_ops import NoneOf, Value
from screener.facts.company import CompanyFacts
from screener.facts.world import World
from screener.limits import SHOWN
from screener.profile.catalogue import Catalogue
from screener.profile.reconcile import RankedClaim
from screener.report.terminal.text_layout import Line, pad_to, paragraph, render_lines
from screener.report.views.display_text import SENTENCE_LENGTH
from screener.report.wording import Wording, load_wording
from screener.result.model import plain
from screener.text import Language, Text, clean, shorten
from screener.units import show_interval, show_number, show_truth
from screener.vocabulary import ClaimKind

_CLAIM_LENGTH = 160
_MARK_WIDTH = 9


def claims_text(world: World, language: Language, path: str, *, width: int = 80, colour: bool = False) -> str:
    """Returns the figures of a profile's company and of its parties, each with its claims, in lines of `width` cells."""
    wording, profile, company = load_wording(language), world.profile, world.companies[world.main]
    subject = company.subject
    dated = wording("claims.as_of", date=profile.day) if profile.day else wording("undated")
    name = shorten(clean(subject.name.get(language)), SENTENCE_LENGTH)
    head = f"{shorten(clean(path), SHOWN)}: {name} ({profile.id}), {dated}, {subject.currency or '–'}"
    lines = [*paragraph(head, width, style="bold"), *_figure_lines(company, wording, 2, width)]
    lines.append([(f"  {wording('claims.lists')}:", "bold")])
    absent: list[str] = []
    for name in company.catalogue.lists:
        members, title = subject.relations.get(name), _list_title(name, company.catalogue, wording)
        if members is None and name not in subject.others:
            absent.append(title)
            continue
        state = wording("claims.complete" if subject.is_complete(name) else "claims.incomplete")
        many = wording("claims.absent") if members is None else f"{len(members)}, {state}"
        lines += paragraph(f"{title}: {many}", width, 4)
        for line in _of_others(company, name, wording):
            lines += paragraph(f"{wording('claims.others')}: {line}", width, 6)
    if absent:
        lines += paragraph(f"{wording('claims.absent')}: {wording.enumerate(absent)}", width, 4, "unknown")
    for key, party in profile.parties.items():
        name = shorten(clean(world.name(party.id).get(language)), SENTENCE_LENGTH)
        lines += paragraph(f"{wording('claims.parties')}: {name} ({key})", width, 2, "bold")
        lines += _figure_lines(world.companies[party.id], wording, 4, width)
    for key, count in (("dateless", world.undated), ("dateless_unused", world.undated_left_out)):
        lines += paragraph(f"{wording(f'claims.{key}')}: {count}", width, 2, "muted") if count else []
    lines += [line for remark in world.remarks for line in paragraph(remark.get(language), width, 2, "muted")]
    return render_lines(lines, colour, width)


def claims_data(world: World, path: str) -> dict[str, Any]:
    """Returns the same as data for JSON: each figure with its claims and their use, and the state of each list."""
    company, profile = world.companies[world.main], world.profile
    lists = {
        name: "complete" if company.subject.is_complete(name) else "incomplete" for name in company.subject.relations
    }
    return {
        "profile": path,
        "company": profile.id,
        "as_of": profile.day.isoformat() if profile.day else None,
        "currency": company.subject.currency,
        "figures": {name: [_claim_data(*claim) for claim in claims] for name, claims in _claims(company)},
        "lists": lists,
        "parties": {
            key: {name: [_claim_data(*c) for c in claims] for name, claims in _claims(world.companies[party.id])}
            for key, party in profile.parties.items()
        },
    }


def _claim_data(state: str, claim: RankedClaim) -> dict[str, Any]:
    reason = claim.reason_unused
    return {
        "state": state,
        "value": plain(claim.value),
        "period": claim.period.label if claim.period else None,
        "source": claim.claim.source,
        "kind": claim.kind,
        "gap": claim.gap,
        "why_not": plain(reason) if reason else None,
    }


def _claims(company: CompanyFacts) -> Iterator[tuple[str, list[tuple[str, RankedClaim]]]]:
    """Yields each figure of a company with its claims: used, prior, conflict, beside or ignored."""
    ignored: dict[str, list[RankedClaim]] = {}
    for name, claim in company.ignored:
        ignored.setdefault(name, []).append(claim)
    for name in company.subject.figures:
        found = company.reconciled.get(name)
        claims: list[tuple[str, RankedClaim]] = []
        if found:
            claims.append(("used", found.chosen))
            claims += [("prior", found.prior)] if found.prior else []
            claims += [("conflict" if claim.gap is not None else "beside", claim) for claim in found.others]
        yield name, [*claims, *(("ignored", claim) for claim in ignored.get(name, []))]


def _list_title(name: str, catalogue: Catalogue, wording: Wording) -> str:
    """Returns the title of a list, with its name in profiles."""
    title = next(kind.title.get(wording.language) for kind in catalogue.kinds.values() if kind.list_name == name)
    return f"{title} ({name})"


def _figure_lines(company: CompanyFacts, wording: Wording, indent: int, width: int) -> Iterator[Line]:
    for name, claims in _claims(company):
        figure, found = company.catalogue.claimable[name], company.reconciled.get(name)
        title = f"{figure.title.get(wording.language)} ({name})"
        yield from paragraph(title if found else f"{title}: {wording('claims.none')}", width, indent)
        for mark, claim in claims:
            style = {"conflict": "medium", "used": ""}.get(mark, "muted")
            label = pad_to(wording(f"claims.{mark}"), _MARK_WIDTH) + " "
            yield from paragraph(_claim_text(claim, figure.unit, wording), width, indent + 2, style, mark=label)


def _of_others(company: CompanyFacts, list_name: str, wording: Wording) -> Iterator[str]:
    """Returns what is stated about the members that a list does not name, field by field, with the source."""
    kind = company.catalogue.kinds[company.catalogue.lists[list_name]]
    for name, claim in company.subject.others.get(list_name, {}).items():
        typed, value = kind.fields[name], company.others[company.catalogue.lists[list_name]][name]
        shown = _value_text(value, typed.unit, wording.language)
        yield f"{name} {shown}, {clean(claim.source or wording('claims.no_source'))}"


def _origin(claim: RankedClaim, wording: Wording) -> str:
    """Returns the kind and key of the source of a claim; for a computed value the formula."""
    note = claim.claim.note
    remark = note.get(wording.language) if isinstance(note, Text) else note
    label, source = wording.label("kind", claim.kind), claim.claim.source or remark
    if claim.kind is ClaimKind.COMPUTED or claim.claim.source:
        return f"{label}: {clean(source or '')}"
    return wording("claims.no_source")


def _claim_text(claim: RankedClaim, unit: str, wording: Wording) -> str:
    value, language = claim.value, wording.language
    parts = (
        _value_text(value, unit, language),
        claim.period.with_dates if claim.period else "",
        _origin(claim, wording),
        claim.reason_unused.get(language) if claim.reason_unused else "",
        wording("conflicts.gap", gap=show_number(abs(claim.gap), "fraction", language))
        if claim.gap is not None and isinstance(value, Interval)
        else "",
    )
    return shorten(", ".join(part for part in parts if part), _CLAIM_LENGTH)


def _value_text(value: Value | NoneOf, unit: str, language: Language) -> str:
    if isinstance(value, NoneOf):
        return clean(f"≠ {', '.join(sorted(value.words))}")
    if isinstance(value, bool):
        return show_truth(value, language)
    if isinstance(value, str) or value is None:
        return clean(value or "–")
    return show_interval(value.lo, value.hi, unit, language)
