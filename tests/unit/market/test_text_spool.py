"""Large text tables go through Parquet in batches, with the same content as if read as a whole."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from screener.market import text_spool
from screener.market.market_run import BatchScreener, open_table, use_system_memory
from screener.market.parquet_reader import ParquetTable
from screener.market.sheet_batches import TableBatches
from screener.screening import Screener

SCREENER = Screener.load(packs=["classic"])
MAP = """id: {column: key}
name: {column: Company}
sector: {column: Industry, words: {Tech: software}}
currency: USD
columns:
  Revenue: {figure: revenue, scale: millions}
  Net income: {figure: net_income, scale: millions}
  Debt: {figure: total_debt, missing: [-1]}
  Margin: {metric: net_margin, unit: percent}
  Doubt: {figure: going_concern_doubt, words: {Y: true, N: false}}
"""
HEAD = "key,Company,Industry,Revenue,Net income,Debt,Margin,Doubt\n"
PLAIN = HEAD + "007,Alder,Tech,10,-2,3,20,Y\n008,Birch,Tech,,n/a,-1,,\n010,Cedar,,5.5,1e1,0,4.5,N\n"


def both(folder: Path, text: str | bytes, says: str = MAP, name: str = "t.csv") -> tuple[bool, list[object], list[object]]:
    """Returns whether a table went through Parquet, and the companies read in this way and from the whole table."""
    (folder / "m.yaml").write_text(says)
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    found, spooled = [], False
    for least in (0, 1 << 30):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(text_spool, "SPOOLED_FROM", least)
            source = open_table(SCREENER, str(path), str(folder / "m.yaml"))
        spooled |= isinstance(source, ParquetTable)
        assert least == 0 or isinstance(source, TableBatches)
        judge = BatchScreener(SCREENER)
        batches = [source.read(raw) for raw in source.batches()]  # type: ignore[arg-type]
        rows = [judge.judge(batch) for batch in batches]
        problems = [(p.path, p.what, p.hint, p.file) for batch in batches for p in batch.problems]
        found.append([
            [own for part in rows for own in part.ids],
            [name for part in rows for name in part.names.to_pylist()],
            [sector for part in rows for sector in part.sectors],
            np.concatenate([part.outcomes for part in rows], axis=1).tolist(),
            np.concatenate([part.scores.low for part in rows]).tolist(),
            [int(row) for batch in batches for row in batch.rows],
            problems,
            sum(batch.dropped for batch in batches),
        ])
    return spooled, found[0], found[1]


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        "\ufeff" + PLAIN,
        "A title,,,,,,,\n,,,,,,,\n" + PLAIN,
        "sep=,\n" + PLAIN,
        PLAIN.replace(",", ";"),
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("Birch", '"Birch, Inc.\nof ""Ohio"""'),
        PLAIN.replace("Birch,Tech", ",Tech"),
        PLAIN.replace("Birch,Tech", "Birch,Nonsense"),
        PLAIN.replace("10,-2", "-10,-2"),
        PLAIN.replace(",Y\n", ",maybe\n"),
        PLAIN.replace("Tech,10", "Tech,+10"),
        PLAIN.replace("007", "00 7").replace("008", "NA"),
    ],
)
def test_plain_tables_go_through_parquet(tmp_path: Path, text: str) -> None:
    spooled, from_spool, from_text = both(tmp_path, text)
    assert spooled
    assert from_spool == from_text


@pytest.mark.parametrize(
    "text",
    [
        PLAIN.replace("20,Y", "20%,Y"),
        PLAIN.replace("5.5", '"1,234.5"'),
        PLAIN.replace("Tech,10", "Tech,1e400"),
        PLAIN.replace("Tech,10", "Tech,1\x000"),
        PLAIN.replace("Cedar", "Ce\x00dar"),
        PLAIN.replace("Cedar", "Société").encode("cp1252"),
        PLAIN.encode("utf-16"),
        PLAIN + "\n",
        PLAIN.replace("008,", "\n008,"),
        PLAIN.replace("008,", HEAD + "008,"),
        PLAIN.replace("4.5,N\n", "4.5,N,,\n"),
        PLAIN.replace("4.5,N\n", "4.5,N,9\n"),
        PLAIN.replace("4.5,N\n", "4.5\n"),
        PLAIN + "Source: annual reports,,,,,,,\n",
        PLAIN + ",Total,,15.5,8,3,,\n",
        PLAIN + "x,Average,,15.5,8,3,,\n",
        PLAIN.replace("key,", "Debt,"),
        HEAD,
    ],
)
def test_other_tables_are_read_as_a_whole(tmp_path: Path, text: str | bytes) -> None:
    says = MAP.replace("id: {column: key}\n", "") if str(text).startswith("Debt") else MAP
    if str(text).startswith("Debt"):
        says = says.replace("  Debt: {figure: total_debt, missing: [-1]}\n", "")
    spooled, from_spool, from_text = both(tmp_path, text, says)
    assert not spooled
    assert from_spool == from_text


@pytest.mark.parametrize("line", ["period: {column: Year}\n", "filters: {Industry: Tech}\n", "thousands: ','\n", "as_of: 2025-01-01\n"])
def test_maps_that_need_the_whole_table(tmp_path: Path, line: str) -> None:
    spooled, from_spool, from_text = both(tmp_path, PLAIN.replace("Doubt\n", "Doubt,Year\n").replace("Y\n", "Y,2024\n"), line + MAP)
    assert not spooled
    assert from_spool == from_text


def test_codes_of_industries_are_translated(tmp_path: Path) -> None:
    says = MAP.replace("{column: Industry, words: {Tech: software}}", "{column: Industry, codes: naics}")
    spooled, from_spool, from_text = both(tmp_path, PLAIN.replace("Birch,Tech", "Birch,9X").replace("Tech", "513210"), says)
    assert spooled
    assert from_spool == from_text
    assert from_spool[2] == ["software", None, None]


cells = st.sampled_from(["", "1", "-3", "2.5", "1e3", "n/a", "NA", "0", " 7", "x", "5%", "1,5", "TRUE", "nan", "inf", "1e400", "'4"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=5), names=st.lists(cells, min_size=5, max_size=5))
@example(rows=[("1", "", ""), ("-3", "", ""), ("-3", "", "")], names=[""] * 5)
def test_whatever_stands_in_cells(tmp_path: Path, rows: list[tuple[str, str, str]], names: list[str]) -> None:
    lines = [f'k{i},"{names[i]}",Tech,"{a}","{b}","{c}",,\n' for i, (a, b, c) in enumerate(rows)]
    _, from_spool, from_text = both(tmp_path, HEAD + "".join(lines))
    assert from_spool == from_text


def test_memory_of_batches_goes_back_to_the_system() -> None:
    before = pa.default_memory_pool()
    try:
        use_system_memory()
        assert pa.default_memory_pool().backend_name == "system"
    finally:
        pa.set_memory_pool(before)


def test_the_temporary_file_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    both(tmp_path, PLAIN)
    both(tmp_path, PLAIN.replace("20,Y", "20%,Y"))
    assert not list(tmp_path.glob("screener-*"))
