"""The sentence that gives the reason of a verdict."""

from collections.abc import Iterable, Mapping, Sequence

from screener.rules.rule import Rule
from screener.scoring.scope import Scope
from screener.scoring.score import ScoreStep
from screener.scoring.verdict import VerdictDecision
from screener.text import Text
from screener.vocabulary import Flag, Verdict

HEAVIEST_FLAGS = 3  # greatest number of flags that a verdict without a pattern names
MOST_OPEN_FLAGS = 3  # greatest number of unknown decisive rules that an open verdict names


def verdict_sentence(
    decision: VerdictDecision,
    decided_by: Text | None,
    steps: Sequence[ScoreStep],
    rules: Mapping[str, Rule],
    scope: Scope,
) -> Text:
    """Returns the reason of a verdict.

    `decided_by` is the sentence of the pattern that decided it, None if none did; `steps` are those of the score.
    """
    if decided_by is not None:
        return _with_worst_flag(decided_by, steps) if decision.word is Verdict.WATCH else decided_by
    if decision.word is Verdict.INSUFFICIENT_DATA:
        return Text("Too few of the rules could be decided to say anything.", "能够判定的规则太少，无法得出结论。")
    if decision.word is Verdict.OPEN:
        return _open_sentence(decision, steps, rules, scope)
    titles = [rules[rule].title for rule in heaviest_flags(steps)]
    if not titles:
        return Text("No red flag fired.", "没有触发任何预警信号。")
    return Text(
        "What weighs most: " + "; ".join(t.en for t in titles) + ".",
        "最主要的问题：" + "；".join(t.zh for t in titles) + "。",
    )


def heaviest_flags(steps: Iterable[ScoreStep]) -> tuple[str, ...]:
    """Returns the red flags that raise the score most, by rule id."""
    raised = [step.rule.id for step in steps if step.rule.flag is Flag.RED and step.end > step.start]
    return tuple(raised[:HEAVIEST_FLAGS])


def _with_worst_flag(sentence: Text, steps: Iterable[ScoreStep]) -> Text:
    """Returns the reason of a favourable verdict, with the worst red flag that fired nevertheless."""
    worst = min(
        (step.rule for step in steps if step.rule.flag is Flag.RED),
        key=lambda rule: (-rule.severity.rank, rule.id),
        default=None,
    )
    if worst is None:
        return sentence
    return Text(f"{sentence.en} Worst red flag: {worst.title.en}.", f"{sentence.zh}最重的预警信号：{worst.title.zh}。")


def _open_sentence(
    decision: VerdictDecision, steps: Iterable[ScoreStep], rules: Mapping[str, Rule], scope: Scope
) -> Text:
    """Returns how many rules are decided without a flag of weight, and which decisive rules are unknown."""
    covered = [reach for pack, reach in scope.packs.items() if scope.included[pack]]
    decided, total = sum(reach.decided for reach in covered), sum(reach.total for reach in covered)
    any_red = any(step.rule.flag is Flag.RED for step in steps)
    start = Text(
        f"{'Nothing of weight' if any_red else 'No red flag'} so far: {decided} of {total} rules are decided",
        f"目前{'未触发重大预警' if any_red else '没有触发任何预警信号'}：{total} 条规则中已判定 {decided} 条",
    )
    titles = [rules[r].title for r in decision.open_demands[:MOST_OPEN_FLAGS]]
    more = len(decision.open_demands) - len(titles)
    if not titles:
        return Text(f"{start.en}, and the others could still change that.", f"{start.zh}，其余仍可能改变结论。")
    return Text(
        f"{start.en}. Open: {'; '.join(t.en for t in titles)}{f'; {more} more' if more else ''}.",
        f"{start.zh}。尚待判定：{'；'.join(t.zh for t in titles)}{f'，另有 {more} 条' if more else ''}。",
    )
