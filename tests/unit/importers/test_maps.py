"""Further content of maps: formulas, constants, filters, logarithms, labels, metrics of other packs."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from screener.importers.table.company_table import CompanyTable, read_table
from screener.importers.table.computed_columns import read_formula
from screener.profile.catalogue import Catalogue
from screener.screening import Screener
from screener.validation.labels import failure_labels
from tests.conftest import problems

Read = Callable[..., CompanyTable]


@pytest.fixture
def read(tmp_path: Path, catalogue: Catalogue) -> Read:
    def make(text: str, map_text: str, packs: Any = None) -> CompanyTable:
        (tmp_path / "t.csv").write_text(text, "utf-8")
        (tmp_path / "map.yaml").write_text("name: {column: n}\n" + map_text, "utf-8")
        return read_table(str(tmp_path / "t.csv"), str(tmp_path / "map.yaml"), packs or catalogue)

    return make


def test_a_column_is_computed_from_figures_and_columns(read: Read) -> None:
    own = """
period: "2024"
columns:
  Assets: {figure: total_assets, scale: millions}
  equity: {figure: equity, formula: "total_assets - `Total liabilities`", scale: millions}
  costs: {figure: total_costs, formula: "costs_a + max(costs_b, 1)"}
"""
    found = read("n,Assets,Total liabilities,costs_a,costs_b\nA,10,4,1,0\nB,10,,1,-\nC,5,x,-9,2\n", own)
    assert found.frame["equity"].to_list() == [
        6e6,
        pytest.approx(math.nan, nan_ok=True),
        pytest.approx(math.nan, nan_ok=True),
    ]
    assert found.frame["total_costs"].loc[2] == 2.0
    assert [(p.path, p.what) for p in found.problems] == [
        ("row 4, column 'Total liabilities'", "'x' is not a number"),
        ("row 4, column 'costs'", "-7 can't be"),
    ]
    claim = next(found.documents())[1]["figures"]["equity"][0]
    assert claim["note"] == "row 2, computed: total_assets - `Total liabilities`"


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("a +", "can't be read"),
        ("prior(a)", "has what columns can't compute"),
        ("a > 1", "has what columns can't compute"),
        ("sum(customers.share_of_revenue)", "has what columns can't compute"),
        ("a - nothing", "has no column 'nothing'"),
        ("a - `No such`", "has no column 'No such'"),
    ],
)
def test_what_is_wrong_with_a_formula(read: Read, formula: str, says: str) -> None:
    found = problems(read, "n,a\nA,1\n", f'columns:\n  e: {{figure: equity, formula: "{formula}"}}\n')
    assert says in str(found[0])


def test_division_by_zero_gives_nothing() -> None:
    import numpy as np

    found = read_formula("a / b").values(lambda name: np.array([1.0, 2.0]) if name == "a" else np.array([0.0, 4.0]))
    assert np.isnan(found[0])
    assert found[1] == 0.5


def test_what_holds_for_all_companies_is_stated_once(read: Read) -> None:
    own = "period: {column: y}\nstated: {going_concern_doubt: false, gnp_price_index: {'2023': 140, '2024': 150}}\ncolumns: {a: revenue}\n"
    found = read("n,y,a\nA,2024,1\nA,2023,1\nB,2022,1\nC,2023-12-31,1\n", own)
    assert found.frame["gnp_price_index"].to_list()[0] == 150.0
    assert found.frame["gnp_price_index"].isna().to_list() == [False, True, False]
    assert found.frame["going_concern_doubt"].to_list() == [False, False, False]
    assert next(found.documents())[1]["figures"]["going_concern_doubt"][0]["note"] == "stated in the map"
    found = problems(read, "n,a\nA,1\n", "stated: {going_concern_doubt: 5, revenu: 1}\ncolumns: {a: revenue}\n")
    assert "5" in str(found[0])
    assert "there is no figure or metric 'revenu'" in str(found[1])


def test_filters_take_rows(read: Read) -> None:
    text = "n,c,a\nA,US,1\nB,DE,100\nC,US,50\nD,,70\nE,US,x\n"
    for filters, ids in (
        ("{c: US}", ["a", "c", "e"]),
        ("{c: [US, DE]}", ["a", "b", "c", "e"]),
        ("{c: {none_of: US}}", ["b", "d"]),
        ("{a: {at_least: 50, at_most: 80}}", ["c", "d"]),
        ("{c: US, a: {at_least: 50}}", ["c"]),
    ):
        found = read(text, f"filters: {filters}\ncolumns: {{a: revenue}}\n")
        assert found.meta["id"].to_list() == ids
        assert found.notes == (f"{5 - len(ids)} of 5 rows are not taken, by `filters` of the map",)
        assert found.dropped == 0
    assert "has no column 'x'" in str(problems(read, text, "filters: {x: 1}\ncolumns: {a: revenue}\n")[0])


def test_columns_of_logarithms(read: Read) -> None:
    own = "columns: {a: {figure: revenue, log: e, scale: thousands}, b: {figure: total_assets, log: '10'}}\n"
    found = read("n,a,b\nA,0,3\nB,x,2\n", own)
    assert found.frame["revenue"].loc[2] == 1000.0
    assert found.frame["total_assets"].to_list() == [1000.0, pytest.approx(100.0)]


def test_metrics_of_packs_not_in_use_are_left_out(read: Read) -> None:
    only = Screener.load(packs=["ai-era"]).rulebook.catalogue
    metric = next(name for name in Screener.load(packs=["distress"]).rulebook.metrics if name not in only.claimable)
    found = read("n,a,b\nA,1,2\n", f"columns: {{a: revenue, b: {{metric: {metric}}}}}\n", only)
    assert found.notes == (f"no pack in use has {metric}: left out",)
    assert list(found.frame.columns) == ["revenue"]


def test_words_of_a_label(read: Read) -> None:
    own = "label: {column: fate, words: {alive: false, gone: true}}\ncolumns: {a: revenue}\n"
    found = read("n,a,fate\nA,1,alive\nB,2,Gone\nC,3,\n", own)
    assert failure_labels(found, "fate") == [False, True, None]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("sector: industry", "sector: unknown sector 'industry'; see rules/catalog/sectors.yaml"),
        ("sector: sofware", "sector: unknown sector 'sofware'; did you mean 'software'?"),
        ("currency: US Dollar", "currency: 'US Dollar' is not a currency; write three capital letters, such as USD"),
        ("period: next year", "period: "),
        ("as_of: 2025-13-01", "as_of: "),
        ("sector: {column: Industry, words: {Tech: sofware}}", "sector.words.Tech: unknown sector 'sofware'"),
        ("currency: {column: Money, words: {Dollar: dollars}}", "currency.words.Dollar: 'dollars' is not a currency"),
    ],
)
def test_what_a_map_says_of_all_rows_is_checked_once(
    tmp_path: Path, catalogue: Catalogue, line: str, says: str
) -> None:
    (tmp_path / "map.yaml").write_text(f"name: {{column: Company}}\n{line}\ncolumns: {{Revenue: revenue}}\n", "utf-8")
    (tmp_path / "t.csv").write_text("Company,Industry,Money,Revenue\nA,Tech,Dollar,1\nB,Tech,Dollar,2\n")
    found = problems(read_table, str(tmp_path / "t.csv"), str(tmp_path / "map.yaml"), catalogue)
    assert len(found) == 1
    assert says in str(found[0])
    assert "map.yaml:2:" in str(found[0])
