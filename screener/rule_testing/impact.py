"""Compares the outcomes of two rulebooks for each company, and finds the change that causes each difference."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from screener.errors import ScreenerError
from screener.facts.metrics import closure
from screener.profile.model import Profile
from screener.result.detail import Detail
from screener.result.model import ResultDocument
from screener.rules.compiler import rule_names
from screener.rules.rule_graph import RuleGraph
from screener.rules.rulebook_diff import RulebookChange, revert_change, rulebook_changes
from screener.screening import Screener
from screener.text import Text


class OutcomeChange(NamedTuple):
    """A rule with another outcome; None for a rulebook that does not contain it."""

    rule: str
    before: str | None
    after: str | None
    rests_on: tuple[str, ...]  # rules under it that moved
    causes: tuple[RulebookChange, ...]


class VerdictAndScore(NamedTuple):
    """Verdict and score of a company under one rulebook."""

    verdict: str
    score: float
    low: float
    high: float


class CompanyImpact(NamedTuple):
    """A company with another result."""

    company: str
    name: Text
    before: VerdictAndScore
    after: VerdictAndScore
    moved: tuple[OutcomeChange, ...]
    scored: tuple[RulebookChange, ...]  # changes that move the score or the verdict though no outcome does by them


class RulebookComparison:
    """Two rulebooks over the same profiles."""

    def __init__(self, old: Screener, new: Screener) -> None:
        self.old, self.new = old, new
        self._without: dict[RulebookChange, Screener | None] = {}

    @cached_property
    def changes(self) -> tuple[RulebookChange, ...]:
        """The differences of the new rulebook."""
        return rulebook_changes(self.old.rulebook, self.new.rulebook)

    def shift(self, profile: Profile, context: Sequence[Profile] = ()) -> CompanyImpact | None:
        """The differences in the result of a company; None if there are none."""
        before, after = (s.assess(profile, context, detail=Detail.OUTCOMES) for s in (self.old, self.new))
        moved = self._moved(before, after, profile, context)
        if not moved and _standing(before) == _standing(after):
            return None
        shown = {c for m in moved for c in m.causes}
        rest = [c for c in self.changes if c.decides and c not in shown and c.what not in ("added", "removed")]
        scored = [c for c in rest if self._matters(c, after, profile, context)]
        return CompanyImpact(
            after.company.id, after.company.name, _standing(before), _standing(after), moved, tuple(scored)
        )

    def _moved(
        self, before: ResultDocument, after: ResultDocument, profile: Profile, context: Sequence[Profile]
    ) -> tuple[OutcomeChange, ...]:
        was, now = _outcomes(before), _outcomes(after)
        other = [r for r in dict.fromkeys([*now, *was]) if was.get(r) != now.get(r)]
        found = []
        for rule in other:
            if rule not in was or rule not in now:
                found.append(
                    OutcomeChange(rule, was.get(rule), now.get(rule), (), tuple(self._own(rule, after.company.id)))
                )
                continue
            causes = [
                c
                for c in self._own(rule, after.company.id)
                if (result := self._back(c, profile, context)) is None or _outcomes(result)[rule] != now[rule]
            ]
            book = self.new.rulebook
            below = {d.rule for d in RuleGraph(book.rules).dependencies(book.rules[rule])} & set(other)
            if not causes and not below:  # several together, or the catalogue
                causes = list(self._own(rule, after.company.id)) or [
                    c for c in self.changes if c.part not in ("rule", "metric")
                ]
            found.append(OutcomeChange(rule, was[rule], now[rule], tuple(sorted(below)), tuple(causes)))
        return tuple(found)

    def _own(self, rule: str, company: str) -> Iterator[RulebookChange]:
        """Changes of a rule itself, of the metrics that it reads, and of whether it is waived."""
        own = (("rule", rule), ("waiver", f"{rule} of {company}"), ("settings", ""))
        read: set[str] = set()
        for book in (self.old.rulebook, self.new.rulebook):
            if rule in book.rules:
                read |= set(closure(sorted({n.field for n in rule_names(book.rules[rule])}), book.metrics))
        for change in self.changes:
            if change.decides and (change[:2] in own or (change.part == "metric" and change.name in read)):
                yield change

    def _matters(
        self, change: RulebookChange, after: ResultDocument, profile: Profile, context: Sequence[Profile]
    ) -> bool:
        result = self._back(change, profile, context)
        return result is not None and _standing(result) != _standing(after)

    def _back(self, change: RulebookChange, profile: Profile, context: Sequence[Profile]) -> ResultDocument | None:
        """The company under the new rulebook with one change reverted; None if it can't be reverted alone."""
        if change not in self._without:
            try:
                book = revert_change(change, self.old.rulebook, self.new.rulebook)
                screener = Screener(book)
                _ = screener.engine
                self._without[change] = screener
            except ScreenerError:
                self._without[change] = None
        screener_or_none = self._without[change]
        if screener_or_none is None:
            return None
        return screener_or_none.assess(profile, context, detail=Detail.OUTCOMES)


def _outcomes(result: ResultDocument) -> dict[str, str]:
    return {f.rule: f.outcome if f.scored else f"{f.outcome} (not scored)" for f in result.findings}


def _standing(result: ResultDocument) -> VerdictAndScore:
    score = result.score
    return VerdictAndScore(result.verdict.word, round(score.value, 1), round(score.low, 1), round(score.high, 1))
