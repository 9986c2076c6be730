"""Chooses which of several matches of a rule its texts and distances describe; counts and sums up the others.

The first match is the one farthest beyond its threshold, or with the largest amount. Nothing here depends on the order
of a list in the profile.
"""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from screener.engine.protocol import Conclusions, Match, what_it_says
from screener.explain.rule_texts import money_text, placeholder_names
from screener.explain.threshold_distances import ThresholdMeter, gap_between, text_names
from screener.expression.interval import INF, Interval, Missing, Truth
from screener.expression.syntax_tree import Name
from screener.facts.company import CompanyFacts
from screener.facts.fact import COMPANY, FLAG, Fact
from screener.facts.world import World
from screener.rules.compiler import Program
from screener.rules.rule import Rule
from screener.text import Text


class OtherMatches(NamedTuple):
    """The facts beside the one that a rule's texts describe: their number, and the sum of all amounts if they are
    money."""

    number: int
    total: Interval | None


NO_OTHERS = OtherMatches(0, None)


class MatchOrder:
    """Orders the matches of one world, the most serious first, independently of the order of its lists."""

    def __init__(self, program: Program, world: World, conclusions: Conclusions, meter: ThresholdMeter) -> None:
        self.program, self.world, self.conclusions, self.meter = program, world, conclusions, meter
        self._ordered: dict[tuple[str, str], tuple[Match, ...]] = {}
        self._contents: dict[str, str] = {}

    def matches(self, rule: Rule, company: str) -> tuple[Match, ...]:
        """Returns the matches of a rule for a company: certain ones if it fired, possible ones if it is unknown."""
        key = rule.id, company
        if key not in self._ordered:
            decision = self.conclusions.of(*key)
            found = decision.matches
            if len(found) > 1:
                facts, fired = self.world.companies[company], decision.outcome is Truth.TRUE
                found = tuple(
                    sorted(found, key=lambda m: (self._seriousness(rule, facts, m) if fired else (), self._content(m)))
                )
            self._ordered[key] = found
        return self._ordered[key]

    def others(self, rule: Rule, matches: Sequence[Match]) -> OtherMatches:
        """Returns the facts that match beside the one that the texts of a fired rule describe."""
        described = self._described_fact(rule, matches[0])
        if described is None:
            return NO_OTHERS
        facts = {
            match.binding[described].id: match.binding[described] for match in matches if described in match.binding
        }
        if len(facts) < 2:
            return NO_OTHERS
        return OtherMatches(len(facts) - 1, self._total(rule, described, list(facts.values())))

    def _described_fact(self, rule: Rule, match: Match) -> str | None:
        """Returns the name of the fact that headline and sentence describe."""
        binding = match.binding
        for name in _shown_names(rule):
            if name.scope in binding and binding[name.scope].kind != FLAG:
                return name.scope
        return None

    def _total(self, rule: Rule, scope: str, facts: Sequence[Fact]) -> Interval | None:
        """Returns the sum of the amounts of money that the texts show for these facts; None if there are none."""
        kind = self.program.catalogue.kinds[facts[0].kind]
        if kind.list_name is None or len({fact.of for fact in facts}) > 1:
            return None
        shown = (name.field for name in _shown_names(rule) if name.scope == scope)
        field = next((f for f in shown if kind.fields[f].unit == "money"), None)
        if field is None:
            return None
        amounts = [value for fact in facts if isinstance(value := fact.fields.get(field), Interval)]
        low, high = (math.fsum(ends) for ends in ([a.lo for a in amounts], [a.hi for a in amounts]))
        return Interval(low, high) if len(amounts) == len(facts) and (low > -INF or high < INF) else None

    def _seriousness(self, rule: Rule, company: CompanyFacts, match: Match) -> tuple[object, ...]:
        """Returns a key that sorts the most serious match first."""
        gaps = [
            (comparison.names, gap.size)
            for comparison, distance in self.meter.of_match(rule, company, match)
            if comparison.scopes and comparison.op not in ("==", "!=")
            if (gap := gap_between(distance.value, distance.threshold)) is not None
        ]
        binding = match.binding
        shown = [name for name in _shown_names(rule) if name.scope in binding and binding[name.scope].kind != FLAG]
        numbers = [self._number(binding[name.scope], name) for name in shown]
        texts = (text_names(rule.headline), text_names(rule.says))
        return (
            *(-max((size for names, size in gaps if names & shown_in), default=-1.0) for shown_in in texts),
            tuple(size for unit, size in numbers if unit == "money"),
            tuple(size for unit, size in numbers if unit != "money"),
            -max((size for _, size in gaps), default=-1.0),
        )

    def _content(self, match: Match) -> tuple[int, tuple[str, ...]]:
        """Returns the content of a match, independent of the positions of its facts in their lists."""
        return match.alternative, tuple(self.content(fact) for _, fact in match.facts)

    def _number(self, fact: Fact, name: Name) -> tuple[str, float]:
        """Returns unit and size of a number that a text shows for a fact, negated so that the largest sorts first and
        an unknown one last."""
        typed = self.program.catalogue.kinds[fact.kind].fields.get(name.field)
        value = fact.fields.get(name.field)
        if typed is None or not isinstance(value, Interval):
            return "", INF
        return typed.unit, INF if isinstance(value, Missing) else -max(value.lo, -value.hi)

    def content(self, fact: Fact) -> str:
        """Returns the fields and claims of a fact as a text, independent of its place in its list."""
        if fact.id not in self._contents:
            of = self.world.name(fact.of).en if fact.of in self.world.companies else fact.of
            self._contents[fact.id] = repr((fact.kind, of, fact.certain, *what_it_says(fact)))
        return self._contents[fact.id]


def _shown_names(rule: Rule) -> Iterator[Name]:
    """Returns the values of bound facts that the texts show, those of the headline first."""
    for text in (rule.headline, rule.says):
        for name in placeholder_names(text.en) if text is not None else ():
            if name.scope not in (COMPANY, "params"):
                yield name


def headline_with_others(headline: Text, others: OtherMatches) -> Text:
    """Returns a headline with the number of further matches."""
    if not others.number:
        return headline
    return Text(f"{headline.en} (and {others.number} more)", f"{headline.zh}（另有 {others.number} 项）")


def sentence_with_others(sentence: Text, others: OtherMatches, currency: str | None) -> Text:
    """Returns a sentence followed by the number of further matches and, for amounts of money, the sum of all in
    `currency`."""
    if not others.number:
        return sentence
    if others.total is None:
        en, zh = "", ""
    else:
        en = f", {money_text(others.total, currency, 'en')} in total"
        zh = f"，合计 {money_text(others.total, currency, 'zh')}"
    return Text(f"{sentence.en} And {others.number} more{en}.", f"{sentence.zh}另有 {others.number} 项{zh}。")
