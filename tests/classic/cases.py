"""The worked examples of classic_cases.json as profiles, each with the metric of the pack that must give its answer."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from screener.expression.interval import Interval
from screener.facts.builder import build
from screener.facts.company import CompanyFacts
from screener.io.document import Document
from screener.profile.loader import read_profile
from screener.screening import Screener

CASES = {c["id"]: c for c in json.loads((Path(__file__).parents[1] / "data/classic_cases.json").read_text("utf-8"))}

METRIC = {
    "altman_z_1968": "altman_z", "altman_z_double_prime": "altman_z_double_prime", "beneish_m8": "beneish_m",
    "ohlson_o": "ohlson_o", "zmijewski": "zmijewski_x", "zmijewski_rounded_coefficients": "zmijewski_x_rounded",
    "springate": "springate_s", "piotroski_f": "piotroski_f", "ebitda_interest_cover": "ebitda_interest_cover",
    "net_debt_to_ebitda": "net_debt_to_ebitda", "hhi": "customer_hhi", "burn_multiple": "burn_multiple",
    "rule_of_40": "rule_of_40", "cash_runway_months": "cash_runway", "current_ratio": "current_ratio",
    "interest_cover": "interest_cover", "synthetic_rating": "synthetic_rating_large",
}
RATINGS = ("D2/D", "C2/C", "Ca2/CC", "Caa/CCC", "B3/B-", "B2/B", "B1/B+", "Ba2/BB", "Ba1/BB+", "Baa2/BBB", "A3/A-",
           "A2/A", "A1/A+", "Aa2/AA", "Aaa/AAA")
"""The names of the steps 0 to 14 of a synthetic rating."""

FIGURE = {
    "ta": "total_assets", "re": "retained_earnings", "ebit": "operating_income", "mcap": "market_value",
    "tl": "total_liabilities", "sales": "revenue", "rec": "receivables", "ca": "current_assets",
    "ppe": "property_plant_equipment", "dep": "depreciation", "da": "depreciation", "ni": "net_income",
    "sga": "selling_general_administrative", "cfo": "operating_cash_flow", "cl": "current_liabilities",
    "ltd": "long_term_debt", "ffo": "funds_from_operations", "assets": "total_assets", "shares": "shares_outstanding",
    "rev": "revenue", "gp": "gross_profit", "interest": "interest_expense", "cash": "cash",
}
RATIO = {
    "wc_ta": "working_capital_to_assets", "re_ta": "retained_earnings_to_assets", "ebit_ta": "ebit_to_assets",
    "mve_tl": "market_value_to_liabilities", "mve_bvdebt": "market_value_to_liabilities",
    "mve_bvltd": "market_value_to_liabilities", "sales_ta": "revenue_to_assets", "bve_tl": "equity_to_liabilities",
    "size": "ohlson_size", "tl_ta": "liabilities_to_assets", "cl_ca": "current_liabilities_to_current_assets",
    "oeneg": "ohlson_oeneg", "ni_ta": "net_income_to_assets", "ffo_tl": "funds_from_operations_to_liabilities",
    "intwo": "ohlson_intwo", "chin": "ohlson_chin", "ca_cl": "current_ratio", "wc": "working_capital",
    "ebt_cl": "pretax_income_to_current_liabilities", "net_debt": "net_debt", "interest_cover": "interest_cover",
    "net_new_arr": "new_recurring_revenue", "tata": "accruals_to_assets",
    **{f"{x}": f"beneish_{x}" for x in ("dsri", "gmi", "aqi", "sgi", "depi", "sgai", "lvgi")},
}
PASSED_OVER = {"constant", "table", "stock_issued_cash"}
"""Inputs that are not figures: the constant of the variant, the name of the table, and cash from options (not in the paper)."""


@lru_cache
def screener() -> Screener:
    return Screener.load(packs=["classic"])


def claims(newest_first: list[Any]) -> list[dict[str, Any]]:
    return [{"value": v, "period": str(2025 - i)} for i, v in enumerate(newest_first)]


def facts(figures: dict[str, Any], metrics: dict[str, Any] | None = None, **more: Any) -> CompanyFacts:
    """Returns a company with these figures (lists are newest first) and ratios."""
    values = {k: claims(v) if isinstance(v, list) else v for k, v in figures.items()}
    data = {"name": "Case", "currency": "USD", "figures": values, "metrics": metrics or {}, **more}
    book = screener().rulebook
    profile = read_profile(Document("case.json", json.dumps(data), data), book.catalogue)
    return build(profile, book.catalogue, book.metrics, {}).companies["case"]


def value(metric: str, *given: Any, **more: Any) -> Interval:
    """Returns a metric of the pack for a company with these figures and ratios."""
    found = facts(*given, **more).value(metric)
    assert isinstance(found, Interval)
    return found


def company(case: dict[str, Any]) -> CompanyFacts:
    """Returns the company of a worked example."""
    inputs: dict[str, Any] = {k: v for k, v in case["inputs"].items() if k not in PASSED_OVER}
    figures: dict[str, Any] = {}
    metrics: dict[str, Any] = {}
    if "shares_pct" in inputs:
        return facts(
            {}, customers=[{"party": f"c{i}", "share_of_revenue": s / 100} for i, s in enumerate(inputs["shares_pct"])]
        )
    if "current" in inputs:
        now, before = inputs["current"], inputs["prior"]
        figures = {FIGURE[k]: [now[k], before[k]] for k in now if k != "cogs"}
        figures["gross_profit"] = [year["sales"] - year["cogs"] for year in (now, before)]
        figures["long_term_investments"] = [0, 0]  # the source has no securities
        return facts(figures)
    if "ni0" in inputs:
        figures["net_income"] = [inputs.pop("ni"), inputs.pop("ni0")]
        figures["gnp_price_index"] = 1  # the source does not deflate, as the paper does
    if "growth_pct" in inputs:
        return facts(
            {},
            {"revenue_growth": inputs["growth_pct"] / 100, "free_cash_flow_margin": inputs["profit_margin_pct"] / 100},
        )
    if "monthly_net_burn" in inputs:
        return facts({"cash": inputs["cash"], "operating_cash_flow": -12 * inputs["monthly_net_burn"]})
    if "net_burn" in inputs:
        figures["free_cash_flow"] = -inputs.pop("net_burn")
    for name, values in inputs.items():
        (metrics if name in RATIO else figures)[RATIO.get(name) or FIGURE[name]] = values
    return facts(figures, metrics)
