"""Which rules that were written for the company's own sector could not be decided, as one sentence."""

from collections.abc import Iterable, Sequence

from screener.explain.pack_scope import most_wanted
from screener.expression.interval import Truth
from screener.facts.company import in_scope
from screener.profile.catalogue import Catalogue
from screener.result.finding_records import OpenInput
from screener.rules.rule import Rule
from screener.text import Text, within_sentence
from screener.vocabulary import Outcome


def undecided_sector_rules(
    sector: str | None, counted: Sequence[tuple[Rule, Outcome]], inputs: Iterable[OpenInput], catalogue: Catalogue
) -> Text | None:
    """The decisive rules (`at_least`) for the sector that are unknown, how many of all those for it are, and what they wait for.

    None where no decisive one is unknown, no rule names the sector or one of its parents or parts, or no sector is stated.
    """
    if sector is None:
        return None
    own = [
        (rule, outcome)
        for rule, outcome in counted
        if rule.only_for and in_scope(rule.only_for, rule.not_for, sector, catalogue) is not Truth.FALSE
    ]
    unknown = [rule for rule, outcome in own if outcome is Outcome.UNKNOWN]
    decisive = sorted(
        (rule for rule in unknown if rule.at_least is not None), key=lambda r: (r.at_least, -r.severity.rank, r.id)
    )
    if not decisive:
        return None
    total = sum(outcome is not Outcome.NOT_APPLICABLE for _, outcome in own)
    title = catalogue.sectors[sector].title
    waiting = [
        (-count, place, found.title)
        for place, found in enumerate(inputs)
        if (count := sum(rule.id in found.waits for rule in decisive))
    ]
    needs = [Text(within_sentence(t.en), t.zh) for t in most_wanted(waiting)]
    if parts := _narrower(decisive, sector, catalogue):
        en_parts, zh_parts = ", ".join(within_sentence(t.en) for t in parts), "、".join(t.zh for t in parts)
        narrower = Text(f"a narrower sector ({en_parts})", f"更具体的行业（{zh_parts}）")
        needs = [narrower, *(t for t in needs if t.en != "sector")]
    names_en, names_zh = (
        ", ".join(within_sentence(r.title.en) for r in decisive),
        "、".join(r.title.zh for r in decisive),
    )
    en = f"Rules for {within_sentence(title.en)}: {len(unknown)} of {total} undecided, decisive ones among them: {names_en}"
    zh = f"{title.zh}专用规则：{total} 条中 {len(unknown)} 条未判定，其中足以定论的有：{names_zh}"
    if needs:
        en += f"; they need {'; '.join(t.en for t in needs)}"
        zh += f"；尚需：{'、'.join(t.zh for t in needs)}"
    return Text(f"{en}.", f"{zh}。")


def _narrower(rules: Sequence[Rule], sector: str, catalogue: Catalogue) -> list[Text]:
    """The parts of a sector that rules are for which the sector itself leaves unknown."""
    unsure = (r for r in rules if in_scope(r.only_for, r.not_for, sector, catalogue) is Truth.UNKNOWN)
    parts = {part for rule in unsure for part in rule.only_for & catalogue.below(sector)}
    return [catalogue.sectors[part].title for part in sorted(parts)]
