"""What a calibrated pack says of companies like one, and when it says nothing."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from screener.result.model import FailureRate
from screener.rules.calibration_table import Calibration
from screener.rules.rulebook_loader import load_rulebook
from screener.scoring.calibration import wilson_interval
from screener.screening import Screener

ROOT = Path(__file__).parents[3]
PACK = yaml.safe_load((ROOT / "rules/distress/pack.yaml").read_text("utf-8"))["calibration"]
RULES = load_rulebook(packs=["distress"]).rules
STEPS = {r.id: (r.conditions[0].partition(": ")[2].split()[0], float(p.value)) for r in RULES.values() for p in r.params.values()}
ONE = next(iter(STEPS))
WHOLE: dict[str, Any] = {
    "name": "Made Ltd", "sector": "industrials",
    "figures": {"financial_expenses_stated": True, "profit_before_financial_expenses_stated": True},
    "metrics": dict(STEPS.values()),
}  # fmt: skip


def said(folder: Path, profile: dict[str, Any], *settings: str, **options: Any) -> tuple[FailureRate | None, float]:
    path = folder / "made.json"
    path.write_text(json.dumps(profile), "utf-8")
    screener = Screener.load(settings=settings, packs=options.pop("packs", ["distress"]), **options)
    result = screener.assess(screener.profile(str(path)))
    return result.calibration, result.score.value


def test_the_share_is_that_of_the_score_s_band(tmp_path: Path) -> None:
    found, score = said(tmp_path, WHOLE)
    assert found is not None
    band = [b for b in PACK["bands"] if b["at_least"] <= score][-1]
    assert (found.failed, found.companies) == (band["failed"], band["companies"])
    assert found.share == band["failed"] / band["companies"]
    assert (found.low, found.high) == wilson_interval(band["failed"], band["companies"])
    assert f"{found.share * 100:.1f} %" in found.says.en
    assert f"{found.share * 100:.1f}%" in found.says.zh
    assert found.population.en in found.says.en


def without(key: str, *names: str) -> dict[str, Any]:
    return {**WHOLE, key: {k: v for k, v in WHOLE[key].items() if k not in names}}


@pytest.mark.parametrize(
    ("profile", "why"),
    [
        ({**WHOLE, "sector": "banks"}, "Banks is not among the sectors of the calibration sample"),
        ({**WHOLE, "sector": "software"}, "Software is not among the sectors of the calibration sample"),
        ({k: v for k, v in WHOLE.items() if k != "sector"}, "sector is not stated"),
        (without("metrics", *list(WHOLE["metrics"])[:12]), "rules are decided, and at least 80 %"),
        (without("figures", "financial_expenses_stated"), "unknown inputs may raise the score"),
    ],
)
def test_outside_of_its_population_it_says_why_and_nothing_else(tmp_path: Path, profile: dict[str, Any], why: str) -> None:
    found, _ = said(tmp_path, profile)
    assert found is not None
    assert why in found.says.en
    assert found[:5] == (None,) * 5


@pytest.mark.parametrize(
    "options",
    [{"settings": [f"{ONE}.{next(iter(RULES[ONE].params))}=0.04"]}, {"disabled": [ONE]},
     {"packs": ["distress", "classic"]}],
)  # fmt: skip
def test_a_changed_pack_is_not_the_one_that_was_measured(tmp_path: Path, options: dict[str, Any]) -> None:
    found, _ = said(tmp_path, WHOLE, *options.pop("settings", ()), **options)
    assert found is not None
    assert found.share is None
    assert "measured on the pack alone" in found.says.en


def test_other_packs_say_nothing(tmp_path: Path) -> None:
    profile = {k: v for k, v in WHOLE.items() if k not in ("metrics", "figures")}
    assert said(tmp_path, profile, packs=["ai-era"])[0] is None


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
    ],
)
def test_bands_that_make_no_sense(bands: list[dict[str, float]]) -> None:
    with pytest.raises(ValidationError):
        Calibration.model_validate({**PACK, "bands": bands})
