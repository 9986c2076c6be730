"""A second oracle: financetoolkit (the extra `oracle`, for development only) on random companies, and where it departs from the papers."""

import math
from random import Random
from typing import Any

import pytest

from screener.expression.interval import Interval
from tests.classic.cases import facts

pytest.importorskip("financetoolkit", reason="needs the extra 'oracle'")
import pandas as pd
from financetoolkit.models import (
    altman_model,
    beneish_model,
    ohlson_model,
    piotroski_model,
    quality_model,
    springate_model,
    zmijewski_model,
)
from financetoolkit.ratios import liquidity_model, solvency_model

YEARS = ["2023", "2024", "2025"]
POSITIVE = ("revenue", "receivables", "current_assets", "property_plant_equipment", "depreciation", "cash", "inventory",
            "selling_general_administrative", "current_liabilities", "long_term_debt", "short_term_debt", "income_tax_payable",
            "gross_property_plant_equipment", "interest_expense", "market_value", "shares_outstanding")
SIGNED = (
    "net_income",
    "operating_cash_flow",
    "operating_income",
    "pretax_income",
    "retained_earnings",
    "funds_from_operations",
)
every_company = pytest.mark.parametrize("seed", range(12))


def company(seed: int) -> dict[str, list[float]]:
    """Returns figures of three years, newest first, with a balance sheet that is consistent as far as the scores use it."""
    rnd = Random(seed)
    found = {name: [round(rnd.uniform(20, 200), 2) for _ in YEARS] for name in POSITIVE}
    found |= {name: [round(rnd.uniform(-60, 120), 2) for _ in YEARS] for name in SIGNED}
    found["current_assets"] = [c + r + i + rnd.uniform(1, 50) for c, r, i in
                               zip(found["cash"], found["receivables"], found["inventory"], strict=True)]
    found["total_assets"] = [c + p + rnd.uniform(50, 300) for c, p in
                             zip(found["current_assets"], found["property_plant_equipment"], strict=True)]
    found["total_liabilities"] = [a * rnd.uniform(0.2, 1.3) for a in found["total_assets"]]
    found["gross_profit"] = [s * rnd.uniform(0.1, 0.8) for s in found["revenue"]]
    found["cost_of_revenue"] = [s - g for s, g in zip(found["revenue"], found["gross_profit"], strict=True)]
    found["total_debt"] = [a + b for a, b in zip(found["long_term_debt"], found["short_term_debt"], strict=True)]
    found["long_term_investments"] = [0.0] * 3  # financetoolkit leaves securities out
    found["gnp_price_index"] = [1.0] * 3  # and does not deflate
    return found


class Frames:
    """A company's figures in the form of financetoolkit: one row, one column per year."""

    def __init__(self, figures: dict[str, list[float]]) -> None:
        self.figures = figures

    def __getattr__(self, name: str) -> Any:
        return pd.DataFrame([self.figures[name][::-1]], index=["X"], columns=YEARS)


def last(frame: Any) -> float:
    return float(frame["2025"].iloc[0])


def ours(figures: dict[str, list[float]], metric: str) -> float:
    found = facts(dict(figures)).value(metric)
    assert isinstance(found, Interval)
    assert found.is_point, metric
    return found.lo


@every_company
def test_scores_of_one_year(seed: int) -> None:
    raw = company(seed)
    f = Frames(raw)
    wc, ta, tl = f.current_assets - f.current_liabilities, f.total_assets, f.total_liabilities
    z = altman_model.get_altman_z_score(
        wc / ta, f.retained_earnings / ta, f.operating_income / ta, f.market_value / tl, f.revenue / ta
    )
    s = springate_model.get_springate_score(
        wc / ta, f.operating_income / ta, f.pretax_income / f.current_liabilities, f.revenue / ta
    )
    x = zmijewski_model.get_zmijewski_score(f.net_income / ta, tl / ta, f.current_assets / f.current_liabilities)
    assert ours(raw, "altman_z") == pytest.approx(last(z))
    assert ours(raw, "springate_s") == pytest.approx(last(s))
    assert ours(raw, "zmijewski_x") == pytest.approx(last(x))
    probability = last(zmijewski_model.get_zmijewski_bankruptcy_probability(x))
    assert (ours(raw, "zmijewski_x") > 0) is (probability > 0.5)


@every_company
def test_ohlson_without_a_deflator(seed: int) -> None:
    raw = company(seed)
    f, m = Frames(raw), ohlson_model
    o = m.get_ohlson_o_score(
        m.get_log_of_total_assets(f.total_assets), f.total_liabilities / f.total_assets,
        (f.current_assets - f.current_liabilities) / f.total_assets, f.current_liabilities / f.current_assets,
        m.get_negative_equity_indicator(f.total_liabilities, f.total_assets), f.net_income / f.total_assets,
        f.funds_from_operations / f.total_liabilities, m.get_negative_income_indicator(f.net_income),
        m.get_change_in_net_income_ratio(f.net_income),
    )
    assert ours(raw, "ohlson_o") == pytest.approx(last(o))
    assert ours(raw, "ohlson_probability") == pytest.approx(last(m.get_ohlson_bankruptcy_probability(o)))
    deflated = ours({**raw, "gnp_price_index": [100.0] * 3}, "ohlson_o")  # the paper's SIZE: its score differs
    assert deflated == pytest.approx(last(o) + 0.407 * math.log(100))


@every_company
def test_beneish_and_its_indices(seed: int) -> None:
    raw = company(seed)
    f, m = Frames(raw), beneish_model
    indices = {
        "dsri": m.get_days_sales_in_receivables_index(f.receivables, f.revenue),
        "gmi": m.get_gross_margin_index(f.revenue, f.cost_of_revenue),
        "aqi": m.get_asset_quality_index(f.current_assets, f.property_plant_equipment, f.total_assets),
        "sgi": m.get_sales_growth_index(f.revenue),
        "depi": m.get_depreciation_index(f.depreciation, f.property_plant_equipment),
        "sgai": m.get_selling_general_and_administrative_expenses_index(f.selling_general_administrative, f.revenue),
        "lvgi": m.get_leverage_index(f.current_liabilities, f.long_term_debt, f.total_assets),
    }
    for name, index in indices.items():
        assert ours(raw, f"beneish_{name}") == pytest.approx(last(index)), name
    tata = m.get_total_accruals_to_total_assets(f.net_income, f.operating_cash_flow, f.total_assets)
    assert ours(raw, "beneish_m") == pytest.approx(last(m.get_beneish_m_score(*indices.values(), tata)))
    with_securities = ours({**raw, "long_term_investments": [10.0, 20.0, 5.0]}, "beneish_aqi")  # the paper's AQI
    assert with_securities != pytest.approx(last(indices["aqi"]))


@every_company
def test_piotroski(seed: int) -> None:
    raw = company(seed)
    f, m = Frames(raw), piotroski_model
    opening, average = f.total_assets.shift(1, axis=1), (f.total_assets + f.total_assets.shift(1, axis=1)) / 2
    signals = {
        "roa": m.get_return_on_assets_criteria(f.net_income, opening),
        "cfo": m.get_operating_cashflow_criteria(f.operating_cash_flow),
        "roa_up": m.get_change_in_return_on_asset_criteria(f.net_income, opening),
        "accrual": m.get_accruals_criteria(f.net_income, f.operating_cash_flow, opening),
        "leverage_down": m.get_change_in_leverage_criteria(f.long_term_debt, average),
        "liquidity_up": m.get_change_in_current_ratio_criteria(f.current_assets, f.current_liabilities),
        "margin_up": m.get_gross_margin_criteria(f.revenue, f.cost_of_revenue),
        "turnover_up": m.get_asset_turnover_ratio_criteria(f.revenue, opening),
    }
    for name, signal in signals.items():
        assert ours(raw, f"piotroski_{name}") == last(signal), name
    issued = raw["shares_outstanding"][0] > raw["shares_outstanding"][1]
    assert ours(raw, "piotroski_f") == sum(map(last, signals.values())) + (not issued)


def test_cash_from_options_costs_financetoolkits_seventh_signal() -> None:
    """In the paper the signal is whether equity was issued; with fewer shares than a year before it was not."""
    cash_in = pd.DataFrame([[0.0, 0.0, 5.0]], index=["X"], columns=YEARS)
    assert last(piotroski_model.get_number_of_shares_criteria(cash_in)) == 0
    assert ours({"shares_outstanding": [98.0, 100.0]}, "piotroski_no_issue") == 1


@every_company
def test_montier_and_sloan(seed: int) -> None:
    raw = company(seed)
    f = Frames(raw)
    signals = quality_model.get_montier_c_score(
        f.net_income, f.operating_cash_flow, f.receivables, f.revenue, f.inventory, f.cost_of_revenue,
        f.current_assets - f.cash - f.receivables - f.inventory, f.depreciation, f.gross_property_plant_equipment, f.total_assets,
    )
    names = ("gap", "receivables", "inventory", "other_assets", "depreciation", "growth")
    for name, signal in zip(names, list(signals.values())[:6], strict=True):
        assert ours(raw, f"montier_{name}") == last(signal), name
    assert ours(raw, "montier_c") == last(signals["C-Score"])
    nothing = f.net_income * 0
    accruals = quality_model.get_accruals_ratios(
        f.current_assets, f.cash, f.current_liabilities, f.short_term_debt, f.income_tax_payable, f.depreciation,
        f.net_income, f.operating_cash_flow, nothing, f.total_assets,
    )
    assert ours(raw, "sloan_accruals") == pytest.approx(last(accruals["Balance Sheet Accruals Ratio"]))


@every_company
def test_ratios(seed: int) -> None:
    raw = company(seed)
    f = Frames(raw)
    assert ours(raw, "current_ratio") == pytest.approx(
        last(liquidity_model.get_current_ratio(f.current_assets, f.current_liabilities))
    )
    assert ours(raw, "interest_cover") == pytest.approx(
        last(solvency_model.get_interest_coverage_ratio(f.operating_income, f.interest_expense))
    )
    net = f.total_debt - f.cash
    found = solvency_model.get_net_debt_to_ebitda_ratio(f.operating_income, f.depreciation, net)
    assert ours(raw, "net_debt_to_ebitda") == pytest.approx(last(found))
