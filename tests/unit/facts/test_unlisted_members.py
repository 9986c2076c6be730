"""`others`: what a profile states of unlisted members bounds conditions, sums and extremes."""

from datetime import date
from typing import Any

import pytest

from screener.errors import ProfileError
from screener.profile.model import Profile
from screener.result.model import ResultDocument
from screener.screening import Screener
from tests.conftest import profile_of

SOURCES = {
    "old": {"title": "Old", "kind": "filed", "date": "2019-06-01"},
    "new": {"title": "New", "kind": "filed", "date": "2025-06-01"},
}
SMALL = {"customers": {"share_of_revenue": {"high": 0.09}, "source": "old"}}


@pytest.fixture(scope="module", params=["durable", "search"])
def screener(request: pytest.FixtureRequest) -> Screener:
    return Screener.load(packs=["core", "classic"], engine=request.param)


def profile(screener: Screener, **data: Any) -> Profile:
    head = {"as_of": "2026-02-06", "currency": "USD", "sector": "software", "sources": SOURCES}
    return profile_of(screener.rulebook.catalogue, **{**head, **data})


def outcome(result: ResultDocument, rule: str) -> str:
    return next(f.outcome for f in result.findings if f.rule == rule)


def customer(party: str, share: float, source: str = "old") -> dict[str, Any]:
    return {"party": party, "share_of_revenue": share, "source": source}


@pytest.mark.parametrize(
    ("customers", "others", "expected"),
    [
        ([], None, "clear"),
        (None, SMALL, "clear"),
        ([], SMALL, "clear"),
        ([customer("a", 0.2)], SMALL, "clear"),
        ([customer("a", 0.6)], SMALL, "fired"),
        ([customer("a", 0.2)], {"customers": {"share_of_revenue": {"high": 0.5}}}, "unknown"),
        ([customer("a", 0.2)], {"customers": {"binding": False}}, "unknown"),
        ([], {"customers": {"share_of_revenue": {"low": 0.5}}}, "unknown"),  # there may be no other member
    ],
)
def test_a_bound_on_members_that_are_not_listed_decides_a_rule(
    screener: Screener, customers: Any, others: Any, expected: str
) -> None:
    main = profile(screener, **{k: v for k, v in (("customers", customers), ("others", others)) if v is not None})
    assert outcome(screener.assess(main), "one-customer") == expected


def test_sums_with_a_condition_leave_out_members_that_cannot_meet_it(screener: Screener) -> None:
    main = profile(screener, customers=[customer("a", 0.2), customer("b", 0.2)], others=SMALL)
    assert outcome(screener.assess(main), "few-customers") == "clear"
    loose = {"customers": {"share_of_revenue": {"high": 0.3}}}
    assert outcome(screener.assess(profile(screener, customers=[customer("a", 0.2)], others=loose)), "few-customers") == "unknown"


def test_the_explanation_of_a_clear_rule_says_that_no_other_can_be(screener: Screener) -> None:
    found = next(f for f in screener.assess(profile(screener, others=SMALL)).findings if f.rule == "one-customer")
    assert [term.text.en for term in found.terms] == ["Customer: none, as is stated of all others"]


def test_what_was_published_later_does_not_bound_others(screener: Screener) -> None:
    main = profile(screener, others={"customers": {"share_of_revenue": {"high": 0.09}, "source": "new"}})
    earlier = screener.assess(main.on(date(2020, 1, 1)))
    assert outcome(earlier, "one-customer") == "unknown"
    assert [name for name, _ in earlier.ignored] == ["others.customers.share_of_revenue"]


def test_a_member_that_is_lost_is_not_one_of_the_others(screener: Screener) -> None:
    main = profile(screener, customers=[customer("a", 0.05, "new")], others=SMALL)
    assert outcome(screener.assess(main), "one-customer") == "clear"
    assert outcome(screener.assess(main.on(date(2020, 1, 1))), "one-customer") == "unknown"
    own = profile(screener, id="self", customers=[customer("self", 0.05)], others=SMALL)
    assert outcome(screener.assess(own), "one-customer") == "unknown"


@pytest.mark.parametrize(
    ("others", "message"),
    [
        ({"custmers": {}}, "did you mean 'customers'"),
        ({"flows": {"amount": 1}}, "others can't be stated of 'flows'"),
        ({"customers": {"party": "a"}}, "'party' can't be stated of others; known are share_of_revenue"),
        ({"customers": {"share_of_revenue": 9}}, "outside its domain"),
        ({"customers": 5}, "expected a mapping of fields"),
    ],
)
def test_what_cannot_be_stated_of_others_is_reported(screener: Screener, others: Any, message: str) -> None:
    with pytest.raises(ProfileError, match=message):
        profile(screener, others=others)


NOTHING_LATE = {"events": {"what": {"none_of": ["late-filing", "restatement"]}, "source": "old"}}


@pytest.mark.parametrize(
    ("rule", "expected"), [("late-filing", "clear"), ("accounts-withdrawn", "clear"), ("under-investigation", "unknown")]
)
def test_words_that_no_unlisted_member_has_decide_a_rule(screener: Screener, rule: str, expected: str) -> None:
    assert outcome(screener.assess(profile(screener, others=NOTHING_LATE)), rule) == expected


def test_a_listed_member_is_not_bound_by_words_that_others_have_not(screener: Screener) -> None:
    events = [{"what": "late-filing", "date": "2026-01-01", "source": "old"}]
    assert outcome(screener.assess(profile(screener, others=NOTHING_LATE, events=events)), "late-filing") == "fired"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"others": {"events": {"what": {"none_of": ["later-filing"]}}}}, "'later-filing' is not one of"),
        ({"others": {"events": {"what": {"none_of": ["outage"], "value": "lawsuit"}}}}, "both `none_of` and a value"),
        ({"others": {"customers": {"share_of_revenue": {"none_of": ["a"]}}}}, "is not a word"),
        ({"events": [{"what": {"none_of": ["outage"]}}]}, "none_of is for others only"),
    ],
)
def test_words_that_cannot_be_excluded(screener: Screener, data: dict[str, Any], message: str) -> None:
    with pytest.raises(ProfileError, match=message):
        profile(screener, **data)
