"""Generates millions of companies from a seed, with realistic ratios, missing values, sectors and figures of the year before.

    python bench/universe.py ROWS FILE.parquet [SEED]

`profiles` returns some of them as whole profiles, connected by customers, suppliers, channels and loops of payments.
"""

import math
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from screener.profile.catalogue import Catalogue

MISSING = 0.15  # share of cells that are empty
RATIOS: Mapping[str, tuple[float, float]] = {  # median over revenue, spread of its logarithm
    "total_costs": (0.93, 0.25), "gross_profit": (0.35, 0.5), "capital_expenditure": (0.06, 0.9),
    "interest_expense": (0.015, 1.0), "depreciation": (0.05, 0.6), "total_debt": (0.35, 1.2), "cash": (0.12, 1.0),
    "total_assets": (1.2, 0.7), "total_liabilities": (0.7, 0.8), "current_assets": (0.4, 0.6),
    "current_liabilities": (0.28, 0.6), "receivables": (0.14, 0.6), "inventory": (0.09, 0.9), "market_value": (1.6, 1.1),
    "valuation": (1.8, 1.2), "cost_of_revenue": (0.62, 0.3), "selling_general_administrative": (0.18, 0.6),
}
MARGINS: Mapping[str, tuple[float, float]] = {  # mean and deviation over revenue
    "operating_income": (0.07, 0.14), "net_income": (0.04, 0.13), "operating_cash_flow": (0.08, 0.13),
    "free_cash_flow": (0.03, 0.14), "equity": (0.5, 0.6), "retained_earnings": (0.2, 0.7), "pretax_income": (0.06, 0.14),
}


def columns(catalogue: Catalogue, rows: int, seed: int = 1) -> dict[str, Any]:
    """Returns values by column: `id`, `sector`, every figure of the catalogue, and prior(NAME) for figures over a year.

    Numbers are floats, NaN where missing; statements are objects, None where missing.
    """
    rnd = np.random.default_rng(seed)
    revenue = np.exp(rnd.normal(np.log(4e8), 1.8, rows))
    found: dict[str, Any] = {"id": np.array([f"c{i:08d}" for i in range(rows)], object)}
    sectors = np.array([None, *sorted(catalogue.sectors)], object)
    found["sector"] = sectors[rnd.integers(0, len(sectors), rows)]
    for name, figure in catalogue.figures.items():
        absent = rnd.random(rows) < MISSING
        if figure.unit in ("truth", "word"):
            words = np.array(figure.words or (False, True), object)
            given = words[rnd.integers(0, len(words), rows)]
            given[rnd.random(rows) < 0.6] = None
            found[name] = given
            continue
        values = _numbers(name, figure.unit, revenue, rnd)
        found[name] = np.where(absent, np.nan, np.clip(values, figure.bounds.lo, figure.bounds.hi))
        if figure.over == "year" and figure.unit == "money":
            before = values / np.exp(rnd.normal(0.06, 0.2, rows))
            known = (rnd.random(rows) > 2 * MISSING) & ~absent
            found[f"prior({name})"] = np.where(known, np.clip(before, figure.bounds.lo, figure.bounds.hi), np.nan)
    return found


LISTS: Mapping[str, float] = {  # average number of members for each company
    "customers": 1.5, "products": 1.5, "channels": 1.0, "rivals": 1.0, "plans": 0.7, "moats": 0.5, "funding": 0.5,
    "commitments": 0.5, "forecasts": 0.3, "events": 0.3,
}
MOST_MEMBERS = 6
COMPLETE = ("customers", "channels", "moats")


def lists(catalogue: Catalogue, ids: Any, seed: int = 1) -> dict[str, dict[str, Any]]:
    """Returns the columns of the members by list: `company` (the owner) and the fields of the kind; a third of them is empty."""
    rnd = np.random.default_rng(seed)
    found = {}
    for name, mean in LISTS.items():
        owners = np.repeat(ids, np.minimum(rnd.poisson(mean, len(ids)), MOST_MEMBERS))
        made: dict[str, Any] = {"company": owners}
        for field, typed in catalogue.kinds[catalogue.lists[name]].fields.items():
            if typed.given:
                made[field] = _members(typed, ids, len(owners), rnd)
        found[name] = made
    return found


def _members(typed: Any, ids: Any, rows: int, rnd: np.random.Generator) -> Any:
    absent = rnd.random(rows) < 1 / 3
    if typed.unit in ("truth", "word", "text", "date", "company"):
        others = ids[: max(len(ids) // 10, 1)]
        by_unit = {"truth": (False, True), "company": others, "date": ("2025-03-31", "2024-06")}
        some = typed.words or by_unit.get(typed.unit, ("one", "two"))
        given = np.array(some, object)[rnd.integers(0, len(some), rows)]
        given[absent] = None
        return given
    scale = {"money": 1e8, "count": 1e5, "fraction": 0.2}.get(typed.unit, 3.0)
    values = np.clip(scale * np.exp(rnd.normal(0, 1.0, rows)), typed.bounds.lo, typed.bounds.hi)
    return np.where(absent, np.nan, values)


def _numbers(name: str, unit: str, revenue: Any, rnd: np.random.Generator) -> Any:
    rows = len(revenue)
    if name == "revenue":
        return revenue
    if name in RATIOS:
        median, spread = RATIOS[name]
        return revenue * np.exp(rnd.normal(np.log(median), spread, rows))
    if name in MARGINS:
        return revenue * rnd.normal(*MARGINS[name], rows)
    if unit == "money":
        return revenue * np.exp(rnd.normal(-1.5, 1.0, rows))
    if unit in ("fraction", "multiple"):
        return rnd.normal(0.3, 0.4, rows)
    return np.round(np.exp(rnd.normal(3, 1.2, rows)))


FIRST = ("Alder", "Basalt", "Cobalt", "Delta", "Ember", "Falcon", "Granite", "Harbor", "Indigo", "Juniper", "Keystone",
         "Lumen", "Meridian", "Northwind", "Orchard", "Pinnacle", "Quarry", "Redwood", "Summit", "Tidewater")
SECOND = ("Systems", "Compute", "Software", "Labs", "Cloud", "Semiconductor", "Networks", "Energy", "Health", "Logistics",
          "Data", "Robotics", "Materials", "Payments", "Interactive")
PARTIES = ("Great Lakes Retail", "Continental Grid", "Pacific Foundry", "Union Cloud", "Federal Procurement Agency",
           "Hanseatic Shipping")  # companies on which many others depend


def profiles(catalogue: Catalogue, rows: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Yields profiles with the figures of their rows and invented names."""
    table, rnd = columns(catalogue, rows, seed), np.random.default_rng(seed + 1)
    whole = {"truth", "word"}
    for i in range(rows):
        figures: dict[str, Any] = {}
        for figure, entry in catalogue.figures.items():
            value, before = table[figure][i], table.get(f"prior({figure})", {i: math.nan})[i]
            if value is None or (entry.unit not in whole and math.isnan(value)):
                continue
            claims = [{"value": value if entry.unit in whole else _short(value), "period": "FY2025", "source": "f"}]
            if not math.isnan(before):
                claims.append({"value": _short(before), "period": "FY2024", "source": "f"})
            figures[figure] = claims
        profile = {
            "name": _name(i), "as_of": "2026-02-06", "currency": "USD", "figures": figures,
            "sources": {"f": {"title": "Made-up annual report", "kind": "illustrative", "date": "2025-12-31"}},
        }
        if table["sector"][i]:
            profile["sector"] = table["sector"][i]
        yield {**profile, **_ties(i, rnd)}


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def _name(i: int) -> str:
    return f"{FIRST[i % len(FIRST)]} {SECOND[(i + i // len(FIRST)) % len(SECOND)]}" + (
        f" {i // 300 + 1}" if i >= 300 else ""
    )


def _ties(i: int, rnd: np.random.Generator) -> dict[str, Any]:
    """Returns relations: two in five companies depend on one of PARTIES, three in twenty-five are part of a loop of payments."""
    ties: dict[str, Any] = {}
    known = {_slug(p): {"name": p} for p in PARTIES}
    party = list(known)[min(int(rnd.exponential(1.4)), len(PARTIES) - 1)]
    if rnd.random() < 0.25:
        ties["customers"] = [{"party": party, "share_of_revenue": _short(rnd.uniform(0.1, 0.8))}]
    if rnd.random() < 0.2:
        ties["suppliers"] = [{"party": party, "critical": bool(rnd.random() < 0.5)}]
    if i % 25 < 3:
        ring = [_name(i - i % 25 + n) for n in range(3)]
        known.update({_slug(p): {"name": p} for p in ring if p != _name(i)})
        ties["flows"] = [{"from": _slug(a), "to": _slug(b), "what": "buys", "amount": 1e8 * (n + 1)}
                         for n, (a, b) in enumerate(zip(ring, [*ring[1:], ring[0]], strict=True))]
    return {**ties, "parties": known}


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def main() -> None:
    import pandas as pd

    from screener.screening import Screener

    rows, path, seed = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1
    frame = pd.DataFrame(columns(Screener.load().rulebook.catalogue, rows, seed))
    frame.to_parquet(path, index=False)


if __name__ == "__main__":
    main()
