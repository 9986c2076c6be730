"""What-if: figures assumed in addition to a profile, and the day of screening."""

from datetime import date
from pathlib import Path

import pytest

from screener.errors import ProfileError
from screener.expression.interval import Interval
from screener.profile.claims import ASSUMED
from screener.profile.knowledge import figures_known
from screener.profile.model import Profile
from screener.profile.what_if import assume, assumed_figures
from screener.screening import Screener
from tests.conftest import ReadProfile

ORACLE = str(Path(__file__).parents[3] / "fixtures/oracle.json")


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.load()


def assumed_value(profile: Profile, name: str, screener: Screener, party: str | None = None) -> object:
    subject = profile.parties[party] if party else profile.subject
    return figures_known(subject, profile, screener.rulebook.catalogue)[name].chosen.value


def test_an_assumed_figure_stands_in_place_of_what_is_claimed(screener: Screener) -> None:
    claimed = screener.profile(ORACLE)
    profile = assume(claimed, ["total_debt=0", "revenue=50e9..60e9"], screener.rulebook.catalogue)
    assert assumed_value(profile, "total_debt", screener) == Interval(0.0, 0.0)
    assert assumed_value(profile, "revenue", screener) == Interval(50e9, 60e9)
    assert sorted(assumed_figures(profile.subject)) == ["revenue", "total_debt"]
    assert profile.digest != claimed.digest
    assert assumed_figures(claimed.subject) == []


def test_what_is_assumed_reaches_rules_and_the_report(screener: Screener) -> None:
    before = screener.assess(screener.profile(ORACLE))
    result = screener.assess(assume(screener.profile(ORACLE), ["total_debt=0"], screener.rulebook.catalogue))
    outcomes = [next(f.outcome for f in r.findings if f.rule == "leverage-versus-revenue") for r in (before, result)]
    assert outcomes == ["fired", "clear"]
    assert [(a.figure, a.value) for a in result.assumed] == [("total_debt", Interval(0.0, 0.0))]
    assert dict(result.kinds)[ASSUMED] == 1


def test_of_a_party(screener: Screener) -> None:
    profile = assume(screener.profile(ORACLE), ["openai.net_income=5e9"], screener.rulebook.catalogue)
    assert assumed_value(profile, "net_income", screener, "openai") == Interval(5e9, 5e9)
    assert [a.company.en for a in screener.assess(profile).assumed] == ["OpenAI"]


def test_growth_is_seen_against_the_year_before(read: ReadProfile, screener: Screener) -> None:
    claims = [{"value": 100.0, "period": "FY2024"}, {"value": 110.0, "period": "FY2025"}]
    profile = assume(read(figures={"revenue": claims}), ["revenue=200"], screener.rulebook.catalogue)
    found = figures_known(profile.subject, profile, screener.rulebook.catalogue)["revenue"]
    assert found.prior is not None
    assert (found.chosen.value, found.prior.value) == (Interval(200.0, 200.0), Interval(100.0, 100.0))


@pytest.mark.parametrize(("fact", "says"), [
    ("revenu=1", "unknown figure 'revenu'; did you mean 'revenue'?"),
    ("revenue=x", "'x' is not a number"),
    ("revenue=1..y", "'y' is not a number"),
    ("revenue=nan", "'nan' is not a number"),
    ("revenue", "is not NAME=VALUE"),
    ("revenue=", "has no value"),
    ("revenue=5..1", "low 5 is above high 1"),
    ("total_debt=-1", "outside its domain"),
    ("opena.revenue=1", "did you mean 'openai'?"),
    ("cash=2", "'cash' is assumed twice"),
    ("cash_and_equivalents=2", "'cash' is assumed twice"),
    ("loss_making_product=maybe", "unknown figure"),
])
def test_what_can_not_be_assumed(fact: str, says: str, screener: Screener) -> None:
    with pytest.raises(ProfileError) as caught:
        assume(screener.profile(ORACLE), ["cash=1", fact], screener.rulebook.catalogue)
    (problem,) = caught.value.problems
    assert says in str(problem), str(problem)


def test_on_an_earlier_day_what_was_published_later_does_not_count(read: ReadProfile, screener: Screener) -> None:
    sources = {"old": {"title": "10-K", "kind": "filed", "date": "2025-02-01"},
               "new": {"title": "10-K", "kind": "filed", "date": "2026-02-01"}}
    claims = [{"value": 1.0, "period": "FY2024", "source": "old"}, {"value": 2.0, "period": "FY2025", "source": "new"}]
    profile = read(sources=sources, figures={"revenue": claims}, as_of="2026-03-01")
    assert assumed_value(profile, "revenue", screener) == Interval(2.0, 2.0)
    earlier = assume(profile, (), screener.rulebook.catalogue, date(2025, 6, 30))
    assert assumed_value(earlier, "revenue", screener) == Interval(1.0, 1.0)
    assert earlier.digest != profile.digest


def test_an_assumption_replaces_a_claim_of_long_before_by_one_of_today(read: ReadProfile, screener: Screener) -> None:
    figures = {"revenue": {"value": 10e9, "period": "FY2019"}, "total_debt": {"value": 40e9, "period": "2025-12-31"}}
    profile = assume(read(figures=figures, sector="software"), ["revenue=20e9"], screener.rulebook.catalogue)
    result = screener.assess(profile)
    (finding,) = (f for f in result.findings if f.rule == "leverage-versus-revenue")
    assert finding.outcome == "fired"
    assert finding.distances[0].value == Interval(2.0, 2.0)
