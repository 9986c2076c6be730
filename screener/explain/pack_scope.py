"""The scope of a verdict by pack, as figures and as one sentence."""

from collections.abc import Iterable, Sequence

from screener.result.finding_records import OpenInput
from screener.result.verdict_records import PackCoverage
from screener.rules.rulebook import Rulebook
from screener.scoring.scope import ADDED, Scope
from screener.text import Text, within_sentence

MOST_NEEDS = 3  # greatest number of inputs named for a pack that is not assessed
ADDED_LABEL = Text("added rules", "自有规则")


def pack_coverage(rulebook: Rulebook, scope: Scope, inputs: Iterable[OpenInput]) -> tuple[PackCoverage, ...]:
    """Returns the coverage of each pack, in the order in which packs were chosen; added rules last.

    `inputs` are the open inputs of the company; the needs of a pack are those that most of its rules wait for.
    """
    labels = {pack.name: pack.short_title for pack in rulebook.packs} | {ADDED: ADDED_LABEL}
    waiting: dict[str, list[tuple[int, int, Text]]] = {}
    for place, found in enumerate(inputs):
        counts: dict[str, int] = {}
        for rule in (rulebook.rules[name] for name in found.waits if rulebook.rules[name].flag.scores):
            pack = rule.pack
            counts[pack] = counts.get(pack, 0) + 1
        for pack, count in counts.items():
            waiting.setdefault(pack, []).append((-count, place, found.title))
    return tuple(
        PackCoverage(
            name=pack,
            label=label,
            decided=int(reach.decided),
            total=int(reach.total),
            weight=round(float(reach.weight_share), 4),
            assessed=bool(scope.assessed[pack]),
            needs=() if scope.assessed[pack] else most_wanted(waiting.get(pack, ())),
        )
        for pack, label in labels.items()
        if (reach := scope.packs.get(pack)) is not None
    )


def most_wanted(waiting: Sequence[tuple[int, int, Text]]) -> tuple[Text, ...]:
    """Returns the titles of the first MOST_NEEDS inputs; each comes with the negated number of rules that wait for it,
    and its place."""
    titles = dict.fromkeys(title for *_, title in sorted(waiting, key=lambda entry: entry[:2]))
    return tuple(titles)[:MOST_NEEDS]


def scope_text(packs: Sequence[PackCoverage]) -> Text | None:
    """Returns a sentence on the packs that the verdict covers and the needs of the others; None if there is only one
    pack."""
    if len(packs) < 2:
        return None
    assessed, others = ([p for p in packs if p.assessed is wanted] for wanted in (True, False))
    start = (
        Text(f"Covers {_joined_en(assessed)}.", f"依据：{_joined_zh(assessed)}。")
        if assessed
        else Text("No pack is assessed.", "没有任何规则包可供评估。")
    )
    left = [_not_assessed(pack) for pack in others]
    return Text(" ".join([start.en, *(t.en for t in left)]), "".join([start.zh, *(t.zh for t in left)]))


def _not_assessed(pack: PackCoverage) -> Text:
    if not pack.total:
        return Text(f"{pack.label.en}: no rule applies to this company.", f"{pack.label.zh}：没有适用于该公司的规则。")
    sentence = Text(
        f"{pack.label.en} not assessed: {pack.decided} of {pack.total} rules decided",
        f"{pack.label.zh}未评估：{pack.total} 条规则中仅判定 {pack.decided} 条",
    )
    if not pack.needs:
        return Text(f"{sentence.en}.", f"{sentence.zh}。")
    needs_en, needs_zh = "; ".join(within_sentence(t.en) for t in pack.needs), "、".join(t.zh for t in pack.needs)
    return Text(f"{sentence.en}; it needs {needs_en}.", f"{sentence.zh}；尚需：{needs_zh}。")


def _joined_en(packs: Sequence[PackCoverage]) -> str:
    *most, last = [pack.label.en for pack in packs]
    return f"{', '.join(most)} and {last}" if most else last


def _joined_zh(packs: Sequence[PackCoverage]) -> str:
    return "、".join(pack.label.zh for pack in packs)
