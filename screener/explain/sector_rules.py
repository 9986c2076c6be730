"""Describes the undecided rules for the company's own sector in one sentence."""

from collections.abc import Iterable, Sequence

from screener.explain.pack_scope import most_wanted
from screener.expression.interval import Truth
from screener.profile.catalogue import Catalogue
from screener.profile.sector_scope import SectorScope, in_scope, narrowest_sector
from screener.result.finding_records import OpenInput
from screener.rules.rule import Rule
from screener.text import Text, within_sentence
from screener.vocabulary import Flag, Outcome, Verdict

MOST_NAMED = 4  # greatest number of undecided rules named if none of them is decisive


def undecided_sector_rules(
    scope: SectorScope,
    counted: Sequence[tuple[Rule, Outcome]],
    inputs: Iterable[OpenInput],
    catalogue: Catalogue,
    verdict: Verdict,
) -> Text | None:
    """Returns how many of the rules for the sector are undecided, which have the greatest weight, and which figures
    would decide them.

    The decisive ones (`at_least`) are named and, if there is no verdict, those of the others with the greatest weight.
    Without a verdict, the sentence also states that there are no rules for the sector, or that all of them are decided.
    Returns None if no sector is stated or shown by the statements, or if there is a verdict and no decisive rule for
    the sector is unknown.
    """
    sector = narrowest_sector(scope, catalogue)
    if sector is None:
        return None
    own = [
        (rule, outcome)
        for rule, outcome in counted
        if outcome is not Outcome.NOT_APPLICABLE
        and rule.flag.scores
        and rule.only_for
        and in_scope(rule.only_for, rule.not_for, scope, catalogue) is not Truth.FALSE
    ]
    unknown = [rule for rule, outcome in own if outcome is Outcome.UNKNOWN]
    decisive = sorted(
        (rule for rule in unknown if rule.at_least is not None), key=lambda r: (r.at_least, -r.severity.rank, r.id)
    )
    title = catalogue.sectors[sector].title
    en_title = within_sentence(title.en)
    if verdict is not Verdict.INSUFFICIENT_DATA and not decisive:
        return None
    if not own:
        return Text(
            f"There are no rules for {en_title}; only those for any company apply.",
            f"没有{title.zh}专用规则，仅适用通用规则。",
        )
    total = len(own)
    if not unknown:
        return Text(
            f"All rules for {en_title} ({total}) are decided, but too few of those for any company.",
            f"{title.zh}专用规则（{total} 条）均已判定，但通用规则判定过少。",
        )
    named = decisive or sorted(unknown, key=lambda r: (r.flag is not Flag.RED, -r.severity.rank, r.id))[:MOST_NAMED]
    waiting = [
        (-count, place, found.title)
        for place, found in enumerate(inputs)
        if (count := sum(rule.id in found.waits for rule in named))
    ]
    needs = [Text(within_sentence(t.en), t.zh) for t in most_wanted(waiting)]
    if parts := _narrower(named, scope, catalogue):
        en_parts, zh_parts = ", ".join(within_sentence(t.en) for t in parts), "、".join(t.zh for t in parts)
        narrower = Text(f"a narrower sector ({en_parts})", f"更具体的行业（{zh_parts}）")
        needs = [narrower, *(t for t in needs if t.en != "sector")]
    among = "" if len(named) == len(unknown) else "among them "
    en_names, zh_names = ", ".join(f"“{r.title.en}”" for r in named), "".join(f"“{r.title.zh}”" for r in named)
    en = f"Of the rules for {en_title}, {len(unknown)} of {total} could not be decided: {among}{en_names}."
    zh = f"{title.zh}专用规则共 {total} 条，其中 {len(unknown)} 条无法判定{'，包括' if among else ''}：{zh_names}。"
    if needs:
        en += f" {'They' if len(named) > 1 else 'It'} would be decided by {', '.join(t.en for t in needs)}."
        zh += f"可据以判定的数据：{'、'.join(t.zh for t in needs)}。"
    return Text(en, zh)


def _narrower(rules: Sequence[Rule], scope: SectorScope, catalogue: Catalogue) -> list[Text]:
    """Returns the parts of a sector that rules are limited to, so that the sector alone does not tell whether they
    apply."""
    possible = catalogue.below(scope.stated or "") if scope.possible is None else scope.possible
    unsure = (r for r in rules if in_scope(r.only_for, r.not_for, scope, catalogue) is Truth.UNKNOWN)
    parts = {part for rule in unsure for part in rule.only_for & possible}
    return [catalogue.sectors[part].title for part in sorted(parts)]
