"""The chain of causes from a shock to a rule: shocks, companies that stop paying in later rounds, and inputs of the
rule."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from screener.portfolio.shock import PaymentStop, Shock
from screener.portfolio.shock_effects import Effect
from screener.result.comparison import ResultComparison, Turn
from screener.text import Text

MOST_TOGETHER = 4  # greatest number of facts or rules in one step


class ChainLink(NamedTuple):
    """A company that stops paying because of earlier shocks: the round, and the shocks that reached it."""

    company: str
    name: Text
    round: int
    because: tuple[str, ...]


class Flip(NamedTuple):
    """A rule whose outcome changes, and the steps that lead to it: shocks, changed facts, and other rules that it
    reads."""

    turn: Turn
    steps: tuple[Text, ...]


def flips_of(
    comparison: ResultComparison, effects: Sequence[Effect], chain: Sequence[ChainLink], names: Mapping[str, Text]
) -> tuple[Flip, ...]:
    """Returns the rules of a company whose outcome changes. `effects` are those in all profiles, `names` the names of
    companies."""
    own = comparison.after.company.id
    titles = {turn.rule: turn.title for turn in comparison.turns}
    found = []
    for turn in comparison.turns:
        if turn.change == "numbers":
            continue
        read = _effects_read(turn, comparison, effects, names)
        shocks = dict.fromkeys(effect.shock for effect in read)
        steps = [step for shock in shocks for step in _origins(shock, chain)]
        steps += _together([_fact(effect, own, names) for effect in read])
        steps += _together([titles[rule] for rule in turn.rests_on])
        found.append(Flip(turn, tuple(dict.fromkeys(steps))))
    return tuple(found)


def _effects_read(
    turn: Turn, comparison: ResultComparison, effects: Iterable[Effect], names: Mapping[str, Text]
) -> list[Effect]:
    """Returns the effects on facts that a rule reads; if none is known to be read, all effects on the company itself."""
    own = comparison.after.company.id
    ids = {name.en: company for company, name in names.items()}
    changes = [comparison.changes[n] for n in turn.causes]
    read = {(change.key, ids.get(change.company.en, "") if change.company else own) for change in changes}
    lists = {change.key for change in changes if change.kind.startswith(("relation", "list"))}
    found = [e for e in effects if (e.fact, e.company) in read or (e.fact in lists and e.fact == "flows")]
    return list(dict.fromkeys(found or (e for e in effects if e.company == own)))


def _origins(shock: Shock, chain: Sequence[ChainLink]) -> list[Text]:
    """Returns a shock, preceded by those that led to it if it is a company that stops paying in a later round."""
    link = next((x for x in chain if isinstance(shock, PaymentStop) and shock == PaymentStop(x.company)), None)
    if link is None:
        return [Text(str(shock), str(shock))]
    by_text = {str(PaymentStop(x.company)): PaymentStop(x.company) for x in chain if x.round < link.round}
    before = [
        step
        for text in link.because
        for step in (_origins(by_text[text], chain) if text in by_text else [Text(text, text)])
    ]
    return [*before, Text(f"{link.name.en} turns to avoid and stops paying", f"{link.name.zh}转为回避并停止付款")]


def _together(texts: Sequence[Text]) -> list[Text]:
    """Returns several texts as one step, if there are any; of many, the first ones."""
    if not texts:
        return []
    shown, more = list(dict.fromkeys(texts)), ""
    if len(shown) > MOST_TOGETHER:
        shown, more = shown[:MOST_TOGETHER], " …"
    return [Text(", ".join(t.en for t in shown) + more, "、".join(t.zh for t in shown) + more)]


def _fact(effect: Effect, own: str, names: Mapping[str, Text]) -> Text:
    """Returns an effect as a step, with the name of its company if that is another one."""
    if effect.company == own:
        return effect.says
    name = names.get(effect.company, Text(effect.company, effect.company))
    return Text(f"{name.en}: {effect.says.en}", f"{name.zh}：{effect.says.zh}")
