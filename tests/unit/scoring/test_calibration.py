"""The statement of a calibrated pack on similar companies, and when there is none."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from screener.result.verdict_records import FailureRate
from screener.rules.calibration_table import Calibration
from screener.rules.rulebook_loader import load_rulebook
from screener.scoring.calibration import CompanyTraits, failure_rate, relative_risk, times_text, wilson_interval
from screener.screening import Screener

ROOT = Path(__file__).parents[3]
PACK = yaml.safe_load((ROOT / "rules/distress/pack.yaml").read_text("utf-8"))["calibration"]
US = Calibration.model_validate(yaml.safe_load((ROOT / "rules/distress-us/pack.yaml").read_text("utf-8"))["calibration"])
POLISH = Calibration.model_validate(PACK)
RULES = load_rulebook(packs=["distress"]).rules
STEPS = {r.id: (r.conditions[0].partition(": ")[2].split()[0], float(p.value)) for r in RULES.values() for p in r.params.values()}
ONE = next(iter(STEPS))
WHOLE: dict[str, Any] = {
    "name": "Made Ltd", "sector": "industrials", "currency": "PLN",
    "figures": {"financial_expenses_stated": True, "profit_before_financial_expenses_stated": True},
    "metrics": {**dict(STEPS.values()), "three_year_pretax_income_to_assets": 0.5},
}


def calibrated(folder: Path, profile: dict[str, Any], *settings: str, **options: Any) -> tuple[FailureRate | None, float]:
    path = folder / "made.json"
    path.write_text(json.dumps(profile), "utf-8")
    screener = Screener.load(settings=settings, packs=options.pop("packs", ["distress"]), **options)
    result = screener.assess(screener.profile(str(path)))
    return result.calibration, result.score.value


def test_the_relative_risk_is_that_of_the_score_s_band(tmp_path: Path) -> None:
    found, score = calibrated(tmp_path, WHOLE)
    assert found is not None
    band = POLISH.band_of(score)
    assert (found.failed, found.companies, found.measured) == (band.failed, band.companies, 7027)
    assert found.share == band.failed / band.companies
    assert (found.low, found.high) == wilson_interval(band.failed, band.companies)
    assert found.times == pytest.approx(found.share / (271 / 7027))
    assert (found.times_low, found.times_high) == (band.low, band.high)
    stated = tuple(times_text(t) for t in relative_risk(POLISH, band))
    assert f"{stated[0]} times as often as the average ({stated[1]}–{stated[2]}, with the spread" in found.says.en
    assert f"平均水平的 {stated[0]} 倍（{stated[1]}–{stated[2]}" in found.says.zh
    assert "7,027 companies" in found.says.en
    assert found.population.en in found.says.en


def test_the_score_is_that_of_the_pack_whatever_judges_beside_it(tmp_path: Path) -> None:
    indebted = {**WHOLE, "figures": {**WHOLE["figures"], "going_concern_doubt": True}}
    alone, score = calibrated(tmp_path, indebted)
    beside, other = calibrated(tmp_path, indebted, packs=["core", "distress"])
    assert alone is not None
    assert alone == beside
    assert alone.score == score < other


def test_without_a_stated_interval_it_is_that_of_sampling() -> None:
    bands = [{key: band[key] for key in ("at_least", "companies", "failed")} for band in PACK["bands"]]
    plain = Calibration.model_validate({**PACK, "bands": bands})
    risk, band = relative_risk(plain, plain.bands[-1]), plain.bands[-1]
    low, high = wilson_interval(band.failed, band.companies)
    assert (risk.low, risk.high) == pytest.approx((low * 7027 / 271, high * 7027 / 271))


@pytest.mark.parametrize("calibration", [US, POLISH], ids=["us", "polish"])
def test_stated_intervals_are_wider_than_sampling_and_rise_with_the_score(calibration: Calibration) -> None:
    risks = [relative_risk(calibration, band) for band in calibration.bands]
    assert risks == sorted(risks, key=lambda risk: risk.times)
    for risk, band in zip(risks, calibration.bands, strict=True):
        low, high = (end * calibration.companies / calibration.failed for end in wilson_interval(band.failed, band.companies))
        assert risk.low <= low + 0.05
        assert risk.high >= min(high, calibration.companies / calibration.failed) - 0.05


def without(key: str, *names: str) -> dict[str, Any]:
    return {**WHOLE, key: {k: v for k, v in WHOLE[key].items() if k not in names}}


@pytest.mark.parametrize(
    ("profile", "why"),
    [
        ({**WHOLE, "sector": "banks"}, "Banks is not among the sectors of the calibration sample"),
        ({**WHOLE, "sector": "software"}, "Software is not among the sectors of the calibration sample"),
        ({k: v for k, v in WHOLE.items() if k != "sector"}, "sector is not stated"),
        ({**WHOLE, "currency": "USD"}, "the companies measured report in PLN, this one in USD"),
        ({k: v for k, v in WHOLE.items() if k != "currency"}, "in a currency that is not stated"),
        (without("metrics", *list(WHOLE["metrics"])[:12]), "rules are decided, and at least 80 %"),
        (without("figures", "financial_expenses_stated"), "unknown inputs may raise its score"),
    ],
)
def test_outside_of_its_population_it_says_why_and_nothing_else(tmp_path: Path, profile: dict[str, Any], why: str) -> None:
    found, _ = calibrated(tmp_path, profile)
    assert found is not None
    assert why in found.says.en
    assert found[:5] == (None,) * 5


@pytest.mark.parametrize(
    "options",
    [{"settings": [f"{ONE}.{next(iter(RULES[ONE].params))}=0.04"]}, {"disabled": [ONE]}],
)
def test_a_changed_pack_is_not_the_one_that_was_measured(tmp_path: Path, options: dict[str, Any]) -> None:
    found, _ = calibrated(tmp_path, WHOLE, *options.pop("settings", ()), **options)
    assert found is not None
    assert found.share is None
    assert found.times is None
    assert "measured on the rules as they are" in found.says.en


@pytest.mark.parametrize(("listed", "refused"), [(True, False), (None, False), (False, True)])
def test_a_company_that_is_not_listed_is_outside_of_the_listed_ones(listed: bool | None, refused: bool) -> None:
    book = load_rulebook(packs=["distress-us"])
    rate = failure_rate(book, [], CompanyTraits("retail", "USD", listed))
    assert rate is not None
    assert ("are listed, this one is not" in rate.says.en) is refused


def test_other_packs_say_nothing(tmp_path: Path) -> None:
    profile = {k: v for k, v in WHOLE.items() if k not in ("metrics", "figures")}
    assert calibrated(tmp_path, profile, packs=["ai-era"])[0] is None


def test_the_pack_counts_every_company_once_and_worse_scores_fail_more_often() -> None:
    assert sum(b["companies"] for b in PACK["bands"]) == 7027
    assert sum(b["failed"] for b in PACK["bands"]) == 271
    shares = [b["failed"] / b["companies"] for b in PACK["bands"]]
    assert shares == sorted(shares)


@pytest.mark.parametrize(
    "bands",
    [
        [{"at_least": 5, "companies": 9, "failed": 1}, {"at_least": 50, "companies": 9, "failed": 2}],
        [{"at_least": 0, "companies": 9, "failed": 1}, {"at_least": 0, "companies": 9, "failed": 2}],
        [{"at_least": 0, "companies": 9, "failed": 10}, {"at_least": 50, "companies": 9, "failed": 2}],
        [{"at_least": 0, "companies": 9, "failed": 0}, {"at_least": 50, "companies": 9, "failed": 0}],
        [{"at_least": 0, "companies": 9, "failed": 1, "low": 0.1}, {"at_least": 50, "companies": 9, "failed": 2}],
        [{"at_least": 0, "companies": 9, "failed": 1, "low": 2, "high": 1}, {"at_least": 50, "companies": 9, "failed": 2}],
        [{"at_least": 0, "companies": 9, "failed": 1, "low": 1, "high": 2}, {"at_least": 50, "companies": 9, "failed": 2}],
    ],
)
def test_bands_that_make_no_sense(bands: list[dict[str, float]]) -> None:
    with pytest.raises(ValidationError):
        Calibration.model_validate({**PACK, "bands": bands})
