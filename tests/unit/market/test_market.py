"""`screener market`: one table of results, equal to single runs, complete or not written, with errors by row."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bench.universe import columns
from screener.engine.columns.column_engine import OUTCOMES
from screener.errors import DocumentError, OutputError
from screener.importers.table.company_table import read_table
from screener.market import parquet_reader as reading
from screener.market.market_run import MarketSummary, open_table, screen_table, screened_rows
from screener.market.result_tables import COMPANY_SCHEMA, FINDING_SCHEMA, ResultTables
from screener.market.sheet_batches import TableBatches
from screener.market.table_writer import table_writer
from screener.result.detail import Detail
from screener.screening import Screener

ROWS = 40


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.load(packs=["ai-era", "classic"])


@pytest.fixture(scope="module")
def frame(screener: Screener) -> pd.DataFrame:
    made = pd.DataFrame(columns(screener.rulebook.catalogue, ROWS, seed=5))
    made.insert(1, "name", [f"=Company {i}" if i % 2 else f"公司 {i}" for i in range(ROWS)])
    made.insert(3, "currency", [("USD", "EUR", None)[i % 3] for i in range(ROWS)])
    return made


@pytest.fixture(scope="module")
def file(frame: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("market") / "universe.parquet"
    frame.to_parquet(path, index=False)
    return str(path)


def map_of(frame: pd.DataFrame, path: Path, **head: Any) -> str:
    """Returns a map for `intake` that follows from the names of the columns."""
    lines = ["id: {column: id}", "name: {column: name}", "sector: {column: sector}", "currency: {column: currency}"]
    lines += ["period: '2025'"]
    lines += [f"{key}: '{value}'" for key, value in head.items()] + ["columns:"]
    for name in frame.columns[4:]:
        plain = name[6:-1] if name.startswith("prior(") else name
        lines.append(f"  '{name}': {{figure: {plain}, prior: {str(plain != name).lower()}}}")
    path.write_text("\n".join(lines), "utf-8")
    return str(path)


def run(
    screener: Screener, file: str, out: Path, map_path: str | None = None, findings: Path | None = None, **how: Any
) -> MarketSummary:
    second = table_writer(findings, FINDING_SCHEMA) if findings else None
    return screen_table(screener, open_table(screener, file, map_path), table_writer(out, COMPANY_SCHEMA), second, **how)


def test_results_are_those_of_the_engine(screener: Screener, frame: pd.DataFrame, file: str, tmp_path: Path) -> None:
    found = run(screener, file, tmp_path / "r.parquet", findings=tmp_path / "f.parquet")
    assert (found.companies, found.dropped, sum(found.verdicts.values())) == (ROWS, 0, ROWS)
    table = read_table(file, map_of(frame, tmp_path / "map.yaml"), screener.rulebook.catalogue)
    rules = list(screener.program.rules.values())
    expected = screened_rows([screener.assess(profile, detail=Detail.OUTCOMES) for profile in table.profiles()], rules)
    tables = ResultTables(rules)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "r.parquet"), tables.companies(expected).to_pandas())
    findings = pd.read_parquet(tmp_path / "f.parquet")
    pd.testing.assert_frame_equal(findings, tables.findings(expected).to_pandas())
    assert len(findings) == ROWS * len(rules)
    assert set(findings.outcome) == set(OUTCOMES)
    first = pd.read_parquet(tmp_path / "r.parquet").iloc[0]
    fired = findings[(findings.company == first.company) & (findings.outcome == "fired")]
    assert sorted(fired.rule) == sorted(" ".join(first[["pattern", "red", "green", "data"]]).split())


def test_same_bytes_on_any_number_of_threads(
    screener: Screener, file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "ROWS", 16)
    for end in ("parquet", "csv"):
        for jobs in (1, 4):
            run(screener, file, tmp_path / f"{jobs}.{end}", jobs=jobs)
        assert (tmp_path / f"1.{end}").read_bytes() == (tmp_path / f"4.{end}").read_bytes()


def test_a_map_and_no_map_give_the_same(screener: Screener, frame: pd.DataFrame, file: str, tmp_path: Path) -> None:
    run(screener, file, tmp_path / "a.csv")
    run(screener, file, tmp_path / "b.csv", map_of(frame, tmp_path / "map.yaml"))
    frame.to_csv(tmp_path / "universe.csv", index=False)
    run(screener, str(tmp_path / "universe.csv"), tmp_path / "c.csv", str(tmp_path / "map.yaml"))
    # with a date of screening, the engine has to choose the claims
    dated = map_of(frame, tmp_path / "dated.yaml", as_of="2026-06-30")
    run(screener, file, tmp_path / "d.csv", dated)
    texts = {(tmp_path / f"{name}.csv").read_text("utf-8") for name in "abcd"}
    assert len(texts) == 1


def test_no_name_is_a_formula_to_a_spreadsheet(screener: Screener, file: str, tmp_path: Path) -> None:
    run(screener, file, tmp_path / "r.csv")
    names = pd.read_csv(tmp_path / "r.csv", keep_default_na=False).name
    assert names[1] == "'=Company 1"
    assert names[0] == "公司 0"


def test_rows_that_are_wrong_are_reported_and_left_out(screener: Screener, frame: pd.DataFrame, tmp_path: Path) -> None:
    bad = frame.copy()
    bad.loc[3, "total_assets"] = -5.0
    bad.loc[4, "cash"] = np.inf
    bad.loc[5, "sector"] = "bankz"
    bad.loc[7, "id"] = bad.loc[6, "id"]
    bad.loc[8, "name"] = None
    bad.loc[9, "id"] = "Not A Slug"
    bad["going_concern_doubt"] = bad.going_concern_doubt.map(lambda v: None if v is None else str(v))
    bad.loc[10, "going_concern_doubt"] = "nonsense"
    bad.to_parquet(tmp_path / "bad.parquet")
    found = run(screener, str(tmp_path / "bad.parquet"), tmp_path / "r.parquet", findings=tmp_path / "f.parquet")
    messages = [str(p).partition(": ")[2] for p in found.problems]
    kept = pd.read_parquet(tmp_path / "r.parquet").company
    assert (len(messages), found.dropped) == (6, 2)
    assert messages[0].startswith("row 4, column 'total_assets': -5 can't be; total_assets is at least 0; if the whole column")
    assert "row 6, column 'sector': unknown sector 'bankz'; did you mean 'banks'?" in messages
    assert any(s.startswith("row 8: the id 'c00000006' is also that of a row before") for s in messages)
    assert "not-a-slug" in set(kept)
    assert set(frame.id) - set(kept) == {f"c{i:08d}" for i in (7, 8, 9)}
    assert len(kept) == found.companies == ROWS - 2
    assert set(pd.read_parquet(tmp_path / "f.parquet").company) == set(kept)


def test_columns_that_are_not_known(screener: Screener, frame: pd.DataFrame, tmp_path: Path) -> None:
    frame.rename(columns={"revenue": "revenu"}).to_parquet(tmp_path / "u.parquet")
    with pytest.raises(DocumentError, match="its column 'revenu' is not a figure or metric; did you mean 'revenue'"):
        open_table(screener, str(tmp_path / "u.parquet"), None)
    (tmp_path / "u.csv").write_text("id,revenue\na,1\n")
    with pytest.raises(DocumentError, match="say with --map"):
        open_table(screener, str(tmp_path / "u.csv"), None)
    (tmp_path / "no.parquet").write_text("not parquet at all")
    with pytest.raises(DocumentError, match="can't be read as Parquet"):
        open_table(screener, str(tmp_path / "no.parquet"), None)
    with pytest.raises(DocumentError):
        open_table(screener, str(tmp_path / "missing.parquet"), None)


def test_nothing_is_left_of_what_failed(
    screener: Screener, file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(OutputError, match=r"ends in \.parquet, \.csv or \.xlsx"):
        run(screener, file, tmp_path / "r.ods")
    old = tmp_path / "r.parquet"
    old.write_text("written by screener, as it was")

    def fail(*_: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(ResultTables, "companies", fail)
    with pytest.raises(MemoryError):
        run(screener, file, old)
    assert old.read_text() == "written by screener, as it was"
    assert [p.name for p in tmp_path.iterdir()] == ["r.parquet"]


@pytest.mark.parametrize("ids", [[b"a", b"\xff"], [{"x": 1}, {"x": 2}]])
def test_columns_of_which_no_text_can_be_made(screener: Screener, ids: list[Any], tmp_path: Path) -> None:
    pd.DataFrame({"id": ids, "revenue": [1.0, 2.0]}).to_parquet(tmp_path / "odd.parquet")
    with pytest.raises(DocumentError, match="can't be read as Parquet"):
        run(screener, str(tmp_path / "odd.parquet"), tmp_path / "r.parquet")
    assert not (tmp_path / "r.parquet").exists()


def test_a_panel_needs_no_map_where_columns_have_our_names(screener: Screener, tmp_path: Path) -> None:
    rows = [("alder", 2023, 9.0, -1.0), ("alder", 2024, 10.0, -2.0), ("birch", 2024, 5.0, 1.0)]
    made = pd.DataFrame(rows, columns=["id", "period", "revenue", "net_income"])
    made.to_parquet(tmp_path / "panel.parquet", index=False)
    found = run(screener, str(tmp_path / "panel.parquet"), tmp_path / "r.parquet")
    assert (found.companies, found.dropped) == (2, 0)
    assert found.fired["loss-making"] == 1


def test_cells_are_not_kept_beside_their_values(screener: Screener, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("n,year,a\nA,2023,1\nA,2024,2\nB,2024,3\n")
    (tmp_path / "m.yaml").write_text("name: {column: n}\nperiod: {column: year}\ncolumns: {a: revenue}\n")
    source = open_table(screener, str(tmp_path / "t.csv"), str(tmp_path / "m.yaml"))
    assert isinstance(source, TableBatches)
    assert len(source.table) == 2
    assert source.table.panel is not None
    assert (source.table.raw.shape, source.table.panel.raw.shape) == ((2, 0), (3, 0))


def test_two_columns_of_one_earlier_period_are_reconciled(screener: Screener, tmp_path: Path) -> None:
    """`prior` and a column of the year before state the same: where they differ, the company is screened by itself."""
    (tmp_path / "t.csv").write_text("n,now,before,in_2022\nA,10,5,0\nB,10,5,\n")
    (tmp_path / "m.yaml").write_text(
        "name: {column: n}\nperiod: '2023'\ncolumns: {now: revenue, before: {figure: revenue, prior: true}, "
        "in_2022: {figure: revenue, period: '2022'}}\n"
    )
    source = open_table(screener, str(tmp_path / "t.csv"), str(tmp_path / "m.yaml"))
    assert isinstance(source, TableBatches)
    assert source.claims.plain.tolist() == [False, True]
