"""Which claim is used for each figure of a profile, and what became of the others, as text."""

from collections.abc import Iterator

from screener.expression.interval import Interval
from screener.expression.interval_ops import Value
from screener.facts.builder import World
from screener.facts.company import CompanyFacts
from screener.profile.reconcile import RankedClaim
from screener.report.wording import Wording, load_wording
from screener.text import Language, Text, clean, shorten
from screener.units import show_interval, show_number, show_truth
from screener.vocabulary import ClaimKind

_CLAIM_LENGTH = 160
_MARK_WIDTH = 9


def claims_text(world: World, language: Language, path: str) -> str:
    """The figures of a profile's company and of its parties, each with its claims, line by line."""
    wording, profile, company = load_wording(language), world.profile, world.companies[world.main]
    subject = company.subject
    dated = wording("claims.as_of", date=profile.day) if profile.day else wording("undated")
    lines = [f"{clean(path)}: {clean(subject.name.get(language))} ({profile.id}), {dated}, {subject.currency or '–'}"]
    lines += [*_figure_lines(company, wording, "  "), f"  {wording('claims.lists')}:"]
    for name in company.catalogue.lists:
        members = subject.relations.get(name)
        state = wording("claims.complete" if subject.is_complete(name) else "claims.incomplete")
        lines.append(f"    {name}: {wording('claims.absent') if members is None else f'{len(members)}, {state}'}")
        lines += [f"      {wording('claims.others')}: {line}" for line in _of_others(company, name, wording)]
    for key, party in profile.parties.items():
        lines.append(f"  {wording('claims.parties')}: {clean(world.name(party.id).get(language))} ({key})")
        lines += _figure_lines(world.companies[party.id], wording, "    ")
    for key, count in (("dateless", world.undated), ("dateless_unused", world.undated_left_out)):
        lines += [f"  {wording(f'claims.{key}')}: {count}"] if count else []
    lines += [f"  {remark.get(language)}" for remark in world.remarks]
    return "\n".join(lines)


def _figure_lines(company: CompanyFacts, wording: Wording, indent: str) -> Iterator[str]:
    ignored: dict[str, list[RankedClaim]] = {}
    for name, claim in company.ignored:
        ignored.setdefault(name, []).append(claim)
    for name in company.subject.figures:
        figure, found = company.catalogue.claimable[name], company.reconciled.get(name)
        title = f"{indent}{name} ({figure.title.get(wording.language)})"
        claims: list[tuple[str, RankedClaim]] = []
        if found:
            claims.append(("used", found.chosen))
            claims += [("prior", found.prior)] if found.prior else []
            claims += [("conflict" if claim.gap is not None else "beside", claim) for claim in found.others]
        claims += [("ignored", claim) for claim in ignored.get(name, [])]
        yield title if found else f"{title}: {wording('claims.none')}"
        for mark, claim in claims:
            yield f"{indent}  {wording(f'claims.{mark}'):{_MARK_WIDTH}} {_claim_text(claim, figure.unit, wording)}"


def _of_others(company: CompanyFacts, list_name: str, wording: Wording) -> Iterator[str]:
    """What is stated of the members that a list does not name, field by field, with the source."""
    kind = company.catalogue.kinds[company.catalogue.lists[list_name]]
    for name, claim in company.subject.others.get(list_name, {}).items():
        typed, value = kind.fields[name], company.others[company.catalogue.lists[list_name]][name]
        shown = _value_text(value, typed.unit, wording.language)
        yield f"{name} {shown}, {clean(claim.source or wording('claims.no_source'))}"


def _origin(claim: RankedClaim, wording: Wording) -> str:
    """The kind and key of the source of a claim; of a computed value the formula."""
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
        show_number(abs(claim.gap), "fraction", language)
        if claim.gap is not None and isinstance(value, Interval)
        else "",
    )
    return shorten(", ".join(part for part in parts if part), _CLAIM_LENGTH)


def _value_text(value: Value, unit: str, language: Language) -> str:
    if isinstance(value, bool):
        return show_truth(value, language)
    if isinstance(value, str) or value is None:
        return clean(value or "–")
    return show_interval(value.lo, value.hi, unit, language)
