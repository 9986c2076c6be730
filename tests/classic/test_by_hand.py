"""Compares each score with the formula of its paper, written in plain arithmetic, on random companies."""

import json
import math
import random
from collections.abc import Mapping
from dataclasses import replace

import pytest

from screener.expression.interval import UNBOUNDED, Truth
from screener.facts.builder import build
from screener.facts.company import CompanyFacts
from screener.io.document import Document
from screener.profile.loader import read_profile
from screener.screening import Screener

YEARS = ("2025", "2024", "2023")
DRAWN = {
    "revenue": (500, 1500), "cost_of_revenue": (200, 490), "operating_income": (-100, 300), "net_income": (-200, 200),
    "pretax_income": (-200, 250), "operating_cash_flow": (-100, 300), "depreciation": (20, 80), "cash": (10, 100),
    "selling_general_administrative": (50, 150), "total_assets": (1000, 2000), "total_liabilities": (200, 2200),
    "current_assets": (200, 600), "current_liabilities": (100, 500), "receivables": (50, 150), "inventory": (20, 100),
    "retained_earnings": (-300, 400), "property_plant_equipment": (200, 390), "long_term_debt": (50, 300), "total_debt": (100, 400),
    "short_term_debt": (0, 60), "income_tax_payable": (0, 20), "shares_outstanding": (90, 110), "market_value": (100, 3000),
    "long_term_investments": (0, 10), "funds_from_operations": (-50, 300), "gross_property_plant_equipment": (500, 900),
}


class Drawn:
    """A random company: `company(name)` is a figure of this year, `company(name, 1)` of the year before."""

    def __init__(self, seed: int) -> None:
        rnd = random.Random(seed)
        self.figures = {name: {year: rnd.uniform(*ends) for year in YEARS} for name, ends in DRAWN.items()}
        assets, debts = self.figures["total_assets"], self.figures["total_liabilities"]
        self.figures["equity"] = {year: assets[year] - debts[year] for year in YEARS}

    def __call__(self, name: str, back: int = 0) -> float:
        return self.figures[name][YEARS[back]]

    def over(self, name: str, other: str, back: int = 0) -> float:
        return self(name, back) / self(other, back)

    def gross(self, back: int = 0) -> float:
        return 1 - self.over("cost_of_revenue", "revenue", back)


def altman(c: Drawn) -> Mapping[str, float]:
    """Altman 1968, 1983, 1995."""
    assets, working = c("total_assets"), c("current_assets") - c("current_liabilities")
    x1, x2, x3, x5 = (
        working / assets,
        c("retained_earnings") / assets,
        c("operating_income") / assets,
        c("revenue") / assets,
    )
    market, book = c.over("market_value", "total_liabilities"), c.over("equity", "total_liabilities")
    return {
        "altman_z": 1.2 * x1 + 1.4 * x2 + 3.3 * x3 + 0.6 * market + 1.0 * x5,
        "altman_z_prime": 0.717 * x1 + 0.847 * x2 + 3.107 * x3 + 0.420 * book + 0.998 * x5,
        "altman_z_double_prime": 6.56 * x1 + 3.26 * x2 + 6.72 * x3 + 1.05 * book,
        "altman_em_score": 6.56 * x1 + 3.26 * x2 + 6.72 * x3 + 1.05 * book + 3.25,
        "springate_s": 1.03 * x1 + 3.07 * x3 + 0.66 * c.over("pretax_income", "current_liabilities") + 0.4 * x5,
    }


def ohlson_and_zmijewski(c: Drawn) -> Mapping[str, float]:
    """Ohlson 1980 (assets deflated by a price index of 200), Zmijewski 1984."""
    assets, debts, now, before = c("total_assets"), c("total_liabilities"), c("net_income"), c("net_income", 1)
    o = (
        -1.32 - 0.407 * math.log(assets / 200) + 6.03 * debts / assets - 1.43 * (c("current_assets") - c("current_liabilities")) / assets
        + 0.0757 * c.over("current_liabilities", "current_assets") - 1.72 * (debts > assets) - 2.37 * now / assets
        - 1.83 * c.over("funds_from_operations", "total_liabilities") + 0.285 * (now < 0 and before < 0)
        - 0.521 * (now - before) / (abs(now) + abs(before))
    )
    x = -4.336 - 4.513 * now / assets + 5.679 * debts / assets - 0.004 * c.over("current_assets", "current_liabilities")
    return {"ohlson_o": o, "ohlson_probability": 1 / (1 + math.exp(-o)), "zmijewski_x": x}


def beneish(c: Drawn) -> Mapping[str, float]:
    """Beneish 1999."""

    def hard(back: int) -> float:
        fixed_assets = c("current_assets", back) + c("property_plant_equipment", back) + c("long_term_investments", back)
        return 1 - fixed_assets / c("total_assets", back)

    def rate(back: int) -> float:
        return c("depreciation", back) / (c("depreciation", back) + c("property_plant_equipment", back))

    def due(back: int) -> float:
        return (c("current_liabilities", back) + c("long_term_debt", back)) / c("total_assets", back)

    receivables = c.over("receivables", "revenue") / c.over("receivables", "revenue", 1)
    expenses = c.over("selling_general_administrative", "revenue") / c.over(
        "selling_general_administrative", "revenue", 1
    )
    accruals = (c("net_income") - c("operating_cash_flow")) / c("total_assets")
    m = (-4.84 + 0.920 * receivables + 0.528 * c.gross(1) / c.gross() + 0.404 * hard(0) / hard(1) + 0.892 * c("revenue") / c("revenue", 1)
         + 0.115 * rate(1) / rate(0) - 0.172 * expenses + 4.679 * accruals - 0.327 * due(0) / due(1))
    return {"beneish_m": m}


def piotroski_and_sloan(c: Drawn) -> Mapping[str, float]:
    """Piotroski 2000, Sloan 1996."""
    assets = [c("total_assets", back) for back in range(3)]
    signs = (
        c("net_income") > 0, c("operating_cash_flow") > 0, c("net_income") / assets[1] > c("net_income", 1) / assets[2],
        c("operating_cash_flow") > c("net_income"),
        c("long_term_debt") / (assets[0] + assets[1]) < c("long_term_debt", 1) / (assets[1] + assets[2]),
        c.over("current_assets", "current_liabilities") > c.over("current_assets", "current_liabilities", 1),
        c("shares_outstanding") <= c("shares_outstanding", 1), c.gross() > c.gross(1),
        c("revenue") / assets[1] > c("revenue", 1) / assets[2],
    )

    def operating(back: int) -> float:
        owed = c("current_liabilities", back) - c("short_term_debt", back) - c("income_tax_payable", back)
        return c("current_assets", back) - c("cash", back) - owed

    sloan = (operating(0) - operating(1) - c("depreciation")) / ((assets[0] + assets[1]) / 2)
    return {"piotroski_f": sum(signs), "sloan_accruals": sloan}


def ratios(c: Drawn) -> Mapping[str, float]:
    """Debt and liquidity."""
    ebitda = c("operating_income") + c("depreciation")
    return {
        "net_debt_to_ebitda": (c("total_debt") - c("cash")) / ebitda, "debt_to_ebitda": c("total_debt") / ebitda,
        "current_ratio": c.over("current_assets", "current_liabilities"),
        "quick_ratio": (c("current_assets") - c("inventory")) / c("current_liabilities"),
    }


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.load(packs=["classic"])


def company(screener: Screener, drawn: Drawn) -> CompanyFacts:
    figures = {name: [{"value": v, "period": y} for y, v in values.items()] for name, values in drawn.figures.items()}
    figures["gnp_price_index"] = [{"value": 200.0, "period": "2025"}]
    data = {"name": "X", "currency": "USD", "sector": "industrials", "figures": figures}
    book = screener.rulebook
    profile = read_profile(Document("x.json", json.dumps(data), data), book.catalogue)
    program = replace(screener.program, metrics=book.metrics)
    return build(profile, book.catalogue, book.metrics, program.placeholders).companies["x"]


@pytest.mark.parametrize("seed", range(12))
def test_the_score_is_that_of_the_paper(screener: Screener, seed: int) -> None:
    drawn = Drawn(seed)
    found = company(screener, drawn)
    for score in (altman, ohlson_and_zmijewski, beneish, piotroski_and_sloan, ratios):
        for name, expected in score(drawn).items():
            value = found.value(name)
            if found.validity(name) is Truth.FALSE:
                assert value == UNBOUNDED, name  # a ratio to EBITDA below 0
                continue
            assert (value.lo, value.hi) == (pytest.approx(expected), pytest.approx(expected)), name


def test_the_companies_drawn_are_of_every_kind() -> None:
    """Ohlson's three indicator variables are both 0 and 1 among them, and signals differ."""
    every = [Drawn(seed) for seed in range(12)]
    assert len({c("total_liabilities") > c("total_assets") for c in every}) == 2
    assert len({c("net_income") < 0 and c("net_income", 1) < 0 for c in every}) == 2
    assert len({piotroski_and_sloan(c)["piotroski_f"] for c in every}) >= 3
