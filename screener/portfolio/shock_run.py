"""Screens companies before and after shocks, in rounds: a company whose verdict turns to *avoid* stops paying in the
next round."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from screener.expression.interval import Interval
from screener.portfolio.payment_network import names_of
from screener.portfolio.screening_set import screen_together
from screener.portfolio.shock import PaymentStop, Shock
from screener.portfolio.shock_effects import NO_COST_SAVED_TO_ALL, Effect, ShockedProfile, shocked
from screener.portfolio.shock_trace import ChainLink, Flip, flips_of
from screener.profile.model import Profile
from screener.result.comparison import ResultComparison, compare
from screener.result.model import ResultDocument, plain
from screener.screening import Screener
from screener.vocabulary import Verdict


class ShockedCompany(NamedTuple):
    """One company before and after: the changes in its facts and its result, and how the shock reached each rule."""

    before: ResultDocument
    after: ResultDocument
    effects: tuple[Effect, ...]
    comparison: ResultComparison
    flips: tuple[Flip, ...] = ()

    @property
    def is_changed(self) -> bool:
        """Returns whether verdict, score, range or the outcome of a rule changed."""
        return self.comparison.judged_otherwise

    @property
    def is_lifted(self) -> bool:
        """Returns whether the verdict is better although the company is hit: flags about payments that stop no longer
        fire."""
        hit = any(isinstance(effect.shock, PaymentStop) for effect in self.effects)
        return hit and self.after.verdict.word > self.before.verdict.word


class ShockResult(NamedTuple):
    """The companies, changed ones first and the worst first among them; and the chain of companies that stop paying in
    later rounds."""

    shocks: tuple[Shock, ...]
    companies: tuple[ShockedCompany, ...]
    chain: tuple[ChainLink, ...]
    rounds: int
    unreached: tuple[Shock, ...]  # shocks that change no fact of any profile
    applied: tuple[Shock, ...]  # all shocks, with the payments that stop in later rounds


def run_shocks(
    screener: Screener,
    profiles: Sequence[Profile],
    shocks: Sequence[Shock],
    *,
    rounds: int = 3,
    pass_through: Interval = NO_COST_SAVED_TO_ALL,
) -> ShockResult:
    """Screens `profiles`, each with the others as context, before and after `shocks`.

    In each of at most `rounds` rounds, companies whose verdict has turned to *avoid* stop paying. `pass_through` is the
    part of
    lost revenue that lowers results and cash flows. The order of profiles and shocks does not matter.

    Raises ProfileError if a shock can't be applied.
    """
    profiles = sorted(profiles, key=lambda profile: profile.id)
    before = screen_together(screener, profiles)
    applied, chain, done = tuple(shocks), list[ChainLink](), 0
    while True:
        changed = [shocked(p, applied, screener.rulebook.catalogue, pass_through) for p in profiles]
        after = screen_together(screener, [c.profile for c in changed]) if applied else before
        failing = _newly_failing(before, after, applied) if done < rounds else []
        if not failing:
            break
        done += 1
        for company in failing:
            because = tuple(dict.fromkeys(str(e.shock) for e in _effects_on(company, changed)))
            chain.append(ChainLink(company, after[company].company.name, done, because))
        applied = (*applied, *map(PaymentStop, failing))
    effects = tuple(dict.fromkeys(effect for c in changed for effect in c.effects))
    names = dict(names_of(list(before.values())))
    companies = []
    for profile in profiles:
        comparison = compare(before[profile.id], after[profile.id])
        companies.append(
            ShockedCompany(
                before=before[profile.id],
                after=after[profile.id],
                effects=_effects_on(profile.id, changed),
                comparison=comparison,
                flips=flips_of(comparison, effects, chain, names),
            )
        )
    companies.sort(key=_order)
    reached = {effect.shock for effect in effects}
    return ShockResult(
        shocks=tuple(shocks),
        companies=tuple(companies),
        chain=tuple(chain),
        rounds=done,
        unreached=tuple(s for s in shocks if s not in reached),
        applied=applied,
    )


def to_dict(result: ShockResult) -> dict[str, Any]:
    """Returns the outcome as data for JSON: for each company verdict, score and range before and after, effects and
    changed rules."""
    return {
        "shocks": [str(shock) for shock in result.shocks],
        "unreached": [str(shock) for shock in result.unreached],
        "rounds": result.rounds,
        "chain": plain(result.chain),
        "companies": [_company_data(company) for company in result.companies],
    }


def _company_data(c: ShockedCompany) -> dict[str, Any]:
    through = {flip.turn.rule: plain(flip.steps) for flip in c.flips}
    return {
        "company": c.after.company.id,
        "name": plain(c.after.company.name),
        "changed": c.is_changed,
        "lifted": c.is_lifted,
        "before": _standing(c.before),
        "after": _standing(c.after),
        "effects": [{"shock": str(e.shock), "fact": e.fact, "says": plain(e.says)} for e in c.effects],
        "rules": [
            {
                "rule": turn.rule,
                "change": turn.change,
                "before": turn.before,
                "after": turn.after,
                "through": through.get(turn.rule, []),
            }
            for turn in c.comparison.turns
        ],
    }


def _standing(result: ResultDocument) -> dict[str, Any]:
    score = result.score
    return {"verdict": str(result.verdict.word), "score": score.value, "low": score.low, "high": score.high}


def _newly_failing(
    before: Mapping[str, ResultDocument], after: Mapping[str, ResultDocument], shocks: Iterable[Shock]
) -> list[str]:
    """Returns the companies whose verdict has become *avoid* and that still pay."""
    stopped = {s.payer for s in shocks if isinstance(s, PaymentStop) and s.payee is None}
    return [
        company
        for company, result in sorted(after.items())
        if result.verdict.word is Verdict.AVOID
        and before[company].verdict.word is not Verdict.AVOID
        and company not in stopped
    ]


def _effects_on(company: str, changed: Sequence[ShockedProfile]) -> tuple[Effect, ...]:
    """Returns the changes in the facts of a company, relative to its own profile."""
    own = next(c for c in changed if c.profile.id == company)
    return tuple(dict.fromkeys(effect for effect in own.effects if effect.company == company))


def _order(company: ShockedCompany) -> tuple[bool, int, float, str]:
    after = company.after
    rank = list(Verdict).index(after.verdict.word)
    return not (company.is_changed or company.effects), rank, -after.score.value, after.company.id
