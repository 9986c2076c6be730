"""Nothing published after the day of screening counts: in the profile, nested members, parties and context."""

from datetime import date
from typing import Any

import pytest

from screener.errors import ProfileError
from screener.profile.model import Profile
from screener.profile.what_if import assume
from screener.result.model import ResultDocument
from screener.screening import Screener
from tests.conftest import profile_of

SOURCES = {
    "old": {"title": "Old", "kind": "filed", "date": "2019-06-01"},
    "new": {"title": "New", "kind": "filed", "date": "2025-06-01"},
    "undated": {"title": "Undated", "kind": "reported"},
}


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.load(packs=["ai-era", "classic"])


def profile(screener: Screener, **data: Any) -> Profile:
    head = {"as_of": "2026-02-06", "currency": "USD", "sector": "software", "sources": SOURCES}
    return profile_of(screener.rulebook.catalogue, **{**head, **data})


def outcome(result: ResultDocument, rule: str) -> str:
    return next(f.outcome for f in result.findings if f.rule == rule)


def on(screener: Screener, day: str, main: Profile, *context: Profile) -> ResultDocument:
    return screener.assess(main.on(date.fromisoformat(day)), context)


def test_a_list_that_lost_a_member_is_not_known_to_be_complete(screener: Screener) -> None:
    main = profile(screener, channels=[{"what": "a", "owned": True, "source": "new"}])
    assert outcome(screener.assess(main), "no-distribution-entry-point") == "clear"
    assert outcome(on(screener, "2020-01-01", main), "no-distribution-entry-point") == "unknown"


def test_nor_is_an_empty_list_before_the_day_on_which_it_was_written(screener: Screener) -> None:
    main = profile(screener, channels=[])
    assert outcome(screener.assess(main), "no-distribution-entry-point") == "fired"
    assert outcome(on(screener, "2026-02-05", main), "no-distribution-entry-point") == "unknown"
    assert outcome(on(screener, "2026-03-01", main), "no-distribution-entry-point") == "fired"


def test_members_inside_members_are_cut_too(screener: Screener) -> None:
    alternatives = [{"party": "z", "in_house": True, "price_performance": 0.9, "capacity": 0.5, "source": "new"}]
    main = profile(screener, suppliers=[{"party": "n", "critical": True, "source": "old", "alternatives": alternatives}])
    assert outcome(screener.assess(main), "credible-second-source") == "fired"
    earlier = on(screener, "2020-01-01", main)
    assert outcome(earlier, "credible-second-source") == "unknown"
    assert [name for name, _ in earlier.ignored] == [
        f"suppliers[0].alternatives[0].{field}" for field in ("party", "in_house", "price_performance", "capacity")
    ]


def test_flows_are_cut_too(screener: Screener) -> None:
    pairs = (("main", "b"), ("b", "n"), ("n", "main"))
    flows = [{"from": a, "to": b, "what": "invests", "amount": 50, "source": "new"} for a, b in pairs]
    main = profile(screener, figures={"revenue": {"value": 100, "source": "old"}}, flows=flows)
    assert outcome(screener.assess(main), "circular-financing") == "fired"
    assert outcome(on(screener, "2020-01-01", main), "circular-financing") == "unknown"


@pytest.mark.parametrize("source", ["undated", None])
def test_undated_claims_count_on_the_profile_s_own_day_and_not_before(screener: Screener, source: str | None) -> None:
    main = profile(screener, figures={"net_income": {"value": -5e9, "period": "FY2014", "source": source}})
    own = screener.assess(main)
    assert outcome(own, "loss-making") == "fired"
    assert "Claims without a dated source: 1. Whether they were known by then cannot be checked." in [n.en for n in own.notes]
    earlier = on(screener, "2015-06-30", main)
    assert outcome(earlier, "loss-making") == "unknown"
    assert [line.why_not.en for _, line in earlier.ignored] == [  # type: ignore[union-attr]
        "undated: it may have been published after 2015-06-30"
    ]
    assert any(n.en.startswith("Claims without a dated source that are not used: 1; 2015-06-30 is before") for n in earlier.notes)


def test_the_own_day_without_as_of_is_that_of_the_latest_source(screener: Screener) -> None:
    main = profile(screener, as_of=None, figures={"net_income": -5e9})
    assert main.own_day == date(2025, 6, 1)
    assert outcome(on(screener, "2025-06-01", main), "loss-making") == "fired"
    assert outcome(on(screener, "2025-05-31", main), "loss-making") == "unknown"


def test_without_any_date_all_claims_count(screener: Screener) -> None:
    main = profile(screener, as_of=None, sources={}, figures={"net_income": {"value": -5e9, "period": "FY2030"}})
    assert outcome(screener.assess(main), "loss-making") == "fired"


def test_what_is_assumed_counts_on_any_day(screener: Screener) -> None:
    catalogue = screener.rulebook.catalogue
    main = profile(screener, figures={"net_income": {"value": 5e9, "period": "FY2025"}})
    earlier = assume(main, ["net_income=-1"], catalogue, date(2000, 1, 1))
    assert outcome(screener.assess(earlier), "loss-making") == "fired"


def test_the_day_of_the_screened_company_is_that_of_parties_and_context(screener: Screener) -> None:
    loss = {"net_income": {"value": -5e9, "period": "FY2027", "source": "k"}}
    later = {"k": {"title": "10-K", "kind": "filed", "date": "2028-02-01"}}
    customer = profile(screener, name="C", id="c", as_of="2028-03-01", sources=later, figures=loss)
    main = profile(screener, customers=[{"party": "c", "dominant": True, "share_of_revenue": 0.5}])
    assert outcome(screener.assess(main, [customer]), "loss-making-customer") == "unknown"
    assert outcome(on(screener, "2028-03-01", main, customer), "loss-making-customer") == "fired"
    stated = profile(screener, sources={**SOURCES, **later}, parties={"c": {"figures": loss}},
                   customers=[{"party": "c", "dominant": True, "share_of_revenue": 0.5}])
    assert outcome(screener.assess(stated), "loss-making-customer") == "unknown"


@pytest.mark.parametrize("kind", ["filed", "reported", "estimate", "illustrative"])
def test_a_forecast_is_shown_and_never_used(screener: Screener, kind: str) -> None:
    sources = {"a": {"title": "A", "kind": "filed", "date": "2025-06-18"}, "f": {"title": "F", "kind": kind, "date": "2025-12-01"}}
    claims = [{"value": -5e9, "period": "FY2025", "source": "a"}, {"value": 20e9, "period": "FY2030", "source": "f"}]
    result = screener.assess(profile(screener, sources=sources, figures={"net_income": claims}))
    assert outcome(result, "loss-making") == "fired"
    assert outcome(result, "profitable") != "fired"
    ((name, line),) = result.ignored
    assert (name, line.period, line.why_not.en) == (  # type: ignore[union-attr]
        "net_income", "FY2030", "a forecast: FY2030 ends after 2026-02-06"
    )


@pytest.mark.parametrize(
    ("head", "period", "kind", "counts"),
    [
        ({}, "FY2024", "filed", True),  # the year may have ended, in September say
        ({}, "FY2024", None, True),
        ({}, "FY2024", "estimate", False),
        ({}, "FY2025", "filed", False),
        ({}, "2024", "filed", False),  # a calendar year
        ({"fiscal_year_end": "12-31"}, "FY2024", "filed", False),
        ({"fiscal_year_end": "09-30"}, "FY2024", "filed", True),
    ],
)
def test_a_fiscal_year_without_a_stated_end_counts_once_it_may_have_ended(
    screener: Screener, head: dict[str, Any], period: str, kind: str | None, counts: bool
) -> None:
    sources = {"a": {"title": "A", "kind": kind or "filed", "date": "2024-10-31"}}
    claim = {"value": -5e9, "period": period, **({"source": "a"} if kind else {})}
    main = profile(screener, as_of="2024-11-01", sources=sources, figures={"net_income": claim}, **head)
    result = screener.assess(main)
    assert outcome(result, "loss-making") == ("fired" if counts else "unknown")
    remark = "FY2024 is taken to have ended by 2024-11-01: state fiscal_year_end."
    assert (remark in [note.en for note in result.notes]) == (counts and not head)


def test_a_share_of_a_year_to_come_is_a_forecast_and_a_plan_or_commitment_for_it_is_known(screener: Screener) -> None:
    shares = [{"party": "c", "share_of_revenue": 0.9, "period": "FY2027"}]
    assert outcome(screener.assess(profile(screener, customers=shares)), "single-customer-dependence") == "unknown"
    figures = {"revenue": {"value": 1e9, "period": "FY2025"}, "total_debt": {"value": 1e9, "period": "FY2025"}}
    plans = [{"what": "borrow", "amount": 90e9, "period": "FY2027"}]
    assert outcome(screener.assess(profile(screener, figures=figures, plans=plans)), "planned-leverage") == "fired"


@pytest.mark.parametrize(("when", "outcome_then"), [("2026-02-05", "fired"), ("2026-02", "fired"), ("2026-03", "unknown")])
def test_an_event_that_has_not_happened_by_the_day_does_not_count(when: str, outcome_then: str) -> None:
    screener = Screener.load(packs=["core"])
    main = profile(screener, events=[{"what": "restatement", "date": when}])
    assert outcome(screener.assess(main), "accounts-withdrawn") == outcome_then


def test_a_plan_for_a_day_to_come_is_known(screener: Screener) -> None:
    main = profile(screener, plans=[{"what": "borrow", "amount": 90e9, "date": "2027-01-01"}],
                   figures={"revenue": {"value": 1e9, "period": "FY2025"}, "total_debt": {"value": 1e9, "period": "FY2025"}})
    assert outcome(screener.assess(main), "planned-leverage") == "fired"


def test_figures_of_years_ago_are_noted(screener: Screener) -> None:
    main = profile(screener, figures={"net_income": {"value": 5, "period": "FY2018", "source": "old"}})
    notes = [note.en for note in screener.assess(main).notes]
    assert "The latest figures are of 2018-12-31, more than eighteen months before 2026-02-06." in notes


def test_a_price_of_today_does_not_make_old_figures_newer(screener: Screener) -> None:
    figures = {"net_income": {"value": 5, "period": "FY2018"}, "market_value": {"value": 9, "period": "2026-02-01"}}
    result = screener.assess(profile(screener, figures=figures))
    assert any(note.en.startswith("The latest figures are of 2018-12-31") for note in result.notes)


def test_an_assumption_takes_the_place_of_old_figures_whatever_prices_are_stated(screener: Screener) -> None:
    figures = {"net_income": {"value": 5, "period": "FY2018"}, "market_value": {"value": 9, "period": "2026-02-01"}}
    assumed = assume(profile(screener, figures=figures), ["net_income=7"], screener.rulebook.catalogue)
    assert assumed.subject.figures["net_income"][0].period == "FY2018"


def test_a_source_may_not_take_the_key_of_assumptions(screener: Screener) -> None:
    with pytest.raises(ProfileError, match="'assumed' is the key of what is assumed with --fact"):
        profile(screener, sources={"assumed": {"title": "A", "kind": "filed"}})
