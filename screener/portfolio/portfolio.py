"""A portfolio: the results of several companies by exposure, and the dependencies that they share."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from screener.portfolio.holdings import Holdings
from screener.portfolio.payment_network import NetworkPayment, names_of, payments_between
from screener.result.finding_records import Finding
from screener.result.model import ResultDocument
from screener.result.red_flags import is_counted_red
from screener.text import Text
from screener.vocabulary import Severity, Verdict


class Exposure(NamedTuple):
    """The exposure of a group of companies: their number, an amount, and a share of the total (0 to 1)."""

    companies: tuple[str, ...]
    amount: float
    share: float


class HoldingLine(NamedTuple):
    """One company of the portfolio."""

    company: str
    name: Text
    verdict: Verdict
    score: float
    low: float
    high: float
    decided: int
    rules: int
    exposure: Exposure
    worst: Text | None  # title of the red flag with the greatest weight
    worst_severity: Severity | None


class SharedCounterparty(NamedTuple):
    """A company, or a loop of payments, on which companies of the portfolio depend; `how` states the kinds of relation."""

    key: str
    name: Text
    how: tuple[str, ...]
    is_loop: bool
    verdict: Verdict | None  # if it is in the portfolio itself
    exposure: Exposure


class CommonCause(NamedTuple):
    """A red flag that fired for at least two companies of the portfolio."""

    rule: str
    title: Text
    severity: Severity
    exposure: Exposure


class Portfolio(NamedTuple):
    """The whole portfolio. `score` is the average weighted by exposure, `concentration` the Herfindahl index (0 to 1)."""

    lines: tuple[HoldingLine, ...]  # the largest exposure first
    verdicts: tuple[tuple[Verdict, Exposure], ...]  # from the worst to the best
    counterparties: tuple[SharedCounterparty, ...]
    causes: tuple[CommonCause, ...]
    total: float
    currency: str | None
    equal: bool  # no holdings were given: each company has the same weight
    score: float
    score_low: float
    score_high: float
    concentration: float
    largest: float  # share of the largest exposure
    top_five: float
    payments: tuple[NetworkPayment, ...]
    names: tuple[tuple[str, Text], ...]  # names of all companies that take part in payments, by id


def build_portfolio(results: Sequence[ResultDocument], holdings: Holdings) -> Portfolio:
    """Returns the portfolio of results of different companies; companies without an exposure count 0."""

    def exposure(companies: Iterable[str]) -> Exposure:
        found = tuple(sorted(set(companies)))
        return Exposure(found, math.fsum(holdings.exposures.get(c, 0.0) for c in found), holdings.share(found))

    lines = sorted((_line(r, exposure([r.company.id])) for r in results), key=lambda x: (-x.exposure.amount, x.company))
    by_verdict = [(v, [x.company for x in lines if x.verdict is v]) for v in Verdict]
    shares = [line.exposure.share for line in lines]
    scores = [
        math.fsum(x.exposure.share * value for x, value in zip(lines, column, strict=True)) for column in _scores(lines)
    ]
    return Portfolio(
        lines=tuple(lines),
        verdicts=tuple((verdict, exposure(companies)) for verdict, companies in by_verdict if companies),
        counterparties=_counterparties(results, exposure),
        causes=_causes(results, exposure),
        total=holdings.total,
        currency=holdings.currency,
        equal=holdings.equal,
        score=scores[0],
        score_low=scores[1],
        score_high=scores[2],
        concentration=math.fsum(share * share for share in shares),
        largest=max(shares, default=0.0),
        top_five=math.fsum(sorted(shares, reverse=True)[:5]),
        payments=payments_between(results),
        names=names_of(results),
    )


def _scores(lines: Sequence[HoldingLine]) -> list[list[float]]:
    return [[x.score for x in lines], [x.low for x in lines], [x.high for x in lines]]


def _line(result: ResultDocument, exposure: Exposure) -> HoldingLine:
    worst = max(filter(is_counted_red, result.findings), key=lambda f: (f.severity.rank, f.points), default=None)
    return HoldingLine(
        company=result.company.id,
        name=result.company.name,
        verdict=result.verdict.word,
        score=result.score.value,
        low=result.score.low,
        high=result.score.high,
        decided=result.coverage.decided,
        rules=result.coverage.total,
        exposure=exposure,
        worst=worst.title if worst else None,
        worst_severity=worst.severity if worst else None,
    )


def _counterparties(
    results: Sequence[ResultDocument], exposure: Callable[[Iterable[str]], Exposure]
) -> tuple[SharedCounterparty, ...]:
    """Returns the counterparties that at least two companies share, and loops of payments; the largest exposure first."""
    verdicts = {r.company.id: r.verdict.word for r in results}
    names = {key: name for r in results for key, name in r.companies}
    dependants: dict[str, dict[str, set[str]]] = {}  # counterparty -> how -> companies
    loops: dict[Text, set[str]] = {}  # members by name -> companies of the portfolio among them
    for result in results:
        for tie in result.ties:
            dependants.setdefault(tie.party, {}).setdefault(tie.how, set()).add(result.company.id)
        for loop in result.loops:
            members = [names.get(m, Text.of(m)) for m in (*loop.members, loop.members[0])]
            name = Text(" → ".join(m.en for m in members), " → ".join(m.zh for m in members))
            loops.setdefault(name, set()).update(set(loop.members) & verdicts.keys())
    found = [
        SharedCounterparty(
            party, names.get(party, Text.of(party)), tuple(sorted(how)), False, verdicts.get(party), exposure(who)
        )
        for party, how in dependants.items()
        if len(who := set().union(*how.values())) > 1
    ]
    found += [SharedCounterparty(name.en, name, ("loop",), True, None, exposure(who)) for name, who in loops.items()]
    return tuple(sorted(found, key=lambda x: (-x.exposure.amount, -len(x.exposure.companies), x.key)))


def _causes(
    results: Sequence[ResultDocument], exposure: Callable[[Iterable[str]], Exposure]
) -> tuple[CommonCause, ...]:
    fired: dict[str, tuple[Finding, list[str]]] = {}
    for result in results:
        for finding in filter(is_counted_red, result.findings):
            fired.setdefault(finding.rule, (finding, []))[1].append(result.company.id)
    found = [CommonCause(rule, f.title, f.severity, exposure(who)) for rule, (f, who) in fired.items() if len(who) > 1]
    return tuple(sorted(found, key=lambda x: (-x.severity.rank, -x.exposure.amount, x.rule)))
