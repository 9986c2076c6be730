"""The basis of a verdict and the figures over the years agree with a new screening."""

from pathlib import Path

import pytest

from screener.profile.claims import ASSUMED
from screener.profile.knowledge import filed_only
from screener.result.verdict_records import VerdictIf
from screener.screening import Screener
from screener.vocabulary import Flag, Outcome
from tests.conftest import profile_of

FIXTURES = Path(__file__).parents[3] / "fixtures"
FIVE_YEARS = {f"FY{2020 + n}": 100.0 + 10 * n for n in range(7)}


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.load()


@pytest.mark.parametrize("name", ["oracle", "nvidia", "groq"])
def test_the_verdict_on_filings_alone_is_that_of_a_profile_with_filed_claims_only(screener: Screener, name: str) -> None:
    profile = screener.profile(str(FIXTURES / f"{name}.json"))
    result, filed = (screener.assess(p) for p in (profile, filed_only(profile, screener.rulebook.catalogue)))
    assert result.basis is not None
    assert result.basis.filed_alone == VerdictIf(
        filed.verdict.word, filed.score.value, filed.score.low, filed.score.high,
        filed.coverage.decided, filed.coverage.total,
    )


@pytest.mark.parametrize("name", ["oracle", "nvidia", "microsoft"])
def test_each_flag_that_counts_has_its_verdict_without_it(screener: Screener, name: str) -> None:
    result = screener.screen(FIXTURES / f"{name}.json").document
    assert result.basis is not None
    counted = {f.rule for f in result.findings if f.outcome is Outcome.FIRED and f.scored and f.flag is not Flag.DATA}
    assert {w.rule for w in result.basis.without} == counted
    reds = {f.rule for f in result.findings if f.flag is Flag.RED}
    assert all(w.then.score <= result.score.value for w in result.basis.without if w.rule in reds)
    assert result.basis.best.word >= result.basis.worst.word


def test_a_profile_of_filings_stands_on_them(screener: Screener) -> None:
    data = profile_of(screener.rulebook.catalogue, figures={"revenue": {"value": 1e9, "source": "f", "period": "FY2024"}},
                      sources={"f": {"title": "10-K", "kind": "filed", "date": "2025-02-01"}})
    result = screener.screen(data).document
    assert result.basis is not None
    assert result.basis.filed_alone.word is result.verdict.word


def test_figures_and_ratios_are_shown_over_five_periods(screener: Screener) -> None:
    claims = [{"value": v * 1e9, "period": period} for period, v in FIVE_YEARS.items()]
    income = [{"value": 1e9, "period": "FY2026"}, {"value": 2e9, "period": "FY2025"}, {"value": 3e9, "period": "FY2023"}]
    data = profile_of(screener.rulebook.catalogue, figures={"revenue": claims, "net_income": income}, fiscal_year_end="12-31", as_of="2027-06-30")
    series = {s.figure: s for s in screener.screen(data).document.history}
    assert [p.period for p in series["revenue"].periods] == ["FY2026", "FY2025", "FY2024", "FY2023", "FY2022"]
    assert [p.end for p in series["net_income"].periods] == ["2026-12-31", "2025-12-31"]  # no gaps
    margins = [round(p.value.lo, 4) for p in series["net_margin"].periods]
    assert margins == [round(1 / 160, 4), round(2 / 150, 4)]


def test_what_is_assumed_is_not_filed(screener: Screener) -> None:
    """Even if the profile has no source of that name, as after a shock."""
    profile = profile_of(screener.rulebook.catalogue, figures={"revenue": 1e9})
    claims = tuple(c.model_copy(update={"source": ASSUMED}) for c in profile.subject.figures["revenue"])
    assumed = profile._replace(subject=profile.subject._replace(figures={"revenue": claims}))
    assert filed_only(assumed, screener.rulebook.catalogue).subject.figures["revenue"] == ()
