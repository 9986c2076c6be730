"""docs/validation.md is generated from the committed figures, and these belong to the current packs."""

import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import validation_page  # noqa: E402

FIGURES: dict[str, Any] = yaml.safe_load(validation_page.FIGURES.read_text("utf-8"))
PAGE = validation_page.PAGE.read_text("utf-8")


def test_the_page_is_what_the_script_writes() -> None:
    assert validation_page.page(FIGURES) == PAGE, "run: python tools/validation_page.py"


def test_figures_are_of_the_scorecards_as_they_are() -> None:
    assert FIGURES["versions"] == validation_page.versions(), "measure again: python tools/validation_page.py DATA"


@pytest.mark.parametrize("pack", ["distress", "distress-us"])
def test_calibrations_count_what_was_measured(pack: str) -> None:
    calibration = validation_page.pack_facts(pack)["calibration"]
    counted = FIGURES["polish"] if pack == "distress" else FIGURES["us"]["train"]
    assert calibration.companies == counted["companies" if pack == "distress" else "firm_years"]
    assert calibration.failed == counted["failed"]


def test_what_was_promised_holds() -> None:
    polish, us = FIGURES["polish"]["areas"], FIGURES["us"]
    assert polish["all rules"][0] >= 0.93
    assert polish["without omissions"][0] >= 0.84
    assert us["areas"]["distress-us"]["firm-year"] >= 0.87
    assert us["areas"]["distress-us"]["firm"] >= 0.80
    verdicts = {verdict["word"]: verdict for verdict in us["verdicts"]}
    assert verdicts["caution"]["caught"] / verdicts["caution"]["all_failed"] >= 0.70
    assert verdicts["caution"]["alarms"] / verdicts["caution"]["survivors"] <= 0.20
    assert verdicts["avoid"]["times"] >= 5
    assert verdicts.get("clear", {"failed": 0})["failed"] == 0
    assert all(band["within"] for band in us["reliability"])


def test_evidence_is_of_the_same_companies() -> None:
    populations = {"us": FIGURES["us"], "polish": FIGURES["polish"]}
    failures = {"us": populations["us"]["train"]["failed"] + populations["us"]["later"]["failed"], "polish": populations["polish"]["failed"]}
    for pack in validation_page.built_in_packs():
        evidence = yaml.safe_load((ROOT / "rules" / pack / "evidence.yaml").read_text("utf-8"))
        for records in evidence["rules"].values():
            for population, record in records.items():
                assert record["failures"] <= failures[population]


def test_the_text_of_the_page_holds_no_measured_figure_of_its_own() -> None:
    template = (validation_page.FOLDER / "page.md.jinja").read_text("utf-8")
    text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", template)
    assert not re.search(r"\b0\.[789]\d\d\b", text)
