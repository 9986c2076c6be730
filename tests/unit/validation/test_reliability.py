"""The stated and the observed relative risk of a calibrated pack, and the intervals of tools/distress/calibrate.py."""

import json
import re
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openpyxl import load_workbook

from screener.importers.table.company_table import read_table
from screener.screening import Screener
from screener.validation.firm_years import Unit
from screener.validation.reliability import ReliabilityBand, ReliabilityNote
from screener.validation.validation import Plan, validate_rules
from screener.validation.validation_records import Validation
from screener.validation.validation_report import validation_data, validation_page, validation_text, validation_workbook

ROOT = Path(__file__).parents[3]
SAMPLE, MAP = str(ROOT / "tests/data/polish-sample.arff"), str(ROOT / "rules/maps/polish.yaml")
PANEL_HEAD = "company,fyear,current_assets,total_assets,cost_of_goods_sold,total_long_term_debt,depreciation_and_amortization,ebit,"
PANEL_HEAD += "gross_profit,inventory,total_current_liabilities,net_income,retained_earnings,total_receivables,total_revenue,"
PANEL_HEAD += "market_value,total_liabilities,failed_next_year"


def measured(path: str = SAMPLE, map_path: str = MAP, label: str = "class", **options: Any) -> Validation:
    unit = options.pop("unit", Unit.FIRM)
    screener = Screener.load(packs=options.pop("packs", ["distress"]), **options)
    table = read_table(path, map_path, screener.rulebook.catalogue, several_periods=True)
    return validate_rules(screener, table, Plan(label, unit, resamples=20))


def unwrapped(found: Validation) -> str:
    """Returns the text of a validation on one line."""
    return " ".join(validation_text([found]).split())


def panel(folder: Path) -> str:
    """Returns sixty invented firms over two years: a third is weak, and half of these fail."""
    lines = [PANEL_HEAD]
    for firm in range(60):
        weak = firm % 3 == 0
        for year in (2001, 2002):
            income, value = (-30 - firm, 10) if weak else (8, 300)
            failed = int(weak and firm % 2 == 0 and year == 2002)
            lines.append(
                f"F{firm},{year},60,150,50,20,3,{income},20,5,{90 if weak else 25},{income},{-200 if weak else 50},15,100,"
                f"{value * (1 if year == 2001 else 0.4 if weak else 1.1)},{140 if weak else 60},{failed}"
            )
    path = folder / "panel.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return str(path)


def test_bands_compare_what_is_stated_with_what_is_observed() -> None:
    found = measured()
    bands = found.reliability.bands
    assert [band.at_least for band in bands] == sorted({band.at_least for band in bands})
    assert sum(band.failed for band in bands) <= 40
    base = sum(b.failed for b in bands) / sum(b.companies for b in bands)
    for band in bands:
        assert band.observed.value == pytest.approx(band.failed / band.companies / base)
        assert band.observed.low <= band.observed.value <= band.observed.high
        assert band.holds == (band.stated.low <= band.observed.value <= band.stated.high)
    text = unwrapped(found)
    assert "Reliability" in text
    assert "Failures as a multiple of the average" in text
    assert f"Distress, from {bands[-1].at_least:g}" in text
    assert "rows are left out to which its calibration does not apply" in text
    assert "Reliability" in validation_page([found])
    data = json.loads(json.dumps(validation_data([found])))
    assert len(data["reliability"]["bands"]) == len(bands)
    assert validation_workbook([found])[:2] == b"PK"


def test_other_packs_beside_it_change_nothing() -> None:
    assert measured(packs=["distress", "classic"]).reliability.bands == measured().reliability.bands


def test_changed_rules_are_not_compared() -> None:
    found = measured(disabled=["no-earlier-profit-on-record"])
    assert not found.reliability.bands
    assert "not compared, since rules or parameters were added, changed or waived" in unwrapped(found)


def test_a_pack_without_calibration_has_no_table() -> None:
    assert "Reliability" not in validation_text([measured(packs=["classic"], map_path=str(ROOT / "examples/tables/polish-map.yaml"))])


def test_firm_years_are_compared_with_firm_years(tmp_path: Path) -> None:
    path, us = panel(tmp_path), str(ROOT / "rules/maps/us.yaml")
    years = measured(path, us, "failed_next_year", packs=["distress-us"], unit=Unit.FIRM_YEAR)
    assert sum(band.companies for band in years.reliability.bands) == 60  # the first years have no year before
    assert years.reliability.notes[0] == ReliabilityNote("distress-us", "outside", 60)
    assert "Calibration of Distress (US listed): 60 rows are left out" in unwrapped(years)
    firms = measured(path, us, "failed_next_year", packs=["distress-us"])
    assert not firms.reliability.bands
    assert "compare with --unit firm-year" in unwrapped(firms)
    assert "compare with --unit firm-year" in validation_data([firms])["reliability"]["notes"][0]


def band_of(times: float) -> ReliabilityBand:
    from screener.validation.measures import Estimate

    return ReliabilityBand("p", 0, Estimate(2, 1, 4), 10, 1, Estimate(times, 0, 9))


def test_the_ends_of_the_interval_belong_to_it() -> None:
    assert [band_of(times).holds for times in (0.99, 1, 4, 4.01)] == [False, True, True, False]


def test_spread_between_groups_is_estimated_and_widens_intervals() -> None:
    pytest.importorskip("scipy")
    sys.path.insert(0, str(ROOT / "tools"))
    from tools.distress.calibrate import risk_bands, spread_between

    random, starts = np.random.default_rng(1), (0, 10)
    groups = np.repeat(np.arange(30), 4000)
    scores = random.choice([5.0, 15.0], p=[0.9, 0.1], size=len(groups))
    shift = np.exp(random.normal(0, 0.5, 30))[groups]
    same = random.random(len(groups)) < np.where(scores > 10, 0.08, 0.02)
    moved = random.random(len(groups)) < np.where(scores > 10, 0.08 * shift, 0.02)
    assert spread_between(scores, same, groups, starts) < 0.1
    assert spread_between(scores, moved, groups, starts) > 0.1
    narrow, wide = (risk_bands(scores, same, starts, spread, 30)[1] for spread in (0.0, 0.4))
    assert wide.low < narrow.low < narrow.high < wide.high
    times = narrow.failed / narrow.companies / same.mean()
    assert narrow.low < times < narrow.high


def test_the_method_of_a_workbook_is_a_sheet_of_two_columns() -> None:
    found = measured()
    rows = list(load_workbook(BytesIO(validation_workbook([found])))["Method"].values)
    assert {len(row) for row in rows} == {2}
    assert dict(rows)["Companies"] == found.companies
    both = list(load_workbook(BytesIO(validation_workbook([found, found._replace(table="other")])))["Method"].values)
    assert {row[0] for row in both[1:]} == {found.table, "other"}


def test_shares_of_a_chinese_page_have_no_blank() -> None:
    text = validation_page([measured()], language="zh")
    assert "20.0%" in text
    assert not re.findall(r"<(?:p|text|td)\b[^>]*>[^<]*\d %", text)
