"""Statements of several profiles about one company are combined in any order; disagreements are conflicts."""

from itertools import permutations
from typing import Any

import pytest

from screener.expression.interval import Interval, Missing
from screener.profile.model import Profile
from screener.result.model import ResultDocument
from screener.screening import Screener
from tests.conftest import profile_of

HEAD = {"as_of": "2026-02-06", "currency": "USD", "sector": "software"}
FILED = {"f": {"title": "10-K", "kind": "filed", "date": "2026-01-31"}, "n": {"title": "News", "kind": "reported", "date": "2026-01-31"}}


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.load(packs=["ai-era"])


def profile(screener: Screener, own: str, **data: Any) -> Profile:
    return profile_of(screener.rulebook.catalogue, **{**HEAD, "id": own, "name": own.title(), **data})


def about(screener: Screener, own: str, value: float, source: str | None = None, **party: Any) -> Profile:
    claim = {"value": value, "period": "FY2025", **({"source": source} if source else {})}
    return profile(screener, own, sources=FILED, parties={"c": {**party, "figures": {"net_income": claim}}})


def outcome(result: ResultDocument, rule: str) -> str:
    return next(f.outcome for f in result.findings if f.rule == rule)


def main(screener: Screener, **data: Any) -> Profile:
    return profile(screener, "main", customers=[{"party": "c", "dominant": True, "share_of_revenue": 0.5}], **data)


def test_two_profiles_that_disagree_on_a_third_company(screener: Screener) -> None:
    a, b = about(screener, "a", -5e9), about(screener, "b", 7e9)
    for context in permutations((a, b)):
        result = screener.assess(main(screener), context)
        assert outcome(result, "loss-making-customer") == "unknown"
        assert outcome(result, "source-conflict") == "fired"
        assert [(c.figure, c.company.en, [line.value for line in c.claims]) for c in result.conflicts] == [
            ("net_income", "c", [Interval(-5e9, 7e9), Interval.point(7e9)])
        ]
    assert outcome(screener.assess(main(screener), [a]), "loss-making-customer") == "fired"
    assert outcome(screener.assess(main(screener), [a]), "source-conflict") == "clear"


def test_the_better_source_is_used_whichever_profile_has_it(screener: Screener) -> None:
    filed, reported = about(screener, "a", -5e9, "f"), about(screener, "b", 7e9, "n")
    for context in permutations((filed, reported)):
        result = screener.assess(main(screener), context)
        assert outcome(result, "loss-making-customer") == "fired"
        assert outcome(result, "source-conflict") == "fired"
    own_word = {"c": {"figures": {"net_income": {"value": 7e9, "period": "FY2025"}}}}
    assert outcome(screener.assess(main(screener, parties=own_word), [filed]), "loss-making-customer") == "fired"


def test_what_a_company_says_of_itself_is_used_and_others_are_compared(screener: Screener) -> None:
    own = profile(screener, "c", figures={"net_income": {"value": 7e9, "period": "FY2025"}})
    for context in permutations((own, about(screener, "a", -5e9, "f"))):
        result = screener.assess(main(screener), context)
        assert outcome(result, "loss-making-customer") == "clear"
        assert outcome(result, "source-conflict") == "fired"


def test_what_two_profiles_of_one_company_say_is_taken_together(screener: Screener) -> None:
    claims = [{"net_income": {"value": -5e9, "period": "FY2025"}}, {"revenue": {"value": 1e9, "period": "FY2025"}}]
    versions = [profile(screener, "c", figures=figures, ticker=f"C{i}") for i, figures in enumerate(claims)]
    for context in permutations(versions):
        company = screener.world(main(screener), context).companies["c"]
        assert company.value("net_income") == Interval.point(-5e9)
        assert company.value("revenue") == Interval.point(1e9)


def test_another_profile_of_the_screened_company_is_not_read(screener: Screener) -> None:
    other = profile(screener, "main", figures={"net_income": -5e9}, customers=[])
    found = screener.world(main(screener), [other]).companies["main"]
    assert isinstance(found.value("net_income"), Missing)


@pytest.mark.parametrize(
    ("one", "two", "sector", "currency"),
    [
        ({"sector": "banks"}, {"sector": "banks"}, "banks", "USD"),
        ({"sector": "banks"}, {}, "banks", "USD"),
        ({"sector": "banks"}, {"sector": "software"}, None, "USD"),
        ({"currency": "EUR"}, {"currency": "EUR"}, None, "EUR"),
    ],
)
def test_what_they_disagree_on_is_not_known(screener: Screener, one: Any, two: Any, sector: str | None, currency: str) -> None:
    for context in permutations((about(screener, "a", 1, **one), about(screener, "b", 1, **two))):
        found = screener.world(main(screener), context).companies["c"].subject
        assert (found.sector, found.currency) == (sector, currency)


def test_amounts_in_two_currencies_are_neither_mixed_nor_a_conflict(screener: Screener) -> None:
    for context in permutations((about(screener, "a", 3.0e9, currency="EUR"), about(screener, "b", 3.25e9, currency="USD"))):
        world = screener.world(main(screener), context)
        company = world.companies["c"]
        assert company.subject.currency == "EUR"
        assert company.value("net_income") == Interval.point(3.0e9)
        assert world.context_conflicts == ()
        assert [(name, claim.reason_unused.en) for name, claim in company.ignored] == [  # type: ignore[union-attr]
            ("net_income", "in USD, not in EUR")
        ]
    own = profile(screener, "c", figures={"net_income": {"value": 3.25e9, "period": "FY2025"}})
    assert screener.world(main(screener), [own, about(screener, "a", 3.0e9, currency="EUR")]).context_conflicts == ()


LISTS = [
    ([{"party": "x"}], [{"party": "x"}], 1, True),
    ([{"party": "x"}], [{"party": "y"}], 2, False),
    ([{"party": "x"}], [], 1, False),
    ([{"party": "x"}, {"party": "x"}], [{"party": "x"}, {"party": "x"}], 2, True),
]


@pytest.mark.parametrize(("one", "two", "members", "complete"), LISTS)
def test_lists_on_which_they_differ_are_joined_and_incomplete(
    screener: Screener, one: Any, two: Any, members: int, complete: bool
) -> None:
    found = [profile(screener, name, parties={"c": {"rivals": rivals}}) for name, rivals in (("a", one), ("b", two))]
    for context in permutations(found):
        world = screener.world(main(screener), context)
        assert sum(fact.certain for fact in world.base.of("c", "rival")) == members
        assert ("rival" in world.companies["c"].complete) is complete
        assert len({fact.id for fact in world.base}) == sum(1 for _ in world.base)


def flow(**fields: Any) -> dict[str, Any]:
    return {"from": "main", "to": "c", "what": "invests", **fields}


def test_a_payment_on_which_they_differ(screener: Screener) -> None:
    a = profile(screener, "a", flows=[flow(amount=1e9, binding=True)])
    b = profile(screener, "b", flows=[flow(amount=99e9, binding=False)])
    for context in permutations((a, b)):
        (found,) = screener.world(main(screener), context).flows
        assert (found.fields["amount"], found.fields["binding"]) == (Interval(1e9, 99e9), None)
        (found,) = screener.world(main(screener, flows=[flow(amount=5.0)]), context).flows
        assert found.fields["amount"] == Interval.point(5)
    c = profile(screener, "c", flows=[flow(amount=1e9, binding=True), flow(amount=2e9)])
    assert len(screener.world(main(screener), [a, c]).flows) == 2
