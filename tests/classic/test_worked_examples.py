"""The formulas of the pack reproduce every worked example that follows from its inputs; the others are listed with the reason."""

import math
import re
from pathlib import Path
from typing import Any

import pytest

from screener.expression.interval import Interval
from screener.io.document import read_documents
from tests.classic.cases import CASES, METRIC, RATINGS, company, facts, screener, value

ROOT = Path(__file__).resolve().parents[2]

NOT_OURS = {
    "allowance_rollforward-01": "the roll-forward of a bad-debt reserve (318 + 252 - 69 = 501) checks a source; it is not a score",
}
INPUTS_ONLY = {  # the source gives no answer; this one is computed by hand
    "altman_z_1968-09": 0.12 + 0.28 + 0.429 + 0.39 + 0.95,
    "altman_z_1968-10": 0.12 + 0.28 + 0.66 + 0.36 + 0.80,
    "beneish_m8-01": -2.5323,
}
FOLLOWING = [c for c in CASES.values() if c["follows"] and c["id"] not in NOT_OURS]


def test_every_case_is_spoken_for() -> None:
    assert len(CASES) == 49
    assert {c["id"] for c in FOLLOWING} | NOT_OURS.keys() | INPUTS_ONLY.keys() == CASES.keys()
    assert all(c["follows"] is not False for c in CASES.values())


@pytest.mark.parametrize("case", FOLLOWING, ids=lambda c: c["id"])
def test_case(case: dict[str, Any]) -> None:
    metric, expected = METRIC[case["score"]], case["expected"]
    if case["score"] == "rule_of_40":
        expected /= 100
    if case["score"] == "synthetic_rating":
        metric = "synthetic_rating_small" if "smaller" in case["inputs"]["table"] else metric
        expected = RATINGS.index(expected)
    if (
        case["id"] == "interest_cover-01"
    ):  # two companies; without interest there is no cover, and the rule does not apply
        covers = [value(metric, {"operating_income": e, "interest_expense": i})
                  for e, i in zip(*case["inputs"].values(), strict=True)]
        assert covers[0] == Interval.point(3)
        assert not covers[1].is_point
        return
    found = company(case).value(metric)
    assert isinstance(found, Interval)
    assert found.is_point
    assert found.lo == pytest.approx(expected, abs=max(case["tol"], 1e-9 * abs(expected)))


@pytest.mark.parametrize(("name", "expected"), INPUTS_ONLY.items())
def test_inputs_without_a_published_answer(name: str, expected: float) -> None:
    found = company(CASES[name]).value(METRIC[CASES[name]["score"]])
    assert isinstance(found, Interval)
    assert found.is_point
    assert found.lo == pytest.approx(expected, abs=1e-4)


def test_zmijewski_with_full_precision_is_what_the_notes_say() -> None:
    for name, expected in (("02", -1.1591), ("03", -0.3647), ("04", 0.4297), ("05", 1.2244)):
        found = company(CASES[f"zmijewski_rounded_coefficients-{name}"]).value("zmijewski_x")
        assert isinstance(found, Interval)
        assert found.lo == pytest.approx(expected, abs=6e-5)


# Common mistakes


def test_the_zones_of_the_em_score_are_those_of_z_double_prime() -> None:
    ratios = {
        "working_capital_to_assets": 0,
        "retained_earnings_to_assets": 0,
        "ebit_to_assets": 0,
        "equity_to_liabilities": 0,
    }
    assert value("altman_em_score", {}, ratios) == Interval.point(
        3.25
    )  # above 2.60: with the wrong pair it would look safe
    assert value("altman_z_double_prime", {}, ratios) == Interval.point(0)


def test_z_private_takes_book_value() -> None:
    raw = {"current_assets": 400, "current_liabilities": 200, "total_assets": 1000, "retained_earnings": 100,
           "operating_income": 50, "equity": 300, "total_liabilities": 600, "revenue": 900}
    expected = 0.717 * 0.2 + 0.847 * 0.1 + 3.107 * 0.05 + 0.420 * 0.5 + 0.998 * 0.9
    assert value("altman_z_prime", raw).lo == pytest.approx(expected)
    assert not value("altman_z", raw).is_point  # no market value


def test_ohlson_depends_on_the_unit_of_assets_and_is_unknown_without_the_index() -> None:
    raw = {"total_assets": 1000.0, "total_liabilities": 400.0, "current_assets": 300.0, "current_liabilities": 200.0,
           "net_income": [50.0, 40.0], "funds_from_operations": 80.0}
    assert not value("ohlson_o", raw).is_point
    plain = value("ohlson_probability", {**raw, "gnp_price_index": 1})
    assert plain.lo == pytest.approx(0.086718, abs=1e-6)
    in_thousands = (
        value("ohlson_o", {**raw, "gnp_price_index": 1000}).lo - value("ohlson_o", {**raw, "gnp_price_index": 1}).lo
    )
    assert in_thousands == pytest.approx(0.407 * math.log(1000))


def test_a_signal_that_is_missing_is_neither_0_nor_1() -> None:
    case = {k: v for k, v in CASES["piotroski_f-01"]["inputs"].items() if k != "shares"}
    found = company({"inputs": case}).value("piotroski_f")
    assert found == Interval(8, 9)


def test_shares_bought_back_count_as_not_issued() -> None:
    """Cash from options does not change the signal if the share count fell."""
    assert company(CASES["piotroski_f-04"]).value("piotroski_no_issue") == Interval.point(1)


@pytest.mark.parametrize(("growth", "over"), [(0.77, False), (0.79, True)])
def test_growth_alone_crosses_the_cut_off_of_beneish(growth: float, over: bool) -> None:
    neutral = dict.fromkeys(
        ("beneish_dsri", "beneish_gmi", "beneish_aqi", "beneish_depi", "beneish_sgai", "beneish_lvgi"), 1
    )
    found = value("beneish_m", {}, {**neutral, "beneish_sgi": 1 + growth, "accruals_to_assets": 0})
    assert (found.lo > -1.78) is over


def test_beneish_of_five_variables() -> None:
    neutral = dict.fromkeys(("beneish_dsri", "beneish_gmi", "beneish_aqi", "beneish_sgi", "beneish_depi"), 1)
    assert value("beneish_m_five", {}, neutral).lo == pytest.approx(-6.065 + 0.823 + 0.906 + 0.593 + 0.717 + 0.107)


def test_the_same_cover_is_another_rating_for_a_smaller_firm() -> None:
    figures = facts({"operating_income": 10, "interest_expense": 3})
    assert [figures.value(f"synthetic_rating_{size}") for size in ("large", "small")] == [
        Interval.point(RATINGS.index("A3/A-")), Interval.point(RATINGS.index("Ba2/BB"))
    ]


@pytest.mark.parametrize("size", ["large", "small"])
def test_every_step_of_the_rating_tables(size: str) -> None:
    tables = {
        "large": (0.2, 0.65, 0.8, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 3, 4.25, 5.5, 6.5, 8.5),
        "small": (0.5, 0.8, 1.25, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 6, 7.5, 9.5, 12.5),
    }
    for step, bound in enumerate(tables[size]):
        for cover, expected in ((bound, step + 1), (bound - 0.001, step)):
            assert value(f"synthetic_rating_{size}", {}, {"interest_cover": cover}) == Interval.point(expected)


def test_leverage_counts_gross_debt() -> None:
    raw = {"total_debt": 700, "cash": 600, "operating_income": 80, "depreciation": 20}
    assert value("debt_to_ebitda", raw) == Interval.point(7)
    assert value("net_debt_to_ebitda", raw) == Interval.point(1)


def test_without_a_burn_there_is_no_runway() -> None:
    assert not value("cash_runway", {"cash": 5, "free_cash_flow": 1}).is_point
    assert not value("cash_runway", {"cash": 5, "free_cash_flow": 0}).is_point


def test_sloan_accruals_from_the_balance_sheet() -> None:
    raw = {"current_assets": [600, 400], "cash": [120, 100], "current_liabilities": [250, 200], "short_term_debt": [60, 50],
           "income_tax_payable": [15, 10], "total_assets": [1000, 900], "depreciation": 20}
    expected = ((200 - 20) - (50 - 10 - 5) - 20) / 950
    assert value("sloan_accruals", raw).lo == pytest.approx(expected)


def test_montier_counts_its_six_signs() -> None:
    raw = {"net_income": [50, 40], "operating_cash_flow": [10, 30], "receivables": [30, 20], "revenue": [110, 100],
           "inventory": [20, 20], "cost_of_revenue": [60, 50], "current_assets": [100, 80], "cash": [20, 30],
           "depreciation": [9, 10], "gross_property_plant_equipment": [100, 100], "total_assets": [121, 110]}
    figures = facts(raw)
    signs = ("gap", "receivables", "inventory", "other_assets", "depreciation", "growth")
    assert [figures.value(f"montier_{sign}") for sign in signs] == [Interval.point(x) for x in (1, 1, 0, 1, 1, 0)]
    assert figures.value("montier_c") == Interval.point(4)


def test_the_document_names_every_rule_and_metric() -> None:
    text = (ROOT / "docs/classic.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z0-9_-]+)`", text))
    (document,) = read_documents(ROOT / "rules/classic/metrics.yaml")
    assert screener().rulebook.rules.keys() | document.data["metrics"].keys() <= named
