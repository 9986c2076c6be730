"""`market`, `run TABLE`, and profiles made from the table give the same outcomes for any map."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screener.importers.table.company_table import read_table
from screener.market.market_run import BatchScreener, open_table, screened_rows
from screener.result.detail import Detail
from screener.screening import Screener

FIGURES = ("revenue", "net_income", "operating_cash_flow", "total_debt", "total_assets", "equity", "market_value", "employees")
YEARS = ("2021", "2022", "2023", "2024")
SPELLINGS = {
    "year": "{0}",
    "fiscal": "FY{0}",
    "day": "{0}-12-31",
    "odd day": "{0}-03-31",
    "stretch": "{0}-01-01/{0}-12-31",
    "quarter": "{0}-Q4",
}


SCREENER = Screener.load(packs=["ai-era", "classic"])


numbers = st.one_of(st.none(), st.integers(0, 12).map(lambda n: n * 10.0), st.sampled_from([0.0, 5e9, 1e6]))


@st.composite
def tables(draw: Any) -> tuple[pd.DataFrame, list[str]]:
    """Returns a table and the lines of its map."""
    shape = draw(st.sampled_from(["rows", "panel", "years", "both"]))
    spelling = SPELLINGS[draw(st.sampled_from(list(SPELLINGS)))]
    rows: list[dict[str, Any]] = []
    for i in range(draw(st.integers(1, 4))):
        years = draw(st.lists(st.sampled_from(YEARS), min_size=1, max_size=4, unique=True)) if shape in ("panel", "both") else ["2024"]
        rows += [{"name": f"Company {i}", "period": spelling.format(year)} for year in years]
    columns: dict[str, str] = {}
    for figure in draw(st.lists(st.sampled_from(FIGURES), min_size=1, max_size=6, unique=True)):
        columns[figure] = f"{{figure: {figure}}}"
        if shape in ("rows", "both") and draw(st.booleans()):
            columns[f"{figure} before"] = f"{{figure: {figure}, prior: true}}"
        if shape in ("years", "both"):
            for year in draw(st.lists(st.sampled_from(YEARS), max_size=3, unique=True)):
                columns[f"{figure} {year}"] = f"{{figure: {figure}, period: '{spelling.format(year)}'}}"
    if draw(st.booleans()):
        columns["current"] = "{metric: current_ratio}"
        columns["margin"] = "{metric: net_margin}"
    if draw(st.booleans()):
        columns["debt less cash"] = "{figure: long_term_debt, formula: 'total_debt - `money`', scale: 10}"
        columns.setdefault("total_debt", "{figure: total_debt}")
    if draw(st.booleans()):
        columns["capex"] = "{figure: capital_expenditure, negate: true}"
        columns["log of assets"] = "{figure: current_assets, log: '10'}"
        columns["in euros"] = "{figure: retained_earnings, currency: EUR}"
    for row in rows:
        row.update({column: draw(numbers) for column in columns})
        row["money"] = draw(numbers)
        row["country"] = draw(st.sampled_from(["US", "CA", "DE"]))
        row["doubt"] = draw(st.sampled_from([None, "yes", "no"]))
        row["as of"] = draw(st.sampled_from([None, "2024-06-30", "2025-06-30", "2023-12-31"]))
    columns["doubt"] = "{figure: going_concern_doubt}"
    head = ["name: {column: name}", "sector: software", "currency: USD"]
    has_period = any("prior" in entry for entry in columns.values()) or draw(st.booleans()) or shape == "panel"
    head += ["period: {column: period}"] if has_period else []
    head += ["as_of: {column: as of}"] if draw(st.booleans()) else []
    day = draw(st.sampled_from([None, "2024-07-31", "2025-01-31", "2022-06-30"]))
    head += [f"sources: {{v: {{title: V, kind: reported, date: {day}}}}}"] if day else []
    head += ["filters: {country: [US, CA]}"] if draw(st.booleans()) else []
    head += ["stated: {covenant_breach: false, gnp_price_index: {'2023': 140, '2024': 150}}"] if draw(st.booleans()) else []
    lines = [*head, "columns:", *(f"  '{header}': {entry}" for header, entry in columns.items())]
    frame = pd.DataFrame(rows).astype(dict.fromkeys(columns, object)).replace({np.nan: None})
    if not has_period:
        frame = frame.drop_duplicates("name")
    return frame, lines


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=tables())
def test_columns_and_profiles_agree(tmp_path: Path, made: tuple[pd.DataFrame, list[str]]) -> None:
    frame, lines = made
    (tmp_path / "map.yaml").write_text("\n".join(lines), "utf-8")
    frame.to_csv(tmp_path / "t.csv", index=False)
    typed = frame.copy()
    for column in frame.columns:
        if column not in ("name", "period", "doubt", "as of", "country"):
            typed[column] = frame[column].astype("float64")
    typed.to_parquet(tmp_path / "t.parquet")
    table = read_table(str(tmp_path / "t.csv"), str(tmp_path / "map.yaml"), SCREENER.rulebook.catalogue)
    rules = list(SCREENER.program.rules.values())
    expected = screened_rows([SCREENER.assess(profile, detail=Detail.OUTCOMES) for profile in table.profiles()], rules)
    for name in ("t.csv", "t.parquet"):
        source, judge = open_table(SCREENER, str(tmp_path / name), str(tmp_path / "map.yaml")), BatchScreener(SCREENER)
        found = [judge.judge(source.read(raw)) for raw in source.batches()]  # type: ignore[arg-type]
        assert [own for part in found for own in part.ids] == list(expected.ids)
        outcomes = np.concatenate([part.outcomes for part in found], axis=1)
        differing = [(rules[i].id, expected.ids[j]) for i, j in np.argwhere(outcomes != expected.outcomes)]
        assert not differing, (name, differing)
        for field in expected.scores._fields:
            assert np.array_equal(
                np.concatenate([getattr(part.scores, field) for part in found]), getattr(expected.scores, field)
            ), field
