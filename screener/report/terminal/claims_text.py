"""Which claim is used for each figure of a profile, and what became of the others, as text."""

from collections.abc import Iterator

from screener.facts.builder import World
from screener.facts.company import CompanyFacts
from screener.profile.reconcile import RankedClaim
from screener.text import Language, clean, shorten
from screener.units import show_interval, show_truth

_LABELS = {
    "en": {"chosen": "used", "prior": "prior", "conflict": "CONFLICT", "other": "other", "ignored": "ignored",
           "none": "no claim is used", "source": "no source", "complete": "complete", "open": "incomplete",
           "lists": "Lists", "parties": "Others", "absent": "not given (unknown)", "as_of": "as of", "undated": "undated",
           "dateless": "Claims without a dated source", "dateless_left_out": "Claims without a dated source, not used"},
    "zh": {"chosen": "采用", "prior": "上期", "conflict": "冲突", "other": "并列", "ignored": "忽略", "none": "无可用来源",
           "source": "无来源", "complete": "完整", "open": "不完整", "lists": "清单", "parties": "其他公司",
           "absent": "未给出(未知)", "as_of": "截至", "undated": "未注明日期",
           "dateless": "来源无日期的陈述", "dateless_left_out": "来源无日期、未予采用的陈述"},
}  # fmt: skip


def claims_text(world: World, language: Language, path: str) -> str:
    """The claims of a profile's company and its parties, line by line, with what is used and what is not."""
    labels, profile = _LABELS[language], world.profile
    company = world.companies[world.main]
    dated = f"{labels['as_of']} {profile.day}" if profile.day else labels["undated"]
    name = clean(company.subject.name.get(language))
    lines = [f"{clean(path)}: {name} ({profile.id}), {dated}, {company.subject.currency or '–'}"]
    lines += _figure_lines(company, language)
    lines.append(f"  {labels['lists']}:")
    for list_name in company.catalogue.lists:
        members = company.subject.relations.get(list_name)
        if members is None:
            shown = labels["absent"]
        else:
            shown = f"{len(members)}, {labels['complete' if company.subject.is_complete(list_name) else 'open']}"
        lines.append(f"    {list_name}: {shown}")
    for party in profile.parties:
        lines.append(f"  {labels['parties']}: {clean(world.name(party).get(language))} ({party})")
        lines += _figure_lines(world.companies[party], language, "    ")
    for label, count in (("dateless", world.undated), ("dateless_left_out", world.undated_left_out)):
        lines += [f"  {labels[label]}: {count}"] if count else []
    return "\n".join(lines)


def _figure_lines(company: CompanyFacts, language: Language, indent: str = "  ") -> Iterator[str]:
    labels = _LABELS[language]
    ignored: dict[str, list[RankedClaim]] = {}
    for name, claim in company.ignored:
        ignored.setdefault(name, []).append(claim)
    for name in company.subject.figures:
        entry, figure = company.catalogue.claimable[name], company.reconciled.get(name)
        title = entry.title.get(language)
        yield f"{indent}{name} ({title})" + ("" if figure else f": {labels['none']}")
        lines = []
        if figure:
            lines.append((labels["chosen"], figure.chosen))
            lines += [(labels["prior"], figure.prior)] if figure.prior else []
            lines += [(labels["conflict" if c.gap is not None else "other"], c) for c in figure.others]
        lines += [(labels["ignored"], c) for c in ignored.get(name, [])]
        for mark, claim in lines:
            yield f"{indent}  {mark:9} {_claim_text(claim, entry.unit, language)}"


def _claim_text(weighed: RankedClaim, unit: str, language: Language) -> str:
    value = weighed.value
    if isinstance(value, bool):
        shown = show_truth(value, language)
    elif isinstance(value, str) or value is None:
        shown = clean(value or "–")
    else:
        shown = show_interval(value.lo, value.hi, unit, language)
    parts = [shown, weighed.period.with_dates if weighed.period else "",
             f"{weighed.kind}: {weighed.claim.source}" if weighed.claim.source else _LABELS[language]["source"],
             weighed.reason_unused.get(language) if weighed.reason_unused else "",
             f"{weighed.gap:+.0%}".replace("+", "") if weighed.gap is not None else ""]  # fmt: skip
    return shorten(", ".join(p for p in parts if p), 160)
