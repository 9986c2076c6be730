"""Companies by the million: seeded, with the spread of real ratios, missing values, sectors and the year before.

    python bench/universe.py ROWS FILE.parquet [SEED]
"""

import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from screener.model.catalogue import Catalogue

MISSING = 0.15  # share of cells that are empty
RATIOS: Mapping[str, tuple[float, float]] = {  # median over revenue, spread of its logarithm
    "total_costs": (0.93, 0.25), "gross_profit": (0.35, 0.5), "capital_expenditure": (0.06, 0.9),
    "interest_expense": (0.015, 1.0), "depreciation": (0.05, 0.6), "total_debt": (0.35, 1.2), "cash": (0.12, 1.0),
    "total_assets": (1.2, 0.7), "total_liabilities": (0.7, 0.8), "current_assets": (0.4, 0.6),
    "current_liabilities": (0.28, 0.6), "receivables": (0.14, 0.6), "inventory": (0.09, 0.9), "market_value": (1.6, 1.1),
    "valuation": (1.8, 1.2), "cost_of_revenue": (0.62, 0.3), "selling_general_administrative": (0.18, 0.6),
}  # fmt: skip
MARGINS: Mapping[str, tuple[float, float]] = {  # mean and deviation over revenue
    "operating_income": (0.07, 0.14), "net_income": (0.04, 0.13), "operating_cash_flow": (0.08, 0.13),
    "free_cash_flow": (0.03, 0.14), "equity": (0.5, 0.6), "retained_earnings": (0.2, 0.7), "pretax_income": (0.06, 0.14),
}  # fmt: skip


def columns(catalogue: Catalogue, rows: int, seed: int = 1) -> dict[str, Any]:
    """Column name -> values: `id`, `sector`, every figure of the catalogue, and prior(NAME) for those over a year.

    Numbers are floats with NaN where they are missing; statements are objects with None.
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


def main() -> None:
    import pandas as pd

    from screener.pipeline import Screener

    rows, path, seed = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1
    frame = pd.DataFrame(columns(Screener.load().rulebook.catalogue, rows, seed))
    frame.to_parquet(path, index=False)


if __name__ == "__main__":
    main()
