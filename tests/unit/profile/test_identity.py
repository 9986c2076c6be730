"""Which names refer to which company: aliases, unnamed parties, a company as its own partner, similar names."""

from typing import Any

import pytest

from screener.errors import ProfileError
from screener.facts.neighbours import Neighbourhood
from screener.profile.catalogue import Catalogue
from screener.profile.identity import companies_named, identify, is_without_name, look_alikes
from screener.profile.model import Profile
from screener.result.model import ResultDocument
from screener.screening import Screener
from tests.conftest import ReadProfile, profile_of

HEAD = {"as_of": "2026-02-06", "currency": "USD", "sector": "software"}


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.load(packs=["ai-era"])


def profile(screener: Screener, **data: Any) -> Profile:
    return profile_of(screener.rulebook.catalogue, **{**HEAD, **data})


def outcome(result: ResultDocument, rule: str) -> str:
    return next(f.outcome for f in result.findings if f.rule == rule)


def notes(result: ResultDocument) -> list[str]:
    return [note.en for note in result.notes if "dated source" not in note.en]


def ring(*companies: str) -> list[dict[str, str]]:
    return [{"from": a, "to": b} for a, b in zip(companies, (*companies[1:], companies[0]), strict=True)]


def test_an_alias_is_the_company(screener: Screener) -> None:
    flows = [{"from": "main-corporation", "to": "b"}, {"from": "b", "to": "c"}, {"from": "c", "to": "main"}]
    without = profile(screener, flows=flows)
    assert outcome(screener.assess(without), "circular-financing") == "clear"
    for alias in ("Main Corporation", "main-corporation", "MAIN CORPORATION"):
        assert outcome(screener.assess(profile(screener, flows=flows, aliases=[alias])), "circular-financing") == "fired"


def test_so_is_an_alias_that_another_profile_has(screener: Screener) -> None:
    main = profile(screener, flows=[{"from": "main", "to": "open-ai"}, {"from": "openai", "to": "x"}, {"from": "x", "to": "main"}])
    assert outcome(screener.assess(main), "circular-financing") == "clear"
    other = profile(screener, name="OpenAI", id="openai", aliases=["Open AI"])
    assert outcome(screener.assess(main, [other]), "circular-financing") == "fired"
    around = Neighbourhood([other], screener.rulebook.catalogue)
    assert around.around(profile(screener, customers=[{"party": "open-ai"}])) == (other,)


def test_an_alias_that_is_the_id_or_alias_of_another_company_means_nothing(screener: Screener) -> None:
    main = profile(screener, flows=[{"from": "main", "to": "a"}, {"from": "b", "to": "x"}, {"from": "x", "to": "main"}])
    for others in ([("a", ["b"]), ("b", [])], [("c", ["a", "b"]), ("d", ["a", "b"])]):
        context = [profile(screener, name=name, id=name, aliases=aliases) for name, aliases in others]
        assert outcome(screener.assess(main, context), "circular-financing") == "clear"


def test_a_party_may_not_be_an_alias_of_the_company(read: ReadProfile) -> None:
    with pytest.raises(ProfileError, match="is an alias of the profile's own company; say it at the top level"):
        read(aliases=["Main Corp"], parties={"main-corp": {}})


@pytest.mark.parametrize(
    ("data", "rule", "left_out"),
    [
        ({"customers": [{"party": "main", "share_of_revenue": 0.5}]}, "single-customer-dependence", "customers[0]"),
        ({"customers": [{"party": "m-c", "share_of_revenue": 0.5}]}, "single-customer-dependence", "customers[0]"),
        ({"suppliers": [{"party": "main", "critical": True}]}, "no-credible-second-source", "suppliers[0]"),
        ({"flows": [{"from": "main", "to": "main", "what": "invests"}]}, "circular-financing", "flows[0]"),
    ],
)
def test_a_company_is_not_its_own_counterparty(screener: Screener, data: dict[str, Any], rule: str, left_out: str) -> None:
    result = screener.assess(profile(screener, aliases=["M C"], **data))
    assert outcome(result, rule) == "unknown"  # nor is the list known to be complete without it
    assert f"{left_out} names main as its own counterparty: left out." in notes(result)


def test_a_company_may_make_its_own_parts_own_its_channel_and_be_in_the_news(screener: Screener) -> None:
    suppliers = [{"party": "acme", "critical": True, "alternatives": [{"party": "main", "in_house": True, "price_performance": 0.9, "capacity": 0.5}]}]
    main = profile(screener, suppliers=suppliers, channels=[{"party": "main", "owned": True}],
                   events=[{"what": "market-reaction", "party": "main"}])
    assert notes(screener.assess(main)) == []
    assert outcome(screener.assess(main), "credible-second-source") == "fired"


@pytest.mark.parametrize(
    ("company", "expected"),
    [
        ("customer-a", True), ("customer-12", True), ("supplier-ii", True), ("company-b", True), ("unnamed-lender", True),
        ("other-carriers", True), ("landlords", True), ("start-up-carriers", True), ("one-large-customer", True),
        ("largest-customer", True), ("undisclosed", True), ("various-companies", True),
        ("openai", False), ("bank-one", False), ("channel-4", False), ("tjx-companies", False), ("3m", False),
        ("a-b-c", False), ("other", False), ("company-3", False), ("key-bank-of-ohio", False), ("partners-group", False),
    ],
)
def test_ids_of_parties_without_a_name(company: str, expected: bool) -> None:
    assert is_without_name(company) is expected


def test_a_party_without_a_name_belongs_to_its_profile(screener: Screener) -> None:
    main = profile(screener, flows=[{"from": "main", "to": "customer-a"}])
    other = profile(screener, name="Two", id="two", flows=[{"from": "customer-a", "to": "two"}, {"from": "two", "to": "main"}],
                    parties={"customer-a": {"figures": {"net_income": -5e9}}})
    world = screener.world(main, [other])
    assert {"customer-a@main", "customer-a@two"} <= world.companies.keys()
    assert not world.companies["customer-a@main"].known
    assert world.name("customer-a@main").en == "customer-a"
    assert outcome(screener.assess(main, [other]), "circular-financing") == "clear"
    within = profile(screener, flows=ring("main", "customer-a", "x"))
    assert outcome(screener.assess(within), "circular-financing") == "fired"
    assert Neighbourhood([other], screener.rulebook.catalogue).around(profile(screener, id="x", customers=[{"party": "customer-a"}])) == ()


def test_what_the_profile_itself_says_of_such_a_party_is_known(screener: Screener) -> None:
    customers = [{"party": "customer-a", "dominant": True, "share_of_revenue": 0.5}]
    main = profile(screener, customers=customers, parties={"customer-a": {"figures": {"net_income": -5e9}}})
    assert outcome(screener.assess(main), "loss-making-customer") == "fired"
    earlier = Screener(screener.rulebook, facts=("customer-a.net_income=5",))
    assumed = earlier._assume(main, earlier.facts)
    assert outcome(earlier.assess(assumed), "loss-making-customer") == "clear"


@pytest.mark.parametrize(("unnamed", "joined"), [(None, False), (False, True), (True, False)])
def test_a_profile_may_say_whether_a_party_is_named(screener: Screener, unnamed: bool | None, joined: bool) -> None:
    unnamed_key = {} if unnamed is None else {"unnamed": unnamed}
    main = profile(screener, parties={"investors": unnamed_key}, flows=[{"from": "main", "to": "investors"}])
    other = profile(screener, name="Two", id="two", parties={"investors": unnamed_key}, flows=[{"from": "investors", "to": "two"}, {"from": "two", "to": "main"}])
    assert (outcome(screener.assess(main, [other]), "circular-financing") == "fired") is joined


@pytest.mark.parametrize(
    ("main", "other", "shown"),
    [
        ({"customers": [{"party": "open-ai"}, {"party": "openai"}]}, None, "open-ai, openai"),
        ({"customers": [{"party": "acme-inc"}]}, {"id": "acme", "name": "Something"}, "acme, acme-inc"),
        ({"parties": {"oai": {"name": "Open AI"}}}, {"id": "openai", "name": "OpenAI, Inc."}, "oai, openai"),
        ({"customers": [{"party": "acme"}]}, {"id": "beta", "name": "Beta"}, None),
        ({"customers": [{"party": "customer-a"}]}, {"id": "two", "name": "Customer A"}, None),
    ],
)
def test_names_that_look_alike_are_reported(read: ReadProfile, catalogue: Catalogue, main: Any, other: Any, shown: str | None) -> None:
    found = [remark.en for remark in look_alikes(read(**main), [read(**other)] if other else [], catalogue)]
    assert found == ([f"{shown} may be one company: use one id, or list the other name under aliases."] if shown else [])


def test_to_identify_twice_changes_nothing(read: ReadProfile, catalogue: Catalogue) -> None:
    once = read(aliases=["M C"], customers=[{"party": "m-c"}, {"party": "customer-a"}], parties={"customer-a": {}})
    assert identify(once, catalogue) == once
    assert companies_named(once, catalogue) == {"main", "customer-a@main"}
