"""The packs distress-us: a worse ratio never improves the score, points are sums, and the tool scores as screener does."""

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screener.importers.table.company_table import read_table
from screener.result.detail import Detail
from screener.rules.rulebook_loader import load_rulebook
from screener.screening import Screener
from screener.validation.firm_years import firm_years
from screener.validation.validation import judge_rows

ROOT = Path(__file__).parents[2]
PACKS = ("distress-us", "distress-us-private")
COLUMNS = ["current_assets", "total_assets", "cost_of_goods_sold", "total_long_term_debt", "depreciation_and_amortization", "ebit", "gross_profit", "inventory", "total_current_liabilities", "net_income", "retained_earnings", "total_receivables", "total_revenue", "market_value", "total_liabilities"]


@pytest.mark.parametrize("pack", PACKS)
def test_at_most_forty_red_rules_each_with_its_lift(pack: str) -> None:
    rules = load_rulebook(packs=[pack]).rules.values()
    assert 20 <= len(rules) <= 40
    for rule in rules:
        assert rule.flag in ("red", "green", "pattern")
        text = (ROOT / rule.file).read_text("utf-8") if Path(rule.file).parts[0] == "rules" else Path(rule.file).read_text("utf-8")
        assert text.count("lift ") >= 2


@pytest.mark.parametrize("pack", PACKS)
def test_worse_steps_of_a_ratio_weigh_more(pack: str) -> None:
    steps: dict[str, list[tuple[float, float]]] = {}
    for rule in load_rulebook(packs=[pack]).rules.values():
        if rule.cause is not None and rule.weight is not None:
            name, param = next(iter(rule.params.items()))
            worse = float(param.value) * (1 if name == "most" else -1)
            steps.setdefault(rule.cause, []).append((worse, rule.weight))
    assert len(steps) >= 6
    for ratio in steps.values():
        assert all(a[1] <= b[1] for a, b in pairwise(sorted(ratio)))


def made_up_panel(folder: Path, seed: int, firms: int = 60, years: int = 4) -> Path:
    """Returns random accounts with the columns of the US data; failures happen after the last year."""
    random = np.random.default_rng(seed)
    rows = []
    for firm in range(firms):
        size = 10 ** random.uniform(0, 4)
        bad = random.random() < 0.3
        for year in range(years):
            assets = size * random.uniform(0.7, 1.3)
            debts = assets * random.uniform(0.2, 0.9 + bad)
            income = assets * random.normal(-0.2 if bad else 0.05, 0.1)
            row = {
                "current_assets": assets * 0.4,
                "total_assets": assets,
                "total_current_liabilities": debts * random.uniform(0.3, 0.9),
                "depreciation_and_amortization": assets * 0.03,
                "ebit": income * 1.2,
                "net_income": income,
                "retained_earnings": assets * random.normal(-0.5 if bad else 0.2, 0.5),
                "market_value": debts * 10 ** random.uniform(-1.3 if bad else -0.5, 1),
                "total_liabilities": debts,
            }
            cells = {column: round(row.get(column, assets * 0.1), 3) for column in COLUMNS}
            cells["ebitda"] = cells["ebit"] + cells["depreciation_and_amortization"]
            failed = int(bad and year == years - 1)
            rows.append({"company": f"m{firm}", "fyear": 2001 + year, **cells, "failed_next_year": failed})
    path = folder / f"panel-{seed}.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


@pytest.mark.parametrize(("pack", "market"), [("distress-us", True), ("distress-us-private", False)])
def test_the_tool_and_the_rules_count_the_same_points(pack: str, market: bool, tmp_path: Path) -> None:
    pytest.importorskip("scipy")
    sys.path.insert(0, str(ROOT / "tools"))
    from tools.distress.us_data import read_firm_years, read_panel_ratios

    path = made_up_panel(tmp_path, 1)
    screener = Screener.load(packs=[pack])
    map_path = tmp_path / "map.yaml"
    text = (ROOT / "rules/maps/us.yaml").read_text("utf-8")
    if not market:
        text = text.replace("listed: true", "listed: false")
    map_path.write_text(text, "utf-8")
    table = read_table(str(path), str(map_path), screener.rulebook.catalogue, several_periods=True)
    assert table.dropped == 0
    found = judge_rows(screener, table, firm_years(table))
    ratios = {ratio.name: ratio for ratio in read_panel_ratios(market)}
    data = read_firm_years(str(path), list(ratios.values()))
    order = pd.read_csv(path).sort_values(["company", "fyear"], kind="stable").index
    checked = 0
    for i, rule in enumerate(screener.program.rules.values()):
        prefix = "us-" if market else "us-private-"
        words = rule.id.removeprefix(prefix).replace("-", "_")
        if words.startswith(("distress_points", "points_of_the_year")):
            continue
        ratio = ratios[max((name for name in ratios if words.startswith(name)), key=len)]
        threshold = float(next(iter(rule.params.values())).value)
        worse = data.values[ratio.name] * ratio.sign > threshold * ratio.sign
        assert np.array_equal(found.outcomes[i][order] == 2, worse.to_numpy()), rule.id
        checked += 1
    assert checked > 15


def test_the_tool_derives_a_scorecard_that_tells_failures_apart(tmp_path: Path) -> None:
    pytest.importorskip("scipy")
    sys.path.insert(0, str(ROOT / "tools"))
    from screener.validation.measures import roc_area
    from tools.distress.panel_fit import derive_scorecard
    from tools.distress.us_data import read_firm_years, read_panel_ratios

    ratios = read_panel_ratios(market=True)
    train, later = (read_firm_years(str(made_up_panel(tmp_path, seed, 300)), ratios) for seed in (2, 3))
    card = derive_scorecard(train, later, ratios)
    assert 3 <= len(card.steps) <= 37
    assert all(step.points > 0 for step in card.steps)
    assert card.bands["avoid"] >= card.bands["caution"] >= card.bands["open"]
    assert roc_area(card.points(later.values), later.failed) > 0.8
    assert card == derive_scorecard(train, later, ratios)


RATIOS = {
    "retained_earnings_to_assets": -1,
    "ebit_to_assets": -1,
    "ebitda_to_liabilities": -1,
    "net_income_to_assets": -1,
    "working_capital_to_assets": -1,
    "market_value_to_liabilities": -1,
    "market_value_change": -1,
    "retained_earnings_change_to_assets": -1,
}
SCREENER = Screener.load(packs=["distress-us"])


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries({name: st.floats(-3, 6) for name in RATIOS}), st.sampled_from(sorted(RATIOS)), st.floats(0, 3))
def test_a_worse_ratio_never_scores_better(ratios: dict[str, float], name: str, by: float) -> None:
    def result(values: dict[str, float]) -> tuple[float, int]:
        bounded = {n: max(v, 0) if n == "market_value_to_liabilities" else max(v, -1) if n == "market_value_change" else v
                   for n, v in values.items()}
        data = {
            "name": "X",
            "sector": "industrials",
            "currency": "USD",
            "figures": {"total_assets": 2e8, "net_income": -1},
            "metrics": bounded,
        }
        found = SCREENER.assess(SCREENER.profile(data), detail=Detail.OUTCOMES)
        return found.score.value, found.verdict.word.rank

    before = result(ratios)
    after = result({**ratios, name: ratios[name] + RATIOS[name] * by})
    assert after[0] >= before[0]
    assert after[1] <= before[1]
